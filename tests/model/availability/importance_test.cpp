#include "model/availability/importance.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "tests/support/brute_cut_sets.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

std::vector<Importance> of_service(const System& system, const Deployment& deployment,
                                   ServiceId service) {
  auto found = importance(system, deployment);
  REQUIRE(found.has_value());
  return (*found)[service];
}

const Importance& element(const std::vector<Importance>& all, CauseKind kind,
                          const std::string& subject) {
  const auto found = std::ranges::find_if(all, [&](const Importance& importance) {
    return importance.kind == kind && importance.subject == subject;
  });
  REQUIRE(found != all.end());
  return *found;
}

TEST_CASE("importance: two components in series, each of one replica, in closed form") {
  // U = 1 - (1-a)(1-b) = a + b - ab with a = 1/11 (0.1 per s, 1 s out), b = 1/101.
  test::SmallSystem small({test::stateless("a", 0.1, 1.0), test::stateless("b", 0.01, 1.0)}, 2);
  small.place(0, {0});
  small.place(1, {1});
  const double a = 1.0 / 11, b = 1.0 / 101, total = a + b - a * b;
  const auto all = of_service(small.system, small.deployment, 0);
  REQUIRE(all.size() == 2);
  const Importance& first = element(all, CauseKind::replica, "a");
  CHECK(near_relative(first.unavailability, a, 1e-14));
  CHECK(near_relative(first.birnbaum, 1 - b, 1e-14));
  CHECK(near_relative(first.criticality, a * (1 - b) / total, 1e-14));
  CHECK(near_relative(first.achievement_worth, 1 / total, 1e-14));
  CHECK(near_relative(first.reduction_worth, total / b, 1e-14));
  CHECK(near_relative(first.fussell_vesely.value().value, a / total, 1e-14));
}

TEST_CASE("importance: three replicas of which two are needed share one unavailability") {
  // U = 3u^2 - 2u^3; dU/du = 6u - 6u^2; nothing else: without them U = 0 and the reduction worth is infinite.
  test::SmallSystem small({test::stateless("a", 0.1, 1.0)}, 3);
  small.system.components[0].need = {2};
  small.place(0, {0, 1, 2});
  const double u = 1.0 / 11, total = 3 * u * u - 2 * u * u * u;
  const auto all = of_service(small.system, small.deployment, 0);
  REQUIRE(all.size() == 1);
  CHECK(near_relative(all[0].birnbaum, 6 * u - 6 * u * u, 1e-14));
  CHECK(near_relative(all[0].achievement_worth, 1 / total, 1e-14));
  CHECK(std::isinf(all[0].reduction_worth));
  CHECK(near_relative(all[0].fussell_vesely.value().value, 1.0, 1e-14));
}

TEST_CASE("importance: a service that is never down has none") {
  test::SmallSystem small({test::stateless("a", 0.0, 1.0)}, 1);
  small.system.components[0].modes.clear();
  small.place(0, {0});
  CHECK(of_service(small.system, small.deployment, 0).empty());
}

TEST_CASE("importance: no diagram leaves Fussell-Vesely out and the rest in") {
  test::SmallSystem small({test::stateless("a", 0.1, 1.0)}, 3, 0.01, 1.0);
  small.place(0, {0, 1, 2});
  const auto found = importance(small.system, small.deployment, {.node_limit = 0});
  REQUIRE(found.has_value());
  REQUIRE((*found)[0].size() == 4);
  for (const Importance& one : (*found)[0]) {
    CHECK_FALSE(one.fussell_vesely.has_value());
    CHECK(one.birnbaum > 0.0);
  }
}

TEST_CASE("importance: a list of all cut sets gives Fussell-Vesely without a diagram") {
  // Three replicas, one needed, each down with 1/11, on nodes that are down with 1/101.
  test::SmallSystem small({test::stateless("a", 0.1, 1.0)}, 3, 0.01, 1.0);
  small.place(0, {0, 1, 2});
  const auto exact = importance(small.system, small.deployment);
  const auto listed = importance(small.system, small.deployment,
                                 {.node_limit = 4, .cut_sets = {.least_share = 0.0}});
  REQUIRE(exact.has_value());
  REQUIRE(listed.has_value());
  for (std::size_t i = 0; i < (*exact)[0].size(); ++i) {
    const Estimate& one = (*listed)[0][i].fussell_vesely.value();
    CHECK(one.method == Method::exact);
    CHECK(near_relative(one.value, (*exact)[0][i].fussell_vesely.value().value, 1e-12));
  }
}

