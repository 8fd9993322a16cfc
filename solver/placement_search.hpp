#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "solver/placement.hpp"

/// What every search for the plan's own placement works with: exact figures, remembered vectors, the final choice.
namespace haplan::solver {

inline constexpr std::size_t kMostListedPlacements = 20'000;  ///< of one unit

/// Figures that differ by less, relative, are equal for the preference.
inline constexpr double kPlacementTie = 1e-12;

/// A placement of all components with its criterion 4 (or a lower bound on it).
struct ValuedPlacement {
  double unavailability = 0.0;
  std::vector<model::ComponentPlan> components;
};

class PlacementSearch {
 public:
  using Vector = std::vector<double>;

  ///   few_worlds  that placements are compared by where not all can be listed
  PlacementSearch(const PlacementRequest& what, const model::ComponentNumbers& numbers,
                  double few_worlds);

  /// Exact criterion 4 of `current`, with the headroom it has.
  double exact();

  /// P(component down | world) of a placement, computed once.
  const Vector& down(std::size_t placed, const std::vector<model::NodeId>& nodes, bool credit,
                     model::Moves moves);

  /// Index into figures.placed(); its size for components that no service needs.
  [[nodiscard]] std::size_t placed_index(model::ComponentId component) const;

  /// Counts elementary operations; true: end with the best found so far.
  [[nodiscard]] bool stopped(double operations = 0.0) {
    return meter_.spend(operations) || (request.any && best_);
  }

  /// The current placement and its figure: kept if it is acceptable and the best so far.
  ///   returns  whether it was
  bool offer(double value);

  /// The best of `found`; of what was offered when the search was stopped.
  ///   complete  nothing that could be better is missing in `found`
  PlacementAnswer answer(std::vector<ValuedPlacement>& found, bool complete, std::size_t visited);

  /// Figure of the best placement offered so far.
  [[nodiscard]] std::optional<double> incumbent() const {
    return best_ ? std::optional(best_->unavailability) : std::nullopt;
  }

  [[nodiscard]] model::NodeLoad node_load() const {
    return {request.problem.system, space.replicas};
  }
  /// Credit of rescheduling in the current placement.
  [[nodiscard]] bool credit() const;

  const PlacementRequest& request;
  model::PlacementSpace space;
  model::Deployment current;
  const model::WorldFigures figures;
  std::vector<double> weight;  ///< per service function: objectives on its services

 private:
  /// The best of them that is acceptable: by unavailability with relative ties, then lexicographically.
  std::optional<model::Deployment> first_acceptable(std::vector<ValuedPlacement>& found);
  void forget_if_large();

  model::StopMeter meter_;
  std::optional<ValuedPlacement> best_;
  std::size_t remembered_ = 0;  ///< numbers in known_
  std::map<std::tuple<std::size_t, bool, int, std::vector<model::NodeId>>, Vector> known_;
};

}  // namespace haplan::solver
