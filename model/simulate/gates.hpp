#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/system/system.hpp"

/// The structure of a system as gates that count what is wrong with their members: a change is followed upwards only
/// as far as it changes something.
namespace haplan::model {

/// Lists of lists in one array.
class Lists {
 public:
  Lists() = default;
  explicit Lists(const std::vector<std::vector<std::uint32_t>>& lists);
  [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t i) const {
    return {items_.data() + first_[i], items_.data() + first_[i + 1]};
  }

 private:
  std::vector<std::uint32_t> first_{0};
  std::vector<std::uint32_t> items_;
};

/// A switchover of an `any` gate: one more independent element below a gate.
struct GateSwitchover {
  std::string name;
  double rate = 0.0;    ///< [1/s]
  double outage = 0.0;  ///< [s]
  std::uint32_t gate = 0;
};

struct ConnectedGate {
  std::vector<VertexId> terminals;
  std::uint32_t gate = 0;
};

inline constexpr std::uint32_t kNowhere = static_cast<std::uint32_t>(-1);

/// Gate g works while at most most_bad[g] of its inputs do not.
struct Gates {
  std::vector<int> most_bad;
  std::vector<std::vector<std::uint32_t>> parents;
  std::vector<std::uint32_t> of_component;  ///< component works; kNowhere: no service depends on it
  std::vector<std::uint32_t> of_service;
  std::vector<GateSwitchover> switchovers;
  std::vector<ConnectedGate> connected;
};

Gates make_gates(const System& system);

}  // namespace haplan::model
