#include "solver/verify/relaxation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/numbers.hpp"
#include "model/availability/service_levels.hpp"
#include "solver/verify/needs.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

Relaxation::Relaxation(const Problem& problem, const std::vector<std::vector<NodeId>>& witness)
    : choices(problem), problem_(problem), scheduled_(choices, witness), alone_(choices) {
  find_needs();
}

void Relaxation::find_needs() {
  const System& system = problem_.system;
  needed_by_.assign(system.services.size(), std::vector<bool>(system.components.size(), false));
  reached_by_ = needed_by_;
  for (ServiceId s = 0; s < system.services.size(); ++s)
    for (const ComponentId c : reach_of(system, s)) {
      reached_by_[s][c] = true;
      needed_by_[s][c] = cannot_do_without(system, s, c);
    }
}

bool Relaxation::all_counts_single(const Box& box) {
  return std::ranges::all_of(choices.replicated,
                             [&](ComponentId c) { return choices.counts(box, c).size() == 1; });
}

std::optional<double> Relaxation::limit(ServiceId service, LimitKind kind) const {
  std::optional<double> strictest;
  for (const Objective& objective : problem_.objectives) {
    if (objective.service != service) continue;
    const auto own = [&]() -> std::optional<double> {
      switch (kind) {
        case LimitKind::availability: return objective.max_unavailability;
        case LimitKind::error_rate: return objective.max_error_ratio;
        case LimitKind::recovery_time: return objective.max_recovery_time;
        case LimitKind::response_time: return objective.max_response_time;
        case LimitKind::loss_node: return objective.max_node_loss;
        case LimitKind::loss_zone: return objective.max_zone_loss;
        case LimitKind::loss_replica: return objective.max_replica_loss;
        case LimitKind::loss_primary: return objective.max_primary_loss;
        case LimitKind::data_loss: return objective.max_data_loss;
      }
      return std::nullopt;
    }();
    if (own) strictest = std::min(*own, strictest.value_or(kNever));
  }
  return strictest;
}

bool Relaxation::exceeds(const MissReason& miss, double figure) const {
  const auto most = limit(miss.service, miss.limit);
  return most && figure * (1.0 - kMargin) > *most && !within(figure, *most);
}

const std::vector<double>& Relaxation::calm_unavailability(const Box& box, ComponentId c) {
  std::vector<std::size_t> key(2 * problem_.decisions.size() + 1, c);
  for (std::size_t d = 0; d < problem_.decisions.size(); ++d)
    if (problem_.decisions[d].component == c) {
      key[2 * d] = box.of(d).first;
      key[2 * d + 1] = box.of(d).last;
    }
  const auto [found, fresh] =
      known_calm_.try_emplace(std::move(key), problem_.system.levels.size(), 1.0);
  if (!fresh) return found->second;
  const BestSettings& best = choices.best(box, c);
  if (!best.any) return found->second;
  System calm = problem_.system;
  remove_cluster(calm);
  for (const Counts& counts : choices.counts(box, c))
    for (LevelId l = 0; l < calm.levels.size(); ++l)
      found->second[l] = std::min(
          found->second[l],
          down_given(best_table(calm, choices, best, counts, c, l, {}), counts.replicas[l], 1.0));
  return found->second;
}

std::vector<bool> Relaxation::only(std::optional<ComponentId> c) const {
  std::vector<bool> flags(problem_.system.components.size(), false);
  if (c) flags[*c] = true;
  return flags;
}

std::vector<double> Relaxation::calm_figures(const Box& box, ServiceId service,
                                             const std::vector<bool>& perfect) {
  Relaxed relaxed{problem_.system, problem_.before};
  remove_cluster(relaxed.system);
  relaxed.system.levels = {{.name = "always"}};
  std::vector<double> figures;
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l) {
    for (const ComponentId c : choices.replicated)
      make_external(relaxed.system.components[c], relaxed.deployment.components[c],
                    perfect[c] ? 0.0 : calm_unavailability(box, c)[l]);
    figures.push_back(lowest(relaxed, service));
  }
  return figures;
}

