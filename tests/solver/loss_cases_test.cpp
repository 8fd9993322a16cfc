#include "solver/loss_cases.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>

#include "solver/placement.hpp"
#include "tests/solver/dice.hpp"
#include "tests/solver/random_problem.hpp"

namespace haplan::test {

using namespace model;

TEST_CASE("LossCases: both ends over placements, as every loss of every placement gives them") {
  int compared = 0;
  int apart = 0;
  int credited = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    solver::Problem problem = random_problem(seed);
    const System& system = problem.system;
    if (system.nodes.empty() || problem.objectives.empty()) continue;
    CAPTURE(seed);
    solver::Objective& asked = problem.objectives.front();
    asked.max_node_loss = asked.max_zone_loss = asked.max_replica_loss = asked.max_primary_loss = 1;
    const LoadTable load = load_table(system);
    const auto numbers = component_numbers(system, problem.before);
    REQUIRE(numbers.has_value());
    Dice dice(seed);
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      if (!system.components[c].replicated()) continue;
      const std::vector<int> replicas(system.levels.size(), dice.between(1, 3));
      solver::LossCases cases(problem, c);
      std::vector<std::vector<NodeId>> placements(4);
      for (auto& nodes : placements) {
        for (int i = 0; i < replicas.front(); ++i) nodes.push_back(dice.below(system.nodes.size()));
        cases.add(load, replicas, nodes);
      }
      const bool headroom = dice.chance(50);
      const auto of_kind = [&](std::size_t kind) {
        std::vector<Loss> losses;
        for (NodeId n = 0; kind == 0 && n < system.nodes.size(); ++n)
          losses.push_back(loss_of_node(system, n));
        if (kind == 1)
          for (const DomainId d : zones(system)) losses.push_back(loss_of_domain(system, d));
        if (kind == 2 && can_lose_replica(system.components[c]))
          losses.push_back(loss_of_replica(system, c));
        if (kind == 3 && has_primary(system.components[c]))
          losses.push_back(loss_of_primary(system, c));
        return losses;
      };
      for (std::size_t kind = 0; kind < solver::kLimitedLosses; ++kind) {
        const std::vector<Loss> losses = of_kind(kind);
        CHECK(cases.empty(kind) == losses.empty());
        if (losses.empty()) continue;
        solver::Ends expected{std::numeric_limits<double>::infinity(), 0.0};
        for (const auto& nodes : placements)
          for (const bool given : {false, true}) {
            if (headroom && !given) continue;
            double worst = 0.0;
            for (const Loss& loss : losses)
              for (LevelId l = 0; l < system.levels.size(); ++l) {
                const Toll toll = toll_on(system, loss, c, nodes, replicas[l],
                                          needed(system, load, c, l, replicas[l]), given);
                worst = std::max(worst, component_return(system, problem.before, c,
                                                         numbers->replicas[c], loss, toll, given)
                                            .time);
              }
            expected.low = std::min(expected.low, worst);
            expected.high = std::max(expected.high, worst);
          }
        const solver::Ends actual =
            cases.after(kind, problem.before, numbers->replicas[c], headroom);
        CHECK(actual.low == expected.low);
        CHECK(actual.high == expected.high);
        ++compared;
        apart += expected.low < expected.high;
        credited += headroom;
      }
    }
  }
  CHECK(compared > 500);
  CHECK(apart > 50);
  CHECK(credited > 100);
}

}  // namespace haplan::test
