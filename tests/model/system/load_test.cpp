#include "model/system/load.hpp"

#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

Requirement leaf(ComponentId id) {
  Requirement r;
  r.kind = Requirement::Kind::component;
  r.component = id;
  return r;
}

Requirement gate(Requirement::Kind kind, std::vector<Requirement> of) {
  Requirement r;
  r.kind = kind;
  r.of = std::move(of);
  return r;
}

Requirement all(std::vector<Requirement> of) { return gate(Requirement::Kind::all, std::move(of)); }

Component component(const char* name, Rational service_time, std::vector<Requirement> depends_on) {
  Component c;
  c.name = name;
  c.service_time = service_time;
  c.depends_on = all(std::move(depends_on));
  return c;
}

/// web(0) -> llm gate(1) any of first(2), second(3); worker(4) -> first; second needs store(5).
System system_with_gate() {
  System system;
  system.components = {
      component("a-web", {1, 100}, {leaf(1)}),     component("b-llm", {0, 1}, {}),
      component("c-first", {7, 10}, {}),           component("d-second", {9, 10}, {leaf(5)}),
      component("e-worker", {1, 1000}, {leaf(2)}), component("f-store", {1, 1}, {})};
  system.components[1].type = ComponentType::gate;
  system.components[1].gate = gate(Requirement::Kind::any, {leaf(2), leaf(3)});
  system.services = {{.name = "chat", .requires_ = all({leaf(0)})},
                     {.name = "jobs", .requires_ = all({leaf(0), leaf(4)})}};
  system.levels = {
      {.name = "peak", .share = 0.1, .users = Rational{10000, 1}, .think_time = Rational{3, 1}},
      {.name = "rest", .share = 0.9, .rate = Rational{400, 1}}};
  return system;
}

}  // namespace

TEST_CASE("load: the path takes the first member of an any gate, the reach takes all") {
  const System system = system_with_gate();
  CHECK(path_of(system, 0) == std::vector<ComponentId>{0, 1, 2});
  CHECK(path_of(system, 1) == std::vector<ComponentId>{0, 1, 2, 4});
  CHECK(reach_of(system, 0) == std::vector<ComponentId>{0, 1, 2, 3, 5});
}

TEST_CASE("load: at least n of some keeps all of them on the path") {
  System system = system_with_gate();
  system.components[1].gate = gate(Requirement::Kind::at_least, {leaf(2), leaf(4)});
  CHECK(path_of(system, 0) == std::vector<ComponentId>{0, 1, 2, 4});
}

TEST_CASE("load: a closed rate is users over think time and service times on the path") {
  const LoadTable table = load_table(system_with_gate());
  // chat: 10000 / (3 + 0.01 + 0.7); jobs visits the first model once: + 0.001.
  CHECK(near_relative(table.service_rate[0][0], 10000 / 3.71, 1e-15));
  CHECK(near_relative(table.service_rate[0][1], 10000 / 3.711, 1e-15));
  CHECK(table.service_rate[1][0] == 400.0);
  // The larger of both where they share, nothing off the path.
  CHECK(near_relative(table.rate[0][0], 10000 / 3.71, 1e-15));
  CHECK(near_relative(table.rate[0][4], 10000 / 3.711, 1e-15));
  CHECK(table.rate[0][3] == 0.0);
  CHECK(table.rate[1][5] == 0.0);
}

TEST_CASE("load: shares of services add their rates up") {
  System system = system_with_gate();
  system.services[0].load = Rational{3, 5};
  system.services[1].load = Rational{1, 4};
  const LoadTable table = load_table(system);
  CHECK(near_relative(table.rate[1][0], 340.0, 1e-15));  // 0.6 * 400 + 0.25 * 400
  CHECK(table.rate[1][4] == 100.0);
  CHECK(near_relative(table.rate[0][0], 6000 / 3.71 + 2500 / 3.711, 1e-15));
}

