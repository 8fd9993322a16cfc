#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "model/availability/evaluate.hpp"
#include "tests/support/oracle/figures.hpp"

/// Single losses, as the model's description tells them.
namespace haplan::test::oracle {

namespace {

using model::ComponentType;
using model::LossKind;

struct Lost {
  LossKind kind;
  std::size_t subject;
};

struct Return {
  Real time = 0;
  bool mean = false;
};

constexpr Real kNever = std::numeric_limits<Real>::infinity();

bool later(const Return& a, const Return& b) { return a.time > b.time; }

bool takes_places(const Lost& lost) {
  return lost.kind == LossKind::node || lost.kind == LossKind::domain;
}

Real repair_of(const model::System& system, const Lost& lost) {
  if (lost.kind == LossKind::external) return system.components[lost.subject].external->repair;
  const auto& modes = lost.kind == LossKind::node ? system.nodes[lost.subject].modes
                                                  : system.domains[lost.subject].modes;
  return modes.empty() ? kNever : load_of(modes) / total_rate(modes);
}

/// Replicas that serve, as the enumeration of states has it: with nothing failed but what is down for good and, unless
/// it is absent, what was lost `age` seconds ago.
unsigned serving(const World& world, model::LevelId level, model::ComponentId c, const Lost* lost,
                 Real age) {
  World now = world;
  std::vector<int> state;
  for (const Element& element : now.elements)
    state.push_back(!element.after.empty() && std::isinf(element.after.front()) ? 1 : 0);
  const bool node = lost != nullptr && lost->kind == LossKind::node;
  if (lost != nullptr && takes_places(*lost) &&
      !(node ? world.system.nodes[lost->subject].down : world.system.domains[lost->subject].down)) {
    now.elements.push_back(
        {node ? Element::Kind::node : Element::Kind::domain, lost->subject, {1}, {age}, {}});
    state.push_back(1);
  }
  return capability(now, level, state)[c];
}

/// How many replicas of c serve before and after a loss, and long after it.
struct Counts {
  int before = 0, after = 0, in_the_end = 0;
};

Counts counts_of(const World& world, const Lost& lost, model::LevelId level, model::ComponentId c) {
  Counts counts;
  if (!world.system.components[c].replicated()) return counts;
  const auto count = [&](const Lost* what, Real age) {
    return __builtin_popcount(serving(world, level, c, what, age));
  };
  counts.before = counts.after = counts.in_the_end = count(nullptr, 0);
  if (takes_places(lost)) {
    counts.after = count(&lost, 0);
    counts.in_the_end = count(&lost, kNever);
  } else if (lost.kind != LossKind::external && lost.subject == c && counts.before > 0) {
    --counts.after;
  }
  return counts;
}

/// Whether Sentinels can agree after the loss. One stands with each replica; of what a spec has beyond that each has a
/// node of its own. Those of lost replicas are lost, and as many others as nodes without a replica are.
bool sentinels_agree(const World& world, const Lost& lost, model::LevelId level,
                     model::ComponentId c, const Counts& counts) {
  const model::Failover& failover = *world.system.components[c].failover;
  const int n = world.load.replicas[level][c];
  if (failover.controller != model::Controller::redis_sentinel) return true;
  int without = 0;
  for (std::size_t d = 0; d < world.system.nodes.size(); ++d) {
    const auto covered = [&](model::DomainId domain) { return below(world.system, d, domain); };
    bool out = world.system.nodes[d].down || (lost.kind == LossKind::node && lost.subject == d) ||
               (lost.kind == LossKind::domain && covered(lost.subject));
    for (std::size_t z = 0; z < world.system.domains.size(); ++z)
      out = out || (world.system.domains[z].down && covered(z));
    const auto& nodes = world.deployment.components[c].nodes;
    const auto end = nodes.begin() + std::min<std::ptrdiff_t>(n, std::ssize(nodes));
    if (out && std::find(nodes.begin(), end, d) == end) ++without;
  }
  const int all = failover.sentinels.value_or(n);
  int alive = all;
  for (int i = 0; i < n - counts.after && i < all; ++i) --alive;
  for (int i = 0; i < without && i < all - n; ++i) --alive;
  return 2 * alive > all;
}

/// The slowest own failure of a replica that is not a spurious kill.
Return restarted(const World& world, model::ComponentId c) {
  if (world.system.components[c].replica_unavailability) return {3600, true};
  Return slowest;
  const std::size_t own = world.system.components[c].modes.size();
  for (std::size_t m = 0; m < own; ++m) {
    const Mode& mode = world.replica[c].modes[m];
    const Return this_one{mode.worst.value_or(mode.mean), !mode.worst};
    if (later(this_one, slowest)) slowest = this_one;
  }
  return slowest;
}

Return component(const World& world, const Lost& lost, model::LevelId level, model::ComponentId c) {
  const model::Component& what = world.system.components[c];
  if (lost.kind == LossKind::external && lost.subject == c)
    return {repair_of(world.system, lost), true};
  if (!what.replicated()) return {};
  const Counts counts = counts_of(world, lost, level, c);
  const int need = threshold(world, level, c);
  if (counts.before < need) return {kNever, true};
  if (counts.after == counts.before) return {};
  if (counts.after < need) {
    if (!takes_places(lost)) return restarted(world, c);
    if (counts.in_the_end < need) return {repair_of(world.system, lost), true};
    Real tau = Real(world.system.node_detection.worst) + world.deployment.toleration_seconds +
               world.replica[c].start + world.replica[c].ready_worst;
    if (what.storage.kind == model::StorageKind::network) tau += what.storage.reattach;
    return {tau, false};
  }
  if (what.type == ComponentType::stateless || lost.kind == LossKind::replica) return {};
  const bool works = success(what, world.load.replicas[level][c]) > 0 &&
                     sentinels_agree(world, lost, level, c, counts);
  if (works) return {failover_times(world, c).second, false};
  // Nothing promotes a standby: somebody does, or what is lost is back before.
  Real natural = 0;
  Real rate = 0;
  for (const Mode& mode : world.replica[c].modes) {
    rate += mode.rate;
    natural += mode.rate * mode.mean;
  }
  natural = what.replica_unavailability ? Real(3600) : rate > 0 ? natural / rate : 0;
  if (takes_places(lost)) natural = repair_of(world.system, lost);
  return {std::min(natural, Real(what.failover->manual)), true};
}

/// Links reach every terminal from the first one when all are up.
bool joined(const model::Network& network, const std::vector<model::VertexId>& terminals) {
  std::set<model::VertexId> known{terminals.front()};
  for (std::size_t round = 0; round < network.vertices.size(); ++round)
    for (const model::Link& link : network.links) {
      if (known.contains(link.a)) known.insert(link.b);
      if (known.contains(link.b)) known.insert(link.a);
    }
  return std::all_of(terminals.begin(), terminals.end(),
                     [&](auto vertex) { return known.contains(vertex); });
}

/// Whether what is required works before the loss, with all that is not down for good.
bool works_before(const World& world, model::LevelId level, const model::Requirement& requirement) {
  using Kind = model::Requirement::Kind;
  if (requirement.kind == Kind::connected)
    return joined(world.system.network, requirement.terminals);
  if (requirement.kind == Kind::component) {
    const model::ComponentId c = requirement.component;
    const model::Component& what = world.system.components[c];
    if (what.replicated() &&
        __builtin_popcount(serving(world, level, c, nullptr, 0)) < threshold(world, level, c))
      return false;
    return works_before(world, level, what.depends_on) &&
           (what.type != ComponentType::gate || works_before(world, level, what.gate));
  }
  int working = 0;
  for (const auto& member : requirement.of) working += works_before(world, level, member) ? 1 : 0;
  if (requirement.kind == Kind::any) return requirement.of.empty() || working > 0;
  return working >= (requirement.kind == Kind::all ? std::ssize(requirement.of) : requirement.n);
}

Return until(const World& world, const Lost& lost, model::LevelId level,
             const model::Requirement& requirement) {
  using Kind = model::Requirement::Kind;
  if (requirement.kind == Kind::component) {
    const model::ComponentId c = requirement.component;
    std::vector<Return> all{component(world, lost, level, c),
                            until(world, lost, level, world.system.components[c].depends_on)};
    if (world.system.components[c].type == ComponentType::gate)
      all.push_back(until(world, lost, level, world.system.components[c].gate));
    return *std::min_element(all.begin(), all.end(), later);
  }
  if (requirement.kind == Kind::connected)
    return joined(world.system.network, requirement.terminals) ? Return{} : Return{kNever, true};
  std::vector<Return> times;
  for (const auto& member : requirement.of) times.push_back(until(world, lost, level, member));
  if (times.empty()) return {};
  const auto& first = requirement.of.front();
  // The others help when traffic has been switched to them.
  if (requirement.switchover && lost.kind == LossKind::external && first.kind == Kind::component &&
      first.component == lost.subject)
    for (std::size_t i = 1; i < times.size(); ++i)
      if (times[i].time < *requirement.switchover) times[i] = {*requirement.switchover, false};
  std::sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return later(b, a); });
  if (requirement.kind == Kind::all) return times.back();
  if (requirement.kind == Kind::any) return times.front();
  return times[static_cast<std::size_t>(requirement.n - 1)];
}

