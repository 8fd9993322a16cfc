#include "model/numerics/uniform_sum.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Above this a value would take seconds.
constexpr std::size_t kMostStates = 2'000'000;

/// One evaluation of the recurrence. A state says how many of each width remain and how many were
/// subtracted from x; the others were dropped without a trace.
template <class Widths>
class Recurrence {
 public:
  Recurrence(const Widths& widths, double x) : widths_(widths), x_(x) {
    std::size_t states = 1;
    for (const auto& w : widths) {
      stride_.push_back(states);
      states *= static_cast<std::size_t>(w.count + 1) * static_cast<std::size_t>(w.count + 1);
      remaining_.push_back(w.count);
      total_ += w.count * w.width;
      n_ += w.count;
      index_ += stride_.back() * static_cast<std::size_t>(w.count);
    }
    HAPLAN_EXPECTS(states <= kMostStates);
    known_.assign(states, kUnknown);
    subtracted_.assign(widths.size(), 0);
  }

  double value() {
    if (n_ == 1) return last();
    if (x_ <= 0.0 || x_ >= total_) return 0.0;
    if (known_[index_] != kUnknown) return known_[index_];
    const std::size_t here = index_;
    const double part = std::clamp(x_ / total_, 0.0, 1.0);
    double sum = 0.0;
    for (std::size_t g = 0; g < widths_.size(); ++g) {
      if (remaining_[g] == 0) continue;
      const double times = remaining_[g];
      sum += times * part * without(g, false);
      sum += times * (1.0 - part) * without(g, true);
    }
    return known_[here] = sum / static_cast<double>(n_ - 1);
  }

 private:
  static constexpr double kUnknown = -1.0;

  [[nodiscard]] double last() const {
    for (std::size_t g = 0; g < widths_.size(); ++g)
      if (remaining_[g] == 1)
        return x_ >= 0.0 && x_ < widths_[g].width ? 1.0 / widths_[g].width : 0.0;
    return 0.0;
  }

  /// The value with one width less, either dropped or subtracted from x.
  double without(std::size_t g, bool subtract) {
    const double x = x_;
    const double total = total_;
    const std::size_t index = index_;
    const double width = widths_[g].width;
    --remaining_[g];
    --n_;
    index_ -= stride_[g];
    if (subtract) {
      ++subtracted_[g];
      index_ += stride_[g] * static_cast<std::size_t>(widths_[g].count + 1);
      x_ -= width;
    }
    total_ = remaining_total();
    const double result = value();
    if (subtract) --subtracted_[g];
    ++remaining_[g];
    ++n_;
    index_ = index;
    x_ = x;
    total_ = total;
    return result;
  }

  /// Afresh, for what is subtracted step by step leaves rounding behind.
  [[nodiscard]] double remaining_total() const {
    double total = 0.0;
    for (std::size_t g = 0; g < widths_.size(); ++g) total += remaining_[g] * widths_[g].width;
    return total;
  }

  const Widths& widths_;
  double x_;
  double total_ = 0.0;
  int n_ = 0;
  std::size_t index_ = 0;
  std::vector<std::size_t> stride_;
  std::vector<int> remaining_;
  std::vector<int> subtracted_;
  std::vector<double> known_;
};

}  // namespace

UniformSum::UniformSum(const std::vector<double>& widths) {
  const auto add = [](std::vector<Width>& list, double width) {
    const auto at = std::lower_bound(list.begin(), list.end(), width,
                                     [](const Width& w, double value) { return w.width < value; });
    if (at != list.end() && at->width == width)
      ++at->count;
    else
      list.insert(at, {width, 1});
  };
  for (const double width : widths) {
    HAPLAN_EXPECTS(width >= 0.0 && std::isfinite(width));
    if (width == 0.0) continue;
    add(widths_, width);
    ++size_;
  }
  for (const Width& w : widths_) total_ += w.count * w.width;
  extended_ = widths_;
  if (size_ > 0) add(extended_, total_);
}

double UniformSum::spline(const std::vector<Width>& widths, double x) {
  return Recurrence(widths, x).value();
}

// With one more uniform of a width L >= x the density at x is F(x) / L.
double UniformSum::at_most(double x) const {
  if (size_ == 0) return x >= 0.0 ? 1.0 : 0.0;
  if (x <= 0.0) return 0.0;
  if (x >= total_) return 1.0;
  if (size_ == 1) return x / total_;
  return std::min(1.0, total_ * spline(extended_, x));
}

double UniformSum::above(double x) const {
  if (size_ == 0) return x >= 0.0 ? 0.0 : 1.0;
  return at_most(total_ - x);  // the law is symmetric and has no atoms
}

double UniformSum::density(double x) const {
  if (size_ == 0 || x < 0.0 || x > total_) return 0.0;
  if (size_ == 1) return 1.0 / total_;
  return spline(widths_, x);
}

}  // namespace haplan::model
