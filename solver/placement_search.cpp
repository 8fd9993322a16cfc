#include "solver/placement_search.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/headroom.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Figures that differ by less, relative, are equal for the preference.
constexpr double kTie = 1e-12;

bool earlier(const ValuedPlacement& a, const ValuedPlacement& b) {
  for (std::size_t c = 0; c < a.components.size(); ++c)
    if (a.components[c].nodes != b.components[c].nodes)
      return a.components[c].nodes < b.components[c].nodes;
  return false;
}

}  // namespace

PlacementSearch::PlacementSearch(const PlacementRequest& what, const ComponentNumbers& numbers)
    : request(what),
      space(own_space(what.problem, what.load, what.deployment)),
      current(what.deployment),
      figures_(what.problem.system, what.deployment, what.load, numbers),
      weight_(figures_.functions().size(), 0.0) {
  for (std::size_t f = 0; f < weight_.size(); ++f)
    for (const ServiceId s : figures_.functions()[f].services)
      for (const Objective& objective : request.problem.objectives)
        if (objective.service == s) weight_[f] += 1.0;
}

const PlacementSearch::Vector& PlacementSearch::down(std::size_t placed,
                                                     const std::vector<NodeId>& nodes,
                                                     bool credit, Moves moves) {
  auto [found, fresh] = known_.try_emplace({placed, credit, static_cast<int>(moves), nodes});
  if (fresh) found->second = figures_.down(placed, nodes, credit, moves);
  return found->second;
}

std::size_t PlacementSearch::placed_index(ComponentId component) const {
  const auto& placed = figures_.placed();
  const auto found = std::ranges::lower_bound(placed, component);
  return found != placed.end() && *found == component
             ? static_cast<std::size_t>(found - placed.begin())
             : placed.size();
}

double PlacementSearch::exact() {
  const bool credit = space.always_headroom ||
                      has_headroom(request.problem.system, request.load, current);
  std::vector<const Vector*> inputs;
  for (std::size_t i = 0; i < figures_.placed().size(); ++i)
    inputs.push_back(
        &down(i, current.components[figures_.placed()[i]].nodes, credit, Moves::exact));
  double sum = 0.0;
  for (std::size_t f = 0; f < weight_.size(); ++f)
    if (weight_[f] > 0.0)
      sum += weight_[f] * figures_.unavailability(figures_.functions()[f], inputs);
  return sum;
}

std::optional<Deployment> PlacementSearch::first_acceptable(std::vector<ValuedPlacement>& found) {
  std::ranges::stable_sort(found, {}, &ValuedPlacement::unavailability);
  for (auto first = found.begin(); first != found.end();) {
    const double most = first->unavailability * (1.0 + kTie);
    const auto last =
        std::find_if(first, found.end(),
                     [most](const ValuedPlacement& p) { return p.unavailability > most; });
    std::sort(first, last, earlier);
    for (; first != last; ++first) {
      if (stopped()) return std::nullopt;
      Deployment candidate = current;
      candidate.components = first->components;
      if (!request.acceptable || request.acceptable(candidate)) return candidate;
    }
  }
  return std::nullopt;
}

bool PlacementSearch::names_matter() const {
  const System& system = request.problem.system;
  return system.drain && std::ranges::any_of(figures_.placed(), [&](ComponentId c) {
    return system.components[c].movable;
  });
}

void PlacementSearch::prepare_bounds() {
  std::vector<std::size_t> cell(request.problem.system.nodes.size());
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  const std::size_t count = figures_.placed().size();
  bounds_.least.assign(count, Vector(figures_.size(), 1.0));
  bounds_.most.assign(count, Vector(figures_.size(), 0.0));
  for (std::size_t i = 0; i < count; ++i) {
    const PlacementList list = allowed_placements(space.rules[figures_.placed()[i]], cell,
                                                  kMostListedPlacements);
    if (!list.complete) {
      bounds_.least[i].assign(figures_.size(), 0.0);
      bounds_.most[i].assign(figures_.size(), 1.0);
      continue;
    }
    for (const auto& nodes : list.placements) {
      const Vector high = figures_.down(i, nodes, space.always_headroom, Moves::fewest);
      const Vector& low = down(i, nodes, true, Moves::most);
      for (std::size_t w = 0; w < low.size(); ++w) {
        bounds_.least[i][w] = std::min(bounds_.least[i][w], low[w]);
        bounds_.most[i][w] = std::max(bounds_.most[i][w], high[w]);
      }
    }
  }
  add_rest();
}

