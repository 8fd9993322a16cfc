#include "model/availability/frontier.hpp"

#include <algorithm>
#include <limits>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr int kFinished = -1;

/// One step of the walk: a domain or a node, in preorder of the domain forest.
struct Event {
  bool is_node = false;
  std::size_t id = 0;
  std::size_t subtree_end = 0;
};

/// How many nodes are unreachable so far, as far as the one-lost-node rule must know.
enum Lost : int { none = 0, one = 1, several = 2 };

// Positions of a state's fixed entries; counts of the atoms follow.
enum Field : std::size_t { position, residual, lost, lost_node, lost_stage, failures, first_count };

using State = std::vector<int>;

struct StateHash {
  std::size_t operator()(const State& state) const {
    std::uint64_t h = 1469598103934665603ULL;
    for (const int x : state) {
      h ^= static_cast<std::uint32_t>(x);
      h *= 0x9E3779B97F4A7C15ULL;
      h ^= h >> 29U;
    }
    return static_cast<std::size_t>(h);
  }
};

class Frontier {
 public:
  Frontier(Compiled& compiled, const FrontierInput& input, const ReachableVariable& variable_of)
      : compiled_(compiled), input_(input), system_(*input.system), variable_of_(variable_of) {
    lay_out_atoms();
    lay_out_events();
    find_last_events();
  }

  FrontierResult run(Diagram::Ref structure) {
    State state(state_size_, 0);
    state[residual] = static_cast<int>(structure);
    state[lost] = input_.reschedule && any_movable() ? Lost::none : Lost::several;
    FrontierResult result;
    result.function = build(std::move(state));
    result.states = memo_.size();
    result.exhausted = exhausted_;
    return result;
  }

 private:
  // ---- layout ------------------------------------------------------------------------------

  /// Counts per atom: one (or three: only before, only after, both), then two bits per slot that moves.
  void lay_out_atoms() {
    state_size_ = first_count;
    hosted_.resize(system_.nodes.size());
    for (std::size_t a = 0; a < input_.atoms.size(); ++a) {
      const Atom& atom = input_.atoms[a];
      offset_.push_back(state_size_);
      state_size_ += atom.pair ? 3 : 1;
      for (const Slot& slot : atom.slots) {
        if (atom.everywhere) continue;
        const bool split =
            atom.pair && slot.before != kOut && slot.after != kOut && slot.before != slot.after;
        if (split) {
          hosted_[slot.before].push_back({a, state_size_, 0b01});
          hosted_[slot.after].push_back({a, state_size_, 0b10});
          splits_.push_back({a, state_size_++});
        } else if (slot.before != kOut || slot.after != kOut) {
          const std::size_t category = category_of(atom, slot.before != kOut, slot.after != kOut);
          hosted_[slot.after != kOut ? slot.after : slot.before].push_back(
              {a, offset_[a] + category, 0});
        }
      }
    }
  }

  static std::size_t category_of(const Atom& atom, bool before, bool after) {
    if (!atom.pair) return 0;
    return before && after ? 2 : after ? 1 : 0;
  }

  [[nodiscard]] bool any_movable() const {
    return std::ranges::any_of(input_.atoms, [&](const Atom& atom) {
      return system_.components[atom.component].movable && !atom.everywhere;
    });
  }

  void lay_out_events() {
    std::vector<std::vector<DomainId>> domains_in(system_.domains.size() + 1);
    std::vector<std::vector<NodeId>> nodes_in(system_.domains.size() + 1);
    const std::size_t root = system_.domains.size();
    for (DomainId d = 0; d < system_.domains.size(); ++d)
      domains_in[system_.domains[d].parent.value_or(root)].push_back(d);
    for (NodeId n = 0; n < system_.nodes.size(); ++n)
      if (!hosted_[n].empty()) nodes_in[system_.nodes[n].parent.value_or(root)].push_back(n);
    if (input_.reschedule && any_movable()) lay_out_bystanders();
    const std::function<std::size_t(std::size_t)> visit = [&](std::size_t parent) {
      std::size_t inside = 0;
      for (const Member& member : narrow_order(domains_in, nodes_in, parent)) {
        const std::size_t at = events_.size();
        events_.push_back({member.is_node, member.id, at + 1});
        if (member.is_node) {
          ++inside;
          continue;
        }
        const std::size_t count = visit(member.id);
        events_[at].subtree_end = events_.size();
        if (count == 0) events_.resize(at);  // nothing that matters depends on this domain
        inside += count;
      }
      return inside;
    };
    visit(root);
  }

