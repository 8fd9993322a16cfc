#include "model/numerics/dot.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

namespace haplan::test {

namespace {

/// Eight running sums, one number at a time.
double eight_sums(const std::vector<double>& a, const std::vector<double>& b) {
  double sums[8] = {};
  const std::size_t whole = a.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; ++i) sums[i % 8] += a[i] * b[i];
  double rest = 0.0;
  for (std::size_t i = whole; i < a.size(); ++i) rest += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])) +
         rest;
}

}  // namespace

TEST_CASE("dot: to the last bit the eight running sums, whatever registers there are") {
  for (std::size_t size = 0; size < 70; ++size) {
    CAPTURE(size);
    std::vector<double> a;
    std::vector<double> b;
    double exact = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto x = static_cast<double>(i);
      a.push_back(1.0 / (3.0 + x));
      b.push_back(std::sin(x) * std::pow(10.0, static_cast<double>(i % 7) - 3.0));
      exact += a.back() * b.back();
    }
    CHECK(model::dot(a.data(), b.data(), size) == eight_sums(a, b));
    CHECK(std::abs(model::dot(a.data(), b.data(), size) - exact) <=
          1e-12 * (1.0 + std::abs(exact)));
  }
}

}  // namespace haplan::test
