#include "model/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <system_error>
#include <vector>

#include "model/base/abandon.hpp"

namespace haplan::model {

void in_parallel(std::size_t count, unsigned threads,
                 const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next = 0;
  const std::atomic<bool>* const given_up = abandon_flag();
  const auto work = [&] {
    const Abandonable abandonable(given_up);
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::future<void>> others;
  std::size_t wanted = std::min<std::size_t>(std::max(1U, threads), count);
  while (others.size() + 1 < wanted) {
    try {
      others.push_back(std::async(std::launch::async, work));
    } catch (const std::system_error&) {
      wanted = 0;  // as many as the machine gives
    }
  }
  work();
  for (std::future<void>& other : others) other.get();
}

}  // namespace haplan::model
