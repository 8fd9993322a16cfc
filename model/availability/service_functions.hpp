#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/availability/numbers.hpp"

/// The structure functions of services over the components that run as replicas, small enough to be evaluated for
/// thousands of states; everything else (external services, chains, claims, switchovers, the network) is a constant in them.
namespace haplan::model {

/// A service's structure function in one variable per component (down or not), children before parents.
/// Nodes 0 and 1 are the constants up and down.
struct ServiceFunction {
  struct Node {
    int input = 0;  ///< >= 0: index into ServiceFunctions::inputs; < 0: constant ~input
    std::uint32_t up = 0;
    std::uint32_t down = 1;
  };
  std::vector<Node> nodes;
  std::uint32_t root = 0;
  std::vector<std::size_t> series;  ///< inputs without which the service is down
  std::vector<std::size_t> gated;   ///< other inputs that matter
  std::vector<std::vector<int>>
      cuts;  ///< minimal cuts as inputs, sorted; empty when there are too many
  std::vector<ServiceId> services;  ///< those with this function
};

struct ServiceFunctions {
  std::vector<ComponentId> inputs;  ///< replicated components within reach of a service, ascending
  std::vector<double> constants;    ///< unavailabilities
  std::vector<ServiceFunction> functions;  ///< different ones only
  /// A network was too large to be followed through all its failures: constants that stand for it are upper (or lower) ends.
  bool network_bounded = false;

  /// P(service down) when input i is down with probability down[i], all independent.
  ///   scratch  kept by the caller between calls
  [[nodiscard]] double value(const ServiceFunction& function, std::span<const double> down,
                             std::vector<double>& scratch) const;

  /// Upper bound on P(service down) from upper bounds on each input's own P(down), whatever they share: the sum
  /// over minimal cuts of the smallest bound in the cut times its constants. 1 when there are too many cuts.
  ///   mass  of the event within which all this is asked
  [[nodiscard]] double union_bound(const ServiceFunction& function, std::span<const double> worst,
                                   double mass = 1.0) const;
};

///   not_followed  value of the failures of a network that is too large: 1 for upper, 0 for lower ends
ServiceFunctions service_functions(const System& system, const ComponentNumbers& numbers,
                                   double not_followed = 1.0);

}  // namespace haplan::model
