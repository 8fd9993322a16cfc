#include "model/availability/worlds.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

/// Which nodes are unreachable, and how many nodes and domains had to fail for it.
struct Outage {
  std::uint64_t unreachable = 0;
  bool above = false;  ///< the only one is so because of a domain above it
  int failed = 0;

  friend auto operator<=>(const Outage&, const Outage&) = default;
};

struct Distribution {
  std::map<Outage, double> mass{{{}, 1.0}};
  double dropped = 0.0;
};

void add(Distribution& to, Outage outage, double mass, int most) {
  if (mass <= 0.0) return;
  if (outage.failed > most) {
    to.dropped += mass;
    return;
  }
  if (std::popcount(outage.unreachable) != 1) outage.above = false;
  to.mass[outage] += mass;
}

Distribution product(const Distribution& a, const Distribution& b, int most, StopMeter& meter) {
  Distribution both;
  both.mass.clear();
  both.dropped = a.dropped + b.dropped * (1.0 - a.dropped);
  constexpr double kOperations = 100;  // of an entry of the map
  for (const auto& [x, p] : a.mass) {
    may_abandon();
    if (meter.spend(kOperations * static_cast<double>(b.mass.size()))) break;
    for (const auto& [y, q] : b.mass)
      add(both, {x.unreachable | y.unreachable, x.above || y.above, x.failed + y.failed}, p * q,
          most);
  }
  return both;
}

/// States of everything below the domains, given which node is drained.
class States {
 public:
  States(const System& system, const std::vector<Bystanders>& beside, NodeId drained, int most,
         StopMeter& meter)
      : system_(system), beside_(beside), drained_(drained), most_(most), meter_(meter) {}

  /// Outages of equal reach together, whatever failed.
  Distribution all() {
    Distribution merged;
    merged.mass.clear();
    const Distribution states = below(std::nullopt).first;
    merged.dropped = states.dropped;
    for (const auto& [outage, mass] : states.mass)
      merged.mass[{outage.unreachable, outage.above, 0}] += mass;
    return merged;
  }

 private:
  /// The distribution of the nodes below a domain (or of the roots) while it is up, and these nodes.
  std::pair<Distribution, std::uint64_t> below(std::optional<DomainId> parent) {
    Distribution joint;
    std::uint64_t nodes = 0;
    for (NodeId node = 0; node < system_.nodes.size(); ++node) {
      if (system_.nodes[node].parent != parent) continue;
      const std::uint64_t bit = std::uint64_t{1} << node;
      nodes |= bit;
      joint = product(joint,
                      alternatives(Distribution{}, system_.nodes[node].modes,
                                   system_.nodes[node].down && node != drained_, node == drained_,
                                   {bit, false, 1}),
                      most_, meter_);
    }
    for (std::size_t group = 0; group < beside_.size(); ++group) {
      if (beside_[group].parent != parent) continue;
      const std::uint64_t bit = std::uint64_t{1} << (system_.nodes.size() + group);
      nodes |= bit;
      // Several of one group count as one failure: nothing is left out that is not said to be.
      const DomainMode any{.rate = beside_[group].load, .repair = 1.0};
      joint = product(
          joint, alternatives(Distribution{}, {any}, beside_[group].down, false, {bit, false, 1}),
          most_, meter_);
    }
    for (DomainId domain = 0; domain < system_.domains.size(); ++domain) {
      if (system_.domains[domain].parent != parent) continue;
      const auto [inner, inside] = below(domain);
      if (inside == 0) continue;
      nodes |= inside;
      joint = product(joint,
                      alternatives(inner, system_.domains[domain].modes,
                                   system_.domains[domain].down, false, {inside, true, 1}),
                      most_, meter_);
    }
    return {joint, nodes};
  }

  /// `up` while the element is up, `outage` while it is down.
  Distribution alternatives(const Distribution& up, const std::vector<DomainMode>& modes, bool down,
                            bool never, const Outage& outage) const {
    if (never) return up;
    const double lost = down_probability(modes, down);
    const double kept = up_probability(modes, down);
    Distribution result;
    result.mass.clear();
    result.dropped = kept * up.dropped;
    for (const auto& [state, mass] : up.mass) add(result, state, kept * mass, most_);
    add(result, outage, lost, most_);
    return result;
  }

  const System& system_;
  const std::vector<Bystanders>& beside_;
  NodeId drained_;
  int most_;
  StopMeter& meter_;
};

