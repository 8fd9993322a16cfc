#include "solver/placement_search.hpp"

#include <algorithm>

#include "model/availability/headroom.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Worlds with which every state of up to ten nodes with drains is listed.
constexpr double kMostWorlds = 60'000;
constexpr double kOfTie = 0.5;  ///< states that weigh no more decide none

double worlds_for(const System& system, double few) {
  const int all = static_cast<int>(system.nodes.size() + system.domains.size());
  const auto movable =
      static_cast<std::size_t>(std::ranges::count_if(system.components, &Component::movable));
  const std::size_t stages = system.drain ? movable + 1 : 0;
  return world_count(system, movable, stages, {all, all}) <= kMostWorlds ? kMostWorlds : few;
}

bool earlier(const ValuedPlacement& a, const ValuedPlacement& b) {
  for (std::size_t c = 0; c < a.components.size(); ++c)
    if (a.components[c].nodes != b.components[c].nodes)
      return a.components[c].nodes < b.components[c].nodes;
  return false;
}

}  // namespace

PlacementSearch::PlacementSearch(const PlacementRequest& what, const ComponentNumbers& numbers,
                                 double few_worlds)
    : request(what),
      space(own_space(what.problem, what.load, what.deployment)),
      current(what.deployment),
      figures(what.problem.system, what.deployment, what.load, numbers,
              {.most_worlds = worlds_for(what.problem.system, few_worlds), .stop = what.stop}),
      weight(figures.functions().size(), 0.0),
      meter_(what.stop) {
  for (std::size_t f = 0; f < weight.size(); ++f)
    for (const ServiceId s : figures.functions()[f].services)
      for (const Objective& objective : request.problem.objectives)
        if (objective.service == s) weight[f] += 1.0;
}

const PlacementSearch::Vector& PlacementSearch::down(std::size_t placed,
                                                     const std::vector<NodeId>& nodes,
                                                     bool credited, Moves moves) {
  auto [found, fresh] = known_.try_emplace({placed, credited, static_cast<int>(moves), nodes});
  if (fresh) {
    found->second = figures.down(placed, nodes, credited, moves);
    remembered_ += figures.size();
    constexpr double kOperationsPerWorld = 5.0;
    (void)stopped(kOperationsPerWorld * static_cast<double>(figures.size()));
  }
  return found->second;
}

void PlacementSearch::forget_if_large() {
  constexpr std::size_t kMostRemembered = 30'000'000;
  if (remembered_ < kMostRemembered) return;
  known_.clear();
  remembered_ = 0;
}

bool PlacementSearch::offer(double value) {
  if (best_ && value >= best_->unavailability) return false;
  if (request.acceptable && !request.acceptable(current)) return false;
  best_ = {value, current.components};
  return true;
}

PlacementAnswer PlacementSearch::answer(std::vector<ValuedPlacement>& found, bool complete,
                                        std::size_t visited) {
  PlacementAnswer answer;
  answer.visited = visited;
  answer.best = first_acceptable(found);
  // Figures of a network that was not followed to its end are upper ends: nothing to compare by.
  answer.complete = complete && !stopped() && !figures.network_bounded();
  for (const double w : weight) answer.left_out += w * figures.dropped();
  const double least = found.empty() ? 0.0 : found.front().unavailability;
  if (answer.left_out <= kOfTie * kPlacementTie * least) answer.left_out = 0.0;
  if (answer.best || !best_) return answer;
  answer.best = current;
  answer.best->components = best_->components;
  return answer;
}

std::size_t PlacementSearch::placed_index(ComponentId component) const {
  const auto& placed = figures.placed();
  const auto found = std::ranges::lower_bound(placed, component);
  return found != placed.end() && *found == component
             ? static_cast<std::size_t>(found - placed.begin())
             : placed.size();
}

bool PlacementSearch::credit() const {
  return space.always_headroom || has_headroom(request.problem.system, request.load, current);
}

double PlacementSearch::exact() {
  forget_if_large();
  const bool credited = credit();
  std::vector<const Vector*> inputs;
  for (std::size_t i = 0; i < figures.placed().size(); ++i)
    inputs.push_back(
        &down(i, current.components[figures.placed()[i]].nodes, credited, Moves::exact));
  double sum = 0.0;
  for (std::size_t f = 0; f < weight.size(); ++f)
    if (weight[f] > 0.0) sum += weight[f] * figures.unavailability(figures.functions()[f], inputs);
  (void)stopped(static_cast<double>(inputs.size() * weight.size() * figures.size()));
  return sum;
}

std::optional<Deployment> PlacementSearch::first_acceptable(std::vector<ValuedPlacement>& found) {
  std::ranges::stable_sort(found, {}, &ValuedPlacement::unavailability);
  for (auto first = found.begin(); first != found.end();) {
    const double most = first->unavailability * (1.0 + kPlacementTie);
    const auto last = std::find_if(
        first, found.end(), [most](const ValuedPlacement& p) { return p.unavailability > most; });
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

}  // namespace haplan::solver
