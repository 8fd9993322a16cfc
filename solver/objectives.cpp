#include "solver/objectives.hpp"

#include <algorithm>
#include <string>

#include "model/availability/losses.hpp"
#include "model/base/contract.hpp"
#include "solver/judge.hpp"
#include "solver/phrases.hpp"

namespace haplan::solver {

namespace {

using Checks = std::vector<ObjectiveCheck>;

void add(Checks& checks, const Objective& objective, const char* field, double target,
         double actual, std::string decided_by) {
  checks.push_back({.service = objective.service,
                    .field = field,
                    .target = target,
                    .actual = actual,
                    .met = within(actual, target),
                    .decided_by = std::move(decided_by)});
}

std::string largest_cause(const model::ServiceFigures& figures) {
  return figures.causes.empty() ? std::string() : cause_text(figures.causes.front());
}

void check_recovery(Checks& checks, const Problem& problem, const Objective& objective,
                    const model::ServiceFigures& figures) {
  // Without an automatic mode nothing recovers by itself, and nothing can be late.
  double worst = 0.0;
  std::string decided_by;
  if (figures.recovery) {
    worst = figures.recovery->worst;
    decided_by =
        problem.system.components[figures.recovery->component].name + ": " + figures.recovery->mode;
  }
  add(checks, objective, "recoveryTime", *objective.max_recovery_time, worst, decided_by);
}

void check_node_loss(Checks& checks, const Problem& problem, const Objective& objective,
                     const model::ServiceFigures& figures) {
  const auto worst = std::max_element(
      figures.node_losses.begin(), figures.node_losses.end(),
      [](const model::NodeLoss& a, const model::NodeLoss& b) { return a.until_up < b.until_up; });
  double time = 0.0;
  std::string decided_by;
  if (worst != figures.node_losses.end()) {
    time = worst->until_up;
    if (time > 0.0) decided_by = "loss of " + problem.system.nodes[worst->node].name;
    if (!worst->decided_by.empty()) decided_by += ", through " + worst->decided_by;
  }
  add(checks, objective, "loss.node", *objective.max_node_loss, time, decided_by);
}

/// The worst of the losses of one kind, the first of equal ones.
void check_loss(Checks& checks, const Problem& problem, const Objective& objective,
                const model::ServiceFigures& figures, model::LossKind kind, const char* field) {
  const auto limit = max_loss(objective, kind);
  if (!limit) return;
  const std::vector<model::DomainId> zones = model::zones(problem.system);
  const model::LossFigures* worst = nullptr;
  for (const model::LossFigures& loss : figures.losses) {
    if (loss.kind != kind) continue;
    if (kind == model::LossKind::domain && !std::ranges::binary_search(zones, loss.subject))
      continue;
    if (worst == nullptr || loss.until_up > worst->until_up) worst = &loss;
  }
  std::string decided_by;
  if (worst != nullptr) {
    if (kind == model::LossKind::domain)
      decided_by = "loss of " + problem.system.domains[worst->subject].name +
                   (worst->decided_by.empty() ? "" : ", through " + worst->decided_by);
    else
      decided_by = worst->decided_by.empty() ? problem.system.components[worst->subject].name
                                             : worst->decided_by;
  }
  add(checks, objective, field, *limit, worst != nullptr ? worst->until_up : 0.0, decided_by);
}

}  // namespace

model::WindowFigures window_of(const Problem& problem, const model::Evaluation& evaluation,
                               model::ServiceId service) {
  Objective asked;
  for (const Objective& objective : problem.objectives)
    if (objective.service == service) asked = objective;
  const double budget = asked.max_unavailability.value_or(0.0) * asked.window;
  return model::downtime_in_window(evaluation.services[service], asked.window, budget);
}

std::vector<ObjectiveCheck> checks_of(const Problem& problem, const model::Evaluation& evaluation,
                                      const std::vector<model::Estimate>& guaranteed) {
  HAPLAN_EXPECTS(evaluation.services.size() == problem.system.services.size());
  Checks checks;
  for (const Objective& objective : problem.objectives) {
    const model::ServiceFigures& figures = evaluation.services[objective.service];
    if (objective.max_unavailability)
      add(checks, objective, "availability", *objective.max_unavailability,
          guaranteed[objective.service].upper, largest_cause(figures));
    if (objective.max_error_ratio)
      add(checks, objective, "errorRate", *objective.max_error_ratio, figures.error_ratio, {});
    if (objective.max_recovery_time) check_recovery(checks, problem, objective, figures);
    if (objective.max_response_time)
      add(checks, objective, "responseTime", *objective.max_response_time,
          figures.worst_response_time, {});
    if (objective.max_node_loss) check_node_loss(checks, problem, objective, figures);
    using model::LossKind;
    check_loss(checks, problem, objective, figures, LossKind::domain, "loss.zone");
    check_loss(checks, problem, objective, figures, LossKind::replica, "loss.replica");
    check_loss(checks, problem, objective, figures, LossKind::primary, "loss.primary");
    if (objective.max_window_miss)
      add(checks, objective, "compliance", *objective.max_window_miss,
          1.0 - window_of(problem, evaluation, objective.service).kept.value, {});
    if (objective.max_data_loss)
      add(checks, objective, "dataLoss", *objective.max_data_loss, figures.data_loss, {});
  }
  return checks;
}

model::WantedFigures judged_figures(const Problem& problem) {
  model::WantedFigures wanted = model::WantedFigures::none();
  for (const Objective& objective : problem.objectives) {
    wanted.error_ratio = wanted.error_ratio || objective.max_error_ratio;
    wanted.recovery = wanted.recovery || objective.max_recovery_time;
    wanted.losses = wanted.losses || objective.max_node_loss || objective.max_zone_loss ||
                    objective.max_replica_loss || objective.max_primary_loss;
    wanted.response_time = wanted.response_time || objective.max_response_time;
    wanted.data_loss = wanted.data_loss || objective.max_data_loss;
    wanted.down_for = wanted.down_for || objective.max_window_miss;
  }
  return wanted;
}

bool judges_availability(const Problem& problem) {
  return std::ranges::any_of(problem.objectives, [](const Objective& objective) {
    return objective.max_unavailability.has_value();
  });
}

model::Result<std::vector<ObjectiveCheck>> check_objectives(const Problem& problem,
                                                            const model::Deployment& deployment,
                                                            const model::Evaluation& evaluation) {
  if (!judges_availability(problem)) return checks_of(problem, evaluation, {});
  const auto guaranteed = guaranteed_figures(problem, deployment);
  if (!guaranteed) return tl::make_unexpected(guaranteed.error());
  return checks_of(problem, evaluation, *guaranteed);
}

}  // namespace haplan::solver
