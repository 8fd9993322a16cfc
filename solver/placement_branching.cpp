#include "solver/placement_branching.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

#include "solver/placement_namings.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::vector<std::size_t> all_different(std::size_t nodes) {
  std::vector<std::size_t> cell(nodes);
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  return cell;
}

void join(PlacementSearch::Vector& down, const PlacementSearch::Vector& more) {
  for (std::size_t w = 0; w < down.size(); ++w) down[w] += more[w] * (1.0 - down[w]);
}

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

constexpr double kOperationsPerState = 10.0;

bool has(const std::vector<std::size_t>& list, std::size_t what) {
  return std::ranges::find(list, what) != list.end();
}

/// Drained replicas land where names decide.
bool names_matter(const PlacementSearch& search) {
  const System& system = search.request.problem.system;
  return system.drain && std::ranges::any_of(search.figures.placed(), [&](ComponentId c) {
           return system.components[c].movable;
         });
}

}  // namespace

PlacementBranching::PlacementBranching(PlacementSearch& search, Names names)
    : search_(search), load_(search.node_load()) {
  const System& system = search.request.problem.system;
  names_matter_ = names_matter(search);
  if (names_matter_ && names == Names::given) {
    search.space.cell = all_different(system.nodes.size());
    moves_ = Moves::exact;
    names_matter_ = false;
  }
  place_free_units();
  for (const PlacementUnit& members : search.space.units) {
    Unit unit{members, {}, 0.0};
    for (const ComponentId c : members) unit.placed.push_back(search.placed_index(c));
    units_.push_back(std::move(unit));
  }
  find_extremes();
  order_units();
  prepare_functions();
}

bool PlacementBranching::few_names(const PlacementSearch& search) {
  if (!names_matter(search)) return false;
  constexpr double kFew = 1'000;
  std::map<std::size_t, double> equal;
  double names = 1.0;
  for (const std::size_t cell : search.space.cell) names *= ++equal[cell];
  if (names > kFew || search.figures.dropped() > 0.0) return false;
  const auto cell = all_different(search.space.cell.size());
  return std::ranges::all_of(search.space.units, [&](const PlacementUnit& unit) {
    return unit_placements(search.space, unit, cell, kMostListedPlacements).complete;
  });
}

/// Units that change no figure: their lexicographically first placement is the best.
void PlacementBranching::place_free_units() {
  PlacementSpace& space = search_.space;
  if (!space.capacity_never_binds || !space.always_headroom) return;
  const auto cell = all_different(search_.request.problem.system.nodes.size());
  std::erase_if(space.units, [&](const PlacementUnit& unit) {
    for (const ComponentId c : unit)
      if (search_.placed_index(c) < search_.figures.placed().size()) return false;
    const UnitPlacements list = unit_placements(space, unit, cell, kMostListedPlacements);
    if (list.options.empty()) return false;
    for (std::size_t i = 0; i < unit.size(); ++i) {
      search_.current.components[unit[i]].nodes = list.options.front()[i];
      space.rules[unit[i]].counts.clear();  // no part of the search any more
    }
    return true;
  });
}

void PlacementBranching::find_extremes() {
  const auto cell = all_different(search_.request.problem.system.nodes.size());
  const WorldFigures& figures = search_.figures;
  least_.assign(figures.placed().size(), Vector(figures.size(), 1.0));
  most_.assign(figures.placed().size(), Vector(figures.size(), 0.0));
  for (std::size_t i = 0; i < figures.placed().size(); ++i) {
    const PlacementList list =
        allowed_placements(search_.space.rules[figures.placed()[i]], cell, kMostListedPlacements);
    if (!list.complete) {
      least_[i].assign(figures.size(), 0.0);
      most_[i].assign(figures.size(), 1.0);
      continue;
    }
    for (const auto& nodes : list.placements) {
      if (search_.stopped(static_cast<double>(5 * figures.size()))) {
        least_[i].assign(figures.size(), 0.0);
        most_[i].assign(figures.size(), 1.0);
        break;
      }
      const Vector high = figures.down(i, nodes, search_.space.always_headroom, Moves::fewest);
      const Vector& low = search_.down(i, nodes, true, moves_);
      for (std::size_t w = 0; w < low.size(); ++w) {
        least_[i][w] = std::min(least_[i][w], low[w]);
        most_[i][w] = std::max(most_[i][w], high[w]);
      }
    }
  }
}