  /// What hosts nothing matters only because its loss takes back the credit of any other node. A domain above hosts
  /// takes it back too, so these come first and in any order: two walks follow, however many they are.
  void lay_out_bystanders() {
    std::vector<bool> hosts(system_.domains.size(), false);
    std::vector<bool> inside(system_.domains.size(), false);
    for (NodeId n = 0; n < system_.nodes.size(); ++n)
      for (auto d = system_.nodes[n].parent; d; d = system_.domains[*d].parent) {
        inside[*d] = true;
        if (!hosted_[n].empty()) hosts[*d] = true;
      }
    const auto add = [this](bool is_node, std::size_t id) {
      events_.push_back({is_node, id, events_.size() + 1});
    };
    for (NodeId n = 0; n < system_.nodes.size(); ++n)
      if (hosted_[n].empty()) add(true, n);
    for (DomainId d = 0; d < system_.domains.size(); ++d)
      if (!hosts[d] && inside[d]) add(false, d);
  }

  using Children = std::vector<std::vector<std::size_t>>;

  struct Member {
    bool is_node = false;
    std::size_t id = 0;
    std::vector<std::size_t> atoms;  ///< one entry per slot inside
  };

  void collect_atoms(const Children& domains_in, const Children& nodes_in, Member& member,
                     std::size_t domain) const {
    for (const NodeId n : nodes_in[domain])
      for (const Hosted& hosted : hosted_[n]) member.atoms.push_back(hosted.atom);
    for (const DomainId d : domains_in[domain]) collect_atoms(domains_in, nodes_in, member, d);
  }

  /// Children of a domain in an order that keeps few components open at once: greedily the next with the fewest
  /// open components after it, the first of equals. The order only decides the work, never the result.
  std::vector<Member> narrow_order(const Children& domains_in, const Children& nodes_in,
                                   std::size_t parent) const {
    std::vector<Member> left;
    for (const DomainId d : domains_in[parent]) {
      left.push_back({false, d, {}});
      collect_atoms(domains_in, nodes_in, left.back(), d);
    }
    for (const NodeId n : nodes_in[parent]) {
      left.push_back({true, n, {}});
      for (const Hosted& hosted : hosted_[n]) left.back().atoms.push_back(hosted.atom);
    }
    std::vector<int> remaining(input_.atoms.size(), 0);
    std::vector<bool> open(input_.atoms.size(), false);
    for (const Member& member : left)
      for (const std::size_t a : member.atoms) ++remaining[a];
    std::vector<Member> order;
    while (!left.empty()) {
      std::size_t best = 0;
      int best_growth = std::numeric_limits<int>::max();
      for (std::size_t m = 0; m < left.size(); ++m) {
        const int growth = open_growth(left[m], remaining, open);
        if (growth < best_growth) {
          best = m;
          best_growth = growth;
        }
      }
      for (const std::size_t a : left[best].atoms) {
        --remaining[a];
        open[a] = remaining[a] > 0;
      }
      order.push_back(std::move(left[best]));
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    }
    return order;
  }

