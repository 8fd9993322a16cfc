#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/drill.hpp"
#include "planner/plan.hpp"

namespace haplan::planner {

/// One single loss and what of the objectives survives it.
struct DrilledLoss {
  model::LossDrill drill;
  std::string subject;  ///< name of the node, domain or component
  int equal = 1;        ///< how many equal ones this row stands for: replicas of a component
  std::vector<std::vector<solver::ObjectiveCheck>> survivals;  ///< per service
};

/// One named what-if.
struct DrilledScenario {
  std::string name;
  std::string problem;                         ///< why it could not be looked at, or empty
  std::vector<std::string> lost_nodes;         ///< up without the what-if, and down or gone with it
  std::optional<DrilledLoss> loss;             ///< their loss at once; absent when nothing is lost
  std::vector<std::string> services;           ///< their names with the what-if
  std::vector<double> unavailability;          ///< per service, in the long run with the what-if
  std::vector<solver::ObjectiveCheck> checks;  ///< with the what-if
  std::vector<std::string>
      short_of;  ///< "api at peak: 8 of 10": components with less than they need
};

/// What the verb drill shows.
struct DrillReport {
  Lowered lowered;
  model::Deployment deployment;
  bool headroom = false;
  std::vector<DrilledLoss> losses;
  std::vector<DrilledScenario> scenarios;
};

}  // namespace haplan::planner
