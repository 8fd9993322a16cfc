#include "planner/spec/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/base/contract.hpp"

namespace haplan::planner {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kMaxDigits = 100;
constexpr int kMaxExponent = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// a + b on digit strings, both with the same exponent.
std::string sum(const std::string& a, const std::string& b) {
  std::string result;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry; ++i) {
    int digit = carry;
    if (i < a.size()) digit += a[a.size() - 1 - i] - '0';
    if (i < b.size()) digit += b[b.size() - 1 - i] - '0';
    result += static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  std::reverse(result.begin(), result.end());
  return result;
}

std::optional<std::int64_t> to_integer(const std::string& digits) {
  std::int64_t result = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return result;
}

std::optional<model::Rational> reduced(Wide num, Wide den) {
  Wide a = num;
  Wide b = den;
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  if (a == 0) return std::nullopt;
  num /= a;
  den /= a;
  constexpr auto kMax = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
  if (num > kMax || den > kMax) return std::nullopt;
  return model::Rational{static_cast<std::int64_t>(num), static_cast<std::int64_t>(den)};
}

}  // namespace

Decimal::Decimal(std::string digits, int exponent)
    : digits_(std::move(digits)), exponent_(exponent) {
  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
  while (!digits_.empty() && digits_.back() == '0') {
    digits_.pop_back();
    ++exponent_;
  }
  if (digits_.empty()) exponent_ = 0;
}

std::optional<Decimal> Decimal::parse(const std::string& text) {
  std::string digits;
  int exponent = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) digits += text[i];
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && is_digit(text[i]); ++i, --exponent) digits += text[i];
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    if (i < text.size() && text[i] == '+') return std::nullopt;
    int power = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), power);
    if (error != std::errc() || std::abs(power) > kMaxExponent) return std::nullopt;
    i = static_cast<std::size_t>(end - text.data());
    exponent += power;
  }
  if (i != text.size()) return std::nullopt;
  return Decimal(std::move(digits), exponent);
}

Decimal Decimal::times(std::uint64_t factor) const {
  std::string result;
  Wide carry = 0;
  for (auto digit = digits_.rbegin(); digit != digits_.rend() || carry != 0;) {
    if (digit != digits_.rend())
      carry += static_cast<Wide>(factor) * static_cast<Wide>(*digit++ - '0');
    result += static_cast<char>('0' + static_cast<int>(carry % 10));
    carry /= 10;
  }
  std::reverse(result.begin(), result.end());
  return {std::move(result), exponent_};
}

Decimal Decimal::times_power_of_ten(int power) const { return {digits_, exponent_ + power}; }

Decimal Decimal::plus(const Decimal& other) const {
  if (is_zero()) return other;
  if (other.is_zero()) return *this;
  const int exponent = std::min(exponent_, other.exponent_);
  return {
      sum(digits_ + std::string(static_cast<std::size_t>(exponent_ - exponent), '0'),
          other.digits_ + std::string(static_cast<std::size_t>(other.exponent_ - exponent), '0')),
      exponent};
}

Decimal Decimal::complement() const {
  Decimal one("1", 0);
  HAPLAN_EXPECTS(compare(one) <= 0);
  if (is_zero()) return one;
  if (compare(one) == 0) return {};
  // Below one the fraction has -exponent places; its ten's complement is the nines' complement plus
  // one.
  std::string nines(static_cast<std::size_t>(-exponent_), '9');
  for (std::size_t i = 0; i < digits_.size(); ++i)
    nines[nines.size() - 1 - i] = static_cast<char>('9' - (digits_[digits_.size() - 1 - i] - '0'));
  return {sum(nines, "1"), exponent_};
}

