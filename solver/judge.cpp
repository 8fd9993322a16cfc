#include "solver/judge.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/service_levels.hpp"

namespace haplan::solver {

using namespace model;

namespace {

class Checker {
 public:
  Checker(const Problem& problem, const Evaluation& evaluation,
          const std::vector<Estimate>& guaranteed)
      : problem_(problem), evaluation_(evaluation), guaranteed_(guaranteed) {}

  std::vector<ObjectiveCheck> run() {
    for (const Objective& objective : problem_.objectives) check(objective);
    return std::move(checks_);
  }

 private:
  void add(ServiceId service, const char* field, double target, double actual,
           std::string decided_by) {
    checks_.push_back({service, field, target, actual, actual <= target, std::move(decided_by)});
  }

  void check(const Objective& o) {
    const ServiceFigures& figures = evaluation_.services[o.service];
    const auto top = [&figures] {
      return figures.causes.empty() ? std::string() : figures.causes.front().subject;
    };
    if (o.max_unavailability)
      add(o.service, "availability", *o.max_unavailability, guaranteed_[o.service].upper, top());
    if (o.max_error_ratio)
      add(o.service, "errorRate", *o.max_error_ratio, figures.error_ratio, "");
    if (o.max_recovery_time) {
      const auto& recovery = figures.recovery;
      add(o.service, "recoveryTime", *o.max_recovery_time, recovery ? recovery->worst : 0.0,
          recovery ? problem_.system.components[recovery->component].name : "");
    }
    if (o.max_response_time)
      add(o.service, "responseTime", *o.max_response_time, figures.worst_response_time, "");
    if (o.max_node_loss) check_node_loss(o, figures);
    if (o.max_data_loss) add(o.service, "dataLoss", *o.max_data_loss, figures.data_loss, "");
  }

  void check_node_loss(const Objective& o, const ServiceFigures& figures) {
    double worst = 0.0;
    std::string decided_by;
    for (const NodeLoss& loss : figures.node_losses) {
      if (loss.until_up <= worst) continue;
      worst = loss.until_up;
      decided_by = loss.decided_by;
    }
    add(o.service, "loss.node", *o.max_node_loss, worst, decided_by);
  }

  const Problem& problem_;
  const Evaluation& evaluation_;
  const std::vector<Estimate>& guaranteed_;
  std::vector<ObjectiveCheck> checks_;
};

bool asks_for_availability(const Problem& problem) {
  return std::ranges::any_of(problem.objectives,
                             [](const Objective& o) { return o.max_unavailability.has_value(); });
}

}  // namespace

std::vector<ObjectiveCheck> checks_of(const Problem& problem, const Evaluation& evaluation,
                                      const std::vector<Estimate>& guaranteed) {
  return Checker(problem, evaluation, guaranteed).run();
}

Result<std::vector<ObjectiveCheck>> check_objectives(const Problem& problem,
                                                     const Deployment& deployment,
                                                     const Evaluation& evaluation) {
  std::vector<Estimate> guaranteed(problem.system.services.size());
  if (asks_for_availability(problem)) {
    auto worst = guaranteed_unavailability(problem.system, deployment, problem.rules);
    if (!worst) return tl::unexpected(worst.error());
    guaranteed = std::move(*worst);
  }
  return checks_of(problem, evaluation, guaranteed);
}

bool counts_suffice(const Problem& problem, const LoadTable& load,
                    const Deployment& deployment) {
  const System& system = problem.system;
  // As much of a compiled system as these two figures read.
  Compiled compiled;
  compiled.load = load;
  for (LevelId l = 0; l < system.levels.size(); ++l) {
    auto& row = compiled.table_of.emplace_back();
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      row.push_back(compiled.tables.size());
      const int n = system.components[c].replicated()
                        ? replicas_at(system, load, deployment.components[c], c, l)
                        : 0;
      compiled.tables.push_back({c, n, 0, l});
    }
  }
  const Numbers numbers{};
  const ComponentNumbers components;
  const ServiceContext context{system, deployment, compiled, numbers, components};
  return std::ranges::all_of(problem.objectives, [&](const Objective& o) {
    if (o.max_data_loss && data_loss(context, o.service) > *o.max_data_loss) return false;
    if (!o.max_response_time) return true;
    return std::ranges::all_of(response_times(context, o.service), [&](const auto& time) {
      return time.value_or(std::numeric_limits<double>::infinity()) <= *o.max_response_time;
    });
  });
}

Result<bool> meets_availability(const Problem& problem, const Deployment& deployment) {
  if (!asks_for_availability(problem)) return true;
  const auto worst = guaranteed_unavailability(problem.system, deployment, problem.rules);
  if (!worst) return tl::unexpected(worst.error());
  return std::ranges::all_of(problem.objectives, [&](const Objective& o) {
    return !o.max_unavailability || (*worst)[o.service].upper <= *o.max_unavailability;
  });
}

Result<bool> meets_all(const Problem& problem, const Deployment& deployment) {
  const auto evaluation = evaluate(problem.system, deployment);
  if (!evaluation) return tl::unexpected(evaluation.error());
  const auto checks = check_objectives(problem, deployment, *evaluation);
  if (!checks) return tl::unexpected(checks.error());
  return std::ranges::all_of(*checks, &ObjectiveCheck::met);
}

}  // namespace haplan::solver
