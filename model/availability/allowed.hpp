#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/availability/guarantee.hpp"
#include "model/system/load.hpp"

/// The placements that the scheduler may choose for one component.
namespace haplan::model {

/// What a component's placements must obey.
struct PlacementRule {
  std::vector<NodeId> nodes;  ///< that may host a replica, ascending
  std::vector<std::size_t>
      domain;  ///< per entry of `nodes`: its spread domain; all 0 without a hard rule
  std::size_t domain_count = 1;  ///< eligible ones, numbered from 0
  int max_skew = 0;              ///< 0: no hard rule
  std::vector<int>
      counts;  ///< distinct replica counts over levels, ascending; the last is the length
  bool together = false;  ///< all replicas on one node (a shared ReadWriteOnce claim)
  std::optional<std::vector<NodeId>>
      fixed;  ///< exactly these (a pinned plan whose affinity is written)
};

/// Rule of a component with these counts under what the files carry.
PlacementRule placement_rule(const System& system, const LoadTable& load, const ComponentPlan& plan,
                             ComponentId component, const CarriedRules& carried);

/// Largest number of replicas on one node in any placement of the rule.
int most_on_one_node(const PlacementRule& rule);

/// Whether the first counts[i] entries obey the rule for every i.
bool obeys(const PlacementRule& rule, const std::vector<NodeId>& nodes);

struct PlacementList {
  bool complete = true;  ///< false: stopped at the limit
  std::vector<std::vector<NodeId>> placements;
};

/// All placements of a rule as ordered lists (n_l replicas use the first n_l), one per nested family of counts, each
/// the lexicographically smallest list of its family, in lexicographic order.
///   cell    per NodeId: nodes of the same cell are interchangeable, and of placements that differ by exchanging
///           them only the lexicographically smallest is listed; all different: all placements
///   limit   on the number listed
PlacementList allowed_placements(const PlacementRule& rule, const std::vector<std::size_t>& cell,
                                 std::size_t limit);

/// Cells of nodes that nothing but their names tells apart: equal modes, parent, state, capacity, and allowed to
/// the same components.
///   rules  per component; entries with empty `nodes` are ignored
std::vector<std::size_t> interchangeable_nodes(const System& system,
                                               const std::vector<PlacementRule>& rules);

/// Splits cells by how many replicas, and of which levels, a placement puts on each node.
///   counts  as in the placement's rule
std::vector<std::size_t> refined(const std::vector<std::size_t>& cell,
                                 const std::vector<NodeId>& placement,
                                 const std::vector<int>& counts);

}  // namespace haplan::model
