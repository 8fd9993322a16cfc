#pragma once

#include <functional>
#include <utility>

namespace haplan::model {

/// Asked now and then during long work; true: end at once with what is proved so far. Empty: never.
using Stop = std::function<bool()>;

/// Asks a Stop once per millisecond of work or so, not at every step, and remembers a yes.
class StopMeter {
 public:
  explicit StopMeter(Stop stop) : stop_(std::move(stop)) {}

  /// Whether to end, after so many elementary operations (an addition, a comparison: nanoseconds).
  bool spend(double operations) {
    if (stopped_ || !stop_) return stopped_;
    unasked_ += operations;
    if (unasked_ < kAskEvery) return false;
    unasked_ = 0.0;
    stopped_ = stop_();
    return stopped_;
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  static constexpr double kAskEvery = 1e6;

  Stop stop_;
  double unasked_ = kAskEvery;  ///< the first step asks
  bool stopped_ = false;
};

}  // namespace haplan::model
