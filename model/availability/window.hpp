#pragma once

#include <span>
#include <vector>

#include "model/availability/evaluate.hpp"

/// Downtime within one window of time: what an SLO is about. MODEL 5, approximate.
namespace haplan::model {

struct WindowFigures {
  Estimate kept;          ///< P(downtime within the window <= budget)
  Estimate downtime_p99;  ///< [s] 99th percentile of the downtime within the window
  double mean = 0.0;      ///< [s]
};

/// The service as one alternating renewal process: up for exponential times, down by the law that `episodes` tells, at any
/// moment of its life when the window begins. Until it has been up for window - x of a window it is down for at most x.
///   figures  of the service, with episodes
///   window   [s] > 0
///   budget   [s] of downtime that the SLO allows
///   returns  approximate: outages are independent of each other and of the times between them
///   cost     one compound Poisson sum, some for the percentile
///   source   MODEL 5, [Tak57], [Pan81]
WindowFigures downtime_in_window(const ServiceFigures& figures, double window, double budget);

/// The distribution of the same: P(downtime within the window <= d) for each d; kept is its value at the budget.
///   downtimes  [s] >= 0, in any order
std::vector<Estimate> downtime_distribution(const ServiceFigures& figures, double window,
                                            std::span<const double> downtimes);

}  // namespace haplan::model
