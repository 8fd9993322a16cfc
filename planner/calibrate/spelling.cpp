#include "planner/calibrate/spelling.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "model/base/contract.hpp"

namespace haplan::planner {

namespace {

constexpr std::array<std::pair<double, const char*>, 8> kUnits{{{365.25 * 86400.0, "y"},
                                                                {86400.0, "d"},
                                                                {3600.0, "h"},
                                                                {60.0, "m"},
                                                                {1.0, "s"},
                                                                {1e-3, "ms"},
                                                                {1e-6, "us"},
                                                                {1e-9, "ns"}}};

}  // namespace

std::string spelt_number(double value, int digits) {
  HAPLAN_EXPECTS(std::isfinite(value) && value >= 0.0 && digits >= 1);
  if (value == 0.0) return "0";
  // Digits before the point are never cut, so that a large number stays exact to its last one.
  const int before = static_cast<int>(std::floor(std::log10(value))) + 1;
  const int after = std::max(0, digits - before);
  std::array<char, 400> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::fixed, after);
  HAPLAN_EXPECTS(error == std::errc{});
  std::string text(buffer.data(), end);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string spelt_duration(double seconds, int digits) {
  HAPLAN_EXPECTS(std::isfinite(seconds) && seconds >= 0.0);
  if (seconds == 0.0) return "0s";
  for (const auto& [unit, name] : kUnits)
    if (seconds >= unit) return spelt_number(seconds / unit, digits) + name;
  return spelt_number(seconds / kUnits.back().first, digits) + kUnits.back().second;
}

}  // namespace haplan::planner