/// A later component adds at least the probability that it alone is down, beyond its least: such events of different
/// components are disjoint.
void PlacementSearch::add_rest() {
  bounds_.rest.assign(space.units.size() + 1, 0.0);
  std::vector<std::size_t> cell = space.cell;
  for (std::size_t depth = space.units.size(); depth-- > 0;) {
    double adds = 0.0;
    const PlacementUnit& unit = space.units[depth];
    const std::size_t i = placed_index(unit[0]);
    const bool alone = unit.size() == 1 && i < figures_.placed().size();
    const PlacementList list = alone ? allowed_placements(space.rules[unit[0]], cell, 500)
                                     : PlacementList{false, {}};
    for (std::size_t f = 0; list.complete && f < weight_.size(); ++f) {
      const ServiceFunction& function = figures_.functions()[f];
      if (weight_[f] == 0.0 || std::ranges::count(function.series, i) == 0) continue;
      std::vector<const Vector*> most;
      for (const Vector& v : bounds_.most) most.push_back(&v);
      most[i] = &bounds_.least[i];
      const Vector others = figures_.joint(function, most);
      double least = 1.0;
      for (const auto& nodes : list.placements) {
        const Vector& q = down(i, nodes, true, Moves::most);
        double sum = 0.0;
        for (std::size_t w = 0; w < q.size(); ++w)
          sum += figures_.mass()[w] * (1.0 - others[w]) * (q[w] - bounds_.least[i][w]);
        least = std::min(least, sum);
      }
      // `others` already leaves out the worlds in which the component's own least is down; so does the residual.
      adds += weight_[f] * std::max(0.0, least);
    }
    bounds_.rest[depth] = bounds_.rest[depth + 1] + adds;
  }
}

double PlacementSearch::bound(std::size_t depth) {
  std::vector<const Vector*> inputs;
  for (const Vector& v : bounds_.least) inputs.push_back(&v);
  for (std::size_t d = 0; d < depth; ++d)
    for (const ComponentId c : space.units[d])
      if (const std::size_t i = placed_index(c); i < inputs.size())
        inputs[i] = &down(i, current.components[c].nodes, true, Moves::most);
  double sum = bounds_.rest[depth];
  for (std::size_t f = 0; f < weight_.size(); ++f)
    if (weight_[f] > 0.0)
      sum += weight_[f] * figures_.unavailability(figures_.functions()[f], inputs);
  return sum;
}

bool PlacementSearch::is_free(const PlacementUnit& unit) const {
  return space.capacity_never_binds && space.always_headroom &&
         std::ranges::all_of(unit, [this](ComponentId c) {
           return placed_index(c) == figures_.placed().size();
         });
}

void PlacementSearch::place_free_units() {
  std::vector<std::size_t> cell(request.problem.system.nodes.size());
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  std::erase_if(space.units, [&](const PlacementUnit& unit) {
    if (!is_free(unit)) return false;
    const UnitPlacements list = unit_placements(space, unit, cell, kMostListedPlacements);
    for (std::size_t i = 0; i < unit.size() && !list.options.empty(); ++i) {
      current.components[unit[i]].nodes = list.options.front()[i];
      space.rules[unit[i]].counts.clear();  // not part of the search any more
    }
    return !list.options.empty();
  });
}

