#include "solver/figures.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "model/availability/occupancy.hpp"
#include "model/availability/service_levels.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostListed = 5'000;
constexpr std::size_t kMostListedReplicas = 200'000;  ///< over all placements of one component

/// Placements worth listing: fewer of many replicas.
std::size_t most_listed(const CountOption& option) {
  const int largest = std::max(1, *std::ranges::max_element(option.replicas));
  return std::min(kMostListed, kMostListedReplicas / static_cast<std::size_t>(largest) + 1);
}

/// Nodes that all users of a ReadWriteOnce claim may use under their rules.
void keep_common(const Problem& problem, const LoadTable& load, ComponentId component,
                 const std::vector<CarriedRules>& carried, PlacementRule& rule) {
  if (!rule.together) return;
  const auto& claim = problem.system.components[component].storage.claim;
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    if (problem.system.components[c].storage.claim != claim) continue;
    const PlacementRule other =
        placement_rule(problem.system, load, problem.before.components[c], c, carried[c]);
    std::erase_if(rule.nodes,
                  [&](NodeId node) { return !std::ranges::binary_search(other.nodes, node); });
  }
}

PlacementRule rule_with_counts(const Problem& problem, const LoadTable& load, ComponentId component,
                               const CountOption& option,
                               const std::vector<CarriedRules>& carried) {
  PlacementRule rule = placement_rule(problem.system, load, problem.before.components[component],
                                      component, carried[component]);
  rule.counts = option.replicas;
  std::ranges::sort(rule.counts);
  const auto rest = std::ranges::unique(rule.counts);
  rule.counts.erase(rest.begin(), rest.end());
  keep_common(problem, load, component, carried, rule);
  return rule;
}

/// Every loss of the kinds that some objective limits.
std::array<std::vector<Loss>, kLimitedLosses> limited_losses(const Problem& problem,
                                                             ComponentId component) {
  const System& system = problem.system;
  const auto asked = [&](LossKind kind) {
    return std::ranges::any_of(
        problem.objectives, [kind](const Objective& o) { return max_loss(o, kind).has_value(); });
  };
  const auto of = [](LossKind kind) { return static_cast<std::size_t>(kind); };
  const Component& what = system.components[component];
  std::array<std::vector<Loss>, kLimitedLosses> losses;
  if (asked(LossKind::node))
    for (NodeId n = 0; n < system.nodes.size(); ++n)
      losses[of(LossKind::node)].push_back(loss_of_node(system, n));
  if (asked(LossKind::domain))
    for (const DomainId d : zones(system))
      losses[of(LossKind::domain)].push_back(loss_of_domain(system, d));
  if (asked(LossKind::replica) && can_lose_replica(what))
    losses[of(LossKind::replica)].push_back(loss_of_replica(system, component));
  if (asked(LossKind::primary) && has_primary(what))
    losses[of(LossKind::primary)].push_back(loss_of_primary(system, component));
  return losses;
}

constexpr double kOperationsPerReach = 50'000;     ///< of one placement at one level
constexpr double kOperationsPerPlacement = 3'000;  ///< with one option

constexpr double kTakesDown = 0.5;  ///< P(down) with one node less: that does it

void lower(double& to, double value) { to = std::min(to, value); }
void raise(double& to, double value) { to = std::max(to, value); }

void lower(OwnNodes& to, const OwnNodes& other) {
  if (to.nodes == 0 || other.nodes == 0) {
    to = {};
    return;
  }
  for (std::size_t l = 0; l < to.plain.size(); ++l) {
    lower(to.plain[l], other.plain[l]);
    raise(to.credit[l], other.credit[l]);
  }
  if (other.several.empty()) to.several.clear();
  for (std::size_t l = 0; l < to.several.size(); ++l) lower(to.several[l], other.several[l]);
  raise(to.plainly, other.plainly);
  to.in_domain = std::max(to.in_domain, other.in_domain);
  lower(to.drained, other.drained);
  raise(to.absent, other.absent);
  lower(to.gain, other.gain);
  to.nodes = std::max(to.nodes, other.nodes);
  lower(to.zone_lost, other.zone_lost);
}

/// P(down | up with all replicas reachable), by k.
std::vector<double> by_lost(const std::vector<double>& down) {
  std::vector<double> more;
  const double well = down.back();
  for (const double d : down)
    more.push_back(well < 1.0 ? std::max(0.0, d - well) / (1.0 - well) : 0.0);
  return more;
}

}  // namespace

