#pragma once

#include <cstdint>
#include <vector>

namespace haplan::model {

/// What one path did to a service. In a biased cycle every amount is weighted with the likelihood ratio.
struct ServiceTally {
  double down = 0.0;     ///< [s]
  double outages = 0.0;  ///< up-to-down events
  /// Expected failed requests: all while the service is down, and those sent to replicas that do not answer.
  double failed = 0.0;
  double misrouted = 0.0;  ///< of them, those sent to replicas that do not answer
  double requests = 0.0;   ///< offered; seconds where no load is given
  std::vector<double>
      window_downtime;  ///< [s] one per complete window since the last clear_tally, in order
};

struct Tally {
  double time = 0.0;         ///< [s]
  std::uint64_t events = 0;  ///< never weighted
  double cycles = 0.0;       ///< weighted like the rest
  std::vector<ServiceTally> services;
};

}  // namespace haplan::model