int Decimal::compare(const Decimal& other) const {
  if (is_zero() || other.is_zero())
    return static_cast<int>(other.is_zero()) - static_cast<int>(is_zero());
  const auto magnitude = static_cast<long>(digits_.size()) + exponent_;
  const auto other_magnitude = static_cast<long>(other.digits_.size()) + other.exponent_;
  if (magnitude != other_magnitude) return magnitude < other_magnitude ? -1 : 1;
  // Same magnitude and no trailing zeros: digit strings compare like the numbers.
  const int order = digits_.compare(other.digits_);
  return (order > 0) - (order < 0);
}

double Decimal::value() const {
  if (is_zero()) return 0.0;
  const std::string written = digits_ + "e" + std::to_string(exponent_);
  double result = 0.0;
  std::from_chars(written.data(), written.data() + written.size(), result);
  return result;
}

std::optional<model::Rational> Decimal::rational() const {
  if (is_zero()) return model::Rational{0, 1};
  if (exponent_ > 18 || exponent_ < -36) return std::nullopt;
  Wide num = 0;
  if (digits_.size() > 36) return std::nullopt;
  for (const char digit : digits_) num = num * 10 + static_cast<Wide>(digit - '0');
  Wide den = 1;
  for (int i = 0; i < -exponent_; ++i) den *= 10;
  if (exponent_ > 0) {
    const auto integer =
        to_integer(digits_ + std::string(static_cast<std::size_t>(exponent_), '0'));
    if (!integer) return std::nullopt;
    return model::Rational{*integer, 1};
  }
  return reduced(num, den);
}

std::string Decimal::text() const {
  if (is_zero()) return "0";
  if (exponent_ >= 0) return digits_ + std::string(static_cast<std::size_t>(exponent_), '0');
  const auto places = static_cast<std::size_t>(-exponent_);
  if (digits_.size() > places)
    return digits_.substr(0, digits_.size() - places) + "." +
           digits_.substr(digits_.size() - places);
  return "0." + std::string(places - digits_.size(), '0') + digits_;
}

std::optional<model::Rational> quotient(const model::Rational& a, const model::Rational& b) {
  HAPLAN_EXPECTS(a.num >= 0 && b.num > 0);
  const auto wide = [](std::int64_t x) { return static_cast<Wide>(x); };
  return reduced(wide(a.num) * wide(b.den), wide(a.den) * wide(b.num));
}

double rounded(const model::Rational& fraction) {
  HAPLAN_EXPECTS(fraction.num >= 0 && fraction.den > 0);
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (fraction.num == 0 || (fraction.num <= kExact && fraction.den <= kExact))
    return static_cast<double>(fraction.num) / static_cast<double>(fraction.den);
  // At least 64 quotient bits; a sticky last bit stands for the remainder, so that rounding to 53
  // bits is right.
  Wide num = static_cast<Wide>(fraction.num);
  int shift = 0;
  while ((num >> 126) == 0) {
    num <<= 1;
    ++shift;
  }
  const Wide den = static_cast<Wide>(fraction.den);
  Wide result = num / den;
  const bool inexact = num % den != 0;
  while ((result >> 62) != 0) {
    result = (result >> 1) | (result & 1);
    --shift;
  }
  const auto bits = static_cast<std::uint64_t>(result) | static_cast<std::uint64_t>(inexact);
  return std::ldexp(static_cast<double>(bits), -shift);
}

model::Rational nearest_rational(double value) {
  HAPLAN_EXPECTS(std::isfinite(value) && value >= 0.0);
  constexpr double kLargest = 9223372036854774784.0;  // the largest double below 2^63
  if (value >= kLargest) return {static_cast<std::int64_t>(kLargest), 1};
  std::int64_t den = 1;
  while (den < (std::int64_t{1} << 62) && value * static_cast<double>(den) < kLargest / 2 &&
         value * static_cast<double>(den) != std::floor(value * static_cast<double>(den)))
    den *= 2;
  const auto num = static_cast<std::int64_t>(std::llround(value * static_cast<double>(den)));
  const std::int64_t common = std::gcd(num, den);
  return {num / common, den / common};
}

}  // namespace haplan::planner