const std::vector<double>& Relaxation::rest(const Box& box, ServiceId service,
                                            const std::vector<bool>& perfect) {
  std::vector<std::size_t> decisions;
  for (std::size_t d = 0; d < problem_.decisions.size(); ++d) {
    const auto& component = problem_.decisions[d].component;
    if (component && !perfect[*component]) decisions.push_back(d);
  }
  std::vector<std::size_t> key = box.key(decisions);
  key.push_back(service);
  const auto [found, fresh] = known_rest_.try_emplace(std::move(key));
  if (fresh) found->second = calm_figures(box, service, perfect);
  return found->second;
}

/// With the witness's placement wherever one count of a component is at least as good as all of the box.
///   for_scheduler  the placement is open: every component has one count
std::optional<Relaxation::Relaxed> Relaxation::placed(const Box& box, bool for_scheduler) {
  const System& system = problem_.system;
  const bool whole = all_counts_single(box);
  if (for_scheduler && (!whole || scheduled_.any_pinned())) return std::nullopt;
  Relaxed relaxed{system, problem_.before};
  relaxed.deployment.toleration_seconds = choices.toleration(box);
  for (const ComponentId c : choices.replicated) {
    Component& component = relaxed.system.components[c];
    ComponentPlan& plan = relaxed.deployment.components[c];
    const BestSettings& best = choices.best(box, c);
    if (!best.any) return std::nullopt;
    const std::vector<Counts>& counts = choices.counts(box, c);
    const bool pinned = component.pinned && problem_.rules[c].pinned;
    // One more replica at a fixed need never hurts: MODEL 3.
    const bool most_is_best =
        component.type == ComponentType::stateless && !problem_.before.components[c].autoscale;
    if (pinned || (counts.size() > 1 && !most_is_best)) {
      make_external(component, plan, std::ranges::min(calm_unavailability(box, c)));
      continue;
    }
    const bool failover = component.failover && component.type != ComponentType::stateless;
    const Counts& most = counts.back();
    plan = most.plan;
    idealise(component, plan, best, failover);
    const int n = *std::ranges::max_element(most.replicas);
    if (for_scheduler) {
      plan.nodes.assign(static_cast<std::size_t>(n), component.allowed.front());
    } else {
      plan.nodes = scheduled_.nodes(c, n);
    }
    if (whole && !scheduled_.any_pinned()) continue;
    // Fewer replicas may leave headroom where the most do not.
    component.requests.clear();
    component.spread.hard = false;
  }
  return relaxed;
}

