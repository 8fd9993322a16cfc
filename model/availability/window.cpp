#include "model/availability/window.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/availability/outages.hpp"
#include "model/base/contract.hpp"
#include "model/numerics/compound_poisson.hpp"

namespace haplan::model {

namespace {

constexpr double kTail = 0.99;

/// How often outages of which length begin, and how much longer one lasts that is met at a random moment.
class Outages {
 public:
  explicit Outages(const std::vector<DownFor>& down_for) : points_(lower_hull(down_for)) {
    for (std::size_t k = 0; k + 1 < points_.size(); ++k)
      longer_.push_back((points_[k].share - points_[k + 1].share) /
                        (points_[k + 1].age - points_[k].age));
    longer_.push_back(0.0);
    for (std::size_t k = 0; k < points_.size(); ++k) spread_.push_back(spread_of(k));
  }

  [[nodiscard]] double down() const { return points_.front().share; }
  [[nodiscard]] double frequency() const { return longer_.front(); }  ///< [1/s]

  /// P(an outage lasts at most t).
  [[nodiscard]] double at_most(double t) const {
    const std::size_t next = first_after(t);
    double longer = longer_[next - 1];
    for (const std::size_t k : {next - 1, next}) {
      if (k >= spread_.size() || std::abs(t - points_[k].age) >= spread_[k]) continue;
      const double passed = 0.5 + 0.5 * (t - points_[k].age) / spread_[k];
      longer += (k < next ? 1.0 - passed : -passed) * jump_at(k);
    }
    return 1.0 - longer / frequency();
  }

  /// E[max(outage - t, 0)]
  [[nodiscard]] double excess(double t) const {
    return (down_beyond(t) - points_.back().share) / frequency();
  }

  /// P(not down, or back within x), at a random moment.
  [[nodiscard]] double over_within(double x) const { return 1.0 - down_beyond(x); }

 private:
  [[nodiscard]] std::size_t first_after(double t) const {
    const auto at = std::ranges::upper_bound(points_, t, {}, &DownFor::age);
    return std::max<std::size_t>(1, static_cast<std::size_t>(at - points_.begin()));
  }

  [[nodiscard]] double jump_at(std::size_t k) const { return longer_[k - 1] - longer_[k]; }

  /// Half the width over which outages that are counted at a point are spread evenly, so that their mean stays.
  [[nodiscard]] double spread_of(std::size_t k) const {
    if (k == 0 || k + 1 == points_.size() || points_[k].sudden) return 0.0;
    return 0.5 * std::min(points_[k].age - points_[k - 1].age, points_[k + 1].age - points_[k].age);
  }

  [[nodiscard]] double down_beyond(double x) const {
    const std::size_t next = first_after(x);
    double down = points_[next - 1].share - longer_[next - 1] * (x - points_[next - 1].age);
    for (const std::size_t k : {next - 1, next}) {
      if (k >= spread_.size()) continue;
      const double inside = spread_[k] - std::abs(x - points_[k].age);
      if (inside > 0.0) down += jump_at(k) * inside * inside / (4.0 * spread_[k]);
    }
    return down;
  }

  std::vector<DownFor> points_;
  std::vector<double> longer_;  ///< [1/s] outages longer than the age of each point, up to the next
  std::vector<double> spread_;  ///< [s]
};

/// Downtime while the service is up for `time` in all, from a random moment on.
CompoundPoisson downtime_over(const Outages& outages, double time) {
  const double down = outages.down();
  std::vector<Jumps> jumps;
  if (down < 1.0 && outages.frequency() > 0.0)
    jumps.push_back({outages.frequency() / (1.0 - down) * time,
                     [&outages](double t) { return outages.at_most(t); },
                     [&outages](double t) { return outages.excess(t); }});
  return CompoundPoisson(std::move(jumps), [&outages](double x) { return outages.over_within(x); });
}

/// The x with P(downtime over window - x <= x) = p: the percentile falls with x, so that the two meet once.
Estimate percentile(const Outages& outages, double window, double p) {
  constexpr double kClose = 1e-4;
  constexpr std::size_t kCoarse = 256;  // points, until the two have nearly met
  constexpr int kMostSteps = 60;
  if (outages.over_within(window) < p) return Estimate::exactly(window);
  double low = 0.0;
  double high = window;
  double x = 0.0;
  for (int step = 0; step < kMostSteps; ++step) {
    const double reached =
        std::min(downtime_over(outages, window - x).quantile(p, kCoarse).value, window);
    (reached > x ? low : high) = x;
    if (std::abs(reached - x) <= kClose * x) break;
    // The fixed point lies between x and what it leads to, most often close to the latter.
    x = step % 3 == 2 || reached <= low || reached >= high ? 0.5 * (low + high) : reached;
    if (high - low <= kClose * high) break;
  }
  Estimate found = downtime_over(outages, window - x).quantile(p);
  for (double* const end : {&found.value, &found.lower, &found.upper})
    *end = std::min(window, *end);
  return found;
}

/// P(downtime within the window <= x)
Estimate at_most(const Outages& outages, double window, double x) {
  if (x >= window) return Estimate::exactly(1.0);
  return downtime_over(outages, window - std::max(0.0, x)).at_most(x);
}

}  // namespace

WindowFigures downtime_in_window(const ServiceFigures& figures, double window, double budget) {
  HAPLAN_EXPECTS(window > 0.0 && !figures.episodes.empty());
  const Outages outages(figures.episodes);
  WindowFigures result;
  result.mean = outages.down() * window;
  result.kept = at_most(outages, window, budget);
  result.downtime_p99 = percentile(outages, window, kTail);
  return result;
}

std::vector<Estimate> downtime_distribution(const ServiceFigures& figures, double window,
                                            std::span<const double> downtimes) {
  HAPLAN_EXPECTS(window > 0.0 && !figures.episodes.empty());
  const Outages outages(figures.episodes);
  std::vector<Estimate> found;
  for (const double downtime : downtimes) {
    HAPLAN_EXPECTS(downtime >= 0.0);
    found.push_back(at_most(outages, window, downtime));
  }
  return found;
}

}  // namespace haplan::model
