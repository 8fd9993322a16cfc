#include <algorithm>

#include "planner/session/session.hpp"
#include "planner/session/study.hpp"

namespace haplan::planner {

namespace {

/// Indices converge with the same points that quantiles need, but cost one evaluation per input and point.
std::size_t influence_base(std::size_t draws) {
  return std::clamp<std::size_t>(draws / 8, 64, 4096);
}

void hold_against_confidence(UncertaintyReport& report) {
  for (std::size_t i = 0; i < report.objectives.size(); ++i) {
    DrawnObjective& objective = report.objectives[i];
    if (objective.confidence)
      objective.met = report.ensemble.kept[i].value >= *objective.confidence;
  }
}

}  // namespace

bool asks_for_confidence(const Lowered& lowered) {
  return std::ranges::any_of(lowered.problem.objectives, [](const solver::Objective& objective) {
    return objective.confidence.has_value();
  });
}

model::Result<void> draw_inputs(Plan& plan, const UncertaintyOptions& options) {
  const Lowered& lowered = plan.lowered;
  if (!lowered.document || !plan.after) return {};
  UncertaintyReport report;
  report.inputs = uncertain_inputs(*lowered.document);
  if (report.inputs.empty()) return {};
  const model::Deployment& deployment = plan.after->deployment;
  const auto laws = laws_of(report.inputs);
  if (!laws) return tl::make_unexpected(laws.error());
  auto factors = guarantee_factors(lowered, deployment, *laws, options.seed);
  if (!factors) return tl::make_unexpected(factors.error());
  report.guarantee_factor = *factors;
  report.figures = drawn_figures(lowered.problem.system);
  report.objectives = drawn_objectives(lowered.problem, plan.after->checks);
  const SpecStudy spec(lowered, deployment, *laws, std::move(*factors), report.objectives);
  const model::Study& study = spec.study();

  const model::DrawOptions draw{
      .seed = options.seed, .threads = options.threads, .stop = options.stop};
  auto ensemble = model::ensemble(
      study, {.draw = draw, .draws = options.draws, .quantiles = options.quantiles});
  if (!ensemble) return tl::make_unexpected(ensemble.error());
  report.ensemble = std::move(*ensemble);
  auto influences = model::influences(study, {.draw = draw, .base = influence_base(options.draws)});
  if (!influences) return tl::make_unexpected(influences.error());
  report.influences = std::move(*influences);
  // One input away from what is written: the excess as written is closer than the largest of all draws.
  auto as_written = guarantee_factors(lowered, deployment, *laws, options.seed, 0);
  if (!as_written) return tl::make_unexpected(as_written.error());
  const SpecStudy alone(lowered, deployment, *laws, std::move(*as_written), report.objectives);
  auto flips = model::break_even(alone.study(), {.stop = options.stop});
  if (!flips) return tl::make_unexpected(flips.error());
  report.break_even = std::move(*flips);
  hold_against_confidence(report);
  plan.uncertainty = std::move(report);
  return {};
}

bool keeps_confidence(const Plan& plan) {
  return !plan.uncertainty ||
         std::ranges::all_of(plan.uncertainty->objectives,
                             [](const DrawnObjective& objective) { return objective.met; });
}

}  // namespace haplan::planner