OptionFigures ideal_of(const std::vector<OptionFigures>& options) {
  OptionFigures ideal = options.front();
  for (const OptionFigures& option : options) {
    lower(ideal.checks, option.checks);
    for (std::size_t l = 0; l < ideal.calm_low.size(); ++l) {
      lower(ideal.calm_low[l], option.calm_low[l]);
      lower(ideal.outside_low[l], option.outside_low[l]);
      lower(ideal.misrouted_low[l], option.misrouted_low[l]);
    }
    lower(ideal.worst_low, option.worst_low);
    lower(ideal.worst_sure, option.worst_sure);
    for (std::size_t k = 0; k < ideal.alone.size(); ++k) lower(ideal.alone[k], option.alone[k]);
    for (std::size_t k = 0; k < kLimitedLosses; ++k) lower(ideal.loss[k].low, option.loss[k].low);
  }
  return ideal;
}

/// One option written into a deployment, with the numbers that follow.
struct CountFigures::Scratch {
  Deployment deployment;
  ComponentNumbers numbers;
  bool headroom = false;
};

CountFigures::CountFigures(const Problem& problem, const LoadTable& load, const Cluster& cluster,
                           const NodeClasses& classes, Reaches& reaches, ComponentId component,
                           const CountOption& option, const model::Stop& stop)
    : problem_(problem),
      load_(load),
      cluster_(cluster),
      classes_(classes),
      reaches_(reaches),
      component_(component),
      option_(option),
      meter_(stop),
      limited_(limited_losses(problem, component)) {
  const System& system = problem.system;
  if (system.nodes.empty()) {
    Placement only;
    only.own = only.scheduled = true;
    const auto n = static_cast<std::size_t>(std::ranges::max(option.replicas));
    for (auto* by_count :
         {&nowhere_.other, &nowhere_.drain_before, &nowhere_.drain_fewest, &nowhere_.drain_most})
      by_count->assign(n + 1, 0.0);
    only.reach.assign(system.levels.size(), &nowhere_);
    only.given.assign(reaches.given().size(), only.reach);
    placements_.push_back(std::move(only));
    return;
  }
  const std::vector<CarriedRules> all(system.components.size());
  const bool pinned = system.components[component].pinned && problem.rules[component].pinned;
  const PlacementRule own = rule_with_counts(problem, load, component, option, all);
  const PlacementRule scheduled = rule_with_counts(problem, load, component, option, problem.rules);
  const std::vector<std::size_t> cell = interchangeable_nodes(system, {own, scheduled});
  if (problem.placement_open[component]) {
    const PlacementList list = allowed_placements(own, cell, most_listed(option));
    placeable_ = !list.placements.empty() || !list.complete;
    own_complete_ = add(list.placements, true, pinned) && list.complete;
    // Something to compute from what no placement changes.
    const std::size_t n = static_cast<std::size_t>(own.counts.back());
    if (placeable_ && placements_.empty()) add({std::vector<NodeId>(n, 0)}, false, false);
  } else {
    own_complete_ = add({problem.before.components[component].nodes}, true, pinned);
  }
  if (pinned) {
    scheduled_complete_ = own_complete_;
    return;
  }
  scatters_ = !scheduled.together;
  const PlacementList list = allowed_placements(scheduled, cell, most_listed(option));
  scheduled_complete_ = add(list.placements, false, true) && list.complete;
}

CountFigures::Placement CountFigures::placed(const std::vector<NodeId>& nodes, bool own,
                                             bool scheduled) const {
  Placement placement{nodes, {}, {}, own, scheduled};
  placement.distinct = static_cast<int>(std::set(nodes.begin(), nodes.end()).size());
  const auto first = nodes.empty() ? std::nullopt : classes_.of[nodes.front()];
  if (std::ranges::all_of(nodes, [&](NodeId n) { return classes_.of[n] == first; }))
    placement.node_class = first;
  std::map<std::optional<DomainId>, int> in_domain;
  for (const NodeId node : nodes)
    placement.in_domain =
        std::max(placement.in_domain, ++in_domain[problem_.system.nodes[node].parent]);
  return placement;
}

