#pragma once

#include <cstddef>
#include <vector>

#include "model/availability/allowed.hpp"
#include "model/availability/occupancy.hpp"

/// All components' placements together: which go as one, what capacity allows, what can be said of all at once.
namespace haplan::model {

/// Components that are placed by one choice: users of a ReadWriteOnce claim, or a single component.
using PlacementUnit = std::vector<ComponentId>;

/// One choice: a placement per member of the unit.
using UnitPlacement = std::vector<std::vector<NodeId>>;

struct UnitPlacements {
  bool complete = true;
  std::vector<UnitPlacement> options;
};

struct PlacementSpace {
  std::vector<PlacementRule> rules;        ///< per component; no `counts`: it is not placed
  std::vector<std::vector<int>> replicas;  ///< [component][level]; empty: it is not placed
  std::vector<PlacementUnit> units;        ///< in order of their first component
  std::vector<std::size_t> cell;  ///< interchangeable nodes, fixed placements taken into account
  bool capacity_never_binds =
      false;  ///< proved: every combination of allowed placements fits every node
  /// So many components, whichever they are, find room on any node with all replicas that they may have there.
  int crowd = 0;
  bool always_headroom = false;  ///< proved: every combination has headroom
};

/// The space of a deployment's counts under the carried rules.
///   fixed  per component: keeps the deployment's own nodes
PlacementSpace placement_space(const System& system, const LoadTable& load,
                               const Deployment& deployment,
                               const std::vector<CarriedRules>& carried,
                               const std::vector<bool>& fixed);

/// Components whose pinned placement is carried: fixed as far as the scheduler is concerned.
std::vector<bool> pinned_components(const System& system, const std::vector<CarriedRules>& carried);

/// Choices of one unit; see allowed_placements.
UnitPlacements unit_placements(const PlacementSpace& space, const PlacementUnit& unit,
                               const std::vector<std::size_t>& cell, std::size_t limit);

/// Splits cells by a unit's choice.
std::vector<std::size_t> refined(const PlacementSpace& space, const PlacementUnit& unit,
                                 const UnitPlacement& placement,
                                 const std::vector<std::size_t>& cell);

/// What is left of every node at every level, while placements are added one by one.
class NodeLoad {
 public:
  NodeLoad(const System& system, const std::vector<std::vector<int>>& replicas);
  /// Adds (sign 1) or removes (sign -1) a component's replicas.
  void add(ComponentId component, const std::vector<NodeId>& nodes, int sign);
  [[nodiscard]] bool fits() const { return overfull_ == 0; }

 private:
  Amounts amounts_;
  const std::vector<std::vector<int>>& replicas_;  ///< [component][level]
  /// [level][node][resource]
  std::vector<std::vector<std::vector<std::int64_t>>> left_;
  int overfull_ =
      0;  ///< invariant: number of entries of left_ below zero that something is requested of
};

}  // namespace haplan::model
