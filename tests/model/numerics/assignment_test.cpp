#include "model/numerics/assignment.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <random>
#include <set>

#include "tests/support/near.hpp"

using haplan::model::largest_assignment;
using haplan::test::near_relative;

namespace {

/// Over all orders of the longer side.
double tried(const std::vector<std::vector<double>>& value) {
  const std::size_t rows = value.size();
  const std::size_t columns = value.front().size();
  std::vector<std::size_t> order(std::max(rows, columns));
  std::iota(order.begin(), order.end(), std::size_t{0});
  double most = 0.0;
  do {
    double sum = 0.0;
    for (std::size_t i = 0; i < std::min(rows, columns); ++i)
      sum += rows <= columns ? value[i][order[i]] : value[order[i]][i];
    most = std::max(most, sum);
  } while (std::ranges::next_permutation(order).found);
  return most;
}

}  // namespace

TEST_CASE("largest_assignment: equals the best of all orders of random matrices") {
  std::mt19937_64 random(7);
  for (int sample = 0; sample < 400; ++sample) {
    const std::size_t rows = 1 + random() % 6;
    const std::size_t columns = 1 + random() % 6;
    std::vector<std::vector<double>> value(rows, std::vector<double>(columns));
    for (auto& row : value)
      for (double& entry : row)
        // Ties and zeros are what a matrix of few kinds of nodes is full of.
        entry = random() % 3 == 0
                    ? 0.0
                    : static_cast<double>(random() % 50) * (sample % 2 == 0 ? 1.0 : 1e-9);
    CAPTURE(sample);
    const auto best = largest_assignment(value);
    CHECK(near_relative(best.sum, tried(value), 1e-12));
    double sum = 0.0;
    std::set<std::size_t> taken;
    for (std::size_t row = 0; row < value.size(); ++row) {
      if (best.column[row] == value[row].size()) continue;
      CHECK(taken.insert(best.column[row]).second);
      sum += value[row][best.column[row]];
    }
    CHECK(near_relative(sum, best.sum, 1e-12));
  }
}

TEST_CASE("largest_assignment: nothing to assign is worth nothing") {
  CHECK(largest_assignment({}).sum == 0.0);
  CHECK(largest_assignment({{}, {}}).sum == 0.0);
  CHECK(largest_assignment({{0.0, 0.0}}).sum == 0.0);
}
