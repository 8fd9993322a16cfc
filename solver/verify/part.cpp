#include "solver/verify/part.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/recovery/domain.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr NodeId kNone = static_cast<NodeId>(-1);
constexpr std::size_t kMostDomains = 4;

bool falls(const std::vector<double>& down_given_lost) {
  constexpr double kRounding = 1e-13;
  return std::ranges::adjacent_find(down_given_lost, [](double fewer, double more) {
           return more < fewer * (1.0 - kRounding);
         }) == down_given_lost.end();
}

}  // namespace

Parts::Parts(Choices& choices, const std::vector<std::vector<NodeId>>& witness)
    : choices_(choices),
      system_(choices.problem.system),
      witness_(witness),
      nowhere_(choices.problem.system) {
  remove_cluster(nowhere_);
  for (const Node& node : system_.nodes) node_down_.push_back(down_probability(node.modes, false));
  std::vector<double> down;
  for (const Domain& domain : system_.domains)
    down.push_back(down_probability(domain.modes, false));
  domains_.resize(down.size());
  std::iota(domains_.begin(), domains_.end(), DomainId{0});
  std::erase_if(domains_, [&](DomainId d) { return down[d] <= 0.0; });
  std::ranges::stable_sort(domains_, std::ranges::greater{}, [&](DomainId d) { return down[d]; });
  if (domains_.size() > kMostDomains) domains_.resize(kMostDomains);
}

bool Parts::below(NodeId node, DomainId domain) const {
  for (auto parent = system_.nodes[node].parent; parent; parent = system_.domains[*parent].parent)
    if (*parent == domain) return true;
  return false;
}

const std::vector<PartFigures>& Parts::figures(const Box& box, ComponentId c, std::size_t own,
                                               std::size_t shared) {
  std::vector<std::size_t> key{c, own, shared};
  for (std::size_t d = 0; d < choices_.problem.decisions.size(); ++d) {
    const auto& component = choices_.problem.decisions[d].component;
    if (component && component != c) continue;
    key.push_back(box.of(d).first);
    key.push_back(box.of(d).last);
  }
  const auto [found, fresh] = known_.try_emplace(std::move(key));
  if (!fresh) return found->second;
  const BestSettings& best = choices_.best(box, c);
  for (const Counts& counts : choices_.counts(box, c))
    found->second.push_back(at(box, c, counts, best, own, shared));
  return found->second;
}

std::vector<std::vector<double>> Parts::swings(const Box& box, ComponentId c, std::size_t counted,
                                               NodeId node) {
  std::vector<std::vector<double>> all;
  const BestSettings& best = choices_.best(box, c);
  for (const Counts& counts : choices_.counts(box, c)) {
    auto& levels = all.emplace_back(system_.levels.size(), 0.0);
    for (LevelId l = 0; l < levels.size(); ++l) {
      const Placed here = placed(c, counts, best, l);
      const Hosts hosts = first(here.nodes, counted);
      const auto host = std::ranges::find(hosts, node, &Hosts::value_type::first);
      if (host == hosts.end()) continue;
      levels[l] = down_without(hosts, here.down_given_lost, node, host->second) -
                  down_without(hosts, here.down_given_lost, node, 0);
    }
  }
  return all;
}

Parts::Placed Parts::placed(ComponentId c, const Counts& counts, const BestSettings& best,
                            LevelId level) const {
  const bool anywhere =
      system_.nodes.empty() || (system_.components[c].pinned && choices_.problem.rules[c].pinned);
  Placed placed;
  const int n = counts.replicas[level];
  if (!anywhere) placed.nodes.assign(witness_[c].begin(), witness_[c].begin() + n);
  const TableNumbers table =
      best_table(anywhere ? nowhere_ : system_, choices_, best, counts, c, level, placed.nodes);
  for (int lost = 0; lost <= n; ++lost)
    placed.down_given_lost.push_back(down_given(table, n - lost, 1.0));
  return placed;
}

Parts::Hosts Parts::first(const std::vector<NodeId>& nodes, std::size_t count) {
  Hosts hosts;
  for (std::size_t i = 0; i < std::min(count, nodes.size()); ++i) {
    const auto known = std::ranges::find(hosts, nodes[i], &Hosts::value_type::first);
    if (known == hosts.end())
      hosts.emplace_back(nodes[i], 1);
    else
      ++known->second;
  }
  return hosts;
}

