#include "model/availability/branch_units.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/occupancy.hpp"

namespace haplan::model {

BranchUnits::BranchUnits(const PlacementQuestion& question, const std::vector<double>& worst,
                         StopMeter& meter)
    : question_(question),
      meter_(meter),
      cache_(question.figures, question.space.always_headroom, Moves::fewest, meter),
      apart_(question.figures.placed().size(), 0.0) {
  for (const PlacementUnit& unit : question.space.units) add(unit, worst);
  lists_.resize(units_.size());
  std::ranges::stable_sort(units_, [](const BranchUnit& a, const BranchUnit& b) {
    return a.gated != b.gated ? a.gated : a.rank > b.rank;
  });
}

void BranchUnits::add(const PlacementUnit& members, const std::vector<double>& worst) {
  BranchUnit unit;
  unit.members = &members;
  bool matters = false;
  for (const ComponentId c : members) {
    const std::size_t i = placed_index(question_.figures, c);
    unit.placed.push_back(i);
    const bool series = is_series(i);
    const bool gated = std::ranges::count(question_.function.gated, i) > 0;
    if (series) {
      unit.worst += worst[i];
      unit.rank += rank(i, question_.deployment.components[c].nodes, worst[i]);
    }
    unit.gated = unit.gated || gated;
    matters = matters || series || gated;
  }
  const auto& nodes = question_.deployment.components[members.front()].nodes;
  unit.lone = members.size() == 1 && nodes.size() == 1 && !unit.gated;
  if (matters) units_.push_back(std::move(unit));
}

/// By what its nodes do to it. What has several comes first, because what lone replicas add on shared nodes is bounded well.
double BranchUnits::rank(std::size_t placed, const std::vector<NodeId>& nodes, double worst) {
  constexpr double kSeveral = 10.0;
  double by_itself = worst;  // nothing is known of it where no worlds are listed
  for (const double down : cache_.at(placed, nodes)) by_itself = std::min(by_itself, down);
  return (nodes.size() > 1 ? kSeveral : 1.0) * (worst - by_itself);
}

const std::vector<double>& BranchUnits::set_apart() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    if (!units_[u].lone) continue;
    const std::size_t placed = units_[u].placed.front();
    double least = 1.0;
    for (const UnitPlacement& option : listed(u, question_.space.cell).options)
      for (const double q : cache_.at(placed, option.front())) least = std::min(least, q);
    if (least < 1.0) apart_[placed] = least;
  }
  cache_.set_apart(apart_);
  find_twins();
  return apart_;
}

void BranchUnits::find_twins() {
  for (std::size_t u = 0; u < units_.size(); ++u)
    for (std::size_t earlier = u; units_[u].lone && !units_[u].twin && earlier-- > 0;)
      if (units_[earlier].lone && alike(u, earlier)) units_[u].twin = earlier;
}

bool BranchUnits::alike(std::size_t a, std::size_t b) {
  constexpr double kEqual = 1e-13;
  const ComponentId first = units_[a].members->front();
  const ComponentId second = units_[b].members->front();
  const PlacementRule& rule = question_.space.rules[first];
  const PlacementRule& other = question_.space.rules[second];
  if (rule.nodes != other.nodes || rule.fixed || other.fixed) return false;
  if (!question_.space.capacity_never_binds &&
      (question_.system.components[first].requests !=
           question_.system.components[second].requests ||
       question_.space.replicas[first] != question_.space.replicas[second]))
    return false;
  const auto& cell = question_.space.cell;
  return std::ranges::all_of(listed(a, cell).options, [&](const UnitPlacement& option) {
    return std::ranges::equal(cache_.at(units_[a].placed[0], option[0]),
                              cache_.at(units_[b].placed[0], option[0]),
                              [](double x, double y) { return std::abs(x - y) <= kEqual; });
  });
}

bool BranchUnits::is_series(std::size_t placed) const {
  return std::ranges::count(question_.function.series, placed) > 0;
}

DownVector BranchUnits::down(const BranchUnit& unit, const UnitPlacement& placement) {
  DownVector result;
  for (std::size_t i = 0; i < placement.size(); ++i) {
    if (!is_series(unit.placed[i])) continue;
    const DownVector& q = cache_.at(unit.placed[i], placement[i]);
    if (result.empty()) {
      result = q;
      continue;
    }
    for (std::size_t w = 0; w < q.size(); ++w) result[w] += q[w] * (1.0 - result[w]);
  }
  return result.empty() ? DownVector(question_.figures.size(), 0.0) : result;
}

double BranchUnits::gain(const BranchUnit& unit, const UnitPlacement& placement,
                         const DownVector& weight) {
  return placement.size() == 1 ? dot(weight, cache_.at(unit.placed[0], placement[0]))
                               : dot(weight, down(unit, placement));
}

const UnitPlacements& BranchUnits::listed(std::size_t unit, const std::vector<std::size_t>& cell) {
  Lists& lists = lists_[unit];
  if (const auto found = lists.kept.find(cell); found != lists.kept.end()) return found->second;
  UnitPlacements made = unit_placements(question_.space, *units_[unit].members, cell, kMostListed);
  constexpr double kOperations = 500.0;  // of one placement
  const double work = kOperations * static_cast<double>(made.options.size() + cell.size());
  listing_ += work;
  meter_.spend(work);
  constexpr std::size_t kMostKept = 1'000'000;
  if (kept_ > kMostKept) return lists.last = std::move(made);
  kept_ += made.options.size();
  return lists.kept[cell] = std::move(made);
}

}  // namespace haplan::model
