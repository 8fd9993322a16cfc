#include "solver/placement.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "model/availability/headroom.hpp"
#include "solver/placement_branching.hpp"
#include "solver/placement_nested.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::vector<std::size_t> all_different(std::size_t nodes) {
  std::vector<std::size_t> cell(nodes);
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  return cell;
}

/// Depth-first for one combination that fits.
class FirstFit {
 public:
  FirstFit(const System& system, const PlacementSpace& space, Deployment& deployment,
           const model::Stop& stop)
      : space_(space), deployment_(deployment), load_(system, space.replicas), meter_(stop) {}

  bool run() { return place(0, space_.cell); }

 private:
  bool place(std::size_t depth, const std::vector<std::size_t>& cell) {
    if (!load_.fits() || ++steps_ > kMostSteps || meter_.spend(kOperations)) return false;
    if (depth == space_.units.size()) return true;
    const PlacementUnit& unit = space_.units[depth];
    for (const UnitPlacement& option :
         unit_placements(space_, unit, cell, kMostListedPlacements).options) {
      for (std::size_t i = 0; i < unit.size(); ++i) {
        load_.add(unit[i], option[i], 1);
        deployment_.components[unit[i]].nodes = option[i];
      }
      if (place(depth + 1, refined(space_, unit, option, cell))) return true;
      for (std::size_t i = 0; i < unit.size(); ++i) load_.add(unit[i], option[i], -1);
    }
    return false;
  }

  static constexpr std::size_t kMostSteps = 2'000'000;
  static constexpr double kOperations = 2'000;  // of a step
  const PlacementSpace& space_;
  Deployment& deployment_;
  NodeLoad load_;
  StopMeter meter_;
  std::size_t steps_ = 0;
};

/// Every combination, valued by itself.
class AllPlacements {
 public:
  explicit AllPlacements(PlacementSearch& search) : search_(search), load_(search.node_load()) {}

  /// False: too many.
  bool list(double most) {
    const auto cell = all_different(search_.request.problem.system.nodes.size());
    double combinations = 1.0;
    for (const PlacementUnit& unit : search_.space.units) {
      options_.push_back(unit_placements(search_.space, unit, cell, kMostListedPlacements));
      combinations *= static_cast<double>(options_.back().options.size());
      if (!options_.back().complete || combinations > most) return false;
    }
    return true;
  }

  PlacementAnswer run() {
    visit(0);
    return search_.answer(found_, true, visited_);
  }

 private:
  void visit(std::size_t depth) {
    if (!load_.fits() || search_.stopped(kOperations)) return;
    if (depth == options_.size()) {
      ++visited_;
      const double value = search_.exact();
      if (search_.request.any)
        search_.offer(value);
      else
        found_.push_back({value, search_.current.components});
      return;
    }
    const PlacementUnit& unit = search_.space.units[depth];
    for (const UnitPlacement& option : options_[depth].options) {
      for (std::size_t i = 0; i < unit.size(); ++i) {
        load_.add(unit[i], option[i], 1);
        search_.current.components[unit[i]].nodes = option[i];
      }
      visit(depth + 1);
      for (std::size_t i = 0; i < unit.size(); ++i) load_.add(unit[i], option[i], -1);
    }
  }

  static constexpr double kOperations = 1'000;  // of a step besides the figures

  PlacementSearch& search_;
  NodeLoad load_;
  std::vector<UnitPlacements> options_;
  std::vector<ValuedPlacement> found_;
  std::size_t visited_ = 0;
};

/// Without a comparison: some placement, if it is acceptable.
PlacementAnswer first_placement(const PlacementRequest& request) {
  PlacementAnswer answer;
  answer.complete = false;
  answer.visited = 1;
  const auto placed =
      any_placement(request.problem, request.load, request.deployment, request.stop);
  if (placed && (!request.acceptable || request.acceptable(*placed))) answer.best = placed;
  return answer;
}

/// Names of equal nodes come last, and first where that leaves too much to name.
PlacementAnswer branched(PlacementSearch& search) {
  using Names = PlacementBranching::Names;
  if (!PlacementBranching::few_names(search))
    return PlacementBranching(search, Names::ignored).run();
  constexpr std::size_t kVisited = 20'000;
  PlacementAnswer answer = PlacementBranching(search, Names::ignored).run(kVisited);
  if (answer.complete || search.stopped()) return answer;
  PlacementAnswer named = PlacementBranching(search, Names::given).run();
  named.visited += answer.visited;
  return named;
}

}  // namespace

PlacementSpace own_space(const Problem& problem, const LoadTable& load,
                         const Deployment& deployment) {
  std::vector<bool> fixed;
  for (const bool open : problem.placement_open) fixed.push_back(!open);
  return placement_space(problem.system, load, deployment,
                         std::vector<CarriedRules>(problem.system.components.size()), fixed);
}

std::optional<Deployment> any_placement(const Problem& problem, const LoadTable& load,
                                        const Deployment& deployment, const model::Stop& stop) {
  Deployment placed = deployment;
  if (problem.system.nodes.empty()) return placed;
  const PlacementSpace space = own_space(problem, load, deployment);
  if (!FirstFit(problem.system, space, placed, stop).run()) return std::nullopt;
  return placed;
}

Result<PlacementAnswer> best_placement(const PlacementRequest& request) {
  const auto numbers = component_numbers(request.problem.system, request.deployment);
  if (!numbers) return tl::unexpected(numbers.error());
  if (request.argue)
    if (const auto nested = nested_placement(request, *numbers)) return PlacementAnswer{nested};
  if (request.problem.system.nodes.size() > kMostNodes) return first_placement(request);
  constexpr double kFewWorlds = 4'000;
  PlacementSearch search(request, *numbers, kFewWorlds);
  AllPlacements all(search);
  if (all.list(request.most_combinations)) return all.run();
  PlacementAnswer answer = branched(search);
  if (!answer.complete || answer.left_out == 0.0 || request.any) return answer;
  // Whoever came to an end may be compared again: on twenty nodes what is left out then weighs less than any tie.
  constexpr double kManyWorlds = 40'000;
  PlacementSearch closer(request, *numbers, kManyWorlds);
  PlacementAnswer again = branched(closer);
  again.visited += answer.visited;
  answer.visited = again.visited;
  return again.complete && again.left_out < answer.left_out ? again : answer;
}

}  // namespace haplan::solver
