#include <algorithm>
#include <set>
#include <string>

#include "model/availability/guarantee.hpp"
#include "model/availability/headroom.hpp"
#include "model/base/parallel.hpp"
#include "planner/render/values.hpp"
#include "planner/render/workload.hpp"
#include "planner/session/settled.hpp"
#include "planner/warnings.hpp"
#include "solver/judge.hpp"
#include "solver/objectives.hpp"

namespace haplan::planner {

namespace {

bool same_rules(const std::vector<model::CarriedRules>& a,
                const std::vector<model::CarriedRules>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const model::CarriedRules& x, const model::CarriedRules& y) {
                      return x.spread == y.spread && x.allowed == y.allowed && x.pinned == y.pinned;
                    });
}

/// What the figures leave on a lost node, and a Deployment starts elsewhere all the same; a disk of the
/// node keeps it away.
std::vector<model::ComponentId> replaced(const Lowered& lowered) {
  std::vector<model::ComponentId> out;
  for (const auto& target : targets_of(lowered, profiles_of(lowered))) {
    const auto& component = lowered.problem.system.components[target.component];
    if (target.kind == "Deployment" && !component.movable &&
        component.storage.kind != model::StorageKind::local)
      out.push_back(target.component);
  }
  return out;
}

void look_at_orders(const Lowered& lowered, const model::Deployment& deployment,
                    Assessment& assessment) {
  const model::System& system = lowered.problem.system;
  model::ComponentId stranded = 0;
  model::NodeId lost = 0;
  const auto answer = model::headroom_in_every_order(system, model::load_table(system), deployment,
                                                     replaced(lowered), &stranded, &lost);
  if (answer == model::EveryOrder::unknown) return;
  assessment.headroom_in_every_order = answer == model::EveryOrder::fits;
  if (answer == model::EveryOrder::strands)
    assessment.stranded =
        system.components[stranded].name + " after the loss of " + system.nodes[lost].name;
}

void look_at_start(const model::System& system, const model::Deployment& deployment,
                   Assessment& assessment) {
  if (!model::check_placement(system, deployment).ok) return;
  model::ComponentId stranded = 0;
  const auto table = model::load_table(system);
  if (model::start_in_every_order(system, table, deployment, &stranded) !=
      model::EveryOrder::strands)
    return;
  assessment.stranded_at_start = system.components[stranded].name;
  for (const auto id : model::pins_for_start(system, table, deployment))
    assessment.pins_for_start.push_back(system.components[id].name);
}

std::vector<std::string> sets_that_move(const Lowered& lowered) {
  const auto& system = lowered.problem.system;
  std::set<std::string> names;
  if (system.nodes.empty()) return {};
  for (const auto& target : targets_of(lowered, profiles_of(lowered)))
    if (target.kind != "Deployment" && system.components[target.component].movable)
      names.insert(system.components[target.component].name);
  return {names.begin(), names.end()};
}

/// What follows from the evaluation alone.
void look_at_own(const Lowered& lowered, const model::Result<model::Evaluation>& evaluation,
                 Assessment& assessment) {
  const solver::Problem& problem = lowered.problem;
  if (!evaluation) return;
  for (model::ServiceId s = 0; s < problem.system.services.size(); ++s)
    assessment.windows.push_back(solver::window_of(problem, *evaluation, s));
  if (evaluation->headroom) look_at_orders(lowered, assessment.deployment, assessment);
  look_at_start(problem.system, assessment.deployment, assessment);
  assessment.sets_that_move = sets_that_move(lowered);
}

}  // namespace

model::Result<Assessment> assess(const Lowered& lowered, const model::Deployment& deployment,
                                 unsigned threads, const std::vector<model::Estimate>& known) {
  const solver::Problem& problem = lowered.problem;
  Assessment assessment{.deployment = deployment,
                        .evaluation = {},
                        .guaranteed = {},
                        .values_only = {},
                        .checks = {},
                        .windows = {},
                        .importance = {},
                        .cut_sets = {}};
  const auto rules = values_rules(lowered, deployment);
  const bool same = same_rules(rules, problem.rules);
  model::Result<model::Evaluation> evaluation;
  model::Result<std::vector<model::Estimate>> guaranteed;
  model::Result<std::vector<model::Estimate>> values_only;
  model::in_parallel(same ? 2 : 3, threads, [&](std::size_t part) {
    if (part == 0)
      guaranteed = known.empty() ? solver::guaranteed_figures(problem, deployment)
                                 : solver::as_asked(problem, deployment, known);
    else if (part == 1)
      look_at_own(lowered, evaluation = model::evaluate(problem.system, deployment), assessment);
    else
      values_only = model::guaranteed_unavailability(problem.system, deployment, rules);
  });
  if (!evaluation) return tl::make_unexpected(evaluation.error());
  if (!guaranteed) return tl::make_unexpected(guaranteed.error());
  if (!same && !values_only) return tl::make_unexpected(values_only.error());
  assessment.evaluation = std::move(*evaluation);
  assessment.guaranteed = std::move(*guaranteed);
  assessment.values_only = same ? assessment.guaranteed : std::move(*values_only);

  assessment.checks = solver::checks_of(problem, assessment.evaluation, assessment.guaranteed);
  return assessment;
}

model::Result<Assessment> assess_with_causes(const Lowered& lowered,
                                             const model::Deployment& deployment, unsigned threads,
                                             const std::vector<model::Estimate>& guaranteed) {
  const model::System& system = lowered.problem.system;
  model::Result<Assessment> assessment;
  model::Result<std::vector<std::vector<model::Importance>>> importance;
  model::Result<std::vector<model::CutSets>> cut_sets;
  model::in_parallel(2, threads, [&](std::size_t part) {
    if (part == 0) {
      assessment = assess(lowered, deployment, threads, guaranteed);
      return;
    }
    importance = model::importance(system, deployment);
    if (importance) cut_sets = model::minimal_cut_sets(system, deployment);
  });
  if (!assessment) return assessment;
  if (!importance) return tl::make_unexpected(importance.error());
  if (!cut_sets) return tl::make_unexpected(cut_sets.error());
  assessment->importance = std::move(*importance);
  assessment->cut_sets = std::move(*cut_sets);
  return assessment;
}

model::Result<Plan> evaluated_plan(Lowered open) {
  const model::Deployment before = open.problem.before;
  Lowered lowered = settled(std::move(open), before);
  auto after = assess_with_causes(lowered, lowered.problem.before);
  if (!after) return tl::make_unexpected(after.error());
  Plan plan{.lowered = std::move(lowered),
            .outcome = {},
            .before = std::nullopt,
            .start = std::nullopt,
            .after = std::move(*after),
            .uncertainty = std::nullopt,
            .provenance = {},
            .warnings = {}};
  plan.outcome.status = solver::Status::evaluated;
  plan.outcome.deployment = plan.after->deployment;
  plan.outcome.has_plan = true;
  plan.warnings = warnings_for(plan.lowered, *plan.after);
  plan.provenance = provenance_of(plan.lowered, *plan.after);
  return plan;
}

}  // namespace haplan::planner
