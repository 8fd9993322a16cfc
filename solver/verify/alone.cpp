#include "solver/verify/alone.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/allowed.hpp"
#include "model/availability/lost.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

std::optional<std::vector<std::vector<NodeId>>> Alone::placements(LimitKind kind, ComponentId c,
                                                                  const Counts& counts) const {
  const System& system = problem_.system;
  if (system.nodes.empty() || kind == LimitKind::data_loss)
    return std::vector<std::vector<NodeId>>{{}};
  const Component& component = system.components[c];
  const bool own =
      kind != LimitKind::availability || (component.pinned && problem_.rules[c].pinned);
  const auto most = static_cast<std::size_t>(*std::ranges::max_element(counts.replicas));
  if (own && !problem_.placement_open[c]) {
    if (problem_.before.components[c].nodes.size() != most) return std::nullopt;
    return std::vector<std::vector<NodeId>>{problem_.before.components[c].nodes};
  }
  ComponentPlan plan = counts.plan;
  const PlacementRule rule =
      placement_rule(system, choices_.load, plan, c, own ? CarriedRules{} : problem_.rules[c]);
  constexpr std::size_t kMost = 300;
  PlacementList list = allowed_placements(rule, interchangeable_nodes(system, {rule}), kMost);
  if (!list.complete || list.placements.empty()) return std::nullopt;
  return std::move(list.placements);
}

std::optional<double> Alone::least(const Box& box, LimitKind kind, ComponentId c) {
  std::vector<std::size_t> key(2 * problem_.decisions.size() + 2, static_cast<std::size_t>(kind));
  key.back() = c;
  for (std::size_t d = 0; d < problem_.decisions.size(); ++d)
    if (!problem_.decisions[d].component || problem_.decisions[d].component == c) {
      key[2 * d] = box.of(d).first;
      key[2 * d + 1] = box.of(d).last;
    }
  const auto [found, fresh] = known_.try_emplace(std::move(key));
  if (!fresh) return found->second;
  const BestSettings& best = choices_.best(box, c);
  if (!best.any) return found->second = kNever;
  double least = kNever;
  for (const Counts& counts : choices_.counts(box, c)) {
    const auto all = placements(kind, c, counts);
    if (!all) return std::nullopt;
    for (const auto& nodes : *all)
      least = std::min(least, at(kind, c, counts, best, choices_.toleration(box), nodes));
  }
  return found->second = least;
}

double Alone::at(LimitKind kind, ComponentId c, const Counts& counts, const BestSettings& best,
                 int toleration, const std::vector<NodeId>& nodes) const {
  const std::vector<Level>& levels = problem_.system.levels;
  double figure = 0.0;
  for (LevelId l = 0; l < levels.size(); ++l) {
    const int n = counts.replicas[l];
    const auto one = [&](bool movable) {
      return at_level(kind, c, l, n, best, toleration, nodes, movable);
    };
    if (kind == LimitKind::availability) {
      figure += levels[l].share * one(true);
      continue;
    }
    // Without headroom the mean repair of a node counts, which may be the shorter time.
    figure = std::max(figure, std::min(one(true), one(false)));
  }
  return figure;
}

double Alone::at_level(LimitKind kind, ComponentId c, LevelId level, int n,
                       const BestSettings& best, int toleration, const std::vector<NodeId>& nodes,
                       bool movable) const {
  Component component = problem_.system.components[c];
  Deployment deployment;
  deployment.toleration_seconds = toleration;
  deployment.components.resize(1);
  ComponentPlan& plan = deployment.components[0];
  set_count(plan, n);
  const bool losses = kind != LimitKind::availability;
  const bool failover = component.failover && component.type != ComponentType::stateless;
  idealise(component, plan, best, failover || losses);
  if (losses) plan.failover = best.quickest_at_worst;
  component.requests.clear();
  component.spread.hard = false;
  component.movable = component.movable && movable;
  // The names of nodes decide where a drained replica goes, if it goes anywhere: then only the time without drains counts.
  const bool drained = losses || !component.movable;
  const System one = [&] {
    System system =
        system_of_one(problem_.system, std::move(component), choices_.load.need[level][c]);
    for (Node& node : system.nodes) node.capacity.clear();
    if (!drained) system.drain.reset();
    if (nodes.empty()) {
      system.nodes.clear();
      system.domains.clear();
      system.drain.reset();
      system.claims.clear();
      system.components[0].storage = {};
    }
    return system;
  }();
  plan.nodes.assign(nodes.begin(), nodes.begin() + std::min<std::ptrdiff_t>(n, std::ssize(nodes)));
  const auto evaluation = evaluate(one, deployment, {.figures = losses, .stop = stop});
  if (!evaluation) return 0.0;
  const ServiceFigures& figures = evaluation->services[0];
  double worst = 0.0;
  const auto of_kind = [&](LossKind wanted) {
    const auto zone = model::zones(one);
    for (const LossFigures& loss : figures.losses)
      if (loss.kind == wanted &&
          (wanted != LossKind::domain || std::ranges::binary_search(zone, loss.subject)))
        worst = std::max(worst, loss.until_up);
    return worst;
  };
  switch (kind) {
    case LimitKind::availability:
      return figures.unavailability.lower * (drained ? 1.0 : without_drains(problem_.system));
    case LimitKind::data_loss: return figures.data_loss;
    case LimitKind::loss_zone: return of_kind(LossKind::domain);
    case LimitKind::loss_replica: return of_kind(LossKind::replica);
    case LimitKind::loss_primary: return of_kind(LossKind::primary);
    case LimitKind::loss_node:
      for (const NodeLoss& loss : figures.node_losses) worst = std::max(worst, loss.until_up);
      return worst;
    default: return 0.0;
  }
}

}  // namespace haplan::solver
