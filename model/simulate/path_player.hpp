#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"
#include "model/simulate/layout.hpp"
#include "model/simulate/preference.hpp"
#include "model/simulate/process.hpp"
#include "model/simulate/repeat.hpp"

/// The replications of one system and deployment.
namespace haplan::model {

/// The length of every replication.
struct Lengths {
  double warm_up = 0.0;       ///< [s]
  std::uint64_t windows = 0;  ///< of a direct replication
  std::uint64_t cycles = 0;   ///< of one with biased cycles
  double window = 0.0;        ///< [s]
};

/// One per service; none: its outages are frequent enough as they come.
using Preferences = std::vector<std::optional<Preference>>;

/// Plays replications by their index: the same index gives the same one. All functions return nothing when the Stop said
/// so. The layout must outlive it.
class PathPlayer {
 public:
  /// Paths of other numbers than those of any replication, and first numbers of replications that teach a preference or
  /// try it.
  static constexpr std::uint64_t kPilotPath = std::uint64_t{1} << 62;
  static constexpr std::uint64_t kLessons = std::uint64_t{1} << 30;
  static constexpr std::uint64_t kTrials = std::uint64_t{1} << 31;

  ///   piece  [s] to play between two looks at the Stop
  PathPlayer(const Layout& layout, std::uint64_t seed, const Lengths& lengths, double piece)
      : layout_(layout), seed_(seed), lengths_(lengths), piece_(piece) {}

  /// A stationary path.
  [[nodiscard]] std::optional<Repeat> direct(std::uint64_t index, const Stop& stop) const;

  /// Cycles between two moments at which all begins to be well: time from cycles as they come, downtime of a service from a
  /// biased copy of each, from the same state on; where it has no preference, from the cycles as they come. Every other
  /// replication pushes harder: what only one of them sees would be missing where both did not.
  [[nodiscard]] std::optional<Repeat> biased(std::uint64_t index, const Preferences& preferences,
                                             const Stop& stop) const {
    return biased(index, preferences, lengths_.cycles, false, stop);
  }
  ///   falls  are told too
  [[nodiscard]] std::optional<Repeat> biased(std::uint64_t index, const Preferences& preferences,
                                             std::uint64_t cycles, bool falls,
                                             const Stop& stop) const;

  /// A preference that knows nothing.
  [[nodiscard]] Preference untaught() const;

 private:
  [[nodiscard]] bool play_until(Process& process, double until, const Stop& stop) const;

  const Layout& layout_;
  std::uint64_t seed_;
  Lengths lengths_;
  double piece_;
};

}  // namespace haplan::model
