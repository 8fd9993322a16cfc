#include "model/availability/guarantee.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/reduced_cluster.hpp"
#include "model/availability/worst_placement.hpp"
#include "model/base/contract.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

/// Worlds per level class: enough for exact sums up to eight nodes; beyond that what is left out is far below a
/// budget and stands in the interval.
constexpr double kMostWorlds = 5'000;

/// Relative width below which an interval is the rounding of an exact figure.
constexpr double kExact = 1e-9;

Estimate as_estimate(const WorstPlacement& worst) {
  if (worst.upper - worst.lower <= kExact * worst.upper) return Estimate::exactly(worst.upper);
  return {worst.upper, worst.lower, worst.upper, Method::bounded};
}

double figure_without_nodes(const WorldFigures& figures, const ServiceFunction& function) {
  std::vector<std::vector<double>> down;
  for (std::size_t i = 0; i < figures.placed().size(); ++i)
    down.push_back(figures.down(i, {}, true, Moves::exact));
  std::vector<const std::vector<double>*> inputs;
  for (const auto& d : down) inputs.push_back(&d);
  return figures.unavailability(function, inputs);
}

/// What both questions need; checks what neither can answer.
struct Question {
  LoadTable load;
  ComponentNumbers numbers;
  PlacementSpace space;
  std::optional<ReducedCluster> reduced;  ///< what the others are about, if the cluster is large
  bool too_large = false;                 ///< and even that would be

  [[nodiscard]] const System& system(const System& whole) const {
    return reduced ? reduced->system : whole;
  }
  [[nodiscard]] const Deployment& deployment(const Deployment& whole) const {
    return reduced ? reduced->deployment : whole;
  }
};

Result<Question> ask(const System& system, const Deployment& deployment,
                     const std::vector<CarriedRules>& rules) {
  Question question{load_table(system), {}, {}, std::nullopt};
  Result<ComponentNumbers> numbers = component_numbers(system, deployment);
  if (!numbers) return tl::unexpected(numbers.error());
  question.numbers = std::move(*numbers);
  question.space =
      placement_space(system, question.load, deployment, rules, pinned_components(system, rules));
  return question;
}

Result<Question> prepare(const System& system, const Deployment& deployment,
                         const std::vector<CarriedRules>& rules, std::size_t most_nodes) {
  HAPLAN_EXPECTS(rules.size() == system.components.size());
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  HAPLAN_EXPECTS(most_nodes <= kMostNodes);
  if (system.drain &&
      static_cast<double>(system.nodes.size()) * system.drain->per_node >= system.drain->every)
    return tl::unexpected(Error{Fault::invalid_input,
                                "the drains of all nodes would take all the time",
                                "cluster.maintenance.drain"});
  Result<Question> whole = ask(system, deployment, rules);
  if (!whole || system.nodes.size() <= most_nodes) return whole;
  auto reduced = reduced_cluster(system, deployment, whole->space,
                                 service_functions(system, whole->numbers).inputs, most_nodes);
  if (!reduced) {
    whole->too_large = true;
    return whole;
  }
  Result<Question> question = ask(reduced->system, reduced->deployment, rules);
  if (!question) return question;
  // Of the whole cluster: what is not on the way of any service may be on nodes that were left out.
  question->space.capacity_never_binds = whole->space.capacity_never_binds;
  question->space.always_headroom = whole->space.always_headroom;
  question->reduced = std::move(reduced);
  return question;
}

WorldFigures figures_for(const System& system, const Deployment& deployment,
                         const Question& question, const Stop& stop) {
  WorldFiguresOptions options{.most_worlds = kMostWorlds, .merge_drains = true, .stop = stop};
  if (question.reduced) options.beside = question.reduced->beside;
  return {question.system(system), question.deployment(deployment), question.load, question.numbers,
          options};
}

WorstPlacementOptions search_options(const WorldFigures& figures, const PlacementSpace& space,
                                     const GuaranteeOptions& options) {
  WorstPlacementOptions how{.work_limit = options.work_limit, .stop = options.stop};
  if (figures.functions().size() > 1)
    how.alone = worst_alone(figures, space, space.always_headroom, options.stop);
  return how;
}

