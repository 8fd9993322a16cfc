#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/base/estimate.hpp"
#include "model/base/result.hpp"
#include "model/base/stop.hpp"
#include "model/system/deployment.hpp"

/// The figures of MODEL for one system and one deployment. All times [s], all rates [1/s].
namespace haplan::model {

/// What a share of downtime is blamed on.
enum class CauseKind {
  replica,
  node,
  domain,
  claim,
  external,
  chain,
  failover,
  common_cause,
  switchover,
  ramp,
  drain,
  capacity,
  vertex,
  link
};

/// One cause of downtime; shares of a service add up to its unavailability.
struct Cause {
  CauseKind kind = CauseKind::replica;
  std::string subject;  ///< component, node, domain, claim, gate, network vertex or link
  std::string mode;     ///< failure mode, common cause, level (ramp, capacity) or empty
  double share = 0.0;   ///< of the unavailability (absolute, not relative)
  /// [1/s] outages of the service that it starts; 0 for `ramp` and `capacity`, which start with their level.
  double frequency = 0.0;
};

/// Worst-case automatic recovery of a replica, or nothing when no automatic mode exists.
struct RecoveryTime {
  double worst = 0.0;  ///< [s]
  ComponentId component = 0;
  std::string mode;
};

/// What the loss of one node does to a service, worst case.
struct NodeLoss {
  NodeId node = 0;
  double until_up = 0.0;       ///< [s] until the service is up again; 0 if it never goes down
  bool is_mean = false;        ///< a mean repair, because nothing automatic brings it back
  double until_avoided = 0.0;  ///< [s] how long traffic still goes there
  double failed_share = 0.0;   ///< of requests meanwhile, at the level with the highest rate
  std::string decided_by;      ///< component that is last to return, or empty
  bool already_down =
      false;  ///< at some level it is down before the loss, for good: until_up is infinite
};

/// What is lost at once: a node, a domain with all nodes beneath it, one replica of a component (of one that has a
/// primary: a standby, unless it is the only instance), a primary, an external service.
enum class LossKind { node, domain, replica, primary, external };

/// What a loss other than a node's does to a service, worst case.
struct LossFigures {
  LossKind kind = LossKind::domain;
  std::size_t subject = 0;     ///< NodeId, DomainId or ComponentId
  double until_up = 0.0;       ///< [s] until the service is up again; 0 if it never goes down
  bool is_mean = false;        ///< a mean repair, because nothing automatic brings it back
  double until_avoided = 0.0;  ///< [s] how long traffic still goes there
  double failed_share = 0.0;   ///< of requests meanwhile, at the level with the highest rate
  std::string decided_by;      ///< component that is last to return, or empty
  bool already_down =
      false;  ///< at some level it is down before the loss, for good: until_up is infinite
};

/// Share of time in which a service has been down for at least so long, by failures of that age alone.
struct DownFor {
  double age = 0.0;     ///< [s]
  double share = 0.0;   ///< of all time
  bool sudden = false;  ///< outages of exactly this length may exist
};

struct ServiceFigures {
  Estimate unavailability;
  double independent = 0.0;                  ///< textbook figure, ignoring sharing
  double outage_frequency = 0.0;             ///< [1/s] of all causes and entries
  std::vector<double> entry_frequency;       ///< [1/s] per level: outages that begin with its entry
  double mean_outage = 0.0;                  ///< [s] U / nu, 0 when nu is 0
  std::vector<Cause> causes;                 ///< descending share, ties by kind, subject, mode
  std::vector<DownFor> down_for;             ///< ascending ages from 0; the last share never ends
  std::vector<DownFor> episodes;             ///< the same, outages within one long failure added up
  std::vector<double> level_unavailability;  ///< per level
  std::optional<RecoveryTime> recovery;
  std::vector<NodeLoss> node_losses;  ///< one per node
  std::vector<LossFigures>
      losses;  ///< domains, then replicas, primaries and externals it can depend on
  double error_ratio = 0.0;
  std::vector<std::optional<double>>
      response_time;                 ///< [s] per level; nullopt: saturated (open load)
  double worst_response_time = 0.0;  ///< [s] over levels; infinite when saturated
  double data_loss = 0.0;            ///< [s] worst over the path's primary-replica components
};

struct Work {
  std::size_t diagram_nodes = 0;
  std::size_t domain_states = 0;
};

struct Evaluation {
  std::vector<ServiceFigures> services;  ///< one per System::services
  bool headroom = true;                  ///< rescheduling is credited
  std::vector<std::string> warnings;
  Work work;
};

/// Which figures are worth their time; the others stay at their defaults. The unavailability always is.
struct WantedFigures {
  bool frequency = true;  ///< outage_frequency, entry_frequency, mean_outage
  bool error_ratio = true;
  bool recovery = true;
  bool losses = true;  ///< node_losses and losses
  bool response_time = true;
  bool data_loss = true;
  bool causes = true;  ///< and frequency; many passes over the diagram
  bool independent = true;
  bool down_for = true;  ///< many passes over the diagram

  /// Nothing but unavailabilities.
  static WantedFigures none() {
    return {false, false, false, false, false, false, false, false, false};
  }
};

struct EvaluateOptions {
  std::size_t node_limit =
      1'000'000;        ///< states of the compilation; beyond it the result is `bounded`
  bool figures = true;  ///< false: unavailability only
  WantedFigures wanted{};
  Stop stop;  ///< then it fails
};

/// All figures of a deployment.
///   fails   invalid_input (a chain whose answer depends on its start, ...); budget_exhausted when stopped
///   source  MODEL 1-5
Result<Evaluation> evaluate(const System& system, const Deployment& deployment,
                            const EvaluateOptions& options = {});

}  // namespace haplan::model
