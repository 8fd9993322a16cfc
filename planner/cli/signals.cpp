#include "planner/cli/signals.hpp"

#include <atomic>
#include <csignal>

#include "model/base/contract.hpp"

namespace haplan::planner::cli {

namespace {

// A handler can reach nothing but globals.
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);

std::atomic<int> count{0};

void remember(int signal) {
  received.store(signal);
  count.fetch_add(1);
}

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

int signals_received() { return count.load(); }

int signal_exit_code() {
  constexpr int kSignalBase = 128;
  HAPLAN_EXPECTS(signal_received().has_value());
  return kSignalBase + *signal_received();
}

}  // namespace haplan::planner::cli
