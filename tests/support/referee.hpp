#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "model/availability/window.hpp"
#include "model/simulate/simulate.hpp"

/// Holds the analytic engine against the simulator, figure by figure.
namespace haplan::test {

struct RefereeCase {
  std::string name;
  model::System system;
  model::Deployment deployment;
};

/// The random system of a seed, as a case.
RefereeCase random_case(std::uint64_t seed);

/// One figure by both.
struct RefereeFigure {
  std::string service;
  const char* figure = "";
  model::Estimate analytic;
  model::SimulatedFigure simulated;
  double allowance = 0.0;  ///< relative: what the model page allows an approximate figure
  bool agrees = false;     ///< the intervals meet, the analytic one widened by the allowance
  double sigmas = 0.0;     ///< distance in standard errors; 0 without one
};

struct RefereeResult {
  std::string name;
  std::string problem;  ///< why there are no figures, or empty
  std::vector<RefereeFigure> figures;
  model::Simulation simulation;
  double precision =
      0.0;  ///< relative half width of the least precise unavailability that is above zero
};

/// Figures that a case will be compared in: known before anything is simulated, as the rule for multiple comparisons
/// needs it.
std::size_t count_figures(const RefereeCase& one);

/// A service's windows have the analytic mean downtime of a window as their budget, so that a middle probability is
/// compared.
///   options  semantics of the model; precision as of intervals of 95 %, confidence of those that are compared; budgets
///            and targets are set here
RefereeResult referee(const RefereeCase& one, model::SimulateOptions options);

/// The confidence of every single interval that makes `family` for all of them together, by Bonferroni.
double single_confidence(double family, std::size_t comparisons);

}  // namespace haplan::test
