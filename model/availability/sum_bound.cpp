#include "model/availability/sum_bound.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/reach.hpp"
#include "model/availability/stages.hpp"

namespace haplan::model {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostPlacements = 5'000;
constexpr double kOperations = 50'000;  ///< of one placement under one condition

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
        meter_(stop) {}

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
    WorstAlone alone{std::vector<double>(levels, 0.0),
                     std::vector<double>(reaches_.given().size(), 0.0), 0.0, 0.0,
                     space_.rules[component].counts.back() == 1};
    const PlacementList list =
        allowed_placements(space_.rules[component], space_.cell, kMostPlacements);
    for (const auto& nodes : list.placements) {
      if (meter_.spend(kOperations * static_cast<double>(reaches_.given().size() * levels))) break;
      add(component, nodes, alone);
    }
    if (list.complete && !list.placements.empty()) return alone;
    std::ranges::fill(alone.calm, 1.0);
    std::ranges::fill(alone.given, 1.0);
    alone.whole = alone.zones = 1.0;
    return alone;
  }

  void add(ComponentId component, const std::vector<NodeId>& nodes, WorstAlone& alone) {
    deployment_.components[component].nodes = nodes;
    const Delays delays = delays_of(component);
    std::vector<double> given(alone.given.size(), 0.0);
    double whole = 0.0;
    for (LevelId l = 0; l < system_.levels.size(); ++l) {
      const int n = replicas_at(system_, load_, deployment_.components[component], component, l);
      const TableNumbers table =
          table_numbers(system_, deployment_, load_, numbers_,
                        {component, n, needed(system_, load_, component, l, n), l});
      std::vector<double> down;
      for (int k = 0; k <= n; ++k) down.push_back(down_given(table, k, 1.0));
      alone.calm[l] = std::max(alone.calm[l], down.back());
      const std::vector<NodeId> used(nodes.begin(), nodes.begin() + n);
      const double share = system_.levels[l].share;
      whole +=
          share * outside(system_, reaches_.whole(cluster_, component, used), down, delays, true);
      for (std::size_t g = 0; g < given.size(); ++g)
        given[g] += share * outside(reaches_.given()[g].system, reaches_.under(g, component, used),
                                    down, delays, true);
    }
    alone.whole = std::max(alone.whole, whole);
    double zones = 0.0;
    for (std::size_t g = 1; g < given.size(); ++g) zones += reaches_.given()[g].mass * given[g];
    alone.zones = std::max(alone.zones, zones);
    for (std::size_t g = 0; g < given.size(); ++g)
      alone.given[g] = std::max(alone.given[g], given[g]);
  }

  /// Credit of rescheduling only where every placement has headroom.
  [[nodiscard]] Delays delays_of(ComponentId c) const {
    const Component& component = system_.components[c];
    if (!component.movable) return {kNever, kNever};
    const ReplicaModel& replica = numbers_.replicas[c];
    return {space_.always_headroom ? reschedule_delay(system_, deployment_, c, replica) : kNever,
            std::min(component.shutdown, component.grace) + replica.start + replica.ready_mean};
  }

  const System& system_;
  Deployment deployment_;
  const LoadTable& load_;
  const ComponentNumbers& numbers_;
  const PlacementSpace& space_;
  const Cluster cluster_;
  Reaches reaches_;
  StopMeter meter_;
};

}  // namespace

SumBound::SumBound(const System& system, const Cluster& cluster,
                   const std::vector<Condition>& given, const ServiceFunctions& functions)
    : system_(system), cluster_(cluster), given_(given), functions_(functions), several_(1.0) {
  for (const Condition& condition : given) several_ -= condition.mass;
  several_ = std::max(0.0, several_);
}

double SumBound::operator()(const ServiceFunction& function,
                            const std::vector<const WorstAlone*>& alone) const {
  down_.resize(alone.size());
  const auto fill = [&](const auto& figure) {
    std::ranges::transform(alone, down_.begin(), [&](const WorstAlone* a) { return figure(*a); });
  };
  double sum = 0.0;
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    fill([l](const WorstAlone& a) { return a.calm[l]; });
    sum += system_.levels[l].share * cluster_.calm * functions_.value(function, down_, scratch_);
  }
  fill([](const WorstAlone& a) { return a.whole; });
  const double whole = functions_.union_bound(function, down_, 1.0 - cluster_.calm);
  double parts = std::min(several_, whole);
  fill([](const WorstAlone& a) { return a.given.front(); });
  const Condition& none = given_.front();
  const auto singles = static_cast<std::size_t>(
      std::ranges::count_if(function.series, [&alone](std::size_t i) { return alone[i]->single; }));
  parts +=
      none.mass * without_overlap(functions_.union_bound(function, down_, 1.0 - none.cluster.calm),
                                  none, singles);
  parts += std::min(zones(function, alone, false), zones(function, alone, true));
  return sum + std::min(whole, parts);
}

/// P(service down while one domain is), at most: per domain the sum over cuts of every component's worst placement for
/// that domain. A component that one lost domain takes down is in one of few domains, though, and not in the worst one
/// for each: with `apart` such components add what they add in one placement.
double SumBound::zones(const ServiceFunction& function, const std::vector<const WorstAlone*>& alone,
                       bool apart) const {
  constexpr double kCrippled = 0.5;
  double sum = 0.0;
  out_.assign(alone.size(), false);
  for (std::size_t i = 0; i < alone.size() && apart; ++i) {
    const bool matters =
        std::ranges::count(function.series, i) > 0 || std::ranges::count(function.gated, i) > 0;
    const auto& given = alone[i]->given;
    if (!matters ||
        std::none_of(given.begin() + 1, given.end(), [](double p) { return p >= kCrippled; }))
      continue;
    out_[i] = true;
    sum += alone[i]->zones;
  }
  for (std::size_t g = 1; g < given_.size(); ++g) {
    for (std::size_t i = 0; i < alone.size(); ++i) down_[i] = out_[i] ? 0.0 : alone[i]->given[g];
    sum += given_[g].mass * functions_.union_bound(function, down_, 1.0 - given_[g].cluster.calm);
  }
  return sum;
}

std::vector<double> sum_bounds(const System& system, const Deployment& deployment,
                               const LoadTable& load, const ComponentNumbers& numbers,
                               const PlacementSpace& space, const ServiceFunctions& functions,
                               const Stop& stop) {
  if (system.nodes.empty()) return std::vector<double>(functions.functions.size(), 1.0);
  return Bound(system, deployment, load, numbers, space, stop).run(functions);
}

}  // namespace haplan::model
