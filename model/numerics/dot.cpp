#include "model/numerics/dot.hpp"

#include <cstring>

namespace haplan::model {

namespace {

/// Compiled once for each machine below.
[[gnu::always_inline]] inline double eight_sums(const double* a, const double* b,
                                                std::size_t size) {
  constexpr std::size_t kHalf = 4;
  using Half = double __attribute__((vector_size(kHalf * sizeof(double))));  // a wide register
  Half low{};
  Half high{};
  std::size_t i = 0;
  for (; i + 2 * kHalf <= size; i += 2 * kHalf) {
    Half x;
    Half y;
    std::memcpy(&x, a + i, sizeof x);
    std::memcpy(&y, b + i, sizeof y);
    low += x * y;
    std::memcpy(&x, a + i + kHalf, sizeof x);
    std::memcpy(&y, b + i + kHalf, sizeof y);
    high += x * y;
  }
  double rest = 0.0;
  for (; i < size; ++i) rest += a[i] * b[i];
  return ((low[0] + low[1]) + (low[2] + low[3])) + ((high[0] + high[1]) + (high[2] + high[3])) +
         rest;
}

double anywhere(const double* a, const double* b, std::size_t size) {
  return eight_sums(a, b, size);
}

using Dot = double (*)(const double*, const double*, std::size_t);

#if defined(__x86_64__)

// Not with FMA, whose roundings would be others.
[[gnu::target("avx2")]] double with_avx2(const double* a, const double* b, std::size_t size) {
  return eight_sums(a, b, size);
}

Dot fastest() { return __builtin_cpu_supports("avx2") ? with_avx2 : anywhere; }

#else

Dot fastest() { return anywhere; }

#endif

}  // namespace

double dot(const double* a, const double* b, std::size_t size) {
  static const Dot chosen = fastest();
  return chosen(a, b, size);
}

}  // namespace haplan::model
