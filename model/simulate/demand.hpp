#pragma once

#include <optional>
#include <vector>

#include "model/system/deployment.hpp"

/// Load, needs and replica counts per level, derived from the system by exact arithmetic.
namespace haplan::model {

struct Demand {
  std::vector<std::vector<ComponentId>> path;       ///< per service, ascending
  std::vector<std::vector<bool>> reached;           ///< [service][component], all members of gates
  std::vector<std::vector<double>> service_rate;    ///< [level][service], [1/s]
  std::vector<std::vector<double>> component_rate;  ///< [level][component], [1/s]
  std::vector<std::vector<int>> need;               ///< [level][component]
  std::vector<std::vector<int>> replicas;           ///< [level][component]; 0 where nothing runs

  [[nodiscard]] int largest(ComponentId component) const;
  /// First level with the largest sum of replicas.
  [[nodiscard]] LevelId busiest() const;
};

/// source  MODEL 3, load levels
Demand demand_of(const System& system, const Deployment& deployment);

/// The level with the next lower rate.
std::optional<LevelId> next_lower_level(const std::vector<double>& rate, LevelId level);

}  // namespace haplan::model
