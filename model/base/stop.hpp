#pragma once

#include <concepts>
#include <functional>
#include <utility>

namespace haplan::model {

/// Asked now and then during long work; true: end at once with what is proved so far. Empty: never.
class Stop {
 public:
  /// What a question stands for that says nothing else: a tenth of a millisecond or so.
  static constexpr double kSomeOperations = 1e5;

  Stop() = default;
  /// From what is told how many elementary operations were done since it was asked last.
  template <class Answer>
    requires std::predicate<Answer&, double>
  explicit(false) Stop(Answer answer) : answer_(std::move(answer)) {}
  /// From what need not know.
  template <class Answer>
    requires std::predicate<Answer&>
  explicit(false) Stop(Answer answer) {
    if constexpr (requires { answer == nullptr; })
      if (answer == nullptr) return;  // a function that holds none
    answer_ = [answer = std::move(answer)](double) mutable { return answer(); };
  }

  explicit operator bool() const { return static_cast<bool>(answer_); }
  bool operator()(double operations = kSomeOperations) const { return answer_(operations); }

 private:
  std::function<bool(double)> answer_;
};

/// Asks a Stop once per millisecond of work or so, not at every step, and remembers a yes. What is done after it was asked last it is
/// not told.
class StopMeter {
 public:
  explicit StopMeter(Stop stop) : stop_(std::move(stop)) {}

  /// Whether to end, after so many elementary operations (an addition, a comparison: nanoseconds).
  bool spend(double operations) {
    if (stopped_ || !stop_) return stopped_;
    unasked_ += operations;
    if (asked_ && unasked_ < kAskEvery) return false;
    asked_ = true;
    stopped_ = stop_(std::exchange(unasked_, 0.0));
    return stopped_;
  }

  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  static constexpr double kAskEvery = 1e6;

  Stop stop_;
  double unasked_ = 0.0;
  bool asked_ = false;  ///< the first step does
  bool stopped_ = false;
};

}  // namespace haplan::model
