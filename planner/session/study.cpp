#include "planner/session/study.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>

#include "model/availability/guarantee.hpp"
#include "model/availability/reevaluate.hpp"
#include "model/uncertainty/points.hpp"
#include "planner/lower/substitution.hpp"
#include "solver/objectives.hpp"

namespace haplan::planner {

namespace {

constexpr double kYear = 365.25 * 86400.0;

constexpr std::array<const char*, 8> kFigures = {
    "unavailability",  "outagesPerYear",  "meanOutageSeconds", "errorRatio",
    "recoverySeconds", "responseSeconds", "nodeLossSeconds",   "dataLossSeconds"};

/// A law for what the engine draws.
model::Uncertainty known_of(const UncertainInput& input) {
  using Law = Uncertainty::Law;
  model::Uncertainty known{.value = input.nominal,
                           .low = input.low,
                           .high = input.high,
                           .level = input.level,
                           .kind = model::LawKind::lognormal,
                           .probability = input.kind == Value::Kind::probability};
  if (input.law == Law::uniform) known.kind = model::LawKind::uniform;
  if (input.law == Law::triangular) known.kind = model::LawKind::triangular;
  return known;
}

bool needs_outages(const solver::Problem& problem) {
  return std::ranges::any_of(problem.objectives, [](const solver::Objective& objective) {
    return objective.max_window_miss.has_value();
  });
}

/// One spec, evaluated with one set of values after another.
class Drawn {
 public:
  Drawn(const Lowered& lowered, model::Deployment deployment, std::vector<double> factor,
        std::vector<DrawnObjective> objectives)
      : substitution_(*lowered.document),
        base_(std::move(deployment)),
        deployment_(base_),
        factor_(std::move(factor)),
        objectives_(std::move(objectives)) {
    model::ReevaluateOptions options;
    options.wanted.down_for = needs_outages(lowered.problem);
    reevaluator_.emplace(std::move(options));
  }

  model::Result<model::Outcome> operator()(std::span<const double> values) {
    const auto evaluation = evaluated(values);
    if (!evaluation) return tl::make_unexpected(evaluation.error());
    model::Outcome outcome;
    std::vector<model::Estimate> guaranteed;
    for (model::ServiceId s = 0; s < evaluation->services.size(); ++s) {
      const model::ServiceFigures& service = evaluation->services[s];
      add_figures(service, outcome.figures);
      guaranteed.push_back(
          model::Estimate::exactly(std::min(1.0, service.unavailability.upper * factor_[s])));
    }
    judge(solver::checks_of(*problem_, *evaluation, guaranteed), outcome);
    return outcome;
  }

  model::Result<model::Evaluation> evaluated(std::span<const double> values) {
    const auto problem = substitution_.at(values);
    if (!problem) return tl::make_unexpected(problem.error());
    problem_ = *problem;
    deployment_ = base_;
    substitution_.settle(deployment_);
    return reevaluator_->evaluate(problem_->system, deployment_);
  }

  [[nodiscard]] const solver::Problem& problem() const { return *problem_; }
  [[nodiscard]] const model::Deployment& deployment() const { return deployment_; }

 private:
  /// The objectives in their order: the checks, and behind those of a service all of them.
  void judge(const std::vector<solver::ObjectiveCheck>& checks, model::Outcome& outcome) const {
    std::size_t next = 0;
    bool all = true;
    for (const DrawnObjective& objective : objectives_) {
      const bool met = objective.field.empty() ? all : checks.at(next++).met;
      all = objective.field.empty() || (all && met);
      outcome.holds.push_back(met);
    }
  }

