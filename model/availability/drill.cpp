#include "model/availability/drill.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "model/availability/headroom.hpp"
#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

/// What the context of services points to.
struct Ground {
  ComponentNumbers components;
  Compiled compiled;
  Numbers numbers;
};

/// As much of a compiled system as drills read: counts, needs and headroom, no diagrams. One table per level.
Compiled counts_only(const System& system, const Deployment& deployment) {
  Compiled compiled;
  compiled.load = load_table(system);
  compiled.headroom = has_headroom(system, compiled.load, deployment);
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    auto& row = compiled.table_of.emplace_back();
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      row.push_back(compiled.tables.size());
      TableKey key{c, 0, 0, l};
      if (system.components[c].replicated()) {
        key.replicas = replicas_at(system, compiled.load, deployment.components[c], c, l);
        key.need = needed(system, compiled.load, c, l, key.replicas);
      }
      compiled.tables.push_back(key);
    }
  }
  return compiled;
}

Result<Ground> ground_of(const System& system, const Deployment& deployment) {
  Ground ground;
  Result<ComponentNumbers> components = component_numbers(system, deployment);
  if (!components) return tl::unexpected(components.error());
  ground.components = std::move(*components);
  ground.compiled = counts_only(system, deployment);
  return ground;
}

/// Response times with what a loss leaves.
std::optional<double> response_after(const ServiceContext& context, const Loss& loss,
                                     ServiceId service) {
  Compiled left;
  left.load = context.compiled.load;
  left.table_of = context.compiled.table_of;
  left.tables = context.compiled.tables;
  for (LevelId l = 0; l < context.system.levels.size(); ++l)
    for (const ComponentId c : path_of(context.system, service)) {
      if (!context.system.components[c].replicated()) continue;
      const Toll toll = toll_of(context, loss, c, l);
      if (toll.left() < std::max(1, toll.need)) return std::nullopt;
      const ComponentPlan& plan = context.deployment.components[c];
      left.tables[left.table_of[l][c]].replicas = is_mixed(context.system.components[c], plan)
                                                      ? plan.replicas - (toll.lost > 0 ? 1 : 0)
                                                      : toll.left();
    }
  const ServiceContext reduced{context.system, context.deployment, left, context.numbers,
                               context.components};
  double worst = 0.0;
  for (const auto& time : response_times(reduced, service))
    worst = std::max(worst, time.value_or(std::numeric_limits<double>::infinity()));
  return worst;
}

/// What the failover of a primary that is hit can lose.
double data_lost(const ServiceContext& context, const Loss& loss, ServiceId service) {
  if (loss.kind == LossKind::replica || loss.kind == LossKind::external) return 0.0;
  double worst = 0.0;
  for (const ComponentId c : reach_of(context.system, service)) {
    const Component& component = context.system.components[c];
    if (component.type != ComponentType::primary_replica || !component.replication) continue;
    if (component.replication->mode != Replication::Mode::async) continue;
    for (LevelId l = 0; l < context.system.levels.size(); ++l) {
      const Toll toll = toll_of(context, loss, c, l);
      if (toll.lost > 0 && toll.left() >= toll.need)
        worst = std::max(worst, component.replication->lag);
    }
  }
  return worst;
}

std::vector<Hit> hits_of(const ServiceContext& context, const Loss& loss, ServiceId service) {
  std::vector<Hit> hits;
  for (const ComponentId c : reach_of(context.system, service)) {
    std::optional<Hit> tightest;
    for (LevelId l = 0; l < context.system.levels.size(); ++l) {
      const Toll toll = toll_of(context, loss, c, l);
      if (toll.lost == 0 && !toll.down_before()) continue;
      const auto spare = [](const Toll& t) { return t.left() - t.need; };
      if (!tightest || spare(toll) < spare(tightest->toll)) tightest = Hit{c, l, toll};
    }
    if (tightest) hits.push_back(*tightest);
  }
  return hits;
}

