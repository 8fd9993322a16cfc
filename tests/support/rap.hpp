#pragma once

#include <string>
#include <vector>

#include "solver/allocation/allocate.hpp"

/// Published instances of redundancy allocation, read from tests/data/rap.
namespace haplan::test {

/// One of them, with the optimum that was proved by others.
struct RapInstance {
  std::string name;
  std::size_t subsystems = 0;
  /// Sets of subsystems that keep the system up, counted from 0.
  std::vector<std::vector<std::size_t>> paths;
  std::vector<std::vector<double>> reliability;  ///< [subsystem][kind]
  /// [subsystem][kind][budget] in thousandths
  std::vector<std::vector<std::vector<std::int64_t>>> use;
  std::vector<std::int64_t> budgets;  ///< in thousandths
  int most = 1000;                    ///< units in one subsystem
  bool mixing = true;
  double optimum = 0.0;  ///< least unavailability
  double digits = 0.0;   ///< absolute error of `optimum`
};

/// The 256 instances of Feng et al. (2025).
std::vector<RapInstance> feng_instances(const std::string& file);

/// The 33 instances of Nakagawa and Miyazaki (1981), each with and without mixing of kinds.
std::vector<RapInstance> fyffe_instances(const std::string& file, bool mixing);

/// As a problem: least unavailability, then fewest units. Its first amounts are the budgets, its last the units.
solver::allocation::Problem problem_of(const RapInstance& instance);

}  // namespace haplan::test
