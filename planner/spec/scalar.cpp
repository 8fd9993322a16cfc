#include "planner/spec/scalar.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace haplan::planner {

namespace {

constexpr double kLargest = 9.0e18;  // beyond it no fraction of 64 bits is near

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 10> kUnits = {{{"ns", 1},
                                          {"us", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", kSecond},
                                          {"m", 60 * kSecond},
                                          {"h", 3600 * kSecond},
                                          {"d", 86400 * kSecond},
                                          {"w", 7 * 86400 * kSecond},
                                          {"month", 2'629'800 * kSecond},
                                          {"y", 31'557'600 * kSecond}}};

/// Other spellings: what a rate may be "per", and what a duration's unit is likely to mean.
constexpr std::array<std::array<std::string_view, 2>, 30> kSpellings = {
    {{"sec", "s"},  {"secs", "s"},   {"second", "s"},  {"seconds", "s"},    {"min", "m"},
     {"mins", "m"}, {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},         {"hrs", "h"},
     {"hour", "h"}, {"hours", "h"},  {"day", "d"},     {"days", "d"},       {"wk", "w"},
     {"week", "w"}, {"weeks", "w"},  {"mo", "month"},  {"months", "month"}, {"yr", "y"},
     {"yrs", "y"},  {"year", "y"},   {"years", "y"},   {"a", "y"},          {"S", "s"},
     {"H", "h"},    {"D", "d"},      {"W", "w"},       {"Y", "y"},          {"msec", "ms"}}};

struct Suffix {
  std::string_view name;
  int power_of_ten;
  int power_of_1024;
};
constexpr std::array<Suffix, 16> kSuffixes = {{{"n", -9, 0},
                                               {"u", -6, 0},
                                               {"m", -3, 0},
                                               {"", 0, 0},
                                               {"k", 3, 0},
                                               {"M", 6, 0},
                                               {"G", 9, 0},
                                               {"T", 12, 0},
                                               {"P", 15, 0},
                                               {"E", 18, 0},
                                               {"Ki", 0, 1},
                                               {"Mi", 0, 2},
                                               {"Gi", 0, 3},
                                               {"Ti", 0, 4},
                                               {"Pi", 0, 5},
                                               {"Ei", 0, 6}}};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string meant(std::string_view text) { return "did you mean " + quoted(text) + "?"; }

tl::unexpected<Misread> misread(std::string message, std::string suggestion = {}) {
  return tl::unexpected<Misread>({std::move(message), std::move(suggestion)});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const Unit* unit_named(std::string_view name) {
  for (const Unit& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}

std::string_view spelling(std::string_view name) {
  for (const auto& [other, unit] : kSpellings)
    if (other == name) return unit;
  return {};
}

/// Text without its leading number, which goes to `number`.
std::string split_number(const std::string& text, std::string& number) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  number = text.substr(0, end);
  return text.substr(end);
}

Reading<Measure> measure(const Decimal& decimal) {
  Measure result;
  result.value = decimal.value();
  if (!(result.value < kLargest)) return misread("the number is too large");
  const auto exact = decimal.rational();
  result.exact = exact ? *exact : nearest_rational(result.value);
  return result;
}

Reading<Measure> measure(const Decimal& dividend, const Decimal& divisor) {
  if (divisor.is_zero()) return misread("the time is zero");
  Measure result;
  const auto a = dividend.rational();
  const auto b = divisor.rational();
  const auto exact = a && b ? quotient(*a, *b) : std::nullopt;
  result.value = exact ? rounded(*exact) : dividend.value() / divisor.value();
  if (!(result.value < kLargest)) return misread("the number is too large");
  result.exact = exact ? *exact : nearest_rational(result.value);
  return result;
}

tl::unexpected<Misread> not_a(const char* what, const std::string& text) {
  const bool vowel = std::string_view("aeiou").find(what[0]) != std::string_view::npos;
  const std::string named = (vowel ? "an " : "a ") + std::string(what);
  if (text.size() > 1 && text[0] == '-' && (is_digit(text[1]) || text[1] == '.'))
    return misread(named + " must not be negative");
  return misread(quoted(text) + " is not " + named);
}

/// Seconds of a duration, as a decimal.
Reading<Decimal> seconds(const std::string& text) {
  if (text == "0") return Decimal();
  Decimal total;
  std::string rest = trimmed(text);
  if (rest.empty()) return not_a("duration", text);
  while (!rest.empty()) {
    std::string number;
    rest = trimmed(split_number(rest, number));
    const auto decimal = Decimal::parse(number);
    if (!decimal) return not_a("duration", text);
    std::size_t end = 0;
    while (end < rest.size() && is_letter(rest[end])) ++end;
    const std::string name = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    if (name.empty() && rest.empty())
      return misread(quoted(text) + " has no unit", meant(trimmed(text) + "s"));
    const Unit* unit = unit_named(name);
    if (!unit && name.empty()) return not_a("duration", text);
    if (!unit) {
      const std::string_view near = spelling(name);
      return misread("unknown unit " + quoted(name) + " in the duration",
                     near.empty() ? "units are ns us ms s m h d w month y"
                                  : meant(number + std::string(near)));
    }
    total = total.plus(decimal->times(unit->nanoseconds));
  }
  return total.times_power_of_ten(-9);
}

/// What a rate is "per": a unit in any spelling, or a duration.
Reading<Decimal> period(const std::string& text) {
  std::string_view name = text;
  if (const std::string_view near = spelling(name); !near.empty()) name = near;
  if (const Unit* unit = unit_named(name))
    return Decimal::parse("1")->times(unit->nanoseconds).times_power_of_ten(-9);
  return seconds(text);
}

/// Splits "a/b" and "a per b".
bool split_per(const std::string& text, std::string& dividend, std::string& divisor) {
  std::size_t at = text.find('/');
  std::size_t length = 1;
  if (at == std::string::npos) {
    at = text.find(" per ");
    length = 5;
  }
  if (at == std::string::npos) return false;
  dividend = trimmed(text.substr(0, at));
  divisor = trimmed(text.substr(at + length));
  return true;
}

std::string quantity_suggestion(const std::string& number, std::string suffix) {
  if (suffix.size() > 1 && lower(suffix.back()) == 'b') suffix.pop_back();
  for (const Suffix& known : kSuffixes) {
    if (known.name.empty() || known.name.size() != suffix.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < suffix.size(); ++i)
      same = same && lower(suffix[i]) == lower(known.name[i]);
    if (same && known.name != "m") return meant(number + std::string(known.name));
  }
  return "suffixes are n u m k M G T P E and Ki Mi Gi Ti Pi Ei";
}

}  // namespace

Reading<Measure> duration(const std::string& text) {
  const auto decimal = seconds(text);
  if (!decimal) return tl::unexpected<Misread>(decimal.error());
  return measure(*decimal);
}

Reading<Measure> rate(const std::string& text) {
  std::string count;
  std::string time;
  if (!split_per(text, count, time)) {
    if (Decimal::parse(trimmed(text)))
      return misread(quoted(text) + " has no time", meant(trimmed(text) + "/s"));
    return not_a("rate", text);
  }
  const auto dividend = Decimal::parse(count);
  if (!dividend) return not_a("rate", text);
  const auto divisor = period(time);
  if (!divisor)
    return misread(quoted(time) + " is no time for a rate", "as 300/s, 2/year, 1 per 90d");
  return measure(*dividend, *divisor);
}

Reading<Measure> probability(const std::string& text) {
  const bool percent = !text.empty() && text.back() == '%';
  const std::string number = trimmed(percent ? text.substr(0, text.size() - 1) : text);
  auto decimal = Decimal::parse(number);
  if (!decimal) return not_a("probability", text);
  if (percent) decimal = decimal->times_power_of_ten(-2);
  const Decimal one = *Decimal::parse("1");
  if (decimal->compare(one) > 0) {
    const bool likely = !percent && decimal->compare(*Decimal::parse("100")) <= 0;
    return misread(percent ? "a probability is at most 100%" : "a probability is at most 1",
                   likely ? meant(number + "%") : "");
  }
  auto result = measure(*decimal);
  if (result) result->complement = decimal->complement().value();
  return result;
}

Reading<Measure> downtime(const std::string& text) {
  std::string down;
  std::string whole;
  if (!split_per(text, down, whole)) {
    if (seconds(text))
      return misread(quoted(text) + " has no time to be counted in", meant(text + " per 30d"));
    return not_a("downtime", text);
  }
  const auto dividend = seconds(down);
  if (!dividend) return tl::unexpected<Misread>(dividend.error());
  const auto divisor = period(whole);
  if (!divisor) return tl::unexpected<Misread>(divisor.error());
  if (dividend->compare(*divisor) > 0)
    return misread("the downtime is longer than the time it is counted in");
  auto result = measure(*dividend, *divisor);
  if (!result) return result;
  const model::Rational& u = result->exact;
  result->complement = rounded({u.den - u.num, u.den});
  return result;
}

Reading<Measure> quantity(const std::string& text) {
  if (const auto plain = Decimal::parse(text)) return measure(*plain);
  std::string number;
  const std::string suffix = split_number(text, number);
  const auto decimal = Decimal::parse(number);
  if (!decimal) return not_a("quantity", text);
  for (const Suffix& known : kSuffixes)
    if (known.name == suffix)
      return measure(decimal->times_power_of_ten(known.power_of_ten)
                         .times(std::uint64_t{1} << (10 * known.power_of_1024)));
  return misread("unknown suffix " + quoted(suffix) + " in the quantity",
                 quantity_suggestion(number, suffix));
}

Reading<Measure> integer(const std::string& written) {
  const std::string text = written.size() > 1 && written[0] == '+' ? written.substr(1) : written;
  const bool hexadecimal = text.rfind("0x", 0) == 0;
  const bool octal = text.rfind("0o", 0) == 0;
  const int base = hexadecimal ? 16 : octal ? 8 : 10;
  std::int64_t value = 0;
  bool is_integer = text.size() > (base == 10 ? 0u : 2u);
  for (std::size_t i = base == 10 ? 0 : 2; i < text.size() && is_integer; ++i) {
    const char c = lower(text[i]);
    const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : base;
    is_integer = digit < base;
    value = value * base + digit;
    if (is_integer && value > std::numeric_limits<std::int32_t>::max())
      return misread("the integer is too large");
  }
  if (is_integer) return Measure{{value, 1}, static_cast<double>(value), 0.0};
  const auto plain = Decimal::parse(text);
  if (plain && plain->is_integer())
    return misread(quoted(text) + " is not an integer", "did you mean " + plain->text() + "?");
  const auto time = seconds(text);
  if (!plain && time && time->is_integer())
    return misread(quoted(text) + " has a unit where a plain integer stands",
                   "did you mean " + time->text() + "?");
  return not_a("integer", text);
}

Reading<Measure> number(const std::string& written) {
  const std::string text = written.size() > 1 && written[0] == '+' ? written.substr(1) : written;
  if (const auto decimal = Decimal::parse(text)) return measure(*decimal);
  return not_a("number", text);
}

Reading<bool> boolean(const std::string& text) {
  std::string word;
  for (const char c : text) word += lower(c);
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const bool yes = word == "yes" || word == "on" || word == "y" || word == "1" || word == "true";
  const bool no = word == "no" || word == "off" || word == "n" || word == "0" || word == "false";
  const char* near = yes ? "did you mean true?" : no ? "did you mean false?" : "";
  return misread(quoted(text) + " is neither true nor false", near);
}

std::optional<Term> term(const std::string& text) {
  const std::string whole = trimmed(text);
  std::string number;
  const std::string unit = trimmed(split_number(whole, number));
  for (const char c : unit)
    if (!is_letter(c) && c != '%') return std::nullopt;
  const auto decimal = Decimal::parse(number);
  if (!decimal) return std::nullopt;
  return Term{*decimal, unit};
}

}  // namespace haplan::planner
