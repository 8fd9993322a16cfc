#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/base/rational.hpp"

/// What a system is: components, failure domains, dependencies. No counts and no settings: those
/// are a Deployment (deployment.hpp). All times in seconds, all rates per second, all probabilities
/// in [0, 1].
namespace haplan::model {

using ComponentId = std::size_t;  ///< index into System::components
using DomainId = std::size_t;     ///< index into System::domains
using NodeId = std::size_t;       ///< index into System::nodes
using ClaimId = std::size_t;      ///< index into System::claims
using ServiceId = std::size_t;    ///< index into System::services
using LevelId = std::size_t;      ///< index into System::levels
using VertexId = std::size_t;     ///< index into Network::vertices

// ---- failures of one replica -------------------------------------------------------------------

enum class Detection { exit, liveness, manual };

struct FailureMode {
  std::string name;
  double rate = 0.0;  ///< [1/s], counted while the replica serves
  Detection detection = Detection::exit;
  std::optional<double> repair;  ///< [s] mean outage given instead of the sum of steps
  bool ignores_sigterm = true;

  friend bool operator==(const FailureMode&, const FailureMode&) = default;
};

/// Lognormal latency of a healthy replica's probe answer, by two quantiles [s].
struct ProbeLatency {
  double p50 = 0.0;
  double p99 = 0.0;

  friend bool operator==(const ProbeLatency&, const ProbeLatency&) = default;
};

// ---- failure domains ---------------------------------------------------------------------------

enum class RepairLaw { exponential, fixed, lognormal };

struct DomainMode {
  std::string name;
  double rate = 0.0;    ///< [1/s] while up
  double repair = 0.0;  ///< [s] mean
  RepairLaw law = RepairLaw::exponential;
  double sigma = 0.0;  ///< of the lognormal

  friend bool operator==(const DomainMode&, const DomainMode&) = default;
};

/// A failure domain above the nodes: region, zone, rack or any named level.
struct Domain {
  std::string name;
  std::string level;
  std::optional<DomainId> parent;
  std::vector<DomainMode> modes;
  bool down = false;  ///< `state: down`: P(up) = 0

  friend bool operator==(const Domain&, const Domain&) = default;
};

/// Amounts of named resources in thousandths of their unit (cpu in millicores, memory in
/// milli-bytes).
using Resources = std::map<std::string, std::int64_t>;

struct Node {
  std::string name;
  std::string pool;  ///< the entry of `cluster.nodes` it came from
  std::optional<DomainId> parent;
  std::vector<DomainMode> modes;
  bool down = false;
  Resources capacity;  ///< empty: unlimited; else absent cpu/memory/pods are unlimited, others zero
  std::map<std::string, std::string> labels;

  friend bool operator==(const Node&, const Node&) = default;
};

/// A storage claim with a name: one more domain of every component that uses it.
struct Claim {
  std::string name;
  std::vector<DomainMode> modes;
  bool read_write_once = true;  ///< forces all replicas of all its users onto one node

  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Drain {
  double every = 0.0;     ///< [s] between two drains of the same node
  double per_node = 0.0;  ///< [s] a node stays drained

  friend bool operator==(const Drain&, const Drain&) = default;
};

// ---- network -------------------------------------------------------------------------------------

/// A switch, router or site of the network.
struct Vertex {
  std::string name;
  std::vector<DomainMode> modes;  ///< none: it does not fail

  friend bool operator==(const Vertex&, const Vertex&) = default;
};

/// A link between two different vertices, in both directions.
struct Link {
  std::string name;
  VertexId a = 0;
  VertexId b = 0;
  std::vector<DomainMode> modes;

  friend bool operator==(const Link&, const Link&) = default;
};

/// What `connected` gates ask about. Vertices and links fail independently of each other and of all
/// domains; two vertices may have several links.
struct Network {
  std::vector<Vertex> vertices;  ///< in natural name order
  std::vector<Link> links;       ///< in natural name order

  friend bool operator==(const Network&, const Network&) = default;
};

// ---- dependencies ------------------------------------------------------------------------------

/// A coherent requirement: a tree of gates; leaves are components and sets of network vertices that
/// must be connected.
struct Requirement {
  enum class Kind { component, all, any, at_least, connected };
  Kind kind = Kind::all;
  ComponentId component = 0;         ///< Kind::component
  int n = 0;                         ///< Kind::at_least
  std::vector<Requirement> of;       ///< gates; an empty `all` is always met
  std::vector<VertexId> terminals;   ///< Kind::connected: at least two, ascending, distinct
  std::optional<double> switchover;  ///< [s] Kind::any: cost of each failure of its first member
  std::string name;  ///< of a gate with switchover, for causes: "llm" or "api: any(gpt-4o, claude)"

  friend bool operator==(const Requirement&, const Requirement&) = default;
};

// ---- components --------------------------------------------------------------------------------

enum class ComponentType { stateless, primary_replica, quorum, external, markov, gate };

struct External {
  double unavailability = 0.0;  ///< parsed as a decimal complement, not subtracted
  double rate = 0.0;            ///< [1/s] failures while up
  double repair = 3600.0;       ///< [s]
  bool repair_is_default = false;

  friend bool operator==(const External&, const External&) = default;
};

struct ChainTransition {
  std::size_t from = 0;
  std::size_t to = 0;
  double rate = 0.0;  ///< [1/s]

  friend bool operator==(const ChainTransition&, const ChainTransition&) = default;
};

/// An explicit continuous-time Markov chain.
struct StateChain {
  std::vector<std::string> states;
  std::vector<bool> serves;  ///< one per state
  std::vector<ChainTransition> transitions;