TEST_CASE("load: need is the exact ceiling, even where floating point would round up") {
  System system = system_with_gate();
  system.components[0].throughput = Rational{1, 10};
  system.components[0].max_utilization = Rational{3, 10};
  system.levels[1].rate =
      Rational{9, 100};  // 0.09 / (0.1 * 0.3) is 3, in doubles 3.0000000000000004
  CHECK(load_table(system).need[1][0] == 3);
  system.levels[1].rate = Rational{90000001, 1000000000};
  CHECK(load_table(system).need[1][0] == 4);
  system.levels[1].rate = Rational{0, 1};
  CHECK(load_table(system).need[1][0] == 1);
  system.components[0].need = {std::nullopt, 7};
  CHECK(load_table(system).need[1][0] == 7);
  // 10000 / 3.71 / 0.03 = 89847.26
  CHECK(load_table(system).need[0][0] == 89848);
}

TEST_CASE("load: strict synchronous replication needs its standbys, all else that keeps data one") {
  System system = system_with_gate();
  Component& store = system.components[0];
  store.type = ComponentType::primary_replica;
  store.throughput = Rational{1, 1};
  CHECK(load_table(system).need[0][0] == 1);
  store.replication = Replication{.mode = Replication::Mode::sync, .standbys = 2, .strict = true};
  CHECK(load_table(system).need[0][0] == 3);
  store.replication->strict = false;
  CHECK(load_table(system).need[0][0] == 1);
  store.type = ComponentType::quorum;
  CHECK(load_table(system).need[0][0] == 1);
}

TEST_CASE("load: an autoscaled component follows the rate within its limits") {
  System system = system_with_gate();
  system.components[0].throughput = Rational{500, 1};
  const LoadTable table = load_table(system);
  ComponentPlan plan;
  plan.replicas = 99;
  plan.autoscale = Autoscale{.min = 1, .max = 10, .target = 80};
  // peak 2695.4 / 400 = 6.7; rest 400 / (500 * 0.8) = 1 exactly.
  CHECK(replicas_at(system, plan, 0, 0) == 7);
  CHECK(replicas_at(system, plan, 0, 1) == 1);
  CHECK(replicas_at(system, table, plan, 0, 0) == 7);
  CHECK(replicas_at(system, table, plan, 0, 1) == 1);
  CHECK(largest_replicas(system, plan, 0) == 7);
  plan.autoscale = Autoscale{.min = 3, .max = 5, .target = 80};
  CHECK(replicas_at(system, plan, 0, 0) == 5);
  CHECK(replicas_at(system, plan, 0, 1) == 3);
  plan.autoscale.reset();
  CHECK(replicas_at(system, plan, 0, 0) == 99);
  CHECK(largest_replicas(system, table, plan, 0) == 99);
  // Without throughput there is nothing to follow.
  plan.autoscale = Autoscale{.min = 2, .max = 5, .target = 80};
  CHECK(replicas_at(system, plan, 4, 0) == 2);
}

TEST_CASE("load: autoscaling rounds exactly at every boundary") {
  System system = system_with_gate();
  system.components[0].throughput = Rational{7, 10};
  ComponentPlan plan;
  plan.autoscale = Autoscale{.min = 1, .max = 1000, .target = 30};
  // One replica carries 0.21/s at its target: m * 21/100 needs m, a hair more needs m + 1.
  for (int m = 1; m <= 200; ++m) {
    CAPTURE(m);
    system.levels[1].rate = Rational{21 * m, 100};
    CHECK(replicas_at(system, plan, 0, 1) == m);
    system.levels[1].rate = Rational{21'000'000'000'000LL * m + 1, 100'000'000'000'000LL};
    CHECK(replicas_at(system, plan, 0, 1) == m + 1);
  }
}

TEST_CASE("load: rates that do not fit a 64-bit fraction are exact all the same") {
  System system = system_with_gate();
  // Think time 10^-15 finer than the rest: the rate's numerator exceeds 64 bits.
  system.levels[0].think_time = Rational{3'000'000'000'000'001LL, 1'000'000'000'000'000LL};
  system.components[0].throughput = Rational{1, 1};
  const LoadTable table = load_table(system);
  REQUIRE_FALSE(table.exact_rate[0][0].has_value());
  ComponentPlan plan;
  plan.autoscale = Autoscale{.min = 1, .max = 100000, .target = 100};
  CHECK(replicas_at(system, table, plan, 0, 0) == 2696);  // 10000 / 3.71 = 2695.4
}
