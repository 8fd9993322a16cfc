#pragma once

#include "model/availability/evaluate.hpp"

/// Downtime within one window of time: what an SLO is about. MODEL 5, approximate.
namespace haplan::model {

struct WindowFigures {
  Estimate kept;          ///< P(downtime within the window <= budget)
  Estimate downtime_p99;  ///< [s] 99th percentile of the downtime within the window
  double mean = 0.0;      ///< [s]
};

/// Outages of each cause come at its frequency and last share / frequency on average, with the shape of the cause's own
/// recovery; what begins with a load level or never ends is a fixed part.
///   figures  of the service, with its causes
///   window   [s] > 0
///   budget   [s] of downtime that the SLO allows
///   returns  approximate: outages of different causes do not overlap, and those of one are independent
///   fails    as component_numbers
///   source   MODEL 5, [Pan81]
Result<WindowFigures> downtime_in_window(const System& system, const Deployment& deployment,
                                         const ServiceFigures& figures, double window,
                                         double budget);

}  // namespace haplan::model