/// P(the unit's only member is down beyond its least, and nothing else is), in its most harmless placement.
/// Such events of different components are disjoint.
double PlacementBranching::adds_at_least(const Unit& unit, std::size_t of) {
  const WorldFigures& figures = search_.figures;
  const ServiceFunction& function = figures.functions()[of];
  const std::size_t i = unit.placed[0];
  if (unit.members.size() > 1 || !has(function.series, i)) return 0.0;
  const PlacementList list = allowed_placements(search_.space.rules[unit.members[0]],
                                                search_.space.cell, kMostListedPlacements);
  if (!list.complete || list.placements.empty()) return 0.0;
  std::vector<const Vector*> most;
  for (const Vector& v : most_) most.push_back(&v);
  most[i] = &least_[i];
  const Vector others = figures.joint(function, most);
  double least = 1.0;
  for (const auto& nodes : list.placements) {
    const Vector& q = search_.down(i, nodes, true, moves_);
    double sum = 0.0;
    for (std::size_t w = 0; w < q.size(); ++w)
      sum += figures.mass()[w] * (1.0 - others[w]) * (q[w] - least_[i][w]);
    least = std::min(least, sum);
  }
  return std::max(0.0, least);
}

/// What adds most comes first. Where no name changes a figure the order stays: then the smallest of equal placements is
/// the one that the order of components finds.
void PlacementBranching::order_units() {
  for (Unit& unit : units_)
    for (std::size_t f = 0; f < search_.weight.size(); ++f)
      if (search_.weight[f] > 0.0) unit.adds += search_.weight[f] * adds_at_least(unit, f);
  if (names_matter_ || moves_ == Moves::exact)
    std::ranges::stable_sort(units_, std::ranges::greater{}, &Unit::adds);
  rest_adds_.assign(units_.size() + 1, 0.0);
  for (std::size_t d = units_.size(); d-- > 0;) rest_adds_[d] = rest_adds_[d + 1] + units_[d].adds;
}

PlacementSearch::Vector PlacementBranching::gathered(const Vector& full) const {
  Vector part;
  part.reserve(heavy_.size());
  for (const std::size_t w : heavy_) part.push_back(full[w]);
  return part;
}

/// Heavy states are the likelier ones, together nearly all of the mass.
void PlacementBranching::split_states(std::vector<bool>& is_heavy) {
  const WorldFigures& figures = search_.figures;
  const auto& worlds = figures.worlds().worlds;
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t w) { return figures.mass()[w]; });
  // Differences between placements are mostly larger, those between names often not.
  const double kept_apart = moves_ == Moves::exact ? 1e-12 : 1e-9;
  double light = 0.0;
  for (const std::size_t w : order) {
    light += figures.mass()[w];
    is_heavy[w] = light > kept_apart;
  }
  drain_slots_.resize(figures.classes().size());
  for (std::size_t w = 0; w < figures.size(); ++w) {
    if (!is_heavy[w]) continue;
    const World& world = worlds[w % worlds.size()];
    auto& by_node = drain_slots_[w / worlds.size()];
    heavy_.push_back(w);
    if (world.drained == kOut || std::popcount(world.unreachable) != 1) continue;
    by_node.resize(search_.request.problem.system.nodes.size());
    auto& stages = by_node[world.drained];
    // Stages follow each other in the list of worlds.
    const auto lost = static_cast<NodeId>(std::countr_zero(world.unreachable));
    if (stages.empty() || stages.back()[lost] != kNowhere)
      stages.emplace_back(by_node.size(), kNowhere);
    stages.back()[lost] = heavy_.size() - 1;
  }
}