/// The state of one lost node, cut into the stages of its outage.
void add_lost(const System& system, NodeId node, double mass, const std::vector<double>& ages,
              std::vector<World>& worlds) {
  const Node& what = system.nodes[node];
  const double whole = down_probability(what.modes, what.down);
  for (std::size_t stage = 0; stage <= ages.size(); ++stage) {
    const double from = stage == 0 ? 0.0 : ages[stage - 1];
    const double until = stage == ages.size() ? kForever : ages[stage];
    const double share = down_between(what.modes, what.down, from, until) / whole;
    if (share > 0.0)
      worlds.push_back({mass * share, std::uint64_t{1} << node, node, kOut, from, from});
  }
}

void add_drain(const System& system, const std::vector<Bystanders>& beside, NodeId node,
               const std::vector<double>& ages, const FailureLimits& most, StopMeter& meter,
               Worlds& result) {
  const double length = system.drain->per_node;
  const double chance = length / system.drain->every;
  const Distribution states = States(system, beside, node, most.drained, meter).all();
  result.dropped += chance * states.dropped;
  double last = 0.0;
  for (const double age : ages)
    if (age < length) last = std::max(last, age);
  if (most.merge)
    for (const auto& [state, mass] : states.mass)
      if (state.unreachable != 0)
        result.worlds.push_back({chance * mass, state.unreachable, kOut, node, 0.0, last});
  double from = 0.0;
  for (std::size_t stage = 0; from < length; ++stage) {
    const double until = stage < ages.size() ? std::min(ages[stage], length) : length;
    const double weight = chance * (until - from) / length;
    if (weight > 0.0)
      for (const auto& [state, mass] : states.mass)
        if (!most.merge || state.unreachable == 0)
          result.worlds.push_back({weight * mass, state.unreachable, kOut, node, from, from});
    from = until;
  }
}

}  // namespace

Worlds make_worlds(const System& system, const std::vector<double>& reschedule,
                   const std::vector<double>& drain, FailureLimits most, const Stop& stop,
                   const std::vector<Bystanders>& beside) {
  HAPLAN_EXPECTS(system.nodes.size() + beside.size() <= kMostNodes);
  StopMeter meter(stop);
  Worlds result;
  const double chance = system.drain ? system.drain->per_node / system.drain->every : 0.0;
  double drained_beside = 0.0;
  for (const Bystanders& group : beside)
    drained_beside += chance * static_cast<double>(group.count);
  const double quiet = 1.0 - static_cast<double>(system.nodes.size()) * chance - drained_beside;
  const Distribution states = States(system, beside, kOut, most.quiet, meter).all();
  result.dropped = (quiet + drained_beside) * states.dropped;
  for (const auto& [state, mass] : states.mass) {
    const std::uint64_t unreachable = state.unreachable;
    const auto only = static_cast<NodeId>(std::countr_zero(unreachable));
    double plain = drained_beside;  // where nobody misses the drained node, but no credit is taken
    if (std::popcount(unreachable) == 1 && !state.above && only < system.nodes.size())
      add_lost(system, only, quiet * mass, reschedule, result.worlds);
    else
      plain += quiet;
    if (plain > 0.0) result.worlds.push_back({plain * mass, unreachable, kOut, kOut});
  }
  if (chance > 0.0)
    for (NodeId node = 0; node < system.nodes.size(); ++node)
      add_drain(system, beside, node, drain, most, meter, result);
  result.merged = most.merge && chance > 0.0;
  if (meter.stopped()) return {{}, 1.0, false};
  return result;
}

double world_count(const System& system, std::size_t reschedule_stages, std::size_t drain_stages,
                   FailureLimits most, std::size_t groups_beside) {
  const auto subsets = [](double n, int limit) {
    double sum = 0.0;
    double term = 1.0;
    for (int k = 0; k <= limit && k <= n; ++k) {
      sum += term;
      term *= (n - k) / (k + 1);
    }
    return sum;
  };
  // Different failures may leave the same nodes: never more states than sets of nodes.
  const auto nodes = static_cast<double>(system.nodes.size());
  const auto beside = static_cast<double>(groups_beside);
  const double elements = nodes + static_cast<double>(system.domains.size()) + beside;
  double count = std::min(subsets(elements, most.quiet), std::exp2(nodes + beside)) +
                 nodes * static_cast<double>(reschedule_stages);
  if (drain_stages > 0) {
    const double states = std::min(subsets(elements - 1, most.drained), std::exp2(nodes + beside));
    const auto stages = static_cast<double>(drain_stages);
    count += nodes * (most.merge ? states + stages : states * stages);
  }
  return std::min(count, 1e18);
}

}  // namespace haplan::model
