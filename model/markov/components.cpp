#include "model/markov/components.hpp"

#include <algorithm>
#include <span>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::uint32_t kNone = BottomComponents::kTransient;

/// Strongly connected components by Tarjan's algorithm with an explicit stack, so that long chains
/// do not overflow the call stack.
class StrongComponents {
 public:
  explicit StrongComponents(const Chain& chain)
      : component_of(chain.state_count(), kNone),
        chain_(chain),
        seen_at_(chain.state_count(), kNone),
        low_(chain.state_count(), 0) {}

  void explore(std::uint32_t root) {
    if (seen_at_[root] != kNone) return;
    open(root);
    while (!calls_.empty()) {
      auto& [state, edge] = calls_.back();
      const auto next = chain_.targets(state);
      if (edge < next.size()) {
        const std::uint32_t target = next[edge++];
        if (seen_at_[target] == kNone) {
          open(target);
        } else if (component_of[target] == kNone) {
          low_[state] = std::min(low_[state], seen_at_[target]);
        }
        continue;
      }
      const std::uint32_t done = state;
      calls_.pop_back();
      if (!calls_.empty()) {
        low_[calls_.back().state] = std::min(low_[calls_.back().state], low_[done]);
      }
      if (low_[done] == seen_at_[done]) close(done);
    }
  }

  std::vector<std::uint32_t> component_of;  ///< kNone where nothing has led to yet
  std::uint32_t count = 0;

 private:
  struct Frame {
    std::uint32_t state;
    std::uint32_t edge;
  };

  void open(std::uint32_t state) {
    seen_at_[state] = low_[state] = clock_++;
    open_.push_back(state);
    calls_.push_back({state, 0});
  }

  void close(std::uint32_t root) {
    std::uint32_t state = 0;
    do {
      state = open_.back();
      open_.pop_back();
      component_of[state] = count;
    } while (state != root);
    ++count;
  }

  const Chain& chain_;
  std::vector<std::uint32_t> seen_at_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> open_;
  std::vector<Frame> calls_;
  std::uint32_t clock_ = 0;
};

}  // namespace

std::vector<std::uint32_t> BottomComponents::states(std::uint32_t component) const {
  std::vector<std::uint32_t> result;
  for (std::uint32_t i = 0; i < of.size(); ++i)
    if (of[i] == component) result.push_back(i);
  return result;
}

BottomComponents bottom_components(const Chain& chain, std::span<const std::uint32_t> from) {
  const auto n = static_cast<std::uint32_t>(chain.state_count());
  StrongComponents strong(chain);
  for (const std::uint32_t state : from) {
    HAPLAN_EXPECTS(state < n);
    strong.explore(state);
  }
  if (from.empty())
    for (std::uint32_t state = 0; state < n; ++state) strong.explore(state);
  std::vector<bool> left(strong.count, false);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (strong.component_of[i] == kNone) continue;
    for (const std::uint32_t to : chain.targets(i))
      if (strong.component_of[to] != strong.component_of[i]) left[strong.component_of[i]] = true;
  }
  BottomComponents result;
  std::vector<std::uint32_t> number(strong.count, kNone);
  result.of.assign(n, kNone);
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t component = strong.component_of[i];
    if (component == kNone || left[component]) continue;
    if (number[component] == kNone) number[component] = static_cast<std::uint32_t>(result.count++);
    result.of[i] = number[component];
  }
  return result;
}

}  // namespace haplan::model
