#include "solver/space.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace haplan::solver {

bool is_count(Setting setting) {
  return setting == Setting::replicas || setting == Setting::autoscale_min ||
         setting == Setting::autoscale_max || setting == Setting::autoscale_target;
}

namespace {

/// All tuples of values of some decisions, the last varying fastest.
std::vector<CountChoice> tuples(const Problem& problem, const std::vector<std::size_t>& decisions) {
  std::vector<CountChoice> all{{}};
  for (const std::size_t d : decisions) {
    std::vector<CountChoice> longer;
    for (const CountChoice& base : all)
      for (const double value : problem.decisions[d].values) {
        longer.push_back(base);
        longer.back().push_back(value);
      }
    all = std::move(longer);
  }
  return all;
}

std::vector<CountOption> count_options(const Problem& problem, const model::LoadTable& load,
                                       model::ComponentId component, const ComponentSpace& space) {
  std::map<std::vector<int>, std::vector<CountChoice>> by_count;
  model::Deployment trial = problem.before;
  for (CountChoice& choice : tuples(problem, space.counts)) {
    for (std::size_t i = 0; i < choice.size(); ++i)
      assign(trial, problem.decisions[space.counts[i]], choice[i]);
    const model::ComponentPlan& plan = trial.components[component];
    if (plan.autoscale && plan.autoscale->min > plan.autoscale->max) continue;
    std::vector<int> replicas;
    for (model::LevelId level = 0; level < problem.system.levels.size(); ++level)
      replicas.push_back(model::replicas_at(problem.system, load, plan, component, level));
    by_count[std::move(replicas)].push_back(std::move(choice));
  }
  std::vector<CountOption> options;
  for (auto& [replicas, choices] : by_count) options.push_back({replicas, std::move(choices)});
  return options;
}

}  // namespace

Space make_space(const Problem& problem, const model::LoadTable& load) {
  Space space;
  space.components.resize(problem.system.components.size());
  for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
    const Decision& decision = problem.decisions[d];
    if (decision.setting == Setting::toleration_seconds) {
      space.toleration = d;
      continue;
    }
    ComponentSpace& component = space.components[*decision.component];
    (is_count(decision.setting)          ? component.counts
     : decision.probe != ProbeKind::none ? component.probes
                                         : component.controller)
        .push_back(d);
  }
  for (model::ComponentId c = 0; c < space.components.size(); ++c)
    if (problem.system.components[c].replicated())
      space.components[c].options = count_options(problem, load, c, space.components[c]);
  return space;
}

Allowed all_values(const Problem& problem) {
  Allowed allowed;
  for (const Decision& decision : problem.decisions) allowed.push_back(decision.values);
  return allowed;
}

std::vector<const CountChoice*> allowed_choices(const ComponentSpace& space,
                                                const CountOption& option, const Allowed& allowed) {
  std::vector<const CountChoice*> result;
  for (const CountChoice& choice : option.choices) {
    bool ok = true;
    for (std::size_t i = 0; i < choice.size() && ok; ++i)
      ok = std::ranges::count(allowed[space.counts[i]], choice[i]) > 0;
    if (ok) result.push_back(&choice);
  }
  return result;
}

bool smaller_is_better(const Problem& problem, const Decision& decision) {
  switch (decision.setting) {
    case Setting::toleration_seconds:
    case Setting::initial_delay:
    case Setting::success_threshold:
    case Setting::grace: return true;
    case Setting::timeout:
    case Setting::failure_threshold: {
      // Of a liveness probe they trade slow detection for fewer kills of healthy replicas.
      if (decision.probe != ProbeKind::liveness) return true;
      const model::Component& component = problem.system.components[*decision.component];
      return !component.false_failure && !component.probe_latency;
    }
    default: return false;
  }
}

std::vector<double> by_nearness(const Decision& decision) {
  std::vector<double> values = decision.values;
  if (decision.standard)
    std::ranges::stable_sort(values, {},
                             [&](double value) { return std::abs(value - *decision.standard); });
  return values;
}

std::vector<std::size_t> thresholds_in_order(const Problem& problem) {
  std::vector<std::size_t> order;
  for (model::ComponentId c = 0; c < problem.system.components.size(); ++c)
    for (const Setting setting : {Setting::failure_threshold, Setting::timeout})
      for (const ProbeKind probe : {ProbeKind::liveness, ProbeKind::readiness, ProbeKind::startup})
        for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
          const Decision& decision = problem.decisions[d];
          if (decision.component == c && decision.setting == setting && decision.probe == probe)
            order.push_back(d);
        }
  return order;
}

}  // namespace haplan::solver