TEST_CASE("importance: where exact is too large the interval contains Fussell-Vesely") {
  int bounded = 0, narrow = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const test::Sample sample = test::random_sample(seed);
    const auto exact = importance(sample.system, sample.deployment);
    REQUIRE(exact.has_value());
    for (const CutSetOptions& cuts :
         {CutSetOptions{}, CutSetOptions{.most_events = 1}, CutSetOptions{.most_sets = 2},
          CutSetOptions{.least_share = 0.02}, CutSetOptions{.work_limit = 30}}) {
      const auto interval =
          importance(sample.system, sample.deployment, {.node_limit = 1, .cut_sets = cuts});
      REQUIRE(interval.has_value());
      for (ServiceId s = 0; s < exact->size(); ++s)
        for (std::size_t i = 0; i < (*exact)[s].size(); ++i) {
          const Importance& one = (*exact)[s][i];
          INFO("seed " << seed << " service " << s << ": " << test::cause_name(one.kind) << " "
                       << one.subject << " " << one.mode);
          const double truth = one.fussell_vesely.value().value;
          const Estimate& found = (*interval)[s][i].fussell_vesely.value();
          CHECK(found.lower <= truth * (1 + 1e-9));
          CHECK(found.upper >= truth * (1 - 1e-9));
          CHECK(found.lower >= 0.0);
          CHECK(found.upper <= 1.0);
          if (found.method == Method::exact) continue;
          ++bounded;
          narrow += found.upper - found.lower < 0.01 ? 1 : 0;
        }
    }
  }
  CHECK(bounded > 1000);
  CHECK(narrow > bounded / 10);
}

TEST_CASE("importance: Fussell-Vesely equals the union of minimal cut sets, state by state") {
  int services = 0, drained = 0, staged = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const test::Sample sample = test::random_sample(
        seed, {.most_states = 400, .most_nodes = 3, .most_components = 3, .most_replicas = 3});
    const auto found = importance(sample.system, sample.deployment);
    REQUIRE(found.has_value());
    const auto plain = evaluate(sample.system, sample.deployment);
    REQUIRE(plain.has_value());
    for (ServiceId s = 0; s < found->size(); ++s) {
      const auto brute = test::brute_cut_sets(sample.system, sample.deployment, s, 1U << 15U);
      if (!brute) continue;
      INFO("seed " << seed << " service " << s);
      ++services;
      const double total = plain->services[s].unavailability.value;
      CHECK(near_relative(total, static_cast<double>(brute->unavailability), 1e-9));
      for (const Importance& one : (*found)[s]) {
        const auto expected = brute->with.find({test::cause_name(one.kind), one.subject, one.mode});
        INFO(test::cause_name(one.kind) << " " << one.subject << " " << one.mode);
        const double in_cuts =
            expected == brute->with.end() ? 0.0 : static_cast<double>(expected->second);
        CHECK(near_relative(one.fussell_vesely.value().value, in_cuts / total, 1e-9));
        if (one.kind == CauseKind::drain) ++drained;
        if (one.kind == CauseKind::node) ++staged;
      }
    }
  }
  CHECK(services > 60);
  CHECK(drained > 20);
  CHECK(staged > 50);
}

TEST_CASE(
    "importance: Birnbaum equals the difference between failed and perfect where U is linear") {
  int elements = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const test::Sample sample = test::random_sample(seed);
    const auto found = importance(sample.system, sample.deployment, {.node_limit = 0});
    REQUIRE(found.has_value());
    const auto plain = evaluate(sample.system, sample.deployment);
    REQUIRE(plain.has_value());
    for (ServiceId s = 0; s < found->size(); ++s) {
      const double total = plain->services[s].unavailability.value;
      for (const Importance& one : (*found)[s]) {
        if (one.kind == CauseKind::replica || one.kind == CauseKind::drain) continue;
        INFO("seed " << seed << " " << test::cause_name(one.kind) << " " << one.subject);
        const double difference =
            total * (one.achievement_worth -
                     (std::isinf(one.reduction_worth) ? 0.0 : 1 / one.reduction_worth));
        CHECK(near_relative(one.birnbaum, difference, 1e-9));
        CHECK(near_relative(one.criticality, one.unavailability * one.birnbaum / total, 1e-12));
        CHECK(one.achievement_worth >= 1.0 - 1e-12);
        CHECK(one.reduction_worth >= 1.0 - 1e-12);
        ++elements;
      }
    }
  }
  CHECK(elements > 300);
}

}  // namespace