void PlacementBranching::prepare_functions() {
  const WorldFigures& figures = search_.figures;
  std::vector<bool> is_heavy(figures.size(), false);
  split_states(is_heavy);
  mass_ = gathered({figures.mass().begin(), figures.mass().end()});
  std::vector<const Vector*> best;
  for (const Vector& v : least_) best.push_back(&v);
  for (std::size_t f = 0; f < search_.weight.size(); ++f) {
    if (search_.weight[f] == 0.0) continue;
    Function& function = functions_.emplace_back();
    function.function = &figures.functions()[f];
    function.weight = search_.weight[f];
    function.series = function.function->gated.empty();
    if (!function.series) continue;
    const Vector joint = figures.joint(*function.function, best);
    for (std::size_t w = 0; w < joint.size(); ++w)
      if (!is_heavy[w]) function.light += figures.mass()[w] * joint[w];
    function.rest.assign(units_.size() + 1, Vector(heavy_.size(), 0.0));
    for (std::size_t d = units_.size(); d-- > 0;) {
      function.rest[d] = function.rest[d + 1];
      for (const std::size_t i : units_[d].placed)
        if (has(function.function->series, i)) join(function.rest[d], gathered(least_[i]));
    }
  }
}

const PlacementSearch::Vector& PlacementBranching::heavy(std::size_t placed,
                                                         const std::vector<NodeId>& nodes) {
  auto [found, fresh] = heavy_down_.try_emplace({placed, nodes});
  if (fresh) found->second = gathered(search_.down(placed, nodes, true, moves_));
  return found->second;
}

void PlacementBranching::add_unit(const Unit& unit, const Function& function, Vector& down) {
  for (std::size_t i = 0; i < unit.members.size(); ++i)
    if (has(function.function->series, unit.placed[i]))
      join(down, heavy(unit.placed[i], search_.current.components[unit.members[i]].nodes));
}

double PlacementBranching::gated_figure(std::size_t depth, const Function& function) {
  std::vector<const Vector*> inputs;
  for (const Vector& v : least_) inputs.push_back(&v);
  for (std::size_t d = 0; d < depth; ++d)
    for (std::size_t i = 0; i < units_[d].members.size(); ++i)
      if (const std::size_t placed = units_[d].placed[i]; placed < inputs.size())
        inputs[placed] = &search_.down(
            placed, search_.current.components[units_[d].members[i]].nodes, true, moves_);
  return search_.figures.unavailability(*function.function, inputs);
}

double PlacementBranching::bound(std::size_t depth, const std::vector<Vector>& down) {
  double sum = rest_adds_[depth];
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    const Function& function = functions_[f];
    if (!function.series) {
      sum += function.weight * gated_figure(depth, function);
      continue;
    }
    const Vector& rest = function.rest[depth];
    double figure = function.light;
    for (std::size_t w = 0; w < mass_.size(); ++w)
      figure += mass_[w] * (down[f][w] + (1.0 - down[f][w]) * rest[w]);
    sum += function.weight * figure;
  }
  if (names_matter_ && !beaten(sum)) sum += landing_bound(depth, down);
  return sum;
}

const PlacementBranching::Landings& PlacementBranching::landings(std::size_t placed,
                                                                 const std::vector<NodeId>& nodes) {
  auto [found, fresh] = landings_.try_emplace({placed, nodes});
  Landings& landings = found->second;
  if (!fresh) return landings;
  const ComponentId component = search_.figures.placed()[placed];
  const Component& what = search_.request.problem.system.components[component];
  landings.unlucky = gathered(search_.figures.down(placed, nodes, true, Moves::fewest));
  for (const LevelClass& level : search_.figures.classes()) {
    auto& choices = landings.choices.emplace_back();
    const auto n = static_cast<std::size_t>(search_.space.replicas[component][level.level]);
    std::vector<int> count(search_.request.problem.system.nodes.size(), 0);
    for (std::size_t i = 0; i < n; ++i) ++count[nodes[i]];
    for (NodeId drained = 0; drained < count.size(); ++drained) {
      if (count[drained] != 1 || search_.space.rules[component].together) continue;
      int least = static_cast<int>(n);
      for (const NodeId node : what.allowed)
        if (node != drained) least = std::min(least, count[node]);
      std::vector<NodeId> emptiest;
      for (const NodeId node : what.allowed)
        if (node != drained && count[node] == least) emptiest.push_back(node);
      if (emptiest.size() > 1) choices.emplace_back(drained, std::move(emptiest));
    }
  }
  return landings;
}

