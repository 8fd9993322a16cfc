#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/base/result.hpp"
#include "model/simulate/assumptions.hpp"
#include "model/simulate/rounds.hpp"
#include "model/simulate/trace.hpp"
#include "model/system/deployment.hpp"

/// The figures of MODEL 5 by discrete events: a witness that shares no code with the analytic engine.
namespace haplan::model {

struct Simulation;

enum class SimulationMethod {
  direct,           ///< stationary paths as they come
  failure_biasing,  ///< downtime from cycles with more failures, weighted; time from cycles as they come
};

inline constexpr std::uint64_t kStandardEvents = 1'000'000'000;
inline constexpr double kStandardWindow = 30.0 * 86400.0;  ///< [s]

struct SimulateOptions {
  std::uint64_t seed = 1;
  Assumptions assumptions;   ///< none: what Kubernetes does
  double precision = 0.02;   ///< relative half width of every target's unavailability
  double confidence = 0.95;  ///< of every interval
  std::uint64_t events = kStandardEvents;
  unsigned threads = 1;
  double window = kStandardWindow;  ///< [s] in which downtime is counted
  std::vector<double> budgets;  ///< [s] per service: downtime that a window may have; empty: none
  std::vector<bool> targets;    ///< per service: its precision counts; empty: all
  std::optional<SimulationMethod> method;  ///< absent: whichever is likely to need less work
  Stop stop;                               ///< then what is known so far is returned
  std::function<void(const SimulationProgress&)> progress;
  std::function<void(const Simulation&)>
      so_far;  ///< after each round, with what would be returned if it ended there
};

struct Simulation {
  std::vector<SimulatedService> services;  ///< one per System::services
  double time = 0.0;                       ///< [s] over all replications, without warming up
  std::uint64_t events = 0;
  std::uint64_t replications = 0;
  double warm_up = 0.0;    ///< [s] of each replication, not counted
  double precision = 0.0;  ///< of the worst target; infinite while one has had too few outages
  SimulationMethod method = SimulationMethod::direct;
  bool refused =
      false;  ///< failure biasing was asked for, but does not fit: plain paths contradict it
  bool reached = false;  ///< every target is as precise as asked for
  bool stopped = false;
};

/// Independent replications, each warmed up, in rounds until every target is precise enough.
///   returns  the same at any number of threads, unless stopped
///   error    intervals as stated; what is left of the beginning after warming up is below 1e-4 of a figure
///   fails    as Layout::of
///   source   [AG07] IV.3, VI.1
Result<Simulation> simulate(const System& system, const Deployment& deployment,
                            const SimulateOptions& options = {});

/// One path from its beginning, told event by event.
///   until  [s]
///   fails  as Layout::of
Result<void> trace_path(const System& system, const Deployment& deployment,
                        const SimulateOptions& options, double until, const TraceSink& sink);

/// After so long [s] a path has all but forgotten that nothing was failed at first: ten times the longest mean repair,
/// outage or stay in a state of a chain, at least an hour.
double settling_time(const System& system, const Deployment& deployment);

}  // namespace haplan::model
