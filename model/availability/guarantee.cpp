#include "model/availability/guarantee.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/availability/allowed.hpp"
#include "model/availability/placement_space.hpp"
#include "model/availability/reduced_cluster.hpp"
#include "model/availability/scattered.hpp"
#include "model/availability/sum_bound.hpp"
#include "model/availability/worst_placement.hpp"
#include "model/base/contract.hpp"
#include "model/base/parallel.hpp"
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

/// Whether the deployment's own nodes are a choice of the space: if so, pods need not stay pending.
bool holds_own(const System& system, const Deployment& deployment, const PlacementSpace& space) {
  NodeLoad room(system, space.replicas);
  for (const PlacementUnit& unit : space.units) {
    const std::vector<NodeId>& first = deployment.components[unit.front()].nodes;
    for (const ComponentId c : unit) {
      const std::vector<NodeId>& nodes = deployment.components[c].nodes;
      if (!obeys(space.rules[c], nodes)) return false;
      if (unit.size() > 1 && nodes.front() != first.front()) return false;
      room.add(c, nodes, 1);
    }
  }
  return room.fits();
}

/// Both ends from components alone, of the whole cluster; computed when first asked for. They are those of placements that
/// exist: where the deployment's own is none, nothing is said.
class Sums {
 public:
  Sums(const System& system, const Deployment& deployment, const std::vector<CarriedRules>& rules,
       const Stop& stop)
      : system_(system), deployment_(deployment), rules_(rules), stop_(stop) {}

  double operator[](std::size_t function) {
    find();
    return function < bounds_.size() ? bounds_[function] : 1.0;
  }

  double least(std::size_t function) {
    find();
    return function < least_.size() ? std::min(least_[function], bounds_[function]) : 0.0;
  }

 private:
  void find() {
    if (std::exchange(asked_, true)) return;
    const Result<Question> whole = ask(system_, deployment_, rules_);
    if (!whole || !holds_own(system_, deployment_, whole->space)) return;
    const ServiceFunctions functions = service_functions(system_, whole->numbers);
    bounds_ = sum_bounds(system_, deployment_, whole->load, whole->numbers, whole->space, functions,
                         stop_);
    least_ = scattered_unavailability(system_, deployment_, whole->load, whole->numbers,
                                      whole->space, functions);
  }

  const System& system_;
  const Deployment& deployment_;
  const std::vector<CarriedRules>& rules_;
  const Stop& stop_;
  bool asked_ = false;
  std::vector<double> bounds_;
  std::vector<double> least_;
};

constexpr std::size_t kFewNodes = 8;

/// On many nodes a search ends at its limit with bounds that are looser than sums that nearly meet.
bool worth_searching(const System& system, double least, double most) {
  constexpr std::size_t kMany = 16;
  constexpr double kNearly = 1e-5;
  return system.nodes.size() <= kMany || most - least > kNearly * most;
}

/// Of every function the smallest limit of its services.
std::vector<double> limits_of(const ServiceFunctions& functions,
                              const std::vector<double>& limits) {
  std::vector<double> least;
  for (const ServiceFunction& function : functions.functions) {
    double& limit = least.emplace_back(std::numeric_limits<double>::infinity());
    for (const ServiceId service : function.services) limit = std::min(limit, limits[service]);
  }
  return least;
}

