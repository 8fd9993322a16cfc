#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/system/system.hpp"
#include "model/uncertainty/break_even.hpp"
#include "model/uncertainty/ensemble.hpp"
#include "model/uncertainty/influence.hpp"
#include "planner/lower/inputs.hpp"

namespace haplan::planner {

/// A figure of a service that is followed through the draws.
struct DrawnFigure {
  model::ServiceId service = 0;
  std::string name;  ///< as in JSON: "unavailability", "outagesPerYear", "recoverySeconds", ...
};

/// An objective of a service that is judged in every draw; an empty field is all of its objectives together.
struct DrawnObjective {
  model::ServiceId service = 0;
  std::string field;
  std::optional<double> confidence;  ///< of all together: the share of draws that is asked for
  bool met = true;                   ///< the share is at least that
};

/// What the uncertainty of its inputs does to one deployment.
struct UncertaintyReport {
  std::vector<UncertainInput> inputs;
  std::vector<DrawnFigure> figures;        ///< of the ensemble and the influences
  std::vector<DrawnObjective> objectives;  ///< of the ensemble and the break-even values
  model::Ensemble ensemble;
  model::Influences influences;
  std::vector<std::vector<model::BreakEven>> break_even;  ///< [objective][input]
  /// Per service: guaranteed over own unavailability, the largest at the nominal values and in a few draws. In every
  /// draw the own figure times this is judged.
  std::vector<double> guarantee_factor;
};

/// What a part of a service's downtime rests on.
struct Provenance {
  std::string
      source;  ///< `source.kind` of the weakest number behind the causes; "none" where one has none
  double share = 0.0;  ///< of the unavailability (absolute)
};

}  // namespace haplan::planner
