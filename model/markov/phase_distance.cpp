#include "model/markov/phase_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

#include "model/base/abandon.hpp"
#include "model/numerics/sum.hpp"

namespace haplan::model {
namespace {

constexpr double kCdfGap = 1e-5;
constexpr double kMeanGap = 1e-4;  // of the mean
constexpr std::size_t kMostCells = 200'000;

/// Everything known at one time; a fixed delay jumps, so that its value before counts too.
struct Point {
  double t = 0.0;
  double delay_before = 0.0;       ///< P(X < t)
  double delay = 0.0;              ///< P(X <= t)
  double type = 0.0;               ///< P(Y <= t)
  double excess_difference = 0.0;  ///< E[max(Y - t, 0)] - E[max(X - t, 0)]
};

struct Cell {
  Point left;
  Point right;

  double width() const { return right.t - left.t; }
  double most_above() const { return right.delay_before - left.type; }  ///< of F - G inside
  double most_below() const { return right.type - left.delay; }         ///< of G - F inside
  double highest() const { return std::max(most_above(), most_below()); }
  double area_least() const { return std::abs(left.excess_difference - right.excess_difference); }
  double area_most() const {
    // Of one sign, the area is the difference of the integrals.
    if (most_above() <= 0.0 || most_below() <= 0.0) return area_least();
    return std::max(area_least(), width() * highest());
  }
};

class Distances {
 public:
  Distances(const SingleDelay& delay, const PhaseType& type) : delay_(delay), type_(type) {}

  /// Cells between neighbours of these times and what lies beyond the last one.
  void start(const std::vector<double>& times) {
    for (std::size_t i = 0; i + 1 < times.size(); ++i) {
      cells_.push_back({at(times[i]), at(times[i + 1])});
    }
    last_ = at(times.back());
    beyond_ = expected_excess(delay_, last_.t) + type_.expected_excess(last_.t);
  }

  /// Halves the cell whose difference may be greatest, until none may exceed the greatest seen.
  bool refine_cdf() {
    std::priority_queue<std::pair<double, std::size_t>> queue;
    for (std::size_t i = 0; i < cells_.size(); ++i) queue.emplace(cells_[i].highest(), i);
    while (queue.top().first > highest_seen_ + kCdfGap) {
      if (cells_.size() >= kMostCells) return false;
      may_abandon();
      const std::size_t i = queue.top().second;
      queue.pop();
      halve(i);
      queue.emplace(cells_[i].highest(), i);
      queue.emplace(cells_.back().highest(), cells_.size() - 1);
    }
    return true;
  }

  /// Halves the cell whose area is in doubt most, until all doubts together are small.
  bool refine_mean() {
    const double gap = kMeanGap * mean_of(delay_) / 2;
    const auto doubt = [this](std::size_t i) {
      return cells_[i].area_most() - cells_[i].area_least();
    };
    std::priority_queue<std::pair<double, std::size_t>> queue;
    double total = 0.0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      queue.emplace(doubt(i), i);
      total += doubt(i);
    }
    while (total > gap) {
      if (cells_.size() >= kMostCells) return false;
      may_abandon();
      const auto [known, i] = queue.top();
      queue.pop();
      halve(i);
      for (const std::size_t j : {i, cells_.size() - 1}) {
        queue.emplace(doubt(j), j);
        total += doubt(j);
      }
      total -= known;
    }
    return true;
  }

  Estimate cdf_distance() const {
    double upper = std::max({highest_seen_, 1 - last_.delay, 1 - last_.type});
    for (const Cell& cell : cells_) upper = std::max(upper, cell.highest());
    return between(highest_seen_, upper);
  }
  Estimate mean_distance() const {
    CompensatedSum lower;
    CompensatedSum upper;
    for (const Cell& cell : cells_) {
      lower.add(cell.area_least());
      upper.add(cell.area_most());
    }
    return between(lower.value(), upper.value() + beyond_);
  }

 private:
  static Estimate between(double lower, double upper) {
    return {lower + (upper - lower) / 2, lower, upper, Method::bounded};
  }

  Point at(double t) {
    const double tail = type_.survival(t);
    Point point{t, cdf_before(delay_, t), cdf(delay_, t), 1 - tail,
                type_.expected_excess(t) - expected_excess(delay_, t)};
    highest_seen_ = std::max({highest_seen_, std::abs(point.delay - point.type),
                              std::abs(point.delay_before - point.type)});
    return point;
  }

  /// The right half becomes the last cell.
  void halve(std::size_t i) {
    const Point middle = at(cells_[i].left.t + cells_[i].width() / 2);
    cells_.push_back({middle, cells_[i].right});
    cells_[i].right = middle;
  }

  const SingleDelay& delay_;
  const PhaseType& type_;
  std::vector<Cell> cells_;
  Point last_;
  double beyond_ = 0.0;
  double highest_seen_ = 0.0;
};

/// Where the tail of the phase type has gone as well.
double common_horizon(const SingleDelay& delay, const PhaseType& type) {
  double t = horizon_of(delay);
  const double mean = mean_of(delay);
  while (type.survival(t) > 1e-10 || type.expected_excess(t) > 1e-10 * mean) t *= 1.5;
  return t;
}

}  // namespace

Result<PhaseDistances> distances(const SingleDelay& delay, const PhaseType& type) {
  Distances result(delay, type);
  const double end = common_horizon(delay, type);
  std::vector<double> times{0.0};
  // From the mean upwards in octaves: a heavy tail has its scale, the body another.
  const double mean = mean_of(delay);
  for (double t = mean / 64; t < end; t *= 2) times.push_back(t);
  if (const auto* fixed = std::get_if<FixedDelay>(&delay)) times.push_back(fixed->value);
  if (const auto* uniform = std::get_if<UniformDelay>(&delay)) {
    times.insert(times.end(), {uniform->from, uniform->to});
  }
  times.push_back(end);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  result.start(times);
  if (!result.refine_cdf() || !result.refine_mean()) {
    return tl::unexpected(
        Error{Fault::not_converged, "the distance of a phase type from a delay stays open", ""});
  }
  return PhaseDistances{result.cdf_distance(), result.mean_distance()};
}

}  // namespace haplan::model
