#include "model/availability/failure_state.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "model/availability/stages.hpp"

namespace haplan::model {

namespace {

/// Its subject is a component.
bool of_component(CauseKind kind) {
  return kind != CauseKind::domain && kind != CauseKind::node && kind != CauseKind::claim &&
         kind != CauseKind::switchover && kind != CauseKind::vertex && kind != CauseKind::link;
}

}  // namespace

FailureStates::FailureStates(const System& system, const Deployment& deployment,
                             const Compiled& compiled, const Numbers& numbers, ServiceId service)
    : system_(system),
      deployment_(deployment),
      compiled_(compiled),
      service_(service),
      reached_(system.components.size(), false),
      node_element_(system.nodes.size(), kNone),
      below_(system.domains.size()),
      unreachable_(system.nodes.size(), false),
      cut_off_(system.nodes.size(), false) {
  const std::vector<std::size_t> variables =
      compiled.diagram.support(compiled.structure_down[service]);
  for (const std::size_t v : variables) {
    const VariableInfo& info = compiled.variables[v];
    if (info.kind == VariableInfo::Kind::component) reached_[info.subject] = true;
    if (info.kind == VariableInfo::Kind::claim)
      add({CauseKind::claim, info.subject, 0, "", {numbers.claim_down[info.subject]}});
    if (info.kind == VariableInfo::Kind::switchover)
      add({CauseKind::switchover, info.subject, 0, "", {numbers.switchover[info.subject]}});
    if (info.kind == VariableInfo::Kind::vertex)
      add({CauseKind::vertex, info.subject, 0, "", {numbers.vertex_down[info.subject]}});
    if (info.kind == VariableInfo::Kind::link)
      add({CauseKind::link, info.subject, 0, "", {numbers.link_down[info.subject]}});
  }
  add_domains(numbers);
  factors_.resize(compiled.tables.size());
  for (const TableNumbers& table : numbers.tables) {
    mixed_.push_back(table.mixed);
    mixed_need_.push_back(table.mixed_need);
  }
  for (ComponentId c = 0; c < system.components.size(); ++c)
    if (reached_[c]) add_component(c, numbers);
}

void FailureStates::add(FailureElement element) {
  if (element.at_least.front() > 0.0) elements_.push_back(std::move(element));
}

void FailureStates::add_domains(const Numbers& numbers) {
  for (DomainId d = 0; d < system_.domains.size(); ++d)
    add({CauseKind::domain, d, 0, "", {numbers.domain_down[d]}});
  for (NodeId n = 0; n < system_.nodes.size(); ++n) {
    FailureElement element{CauseKind::node, n, 0, "", {}};
    double worse = 0.0;
    for (const double stage : numbers.node_stages[n]) {
      worse += stage;
      element.at_least.insert(element.at_least.begin(), worse);
    }
    if (worse > 0.0) node_element_[n] = elements_.size();
    add(std::move(element));
    for (auto d = system_.nodes[n].parent; d; d = system_.domains[*d].parent)
      below_[*d].push_back(n);
  }
}

void FailureStates::add_component(ComponentId c, const Numbers& numbers) {
  const Component& component = system_.components[c];
  std::map<std::tuple<CauseKind, std::string, double>, std::size_t> known;
  int replicas = 0;
  double core = 0.0;
  const std::vector<MixedReplicas>* mixed = nullptr;
  for (std::size_t t = 0; t < compiled_.tables.size(); ++t) {
    if (compiled_.tables[t].component != c) continue;
    replicas = std::max(replicas, compiled_.tables[t].replicas);
    core = numbers.tables[t].core;
    if (!numbers.tables[t].mixed.empty()) mixed = &numbers.tables[t].mixed;
    for (const Factor& factor : numbers.tables[t].factors) {
      if (factor.unavailability <= 0.0) continue;
      const auto [found, fresh] =
          known.try_emplace({factor.kind, factor.mode, factor.unavailability}, elements_.size());
      if (fresh) add({factor.kind, c, 0, factor.mode, {factor.unavailability}});
      factors_[t].push_back(found->second);
    }
  }
  if (!component.replicated())
    add({component.chain ? CauseKind::chain : CauseKind::external, c, 0, "", {core}});
  if (mixed == nullptr) {
    for (int i = 0; i < replicas; ++i) add({CauseKind::replica, c, i, "", {core}});
    return;
  }
  int index = 0;
  for (const MixedReplicas& group : *mixed)
    for (int i = 0; i < group.count; ++i)
      add({CauseKind::replica, c, index++, component.variants[group.variant].name, {group.core}});
}

void FailureStates::enter(const Situation& world) {
  world_ = &world;
  running_.clear();
  for (ComponentId c = 0; c < system_.components.size(); ++c) {
    if (!reached_[c]) continue;
    const TableKey& key = compiled_.tables[compiled_.table_of[world.level][c]];
    Running now{c, key.need, {}, deployment_.components[c].nodes, {}, {}};
    const std::size_t table = compiled_.table_of[world.level][c];
    for (const MixedReplicas& group : mixed_[table]) {
      now.need = mixed_need_[table];
      now.weight.insert(now.weight.end(), static_cast<std::size_t>(group.count), group.weight);
    }
    const auto replicas = static_cast<std::size_t>(key.replicas);
    if (!system_.nodes.empty()) now.nodes.resize(replicas);
    if (world.drained != kOut)
      now.nodes =
          nodes_during_drain(system_, c, now.nodes, world.drained,
                             world.stage >= compiled_.drain_stages[world.drained].serves_from[c]);
    now.replica.assign(replicas, kNone);
    now.factors = factors_[compiled_.table_of[world.level][c]];
    for (std::size_t e = 0; e < elements_.size(); ++e) {
      const FailureElement& element = elements_[e];
      const bool own = of_component(element.kind) && element.subject == c;
      if (!own) continue;
      if (element.kind == CauseKind::external || element.kind == CauseKind::chain)
        now.factors.push_back(e);
      if (element.kind == CauseKind::replica && static_cast<std::size_t>(element.index) < replicas)
        now.replica[static_cast<std::size_t>(element.index)] = e;
    }
    running_.push_back(std::move(now));
  }
}

void FailureStates::lose(NodeId node) {
  if (!unreachable_[node]) lost_.push_back(node);
  unreachable_[node] = true;
}

void FailureStates::decide_nodes(const std::vector<int>& rank,
                                 const std::vector<std::size_t>& failed) {
  for (const NodeId node : lost_) unreachable_[node] = cut_off_[node] = false;
  lost_.clear();
  for (const std::size_t e : failed) {
    if (rank[e] == 0) continue;
    const std::size_t subject = elements_[e].subject;
    // A drained node counts as up itself.
    if (elements_[e].kind == CauseKind::node && subject != world_->drained) lose(subject);
    if (elements_[e].kind != CauseKind::domain) continue;
    for (const NodeId node : below_[subject]) {
      lose(node);
      cut_off_[node] = true;
    }
  }
}

bool FailureStates::down(const std::vector<int>& rank, const std::vector<std::size_t>& failed) {
  decide_nodes(rank, failed);
  value_.assign(compiled_.diagram.variable_count(), 0);
  const Structure& structure = compiled_.structure;
  for (const std::size_t e : failed) {
    if (rank[e] == 0) continue;
    const std::size_t subject = elements_[e].subject;
    switch (elements_[e].kind) {
      case CauseKind::claim: value_[structure.claim[subject]] = 1; break;
      case CauseKind::switchover: value_[structure.switchovers[subject].variable] = 1; break;
      case CauseKind::vertex: value_[structure.network.vertex[subject]] = 1; break;
      case CauseKind::link: value_[structure.network.link[subject]] = 1; break;
      default: break;
    }
  }
  for (const Running& running : running_) {
    bool fails = std::ranges::any_of(running.factors, [&](std::size_t e) { return rank[e] > 0; });
    std::int64_t serving = 0;
    for (std::size_t i = 0; i < running.replica.size(); ++i) {
      const std::size_t e = running.replica[i];
      if (e != kNone && rank[e] > 0) continue;
      if (running.nodes.empty()) {
        serving += running.weight.empty() ? 1 : running.weight[i];
        continue;
      }
      const NodeId node = running.nodes[i];
      if (node == kOut) continue;
      const std::size_t at = node_element_[node];
      const NodeStages& stages = compiled_.failure_stages[node];
      const bool moved = unreachable_[node] && !cut_off_[node] && lost_.size() == 1 &&
                         world_->drained == kOut && compiled_.headroom &&
                         system_.components[running.component].movable &&
                         stages.count() - static_cast<std::size_t>(rank[at]) >=
                             stages.serves_from[running.component];
      if (!unreachable_[node] || moved) ++serving;
    }
    if (system_.components[running.component].replicated()) fails = fails || serving < running.need;
    value_[compiled_.structure.component[running.component]] = fails ? 1 : 0;
  }
  return compiled_.diagram.holds(compiled_.structure_down[service_], value_);
}

}  // namespace haplan::model
