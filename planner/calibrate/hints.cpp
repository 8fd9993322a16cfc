#include "planner/calibrate/hints.hpp"

#include <algorithm>
#include <cmath>

#include "planner/calibrate/spelling.hpp"

namespace haplan::planner {

namespace {

constexpr double kDoubtful = 0.05;     // p-value below which a test is worth a sentence
constexpr std::size_t kTrendFrom = 4;  // the test of Laplace is close to normal from here on
constexpr std::size_t kClusterFrom = 6;
constexpr std::size_t kPerInterval = 3;  // events that an interval holds on average, at least
constexpr std::size_t kIntervals = 12;
constexpr double kWide = 10.0;  // high over low from which an interval decides little

std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : "p = " + spelt_number(p, 2); }

void add_repair_hints(const ModeEstimate& one, std::vector<std::string>& result) {
  const std::string title = title_of(one);
  const auto observed = observed_mean_repair(one);
  if (one.repair && one.repairs.exact.size() >= kLawFrom && one.repairs.at_least.empty() &&
      (*observed < one.repair->mean.low || *observed > one.repair->mean.high))
    result.push_back(title + ": the repair times do not look lognormal: their plain mean, " +
                     spelt_duration(*observed, 3) + ", lies outside of the interval; " +
                     "do they have several causes, or a clock with a coarse tick?");
  if (!one.writes)
    result.push_back(title +
                     ": not written, because the spec states an availability, and a rate without a "
                     "repair time cannot replace it");
  if (one.writes_repair && one.repair->mean.high > kWide * one.repair->mean.low)
    result.push_back(title + ": the mean repair is known only to a factor of " +
                     spelt_number(one.repair->mean.high / one.repair->mean.low, 2) +
                     "; more repairs, or times without outliers, would narrow it");
}

}  // namespace

void add_tests(ModeEstimate& estimate, const std::vector<double>& times, double period) {
  if (times.size() >= kTrendFrom) estimate.trend = model::trend_test(times, period);
  if (times.size() < kClusterFrom) return;
  std::vector<std::size_t> counts(
      std::clamp(times.size() / kPerInterval, std::size_t{2}, kIntervals));
  for (const double time : times) {
    const auto at = static_cast<std::size_t>(time / period * static_cast<double>(counts.size()));
    ++counts[std::min(at, counts.size() - 1)];
  }
  estimate.dispersion = model::dispersion_test(counts);
}

std::vector<std::string> hints(const ModeEstimate& one) {
  std::vector<std::string> result;
  const std::string title = title_of(one);
  if (one.units_assumed)
    result.push_back(title + ": counted as one of its kind; with several, give --replicas " +
                     one.subject + "=N, or the spec with -f");
  if (one.trend && one.trend->p_value < kDoubtful)
    result.push_back(
        title + ": failures became " + (one.trend->statistic > 0.0 ? "more" : "less") +
        " frequent (test of Laplace: U = " + (one.trend->statistic < 0.0 ? "-" : "") +
        spelt_number(std::abs(one.trend->statistic), 3) + ", " + p_text(one.trend->p_value) +
        "); one rate for the whole period hides that: take the part that still holds with --from");
  if (one.dispersion && one.dispersion->p_value < kDoubtful)
    result.push_back(title + ": failures come in clusters (index of dispersion " +
                     spelt_number(one.dispersion->statistic, 3) + ", " +
                     p_text(one.dispersion->p_value) +
                     "); they have a cause in common, and the interval is too narrow");
  if (one.events > 0 && one.rate.mean * one.prior.time > 0.0 &&
      one.prior.events > static_cast<double>(one.events))
    result.push_back(title + ": the prior weighs more than what was observed");
  add_repair_hints(one, result);
  return result;
}

std::string hint_on_unwritten(const std::vector<ModeEstimate>& estimates) {
  std::string names;
  for (const ModeEstimate& one : estimates)
    if (one.repair && !one.writes_repair && one.writes && !one.subject.empty() &&
        !one.mode.has_repair)
      names += (names.empty() ? "" : ", ") + title_of(one);
  if (names.empty()) return {};
  return "no repair is written of what Kubernetes ends, because the spec sums its steps (" + names +
         "); --repairs always writes the observed mean instead";
}

}  // namespace haplan::planner
