#include "planner/cli/draw_options.hpp"

#include <algorithm>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/spec/scalar.hpp"

namespace haplan::planner::cli {

namespace {

/// A whole number from `least` to 2^53, so that it is exact.
std::optional<double> whole(const std::string& text, double least) {
  constexpr double kMost = 9007199254740992.0;
  const auto read = number(text);
  if (!read || read->exact.den != 1 || read->value < least || read->value > kMost)
    return std::nullopt;
  return read->value;
}

}  // namespace

std::optional<std::string> understand_draws(const RawDraws& raw, DrawArguments& arguments) {
  constexpr double kMostDraws = 1e7;  // each keeps its figures in memory
  if (raw.draws) {
    const auto count = whole(*raw.draws, 1.0);
    if (!count || *count > kMostDraws)
      return "--draws takes a number of draws from 1 to 10000000, not \"" + printable(*raw.draws) +
             "\"";
    arguments.draws = static_cast<std::size_t>(*count);
  }
  if (raw.seed) {
    const auto seed = whole(*raw.seed, 0.0);
    if (!seed) return "--seed takes a whole number, not \"" + printable(*raw.seed) + "\"";
    arguments.seed = static_cast<std::uint64_t>(*seed);
  }
  if (!raw.quantiles) return std::nullopt;
  for (std::size_t start = 0; start <= raw.quantiles->size();) {
    const std::size_t end = std::min(raw.quantiles->find(',', start), raw.quantiles->size());
    std::string one = raw.quantiles->substr(start, end - start);
    if (!one.empty() && one.back() == '%') one.pop_back();
    const auto percentage = number(one);
    if (!percentage || percentage->value <= 0.0 || percentage->value >= 100.0)
      return "--quantiles takes percentages between 0 and 100, as 5,50,95, not \"" +
             printable(*raw.quantiles) + "\"";
    arguments.quantiles.push_back(percentage->value / 100.0);
    start = end + 1;
  }
  std::ranges::sort(arguments.quantiles);
  return std::nullopt;
}

}  // namespace haplan::planner::cli
