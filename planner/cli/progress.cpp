#include "planner/cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

#include "planner/cli/terminal.hpp"

namespace haplan::planner::cli {

namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr const char* kClear = "\r\x1b[K";

bool moves(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

ProgressBar::ProgressBar() : on_(moves(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  if (shown_) complain(kClear);
}

void ProgressBar::show(double done, const std::string& text) {
  if (!on_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  shown_ = true;
  constexpr int kWidth = 30;
  const double share = std::clamp(done, 0.0, 1.0);
  const auto full = static_cast<std::size_t>(std::lround(share * kWidth));
  complain(kClear + std::string("[") + std::string(full, '#') + std::string(kWidth - full, '.') +
           "] " + std::to_string(std::lround(100.0 * share)) + " %  " + text);
}

}  // namespace haplan::planner::cli