/// Without a search.
///   limits  per function
Kept kept_by_sums(const std::vector<double>& limits, Sums& sums) {
  Kept kept = Kept::yes;
  for (std::size_t f = 0; f < limits.size(); ++f) {
    if (limits[f] >= 1.0 || sums[f] <= limits[f]) continue;
    if (sums.least(f) * (1.0 - kExact) > limits[f]) return Kept::no;
    kept = Kept::unknown;
  }
  return kept;
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

/// The searches of several functions, begun together and taken one after the other: each as if it had been begun when it is taken, with
/// the answers that the stop gives then. Those that nobody takes cost time and nothing else.
class Searches {
 public:
  ///   begun  the functions that will be needed, as far as is known
  Searches(const System& system, const Deployment& deployment, const WorldFigures& figures,
           const Question& question, const WorstPlacementOptions& options,
           const std::vector<double>& limits, const std::vector<std::size_t>& begun,
           unsigned threads)
      : system_(system),
        deployment_(deployment),
        figures_(figures),
        question_(question),
        options_(options),
        limits_(limits),
        made_(figures.functions().size()) {
    if (threads < 2 || begun.size() < 2) return;
    in_parallel(begun.size(), threads,
                [&](std::size_t i) { made_[begun[i]] = run(begun[i], kNever); });
  }

  WorstPlacement take(std::size_t function) {
    std::optional<Made>& made = made_[function];
    if (!made) {
      WorstPlacementOptions how = options_;
      how.limit = limit(function);
      return worst_of(system_, deployment_, figures_, question_, figures_.functions()[function],
                      how);
    }
    for (std::size_t q = 0; q < made->questions.size(); ++q)
      if (options_.stop && options_.stop(made->questions[q])) return run(function, q + 1).worst;
    return made->worst;
  }

 private:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  struct Made {
    WorstPlacement worst;
    std::vector<double>
        questions;  ///< operations that the stop was told of, each time it was asked
  };

  [[nodiscard]] std::optional<double> limit(std::size_t function) const {
    return limits_.empty() ? std::nullopt : std::optional(limits_[function]);
  }

  /// With a stop that says yes when it is asked for the `end`-th time.
  [[nodiscard]] Made run(std::size_t function, std::size_t end) const {
    const WorldFigures own = figures_;  // it has scratch of its own
    Made made;
    WorstPlacementOptions how = options_;
    how.limit = limit(function);
    how.stop = [&made, end](double operations) {
      made.questions.push_back(operations);
      return made.questions.size() >= end;
    };
    made.worst = worst_of(system_, deployment_, own, question_, own.functions()[function], how);
    return made;
  }

  const System& system_;
  const Deployment& deployment_;
  const WorldFigures& figures_;
  const Question& question_;
  const WorstPlacementOptions& options_;
  const std::vector<double>& limits_;  ///< per function; empty: figures are asked for
  std::vector<std::optional<Made>> made_;
};

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
  Sums sums(system, deployment, rules, options.stop);
  std::vector<Estimate> result(system.services.size());
  if (question->too_large) {
    const ServiceFunctions functions = service_functions(system, question->numbers);
    for (std::size_t f = 0; f < functions.functions.size(); ++f)
      for (const ServiceId service : functions.functions[f].services)
        result[service] = as_estimate({sums.least(f), sums[f], 0});
    return result;
  }
  const WorldFigures figures = figures_for(system, deployment, *question, options.stop);
  const WorstPlacementOptions how = search_options(figures, question->space, options);
  const std::vector<double> none;
  // On large clusters both sums often meet, and there is nothing to search.
  const bool many = system.nodes.size() > kFewNodes;
  const double narrow = std::max(kExact, options.tolerance);
  const auto met = [&](std::size_t f) {
    return many && (sums[f] - sums.least(f) <= narrow * sums[f] ||
                    !worth_searching(system, sums.least(f), sums[f]));
  };
  std::vector<std::size_t> open;
  for (std::size_t f = 0; f < figures.functions().size(); ++f)
    if (!met(f)) open.push_back(f);
  Searches searches(system, deployment, figures, *question, how, none, open, options.threads);
  for (std::size_t f = 0; f < figures.functions().size(); ++f) {
    const ServiceFunction& function = figures.functions()[f];
    WorstPlacement worst = met(f) ? WorstPlacement{sums.least(f), sums[f], 0} : searches.take(f);
    if (figures.network_bounded()) worst.lower = 0.0;
    if (as_estimate(worst).method == Method::bounded) {
      worst.lower = std::max(worst.lower, sums.least(f));
      worst.upper = std::max(worst.lower, std::min(worst.upper, sums[f]));
    }
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
  Sums sums(system, deployment, rules, options.stop);
  // Below so many nodes the search itself is exact and soon done.
  const bool many = system.nodes.size() > kFewNodes;
  const std::vector<double> least = limits_of(service_functions(system, question->numbers), limits);
  if (many) {
    const Kept known = kept_by_sums(least, sums);
    if (known != Kept::unknown || question->too_large) return known;
  }
  Kept kept = Kept::yes;
  std::vector<std::size_t> open;
  for (std::size_t f = 0; f < least.size(); ++f) {
    if (std::isinf(least[f]) || (many && sums[f] <= least[f])) continue;
    if (!many || worth_searching(system, sums.least(f), sums[f]))
      open.push_back(f);
    else
      kept = Kept::unknown;
  }
  if (open.empty()) return kept;
  const WorldFigures figures = figures_for(system, deployment, *question, options.stop);
  const WorstPlacementOptions how = search_options(figures, question->space, options);
  Searches searches(system, deployment, figures, *question, how, least, open, options.threads);
  for (const std::size_t f : open) {
    const double limit = least[f];
    WorstPlacement worst = searches.take(f);
    if (figures.network_bounded()) worst.lower = 0.0;
    if (worst.upper <= limit || (!many && worst.lower <= limit && sums[f] <= limit)) continue;
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