  friend bool operator==(const StateChain&, const StateChain&) = default;
};

enum class StorageKind { none, local, network };

struct Storage {
  StorageKind kind = StorageKind::none;
  std::optional<ClaimId> claim;  ///< only for a named (shared) claim
  double reattach = 360.0;       ///< [s] added to rescheduling with network storage

  friend bool operator==(const Storage&, const Storage&) = default;
};

/// Spread rule over the domains of one level ("node" for nodes).
struct Spread {
  std::string over = "node";
  int max_skew = 1;
  bool hard = true;  ///< whenUnsatisfiable: DoNotSchedule

  friend bool operator==(const Spread&, const Spread&) = default;
};

enum class Controller { none, patroni, cloudnative_pg, redis_sentinel, redis_cluster, repmgr };

/// What of a failover is not a decision.
struct Failover {
  Controller controller = Controller::none;
  double success = 1.0;
  double manual = 1800.0;   ///< [s]
  double switchover = 5.0;  ///< [s] outage of a planned switch, per drain of an instance's node
  std::optional<int> sentinels;  ///< default: one per replica

  friend bool operator==(const Failover&, const Failover&) = default;
};

struct Replication {
  enum class Mode { async, sync };
  Mode mode = Mode::async;
  double lag = 0.0;  ///< [s]
  int standbys = 1;
  bool strict = false;

  friend bool operator==(const Replication&, const Replication&) = default;
};

/// A common cause of a component: replicas never help. `releases` becomes one with
/// rate = failureRate * exposure / every and outage = restore, named "releases".
struct CommonCause {
  std::string name;
  double rate = 0.0;    ///< [1/s]
  double outage = 0.0;  ///< [s]

  friend bool operator==(const CommonCause&, const CommonCause&) = default;
};

struct Component {
  std::string name;
  ComponentType type = ComponentType::stateless;

  std::vector<FailureMode> modes;
  std::optional<double> replica_unavailability;  ///< `availability:` of a replica, instead of modes
  double start = 0.0;                            ///< [s]
  double shutdown = 0.0;                         ///< [s]
  double grace = 30.0;                           ///< [s] the pod's terminationGracePeriodSeconds
  std::optional<ProbeLatency> probe_latency;
  std::optional<double> false_failure;  ///< of one liveness probe, overrides the latency tail
  double retry = 0.0;                   ///< share of failed requests that a retry saves

  std::optional<Rational> throughput;  ///< [1/s] of one replica at 100 %
  Rational max_utilization{9, 10};
  Rational service_time{0, 1};           ///< [s]
  std::vector<std::optional<int>> need;  ///< per level; nullopt: from the load. Empty: all nullopt

  Resources requests;
  Resources limits;
  bool movable = false;
  Storage storage;
  Spread spread;
  bool pinned = false;          ///< `placement: pinned`
  std::vector<NodeId> allowed;  ///< nodes its replicas may use (pin minus forbid), ascending
  double autoscale_lag = 30.0;  ///< [s]

  std::optional<Failover> failover;
  std::optional<Replication> replication;
  std::vector<CommonCause> common_causes;

  std::optional<External> external;
  std::optional<StateChain> chain;
  Requirement gate;        ///< type gate
  Requirement depends_on;  ///< Kind::all over what it requires

  /// Ways to run it, in natural name order; empty: one way, this one. Each is whole, with what the component has where
  /// the variant says nothing; its name is the variant's; it has neither dependencies nor variants of its own.
  std::vector<Component> variants;
  bool mix = false;     ///< replicas of several variants may run together
  std::string variant;  ///< of what was resolved to one of its variants: that one's name
  std::map<std::string, Rational> uses;  ///< of named budgets, by one replica (what has none: once)

  /// Runs as replicas on nodes (stateless, primary-replica, quorum).
  [[nodiscard]] bool replicated() const {
    return type == ComponentType::stateless || type == ComponentType::primary_replica ||
           type == ComponentType::quorum;
  }

  friend bool operator==(const Component&, const Component&) = default;
};

// ---- load and services -------------------------------------------------------------------------

struct Level {
  std::string name;
  double share = 1.0;             ///< of time; shares sum to 1
  std::optional<Rational> users;  ///< closed load
  Rational think_time{0, 1};      ///< [s]
  std::optional<Rational> rate;   ///< [1/s] open load; neither: no load
  double ramp = 1800.0;           ///< [s]
  double every = 86400.0;         ///< [s]

  friend bool operator==(const Level&, const Level&) = default;
};

struct Service {
  std::string name;
  Requirement requires_;         ///< Kind::all
  std::optional<Rational> load;  ///< share of the level's rate

  friend bool operator==(const Service&, const Service&) = default;
};

struct NodeDetection {
  double mean = 47.4;   ///< [s]
  double worst = 55.0;  ///< [s]

  friend bool operator==(const NodeDetection&, const NodeDetection&) = default;
};

/// Invariants (established by whoever builds it, checked by check_system): components, nodes and
/// levels sorted as the spec's natural name order (levels: as written); every parent exists and the
/// domain graph is a forest; the dependency graph is acyclic; shares sum to 1; at least one level.
struct System {
  std::string name;
  std::vector<Domain> domains;
  std::vector<Node> nodes;  ///< in natural name order; empty: nothing is placed
  NodeDetection node_detection;
  std::optional<Drain> drain;
  double propagation = 1.0;  ///< [s]
  std::vector<Claim> claims;
  Network network;
  std::vector<Level> levels;
  std::vector<Component> components;  ///< in name order (byte order)
  std::vector<Service> services;      ///< in name order

  friend bool operator==(const System&, const System&) = default;
};

}  // namespace haplan::model
