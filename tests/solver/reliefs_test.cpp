#include "solver/reliefs.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

/// What is proposed for a problem without a plan.
std::vector<Relief> proposed(const Problem& problem) {
  const auto outcome = solve(problem);
  REQUIRE(outcome.has_value());
  REQUIRE(outcome->status == Status::infeasible);
  return outcome->infeasibility->reliefs;
}

const Relief* of_kind(const std::vector<Relief>& all, ReliefKind kind) {
  const auto found = std::ranges::find(all, kind, &Relief::kind);
  return found == all.end() ? nullptr : &*found;
}

/// A replica that hardly fails and a vendor that is down for 0.1 % of the time, an hour each time.
Problem with_vendor() {
  model::Component vendor;
  vendor.name = "v";
  vendor.type = model::ComponentType::external;
  vendor.external = model::External{1e-3, 1e-3 / (0.999 * 3600.0), 3600.0, false};
  return problem_of(SmallSystem({stateless("a", 1e-9, 60.0), vendor}, 0));
}

}  // namespace

TEST_CASE("reliefs: a vendor that is repaired sooner, another one beside it, or a looser target") {
  Problem problem = with_vendor();
  problem.objectives = {{.service = 0, .max_unavailability = 5e-4}};
  const auto all = proposed(problem);
  REQUIRE(all.size() == 3);
  // Half the repair leaves 0.0005005 / 1.0005005 = 5.0025e-4, a quarter of it half of that.
  CHECK(all[0].kind == ReliefKind::restore);
  CHECK(all[0].change == "repairs of v within 15.0 min instead of 60.0 min");
  CHECK(all[1].kind == ReliefKind::vendor);  // 1e-6
  CHECK(all[1].change ==
        "a second vendor beside v, as good and independent of it: {any: [v, ...]}");
  CHECK(all[2].kind == ReliefKind::target);
  // 1e-3 and a replica of 6e-8 more, in two digits.
  CHECK(all[2].change == "a target of 99.89 % for all availability instead of 99.95 %");
  for (const Relief& relief : all) {
    CHECK(relief.optimal);
    CHECK(relief.peak_replicas == 1);
  }
  // Not even 1e-6 is enough: neither vendors nor repairs of a tenth are proposed.
  problem.objectives[0].max_unavailability = 5e-7;
  const auto strict = proposed(problem);
  CHECK(of_kind(strict, ReliefKind::vendor) == nullptr);
  CHECK(of_kind(strict, ReliefKind::restore) == nullptr);
  CHECK(of_kind(strict, ReliefKind::target) != nullptr);
}

TEST_CASE("reliefs: a restore of releases, the longest of the scale that is enough") {
  Problem problem = with_vendor();
  problem.system.components[1].external->unavailability = 0.0;
  // Once a week for 10 min: 9.9e-4. Three quarters of that are 7.4e-4.
  problem.system.components[0].common_causes = {{"releases", 1.0 / (7 * 86400.0), 600.0}};
  problem.objectives = {{.service = 0, .max_unavailability = 8e-4}};
  const auto all = proposed(problem);
  REQUIRE(of_kind(all, ReliefKind::restore) != nullptr);
  CHECK(of_kind(all, ReliefKind::restore)->change ==
        "a restore of bad releases of a within 7.50 min instead of 10.0 min");
}

TEST_CASE("reliefs: one more node where replicas do not fit, in the domains' turn") {
  SmallSystem small({stateless("a", 1e-6, 60.0)}, 2);
  small.system.components[0].requests = {{"cpu", 1000}};
  small.system.components[0].spread.hard = false;
  for (model::Node& node : small.system.nodes) {
    node.pool = "node";
    node.capacity = {{"cpu", 1000}};
  }
  Problem problem = problem_of(small);
  problem.before.components[0].replicas = 3;
  place_round_robin(problem.system, problem.before, 0);
  const auto all = proposed(problem);
  REQUIRE(all.size() == 1);
  CHECK(all[0].kind == ReliefKind::node);
  CHECK(all[0].change == "1 more node node (3 instead of 2)");
  CHECK(all[0].peak_replicas == 3);
}

TEST_CASE("reliefs: targets that exclude each other are eased one at a time") {
  // a is out for 1 %: two replicas for the availability, but only one data loss-free instance would do.
  Problem problem = with_vendor();
  problem.system.components[0].modes[0].rate = 0.01 / (0.99 * 60.0);
  problem.system.components[1].external->unavailability = 0.0;
  decide_replicas(problem, 0, {1, 2});
  problem.objectives = {{.service = 0, .max_unavailability = 1e-6}};
  const auto all = proposed(problem);
  REQUIRE(of_kind(all, ReliefKind::target) != nullptr);
  // 0.01 squared.
  CHECK(of_kind(all, ReliefKind::target)->change ==
        "a target of 99.99 % for all availability instead of 99.9999 %");
  CHECK(of_kind(all, ReliefKind::target)->peak_replicas == 2);
}

}  // namespace haplan::test
