#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "model/availability/compiled.hpp"
#include "model/base/stop.hpp"

/// Extends a structure function over the failure domains: walks the domain tree node by node, keeps only the number of
/// reachable replicas of components whose nodes are not all decided, and replaces a component by its
/// probability as soon as they are (a frontier method).
namespace haplan::model {

/// A replica's node before and after the instant looked at (equal outside entries of levels); kOut: does not serve.
struct Slot {
  NodeId before = kOut;
  NodeId after = kOut;
};

/// A replicated component of the structure function in one world.
struct Atom {
  ComponentId component = 0;
  std::size_t variable = kNone;  ///< in the structure function, 2 values (or 4 for entries)
  bool pair = false;             ///< an entry: `before` and `after` differ
  bool everywhere = false;       ///< no cluster: every slot is always reachable
  std::vector<Slot> slots;
  std::size_t table = kNone;
  std::size_t table_before = kNone;
};

struct FrontierInput {
  const System* system = nullptr;
  std::vector<Atom> atoms;
  NodeId drained = kOut;
  bool reschedule = false;      ///< the one-lost-node rule applies
  int failure_limit = 1 << 20;  ///< more failed domains than this become kUnknown
  std::size_t work_limit = 0;   ///< states
  StopMeter* meter = nullptr;   ///< ends it like the work limit; may be null
};

/// Gives the diagram variable of an atom with these counts of reachable replicas.
using ReachableVariable = std::function<std::size_t(const Atom&, const std::array<int, 3>&)>;

struct FrontierResult {
  Diagram::Ref function = Diagram::kFalse;
  std::size_t states = 0;
  bool exhausted = false;  ///< the work limit was hit; `function` is meaningless
};

FrontierResult extend_over_domains(Compiled& compiled, const FrontierInput& input,
                                   Diagram::Ref structure, const ReachableVariable& variable_of);

}  // namespace haplan::model
