#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/base/result.hpp"
#include "model/simulate/assumptions.hpp"
#include "model/simulate/demand.hpp"
#include "model/simulate/gates.hpp"
#include "model/simulate/laws.hpp"
#include "model/simulate/room.hpp"
#include "model/system/deployment.hpp"

/// A system and a deployment laid out for simulation: who fails how often and for how long, who stands where, and what
/// depends on it. Computed once, never changed, shared by all paths. Nothing of it comes from the analytic engine.
namespace haplan::model {

/// What fails by itself and recovers: exponential times to failure, any law of outage.
struct Element {
  enum class Kind : std::uint8_t { replica, node, domain, claim, vertex, link, factor, external };
  Kind kind = Kind::replica;
  std::uint32_t subject =
      0;  ///< replica, NodeId, DomainId, ClaimId, VertexId, link, index of factor, ComponentId
  std::uint32_t first_mode = 0;  ///< into Layout::modes
  std::uint32_t end_mode = 0;
  double rate = 0.0;     ///< [1/s] of all modes; 0: never fails
  double mean_up = 0.0;  ///< [s]
  bool lost = false;     ///< `state: down`: fails never and never works
};

struct ElementMode {
  double until = 1.0;  ///< cumulative share of the element's rate
  OutageLaw law;
  double exposure =
      0.0;  ///< [s] for which its failure still meets requests, over P(up) of the element
  bool exits = false;      ///< back-off counts
  std::uint32_t name = 0;  ///< into Layout::mode_names
};

/// A two-state element of a component or a gate.
struct ComponentFactor {
  enum class Kind : std::uint8_t { common_cause, failover, switchover };
  Kind kind = Kind::common_cause;
  std::uint32_t component = kNowhere;  ///< or kNowhere for a gate's switchover
  int replicas = 0;  ///< failover: counts at levels with that many, and at no others
  std::string name;
};

struct Replica {
  std::uint32_t component = 0;
  std::uint32_t index = 0;  ///< within the component
  std::uint32_t home = kNowhere;
  std::uint32_t serves_from =
      kNowhere;  ///< stage of its node's outage from which it is rescheduled
  std::uint32_t settles_from =
      kNowhere;  ///< stage of a drain of its node from which it runs elsewhere
};

/// How load levels follow each other: up by clocks of the time spent in the level below, back after a fixed stay.
struct LevelClock {
  std::optional<LevelId> below;  ///< the level that it is entered from; none: the lowest
  double stay = 0.0;             ///< [s] time in the level per entry
  double mean_gap = 0.0;         ///< [s] time in `below` between entries
  std::vector<LevelId> above;    ///< levels entered from here
  std::vector<bool> counts;      ///< per service: an entry is an event of the outage frequency
};

/// A component that is short of replicas at the entry of a level.
struct Ramp {
  LevelId level = 0;
  ComponentId component = 0;
  double length = 0.0;  ///< [s] of the stay
  bool first = true;    ///< of its level: short right after the entry, the others at random
};

/// Settings of a component at a moment of a level that is entered step by step.
struct RampStep {
  double at = 0.0;  ///< [s] after the entry
  std::uint32_t component = 0;
  int need = 0;
  int replicas = 0;
};

/// An own primary, where failovers are played and not drawn.
struct Primary {
  ComponentId component = 0;
  double failover = 0.0;    ///< [s]
  double manual = 0.0;      ///< [s]
  double switchover = 0.0;  ///< [s]
  double success = 1.0;
};

struct Layout {
  /// fails  invalid_input: a mode without its probe or repair, drains that would take all the time
  static Result<Layout> of(const System& system, const Deployment& deployment,
                           const Assumptions& assumptions, double window = 30.0 * 86400.0);

  System system;
  Deployment deployment;
  Assumptions assumptions;
  double window = 0.0;  ///< [s]
  Demand demand;
  Gates gates;
  Lists parents;  ///< of gates

  std::vector<Element> elements;
  std::vector<ElementMode> modes;
  std::vector<std::string> mode_names;
  Lists inputs;  ///< per element: gates that lose an input with it (claims, factors, externals)
  std::vector<ComponentFactor> factors;
  std::size_t failable = 0;           ///< elements with a rate
  std::vector<std::uint32_t> chains;  ///< components that are Markov chains

  std::vector<Replica> replicas;             ///< also the first elements
  std::vector<std::uint32_t> first_replica;  ///< per component
  std::vector<std::uint32_t> replica_count;  ///< per component, at its largest level
  std::uint32_t node_element = 0;            ///< element of node 0
  std::uint32_t domain_element = 0;          ///< element of domain 0
  std::uint32_t vertex_element = 0;          ///< element of vertex 0; links follow the vertices
  std::vector<ReplicaTimes> times;           ///< per component
  Lists home;                                ///< per node: its replicas
  Lists beneath;                             ///< per domain: nodes
  std::vector<std::vector<double>> ages;     ///< per node: [s] its outage's stages end
  std::vector<std::vector<double>> settles;  ///< per node: [s] its drain's stages end
  /// [level][node][i]: where replica home[node][i] goes during a drain of the node; kNowhere: it is out.
  std::vector<std::vector<std::vector<std::uint32_t>>> moves;
  bool headroom = true;
  bool credit = true;  ///< rescheduling by the model's rule; else replicas are really placed

  RoomTable room;
  std::vector<std::vector<std::int64_t>> bystanders;  ///< [node][resource] of what no service needs
  std::vector<std::vector<std::uint32_t>> spread;  ///< [component][node]: spread domain or kNowhere

  std::vector<LevelClock> level_clocks;
  std::vector<std::uint32_t> varying;  ///< components whose need or count depends on the level
  std::vector<std::uint32_t> level_factors;  ///< elements that count at some levels only
  std::vector<Ramp> ramps;
  std::vector<std::vector<RampStep>> ramp_steps;  ///< per level, by time
  std::vector<std::vector<double>> request_rate;  ///< [level][service]; 1 where no load is given
  /// [(level * elements + element) * services + service]: failed requests per second of exposure
  std::vector<double> misrouted;
  std::vector<Primary> primaries;
  std::vector<std::uint32_t> primary_of;  ///< per component: index or kNowhere
};

}  // namespace haplan::model
