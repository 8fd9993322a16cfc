#include "solver/phrases.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace haplan::solver {
namespace {

std::string fixed(double value, int decimals) {
  char buffer[400];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  return {buffer, result.ptr};
}

/// Decimals that show `digits` significant digits of a positive value.
int decimals_for(double value, int digits) {
  const int magnitude = static_cast<int>(std::floor(std::log10(value)));
  return std::max(0, digits - 1 - magnitude);
}

struct Unit {
  double least;  ///< [s] smallest value that people write in it
  double size;   ///< [s]
  const char* name;
};
constexpr Unit kUnits[] = {{172800, 86400, "d"}, {7200, 3600, "h"},  {120, 60, "min"}, {1, 1, "s"},
                           {1e-3, 1e-3, "ms"},   {1e-6, 1e-6, "us"}, {0, 1e-9, "ns"}};

const Unit& unit_of(double seconds) {
  return *std::find_if(std::begin(kUnits), std::end(kUnits),
                       [seconds](const Unit& unit) { return seconds >= unit.least; });
}

std::string in_unit(double seconds, const Unit& unit, int digits) {
  return significant(seconds / unit.size, digits) + " " + unit.name;
}

/// "99.9" of "99.90", "5" of "5.00".
std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

bool is_share(const std::string& field) { return field == "errorRate"; }
bool is_availability(const std::string& field) {
  return field == "availability" || field == "maxDowntime" || field == "compliance";
}

}  // namespace

std::string significant(double value, int digits) {
  if (std::isnan(value)) return "unknown";
  if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
  if (value == 0) return "0";
  const int decimals = decimals_for(std::abs(value), digits);
  // 9.996 is 10.0 in three digits: rounded up, it has one more before the point.
  const bool longer =
      decimals > 0 && std::abs(value) * std::pow(10.0, decimals) >= std::pow(10.0, digits) - 0.5;
  return fixed(value, longer ? decimals - 1 : decimals);
}

std::string plain_number(double value) {
  char buffer[400];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  return {buffer, result.ptr};
}

std::string availability_text(double unavailability, int digits) {
  if (std::isnan(unavailability)) return "unknown";
  if (unavailability <= 0) return "100 %";
  constexpr double kNone = 1e-12;
  if (1 - unavailability < kNone) return "0 %";
  // The digits come from the unavailability itself, as decimal text: 100 - x, with x rounded to
  // its digits.
  const double percent = unavailability * 100;
  const int decimals = std::min(decimals_for(std::min(percent, 100 - percent), digits), 30);
  std::string x = fixed(percent, decimals);
  const auto dot = x.find('.');
  const std::string whole = x.substr(0, dot);
  std::string rest = dot == std::string::npos ? std::string{} : x.substr(dot + 1);
  int borrow = 0;
  for (auto i = rest.size(); i-- > 0;) {
    int digit = -(rest[i] - '0') - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    rest[i] = static_cast<char>('0' + digit);
  }
  const int left = 100 - std::stoi(whole) - borrow;
  rest.erase(rest.find_last_not_of('0') + 1);
  return std::to_string(left) + (rest.empty() ? "" : "." + rest) + " %";
}

std::string duration_text(double seconds, int digits) {
  if (std::isnan(seconds) || std::isinf(seconds)) return significant(seconds, digits);
  if (seconds == 0) return "0 s";
  return in_unit(seconds, unit_of(std::abs(seconds)), digits);
}

std::string percent_text(double share, int digits) {
  return significant(share * 100, digits) + " %";
}

std::string objective_text(const std::string& field, double value, int more) {
  if (is_availability(field)) return availability_text(value, 2 + more);
  if (is_share(field)) return percent_text(value, 2 + more);
  return duration_text(value, 3 + more);
}

std::string target_text(const std::string& field, double target) {
  constexpr int kDigits = 4;
  if (is_availability(field)) return availability_text(target, kDigits);
  if (is_share(field)) return without_zeros(significant(100 * target, kDigits)) + " %";
  if (target == 0 || !std::isfinite(target)) return duration_text(target);
  const Unit& unit = unit_of(target);
  return without_zeros(significant(target / unit.size, kDigits)) + " " + unit.name;
}

std::string missed_text(const std::string& field, double actual, double target) {
  constexpr int kMost = 14;  // beyond that a double has no more to tell
  int more = 0;
  while (more < kMost && objective_text(field, actual, more) == objective_text(field, target, more))
    ++more;
  return objective_text(field, actual, more);
}

std::string figure_text(const std::string& field, double actual, double target) {
  const bool met = actual <= target;
  if (is_availability(field) || is_share(field) || target == 0 || !std::isfinite(actual))
    return met ? objective_text(field, actual) : missed_text(field, actual, target);
  const Unit& unit = unit_of(target);
  constexpr int kMost = 17;
  int digits = 3;
  while (!met && digits < kMost && in_unit(actual, unit, digits) == in_unit(target, unit, digits))
    ++digits;
  return actual == 0 ? std::string("0 ") + unit.name : in_unit(actual, unit, digits);
}

std::vector<std::string> durations_text(const std::vector<double>& seconds, UnitOf by) {
  double smallest = 0;
  double largest = 0;
  for (const double value : seconds) {
    if (!std::isfinite(value) || value == 0) continue;
    const double size = std::abs(value);
    smallest = smallest == 0 ? size : std::min(smallest, size);
    largest = std::max(largest, size);
  }
  const double decides = by == UnitOf::smallest ? smallest : largest;
  const Unit* unit = &unit_of(decides == 0 ? 1.0 : decides);
  // A unit in which something takes six digits compares nothing at a glance.
  constexpr double kMost = 1e5;
  while (unit != std::begin(kUnits) && largest / unit->size >= kMost) --unit;
  std::vector<std::string> texts;
  for (const double value : seconds) {
    const double size = std::abs(value) / unit->size;
    if (!std::isfinite(value))
      texts.push_back(significant(value, 3));
    else if (value == 0)
      texts.push_back(std::string("0 ") + unit->name);
    else if (size < 0.001)
      texts.push_back(std::string("<0.001 ") + unit->name);
    else
      texts.push_back(in_unit(value, *unit, size < 1 ? 2 : 3));
  }
  return texts;
}

std::string cause_text(const model::Cause& cause) {
  const auto mode = cause.mode.empty() ? std::string{} : ": " + cause.mode;
  switch (cause.kind) {
    case model::CauseKind::replica: return cause.subject + mode;
    case model::CauseKind::node: return "node " + cause.subject + mode;
    case model::CauseKind::domain: return "domain " + cause.subject + mode;
    case model::CauseKind::claim: return "claim " + cause.subject + mode;
    case model::CauseKind::vertex: return "vertex " + cause.subject + mode;
    case model::CauseKind::link: return "link " + cause.subject + mode;
    case model::CauseKind::external: return cause.subject + ": external outage";
    case model::CauseKind::chain: return cause.subject + ": not serving";
    case model::CauseKind::failover: return cause.subject + ": failover" + mode;
    case model::CauseKind::common_cause: return cause.subject + mode;
    case model::CauseKind::switchover: return cause.subject + ": switchover";
    case model::CauseKind::ramp: return cause.subject + ": scaling lags the ramp";
    case model::CauseKind::drain:
      return "drain" + (cause.subject.empty() ? "" : " of " + cause.subject);
    case model::CauseKind::capacity:
      return cause.subject + ": too few" + (cause.mode.empty() ? "" : " at " + cause.mode);
  }
  return {};
}

std::string count_text(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

}  // namespace haplan::solver
