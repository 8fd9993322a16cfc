#include <algorithm>
#include <limits>

#include "model/availability/evaluate.hpp"
#include "tests/support/oracle/figures.hpp"

/// Losses other than a node's, as the model's description tells them.
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

bool later(const Return& a, const Return& b) { return a.time > b.time; }

Real repair_of(const model::System& system, const Lost& lost) {
  if (lost.kind == LossKind::external) return system.components[lost.subject].external->repair;
  const auto& modes = system.domains[lost.subject].modes;
  return modes.empty() ? std::numeric_limits<Real>::infinity() : load_of(modes) / total_rate(modes);
}

int gone(const World& world, const Lost& lost, model::LevelId level, model::ComponentId c) {
  if (lost.kind == LossKind::external) return 0;
  if (lost.kind != LossKind::domain) return lost.subject == c ? 1 : 0;
  int count = 0;
  const auto& nodes = world.deployment.components[c].nodes;
  for (int i = 0; i < world.load.replicas[level][c] && !nodes.empty(); ++i)
    count += below(world.system, nodes[static_cast<std::size_t>(i)], lost.subject) ? 1 : 0;
  return count;
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
  const int hit = gone(world, lost, level, c);
  const int n = world.load.replicas[level][c];
  if (hit == 0) return {};
  const bool domain = lost.kind == LossKind::domain;
  if (n - hit < threshold(world, level, c))
    return domain ? Return{repair_of(world.system, lost), true} : restarted(world, c);
  if (what.type == ComponentType::stateless || lost.kind == LossKind::replica) return {};
  if (success(what, n) > 0) return {failover_times(world, c).second, false};
  Real natural = 0;
  Real rate = 0;
  for (const Mode& mode : world.replica[c].modes) {
    rate += mode.rate;
    natural += mode.rate * mode.mean;
  }
  natural = what.replica_unavailability ? Real(3600) : rate > 0 ? natural / rate : 0;
  if (domain) natural = repair_of(world.system, lost);
  return {std::min(natural, Real(what.failover->manual)), true};
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
    const int hit = what.replicated() ? gone(world, lost, busiest, c) : 0;
    const int n = world.load.replicas[busiest][c];
    Real share = hit > 0 ? Real(hit) / n : 0;
    if (what.type == ComponentType::primary_replica && hit > 0)
      share = lost.kind == LossKind::replica && n > 1 ? 0 : 1;
    if (share == 0) continue;
    served *= 1 - share * (1 - Real(what.retry));
    longest = std::max(longest, avoided(world, c));
    if (lost.kind == LossKind::primary && out.until_up > 0)
      longest = std::min(longest, Real(out.until_up));
  }
  out.failed_share = static_cast<double>(1 - served);
  if (out.failed_share == 0) return;
  if (lost.kind == LossKind::domain)
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
  for (const Lost& lost : all) {
    OracleNodeLoss& figures = out.losses[{static_cast<int>(lost.kind), lost.subject}];
    for (std::size_t l = 0; l < world.system.levels.size(); ++l) {
      const Return back = until(world, lost, l, world.system.services[service].requires_);
      if (back.time <= Real(figures.until_up)) continue;
      figures.until_up = static_cast<double>(back.time);
      figures.is_mean = back.mean;
    }
    add_requests(world, lost, service, figures);
  }
}

}  // namespace haplan::test::oracle
