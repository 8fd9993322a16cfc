#include "solver/allocation/tangent.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "model/numerics/philox.hpp"
#include "tests/solver/allocation/random_allocation.hpp"
#include "tests/support/near.hpp"

using namespace haplan;
using namespace haplan::solver::allocation;

TEST_CASE("tangent: lies below every choice wherever it touches, and on the one that it touches") {
  std::size_t logarithmic = 0;
  std::size_t parts = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    const Problem problem = test::random_allocation(seed);
    const std::size_t n = problem.subsystems.size();
    model::PhiloxStream random(seed, 1, 0);
    // A choice without certain columns, whose logarithms are infinite.
    const auto choose = [&](Contact& contact, Choice& choice) {
      choice.assign(n, 0);
      contact.log_down.assign(problem.worlds * n, 0.0);
      contact.log_up = contact.log_down;
      for (std::size_t j = 0; j < n; ++j) {
        const auto& columns = problem.subsystems[j];
        choice[j] =
            static_cast<std::uint32_t>(random.uniform() * static_cast<double>(columns.size()));
        for (std::size_t w = 0; w < problem.worlds; ++w) {
          const double u = columns[choice[j]].down[w];
          if (!(u > 0.0 && u < 1.0)) return false;
          contact.log_down[w * n + j] = std::log(u);
          contact.log_up[w * n + j] = std::log1p(-u);
        }
      }
      return true;
    };
    const Goal& goal = problem.goals[0];
    Tangents tangents(problem);
    Tangent tangent;
    for (int pair = 0; pair < 20; ++pair) {
      Contact at;
      Contact other;
      Choice here;
      Choice there;
      if (!choose(at, here) || !choose(other, there)) continue;
      const double bar = std::pow(10.0, -6.0 * random.uniform());
      const auto excess = [&](const Choice& choice) {
        const double u = unavailability_of(problem, goal, choice);
        return tangent_is_logarithmic(problem, goal, bar) ? std::log(u) - std::log(bar)
                                                          : std::log1p(-u) / std::log1p(-bar) - 1.0;
      };
      const auto bound = [&](const Contact& point) {
        double sum = tangent.constant;
        for (std::size_t k = 0; k < tangent.down.size(); ++k)
          sum += tangent.down[k] * point.log_down[k] + tangent.up[k] * point.log_up[k];
        return sum;
      };
      (tangent_is_logarithmic(problem, goal, bar) ? logarithmic : parts) += 1;
      tangents.at(at, goal, bar, tangent);
      const double slack = 1e-10 * (1.0 + std::abs(excess(there)) + std::abs(excess(here)));
      CHECK(bound(other) <= excess(there) + slack);
      CHECK(std::abs(bound(at) - excess(here)) <= slack);
      // A contact of numbers that do not belong together gives a bound as well.
      for (double& value : at.log_down) value -= random.uniform();
      tangents.at(at, goal, bar, tangent);
      CHECK(bound(other) <= excess(there) + slack);
    }
  }
  CHECK(logarithmic > 1000);
  CHECK(parts > 500);
}
