#include "planner/render/why.hpp"
#include "planner/session/session.hpp"

namespace haplan::planner {

model::Result<Evidence> evidence_of(const Plan& plan, const Inputs& inputs) {
  if (!inputs.plan) return gather_evidence(plan, plan.lowered.problem.decisions, {});
  Inputs open = inputs;
  open.plan.reset();
  const Loaded loaded = load(open);
  return gather_evidence(
      plan, loaded.lowered ? loaded.lowered->problem.decisions : plan.lowered.problem.decisions,
      binding_of(inputs.plan->text));
}

}  // namespace haplan::planner
