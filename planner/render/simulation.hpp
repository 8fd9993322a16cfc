#pragma once

#include <string>
#include <vector>

#include "planner/render/text.hpp"
#include "planner/simulation.hpp"

namespace haplan::planner {

/// One figure of one service, simulated and beside it what the analytic engine says.
struct ComparedFigure {
  std::string name;   ///< as in JSON, e.g. "unavailability"
  std::string label;  ///< as on the page
  enum class Unit { share, per_second, seconds, probability } unit = Unit::share;
  model::SimulatedFigure simulated;
  std::optional<model::Estimate> analytic;

  /// The intervals meet; nothing where either is unknown.
  [[nodiscard]] std::optional<bool> agrees() const;
};

/// Every figure of a service, in the order of the page.
std::vector<ComparedFigure> compared_figures(const SimulationReport& report,
                                             model::ServiceId service);

/// "model", "cluster", or "cluster with one-lost-node, ...": what was simulated.
std::string semantics_text(const model::Assumptions& assumptions);

/// The simulation as a person reads it: figures with their intervals beside the analytic ones. UTF-8, LF, no control
/// bytes (ESC with colour).
std::string render_simulation_text(const SimulationReport& report, const TextOptions& options = {});

/// The same in full: kind SimulationResult, formatVersion 1.0; keys sorted, units in names, infinite numbers null with a
/// field "...IsInfinite" beside. Deterministic.
std::string render_simulation_json(const SimulationReport& report);

/// Some availability objective is beyond its target with its whole interval.
bool any_missed(const SimulationReport& report);

}  // namespace haplan::planner
