#include "model/availability/sum_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "model/availability/down_by_count.hpp"
#include "model/availability/stages.hpp"
#include "model/base/abandon.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostPlacements = 5'000;
constexpr double kOperations = 50.0;  ///< of one placement under one condition, per node

class Bound {
 public:
  Bound(const System& system, const Deployment& deployment, const LoadTable& load,
        const ComponentNumbers& numbers, const PlacementSpace& space, const Stop& stop)
      : system_(system),
        deployment_(deployment),
        load_(load),
        numbers_(numbers),
        space_(space),
        cluster_(make_cluster(system)),
        reaches_(system),
        meter_(stop),
        independent_(std::ranges::none_of(system.domains, &Domain::down)) {
    for (const Node& node : system.nodes)
      lost_ = std::max(lost_, down_probability(node.modes, node.down));
  }

  std::vector<double> run(const ServiceFunctions& functions) {
    std::vector<WorstAlone> alone;
    for (const ComponentId c : functions.inputs) alone.push_back(worst(c));
    std::vector<const WorstAlone*> all;
    for (const WorstAlone& one : alone) all.push_back(&one);
    const SumBound sum(system_, cluster_, reaches_.given(), functions);
    std::vector<double> bounds;
    for (const ServiceFunction& function : functions.functions)
      bounds.push_back(meter_.stopped() ? 1.0 : std::min(1.0, sum(function, all)));
    return bounds;
  }

 private:
  WorstAlone worst(ComponentId component) {
    const std::size_t levels = system_.levels.size();
    WorstAlone alone;
    alone.calm.assign(levels, 0.0);
    if (independent_) alone.losses.resize(levels);
    const Timing timing = timing_of(system_, cluster_, delays_of(component));
    const PlacementList list =
        allowed_placements(space_.rules[component], space_.cell, kMostPlacements);
    for (const auto& nodes : list.placements) {
      may_abandon();
      const std::size_t looks = reaches_.given().size() * levels * system_.nodes.size();
      if (meter_.spend(kOperations * static_cast<double>(looks))) break;
      add(component, nodes, timing, alone);
    }
    if (list.complete && !list.placements.empty()) return alone;
    std::ranges::fill(alone.calm, 1.0);
    alone.losses.clear();
    alone.whole = 1.0;
    alone.include_all(system_, reaches_.given());
    return alone;
  }

  void add(ComponentId component, const std::vector<NodeId>& nodes, const Timing& timing,
           WorstAlone& alone) {
    deployment_.components[component].nodes = nodes;
    std::vector<std::vector<WorstAlone::Placed>> placed(reaches_.given().size());
    const auto down = down_by_count(system_, deployment_, load_, numbers_, component);
    double whole = 0.0;
    for (LevelId l = 0; l < system_.levels.size(); ++l) {
      alone.calm[l] = std::max(alone.calm[l], down[l].back());
      const auto n = static_cast<std::ptrdiff_t>(down[l].size()) - 1;
      const std::vector<NodeId> used(nodes.begin(), nodes.begin() + n);
      if (independent_) alone.losses[l].include(down[l], used, lost_);
      whole += system_.levels[l].share *
               outside(timing, reaches_.whole(cluster_, component, used), down[l], true);
      for (std::size_t g = 0; g < placed.size(); ++g) {
        const Reach& reach = reaches_.under(g, component, used);
        placed[g].push_back({reaches_.given()[g].cluster.calm * down[l].back(),
                             outside_quiet(timing, reach, down[l]), outside_quiet(reach, down[l]),
                             outside_drained(timing, reach, down[l], true)});
      }
    }
    alone.whole = std::max(alone.whole, whole);
    alone.include(system_, reaches_.given(), placed, timing.reschedule,
                  static_cast<int>(std::set<NodeId>(nodes.begin(), nodes.end()).size()));
  }

  /// Credit of rescheduling only where every placement has headroom.
  [[nodiscard]] Delays delays_of(ComponentId c) const {
    const Component& component = system_.components[c];
    if (!component.movable) return {kNever, kNever};
    const ReplicaModel& replica = numbers_.replicas[c];
    return {space_.always_headroom ? reschedule_delay(system_, deployment_, c, replica) : kNever,
            drain_delay(component, replica)};
  }

  const System& system_;
  Deployment deployment_;
  const LoadTable& load_;
  const ComponentNumbers& numbers_;
  const PlacementSpace& space_;
  const Cluster cluster_;
  Reaches reaches_;
  StopMeter meter_;
  double lost_ = 0.0;  ///< P(a node is lost) while no domain is down, at most
  /// Nodes are lost one by one while no domain fails: below one that is held down they never are up.
  const bool independent_;
};

}  // namespace

