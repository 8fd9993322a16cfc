#pragma once

#include "model/availability/probabilities.hpp"

/// Figures that requests see: error ratio, response time, recovery time, data loss. MODEL 5.
namespace haplan::model {

struct ServiceContext {
  const System& system;
  const Deployment& deployment;
  const Compiled& compiled;
  const Numbers& numbers;
  const ComponentNumbers& components;
};

/// Request-weighted: failed while the service is down, plus those sent to dead replicas until traffic avoids them.
///   level_unavailability  of the service, per level
double error_ratio(const ServiceContext& context, ServiceId service,
                   const std::vector<double>& level_unavailability);

/// [s] per level; nullopt where an open load saturates a station.
std::vector<std::optional<double>> response_times(const ServiceContext& context, ServiceId service);

/// Worst automatic recovery of any replica the service can depend on.
std::optional<RecoveryTime> recovery_time(const ServiceContext& context, ServiceId service);

/// [s] worst replication lag that a failover of a primary can lose.
double data_loss(const ServiceContext& context, ServiceId service);

/// The loss of each node. MODEL 5, loss drill.
std::vector<NodeLoss> node_losses(const ServiceContext& context, ServiceId service);

}  // namespace haplan::model
