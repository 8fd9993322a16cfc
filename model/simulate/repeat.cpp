#include "model/simulate/repeat.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Takes index after index until none is left, one of them was stopped or a thread failed.
class Crew {
 public:
  Crew(const Player& player, std::uint64_t first, std::uint64_t count, const Stop& stop,
       const std::function<void(const Repeat&)>& done)
      : player_(player), first_(first), stop_(stop), done_(done), results_(count) {}

  void work() {
    try {
      while (!over_.load()) {
        const std::uint64_t next = next_.fetch_add(1);
        if (next >= results_.size()) return;
        auto result = player_(first_ + next, stop_);
        if (!result) {
          over_.store(true);
          return;
        }
        const std::lock_guard lock(mutex_);
        if (done_) done_(*result);
        results_[next] = std::move(result);
      }
    } catch (const std::exception&) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      over_.store(true);
    }
  }

  std::vector<Repeat> finish() {
    if (failure_) std::rethrow_exception(failure_);
    std::vector<Repeat> all;
    for (auto& result : results_) {
      if (!result) break;
      all.push_back(std::move(*result));
    }
    return all;
  }

 private:
  const Player& player_;
  std::uint64_t first_;
  const Stop& stop_;
  const std::function<void(const Repeat&)>& done_;
  std::vector<std::optional<Repeat>> results_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> over_{false};
  std::mutex mutex_;  ///< guards results_, failure_ and calls of done_
  std::exception_ptr failure_;
};

}  // namespace

std::vector<Repeat> play_replications(const Player& player, std::uint64_t first,
                                      std::uint64_t count, unsigned threads, const Stop& stop,
                                      const std::function<void(const Repeat&)>& done) {
  HAPLAN_EXPECTS(threads >= 1);
  Crew crew(player, first, count, stop, done);
  {
    std::vector<std::jthread> others;
    const std::uint64_t wanted = std::min<std::uint64_t>(threads, count);
    for (std::uint64_t i = 1; i < wanted; ++i) others.emplace_back([&crew] { crew.work(); });
    crew.work();
  }
  return crew.finish();
}

}  // namespace haplan::model