PartFigures Parts::at(const Box& box, ComponentId c, const Counts& counts, const BestSettings& best,
                      std::size_t own, std::size_t shared) const {
  PartFigures figures;
  figures.without.assign(domains_.size(), 0.0);
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    const Placed here = placed(c, counts, best, l);
    figures.falling = figures.falling && falls(here.down_given_lost);
    figures.levels.push_back(at_level(c, best, choices_.toleration(box), first(here.nodes, own),
                                      first(here.nodes, own + shared), here.down_given_lost));
    for (std::size_t d = 0; d < domains_.size(); ++d) {
      const auto lost =
          std::ranges::count_if(here.nodes, [&](NodeId node) { return below(node, domains_[d]); });
      figures.without[d] +=
          system_.levels[l].share * here.down_given_lost[static_cast<std::size_t>(lost)];
    }
  }
  return figures;
}

/// P(down) while a node does what is asked and the others fail by themselves.
///   left_out  does not fail; no node: all may
///   lost      replicas that do not serve anyway
double Parts::down_without(const Hosts& hosts, const std::vector<double>& down_given_lost,
                           NodeId left_out, int lost) const {
  std::vector<double> by_lost(down_given_lost.size(), 0.0);  // P(so many do not serve)
  by_lost[static_cast<std::size_t>(lost)] = 1.0;
  for (const auto& [node, count] : hosts) {
    if (node == left_out) continue;
    const auto step = static_cast<std::size_t>(count);
    for (std::size_t k = by_lost.size(); k-- > 0;) {
      const double before = k >= step ? by_lost[k - step] : 0.0;
      by_lost[k] = by_lost[k] * (1.0 - node_down_[node]) + before * node_down_[node];
    }
  }
  double down = 0.0;
  for (std::size_t k = 0; k < by_lost.size(); ++k) down += by_lost[k] * down_given_lost[k];
  return down;
}

PartFigures::AtLevel Parts::at_level(ComponentId c, const BestSettings& best, int toleration,
                                     const Hosts& own, const Hosts& hosts,
                                     const std::vector<double>& down_given_lost) const {
  const Component& component = system_.components[c];
  PartFigures::AtLevel figures;
  figures.calm = down_given_lost.front();
  figures.down = down_without(hosts, down_given_lost, kNone, 0);
  if (component.movable) {
    double delay = system_.node_detection.mean + toleration + best.restart;
    if (component.storage.kind == StorageKind::network) delay += component.storage.reattach;
    for (const auto& [node, count] : hosts) {
      double aged = down_between(system_.nodes[node].modes, false, delay, kNever);
      for (NodeId other = 0; other < node_down_.size(); ++other)
        if (other != node) aged *= 1.0 - node_down_[other];
      figures.credit += aged * (down_given_lost[static_cast<std::size_t>(count)] - figures.calm);
    }
  }
  if (!system_.drain) return figures;
  const double down = down_without(own, down_given_lost, kNone, 0);
  figures.drained = drained(c, best, own, down_given_lost, down);
  if (figures.down < 1.0) figures.shared = std::log1p(-down) - std::log1p(-figures.down);
  return figures;
}

/// A replica that moves is taken to be where no node ever fails.
double Parts::drained(ComponentId c, const BestSettings& best, const Hosts& hosts,
                      const std::vector<double>& down_given_lost, double down) const {
  const Component& component = system_.components[c];
  const double share = system_.drain->per_node / system_.drain->every;
  double out = 1.0;  // share of the drain in which its replicas serve nowhere
  if (component.movable)
    out = std::min(1.0, (std::min(component.shutdown, component.grace) + best.restart) /
                            system_.drain->per_node);
  constexpr double kRounding = 1e-12;
  double sum = 0.0;
  for (const auto& [node, count] : hosts) {
    const double meanwhile = out * down_without(hosts, down_given_lost, node, count) +
                             (1.0 - out) * down_without(hosts, down_given_lost, node, 0);
    sum += share * (meanwhile * (1.0 - kRounding) - down * (1.0 + kRounding));
  }
  return down < 1.0 ? sum / (1.0 - down) : 0.0;
}

}  // namespace haplan::solver
