#pragma once

#include <functional>

#include "model/availability/probabilities.hpp"
#include "model/queueing/response.hpp"

/// Figures that requests see: error ratio, response time, recovery time, data loss. MODEL 5.
namespace haplan::model {

struct ServiceContext {
  const System& system;
  const Deployment& deployment;
  const Compiled& compiled;
  const Numbers& numbers;
  const ComponentNumbers& components;
};

/// Of what follows: times [s], rates [1/s], shares in [0, 1]; sums of non-negative terms, right to a few roundings;
/// cost O(levels * components on the path * (modes + replicas)) unless it says otherwise. Source: MODEL 5.

/// Request-weighted: failed while the service is down, plus those sent to dead replicas until traffic avoids them.
///   level_unavailability  of the service, per level
double error_ratio(const ServiceContext& context, ServiceId service,
                   const std::vector<double>& level_unavailability);

/// Seconds until traffic avoids a replica that failed in this mode, propagation included, at most the outage.
double window_of_mode(const System& system, const ModeOutage& mode, const Probes& probes);

/// Share of requests that meet a replica on this node while node or a domain above it is down and still gets
/// traffic: sum of rate times window over their modes.
double node_exposure(const System& system, NodeId node);

/// What answers for a closed network: closed_response_time, or something that remembers its answers.
using ClosedNetwork =
    std::function<double(const std::vector<Station>&, double customers, double think_time)>;

/// One component on a service's path as a queueing station.
struct PathStation {
  ComponentId component = 0;
  Station station;
  double rate = 0.0;  ///< [1/s] of requests
};

/// The stations of a service's path at a level, in the order of path_of; what takes no time is left out.
std::vector<PathStation> stations_of(const ServiceContext& context, ServiceId service,
                                     LevelId level);

/// [s] per level; nullopt where an open load saturates a station.
///   cost  O(users * stations) per closed level, see model/queueing/response.hpp
std::vector<std::optional<double>> response_times(
    const ServiceContext& context, ServiceId service,
    const ClosedNetwork& closed = closed_response_time);

/// Worst automatic recovery of any replica the service can depend on.
std::optional<RecoveryTime> recovery_time(const ServiceContext& context, ServiceId service);

/// [s] worst replication lag that a failover of a primary can lose.
double data_loss(const ServiceContext& context, ServiceId service);

}  // namespace haplan::model
