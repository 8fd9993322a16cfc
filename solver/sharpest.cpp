#include "solver/sharpest.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/guarantee.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "solver/judge.hpp"
#include "solver/space.hpp"
#include "solver/verify/box.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

Sharpest::Sharpest(const Problem& problem) : problem_(problem), whole_(problem) {
  for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
    const Decision& decision = problem.decisions[d];
    if (is_count(decision.setting)) continue;
    if (!decision.component) {
      toleration_.push_back(d);
      continue;
    }
    auto& lists = decision.probe == ProbeKind::none ? controller_ : probes_;
    lists.resize(problem.system.components.size());
    lists[*decision.component].push_back(d);
  }
  probes_.resize(problem.system.components.size());
  controller_.resize(problem.system.components.size());
  most_recovery_.assign(problem.system.components.size(), kNever);
  for (const Objective& objective : problem.objectives)
    if (objective.max_recovery_time)
      for (const ComponentId c : reach_of(problem.system, objective.service))
        most_recovery_[c] = std::min(most_recovery_[c], *objective.max_recovery_time);
}

Deployment Sharpest::of(const Deployment& plan) const {
  Deployment best = plan;
  for (const std::size_t d : toleration_)
    assign(best, problem_.decisions[d], problem_.decisions[d].values.front());
  for (ComponentId c = 0; c < best.components.size(); ++c) {
    if (!problem_.system.components[c].replicated()) continue;
    sharpen_probes(best, c);
    sharpen_controller(best, c);
  }
  return best;
}

void Sharpest::sharpen_probes(Deployment& deployment, ComponentId c) const {
  std::pair<double, double> least{kNever, kNever};
  Deployment scratch = deployment;
  for_each_choice(problem_, whole_, probes_[c], scratch, [&] {
    const auto replica = replica_model(problem_.system.components[c], scratch.components[c].probes);
    if (!replica) return;
    for (const ModeOutage& mode : replica->modes)
      if (mode.worst && !within(*mode.worst, most_recovery_[c])) return;
    const std::pair figures{replica->unavailability, replica->start + replica->ready_mean};
    if (figures >= least) return;
    least = figures;
    deployment.components[c].probes = scratch.components[c].probes;
  });
}

void Sharpest::sharpen_controller(Deployment& deployment, ComponentId c) const {
  const auto& failover = problem_.system.components[c].failover;
  if (!failover) return;
  double least = kNever;
  Deployment scratch = deployment;
  const FailoverSettings& settings = scratch.components[c].failover;
  for_each_choice(problem_, whole_, controller_[c], scratch, [&] {
    if (!broken_floors(failover->controller, settings).empty()) return;
    const double mean =
        failover_time(failover->controller, settings, problem_.system.node_detection).mean;
    if (mean >= least) return;
    least = mean;
    deployment.components[c].failover = settings;
  });
}

}  // namespace haplan::solver