double Relaxation::lowest(const Relaxed& relaxed, ServiceId service) const {
  const auto evaluation = evaluate(relaxed.system, relaxed.deployment,
                                   {.node_limit = 200'000, .figures = false, .stop = stop_});
  return evaluation ? evaluation->services[service].unavailability.lower : 0.0;
}

// ---- figures -------------------------------------------------------------------------------------

std::optional<double> Relaxation::figure(const Box& box, const MissReason& miss) {
  if (choices.empty(box)) return std::nullopt;
  switch (miss.basis) {
    case Basis::calm: return calm_figure(box, miss);
    case Basis::component: return component_figure(box, miss);
    case Basis::placement:
      if (miss.limit != LimitKind::availability || problem_.system.nodes.empty())
        return std::nullopt;
      return placement_figure(box, miss.service);
    case Basis::worst:
      if (miss.limit != LimitKind::availability || problem_.system.nodes.empty())
        return std::nullopt;
      return worst_figure(box, miss.service);
  }
  return std::nullopt;
}

std::optional<double> Relaxation::calm_figure(const Box& box, const MissReason& miss) {
  switch (miss.limit) {
    case LimitKind::availability:
      return weighted(problem_.system, calm_figures(box, miss.service, only(std::nullopt)));
    case LimitKind::error_rate: return error_rate(box, miss.service);
    case LimitKind::response_time: return response_time(box, miss.service);
    default: return std::nullopt;
  }
}

double Relaxation::error_rate(const Box& box, ServiceId service) {
  const System& system = problem_.system;
  const std::vector<double> down = calm_figures(box, service, only(std::nullopt));
  double total = 0.0;
  double failed = 0.0;
  for (LevelId l = 0; l < down.size(); ++l) {
    const double weight = system.levels[l].share * choices.load.service_rate[l][service];
    total += weight;
    failed += weight * down[l];
  }
  double ratio = total > 0.0 ? failed / total : weighted(system, down);
  for (const ComponentId c : path_of(system, service)) {
    const Component& component = system.components[c];
    if (!component.replicated()) continue;
    const BestSettings& best = choices.best(box, c);
    if (!best.any) return kNever;
    ratio += best.exposure;
    if (system.nodes.empty()) continue;
    double least = kNever;
    for (const NodeId node : component.allowed)
      least = std::min(least, node_exposure(system, node));
    ratio += least * (1.0 - component.retry);
  }
  return ratio;
}

/// Waiting is shortest with the most replicas of everything.
double Relaxation::response_time(const Box& box, ServiceId service) {
  Relaxed relaxed{problem_.system, problem_.before};
  remove_cluster(relaxed.system);
  for (const ComponentId c : choices.replicated) {
    Component& component = relaxed.system.components[c];
    ComponentPlan& plan = relaxed.deployment.components[c];
    component.storage = {};
    plan.nodes.clear();
    int most = 0;
    for (const Counts& counts : choices.counts(box, c))
      most = std::max(most, *std::ranges::max_element(counts.replicas));
    if (plan.autoscale)
      plan.autoscale->min = plan.autoscale->max = most;
    else
      plan.replicas = most;
  }
  const auto evaluation = evaluate(relaxed.system, relaxed.deployment, {.stop = stop_});
  return evaluation ? evaluation->services[service].worst_response_time : 0.0;
}

std::optional<double> Relaxation::placement_figure(const Box& box, ServiceId service) {
  if (!scheduled_.may_choose(box)) return std::nullopt;
  auto relaxed = placed(box, false);
  if (!relaxed) return std::nullopt;
  const bool whole = all_counts_single(box) && !scheduled_.any_pinned();
  for (const ComponentId c : choices.replicated)
    if (!whole && !reached_by_[service][c])
      make_external(relaxed->system.components[c], relaxed->deployment.components[c], 0.0);
  if (!whole)
    for (Node& node : relaxed->system.nodes) node.capacity.clear();
  return lowest(*relaxed, service);
}

std::optional<double> Relaxation::worst_figure(const Box& box, ServiceId service) {
  const auto relaxed = placed(box, true);
  const auto most = limit(service, LimitKind::availability);
  if (!relaxed || !most) return std::nullopt;
  const double more = just_beyond(*most);
  std::vector<double> limits(problem_.system.services.size(), kNever);
  limits[service] = more;
  const auto kept = guaranteed_kept(relaxed->system, relaxed->deployment, problem_.rules, limits,
                                    {.stop = stop_});
  if (!kept || *kept != Kept::no) return std::nullopt;
  return more;
}

std::optional<double> Relaxation::component_figure(const Box& box, const MissReason& miss) {
  const System& system = problem_.system;
  if (!miss.component || *miss.component >= system.components.size()) return std::nullopt;
  const ComponentId c = *miss.component;
  if (!system.components[c].replicated()) return std::nullopt;
  if (miss.limit == LimitKind::recovery_time)
    return reached_by_[miss.service][c] ? std::optional(choices.best(box, c).recovery)
                                        : std::nullopt;
  if (miss.limit == LimitKind::data_loss) {
    const auto path = path_of(system, miss.service);
    if (std::ranges::find(path, c) == path.end()) return std::nullopt;
  } else if (!needed_by_[miss.service][c] || miss.limit == LimitKind::error_rate ||
             miss.limit == LimitKind::response_time) {
    return std::nullopt;
  }
  const auto least = alone_.least(box, miss.limit, c);
  if (!least || miss.limit != LimitKind::availability || std::isinf(*least)) return least;
  // Besides, while all is calm, the others fail independently of it: P(A or B) >= P(A) + P(calm) P(not A) P(B).
  const std::vector<double> others = calm_figures(box, miss.service, only(c));
  return *least * (1.0 - std::ranges::max(others)) + calm_share(system) * weighted(system, others);
}

}  // namespace haplan::solver