  Substitution substitution_;
  std::optional<model::Reevaluator> reevaluator_;
  model::Deployment base_;
  model::Deployment deployment_;  ///< with the last values
  const solver::Problem* problem_ = nullptr;
  std::vector<double> factor_;
  std::vector<DrawnObjective> objectives_;
};

/// Raises the factors to those of one more set of values; one that cannot be evaluated says nothing.
void raise(Drawn& drawn, std::span<const double> values,
           const std::vector<model::CarriedRules>& rules, std::vector<double>& factor) {
  const auto evaluation = drawn.evaluated(values);
  if (!evaluation) return;
  const auto guaranteed =
      model::guaranteed_unavailability(drawn.problem().system, drawn.deployment(), rules);
  if (!guaranteed) return;
  for (model::ServiceId s = 0; s < factor.size(); ++s) {
    const double own = evaluation->services[s].unavailability.upper;
    const double worst = (*guaranteed)[s].upper;
    if (own > 0.0) factor[s] = std::max(factor[s], worst / own);
    if (own <= 0.0 && worst > 0.0) factor[s] = std::numeric_limits<double>::infinity();
  }
}

}  // namespace

std::span<const char* const> followed_figures() { return kFigures; }

void add_figures(const model::ServiceFigures& service, std::vector<double>& figures) {
  double node_loss = 0.0;
  for (const model::NodeLoss& loss : service.node_losses)
    node_loss = std::max(node_loss, loss.until_up);
  for (const double figure :
       {service.unavailability.value, service.outage_frequency * kYear, service.mean_outage,
        service.error_ratio, service.recovery ? service.recovery->worst : 0.0,
        service.worst_response_time, node_loss, service.data_loss})
    figures.push_back(figure);
}

model::Result<std::vector<model::Law>> laws_of(const std::vector<UncertainInput>& inputs) {
  std::vector<model::Law> laws;
  for (const UncertainInput& input : inputs) {
    auto law = model::Law::make(known_of(input));
    if (!law) {
      model::Error error = law.error();
      error.message = input.name + ": " + error.message;
      return tl::make_unexpected(std::move(error));
    }
    laws.push_back(*law);
  }
  return laws;
}

std::vector<DrawnFigure> drawn_figures(const model::System& system) {
  std::vector<DrawnFigure> figures;
  for (model::ServiceId s = 0; s < system.services.size(); ++s)
    for (const char* name : kFigures) figures.push_back({.service = s, .name = name});
  return figures;
}

std::vector<DrawnObjective> drawn_objectives(const solver::Problem& problem,
                                             const std::vector<solver::ObjectiveCheck>& checks) {
  std::vector<DrawnObjective> objectives;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const model::ServiceId service = checks[i].service;
    objectives.push_back(
        {.service = service, .field = checks[i].field, .confidence = std::nullopt, .met = true});
    if (i + 1 < checks.size() && checks[i + 1].service == service) continue;
    DrawnObjective all{.service = service, .field = {}, .confidence = std::nullopt, .met = true};
    for (const solver::Objective& objective : problem.objectives)
      if (objective.service == service) all.confidence = objective.confidence;
    objectives.push_back(std::move(all));
  }
  return objectives;
}

struct SpecStudy::State {
  std::deque<Drawn> drawn;  ///< one per evaluator; addresses stay
  model::Study study;
};

SpecStudy::SpecStudy(const Lowered& lowered, const model::Deployment& deployment,
                     std::vector<model::Law> laws, std::vector<double> factor,
                     const std::vector<DrawnObjective>& objectives)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.study.inputs = std::move(laws);
  state.study.figures = drawn_figures(lowered.problem.system).size();
  state.study.objectives = objectives.size();
  state.study.evaluator = [&state, &lowered, deployment, factor = std::move(factor), objectives] {
    Drawn& drawn = state.drawn.emplace_back(lowered, deployment, factor, objectives);
    return model::Evaluator([&drawn](std::span<const double> values) { return drawn(values); });
  };
}

SpecStudy::~SpecStudy() = default;

const model::Study& SpecStudy::study() const { return state_->study; }

model::Result<std::vector<double>> guarantee_factors(const Lowered& lowered,
                                                     const model::Deployment& deployment,
                                                     const std::vector<model::Law>& laws,
                                                     std::uint64_t seed, std::size_t draws) {
  const std::size_t services = lowered.problem.system.services.size();
  std::vector<double> factor(services, 1.0);
  const bool judged = std::ranges::any_of(
      lowered.problem.objectives,
      [](const solver::Objective& objective) { return objective.max_unavailability.has_value(); });
  if (!judged) return factor;
  Drawn drawn(lowered, deployment, factor, {});
  std::vector<double> values;
  for (const model::Law& law : laws) values.push_back(law.nominal());
  if (const auto nominal = drawn.evaluated(values); !nominal)
    return tl::make_unexpected(nominal.error());
  raise(drawn, values, lowered.problem.rules, factor);
  const model::Points points(laws.size(), seed);
  std::vector<double> at(laws.size());
  for (std::size_t pilot = 0; pilot < draws; ++pilot) {
    points.at(pilot, at);
    for (std::size_t i = 0; i < laws.size(); ++i) values[i] = laws[i].quantile(at[i]);
    raise(drawn, values, lowered.problem.rules, factor);
  }
  return factor;
}

}  // namespace haplan::planner
