#pragma once

#include <cmath>

namespace haplan::test {

/// |a - b| <= tolerance * max(|a|, |b|): the only comparison of floating numbers in the tests, because a bare
/// doctest::Approx is absolute for small numbers.
inline bool near_relative(double a, double b, double tolerance) {
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * std::fmax(std::abs(a), std::abs(b));
}

}  // namespace haplan::test
