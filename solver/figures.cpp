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

std::vector<NodeId> first_of(const std::vector<NodeId>& nodes, int n) {
  return {nodes.begin(), nodes.begin() + std::min<std::ptrdiff_t>(n, std::ssize(nodes))};
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

/// Of one option: every reach is looked at once, however many placements have it.
class CountFigures::Outsides {
 public:
  Outsides(const std::vector<const Reach*>& reach, const Timings& option, std::size_t levels)
      : timings(option), reach_(reach), levels_(levels) {}

  /// P(down | k reachable), by k.
  [[nodiscard]] const std::vector<double>& down(LevelId level) const { return levels_[level].down; }
  void set_down(LevelId level, std::vector<double> down) {
    Level& own = levels_[level];
    if (own.down == down) return;
    own.down = std::move(down);
    own.known.assign(reach_.size(), std::nullopt);
  }

  const Outside& of(LevelId level, std::size_t reach) {
    Level& own = levels_[level];
    std::optional<Outside>& known = own.known[reach];
    if (!known) {
      const Reach& what = *reach_[reach];
      known.emplace();
      known->plain = outside_quiet(what, own.down);
      known->kindly_quiet = outside_quiet(timings.kindly, what, own.down);
      known->kindly = known->kindly_quiet + outside_drained(timings.kindly, what, own.down, false);
      known->harshly_quiet = outside_quiet(timings.harshly, what, own.down);
      known->harshly_drained = outside_drained(timings.harshly, what, own.down, true);
    }
    return *known;
  }

  const Timings& timings;
  std::vector<std::vector<WorstAlone::Placed>> placed;  ///< room for one placement

 private:
  struct Level {
    std::vector<double> down;
    std::vector<std::optional<Outside>> known;
  };
  const std::vector<const Reach*>& reach_;
  std::vector<Level> levels_;
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
      losses_(problem, component) {
  const System& system = problem.system;
  if (system.nodes.empty()) {
    Placement only;
    only.own = only.scheduled = true;
    const auto n = static_cast<std::size_t>(std::ranges::max(option.replicas));
    for (auto* by_count :
         {&nowhere_.other, &nowhere_.drain_before, &nowhere_.drain_fewest, &nowhere_.drain_most})
      by_count->assign(n + 1, 0.0);
    only.reach.assign(system.levels.size(), index_of(nowhere_));
    only.given.assign(reaches.given().size(), only.reach);
    placements_.push_back(std::move(only));
    losses_.add(load, option.replicas, {});
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

std::size_t CountFigures::index_of(const Reach& reach) {
  const auto [known, fresh] = reach_index_.try_emplace(&reach, reach_.size());
  if (fresh) reach_.push_back(&reach);
  return known->second;
}

std::vector<std::size_t> CountFigures::reaches_under(std::size_t condition,
                                                     const std::vector<NodeId>& nodes) {
  std::vector<std::size_t> per_level;
  for (const int n : option_.replicas)
    per_level.push_back(index_of(reaches_.under(condition, component_, first_of(nodes, n))));
  return per_level;
}

bool CountFigures::add(const std::vector<std::vector<NodeId>>& list, bool own, bool scheduled) {
  for (const auto& nodes : list) {
    const auto known = std::ranges::find(placements_, nodes, &Placement::nodes);
    if (known != placements_.end()) {
      if (own && !known->own) losses_.add(load_, option_.replicas, nodes);
      known->own = known->own || own;
      if (scheduled && !known->scheduled) {
        known->scheduled = true;
        for (std::size_t g = 0; g < reaches_.given().size(); ++g)
          known->given.push_back(reaches_under(g, nodes));
      }
      continue;
    }
    if (meter_.spend(kOperationsPerReach * static_cast<double>(option_.replicas.size())))
      return false;
    if (own) losses_.add(load_, option_.replicas, nodes);
    Placement placement = placed(nodes, own, scheduled);
    for (const int n : option_.replicas)
      placement.reach.push_back(index_of(reaches_.whole(cluster_, component_, first_of(nodes, n))));
    for (std::size_t g = 0; scheduled && g < reaches_.given().size(); ++g)
      placement.given.push_back(reaches_under(g, nodes));
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
    if (losses_.empty(kind)) continue;
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
  Outsides outsides(reach_, timings, levels);
  for (const Placement& placement : placements_) {
    // Only a failover's causes depend on the nodes.
    if (tables.empty() || component.failover) {
      tables.clear();
      scratch.deployment.components[component_].nodes = placement.nodes;
      for (LevelId l = 0; l < levels; ++l) {
        const int n = option_.replicas[l];
        const TableKey key{component_, n, needed(system, load_, component_, l, n), l};
        tables.push_back(table_numbers(system, scratch.deployment, load_, scratch.numbers, key));
        std::vector<double> down;
        for (int k = 0; k <= n; ++k) down.push_back(down_given(tables[l], k, 1.0));
        outsides.set_down(l, std::move(down));
      }
    }
    double worst_low = 0.0;
    double worst_high = 0.0;
    for (LevelId l = 0; l < levels; ++l) {
      lower(f.calm_low[l], outsides.down(l).back());
      raise(f.high.calm[l], outsides.down(l).back());
      const Outside& outside = outsides.of(l, placement.reach[l]);
      const double low = outside.kindly;
      const double high = outside.harshly_quiet + outside.harshly_drained;
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
      add_conditions(placement, outsides, f);
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
void CountFigures::add_conditions(const Placement& placement, Outsides& outsides,
                                  OptionFigures& f) const {
  const auto& levels = problem_.system.levels;
  const Timings& timings = outsides.timings;
  outsides.placed.resize(placement.given.size());
  for (std::size_t g = 0; g < placement.given.size(); ++g) {
    outsides.placed[g].clear();
    for (LevelId l = 0; l < levels.size(); ++l) {
      const Outside& outside = outsides.of(l, placement.given[g][l]);
      outsides.placed[g].push_back({reaches_.given()[g].cluster.calm * outsides.down(l).back(),
                                    outside.harshly_quiet, outside.plain, outside.harshly_drained});
    }
  }
  if (!placement.given.empty())
    f.high.include(problem_.system, reaches_.given(), outsides.placed, timings.harshly.reschedule,
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
    const std::vector<double>& down = outsides.down(l);
    const Reach& reach = *reach_[placement.given.front()[l]];
    const double with = outsides.of(l, placement.given.front()[l]).kindly_quiet;
    const double bare = outsides.of(l, placement.given.front()[l]).plain;
    const double calm = none.cluster.calm * down.back();
    alone.plain.push_back((calm + bare) / quiet);
    alone.credit.push_back((bare - with) / quiet);
    alone.drained += levels[l].share * out_during_drains(placement, down, timings.settle);
    alone.gain += levels[l].share * ((calm + with) / quiet - down.back());
    const std::size_t n = down.size() - 1;
    const std::vector<double> more = by_lost(down);
    resists = resists && n > 1 && down[n - 1] < kTakesDown;
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
      lost += levels[l].share * (given.cluster.calm * outsides.down(l).back() +
                                 outsides.of(l, placement.given[g][l]).kindly);
    raise(alone.zone_lost, lost);
  }
  known = std::move(alone);
}

Ends CountFigures::after_losses(const Scratch& scratch, std::size_t kind) const {
  if (losses_.placed(kind) && !own_complete_) return {0.0, kNever};
  return losses_.after(kind, scratch.deployment, scratch.numbers.replicas[component_],
                       scratch.headroom);
}

}  // namespace haplan::solver
