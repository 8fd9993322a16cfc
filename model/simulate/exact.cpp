#include "model/simulate/exact.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

std::vector<std::uint32_t> digits(std::int64_t x) {
  HAPLAN_EXPECTS(x >= 0);
  std::vector<std::uint32_t> result;
  for (auto rest = static_cast<std::uint64_t>(x); rest != 0; rest >>= 32)
    result.push_back(static_cast<std::uint32_t>(rest));
  return result;
}

long double approximate(const std::vector<std::uint32_t>& x) {
  long double value = 0.0L;
  for (std::size_t i = x.size(); i-- > 0;) value = value * 4294967296.0L + x[i];
  return value;
}

}  // namespace

Exact::Exact(const Rational& x) : num_(digits(x.num)), den_(digits(x.den)) {}

Exact::Digits Exact::times(const Digits& a, const Digits& b) {
  Digits product(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      carry += product[i + j] + static_cast<std::uint64_t>(a[i]) * b[j];
      product[i + j] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    product[i + b.size()] = static_cast<std::uint32_t>(carry);
  }
  while (!product.empty() && product.back() == 0) product.pop_back();
  return product;
}

Exact::Digits Exact::plus(const Digits& a, const Digits& b) {
  Digits sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    carry += (i < a.size() ? a[i] : 0ULL) + (i < b.size() ? b[i] : 0ULL);
    sum.push_back(static_cast<std::uint32_t>(carry));
    carry >>= 32;
  }
  return sum;
}

bool Exact::less(const Digits& a, const Digits& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

Exact operator+(const Exact& a, const Exact& b) {
  Exact sum;
  sum.num_ = Exact::plus(Exact::times(a.num_, b.den_), Exact::times(b.num_, a.den_));
  sum.den_ = Exact::times(a.den_, b.den_);
  return sum;
}

Exact operator*(const Exact& a, const Exact& b) {
  Exact product;
  product.num_ = Exact::times(a.num_, b.num_);
  product.den_ = Exact::times(a.den_, b.den_);
  return product;
}

Exact operator/(const Exact& a, const Exact& b) {
  HAPLAN_EXPECTS(!b.is_zero());
  Exact quotient;
  quotient.num_ = Exact::times(a.num_, b.den_);
  quotient.den_ = Exact::times(a.den_, b.num_);
  return quotient;
}

bool operator<(const Exact& a, const Exact& b) {
  return Exact::less(Exact::times(a.num_, b.den_), Exact::times(b.num_, a.den_));
}

double Exact::value() const { return static_cast<double>(approximate(num_) / approximate(den_)); }

int ceiling(const Exact& x) {
  constexpr int kMost = std::numeric_limits<int>::max();
  if (!(x.value() < kMost)) return kMost;
  // The guess is off by one at most; whole numbers decide.
  auto k = static_cast<std::int64_t>(std::ceil(x.value()));
  while (Exact(Rational{k, 1}) < x) ++k;
  while (k > 0 && !(Exact(Rational{k - 1, 1}) < x)) --k;
  return static_cast<int>(std::min<std::int64_t>(k, kMost));
}

}  // namespace haplan::model