/// While a node is drained its replica of a component is at one place, whichever other node is lost. Per drain the
/// component for which the cheapest such place costs most counts; what else is down is already counted.
double PlacementBranching::landing_bound(std::size_t depth, const std::vector<Vector>& down) {
  double sum = 0.0;
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    const Function& function = functions_[f];
    if (!function.series) continue;
    const Vector& rest = function.rest[depth];
    // Dearest landing per class, drained node and stage.
    std::vector<std::vector<std::vector<double>>> dearest(drain_slots_.size());
    for (std::size_t c = 0; c < dearest.size(); ++c) {
      dearest[c].resize(drain_slots_[c].size());
      for (std::size_t d = 0; d < dearest[c].size(); ++d)
        dearest[c][d].assign(drain_slots_[c][d].size(), 0.0);
    }
    for (std::size_t u = 0; u < depth; ++u)
      for (std::size_t m = 0; m < units_[u].members.size(); ++m) {
        const std::size_t i = units_[u].placed[m];
        if (!has(function.function->series, i)) continue;
        const auto& nodes = search_.current.components[units_[u].members[m]].nodes;
        const Landings& of = landings(i, nodes);
        const Vector& lucky = heavy(i, nodes);
        for (std::size_t c = 0; c < of.choices.size(); ++c)
          for (const auto& [drained, places] : of.choices[c]) {
            if (drained >= drain_slots_[c].size()) continue;
            for (std::size_t stage = 0; stage < drain_slots_[c][drained].size(); ++stage) {
              double cheapest = 1.0;
              for (const NodeId place : places) {
                const std::size_t w = drain_slots_[c][drained][stage][place];
                if (w == kNowhere || lucky[w] >= 1.0) {
                  cheapest = 0.0;
                  break;
                }
                const double up = (1.0 - down[f][w]) * (1.0 - rest[w]) / (1.0 - lucky[w]);
                cheapest = std::min(cheapest, mass_[w] * up * (of.unlucky[w] - lucky[w]));
              }
              double& dear = dearest[c][drained][stage];
              dear = std::max(dear, cheapest);
            }
          }
      }
    double added = 0.0;
    for (const auto& by_node : dearest)
      for (const auto& by_stage : by_node)
        for (const double cost : by_stage) added += cost;
    sum += function.weight * added;
  }
  return sum;
}

bool PlacementBranching::over() {
  ++visited_;
  return search_.stopped(kOperationsPerState * static_cast<double>(mass_.size())) ||
         (most_visited_ > 0 && visited_ > most_visited_);
}

void PlacementBranching::put(const Unit& unit, const UnitPlacement& option, int sign) {
  for (std::size_t i = 0; i < unit.members.size(); ++i) {
    load_.add(unit.members[i], option[i], sign);
    if (sign > 0) search_.current.components[unit.members[i]].nodes = option[i];
  }
}

void PlacementBranching::leaf(double low) {
  leaves_.push_back({low, search_.current.components});
  search_.offer(search_.exact());
}

void PlacementBranching::visit(std::size_t depth, const std::vector<std::size_t>& cell,
                               const std::vector<Vector>& down) {
  if (depth == units_.size()) {
    leaf(bound(depth, down));
    return;
  }
  const Unit& unit = units_[depth];
  const UnitPlacements list =
      unit_placements(search_.space, unit.members, cell, kMostListedPlacements);
  complete_ = complete_ && list.complete;
  std::vector<std::pair<double, const UnitPlacement*>> order;
  std::vector<Vector> next;
  for (const UnitPlacement& option : list.options) {
    if (over()) {
      complete_ = false;
      return;
    }
    put(unit, option, 1);
    if (load_.fits()) {
      next = down;
      for (std::size_t f = 0; f < functions_.size(); ++f)
        if (functions_[f].series) add_unit(unit, functions_[f], next[f]);
      order.emplace_back(bound(depth + 1, next), &option);
    }
    put(unit, option, -1);
  }
  std::ranges::stable_sort(order, {}, &std::pair<double, const UnitPlacement*>::first);
  for (const auto& [low, option] : order) {
    if (beaten(low)) break;
    put(unit, *option, 1);
    next = down;
    for (std::size_t f = 0; f < functions_.size(); ++f)
      if (functions_[f].series) add_unit(unit, functions_[f], next[f]);
    visit(depth + 1, refined(search_.space, unit.members, *option, cell), next);
    put(unit, *option, -1);
  }
}

