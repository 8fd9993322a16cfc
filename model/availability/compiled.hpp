#pragma once

#include <array>
#include <optional>
#include <vector>

#include "model/availability/numbers.hpp"
#include "model/availability/structure.hpp"
#include "model/diagram/diagram.hpp"

/// A system under a deployment, compiled once into a decision diagram over its failure domains and components;
/// evaluated many times with other numbers.
namespace haplan::model {

/// What a diagram variable stands for.
struct VariableInfo {
  enum class Kind {
    domain,
    node,
    replicas,
    entry,
    component,
    pair,
    claim,
    switchover,
    vertex,
    link
  };
  Kind kind = Kind::domain;
  /// DomainId, NodeId, ComponentId (replicas, entry, component, pair), ClaimId, VertexId or index of the switchover or
  /// link.
  std::size_t subject = 0;
  std::size_t table = kNone;  ///< replicas, component: the level's table; entry: the table after
  std::size_t table_before = kNone;  ///< entry
  /// Reachable replicas: {k} for `replicas`; {only before, only after, both} for `entry`.
  std::array<int, 3> reachable{};
};

/// One situation that a service is looked at in: a load level, without or during a drain.
struct Situation {
  LevelId level = 0;
  std::optional<LevelId>
      before;  ///< an entry of `level` from this one, counted for the frequency only
  NodeId drained = kOut;
  std::size_t stage = 0;                   ///< of the drain
  std::vector<Diagram::Ref> service_down;  ///< per service; kFalse where an entry is not asked for
};

struct Compiled {
  Diagram diagram;
  Structure structure;
  std::vector<VariableInfo> variables;  ///< per diagram variable
  std::vector<TableKey> tables;
  std::vector<std::vector<std::size_t>> table_of;  ///< [level][component]
  std::vector<std::size_t> node_variable;          ///< per node; kNone when nothing depends on it
  std::vector<std::size_t> domain_variable;
  std::vector<NodeStages> failure_stages;  ///< per node
  std::vector<NodeStages> drain_stages;    ///< per node; empty without drains
  std::vector<Situation> worlds;
  std::vector<Diagram::Ref> structure_down;  ///< per service: the structure function itself
  LoadTable load;
  bool headroom = false;
  bool network_bounded = false;  ///< structure_down contains kUnknown
  bool truncated = false;        ///< some function contains kUnknown
  std::size_t domain_states = 0;
};

/// Compiles every service at every level and drain state.
///   entries  also the entries of levels (for the outage frequency)
///   fails    budget_exhausted when even states with a single failed domain exceed options.node_limit
Result<Compiled> compile(const System& system, const Deployment& deployment,
                         const ComponentNumbers& numbers, bool entries,
                         const EvaluateOptions& options);

}  // namespace haplan::model
