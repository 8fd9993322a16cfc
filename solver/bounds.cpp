#include "solver/bounds.hpp"

#include <algorithm>
#include <limits>

#include "model/system/load.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

using namespace model;

Bounds::Bounds(const Problem& problem, const LoadTable& load, const ServiceFunctions& functions,
               const Cluster& cluster)
    : problem_(problem),
      load_(load),
      functions_(functions),
      cluster_(cluster),
      function_index_(problem.system.services.size(), 0),
      down_(functions.inputs.size(), 0.0) {
  for (std::size_t f = 0; f < functions.functions.size(); ++f)
    for (const ServiceId s : functions.functions[f].services) function_index_[s] = f;
  for (ServiceId s = 0; s < problem.system.services.size(); ++s) {
    apart_.push_back(network_apart(problem.system, s));
    std::vector<std::size_t>& inputs = on_path_.emplace_back();
    for (const ComponentId c : path_of(problem.system, s)) {
      const auto found = std::ranges::find(functions.inputs, c);
      if (found != functions.inputs.end())
        inputs.push_back(static_cast<std::size_t>(found - functions.inputs.begin()));
    }
  }
  for (const ComponentId c : functions.inputs)
    pinned_.push_back(problem.system.components[c].pinned && problem.rules[c].pinned);
}

const ServiceFunction& Bounds::function_of(ServiceId service) const {
  return functions_.functions[function_index_[service]];
}

double Bounds::calm(const ServiceFunction& function, const Selection& selection, LevelId level,
                    bool high) const {
  for (std::size_t i = 0; i < selection.size(); ++i)
    down_[i] = high ? selection[i]->calm_high[level] : selection[i]->calm_low[level];
  return functions_.value(function, down_, scratch_);
}

Interval Bounds::availability(const Objective& objective, const Selection& selection,
                              bool capacity_free) const {
  const ServiceFunction& function = function_of(objective.service);
  Interval result;
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l) {
    const double weight = problem_.system.levels[l].share * cluster_.calm;
    result.low += weight * calm(function, selection, l, false);
    result.high += weight * calm(function, selection, l, true);
  }
  // Outside the calm world: from below the worst single component, from above the sum over cuts.
  double most = 0.0;
  for (const std::size_t i : function.series)
    most = std::max(
        most, capacity_free && !pinned_[i] ? selection[i]->worst_sure : selection[i]->worst_low);
  result.low += most;
  for (std::size_t i = 0; i < selection.size(); ++i) down_[i] = selection[i]->worst_high;
  result.high += functions_.union_bound(function, down_, 1.0 - cluster_.calm);
  // Structure functions of a network that was not followed to its end are upper ends.
  if (functions_.network_bounded) result.low = 0.0;
  return result;
}

Interval Bounds::error_ratio(const Objective& objective, const Selection& selection) const {
  const ServiceFunction& function = function_of(objective.service);
  const auto& levels = problem_.system.levels;
  double total = 0.0;
  for (LevelId l = 0; l < levels.size(); ++l)
    total += levels[l].share * load_.service_rate[l][objective.service];
  Interval result;
  for (LevelId l = 0; l < levels.size(); ++l) {
    const double rate = load_.service_rate[l][objective.service];
    const double weight = levels[l].share * (total > 0.0 ? rate / total : 1.0);
    Interval failed{cluster_.calm * calm(function, selection, l, false),
                    cluster_.calm * calm(function, selection, l, true)};
    double most = 0.0;
    for (const std::size_t i : function.series) most = std::max(most, selection[i]->outside_low[l]);
    failed.low += most;
    for (std::size_t i = 0; i < selection.size(); ++i) down_[i] = selection[i]->outside_high[l];
    failed.high += functions_.union_bound(function, down_, 1.0 - cluster_.calm);
    if (functions_.network_bounded) failed.low = 0.0;
    for (const std::size_t i : on_path_[objective.service]) {
      failed.low += selection[i]->misrouted_low[l];
      failed.high += selection[i]->misrouted_high[l];
    }
    result.low += weight * failed.low;
    result.high += weight * failed.high;
  }
  return result;
}

Interval Bounds::loss(const Objective& objective, const Selection& selection,
                      std::size_t kind) const {
  const ServiceFunction& function = function_of(objective.service);
  Interval result;
  for (const std::size_t i : function.series) {
    result.low = std::max(result.low, selection[i]->loss[kind].low);
    result.high = std::max(result.high, selection[i]->loss[kind].high);
  }
  for (const std::size_t i : function.gated)
    result.high = std::max(result.high, selection[i]->loss[kind].high);
  if (functions_.network_bounded) result.low = 0.0;
  if (apart_[objective.service]) result.high = std::numeric_limits<double>::infinity();
  return result;
}

namespace {

/// For any kind of loss with a limit, `test(kind, limit)`.
template <class Test>
bool any_loss(const Objective& objective, const Test& test) {
  for (std::size_t kind = 0; kind < kLimitedLosses; ++kind)
    if (const auto limit = max_loss(objective, static_cast<LossKind>(kind)))
      if (test(kind, *limit)) return true;
  return false;
}

}  // namespace

bool Bounds::impossible(const Selection& selection, bool capacity_free) const {
  constexpr double kSure = 1.0 - kSlack;
  return std::ranges::any_of(problem_.objectives, [&](const Objective& o) {
    return (o.max_unavailability &&
            availability(o, selection, capacity_free).low * kSure > *o.max_unavailability) ||
           (o.max_error_ratio && error_ratio(o, selection).low * kSure > *o.max_error_ratio) ||
           any_loss(o, [&](std::size_t kind, double limit) {
             return loss(o, selection, kind).low * kSure > limit;
           });
  });
}

bool Bounds::surely_available(const Selection& selection) const {
  constexpr double kSure = 1.0 + kSlack;
  return std::ranges::all_of(problem_.objectives, [&](const Objective& o) {
    return !o.max_unavailability ||
           availability(o, selection, false).high * kSure <= *o.max_unavailability;
  });
}

bool Bounds::surely_good(const Selection& selection) const {
  constexpr double kSure = 1.0 + kSlack;
  return std::ranges::all_of(problem_.objectives, [&](const Objective& o) {
    if (o.max_window_miss) return false;  // only a whole evaluation tells
    return (!o.max_error_ratio || error_ratio(o, selection).high * kSure <= *o.max_error_ratio) &&
           !any_loss(o, [&](std::size_t kind, double limit) {
             return !within(loss(o, selection, kind).high, limit);
           });
  });
}

}  // namespace haplan::solver
