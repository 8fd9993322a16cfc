#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/availability/network_functions.hpp"
#include "model/diagram/diagram.hpp"
#include "model/system/system.hpp"

/// The structure function of a system as a diagram of failures: from component names to Boolean variables.
namespace haplan::model {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// Which instant of a change of load level a function is about: components have one variable for plain worlds
/// and a four-valued one (bit 0: down before, bit 1: down after) for the entry of a level.
enum class Instant { single, before, after };

/// A gate's switchover: an independent factor that fails with its first member.
struct SwitchoverFactor {
  std::string gate;
  double rate = 0.0;    ///< [1/s]
  double outage = 0.0;  ///< [s]
  std::size_t variable = kNone;
};

/// Diagram variables of the structure function, allocated in the order in which services reach them; those of the
/// network last.
struct Structure {
  std::vector<std::size_t> component;       ///< per component; kNone: a gate, or never reached
  std::vector<std::size_t> component_pair;  ///< per replicated component
  std::vector<std::size_t> claim;           ///< per claim
  std::vector<SwitchoverFactor> switchovers;
  NetworkFunctions network;
  std::map<const Requirement*, std::size_t>
      switchover_of;  ///< only for look-ups while the system lives
};

///   network  how far the connectivity of network vertices is followed
///   fails    budget_exhausted when that needs more
Result<Structure> make_structure(const System& system, Diagram& diagram,
                                 const FrontierLimits& network);

/// Both below: cost O(requirements) operations of the diagram; exact.

/// The function "service is down". Own failures, claims, switchovers and everything required. MODEL 4.
Diagram::Ref service_down(const System& system, const Structure& structure, Diagram& diagram,
                          ServiceId service, Instant instant);

/// The same with the component's own failure (without its claim and what it requires) given by the caller.
Diagram::Ref service_down(const System& system, const Structure& structure, Diagram& diagram,
                          ServiceId service,
                          const std::function<Diagram::Ref(ComponentId)>& own_failure);

}  // namespace haplan::model
