#include "solver/judge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/allowed_figure.hpp"
#include "model/availability/scattered.hpp"
#include "model/availability/service_levels.hpp"
#include "model/availability/sum_bound.hpp"
#include "model/availability/worst_placement.hpp"
#include "solver/bounds.hpp"
#include "solver/objectives.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Largest judged unavailability that each service may have; infinite where nothing is asked for.
std::vector<double> availability_limits(const Problem& problem) {
  std::vector<double> limits(problem.system.services.size(),
                             std::numeric_limits<double>::infinity());
  for (const Objective& o : problem.objectives)
    if (o.max_unavailability)
      limits[o.service] = std::min(limits[o.service], largest_within(*o.max_unavailability));
  return limits;
}

/// The smallest limit of the function's services.
double strictest(const ServiceFunction& function, const std::vector<double>& limits) {
  double limit = std::numeric_limits<double>::infinity();
  for (const ServiceId s : function.services) limit = std::min(limit, limits[s]);
  return limit;
}

/// Some function's figure exceeds a limit of its services.
bool exceeds(const ServiceFunctions& functions, const std::vector<double>& limits,
             const std::vector<double>& figures) {
  for (std::size_t f = 0; f < functions.functions.size(); ++f)
    if (figures[f] > strictest(functions.functions[f], limits) * (1.0 + kSlack)) return true;
  return false;
}

/// The placement's figure exceeds the limit.
bool misses(const PlacementQuestion& question, const std::vector<std::vector<NodeId>>& nodes,
            double limit, const model::Stop& stop) {
  if (nodes.empty()) return false;
  Deployment placement = question.deployment;
  for (std::size_t c = 0; c < nodes.size(); ++c) placement.components[c].nodes = nodes[c];
  StopMeter meter(stop);
  return AllowedFigure(question, stop, meter)(placement).value_or(0.0) > limit;
}

constexpr std::size_t kFewNodes = 8;  ///< on more of them both ends of sums tell most

}  // namespace

bool exceeds_limits(const Problem& problem, const LoadTable& load, const Deployment& deployment,
                    const ComponentNumbers& numbers, const PlacementSpace& space,
                    Suspects& suspects, Look look, const model::Stop& stop) {
  const std::vector<double> limits = availability_limits(problem);
  if (look == Look::searched) {
    const ServiceFunctions functions = service_functions(problem.system, numbers);
    if (!functions.network_bounded) {
      for (const ServiceFunction& function : functions.functions) {
        const double limit = strictest(function, limits) * (1.0 + kSlack);
        if (std::isinf(limit)) continue;
        const auto placed = scattered_placement(problem.system, deployment, load, numbers, space,
                                                functions, function, limit);
        if (placed && placed->unavailability > limit) return true;
      }
      if (problem.system.nodes.size() > kFewNodes &&
          !exceeds(functions, limits,
                   sum_bounds(problem.system, deployment, load, numbers, space, functions, stop)))
        return false;
    }
  }
  // A hint only, for which a world is listed with a bit for each node.
  if (problem.system.nodes.size() > kMostNodes) return false;
  // States left out only lower the lower end.
  constexpr double kFewWorlds = 1'500;
  const WorldFigures figures(problem.system, deployment, load, numbers,
                             {.most_worlds = kFewWorlds, .stop = stop});
  if (figures.network_bounded()) return false;
  suspects.resize(figures.functions().size());
  for (std::size_t f = 0; f < suspects.size(); ++f) {
    const double limit = strictest(figures.functions()[f], limits);
    if (std::isinf(limit)) continue;
    const PlacementQuestion question{problem.system, deployment, figures, space,
                                     figures.functions()[f]};
    if (misses(question, suspects[f], limit * (1.0 + kSlack), stop)) return true;
    if (look == Look::suspects) continue;
    // A hint that has to be cheap: a small part of the work that a verdict may take.
    constexpr double kOperations = 2e7;
    WorstPlacement worst =
        worst_placement(question, {.operations = kOperations, .limit = limit, .stop = stop});
    if (worst.lower <= limit * (1.0 + kSlack)) continue;
    suspects[f] = std::move(worst.nodes);
    return true;
  }
  return false;
}

bool counts_suffice(const Problem& problem, const LoadTable& load, const Deployment& deployment) {
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
    if (o.max_data_loss && !within(data_loss(context, o.service), *o.max_data_loss)) return false;
    if (!o.max_response_time) return true;
    return std::ranges::all_of(response_times(context, o.service), [&](const auto& time) {
      return within(time.value_or(std::numeric_limits<double>::infinity()), *o.max_response_time);
    });
  });
}

Result<std::vector<Estimate>> guaranteed_figures(const Problem& problem,
                                                 const Deployment& deployment, unsigned threads,
                                                 const model::Stop& stop) {
  auto figures = guaranteed_unavailability(problem.system, deployment, problem.rules,
                                           {.stop = stop, .threads = threads});
  if (!figures) return figures;
  return as_asked(problem, deployment, std::move(*figures), stop);
}

Result<std::vector<Estimate>> as_asked(const Problem& problem, const Deployment& deployment,
                                       std::vector<Estimate> figures, const model::Stop& stop) {
  const std::vector<double> limits = availability_limits(problem);
  for (ServiceId s = 0; s < limits.size(); ++s) {
    Estimate& figure = figures[s];
    // What counts as exact may still be a rounding beyond a limit that sums are proved to keep.
    if (figure.upper <= limits[s] || figure.lower * (1.0 - kSlack) > limits[s]) continue;
    std::vector<double> asked(limits.size(), std::numeric_limits<double>::infinity());
    asked[s] = limits[s];
    const auto kept =
        guaranteed_kept(problem.system, deployment, problem.rules, asked, {.stop = stop});
    if (!kept) return tl::unexpected(kept.error());
    if (*kept == Kept::yes)
      figure = {limits[s], std::min(figure.lower, limits[s]), limits[s], Method::bounded};
  }
  return figures;
}

Result<Kept> judged_availability(const Problem& problem, const Deployment& deployment,
                                 const model::Stop& stop, unsigned threads) {
  const std::vector<double> limits = availability_limits(problem);
  if (std::ranges::all_of(limits, [](double limit) { return std::isinf(limit); })) return Kept::yes;
  return guaranteed_kept(problem.system, deployment, problem.rules, limits,
                         {.stop = stop, .threads = threads});
}

Result<Kept> meets_all(const Problem& problem, const Deployment& deployment,
                       const model::Stop& stop, unsigned threads) {
  auto available = judged_availability(problem, deployment, stop, threads);
  if (!available || *available == Kept::no) return available;
  const auto evaluation =
      evaluate(problem.system, deployment, {.wanted = judged_figures(problem), .stop = stop});
  if (!evaluation && stop && stop()) return Kept::unknown;
  if (!evaluation) return tl::unexpected(evaluation.error());
  // Availability is judged already: figures that meet it stand in for the guaranteed ones.
  const std::vector<Estimate> met(problem.system.services.size());
  const bool rest = std::ranges::all_of(checks_of(problem, *evaluation, met), &ObjectiveCheck::met);
  return rest ? *available : Kept::no;
}

}  // namespace haplan::solver