bool CountFigures::add(const std::vector<std::vector<NodeId>>& list, bool own, bool scheduled) {
  for (const auto& nodes : list) {
    const auto known = std::ranges::find(placements_, nodes, &Placement::nodes);
    if (known != placements_.end()) {
      known->own = known->own || own;
      if (scheduled && !known->scheduled) {
        known->scheduled = true;
        known->given.resize(reaches_.given().size());
        for (std::size_t g = 0; g < known->given.size(); ++g)
          for (const int n : option_.replicas)
            known->given[g].push_back(&reaches_.under(
                g, component_,
                {nodes.begin(), nodes.begin() + std::min<std::ptrdiff_t>(n, std::ssize(nodes))}));
      }
      continue;
    }
    if (meter_.spend(kOperationsPerReach * static_cast<double>(option_.replicas.size())))
      return false;
    Placement placement = placed(nodes, own, scheduled);
    if (scheduled) placement.given.resize(reaches_.given().size());
    for (const int n : option_.replicas) {
      const std::vector<NodeId> used(
          nodes.begin(), nodes.begin() + std::min<std::ptrdiff_t>(n, std::ssize(nodes)));
      placement.reach.push_back(&reaches_.whole(cluster_, component_, used));
      for (std::size_t g = 0; g < placement.given.size(); ++g)
        placement.given[g].push_back(&reaches_.under(g, component_, used));
    }
    placements_.push_back(std::move(placement));
  }
  return true;
}

std::vector<OptionFigures> CountFigures::figures(const SettingOptions& options,
                                                 const ComponentSpace& space,
                                                 const CountChoice& choice, int toleration,
                                                 bool headroom, const model::Stop& stop,
                                                 KnownOptions* known) const {
  StopMeter meter(stop);
  if (meter_.stopped()) known = nullptr;  // placements that were left out are no figures of others
  Scratch scratch{problem_.before, {}, headroom};
  scratch.deployment.toleration_seconds = toleration;
  scratch.numbers.replicas.resize(problem_.system.components.size());
  for (std::size_t i = 0; i < choice.size(); ++i)
    assign(scratch.deployment, problem_.decisions[space.counts[i]], choice[i]);
  ComponentPlan& plan = scratch.deployment.components[component_];
  std::vector<OptionFigures> result;
  for (std::size_t p = 0; p < options.probes.size(); ++p) {
    plan.probes = options.probes[p].probes;
    scratch.numbers.replicas[component_] = options.probes[p].replica;
    for (std::size_t c = 0; c < options.controllers.size(); ++c) {
      plan.failover = options.controllers[c].settings;
      if (meter.spend(kOperationsPerPlacement * static_cast<double>(placements_.size() + 1)))
        return result;
      OptionFigures figures = figures_of(scratch, known);
      figures.probe = p;
      figures.controller = c;
      figures.checks = options.probes[p].checks;
      for (auto* misrouted : {&figures.misrouted_low, &figures.misrouted_high})
        for (double& share : *misrouted)
          share = (share + options.probes[p].exposure) *
                  (1.0 - problem_.system.components[component_].retry);
      result.push_back(std::move(figures));
    }
  }
  return result;
}

OptionFigures CountFigures::figures_of(Scratch& scratch, KnownOptions* known) const {
  KnownOption own;
  KnownOption* found = &own;
  bool fresh = true;
  if (known != nullptr) {
    const ComponentPlan& plan = scratch.deployment.components[component_];
    const auto place = known->try_emplace(settings_key(plan.probes, plan.failover));
    found = &place.first->second;
    fresh = place.second;
  }
  if (fresh) found->figures = without_losses(scratch);
  OptionFigures figures = found->figures;
  for (std::size_t kind = 0; kind < kLimitedLosses; ++kind) {
    if (limited_[kind].empty()) continue;
    std::optional<Ends>& loss = found->loss[kind];
    if (!loss) loss = after_losses(scratch, kind);
    figures.loss[kind] = *loss;
  }
  return figures;
}

