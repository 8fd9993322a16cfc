#include "solver/explain.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "model/availability/headroom.hpp"
#include "solver/judge.hpp"
#include "solver/placement.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::string written(double value, std::chars_format format, int digits) {
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, digits).ptr;
  return {text.data(), end};
}

std::string percent(double unavailability) {
  // As many digits as it takes to tell 1 - u from 1.
  const int digits =
      unavailability > 0.0
          ? std::clamp(static_cast<int>(std::ceil(-std::log10(unavailability))), 2, 12)
          : 2;
  return written(100.0 * (1.0 - unavailability), std::chars_format::fixed, digits) + " %";
}

std::string number(double value, const char* unit) {
  return written(value, std::chars_format::general, 4) + unit;
}

std::string figure(const std::string& field, double value) {
  if (field == "availability") return percent(value);
  if (field == "errorRate") return number(100.0 * value, " %");
  if (field == "compliance") return number(100.0 * (1.0 - value), " %");
  return std::isfinite(value) ? number(value, " s") : "never";
}

std::string sentence_of(const Problem& problem, const ObjectiveCheck& check) {
  return problem.system.services[check.service].name + " " + check.field + " " +
         figure(check.field, check.actual) + ", asked for " + figure(check.field, check.target);
}

/// Sum of what an option uses of each objective's budget; for ranking.
double strain(const Workbench& bench, const Selection& selection) {
  double sum = 0.0;
  for (const Objective& o : bench.problem.objectives) {
    if (o.max_unavailability && *o.max_unavailability > 0.0)
      sum += bench.bounds.availability(o, selection, false).high / *o.max_unavailability;
    if (o.max_error_ratio && *o.max_error_ratio > 0.0)
      sum += bench.bounds.error_ratio(o, selection).high / *o.max_error_ratio;
    for (std::size_t kind = 0; kind < kLimitedLosses; ++kind)
      if (const auto limit = max_loss(o, static_cast<LossKind>(kind)))
        sum += std::min(1e6, bench.bounds.loss(o, selection, kind).high) / (1.0 + *limit);
  }
  return sum;
}

/// The smallest number of causes, largest first, whose shares exceed the budget.
std::vector<Cause> causes_beyond(const std::vector<Cause>& causes, double budget) {
  std::vector<Cause> result;
  double sum = 0.0;
  for (const Cause& cause : causes) {
    result.push_back(cause);
    sum += cause.share;
    if (sum > budget) return result;
  }
  return {};
}

std::string remedy(const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::external: return "a second vendor beside " + cause.subject;
    case CauseKind::replica:
    case CauseKind::capacity:
      return "more replicas of " + cause.subject + " (a wider range), or a faster recovery";
    case CauseKind::node:
    case CauseKind::domain:
    case CauseKind::drain:
      return "more nodes or a wider range of replicas, so that losing " + cause.subject +
             " takes nothing down";
    case CauseKind::vertex:
    case CauseKind::link: return "another way round " + cause.subject + " in the network";
    case CauseKind::claim: return "storage that does not share the claim " + cause.subject;
    case CauseKind::failover: return "a faster or surer failover of " + cause.subject;
    case CauseKind::common_cause:
      return "fewer or shorter common causes of " + cause.subject +
             (cause.mode.empty() ? "" : " (" + cause.mode + ")");
    case CauseKind::switchover: return "a faster switchover at " + cause.subject;
    case CauseKind::ramp:
      return "earlier scaling of " + cause.subject + " (a lower target or a higher minimum)";
    case CauseKind::chain: return "a better " + cause.subject;
  }
  return {};
}

/// What would help objectives other than availability.
std::string remedy(const ObjectiveCheck& check) {
  const std::string whose = check.decided_by.empty() ? "" : " of " + check.decided_by;
  if (check.field == "recoveryTime") return "gentler limits or faster probes and restarts" + whose;
  if (check.field == "loss.replica") return "more replicas or faster probes and restarts" + whose;
  if (check.field.starts_with("loss.")) return "more replicas or a faster failover" + whose;
  if (check.field == "responseTime") return "more replicas, more throughput or less load";
  if (check.field == "dataLoss") return "synchronous replication or less lag";
  if (check.field == "errorRate") return "readiness probes that react faster, or retries";
  if (check.field == "compliance") return "a longer window, or a less strict availability";
  return {};
}

std::string objectives_reason(const Problem& problem, const std::vector<ObjectiveCheck>& checks) {
  for (const ObjectiveCheck& check : checks)
    if (!check.met) return "no allowed setting reaches it: " + sentence_of(problem, check);
  return "each objective can be met, but not all of them together";
}

}  // namespace

