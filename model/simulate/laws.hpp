#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "model/base/result.hpp"
#include "model/numerics/philox.hpp"
#include "model/simulate/assumptions.hpp"
#include "model/system/deployment.hpp"

/// How long things are out, drawn as MODEL 1 to 3 describe it.
namespace haplan::model {

/// The law of one outage.
struct OutageLaw {
  enum class Kind : std::uint8_t { steps, exponential, lognormal };
  Kind kind = Kind::steps;
  double fixed = 0.0;                                     ///< [s] steps: constant part
  double first = 0.0;                                     ///< [s] steps: plus U(0, first)
  double second = 0.0;                                    ///< [s] steps: plus U(0, second)
  double mean = 0.0;                                      ///< [s] of all but `most`
  double sigma = 0.0;                                     ///< lognormal
  double most = std::numeric_limits<double>::infinity();  ///< [s] ends the outage at the latest

  double draw(PhiloxStream& stream) const;
};

OutageLaw fixed_law(double length);
OutageLaw exponential_law(double mean);
OutageLaw law_of(const DomainMode& mode);

/// One way in which a replica goes out.
struct OutageMode {
  std::string name;
  double rate = 0.0;  ///< [1/s] while it serves
  OutageLaw law;
  double avoided = 0.0;  ///< [s] until traffic avoids it, propagation left aside
  bool exits = false;    ///< back-off counts
  bool assumed =
      false;  ///< stands for a bare `availability`: no cause of failovers or failed requests
};

struct ReplicaTimes {
  std::vector<OutageMode> modes;
  double start = 0.0;       ///< [s] max(start, readiness initialDelaySeconds)
  double ready_mean = 0.0;  ///< [s]
  double settle = 0.0;      ///< [s] out while a drain moves it
};

///   fails   invalid_input (a liveness-detected mode without a probe, a manual one without repair)
///   source  MODEL 1
Result<ReplicaTimes> replica_times(const Component& component, const Probes& probes,
                                   const Assumptions& assumptions);

/// Mean time in which a controller makes another instance primary.  source  MODEL 3
double mean_failover(Controller controller, const FailoverSettings& settings,
                     const NodeDetection& detection);

/// P(a failover works): 0 where fewer than three sentinels leave no majority.
double failover_success(const Component& component, int replicas);

}  // namespace haplan::model