/// Twenty steps up to the worst case, or to p99 where that is only a mean; then the rest up to p99.9.
void add_curve(const RecoveryCurve& curve, ServiceDrill& drill) {
  const bool certain = !drill.figures.is_mean && std::isfinite(drill.figures.until_up);
  const double end = certain ? drill.figures.until_up : drill.p99;
  if (!std::isfinite(end)) return;
  constexpr int kSteps = 20;
  std::set<double> times;
  for (int i = 0; i <= kSteps; ++i) times.insert(end * i / kSteps);
  if (std::isfinite(drill.p999)) times.insert(drill.p999);
  for (const double t : times) drill.curve.push_back({t, curve.up(t)});
}

Result<ServiceDrill> service_drill(const ServiceContext& context, const Loss& loss,
                                   ServiceId service, const RecoveryTarget& target) {
  ServiceDrill drill;
  drill.figures = loss_figures(context, loss, service, &drill.level);
  drill.hits = hits_of(context, loss, service);
  drill.response_time = response_after(context, loss, service);
  drill.data_loss = data_lost(context, loss, service);
  const std::optional<double> asked = target(service, loss.kind);
  if (drill.figures.until_up == 0.0) {
    if (asked) drill.within_target = 1.0;
    for (const double t : kCheckpoints) drill.checkpoints.push_back({t, 1.0});
    return drill;
  }
  if (drill.figures.already_down) {
    drill.median = drill.p90 = drill.p99 = drill.p999 = std::numeric_limits<double>::infinity();
    if (asked) drill.within_target = 0.0;
    for (const double t : kCheckpoints) drill.checkpoints.push_back({t, 0.0});
    return drill;
  }
  const Result<RecoveryCurve> made = RecoveryCurve::make(context, loss, service, drill.level);
  if (!made) return tl::unexpected(made.error());
  const RecoveryCurve& curve = *made;
  drill.median = curve.quantile(0.5);
  drill.p90 = curve.quantile(0.9);
  drill.p99 = curve.quantile(0.99);
  drill.p999 = curve.quantile(0.999);
  if (asked) drill.within_target = curve.up(*asked);
  for (const double t : kCheckpoints) drill.checkpoints.push_back({t, curve.up(t)});
  add_curve(curve, drill);
  return drill;
}

Result<LossDrill> loss_drill(const ServiceContext& context, const Loss& loss,
                             const RecoveryTarget& target) {
  may_abandon();
  LossDrill drill{.loss = loss, .services = {}};
  for (ServiceId s = 0; s < context.system.services.size(); ++s) {
    Result<ServiceDrill> one = service_drill(context, loss, s, target);
    if (!one) return tl::unexpected(one.error());
    drill.services.push_back(std::move(*one));
  }
  return drill;
}

std::vector<Loss> every_loss(const ServiceContext& context) {
  const System& system = context.system;
  std::vector<Loss> all;
  for (NodeId n = 0; n < system.nodes.size(); ++n) all.push_back(loss_of_node(system, n));
  std::set<std::pair<LossKind, std::size_t>> known;
  std::vector<Loss> others;
  for (ServiceId s = 0; s < system.services.size(); ++s)
    for (Loss& loss : further_losses_of(context, s))
      if (known.emplace(loss.kind, loss.subject).second) others.push_back(std::move(loss));
  std::ranges::sort(others, {}, [](const Loss& l) { return std::pair(l.kind, l.subject); });
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace

Result<std::vector<LossDrill>> drill(const System& system, const Deployment& deployment,
                                     const RecoveryTarget& target) {
  const Result<Ground> ground = ground_of(system, deployment);
  if (!ground) return tl::unexpected(ground.error());
  const ServiceContext context{system, deployment, ground->compiled, ground->numbers,
                               ground->components};
  std::vector<LossDrill> drills;
  for (const Loss& loss : every_loss(context)) {
    Result<LossDrill> one = loss_drill(context, loss, target);
    if (!one) return tl::unexpected(one.error());
    drills.push_back(std::move(*one));
  }
  return drills;
}

Result<LossDrill> drill_one(const System& system, const Deployment& deployment, const Loss& loss,
                            const RecoveryTarget& target) {
  const Result<Ground> ground = ground_of(system, deployment);
  if (!ground) return tl::unexpected(ground.error());
  const ServiceContext context{system, deployment, ground->compiled, ground->numbers,
                               ground->components};
  return loss_drill(context, loss, target);
}

}  // namespace haplan::model
