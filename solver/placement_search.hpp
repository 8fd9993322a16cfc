#pragma once

#include <map>
#include <optional>
#include <vector>

#include "solver/placement.hpp"

/// The state of one search for the plan's own placement.
namespace haplan::solver {

inline constexpr std::size_t kMostListedPlacements = 20'000;  ///< of one unit

/// A placement of all components with its criterion 4.
struct ValuedPlacement {
  double unavailability = 0.0;
  std::vector<model::ComponentPlan> components;
};

class PlacementSearch {
 public:
  PlacementSearch(const PlacementRequest& what, const model::ComponentNumbers& numbers);

  /// Exact criterion 4 of `current`, with the headroom it has.
  double exact();

  /// The best of them that is acceptable: by unavailability with relative ties, then lexicographically.
  std::optional<model::Deployment> first_acceptable(std::vector<ValuedPlacement>& found);

  /// Over placements that differ by more than the names of equal nodes, bounded by figures that names do not
  /// change; then over the names of the best.
  PlacementAnswer branch_and_bound();

  [[nodiscard]] bool stopped() const { return request.stop && request.stop(); }
  [[nodiscard]] model::NodeLoad node_load() const {
    return {request.problem.system, space.replicas};
  }

  const PlacementRequest& request;
  model::PlacementSpace space;
  model::Deployment current;

 private:
  using Vector = std::vector<double>;
  struct Bounding {
    /// Per placed component: pointwise smallest and largest P(down | world) over all its placements.
    std::vector<Vector> least;
    std::vector<Vector> most;
    /// Per depth: what the units from there on add at least, besides `least`.
    std::vector<double> rest;
  };

  const Vector& down(std::size_t placed, const std::vector<model::NodeId>& nodes, bool credit,
                     model::Moves moves);
  [[nodiscard]] std::size_t placed_index(model::ComponentId component) const;
  void prepare_bounds();
  void add_rest();
  /// Lower bound on criterion 4 with the first `depth` units placed as in `current`.
  double bound(std::size_t depth);
  void visit(std::size_t depth, const std::vector<std::size_t>& cell, model::NodeLoad& load);
  void leaf(double low);
  void all_namings(const ValuedPlacement& one, std::vector<ValuedPlacement>& found);
  [[nodiscard]] bool names_matter() const;
  /// The unit changes no figure: its lexicographically first placement is the best.
  [[nodiscard]] bool is_free(const model::PlacementUnit& unit) const;
  void place_free_units();

  model::WorldFigures figures_;
  std::vector<double> weight_;  ///< per service function: objectives on its services
  std::map<std::tuple<std::size_t, bool, int, std::vector<model::NodeId>>, Vector> known_;
  Bounding bounds_;
  double incumbent_ = 0.0;  ///< exact figure of the best acceptable leaf
  bool has_incumbent_ = false;
  bool complete_ = true;
  std::size_t visited_ = 0;
  std::vector<ValuedPlacement> leaves_;  ///< with lower bounds as figures
};

}  // namespace haplan::solver