/// Where nodes have no room for everything, the first way down the tree fills them with whatever comes first by name. Fewer units are moved
/// elsewhere when those of fewest replicas, which a lost node takes down, come first, and of these the largest: one such placement is offered.
void PlacementBranching::dive(const std::vector<Vector>& down) {
  std::vector<const Unit*> order;
  for (const Unit& unit : units_) order.push_back(&unit);
  const auto key = [&](const Unit* unit) {
    const ComponentId c = unit->members.front();
    const auto& requests = search_.request.problem.system.components[c].requests;
    const auto cpu = requests.find("cpu");
    return std::pair(std::ranges::max(search_.space.replicas[c]),
                     cpu == requests.end() ? 0 : -cpu->second);
  };
  std::ranges::stable_sort(order, {}, key);
  std::vector<std::size_t> cell = search_.space.cell;
  std::vector<Vector> now = down;
  std::vector<std::pair<const Unit*, UnitPlacement>> chosen;
  for (const Unit* unit : order) {
    const UnitPlacements list =
        unit_placements(search_.space, unit->members, cell, kMostListedPlacements);
    std::optional<double> least;
    const UnitPlacement* best = nullptr;
    std::vector<Vector> best_down;
    for (const UnitPlacement& option : list.options) {
      if (over()) break;
      put(*unit, option, 1);
      if (load_.fits()) {
        std::vector<Vector> next = now;
        double sum = 0.0;
        for (std::size_t f = 0; f < functions_.size(); ++f) {
          if (!functions_[f].series) continue;
          add_unit(*unit, functions_[f], next[f]);
          for (std::size_t w = 0; w < mass_.size(); ++w)
            sum += functions_[f].weight * mass_[w] * next[f][w];
        }
        if (!least || sum < *least) {
          least = sum;
          best = &option;
          best_down = std::move(next);
        }
      }
      put(*unit, option, -1);
    }
    if (best == nullptr) break;
    put(*unit, *best, 1);
    cell = refined(search_.space, unit->members, *best, cell);
    now = std::move(best_down);
    chosen.emplace_back(unit, *best);
  }
  if (chosen.size() == order.size()) search_.offer(search_.exact());
  for (const auto& [unit, option] : chosen) put(*unit, option, -1);
}

PlacementAnswer PlacementBranching::run(std::size_t most_visited) {
  most_visited_ = most_visited;
  std::vector<Vector> down;
  for (const Function& function : functions_) {
    if (!function.series) {
      down.emplace_back();
      continue;
    }
    const std::vector<const Vector*> none(search_.figures.placed().size(), nullptr);
    down.push_back(gathered(search_.figures.base(*function.function, none)));
  }
  if (!search_.space.capacity_never_binds) dive(down);
  visit(0, search_.space.cell, down);
  std::ranges::stable_sort(leaves_, {}, &ValuedPlacement::unavailability);
  std::vector<ValuedPlacement> found;
  PlacementNamings namings(search_);
  for (const ValuedPlacement& one : leaves_) {
    const bool cut = most_visited_ > 0 && visited_ > most_visited_;
    if (cut || beaten(one.unavailability) || search_.stopped()) break;
    if (names_matter_) {
      namings.add(one, found);
      continue;
    }
    search_.current.components = one.components;
    found.push_back({search_.exact(), one.components});
  }
  return search_.answer(found, complete_ && namings.complete(), visited_);
}

}  // namespace haplan::solver
