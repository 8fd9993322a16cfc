#pragma once

#include <string>
#include <vector>

#include "solver/workbench.hpp"
#include "tests/support/small_systems.hpp"

/// Problems small enough to be solved by hand.
namespace haplan::test {

/// No decision and no objective yet; every replicated component may be placed anew.
inline solver::Problem problem_of(const SmallSystem& small) {
  solver::Problem problem;
  problem.system = small.system;
  problem.before = small.deployment;
  for (model::ComponentId c = 0; c < problem.system.components.size(); ++c) {
    problem.placement_open.push_back(problem.system.components[c].replicated());
    problem.rules.emplace_back();
    if (problem.placement_open[c]) solver::place_round_robin(problem.system, problem.before, c);
  }
  return problem;
}

/// A decision on one of a component's settings; they are to be added in path order.
inline solver::Decision& decide(solver::Problem& problem, model::ComponentId component,
                                const std::string& name, solver::Setting setting,
                                std::vector<double> values) {
  solver::Decision decision;
  decision.path = "components." + problem.system.components[component].name + "." + name;
  decision.component = component;
  decision.setting = setting;
  decision.values = std::move(values);
  problem.decisions.push_back(decision);
  return problem.decisions.back();
}

inline solver::Decision& decide_replicas(solver::Problem& problem, model::ComponentId component,
                                         std::vector<double> values) {
  return decide(problem, component, "replicas", solver::Setting::replicas, std::move(values));
}

/// The numbers that a workbench starts from.
inline model::ComponentNumbers numbers_before(const solver::Problem& problem) {
  return *model::component_numbers(problem.system, problem.before);
}

}  // namespace haplan::test