void PlacementSearch::leaf(double low) {
  const double value = exact();
  leaves_.push_back({low, current.components});
  if (has_incumbent_ && value >= incumbent_) return;
  if (request.acceptable && !request.acceptable(current)) return;
  has_incumbent_ = true;
  incumbent_ = value;
}

void PlacementSearch::visit(std::size_t depth, const std::vector<std::size_t>& cell,
                            NodeLoad& load) {
  const double low = bound(depth);
  if (has_incumbent_ && low > incumbent_ * (1.0 + kTie)) return;
  if (depth == space.units.size()) {
    leaf(low);
    return;
  }
  const PlacementUnit& unit = space.units[depth];
  const UnitPlacements list = unit_placements(space, unit, cell, kMostListedPlacements);
  complete_ = complete_ && list.complete;
  for (const UnitPlacement& option : list.options) {
    ++visited_;
    if (stopped()) {
      complete_ = false;
      return;
    }
    for (std::size_t i = 0; i < unit.size(); ++i) {
      load.add(unit[i], option[i], 1);
      current.components[unit[i]].nodes = option[i];
    }
    if (load.fits()) visit(depth + 1, refined(space, unit, option, cell), load);
    for (std::size_t i = 0; i < unit.size(); ++i) load.add(unit[i], option[i], -1);
  }
}

void PlacementSearch::all_namings(const ValuedPlacement& one,
                                  std::vector<ValuedPlacement>& found) {
  const System& system = request.problem.system;
  const std::size_t nodes = system.nodes.size();
  // What a node carries; equal nodes with the same load need not be exchanged.
  std::vector<std::size_t> after = space.cell;
  for (const PlacementUnit& unit : space.units) {
    UnitPlacement placement;
    for (const ComponentId c : unit) placement.push_back(one.components[c].nodes);
    after = refined(space, unit, placement, after);
  }
  std::vector<NodeId> image(nodes, kOut);
  std::vector<bool> used(nodes, false);
  constexpr std::size_t kMostNamings = 20'000;
  std::size_t count = 0;
  const auto assign_image = [&](const auto& self, NodeId node) -> void {
    if (count > kMostNamings || stopped()) {
      complete_ = false;
      return;
    }
    if (node == nodes) {
      ++count;
      for (std::size_t c = 0; c < one.components.size(); ++c) {
        std::vector<NodeId>& to = current.components[c].nodes;
        to = one.components[c].nodes;
        if (space.rules[c].counts.empty()) continue;
        for (NodeId& n : to) n = image[n];
        // Replicas that a level adds are listed in node order.
        std::size_t begin = 0;
        for (const int end : space.rules[c].counts) {
          std::sort(to.begin() + static_cast<std::ptrdiff_t>(begin), to.begin() + end);
          begin = static_cast<std::size_t>(end);
        }
      }
      found.push_back({exact(), current.components});
      return;
    }
    NodeId least = 0;
    for (NodeId before = 0; before < node; ++before)
      if (after[before] == after[node]) least = image[before] + 1;
    for (NodeId to = least; to < nodes; ++to) {
      if (used[to] || space.cell[to] != space.cell[node]) continue;
      used[to] = true;
      image[node] = to;
      self(self, node + 1);
      used[to] = false;
    }
  };
  assign_image(assign_image, 0);
}

PlacementAnswer PlacementSearch::branch_and_bound() {
  place_free_units();
  prepare_bounds();
  NodeLoad load = node_load();
  visit(0, space.cell, load);
  PlacementAnswer answer;
  answer.visited = visited_;
  std::vector<ValuedPlacement> found;
  for (const ValuedPlacement& one : leaves_) {
    if (has_incumbent_ && one.unavailability > incumbent_ * (1.0 + kTie)) continue;
    if (names_matter()) {
      all_namings(one, found);
    } else {
      current.components = one.components;
      found.push_back({exact(), one.components});
    }
  }
  answer.best = first_acceptable(found);
  answer.complete = complete_ && !stopped();
  return answer;
}

}  // namespace haplan::solver
