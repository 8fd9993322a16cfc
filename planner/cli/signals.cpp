#include "planner/cli/signals.hpp"

#include <atomic>
#include <csignal>

namespace haplan::planner::cli {

namespace {

// A handler can reach nothing but globals.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int signal) { received.store(signal); }

}  // namespace

void ignore_write_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void watch_signals() {
  struct sigaction action{};
  action.sa_handler = remember;
  action.sa_flags = SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::optional<int> signal_received() {
  const int signal = received.load();
  return signal ? std::optional<int>(signal) : std::nullopt;
}

}  // namespace haplan::planner::cli
