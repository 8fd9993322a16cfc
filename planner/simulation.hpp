#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/availability/window.hpp"
#include "model/simulate/simulate.hpp"
#include "planner/lower.hpp"

namespace haplan::planner {

/// What a simulated figure is held against.
struct AnalyticFigures {
  model::Estimate unavailability;
  double outage_frequency = 0.0;  ///< [1/s]
  double mean_outage = 0.0;       ///< [s]
  double error_ratio = 0.0;
  std::optional<model::WindowFigures> window;
};

/// An availability objective after a simulation.
enum class SimulatedVerdict {
  met,     ///< the whole interval is within the target
  missed,  ///< the whole interval is beyond it
  open,    ///< the target lies in the interval
};

/// What the verb simulate shows.
struct SimulationReport {
  Lowered lowered;
  model::Deployment deployment;
  model::SimulateOptions options;
  model::Simulation simulation;
  std::vector<AnalyticFigures> analytic;  ///< per service; empty: the analytic engine gave none
  std::string no_analytic;                ///< why not, or empty
  std::vector<std::optional<SimulatedVerdict>>
      verdicts;  ///< per service; none without an objective
};

}  // namespace haplan::planner
