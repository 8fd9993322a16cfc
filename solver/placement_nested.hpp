#pragma once

#include <optional>

#include "solver/placement.hpp"

/// Criteria 4 and 5 without a search, where an argument tells the best placement.
namespace haplan::solver {

/// The placement that puts every component on the first nodes by name, if it is proved to be the best of all: smallest in
/// unavailability, and of equal ones the first. None where the argument does not apply, or where that placement does not
/// fit, has no headroom or is not acceptable.
///
/// Exchange argument. Let nodes a and b fail alike, and let some components have more replicas on a and others on b.
/// Giving all of them the larger number on a changes no component's own figure, and makes P(all up) no smaller: for any
/// state of the rest it changes by P(a up, b lost) (x - x')(y - y') with x >= x' what the ones contribute and y >= y'
/// what the others do. So sorted placements are best where the number of replicas per node is the same in every allowed
/// placement. While d is drained, the moved replicas make a placement of the other nodes, for which the same holds; what
/// stays out hits the fewest drains when the same components share a node, because products of falling factors are
/// supermodular. Zones are exchanged like nodes when no component can have two replicas in one.
std::optional<model::Deployment> nested_placement(const PlacementRequest& request,
                                                  const model::ComponentNumbers& numbers);

/// A sum of unavailability over services with objectives that no placement is below: that of the best one if nodes had room for everything.
///   deployment  every setting
///   returns     nothing where no placement is known to be best even then
std::optional<double> least_unavailability(const Problem& problem,
                                           const model::Deployment& deployment);

}  // namespace haplan::solver
