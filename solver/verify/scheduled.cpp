#include "solver/verify/scheduled.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/headroom.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// What Kubernetes sees: rules that are not written do not exist.
Component as_written(const System& system, const Component& component, const CarriedRules& rules) {
  Component written = component;
  if (!rules.spread) written.spread.hard = false;
  if (!rules.allowed) {
    written.allowed.resize(system.nodes.size());
    std::iota(written.allowed.begin(), written.allowed.end(), NodeId{0});
  }
  return written;
}

}  // namespace

Scheduled::Scheduled(Choices& choices, const std::vector<std::vector<NodeId>>& witness)
    : choices_(choices),
      problem_(choices.problem),
      witness_(witness),
      amounts_(amounts_of(choices.problem.system)) {
  find_legal();
  any_pinned_ = std::ranges::any_of(choices.replicated, [&](ComponentId c) { return pinned(c); });
}

bool Scheduled::pinned(ComponentId c) const {
  return problem_.system.components[c].pinned && problem_.rules[c].pinned;
}

bool Scheduled::legal_alone(ComponentId c, const std::vector<NodeId>& nodes) const {
  const System& system = problem_.system;
  System one =
      system_of_one(system, as_written(system, system.components[c], problem_.rules[c]), 1);
  Deployment deployment;
  deployment.components.resize(1);
  set_count(deployment.components[0], static_cast<int>(nodes.size()));
  deployment.components[0].nodes = nodes;
  return check_placement(one, deployment).ok;
}

void Scheduled::find_legal() {
  const System& system = problem_.system;
  legal_.resize(system.components.size());
  if (system.nodes.empty() || witness_.size() != system.components.size()) return;
  for (const auto& nodes : witness_)
    for (const NodeId node : nodes)
      if (node >= system.nodes.size()) return;
  const Box all(problem_);
  for (const ComponentId c : choices_.replicated) {
    legal_[c].assign(witness_[c].size() + 1, false);
    for (const Counts& counts : choices_.counts(all, c))
      for (const int n : counts.replicas)
        if (static_cast<std::size_t>(n) < legal_[c].size() &&
            !legal_[c][static_cast<std::size_t>(n)])
          legal_[c][static_cast<std::size_t>(n)] = legal_alone(c, nodes(c, n));
    if (!shares_one_node(system, system.components[c])) continue;
    for (const ComponentId mate : choices_.replicated) {
      const bool together =
          system.components[mate].storage.claim == system.components[c].storage.claim;
      if (together && !witness_[mate].empty() && !witness_[c].empty() &&
          witness_[mate].front() != witness_[c].front())
        mates_agree_ = false;
    }
  }
}

/// Of the resources of each node, with the most replicas of the box.
std::vector<std::vector<std::int64_t>> Scheduled::used(const Box& box) {
  const std::size_t resources = amounts_.resource.size();
  std::vector<std::vector<std::int64_t>> used(problem_.system.nodes.size(),
                                              std::vector<std::int64_t>(resources, 0));
  for (const ComponentId c : choices_.replicated) {
    std::size_t most = 0;
    for (const Counts& counts : choices_.counts(box, c))
      for (const int n : counts.replicas) most = std::max(most, static_cast<std::size_t>(n));
    // Pinned replicas are wherever the plan wants them.
    const bool anywhere = pinned(c);
    for (NodeId node = 0; anywhere && node < used.size(); ++node)
      for (std::size_t r = 0; r < resources; ++r)
        used[node][r] += static_cast<std::int64_t>(most) * amounts_.request[c][r];
    for (std::size_t i = 0; i < most && !anywhere; ++i)
      for (std::size_t r = 0; r < resources; ++r) used[witness_[c][i]][r] += amounts_.request[c][r];
  }
  return used;
}

bool Scheduled::may_choose(const Box& box) {
  if (!mates_agree_) return false;  // nothing is legal where the witness is not one of this system
  for (const ComponentId c : choices_.replicated)
    for (const Counts& counts : choices_.counts(box, c))
      for (const int n : counts.replicas)
        if (static_cast<std::size_t>(n) >= legal_[c].size() ||
            !legal_[c][static_cast<std::size_t>(n)])
          return false;
  const auto taken = used(box);
  for (NodeId node = 0; node < taken.size(); ++node)
    for (std::size_t r = 0; r < taken[node].size(); ++r)
      if (taken[node][r] > 0 && taken[node][r] > amounts_.capacity[node][r]) return false;
  return true;
}

bool Scheduled::may_stand(const Box& box, ComponentId c, NodeId node) {
  const System& system = problem_.system;
  if (pinned(c) || shares_one_node(system, system.components[c])) return false;
  const auto [known, fresh] = stands_.try_emplace({c, node});
  if (fresh) known->second = legal_alone(c, {node});
  if (!known->second) return false;
  const auto taken = used(box);
  for (std::size_t r = 0; r < taken[node].size(); ++r) {
    const std::int64_t sum = taken[node][r] + amounts_.request[c][r];
    if (sum > 0 && sum > amounts_.capacity[node][r]) return false;
  }
  return true;
}

}  // namespace haplan::solver