/// Longest time that traffic meets a dead replica of c.
Real avoided(const World& world, model::ComponentId c) {
  const model::Component& what = world.system.components[c];
  if (what.replica_unavailability) return 3600;
  const auto& readiness = world.deployment.components[c].probes.readiness;
  Real longest = 0;
  for (std::size_t m = 0; m < what.modes.size(); ++m) {
    const Mode& mode = world.replica[c].modes[m];
    const Real outage = mode.worst.value_or(mode.mean);
    Real window = 1;
    if (mode.detection != model::Detection::exit) {
      window = outage;
      if (readiness)
        window = readiness->period +
                 Real(readiness->failure_threshold - 1) *
                     std::max(readiness->period, readiness->timeout) +
                 readiness->timeout;
    }
    longest = std::max(longest, std::min(outage, window + world.system.propagation));
  }
  return longest;
}

void add_requests(const World& world, const Lost& lost, model::ServiceId service,
                  OracleNodeLoss& out) {
  const auto on_path = path(world.system, service, false);
  std::size_t busiest = 0;
  for (std::size_t l = 1; l < world.system.levels.size(); ++l)
    if (world.load.service_rate[l][service] > world.load.service_rate[busiest][service])
      busiest = l;
  Real served = 1;
  Real longest = 0;
  for (std::size_t c = 0; c < on_path.size(); ++c) {
    if (!on_path[c]) continue;
    if (lost.kind == LossKind::external && lost.subject == c) {
      served = 0;
      longest = out.until_up;
    }
    const model::Component& what = world.system.components[c];
    const Counts counts = counts_of(world, lost, busiest, c);
    const int hit = counts.before - counts.after;
    Real share = hit > 0 ? Real(hit) / counts.before : 0;
    // Worst case: the primary was there.
    if (what.type == ComponentType::primary_replica && hit > 0)
      share = lost.kind == LossKind::replica && counts.before > 1 ? 0 : 1;
    if (share == 0) continue;
    served *= 1 - share * (1 - Real(what.retry));
    longest = std::max(longest, avoided(world, c));
    if (lost.kind == LossKind::primary && out.until_up > 0)
      longest = std::min(longest, Real(out.until_up));
  }
  out.failed_share = static_cast<double>(1 - served);
  if (out.failed_share == 0) return;
  if (takes_places(lost))
    longest = Real(world.system.node_detection.worst) + world.system.propagation;
  out.until_avoided = static_cast<double>(longest);
}

}  // namespace