OptionFigures CountFigures::without_losses(Scratch& scratch) const {
  const System& system = problem_.system;
  const Component& component = system.components[component_];
  const ReplicaModel& replica = scratch.numbers.replicas[component_];
  const std::size_t levels = system.levels.size();
  OptionFigures f;
  for (auto* low : {&f.calm_low, &f.outside_low, &f.misrouted_low}) low->assign(levels, kNever);
  for (auto* high : {&f.high.calm, &f.outside_high, &f.misrouted_high}) high->assign(levels, 0.0);
  f.worst_low = kNever;
  f.alone.resize(classes_.classes.size());
  Delays well{kNever, kNever};
  if (component.movable) {
    well = {system.nodes.empty()
                ? 0.0
                : reschedule_delay(system, scratch.deployment, component_, replica),
            drain_delay(component, replica)};
  }
  Delays badly = well;
  if (!scratch.headroom) badly.reschedule = kNever;
  const Timings timings{well.settle, timing_of(system, cluster_, well),
                        timing_of(system, cluster_, badly)};
  std::vector<TableNumbers> tables;
  std::vector<std::vector<double>> down(levels);
  for (const Placement& placement : placements_) {
    // Only a failover's causes depend on the nodes.
    if (tables.empty() || component.failover) {
      tables.clear();
      scratch.deployment.components[component_].nodes = placement.nodes;
      for (LevelId l = 0; l < levels; ++l) {
        const int n = option_.replicas[l];
        const TableKey key{component_, n, needed(system, load_, component_, l, n), l};
        tables.push_back(table_numbers(system, scratch.deployment, load_, scratch.numbers, key));
        down[l].clear();
        for (int k = 0; k <= n; ++k) down[l].push_back(down_given(tables[l], k, 1.0));
      }
    }
    double worst_low = 0.0;
    double worst_high = 0.0;
    for (LevelId l = 0; l < levels; ++l) {
      lower(f.calm_low[l], down[l].back());
      raise(f.high.calm[l], down[l].back());
      const double low = outside(timings.kindly, *placement.reach[l], down[l], false);
      const double high = outside(timings.harshly, *placement.reach[l], down[l], true);
      worst_low += system.levels[l].share * low;
      worst_high += system.levels[l].share * high;
      if (!placement.own) continue;
      lower(f.outside_low[l], low);
      raise(f.outside_high[l], high);
      double misrouted = 0.0;
      const auto n = static_cast<std::size_t>(option_.replicas[l]);
      for (std::size_t i = 0; i < n && i < placement.nodes.size(); ++i)
        misrouted += node_exposure(system, placement.nodes[i]) / static_cast<double>(n);
      lower(f.misrouted_low[l], misrouted);
      raise(f.misrouted_high[l], misrouted);
    }
    if (placement.scheduled) {
      lower(f.worst_low, worst_low);
      raise(f.worst_sure, worst_low);
      raise(f.high.whole, worst_high);
      add_conditions(placement, down, timings, f);
    }
  }
  const double missed = 1.0 - cluster_.calm;
  if (!own_complete_) {
    for (LevelId l = 0; l < levels; ++l) {
      f.outside_low[l] = f.misrouted_low[l] = 0.0;
      f.outside_high[l] = missed;
      f.calm_low[l] = component.failover ? 0.0 : f.calm_low[l];
      f.high.calm[l] = component.failover ? 1.0 : f.high.calm[l];
      f.misrouted_high[l] = 1.0;
    }
  }
  if (!scheduled_complete_) {
    f.worst_low = 0.0;
    f.high.whole = missed;
    f.high.include_all(system, reaches_.given());
  }
  return f;
}

/// P(down | replicas of one of its drained nodes are out) over its nodes, each as often as that is.
double CountFigures::out_during_drains(const Placement& placement, const std::vector<double>& down,
                                       double settle) const {
  const auto& drain = problem_.system.drain;
  if (!drain) return 0.0;
  const auto used = static_cast<std::ptrdiff_t>(down.size()) - 1;
  const std::vector<NodeId> nodes(placement.nodes.begin(), placement.nodes.begin() + used);
  double sum = 0.0;
  for (const NodeId n : std::set(nodes.begin(), nodes.end()))
    sum += down[static_cast<std::size_t>(used - std::ranges::count(nodes, n))];
  return sum * std::min(drain->per_node, settle) / drain->every;
}

