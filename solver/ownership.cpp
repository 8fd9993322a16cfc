#include "solver/ownership.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <span>

namespace haplan::solver {

using namespace model;

namespace {

class Giving {
 public:
  Giving(Series& series, Choices& choices, const std::vector<std::vector<NodeId>>& witness,
         const Box& box, ServiceId service, bool spare)
      : series_(series),
        system_(choices.problem.system),
        witness_(witness),
        box_(box),
        spare_(spare),
        free_(series.domains().size(), 0),
        users_(system_.nodes.size()),
        wanted_(system_.nodes.size(), 0),
        gain_(system_.components.size(), 0.0) {
    hosts_.own.assign(system_.components.size(), 0);
    hosts_.shared = hosts_.own;
    for (std::size_t d = 0; d < free_.size(); ++d)
      for (NodeId node = 0; node < users_.size(); ++node)
        if (series.below(node, series.domains()[d])) ++free_[d];
    for (const ComponentId c : choices.replicated)
      if (series.may_own(service, c)) {
        candidates_.push_back(c);
        for (const NodeId node : std::set(witness[c].begin(), witness[c].end())) ++wanted_[node];
      }
  }

  HostCounts run() {
    give();
    share();
    return std::move(hosts_);
  }

 private:
  /// The last one of a domain that nobody uses.
  [[nodiscard]] bool last(NodeId node) const {
    for (std::size_t d = 0; d < free_.size() && users_[node].empty(); ++d)
      if (spare_ && free_[d] <= 1 && series_.below(node, series_.domains()[d])) return true;
    return false;
  }

  [[nodiscard]] bool has_next(ComponentId c) const {
    return hosts_.all(c) < witness_[c].size() && !last(next(c));
  }
  [[nodiscard]] NodeId next(ComponentId c) const { return witness_[c][hosts_.all(c)]; }

  void use(ComponentId c, NodeId node) {
    for (std::size_t d = 0; d < free_.size() && users_[node].empty(); ++d)
      if (series_.below(node, series_.domains()[d])) --free_[d];
    if (std::ranges::count(users_[node], c) == 0) users_[node].push_back(c);
  }

  /// Of counting the next replica's node.
  double gain(ComponentId c, std::size_t own, std::size_t shared) {
    const std::vector<double> with = series_.worth(box_, c, own, shared);
    const std::vector<double> without = series_.worth(box_, c, hosts_.own[c], hosts_.shared[c]);
    double most = 0.0;
    for (std::size_t o = 0; o < with.size(); ++o) most = std::max(most, with[o] - without[o]);
    return most;
  }

  void ask(ComponentId c) {
    gain_[c] = 0.0;
    if (!has_next(c)) return;
    const std::vector<ComponentId>& users = users_[next(c)];
    // What several could share is nobody's but a first replica's.
    if (hosts_.own[c] > 0 && wanted_[next(c)] > 1) return;
    if (users.empty() || users.front() == c) gain_[c] = gain(c, hosts_.own[c] + 1, 0);
  }

  void give() {
    for (const ComponentId c : candidates_) ask(c);
    while (!candidates_.empty()) {
      const ComponentId best =
          *std::ranges::max_element(candidates_, {}, [&](ComponentId c) { return gain_[c]; });
      if (gain_[best] <= 0.0) return;
      const NodeId node = next(best);
      use(best, node);
      ++hosts_.own[best];
      for (const ComponentId c : candidates_)
        if (gain_[c] > 0.0 && (c == best || next(c) == node || last(next(c)))) ask(c);
    }
  }

  /// What is lost by it: the covariances with those that are there.
  ///   returns  infinite: one of them shares another node already
  double together(ComponentId c, NodeId node) {
    const auto nodes = std::span(witness_[c]).first(hosts_.all(c));
    std::vector<double> sum(system_.levels.size(), 0.0);
    for (const ComponentId user : users_[node]) {
      if (user == c) continue;
      const bool met = std::ranges::any_of(nodes, [&](NodeId other) {
        return other != node && std::ranges::count(users_[other], user) > 0;
      });
      if (met) return std::numeric_limits<double>::infinity();
      const std::vector<double> swings = series_.swing(box_, user, hosts_.all(user), node);
      for (LevelId l = 0; l < sum.size(); ++l) sum[l] += swings[l];
    }
    const std::vector<double> swings = series_.swing(box_, c, hosts_.all(c) + 1, node);
    double all = 0.0;
    for (LevelId l = 0; l < sum.size(); ++l) all += system_.levels[l].share * sum[l] * swings[l];
    const double down = series_.node_down(node);
    return all * down * (1.0 - down);
  }

  void share() {
    for (bool more = true; more;) {
      more = false;
      for (const ComponentId c : candidates_) {
        if (!has_next(c)) continue;
        const NodeId node = next(c);
        if (gain(c, hosts_.own[c], hosts_.shared[c] + 1) <= together(c, node)) continue;
        use(c, node);
        ++hosts_.shared[c];
        more = true;
      }
    }
  }

  Series& series_;
  const System& system_;
  const std::vector<std::vector<NodeId>>& witness_;
  const Box& box_;
  bool spare_;
  std::vector<ComponentId> candidates_;
  std::vector<int> free_;                        ///< per domain: nodes that nobody uses
  std::vector<std::vector<ComponentId>> users_;  ///< per node
  std::vector<int> wanted_;                      ///< per node: components that could be there
  std::vector<double> gain_;                     ///< of one own node more
  HostCounts hosts_;
};

}  // namespace

HostCounts own_nodes(Series& series, Choices& choices,
                     const std::vector<std::vector<NodeId>>& witness, const Box& box,
                     ServiceId service, bool spare) {
  return Giving(series, choices, witness, box, service, spare).run();
}

}  // namespace haplan::solver