  /// How many more components are open after the member than before.
  static int open_growth(const Member& member, std::vector<int>& remaining,
                         const std::vector<bool>& open) {
    int growth = 0;
    for (const std::size_t a : member.atoms) --remaining[a];
    std::vector<std::size_t> distinct = member.atoms;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const std::size_t a : distinct)
      growth += static_cast<int>(remaining[a] > 0) - static_cast<int>(open[a]);
    for (const std::size_t a : member.atoms) ++remaining[a];
    return growth;
  }

  void find_last_events() {
    settled_at_.assign(input_.atoms.size(), 0);
    for (std::size_t e = 0; e < events_.size(); ++e)
      if (events_[e].is_node)
        for (const Hosted& hosted : hosted_[events_[e].id]) settled_at_[hosted.atom] = e + 1;
  }

  // ---- the walk ----------------------------------------------------------------------------

  Diagram::Ref build(State state) {
    const auto rest = static_cast<Diagram::Ref>(state[residual]);
    if (rest <= Diagram::kUnknown) return rest;
    if (exhausted_) return Diagram::kUnknown;
    if (const auto found = memo_.find(state); found != memo_.end()) return found->second;
    constexpr double kOperations = 1'000;  // of a state
    may_abandon();
    const bool stopped = input_.meter != nullptr && input_.meter->spend(kOperations);
    if (stopped || (input_.work_limit != 0 && memo_.size() >= input_.work_limit)) {
      exhausted_ = true;
      return Diagram::kUnknown;
    }
    const Diagram::Ref made = step(state);
    memo_.emplace(std::move(state), made);
    return made;
  }

  Diagram::Ref step(const State& state) {
    for (std::size_t a = 0; a < input_.atoms.size(); ++a)
      if (state[offset_[a]] != kFinished && decided(state, a)) return finish(state, a);
    if (static_cast<std::size_t>(state[position]) == events_.size())
      return static_cast<Diagram::Ref>(state[residual]);
    const Event& event = events_[static_cast<std::size_t>(state[position])];
    return event.is_node ? branch_node(state, event) : branch_domain(state, event);
  }

  /// All nodes of the atom are decided, and no later failure can take back a rescheduling credit.
  [[nodiscard]] bool decided(const State& state, std::size_t a) const {
    if (static_cast<std::size_t>(state[position]) < settled_at_[a]) return false;
    if (static_cast<std::size_t>(state[position]) == events_.size()) return true;
    return state[lost] != Lost::one || !credited(state, a);
  }

  /// The atom's replicas of the one lost node serve again elsewhere.
  [[nodiscard]] bool credited(const State& state, std::size_t a) const {
    if (state[lost] != Lost::one) return false;
    const auto node = static_cast<NodeId>(state[lost_node]);
    const NodeStages& stages = compiled_.failure_stages[node];
    const bool hosts =
        std::ranges::any_of(hosted_[node], [&](const Hosted& hosted) { return hosted.atom == a; });
    return hosts && static_cast<std::size_t>(state[lost_stage]) >=
                        stages.serves_from[input_.atoms[a].component];
  }

  Diagram::Ref finish(const State& state, std::size_t a) {
    const Atom& atom = input_.atoms[a];
    State counted = state;
    if (credited(state, a)) add_hosted(counted, static_cast<NodeId>(state[lost_node]), a);
    std::array<int, 3> reachable{};
    for (std::size_t i = 0; i < (atom.pair ? 3U : 1U); ++i) reachable[i] = counted[offset_[a] + i];
    for (const Split& split : splits_)
      if (split.atom == a) {
        const int bits = counted[split.field];
        if (bits == 0b11) ++reachable[2];
        if (bits == 0b01) ++reachable[0];
        if (bits == 0b10) ++reachable[1];
      }
    if (atom.everywhere)
      for (const Slot& slot : atom.slots)
        ++reachable[category_of(atom, slot.before != kOut, slot.after != kOut)];
    const std::size_t variable = variable_of_(atom, reachable);
    State next = state;
    clear(next, a);
    std::vector<Diagram::Ref> children;
    for (int x = 0; x < compiled_.diagram.arity(variable); ++x) {
      next[residual] = static_cast<int>(compiled_.diagram.restricted(
          static_cast<Diagram::Ref>(state[residual]), atom.variable, x));
      children.push_back(build(next));
    }
    return compiled_.diagram.node(variable, children);
  }

  void clear(State& state, std::size_t a) const {
    const std::size_t end = a + 1 < offset_.size() ? offset_[a + 1] : state_size_;
    std::fill(state.begin() + static_cast<std::ptrdiff_t>(offset_[a]),
              state.begin() + static_cast<std::ptrdiff_t>(end), 0);
    state[offset_[a]] = kFinished;
  }

  void add_hosted(State& state, NodeId node, std::size_t only_atom = kNone) const {
    for (const Hosted& hosted : hosted_[node]) {
      if (only_atom != kNone && hosted.atom != only_atom) continue;
      if (state[offset_[hosted.atom]] == kFinished) continue;
      if (hosted.bit != 0)
        state[hosted.field] |= hosted.bit;
      else
        ++state[hosted.field];
    }
  }

  Diagram::Ref branch_domain(const State& state, const Event& event) {
    State up = state;
    ++up[position];
    const Diagram::Ref when_up = build(std::move(up));
    State down = state;
    down[position] = static_cast<int>(event.subtree_end);
    lose(down);
    const std::array<Diagram::Ref, 2> children{when_up, after_failure(std::move(down))};
    return compiled_.diagram.node(compiled_.domain_variable[event.id], children);
  }

  /// No credit any more: its details must not distinguish states.
  static void lose(State& state) {
    state[lost] = Lost::several;
    state[lost_node] = 0;
    state[lost_stage] = 0;
  }

  Diagram::Ref after_failure(State state) {
    if (++state[failures] > input_.failure_limit) return Diagram::kUnknown;
    if (input_.failure_limit >= static_cast<int>(events_.size())) state[failures] = 0;
    return build(std::move(state));
  }

  Diagram::Ref branch_node(const State& state, const Event& event) {
    State up = state;
    ++up[position];
    add_hosted(up, event.id);
    const Diagram::Ref when_up = build(std::move(up));
    if (event.id == input_.drained) return when_up;  // counts as up itself
    State down = state;
    ++down[position];
    const std::size_t variable = compiled_.node_variable[event.id];
    std::vector<Diagram::Ref> children(static_cast<std::size_t>(compiled_.diagram.arity(variable)));
    children[0] = when_up;
    const bool first_loss = state[lost] == Lost::none;
    for (std::size_t stage = 0; stage + 1 < children.size(); ++stage) {
      if (stage > 0 && !first_loss) {
        children[stage + 1] = children[stage];
        continue;
      }
      State lost_here = down;
      lose(lost_here);
      if (first_loss && credit_in(event.id, stage)) {
        lost_here[lost] = Lost::one;
        lost_here[lost_node] = static_cast<int>(event.id);
        lost_here[lost_stage] = static_cast<int>(stage);
      }
      children[stage + 1] = after_failure(std::move(lost_here));
    }
    return compiled_.diagram.node(variable, children);
  }

  [[nodiscard]] bool credit_in(NodeId node, std::size_t stage) const {
    return std::ranges::any_of(hosted_[node], [&](const Hosted& hosted) {
      return stage >=
             compiled_.failure_stages[node].serves_from[input_.atoms[hosted.atom].component];
    });
  }

  struct Hosted {
    std::size_t atom;
    std::size_t field;
    int bit;  ///< 0: the field counts
  };
  struct Split {
    std::size_t atom;
    std::size_t field;
  };

  Compiled& compiled_;
  const FrontierInput& input_;
  const System& system_;
  const ReachableVariable& variable_of_;
  std::vector<std::size_t> offset_;          ///< per atom
  std::vector<std::vector<Hosted>> hosted_;  ///< per node
  std::vector<Split> splits_;
  std::size_t state_size_ = 0;
  std::vector<Event> events_;
  std::vector<std::size_t> settled_at_;  ///< per atom: position from which its nodes are decided
  std::unordered_map<State, Diagram::Ref, StateHash> memo_;
  bool exhausted_ = false;
};

}  // namespace

FrontierResult extend_over_domains(Compiled& compiled, const FrontierInput& input,
                                   Diagram::Ref structure, const ReachableVariable& variable_of) {
  HAPLAN_EXPECTS(input.system != nullptr);
  return Frontier(compiled, input, variable_of).run(structure);
}

}  // namespace haplan::model
