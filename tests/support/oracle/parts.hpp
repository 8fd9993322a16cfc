#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/system/deployment.hpp"

/// Inner steps of the oracle. Nothing here includes the engine: every formula is derived again from
/// the model's description, in long double, by the most literal method. Times [s], rates [1/s].
namespace haplan::test::oracle {

using Real = long double;

// ---- one replica
// ---------------------------------------------------------------------------------

struct Mode {
  std::string name;
  Real rate = 0;
  Real mean = 0;
  std::optional<Real> worst;
  model::Detection detection = model::Detection::exit;
};

struct Replica {
  std::vector<Mode> modes;
  Real u = 0;
  Real start = 0, ready_mean = 0, ready_worst = 0;
};

Replica replica(const model::Component& component, const model::Probes& probes);

// ---- domains
// -------------------------------------------------------------------------------------

/// E[min(R, t)] of one mode's repair time.
Real cut_mean(const model::DomainMode& mode, Real t);
/// E[max(R - t, 0)], without cancellation.
Real tail_mean(const model::DomainMode& mode, Real t);
Real total_rate(const std::vector<model::DomainMode>& modes);
/// Sum of rate * repair.
Real load_of(const std::vector<model::DomainMode>& modes);

// ---- load
// ----------------------------------------------------------------------------------------

struct Load {
  std::vector<std::vector<Real>> rate;          ///< [level][component]
  std::vector<std::vector<int>> need;           ///< [level][component]
  std::vector<std::vector<int>> replicas;       ///< [level][component] n_l; 0 when not replicated
  std::vector<std::vector<Real>> service_rate;  ///< [level][service]
};

Load load(const model::System& system, const model::Deployment& deployment);

/// Components on the request path (of `any` the first member) or, with `all_members`, all it can
/// depend on.
std::vector<bool> path(const model::System& system, model::ServiceId service, bool all_members);

// ---- one level as a set of elements
// --------------------------------------------------------------

/// A node, domain, claim or the drain: one up state (0) and down states with their probabilities.
struct Element {
  enum class Kind { node, domain, claim, drain } kind = Kind::node;
  std::size_t index = 0;  ///< of the node, domain or claim
  std::vector<Real> q;    ///< probability of each down state
  std::vector<Real>
      after;  ///< least age (drain: elapsed time) in that state; infinite for `state: down`
  std::vector<std::size_t> node;  ///< drain: the drained node of each state
};

/// A two-state factor that takes its component (or gate) down.
struct Factor {
  std::string kind, subject, mode;
  Real u = 0;
  Real rate =
      0;  ///< [1/s] of its failures while it is up; a ramp begins with the entry of its level
  bool ramp = false;
};

/// One independent variable of the structure function: a component that is no gate, or a
/// switchover.
struct Variable {
  std::optional<model::ComponentId> component;
  const model::Requirement* gate = nullptr;
  /// A vertex (index) or link (number of vertices + index) of the network.
  std::optional<std::size_t> network;
  std::vector<Factor> factors;
  Real own_u = 0;  ///< external, chain; replicated: by the replicas
  Real own_rate =
      0;  ///< [1/s] frequency of own failures while up (external); chain: frequency / (1 - own_u)
};

/// What a vertex or link is blamed as: kind and name.
std::pair<std::string, std::string> network_name(const model::System& system, std::size_t element);

/// Modes of a vertex or link.
const std::vector<model::DomainMode>& network_modes(const model::System& system,
                                                    std::size_t element);

struct World {
  const model::System& system;
  const model::Deployment& deployment;
  Load load;
  std::vector<Replica> replica;  ///< per component
  std::vector<Real> tau;  ///< per component: age after which it is rescheduled; infinite if never
  std::vector<Real> drain_out;  ///< per component: time a drained replica is out
  bool headroom = true;
  std::vector<Element> elements;  ///< the same for all levels
};

World make_world(const model::System& system, const model::Deployment& deployment);

/// Instances that must serve, or more than there are when the level asks for more than it has.
int threshold(const World& world, model::LevelId level, model::ComponentId component);

/// Factors, external and chain figures at a level, for what `service` can depend on.
std::vector<Variable> variables(const World& world, model::LevelId level, model::ServiceId service);

/// Per component the set (bit i: replica i) of replicas that serve when healthy, in one joint
/// element state.
std::vector<unsigned> capability(const World& world, model::LevelId level,
                                 const std::vector<int>& state);

/// Whether everything a service requires works, given which variables are up.
bool service_up(const model::System& system, model::ServiceId service,
                const std::vector<Variable>& variables, std::size_t up_bits);

/// Probability that a failover of n instances succeeds by itself.
Real success(const model::Component& component, int n);

/// The controller's failover times (mean, worst).
std::pair<Real, Real> failover_times(const World& world, model::ComponentId component);

/// Brute-force headroom of the deployment.
bool headroom(const model::System& system, const model::Deployment& deployment, const Load& load);

/// Level with most replicas of all components together, the first of several.
model::LevelId largest_level(const Load& load);

/// Whether only 1 + standbys instances accept writes.
bool strict_sync(const model::Component& component);

/// Node (or the domain that is one of its ancestors) belongs to `domain`.
bool below(const model::System& system, model::NodeId node, model::DomainId domain);

/// Spread domain of a node: the node itself, or its ancestor of that level; nullopt when it has
/// none.
std::optional<std::size_t> spread_domain(const model::System& system, model::NodeId node,
                                         const std::string& over);

}  // namespace haplan::test::oracle