WorstPlacement worst_of(const System& system, const Deployment& deployment,
                        const WorldFigures& figures, const Question& question,
                        const ServiceFunction& function, const WorstPlacementOptions& options) {
  if (!system.nodes.empty())
    return worst_placement({question.system(system), question.deployment(deployment), figures,
                            question.space, function},
                           options);
  const double figure = figure_without_nodes(figures, function);
  return {figure, figure, 0};
}

/// Replicas of several variants run without nodes, so that nothing is left to the scheduler.
Result<std::vector<Estimate>> mixed_unavailability(const System& system,
                                                   const Deployment& deployment, const Stop& stop) {
  HAPLAN_EXPECTS(system.nodes.empty());
  const Result<Evaluation> own = evaluate(system, deployment, {.figures = false, .stop = stop});
  if (!own) return tl::unexpected(own.error());
  std::vector<Estimate> figures;
  for (const ServiceFigures& service : own->services) figures.push_back(service.unavailability);
  return figures;
}

}  // namespace

Result<std::vector<Estimate>> guaranteed_unavailability(const System& system,
                                                        const Deployment& deployment,
                                                        const std::vector<CarriedRules>& rules,
                                                        const GuaranteeOptions& options) {
  if (has_variants(system)) return mixed_unavailability(system, deployment, options.stop);
  const Result<Question> question = prepare(system, deployment, rules, options.most_nodes);
  if (!question) return tl::unexpected(question.error());
  if (question->too_large)
    return std::vector<Estimate>(system.services.size(), {1.0, 0.0, 1.0, Method::bounded});
  const WorldFigures figures = figures_for(system, deployment, *question, options.stop);
  std::vector<Estimate> result(system.services.size());
  const WorstPlacementOptions how = search_options(figures, question->space, options);
  for (const ServiceFunction& function : figures.functions()) {
    WorstPlacement worst = worst_of(system, deployment, figures, *question, function, how);
    if (figures.network_bounded()) worst.lower = 0.0;
    const Estimate estimate = as_estimate(worst);
    for (const ServiceId service : function.services) result[service] = estimate;
  }
  return result;
}

Result<Kept> guaranteed_kept(const System& system, const Deployment& deployment,
                             const std::vector<CarriedRules>& rules,
                             const std::vector<double>& limits, const GuaranteeOptions& options) {
  HAPLAN_EXPECTS(limits.size() == system.services.size());
  if (has_variants(system)) {
    const auto figures = mixed_unavailability(system, deployment, options.stop);
    if (!figures) return tl::unexpected(figures.error());
    Kept kept = Kept::yes;
    for (ServiceId s = 0; s < limits.size(); ++s) {
      if ((*figures)[s].lower > limits[s]) return Kept::no;
      if ((*figures)[s].upper > limits[s]) kept = Kept::unknown;
    }
    return kept;
  }
  const Result<Question> question = prepare(system, deployment, rules, options.most_nodes);
  if (!question) return tl::unexpected(question.error());
  const bool asked = std::ranges::any_of(limits, [](double limit) { return limit < 1.0; });
  if (question->too_large) return asked ? Kept::unknown : Kept::yes;
  const WorldFigures figures = figures_for(system, deployment, *question, options.stop);
  WorstPlacementOptions how = search_options(figures, question->space, options);
  Kept kept = Kept::yes;
  for (const ServiceFunction& function : figures.functions()) {
    double limit = limits[function.services.front()];
    for (const ServiceId service : function.services) limit = std::min(limit, limits[service]);
    if (std::isinf(limit)) continue;
    how.limit = limit;
    WorstPlacement worst = worst_of(system, deployment, figures, *question, function, how);
    if (figures.network_bounded()) worst.lower = 0.0;
    if (worst.upper <= limit) continue;
    if (worst.lower > limit || worst.upper - worst.lower <= kExact * worst.upper) return Kept::no;
    kept = Kept::unknown;
  }
  return kept;
}

Result<bool> guaranteed_within(const System& system, const Deployment& deployment,
                               const std::vector<CarriedRules>& rules,
                               const std::vector<double>& limits, const GuaranteeOptions& options) {
  return guaranteed_kept(system, deployment, rules, limits, options).map([](Kept kept) {
    return kept == Kept::yes;
  });
}

}  // namespace haplan::model
