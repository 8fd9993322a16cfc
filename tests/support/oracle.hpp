#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "model/system/deployment.hpp"

/// Brute-force evaluation of small systems, written from the model's description alone: the witness
/// that the engine is compared with. It enumerates level x drain stage x every domain, node and
/// claim state x every subset of replicas x every state of the structure function's variables.
namespace haplan::test {

using CauseKey = std::tuple<std::string, std::string, std::string>;  ///< kind, subject, mode

struct OracleNodeLoss {
  double until_up = 0.0;  ///< [s]; infinite: nothing brings it back
  bool is_mean = false;
  double until_avoided = 0.0;  ///< [s]
  double failed_share = 0.0;
  bool already_down = false;  ///< at some level before the loss
};

struct OracleService {
  long double unavailability = 0;
  std::vector<long double> level_unavailability;
  long double independent = 0;
  /// [1/s] without entries of levels.
  long double frequency = 0;
  /// [1/s] entries of a level that find the service up and leave it down.
  long double entry_frequency = 0;
  std::map<CauseKey, long double> causes;
  std::optional<double> recovery;  ///< [s]
  std::vector<OracleNodeLoss> node_losses;
  /// By kind (of model::LossKind) and subject: domains, replicas, primaries, externals.
  std::map<std::pair<int, std::size_t>, OracleNodeLoss> losses;
  long double error_ratio = 0;
  std::vector<std::optional<long double>> response_time;  ///< [s] per level
  long double data_loss = 0;                              ///< [s]
  std::size_t joint_states = 0;
};

/// All figures, or only unavailability per service and level.
std::vector<OracleService> oracle_evaluate(const model::System& system,
                                           const model::Deployment& deployment,
                                           bool figures = true);

/// Joint states of nodes, domains, claims and drain that the oracle would enumerate.
std::size_t oracle_states(const model::System& system, const model::Deployment& deployment);

}  // namespace haplan::test
