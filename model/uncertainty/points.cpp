#include "model/uncertainty/points.hpp"

#include <bit>

#include <boost/random/sobol.hpp>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr unsigned kBits = 32;

/// SplitMix64's output function: a bijection that mixes all bits. [SLF14]
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

std::uint32_t reversed(std::uint32_t x) {
  x = (x >> 16U) | (x << 16U);
  x = ((x & 0x00ff00ffU) << 8U) | ((x & 0xff00ff00U) >> 8U);
  x = ((x & 0x0f0f0f0fU) << 4U) | ((x & 0xf0f0f0f0U) >> 4U);
  x = ((x & 0x33333333U) << 2U) | ((x & 0xccccccccU) >> 2U);
  return ((x & 0x55555555U) << 1U) | ((x & 0xaaaaaaaaU) >> 1U);
}

/// Flips each binary digit depending on the more significant ones only: on reversed digits, multiplication by even
/// numbers and addition carry away from the leading one. Constants of [Bur20].
std::uint32_t scrambled(std::uint32_t x, std::uint32_t seed) {
  x = reversed(x) + seed;
  x ^= x * 0x6c50b47cU;
  x ^= x * 0xb82f1e52U;
  x ^= x * 0xc7afe638U;
  x ^= x * 0x8d22f6e6U;
  return reversed(x);
}

/// The middle of the cell of width 2^-32, so that neither 0 nor 1 occurs.
double in_unit(std::uint32_t x) { return (static_cast<double>(x) + 0.5) * 0x1p-32; }

/// The n-th point of a Gray code order combines the direction numbers that are set in n ^ (n >> 1). The engine leaves
/// out point 0 and calls point n + 1 its n-th, so that number k alone stands at n + 1 = 2^(k+1) - 1.
std::vector<std::uint32_t> direction_numbers(std::size_t dimensions) {
  boost::random::sobol engine(dimensions);
  std::vector<std::uint32_t> direction;
  direction.reserve(kBits * dimensions);
  for (unsigned k = 0; k < kBits; ++k) {
    engine.seed((std::uint64_t{2} << k) - 2);
    for (std::size_t d = 0; d < dimensions; ++d)
      direction.push_back(static_cast<std::uint32_t>(engine() >> 32U));
  }
  return direction;
}

}  // namespace

std::size_t Points::most_dimensions() { return BOOST_RANDOM_SOBOL_MAX_DIMENSION; }

Points::Points(std::size_t dimensions, std::uint64_t seed) {
  for (std::size_t d = 0; d < dimensions; ++d) key_.push_back(mix(mix(seed) ^ d));
  if (dimensions > 0 && dimensions <= most_dimensions()) direction_ = direction_numbers(dimensions);
}

void Points::at(std::uint64_t index, std::span<double> x) const {
  HAPLAN_EXPECTS(x.size() == key_.size() && index <= 0xffffffffU);
  if (!low_discrepancy()) {
    for (std::size_t d = 0; d < x.size(); ++d)
      x[d] = in_unit(static_cast<std::uint32_t>(mix(key_[d] ^ mix(index)) >> 32U));
    return;
  }
  for (std::size_t d = 0; d < x.size(); ++d) {
    std::uint32_t digits = 0;
    for (std::uint64_t rest = index; rest != 0; rest &= rest - 1)
      digits ^= direction_[static_cast<std::size_t>(std::countr_zero(rest)) * x.size() + d];
    x[d] = in_unit(scrambled(digits, static_cast<std::uint32_t>(key_[d])));
  }
}

}  // namespace haplan::model
