#pragma once

#include <cstddef>
#include <cstring>

namespace haplan::model {

/// Sum of a[i] b[i], i < size, in an order that does not depend on the machine: eight running sums, which are independent
/// additions and fit few registers.
inline double dot(const double* a, const double* b, std::size_t size) {
  constexpr std::size_t kSums = 8;
  using Sums = double __attribute__((vector_size(kSums * sizeof(double))));
  Sums sums{};
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    Sums x;
    Sums y;
    std::memcpy(&x, a + i, sizeof x);
    std::memcpy(&y, b + i, sizeof y);
    sums += x * y;
  }
  double rest = 0.0;
  for (; i < size; ++i) rest += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])) +
         rest;
}

}  // namespace haplan::model
