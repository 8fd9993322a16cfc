#include "solver/settled_plan.hpp"

#include <array>
#include <cmath>

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kTie = 1e-12;

}  // namespace

double as_many_checks(double checks) { return checks * (1.0 + kTie); }
double fewer_checks(double checks) { return checks * (1.0 - kTie); }

SettledPlan settled_plan(const Problem& problem, const Deployment& deployment, double checks,
                         bool sure) {
  SettledPlan plan{deployment, checks, {}, sure};
  for (const ComponentPlan& component : plan.deployment.components) {
    const Probes& probes = component.probes;
    const std::array three{&probes.liveness, &probes.readiness, &probes.startup};
    for (const auto* probe : three) plan.keys.push_back(*probe ? -(*probe)->failure_threshold : 0);
    for (const auto* probe : three) plan.keys.push_back(*probe ? -(*probe)->timeout : 0);
  }
  for (const Decision& decision : problem.decisions) {
    const double value = assigned(plan.deployment, decision);
    if (decision.standard) plan.keys.push_back(std::abs(value - *decision.standard));
    plan.keys.push_back(value);
  }
  return plan;
}

int compare(const SettledPlan& a, const SettledPlan& b) {
  if (as_many_checks(a.checks) < b.checks) return -1;
  if (as_many_checks(b.checks) < a.checks) return 1;
  for (std::size_t i = 0; i < a.keys.size(); ++i)
    if (a.keys[i] != b.keys[i]) return a.keys[i] < b.keys[i] ? -1 : 1;
  return 0;
}

}  // namespace haplan::solver
