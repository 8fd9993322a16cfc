#pragma once

#include <chrono>
#include <string>

namespace haplan::planner::cli {

/// One line on stderr that is written over and over; nothing at all when stderr is no terminal.
class ProgressBar {
 public:
  ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  /// Takes the line away.
  ~ProgressBar();

  /// At most ten times a second.
  ///   done  in [0, 1]
  ///   text  beside the bar; without control bytes
  void show(double done, const std::string& text);

 private:
  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace haplan::planner::cli