Deployment best_effort(Workbench& bench) {
  const Problem& problem = bench.problem;
  const Allowed allowed = all_values(problem);
  Deployment best = problem.before;
  best.toleration_seconds = bench.toleration(allowed);
  std::vector<OptionFigures> chosen(bench.functions.inputs.size());
  Selection selection(chosen.size(), nullptr);
  for (const ComponentId c : bench.replicated) {
    const std::size_t input = bench.input_of(c);
    if (input == chosen.size()) continue;
    std::vector<OptionFigures> ideals;
    for (std::size_t o = 0; o < bench.space.components[c].options.size(); ++o) {
      const OptionSet& set = bench.options(c, o, allowed, false);
      if (!set.figures.empty()) ideals.push_back(set.ideal);
    }
    if (ideals.empty()) return best;
    chosen[input] = ideal_of(ideals);
    selection[input] = &chosen[input];
  }
  for (const ComponentId c : bench.replicated) {
    const ComponentSpace& space = bench.space.components[c];
    const std::size_t input = bench.input_of(c);
    double least = 0.0;
    const OptionSet* best_set = nullptr;
    const OptionFigures* best_figures = nullptr;
    for (std::size_t o = 0; o < space.options.size(); ++o) {
      const OptionSet& set = bench.options(c, o, allowed, false);
      for (const OptionFigures& figures : set.figures) {
        const OptionFigures* before = input < selection.size() ? selection[input] : nullptr;
        if (before) selection[input] = &figures;
        const double value = strain(bench, selection);
        if (before) selection[input] = before;
        if (best_figures && value >= least) continue;
        least = value;
        best_set = &set;
        best_figures = &figures;
      }
    }
    if (!best_set) continue;
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(best, problem.decisions[space.counts[i]], best_set->choice[i]);
    best.components[c].probes = best_set->settings->probes[best_figures->probe].probes;
    best.components[c].failover =
        best_set->settings->controllers[best_figures->controller].settings;
    if (input < selection.size()) {
      chosen[input] = *best_figures;
      selection[input] = &chosen[input];
    }
  }
  if (const auto placed = any_placement(problem, bench.load, best)) return *placed;
  for (const ComponentId c : bench.replicated)
    if (problem.placement_open[c]) place_round_robin(problem.system, best, c);
  return best;
}

Infeasibility explain_infeasible(Workbench& bench) {
  const Problem& problem = bench.problem;
  Infeasibility result;
  const Deployment best = best_effort(bench);
  if (const PlacementCheck fits = check_placement(problem.system, best); !fits.ok) {
    result.reason = "no placement: " + fits.why.front();
    result.would_help.emplace_back("more or larger nodes, smaller requests, or looser rules");
  }
  const auto evaluation = evaluate(problem.system, best);
  if (!evaluation) return result;
  const auto checks = check_objectives(problem, best, *evaluation);
  if (!checks) return result;
  result.best = *checks;
  if (result.reason.empty()) result.reason = objectives_reason(problem, *checks);
  std::set<std::string> said(result.would_help.begin(), result.would_help.end());
  const auto say = [&](const std::string& what) {
    if (!what.empty() && said.insert(what).second) result.would_help.push_back(what);
  };
  for (const ObjectiveCheck& check : *checks) {
    if (check.met) continue;
    if (check.field != "availability") {
      say(remedy(check));
      continue;
    }
    const auto& causes = evaluation->services[check.service].causes;
    const std::vector<Cause> beyond = causes_beyond(causes, check.target);
    for (const Cause& cause : beyond) say(remedy(cause));
    if (!result.causes.empty() || beyond.empty()) continue;
    result.causes = beyond;
    result.service = check.service;
  }
  return result;
}

namespace {

/// The option with the next fewer replicas at the busiest level.
std::optional<std::size_t> next_smaller(const ComponentSpace& space,
                                        const std::vector<int>& replicas) {
  std::optional<std::size_t> next;
  const auto sum = [](const std::vector<int>& counts) {
    int total = 0;
    for (const int count : counts) total += count;
    return total;
  };
  for (std::size_t o = 0; o < space.options.size(); ++o) {
    const auto& other = space.options[o].replicas;
    const bool smaller =
        std::ranges::equal(other, replicas, std::ranges::less_equal{}) && other != replicas;
    if (smaller && (!next || sum(other) > sum(space.options[*next].replicas))) next = o;
  }
  return next;
}

std::string counts_text(const std::vector<int>& counts) {
  const auto [least, most] = std::ranges::minmax(counts);
  return least == most ? std::to_string(most)
                       : std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

std::vector<std::string> binding_counts(Workbench& bench, const Deployment& plan) {
  const Problem& problem = bench.problem;
  std::vector<std::string> sentences;
  for (const ComponentId c : bench.replicated) {
    const ComponentSpace& space = bench.space.components[c];
    std::vector<int> replicas;
    for (LevelId l = 0; l < problem.system.levels.size(); ++l)
      replicas.push_back(replicas_at(problem.system, bench.load, plan.components[c], c, l));
    const auto next = next_smaller(space, replicas);
    if (!next) continue;
    constexpr std::size_t kUnits = 1'000;
    if (!bench.meter.charge(kUnits)) break;
    Deployment fewer = plan;
    for (std::size_t i = 0; i < space.counts.size(); ++i)
      assign(fewer, problem.decisions[space.counts[i]], space.options[*next].choices.back()[i]);
    const std::string change = problem.system.components[c].name + " " + counts_text(replicas) +
                               " -> " + counts_text(space.options[*next].replicas) + ": ";
    if (const auto placed = any_placement(problem, bench.load, fewer)) {
      fewer = *placed;
    } else {
      sentences.push_back(change + "no placement fits");
      continue;
    }
    const auto evaluation = evaluate(problem.system, fewer);
    if (!evaluation) continue;
    const auto checks = check_objectives(problem, fewer, *evaluation);
    if (!checks) continue;
    std::string broken;
    for (const ObjectiveCheck& check : *checks)
      if (!check.met && broken.empty()) broken = sentence_of(problem, check);
    const Component& component = problem.system.components[c];
    const int most = *std::ranges::max_element(space.options[*next].replicas);
    const bool no_majority = component.failover && most > 1 &&
                             component.failover->controller == Controller::redis_sentinel &&
                             effective_success(component, most) == 0.0;
    if (no_majority)
      broken = std::to_string(component.failover->sentinels.value_or(most)) +
               " sentinels have no majority after a loss" + (broken.empty() ? "" : "; " + broken);
    if (broken.empty()) broken = "other components would need more to meet every objective";
    sentences.push_back(change + broken);
  }
  return sentences;
}

}  // namespace haplan::solver
