#include "model/availability/cut_sets.hpp"

#include <doctest/doctest.h>

#include "tests/support/brute_cut_sets.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/small_systems.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;

CutSets of_service(const test::SmallSystem& small, const CutSetOptions& options = {}) {
  auto found = minimal_cut_sets(small.system, small.deployment, options);
  REQUIRE(found.has_value());
  return (*found)[0];
}

std::size_t order_of(const CutSet& set) {
  std::size_t order = 0;
  for (const CutEvent& event : set.events) order += event.kind == CauseKind::drain ? 0 : 1;
  return order;
}

TEST_CASE("minimal_cut_sets: two replicas on two nodes fail by pairs of replica and node") {
  // a = 1/11 a replica, n = 1/101 a node: {a, a}, {a on n1, n2}, {a on n2, n1}, {n1, n2}.
  test::SmallSystem small({test::stateless("web", 0.1, 1.0)}, 2, 0.01, 1.0);
  small.place(0, {0, 1});
  const double a = 1.0 / 11, n = 1.0 / 101;
  const CutSets cuts = of_service(small, {.least_share = 0.0});
  REQUIRE(cuts.sets.size() == 4);
  CHECK(near_relative(cuts.sets[0].probability, a * a, 1e-14));
  CHECK(near_relative(cuts.sets[1].probability, a * n, 1e-14));
  CHECK(near_relative(cuts.sets[2].probability, a * n, 1e-14));
  CHECK(near_relative(cuts.sets[3].probability, n * n, 1e-14));
  CHECK(cuts.sets[0].events[0].subject == "web");
  CHECK(cuts.sets[0].events[0].node == "n1");
  CHECK(cuts.sets[0].events[1].node == "n2");
  CHECK(cuts.sets[3].events[1].kind == CauseKind::node);
  CHECK(cuts.remainder == 0.0);
}

TEST_CASE("minimal_cut_sets: what is left out is the remainder") {
  // U = (1 - (1-a)(1-n))^2; without {n1, n2} the union of the other three is U - n^2 (1-a)^2.
  test::SmallSystem small({test::stateless("web", 0.1, 1.0)}, 2, 0.01, 1.0);
  small.place(0, {0, 1});
  const double a = 1.0 / 11, n = 1.0 / 101, pair = n * n * (1 - a) * (1 - a);
  CHECK(near_relative(of_service(small, {.least_share = 0.0, .most_sets = 3}).remainder, pair,
                      1e-10));
  CHECK(near_relative(of_service(small, {.least_share = 0.05}).remainder, pair, 1e-10));
}

TEST_CASE("minimal_cut_sets: more replicas needed than there are is the empty set") {
  test::SmallSystem small({test::stateless("web", 0.1, 1.0)}, 2);
  small.system.components[0].need = {3};
  small.place(0, {0, 1});
  const CutSets cuts = of_service(small);
  REQUIRE(cuts.sets.size() == 1);
  CHECK(cuts.sets[0].events.empty());
  CHECK(cuts.sets[0].probability == 1.0);
}

TEST_CASE("minimal_cut_sets: a work limit raises the least share and the remainder says how much") {
  test::SmallSystem small({test::stateless("web", 0.01, 1.0)}, 8, 0.001, 1.0);
  small.place(0, {0, 1, 2, 3, 4, 5, 6, 7});
  small.system.components[0].need = {7};
  const CutSets all = of_service(small, {.least_share = 0.0});
  CHECK(all.sets.size() == 8 * 7 / 2 * 4);  // any two of the eight, each by its replica or its node
  const CutSets some = of_service(small, {.least_share = 0.0, .work_limit = 150});
  CHECK(some.sets.size() < all.sets.size());
  CHECK(some.remainder > 0.0);
}

TEST_CASE("minimal_cut_sets: equal the definition, state by state") {
  int services = 0;
  std::size_t most = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const test::Sample sample = test::random_sample(
        seed, {.most_states = 400, .most_nodes = 3, .most_components = 3, .most_replicas = 3});
    const auto found = minimal_cut_sets(
        sample.system, sample.deployment,
        {.most_events = 20, .least_share = 0.0, .most_sets = 100'000, .work_limit = 10'000'000});
    REQUIRE(found.has_value());
    for (ServiceId s = 0; s < found->size(); ++s) {
      const auto brute = test::brute_cut_sets(sample.system, sample.deployment, s, 1U << 15U);
      if (!brute) continue;
      INFO("seed " << seed << " service " << s);
      ++services;
      std::vector<double> sums(brute->order_sum.size(), 0.0);
      for (const CutSet& set : (*found)[s].sets) {
        REQUIRE(order_of(set) < sums.size());
        sums[order_of(set)] += set.probability;
      }
      for (std::size_t order = 0; order < sums.size(); ++order)
        CHECK(near_relative(sums[order], static_cast<double>(brute->order_sum[order]), 1e-9));
      CHECK((*found)[s].remainder == 0.0);
      most = std::max(most, sums.size());
    }
  }
  CHECK(services > 60);
  CHECK(most >= 4);
}

}  // namespace