void WorstAlone::include(const System& system, const std::vector<Condition>& conditions,
                         const std::vector<std::vector<Placed>>& placed, double rescheduled,
                         int used) {
  reschedule = std::min(reschedule, rescheduled);
  nodes = std::max(nodes, used);
  given.resize(conditions.size(), std::vector<Given>(system.levels.size()));
  apart.resize(system.levels.size());
  double one = 0.0;
  for (std::size_t g = 0; g < conditions.size(); ++g)
    for (LevelId l = 0; l < system.levels.size(); ++l) {
      const Placed& own = placed[g][l];
      const double quiet = own.calm + own.quiet;
      const double credit = own.plain - own.quiet;
      Given& worst = given[g][l];
      worst.credit = worst.plain > 0.0 ? std::min(worst.credit, credit) : credit;
      worst.plain = std::max(worst.plain, own.calm + own.plain);
      worst.quiet = std::max(worst.quiet, quiet);
      worst.lost = std::max(worst.lost, own.quiet);
      worst.drained = std::max(worst.drained, own.drained);
      if (g == 0) include_apart(l, {own.calm + own.plain, credit});
      if (g > 0) one += conditions[g].mass * system.levels[l].share * (quiet + own.drained);
    }
  zones = std::max(zones, one);
}

/// Of several placements those that are worse than any other in one of the two.
void WorstAlone::include_apart(LevelId level, const ApartPart::Placed& placed) {
  std::vector<ApartPart::Placed>& list = apart[level];
  const auto no_better = [](const ApartPart::Placed& a, const ApartPart::Placed& b) {
    return a.plain >= b.plain && a.credit <= b.credit;
  };
  if (std::ranges::any_of(list,
                          [&](const ApartPart::Placed& known) { return no_better(known, placed); }))
    return;
  std::erase_if(list, [&](const ApartPart::Placed& known) { return no_better(placed, known); });
  list.push_back(placed);
}

void WorstAlone::include_all(const System& system, const std::vector<Condition>& conditions) {
  given.clear();
  apart.assign(system.levels.size(), {{1.0, 0.0}});
  for (const Condition& condition : conditions) {
    const double drained = static_cast<double>(system.nodes.size()) * condition.cluster.drained;
    given.emplace_back(
        system.levels.size(),
        Given{1.0 - drained, 1.0 - drained, 0.0, 1.0 - drained - condition.cluster.calm, drained});
  }
  zones = 1.0;
}

SumBound::SumBound(const System& system, const Cluster& cluster,
                   const std::vector<Condition>& given, const ServiceFunctions& functions)
    : system_(system), cluster_(cluster), given_(given), functions_(functions), several_(1.0) {
  for (const Condition& condition : given) several_ -= condition.mass;
  several_ = std::max(0.0, several_);
  const auto& nodes = given.front().system.nodes;
  alike_ = std::ranges::all_of(nodes, [&](const Node& node) {
    return !node.down && fail_alike(node.modes, nodes.front().modes);
  });
}

double SumBound::operator()(const ServiceFunction& function,
                            const std::vector<const WorstAlone*>& alone) const {
  down_.resize(alone.size());
  double calm = 0.0;
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    for (std::size_t i = 0; i < alone.size(); ++i) down_[i] = alone[i]->calm[l];
    calm += system_.levels[l].share * cluster_.calm * functions_.value(function, down_, scratch_);
  }
  for (std::size_t i = 0; i < alone.size(); ++i) down_[i] = alone[i]->whole;
  const double whole = functions_.union_bound(function, down_, 1.0 - cluster_.calm);
  out_.assign(alone.size(), false);
  return std::min(calm + whole,
                  std::min(several_, whole) + given_.front().mass * under(function, alone, 0).down +
                      std::min(zones(function, alone, false), zones(function, alone, true)));
}

double SumBound::scattered(const ServiceFunction& function,
                           const std::vector<const WorstAlone*>& alone, LevelId level) const {
  const Condition& none = given_.front();
  const double quiet = 1.0 - static_cast<double>(system_.nodes.size()) * none.cluster.drained;
  const auto figures = [&](std::size_t i) -> const WorstAlone::Given& {
    return alone[i]->given.front()[level];
  };
  double associated = 0.0;
  for (const std::size_t i : function.series)
    associated = either(associated, figures(i).quiet / quiet);
  associated = std::min(associated, all_apart(function, alone, level));
  if (!alike_) return associated;
  // Those that have most per node get nodes of their own.
  order_ = function.series;
  std::ranges::stable_sort(order_, std::ranges::greater{}, [&](std::size_t i) {
    return figures(i).plain / std::max(1, alone[i]->nodes);
  });
  auto room = static_cast<int>(system_.nodes.size());
  double plain = 0.0;
  double up = 1.0;  // of those, while all nodes are
  double credit = 0.0;
  double others = 0.0;
  for (const std::size_t i : order_) {
    const double calm = alone[i]->calm[level];
    if (alone[i]->nodes == 0 || alone[i]->nodes > room || calm >= 1.0) {
      others = either(others, figures(i).quiet / quiet);
      continue;
    }
    room -= alone[i]->nodes;
    plain = either(plain, figures(i).plain / quiet);
    up *= 1.0 - calm;
    credit += figures(i).credit / quiet / (1.0 - calm);
  }
  return std::min(associated, either(others, plain - credit * up));
}

