#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/simulate/repeat.hpp"
#include "model/simulate/statistics.hpp"

/// Replications in rounds until their figures are precise enough.
namespace haplan::model {

/// How far a simulation is.
struct SimulationProgress {
  std::uint64_t events = 0;
  std::uint64_t limit = 0;  ///< of events
  double time = 0.0;        ///< [s] simulated, over all replications
  double precision =
      0.0;  ///< relative half width of the worst target after the last round; infinite at first
  double wanted = 0.0;
};

struct Rounds;

struct RoundOptions {
  double precision = 0.02;   ///< relative half width of the unavailability of every target
  double confidence = 0.95;  ///< of the interval
  std::uint64_t events = 0;  ///< no round begins that is likely to pass this
  unsigned threads = 1;
  std::vector<bool> targets;          ///< per service
  std::uint64_t least_outages = 200;  ///< seen of every target before its interval is believed
  std::uint64_t first_round = 64;     ///< replications
  std::uint64_t most_rounds = 1'000;
  Stop stop;                                                ///< asked by every thread
  std::function<void(const SimulationProgress&)> progress;  ///< one call at a time, from any thread
  std::function<void(const Rounds&)> after_round;           ///< with all so far
};

struct Rounds {
  std::vector<Repeat> replications;  ///< in index order
  std::uint64_t events = 0;
  double time = 0.0;       ///< [s]
  double precision = 0.0;  ///< of the worst target
  bool reached = false;
  bool stopped = false;  ///< by the Stop
};

/// Round after round; the size of the next depends on all before and whether to end is asked between rounds only, so
/// the replications do not depend on the number of threads. After a Stop: those before the first that was cut.
///   player  the first index is 0
///   so_far  goes on after these
Rounds play_rounds(const Player& player, const RoundOptions& options, Rounds so_far = {});

/// Relative half width of the worst target; infinite while one of them has had too few outages.
double worst_precision(const std::vector<Repeat>& replications, const RoundOptions& options);

/// The figures of one service over all replications.
struct SimulatedService {
  SimulatedFigure unavailability;
  SimulatedFigure outage_frequency;  ///< [1/s]
  SimulatedFigure mean_outage;       ///< [s]
  SimulatedFigure error_ratio;
  SimulatedFigure kept;          ///< P(downtime within a window <= budget)
  SimulatedFigure downtime_p50;  ///< [s] of the downtime within a window
  SimulatedFigure downtime_p99;  ///< [s]
  std::uint64_t outages = 0;     ///< seen, without weights
  std::uint64_t windows = 0;
};

/// Figures of outages are known from 30 seen outages on.
SimulatedService figures_of(const std::vector<Repeat>& replications, std::size_t service,
                            double confidence, double budget);

}  // namespace haplan::model
