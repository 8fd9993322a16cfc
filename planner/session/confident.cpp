#include "planner/session/confident.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "model/system/variants.hpp"
#include "model/uncertainty/ensemble.hpp"
#include "planner/session/settled.hpp"
#include "planner/session/study.hpp"
#include "solver/objectives.hpp"

namespace haplan::planner {

namespace {

using Limit = std::optional<double> solver::Objective::*;

struct Limited {
  const char* figure;  ///< of drawn_figures
  Limit limit;
};
constexpr Limited kLimited[] = {
    {"unavailability", &solver::Objective::max_unavailability},
    {"errorRatio", &solver::Objective::max_error_ratio},
    {"recoverySeconds", &solver::Objective::max_recovery_time},
    {"responseSeconds", &solver::Objective::max_response_time},
    {"nodeLossSeconds", &solver::Objective::max_node_loss},
    {"dataLossSeconds", &solver::Objective::max_data_loss},
};

/// A limit by which a figure that is infinite in too many draws is tightened.
constexpr double kStep = 0.9;

/// The limit on the figure as written that would keep its quantile within `limit`, if that spread with it.
std::optional<double> needed_limit(double limit, double nominal, double quantile) {
  if (quantile <= limit) return std::nullopt;
  if (!std::isfinite(quantile) || nominal <= 0.0) return limit * kStep;
  return limit * std::min(1.0, nominal / quantile);
}

/// Everything that a verdict is made of, for one deployment.
class Verdict {
 public:
  Verdict(const Lowered& lowered, const UncertaintyOptions& options)
      : lowered_(lowered), options_(options) {
    std::set<double> levels;
    for (const solver::Objective& objective : lowered.problem.objectives)
      if (objective.confidence) levels.insert(*objective.confidence);
    for (const double level : levels)
      if (level > 0.0 && level < 1.0) levels_.push_back(level);
    if (levels_.empty()) levels_.push_back(0.5);
  }

  model::Result<solver::DrawnVerdict> of(const model::Deployment& chosen) const {
    if (!model::has_variants(lowered_.problem.system)) return of_settled(chosen);
    const Lowered plain = settled(lowered_, chosen);
    return Verdict(plain, options_).of_settled(plain.problem.before);
  }

 private:
  model::Result<solver::DrawnVerdict> of_settled(const model::Deployment& deployment) const {
    const auto laws = laws_of(uncertain_inputs(*lowered_.document));
    if (!laws) return tl::make_unexpected(laws.error());
    const auto factors = guarantee_factors(lowered_, deployment, *laws, options_.seed);
    if (!factors) return tl::make_unexpected(factors.error());
    const auto objectives = objectives_of(deployment, *factors);
    if (!objectives) return tl::make_unexpected(objectives.error());
    const SpecStudy study(lowered_, deployment, *laws, *factors, *objectives);
    const auto ensemble = model::ensemble(
        study.study(), {.draw = {.seed = options_.seed, .threads = options_.threads, .stop = {}},
                        .draws = options_.draws,
                        .quantiles = levels_});
    if (!ensemble) return tl::make_unexpected(ensemble.error());
    return verdict(*ensemble, *objectives, *factors);
  }

  [[nodiscard]] model::Result<std::vector<DrawnObjective>> objectives_of(
      const model::Deployment& deployment, const std::vector<double>& factors) const {
    const solver::Problem& problem = lowered_.problem;
    const auto evaluation = model::evaluate(problem.system, deployment);
    if (!evaluation) return tl::make_unexpected(evaluation.error());
    std::vector<model::Estimate> guaranteed;
    for (std::size_t s = 0; s < factors.size(); ++s)
      guaranteed.push_back(model::Estimate::exactly(
          std::min(1.0, evaluation->services[s].unavailability.upper * factors[s])));
    return drawn_objectives(problem, solver::checks_of(problem, *evaluation, guaranteed));
  }

  [[nodiscard]] solver::DrawnVerdict verdict(const model::Ensemble& ensemble,
                                             const std::vector<DrawnObjective>& objectives,
                                             const std::vector<double>& factors) const {
    solver::DrawnVerdict verdict{.kept = true, .needed = {}};
    for (std::size_t i = 0; i < objectives.size(); ++i)
      if (objectives[i].confidence)
        verdict.kept = verdict.kept && ensemble.kept[i].value >= *objectives[i].confidence;
    const std::vector<DrawnFigure> figures = drawn_figures(lowered_.problem.system);
    for (const solver::Objective& objective : lowered_.problem.objectives) {
      solver::Objective& needed = verdict.needed.emplace_back();
      needed.service = objective.service;
      if (!objective.confidence) continue;
      const auto level = std::ranges::find(levels_, *objective.confidence);
      if (level == levels_.end()) continue;  // 0 % is kept by anything, 100 % by no tightening
      for (std::size_t f = 0; f < figures.size(); ++f) {
        if (figures[f].service != objective.service) continue;
        const double factor =
            figures[f].name == "unavailability" ? factors[objective.service] : 1.0;
        const model::FigureSpread& spread = ensemble.figures[f];
        const double quantile =
            spread.quantiles[static_cast<std::size_t>(level - levels_.begin())].value;
        for (const Limited& row : kLimited)
          if (figures[f].name == row.figure && objective.*row.limit)
            needed.*row.limit =
                needed_limit(*(objective.*row.limit), spread.nominal * factor, quantile * factor);
      }
    }
    return verdict;
  }

  const Lowered& lowered_;
  UncertaintyOptions options_;
  std::vector<double> levels_;
};

}  // namespace

bool needs_draws(const Lowered& lowered) {
  return asks_for_confidence(lowered) && lowered.document &&
         !uncertain_inputs(*lowered.document).empty();
}

solver::Draw confidence_of(const Lowered& lowered, const UncertaintyOptions& options) {
  return [verdict = Verdict(lowered, options)](const model::Deployment& deployment) {
    return verdict.of(deployment);
  };
}

}  // namespace haplan::planner
