#include "model/availability/guarantee.hpp"

#include "model/availability/worst_placement.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

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

}  // namespace

Result<std::vector<Estimate>> guaranteed_unavailability(const System& system,
                                                        const Deployment& deployment,
                                                        const std::vector<CarriedRules>& rules,
                                                        const GuaranteeOptions& options) {
  HAPLAN_EXPECTS(rules.size() == system.components.size());
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  if (system.nodes.size() > kMostNodes)
    return tl::unexpected(Error{Fault::budget_exhausted,
                                "guaranteed figures are limited to 64 nodes", "cluster.nodes"});
  const LoadTable load = load_table(system);
  const Result<ComponentNumbers> numbers = component_numbers(system, deployment);
  if (!numbers) return tl::unexpected(numbers.error());
  const WorldFigures figures(system, deployment, load, *numbers);
  const PlacementSpace space =
      placement_space(system, load, deployment, rules, pinned_components(system, rules));
  std::vector<Estimate> result(system.services.size());
  for (const ServiceFunction& function : figures.functions()) {
    const Estimate estimate =
        system.nodes.empty()
            ? Estimate::exactly(figure_without_nodes(figures, function))
            : as_estimate(worst_placement(system, deployment, figures, space, function,
                                          {.work_limit = options.work_limit}));
    for (const ServiceId service : function.services) result[service] = estimate;
  }
  return result;
}

}  // namespace haplan::model
