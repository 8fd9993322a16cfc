#include "solver/judge.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/service_levels.hpp"

namespace haplan::solver {

using namespace model;

namespace {

bool asks_for_availability(const Problem& problem) {
  return std::ranges::any_of(problem.objectives,
                             [](const Objective& o) { return o.max_unavailability.has_value(); });
}

}  // namespace

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
    if (o.max_data_loss && !within(data_loss(context, o.service), *o.max_data_loss))
      return false;
    if (!o.max_response_time) return true;
    return std::ranges::all_of(response_times(context, o.service), [&](const auto& time) {
      return within(time.value_or(std::numeric_limits<double>::infinity()), *o.max_response_time);
    });
  });
}

Result<bool> meets_availability(const Problem& problem, const Deployment& deployment) {
  if (!asks_for_availability(problem)) return true;
  const auto worst = guaranteed_unavailability(problem.system, deployment, problem.rules);
  if (!worst) return tl::unexpected(worst.error());
  return std::ranges::all_of(problem.objectives, [&](const Objective& o) {
    return !o.max_unavailability || within((*worst)[o.service].upper, *o.max_unavailability);
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
