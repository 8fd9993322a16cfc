#include "model/network/frontier.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <span>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

using Ref = FrontierDiagram::Ref;

constexpr std::size_t kMostSlots = 120;
constexpr std::size_t kNoStep = std::numeric_limits<std::size_t>::max();
constexpr std::uint8_t kLabel = 0x7F;
constexpr std::uint8_t kTerminal = 0x80;

/// One byte per slot of the frontier. 0: empty or down; else 1 + the first slot of the vertex's component, and
/// kTerminal when that holds a terminal. The last byte counts failures where they are limited.
using State = std::array<std::uint8_t, 128>;

/// States of one level, each once, in order of arrival.
class StateTable {
 public:
  explicit StateTable(std::size_t words) : words_(words), slots_(1U << 10U, 0) {}

  void clear() {
    states_.clear();
    count_ = 0;
    std::fill(slots_.begin(), slots_.end(), 0U);
  }

  std::uint32_t index(const State& state) {
    std::array<std::uint64_t, sizeof(State) / 8> key;
    std::memcpy(key.data(), state.data(), words_ * 8);
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash(key.data()) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask)
      if (std::equal(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(words_),
                     states_.begin() + static_cast<std::ptrdiff_t>((slots_[slot] - 1) * words_)))
        return slots_[slot] - 1;
    slots_[slot] = ++count_;
    states_.insert(states_.end(), key.begin(), key.begin() + static_cast<std::ptrdiff_t>(words_));
    if (std::size_t{count_} * 2 > slots_.size()) grow();
    return count_ - 1;
  }

  [[nodiscard]] std::uint32_t size() const { return count_; }

  void load(std::uint32_t index, State& state) const {
    std::memcpy(state.data(), states_.data() + index * words_, words_ * 8);
  }

 private:
  [[nodiscard]] std::size_t hash(const std::uint64_t* key) const {
    std::uint64_t h = 0x9E3779B97F4A7C15ULL;
    for (std::size_t w = 0; w < words_; ++w) {
      h = (h ^ key[w]) * 0xFF51AFD7ED558CCDULL;
      h ^= h >> 32U;
    }
    return static_cast<std::size_t>(h);
  }

  void grow() {
    slots_.assign(slots_.size() * 4, 0U);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t i = 0; i < count_; ++i) {
      std::size_t slot = hash(states_.data() + i * words_) & mask;
      while (slots_[slot] != 0) slot = (slot + 1) & mask;
      slots_[slot] = i + 1;
    }
  }

  std::size_t words_;
  std::uint32_t count_ = 0;
  std::vector<std::uint64_t> states_;
  std::vector<std::uint32_t> slots_;  ///< open addressing; 0: empty, else 1 + index
};

class Walk {
 public:
  Walk(const FrontierProblem& problem, const FrontierLimits& limits)
      : problem_(problem), limits_(limits) {
    lay_out_slots();
    count_pending();
  }

  Result<FrontierDiagram> run() {
    if (slot_count_ > kMostSlots) return too_large("the network's frontier is too wide");
    const bool limited = limits_.failures < static_cast<int>(problem_.steps.size());
    if (limited) HAPLAN_EXPECTS(limits_.failures < 255);
    failures_at_ = limited ? std::optional(slot_count_) : std::nullopt;
    const std::size_t words = (slot_count_ + (limited ? 1 : 0) + 7) / 8;
    StateTable here(words);
    StateTable next(words);
    State state{};
    diagram_.max_frontier = slot_count_;
    const auto [root, first] = settle(state, 0);
    if (root) {
      diagram_.root = *root;
      return std::move(diagram_);
    }
    here.index(state);
    diagram_.root = FrontierDiagram::kFirst;
    for (std::size_t step = first; here.size() > 0;) {
      const std::size_t following = next_branch(step + 1);
      diagram_.levels.push_back({problem_.steps[step], {}});
      std::vector<FrontierDiagram::Node>& nodes = diagram_.levels.back().nodes;
      nodes.resize(here.size());
      for (std::uint32_t i = 0; i < here.size(); ++i) {
        may_abandon();
        nodes[i].up = child(here, i, step, true, next);
        nodes[i].down = child(here, i, step, false, next);
      }
      diagram_.nodes += nodes.size();
      if (diagram_.nodes + next.size() > limits_.nodes)
        return too_large("connectivity needs more diagram nodes than the limit");
      std::swap(here, next);
      next.clear();
      step = following;
    }
    return std::move(diagram_);
  }

 private:
  static tl::unexpected<Error> too_large(const char* message) {
    return tl::unexpected(Error{Fault::budget_exhausted, message, "network"});
  }

  [[nodiscard]] bool branches(std::size_t step) const {
    const FrontierProblem::Step& s = problem_.steps[step];
    return s.is_link ? problem_.links[s.index].fails : problem_.vertices[s.index].fails;
  }

  [[nodiscard]] std::size_t next_branch(std::size_t step) const {
    while (step < problem_.steps.size() && !branches(step)) ++step;
    return step;
  }