/// As if each had nodes of its own, as far as there are any.
double SumBound::all_apart(const ServiceFunction& function,
                           const std::vector<const WorstAlone*>& alone, LevelId level) const {
  const Condition& none = given_.front();
  const double quiet = 1.0 - static_cast<double>(system_.nodes.size()) * none.cluster.drained;
  parts_.resize(function.series.size());
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const WorstAlone& one = *alone[function.series[p]];
    ApartPart& part = parts_[p];
    part.calm = one.calm[level];
    part.plain = one.given.front()[level].plain / quiet;
    part.reschedule = one.reschedule;
    part.loss = one.losses.empty() ? nullptr : &one.losses[level];
    part.placed.clear();
    for (const ApartPart::Placed& placed : one.apart[level])
      part.placed.push_back({placed.plain / quiet, placed.credit / quiet});
  }
  return apart_bound(none.system.nodes, parts_);
}

/// The rest of the function is down as in the calm world, or by one of its cuts.
SumBound::Under SumBound::under(const ServiceFunction& function,
                                const std::vector<const WorstAlone*>& alone, std::size_t g) const {
  const double calm = given_[g].cluster.calm;
  const double drained = static_cast<double>(system_.nodes.size()) * given_[g].cluster.drained;
  const double quiet = 1.0 - drained;
  Under under{0.0, 1.0};
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    const auto fill = [&](const auto& figure) {
      for (std::size_t i = 0; i < alone.size(); ++i) down_[i] = out_[i] ? 0.0 : figure(*alone[i]);
    };
    fill([&](const WorstAlone& a) { return a.given[g][l].drained; });
    double sum = functions_.union_bound(function, down_, drained);
    // The rest of the function: as if nothing in series could fail.
    double series = g == 0 ? scattered(function, alone, l) : 0.0;
    fill([&](const WorstAlone& a) { return a.calm[l]; });
    for (const std::size_t i : function.series) down_[i] = 0.0;
    double rest = calm * functions_.value(function, down_, scratch_);
    fill([&](const WorstAlone& a) { return a.given[g][l].lost; });
    for (const std::size_t i : function.series) {
      down_[i] = 0.0;
      if (g > 0 && !out_[i]) series = either(series, alone[i]->given[g][l].quiet / quiet);
    }
    rest += functions_.union_bound(function, down_, quiet - calm);
    sum += quiet * either(series, std::min(1.0, rest / quiet));
    under.down += system_.levels[l].share * sum;
    under.least = std::min(under.least, sum);
  }
  return under;
}

/// P(service down while one domain is), at most: per domain every component in its worst placement for
/// that domain. A component that one lost domain takes down is in one of few domains, though, and not in the worst one
/// for each: with `apart` such components add what they add in one placement, as far as the others are up.
double SumBound::zones(const ServiceFunction& function, const std::vector<const WorstAlone*>& alone,
                       bool apart) const {
  constexpr double kCrippled = 0.5;
  out_.assign(alone.size(), false);
  double crippled = 0.0;
  for (std::size_t i = 0; i < alone.size() && apart; ++i) {
    const bool matters =
        std::ranges::count(function.series, i) > 0 || std::ranges::count(function.gated, i) > 0;
    const auto& given = alone[i]->given;
    const auto hit = [](const WorstAlone::Given& p) { return p.quiet + p.drained >= kCrippled; };
    if (!matters || std::none_of(given.begin() + 1, given.end(), [&](const auto& levels) {
          return std::ranges::any_of(levels, hit);
        }))
      continue;
    out_[i] = true;
    crippled += alone[i]->zones;
  }
  double sum = 0.0;
  double least = cluster_.drained > 0.0 ? 0.0 : 1.0;  // during drains nothing is said of both
  for (std::size_t g = 1; g < given_.size(); ++g) {
    const Under others = under(function, alone, g);
    sum += given_[g].mass * others.down;
    least = std::min(least, others.least);
  }
  return sum + (1.0 - least) * crippled;
}

std::vector<double> sum_bounds(const System& system, const Deployment& deployment,
                               const LoadTable& load, const ComponentNumbers& numbers,
                               const PlacementSpace& space, const ServiceFunctions& functions,
                               const Stop& stop) {
  if (system.nodes.empty()) return std::vector<double>(functions.functions.size(), 1.0);
  return Bound(system, deployment, load, numbers, space, stop).run(functions);
}

}  // namespace haplan::model