void add_losses(const World& world, model::ServiceId service, OracleService& out) {
  std::vector<Lost> all;
  for (std::size_t d = 0; d < world.system.domains.size(); ++d)
    all.push_back({LossKind::domain, d});
  const auto reach = path(world.system, service, true);
  for (std::size_t c = 0; c < reach.size(); ++c) {
    const model::Component& what = world.system.components[c];
    if (!reach[c]) continue;
    if (what.replicated() && (!what.modes.empty() || what.replica_unavailability))
      all.push_back({LossKind::replica, c});
    if (what.type == ComponentType::primary_replica || what.type == ComponentType::quorum)
      all.push_back({LossKind::primary, c});
    if (what.type == ComponentType::external) all.push_back({LossKind::external, c});
  }
  const auto figures_of = [&](const Lost& lost, OracleNodeLoss& figures) {
    const model::Requirement& required = world.system.services[service].requires_;
    for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
      figures.already_down = figures.already_down || !works_before(world, l, required);
      const Return back = until(world, lost, l, required);
      if (back.time <= Real(figures.until_up)) continue;
      figures.until_up = static_cast<double>(back.time);
      figures.is_mean = back.mean;
    }
    if (figures.already_down) {
      figures.until_up = static_cast<double>(kNever);
      figures.is_mean = false;
    }
    add_requests(world, lost, service, figures);
  };
  for (std::size_t d = 0; d < world.system.nodes.size(); ++d)
    figures_of({LossKind::node, d}, out.node_losses.emplace_back());
  for (const Lost& lost : all)
    figures_of(lost, out.losses[{static_cast<int>(lost.kind), lost.subject}]);
}

}  // namespace haplan::test::oracle
