#pragma once

#include <cstdint>
#include <vector>

#include "model/markov/explore.hpp"

/// The workstation cluster of Haverkort, Hermanns and Katoen [HHK00]: two clusters of n workstations
/// each, a switch for each, one backbone, one repair unit. The unit takes 0.1 h to start on an item
/// (a race among the kinds of which one is out), then repairs it alone. Times here are in hours.
namespace haplan::test {

struct WorkstationCluster {
  enum class Repairing : std::uint8_t { nothing, left, right, left_switch, right_switch, backbone };

  struct State {
    std::uint16_t left;  ///< workstations that work, 0..n
    std::uint16_t right;
    bool left_switch;
    bool right_switch;
    bool backbone;
    Repairing repairing;
  };

  static std::uint64_t packed(const State& state);
  static State unpacked(std::uint64_t code);

  /// k workstations that work are connected.
  static bool serves(const State& state, unsigned k);

  unsigned n = 0;
  model::Chain chain;                ///< [1/h]; state 0: everything works
  std::vector<std::uint64_t> codes;  ///< packed states, by number

  /// 1 where at least k connected workstations work, else 0; premium service is k = n, minimum
  /// service k = floor(0.75 n).
  std::vector<double> service(unsigned k) const;
};

/// All states. With `folded`, states that differ by exchanging left and right only are one: half as
/// many, and every figure that does not tell left from right is the same.
model::Result<WorkstationCluster> workstation_cluster(unsigned n, bool folded = false);

}  // namespace haplan::test