/// What the placement does given which domains are down; the first, most harmful one of each class is what `alone` is about.
void CountFigures::add_conditions(const Placement& placement,
                                  const std::vector<std::vector<double>>& down,
                                  const Timings& timings, OptionFigures& f) const {
  const auto& levels = problem_.system.levels;
  if (!placement.given.empty())
    f.high.include(problem_.system, reaches_.given(), placement.given, down, timings.harshly,
                   placement.distinct);
  if (!scatters_ || placement.given.empty() || !placement.node_class) return;
  OwnNodes& known = f.alone[*placement.node_class];
  const Condition& none = reaches_.given().front();
  const auto used = static_cast<double>(placement.distinct);
  const double elsewhere =
      (static_cast<double>(problem_.system.nodes.size()) - used) * none.cluster.drained;
  const double quiet = 1.0 - elsewhere - used * none.cluster.drained;
  OwnNodes alone;
  alone.nodes = static_cast<int>(used);
  bool resists = true;
  for (LevelId l = 0; l < levels.size(); ++l) {
    const Reach& reach = *placement.given.front()[l];
    const double with = outside_quiet(timings.kindly, reach, down[l]);
    const double bare = outside_quiet(reach, down[l]);
    const double calm = none.cluster.calm * down[l].back();
    alone.plain.push_back((calm + bare) / quiet);
    alone.credit.push_back((bare - with) / quiet);
    alone.drained += levels[l].share * out_during_drains(placement, down[l], timings.settle);
    alone.gain += levels[l].share * ((calm + with) / quiet - down[l].back());
    const std::size_t n = down[l].size() - 1;
    const std::vector<double> more = by_lost(down[l]);
    resists = resists && n > 1 && down[l][n - 1] < kTakesDown;
    if (!resists) continue;
    // Whether another node is lost, too, is taken for irrelevant: what that changes is left out.
    const double elsewhere_too = reach.other[n - 1] * more[n - 1];
    const double credited = outside_quiet(timings.kindly, reach, more);
    const double plain = outside_quiet(reach, more);
    alone.several.push_back((credited - elsewhere_too) / quiet);
    if (credited - elsewhere_too > 0.0)
      raise(alone.plainly, plain / (credited - elsewhere_too));
    else
      resists = resists && plain <= 0.0;
  }
  if (!resists || placement.nodes.size() != static_cast<std::size_t>(alone.nodes))
    alone.several.clear();
  alone.in_domain = placement.in_domain;
  // Where nodes differ, what a drained node held may be on better ones, and counts as if it were out without harm.
  const bool alike = classes_.classes.size() == 1;
  if (const auto& drain = problem_.system.drain)
    alone.absent =
        used * (alike ? std::min(drain->per_node, timings.settle) : drain->per_node) / drain->every;
  alone.gain += alone.drained;
  if (known.nodes > 0 && alone.gain < known.gain) return;
  for (std::size_t g = 1; g < placement.given.size(); ++g) {
    const Condition& given = reaches_.given()[g];
    double lost = 0.0;
    for (LevelId l = 0; l < levels.size(); ++l)
      lost += levels[l].share * (given.cluster.calm * down[l].back() +
                                 outside(timings.kindly, *placement.given[g][l], down[l], false));
    raise(alone.zone_lost, lost);
  }
  known = std::move(alone);
}

Ends CountFigures::after_losses(const Scratch& scratch, std::size_t kind) const {
  // What is down for good may hold replicas, so that even their own failures depend on where they are.
  const LossKind what = limited_[kind].front().kind;
  const bool placed = what == LossKind::node || what == LossKind::domain ||
                      !limited_[kind].front().before.nodes.empty();
  if (placed && !own_complete_) return {0.0, kNever};
  Ends ends{kNever, 0.0};
  for (const Placement& placement : placements_) {
    if (!placement.own) continue;
    double credited = 0.0;
    double plain = 0.0;
    for (const Loss& one : limited_[kind]) {
      raise(credited, loss(scratch, placement, one, true));
      // Without headroom the mean repair counts, which may be the shorter one.
      if (!scratch.headroom) raise(plain, loss(scratch, placement, one, false));
    }
    if (scratch.headroom) plain = credited;
    lower(ends.low, std::min(credited, plain));
    raise(ends.high, std::max(credited, plain));
    if (!placed) break;  // the same wherever the replicas are
  }
  return ends;
}

double CountFigures::loss(const Scratch& scratch, const Placement& placement, const Loss& what,
                          bool headroom) const {
  const System& system = problem_.system;
  double worst = 0.0;
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    const int n = option_.replicas[l];
    const int need = needed(system, load_, component_, l, n);
    const Toll toll = toll_on(system, what, component_, placement.nodes, n, need, headroom);
    raise(worst, component_return(system, scratch.deployment, component_,
                                  scratch.numbers.replicas[component_], what, toll, headroom)
                     .time);
  }
  return worst;
}

}  // namespace haplan::solver
