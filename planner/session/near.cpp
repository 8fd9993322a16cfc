#include "solver/near.hpp"

#include <algorithm>
#include <utility>

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"
#include "planner/session/confident.hpp"
#include "planner/session/session.hpp"
#include "planner/session/settled.hpp"
#include "planner/warnings.hpp"

namespace haplan::planner {

namespace {

/// What runs, as a deployment of the problem that leaves variants open. A plan that names a variant made the component that one.
model::Deployment running_in(const solver::Problem& open, const solver::Problem& planned) {
  model::Deployment running = planned.before;
  for (model::ComponentId c = 0; c < open.system.components.size(); ++c) {
    const model::Component& component = open.system.components[c];
    const model::Component& fixed = planned.system.components[c];
    if (component.variants.empty() || !fixed.variants.empty()) continue;
    const auto found =
        std::ranges::find(component.variants, fixed.variant, &model::Component::name);
    HAPLAN_EXPECTS(found != component.variants.end());
    model::ComponentPlan chosen = std::move(running.components[c]);
    model::ComponentPlan& plan = running.components[c];
    plan = open.before.components[c];
    for (model::ComponentPlan& variant : plan.variants) variant.replicas = 0;
    plan.replicas = chosen.replicas;
    plan.nodes = std::move(chosen.nodes);
    const bool counted = component.replicated() && !chosen.autoscale;
    if (!counted) chosen.replicas = 1;
    chosen.nodes.clear();
    plan.variants[static_cast<std::size_t>(found - component.variants.begin())] = std::move(chosen);
  }
  return running;
}

}  // namespace

model::Result<Plan> near_plan(Lowered lowered, const Lowered& running_spec, int most_changes,
                              const solver::SolveOptions& options) {
  const model::Deployment running = running_in(lowered.problem, running_spec.problem);
  UncertaintyOptions drawing;
  drawing.threads = options.threads;
  const solver::Nearness near{running, most_changes};
  auto outcome = needs_draws(lowered)
                     ? solver::solve_confident(lowered.problem, options,
                                               confidence_of(lowered, drawing), &near)
                     : solver::solve_near(lowered.problem, running, most_changes, options);
  if (!outcome) return tl::make_unexpected(outcome.error());
  const bool variants = model::has_variants(lowered.problem.system);
  std::vector<std::string> changes;
  if (outcome->has_plan)
    changes = solver::changes_between(lowered.problem, running, outcome->deployment);
  Lowered at_first = settled(lowered, running);
  auto before = assess(at_first, at_first.problem.before);
  if (!before) return tl::make_unexpected(before.error());
  std::optional<Searched> open;
  if (variants) open = {lowered.problem, outcome->deployment};
  Lowered plain = settled(std::move(lowered), outcome->deployment);
  outcome->deployment = std::exchange(plain.problem.before, before->deployment);
  Plan plan;
  plan.lowered = std::move(plain);
  plan.outcome = std::move(*outcome);
  plan.before = std::move(*before);
  if (variants) plan.start = std::move(at_first);
  plan.most_changes = most_changes;
  plan.changes = std::move(changes);
  plan.searched = std::move(open);
  auto after = plan.outcome.has_plan ? assess_with_causes(plan.lowered, plan.outcome.deployment)
                                     : assess(plan.lowered, plan.outcome.deployment);
  if (!after) return tl::make_unexpected(after.error());
  if (plan.outcome.has_plan) {
    plan.outcome.criteria.unavailability = 0.0;
    for (const solver::Objective& objective : plan.lowered.problem.objectives)
      plan.outcome.criteria.unavailability +=
          after->evaluation.services[objective.service].unavailability.value;
  }
  plan.after = std::move(*after);
  plan.provenance = provenance_of(plan.lowered, *plan.after);
  plan.warnings = warnings_for(plan.lowered, *plan.after);
  return plan;
}

}  // namespace haplan::planner