  /// Vertices enter at their own step or at their first link, and leave after their last link.
  void lay_out_slots() {
    const std::size_t n = problem_.vertices.size();
    std::vector<std::size_t> last(n, kNoStep);
    for (std::size_t s = 0; s < problem_.steps.size(); ++s)
      for_vertices(s, [&](std::size_t v) { last[v] = s; });
    slot_.assign(n, kNoStep);
    entering_.resize(problem_.steps.size());
    leaving_.resize(problem_.steps.size());
    std::vector<bool> used;
    for (std::size_t s = 0; s < problem_.steps.size(); ++s) {
      for_vertices(s, [&](std::size_t v) {
        if (slot_[v] != kNoStep) return;
        HAPLAN_EXPECTS(!problem_.vertices[v].fails || !problem_.steps[s].is_link);
        const auto free = std::find(used.begin(), used.end(), false);
        slot_[v] = static_cast<std::size_t>(free - used.begin());
        if (free == used.end()) used.push_back(false);
        used[slot_[v]] = true;
        entering_[s].push_back(v);
      });
      for_vertices(s, [&](std::size_t v) {
        if (last[v] != s || !used[slot_[v]]) return;
        leaving_[s].push_back(slot_[v]);
        used[slot_[v]] = false;
      });
    }
    slot_count_ = used.size();
  }

  template <class Use>
  void for_vertices(std::size_t step, Use use) const {
    const FrontierProblem::Step& s = problem_.steps[step];
    if (!s.is_link) return use(s.index);
    use(problem_.links[s.index].from);
    use(problem_.links[s.index].to);
  }

  /// After each step: terminals that have not entered, and links that may still lose one.
  void count_pending() {
    pending_.assign(problem_.steps.size(), 0);
    std::size_t open = 0;
    for (std::size_t s = problem_.steps.size(); s-- > 0;) {
      pending_[s] = open;
      const FrontierProblem::Step& step = problem_.steps[s];
      if (step.is_link && problem_.links[step.index].may_lose) ++open;
      for (const std::size_t v : entering_[s])
        if (problem_.vertices[v].terminal) ++open;
    }
  }

  Ref child(const StateTable& here, std::uint32_t index, std::size_t step, bool up,
            StateTable& next) {
    State state{};
    here.load(index, state);
    bool too_many = false;
    if (!up && failures_at_) too_many = ++state[*failures_at_] > limits_.failures;
    if (const auto decided = decide(state, step, up)) return *decided;
    if (too_many) return FrontierDiagram::kUnknown;
    if (const auto decided = settle(state, step + 1).first) return *decided;
    return FrontierDiagram::kFirst + next.index(state);
  }

  /// Takes all steps from here on that cannot fail.
  ///   returns  a terminal, or nothing and the step that branches
  std::pair<std::optional<Ref>, std::size_t> settle(State& state, std::size_t step) const {
    for (; step < problem_.steps.size() && !branches(step); ++step)
      if (const auto decided = decide(state, step, true)) return {decided, step};
    // Whoever has not been connected by the end never will be.
    if (step == problem_.steps.size()) return {FrontierDiagram::kApart, step};
    return {std::nullopt, step};
  }

  std::optional<Ref> decide(State& state, std::size_t step, bool up) const {
    const FrontierProblem::Step& s = problem_.steps[step];
    for (const std::size_t v : entering_[step]) {
      const bool works = s.is_link || up;
      if (!works && problem_.vertices[v].terminal) return FrontierDiagram::kApart;
      const auto label = static_cast<std::uint8_t>(slot_[v] + 1);
      state[slot_[v]] = !works ? std::uint8_t{0}
                        : problem_.vertices[v].terminal
                            ? static_cast<std::uint8_t>(label | kTerminal)
                            : label;
    }
    if (s.is_link && up)
      join(state, slot_[problem_.links[s.index].from], slot_[problem_.links[s.index].to]);
    if (pending_[step] == 0 && one_terminal_component(state)) return FrontierDiagram::kConnected;
    for (const std::size_t slot : leaving_[step])
      if (!leave(state, slot)) return FrontierDiagram::kApart;
    return std::nullopt;
  }

  void join(State& state, std::size_t from, std::size_t to) const {
    const std::uint8_t a = state[from];
    const std::uint8_t b = state[to];
    if (a == 0 || b == 0 || a == b) return;
    const auto merged = static_cast<std::uint8_t>(std::min<std::uint8_t>(a & kLabel, b & kLabel) |
                                                  ((a | b) & kTerminal));
    for (std::size_t slot = 0; slot < slot_count_; ++slot)
      if (state[slot] == a || state[slot] == b) state[slot] = merged;
  }

  [[nodiscard]] bool one_terminal_component(const State& state) const {
    std::uint8_t found = 0;
    for (std::size_t slot = 0; slot < slot_count_; ++slot) {
      if ((state[slot] & kTerminal) == 0) continue;
      if (found != 0 && found != state[slot]) return false;
      found = state[slot];
    }
    return found != 0;
  }

  /// False when a component with a terminal can meet no other any more.
  [[nodiscard]] bool leave(State& state, std::size_t slot) const {
    const std::uint8_t old = state[slot];
    state[slot] = 0;
    if (old == 0) return true;
    std::uint8_t fresh = 0;
    for (std::size_t other = 0; other < slot_count_; ++other) {
      if (state[other] != old) continue;
      if (fresh == 0) fresh = static_cast<std::uint8_t>((other + 1) | (old & kTerminal));
      state[other] = fresh;
    }
    return fresh != 0 || (old & kTerminal) == 0;
  }

  const FrontierProblem& problem_;
  FrontierLimits limits_;
  FrontierDiagram diagram_;
  std::vector<std::size_t> slot_;  ///< per vertex
  std::size_t slot_count_ = 0;
  std::vector<std::vector<std::size_t>> entering_;  ///< per step: vertices
  std::vector<std::vector<std::size_t>> leaving_;   ///< per step: slots
  std::vector<std::size_t> pending_;
  std::optional<std::size_t> failures_at_;
};

}  // namespace

Result<FrontierDiagram> frontier_diagram(const FrontierProblem& problem,
                                         const FrontierLimits& limits) {
  return Walk(problem, limits).run();
}

}  // namespace haplan::model
