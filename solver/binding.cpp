#include "solver/binding.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/guarantee.hpp"
#include "model/base/parallel.hpp"
#include "model/recovery/failover.hpp"
#include "model/system/variants.hpp"
#include "solver/judge.hpp"
#include "solver/objectives.hpp"
#include "solver/phrases.hpp"
#include "solver/picks.hpp"
#include "solver/placement.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

std::string missed_sentence(const Problem& problem, const ObjectiveCheck& check) {
  return problem.system.services[check.service].name + " " + check.field + " " +
         (std::isinf(check.actual) ? "without end"
                                   : figure_text(check.field, check.actual, check.target)) +
         ", asked for " + target_text(check.field, check.target);
}

namespace {

constexpr double kTight = 0.99;  ///< more of what is allowed leaves nothing to spare

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

/// A smaller plan that misses something, and how far it is from one.
struct Miss {
  std::string sentence;
  std::size_t missed = 0;
  double ratio = 0.0;  ///< the largest of an actual over its target, at most
  double least = 0.0;  ///< the same, at least

  friend bool operator<(const Miss& a, const Miss& b) {
    return a.missed != b.missed ? a.missed < b.missed : a.ratio < b.ratio;
  }
};

/// "129 min of downtime a year more (chat)": the service with an objective that loses most; empty: less than a second.
std::string downtime_text(const Problem& problem, const Evaluation& plan, const Evaluation& fewer) {
  constexpr double kYear = 365.25 * 86400.0;
  double most = 1.0;  // [s] a year
  std::string text;
  for (const Objective& objective : problem.objectives) {
    const double more = kYear * (fewer.services[objective.service].unavailability.value -
                                 plan.services[objective.service].unavailability.value);
    if (more <= most) continue;
    most = more;
    text = duration_text(more) + " of downtime a year more (" +
           problem.system.services[objective.service].name + ")";
  }
  return text;
}

/// Objectives that are kept with less than a hundredth to spare.
void add_tight(const Problem& problem, const std::vector<ObjectiveCheck>& checks,
               std::vector<std::string>& sentences) {
  for (const ObjectiveCheck& check : checks)
    if (check.met && check.target > 0.0 && check.actual > kTight * check.target)
      sentences.push_back("nothing to spare: " + missed_sentence(problem, check));
}

/// One component with fewer replicas.
struct Step {
  ComponentId component = 0;
  std::size_t next = 0;  ///< its option
  std::vector<int> replicas;
  std::optional<std::string> sentence;
  std::optional<Miss> miss;
};

/// What the checks say of the step.
void describe(const Problem& problem, const std::vector<ObjectiveCheck>& checks,
              const std::string& change, const std::vector<int>& replicas, const std::string& more,
              Step& step) {
  std::string broken;
  Miss miss{change, 0, 0.0, 0.0};
  for (const ObjectiveCheck& check : checks) {
    if (check.met) continue;
    if (broken.empty()) broken = missed_sentence(problem, check);
    ++miss.missed;
    miss.ratio =
        std::max(miss.ratio, check.target > 0.0 ? check.actual / check.target : check.actual);
  }
  miss.least = miss.ratio;
  miss.sentence += broken;
  step.miss.reset();
  if (miss.missed > 0) step.miss = miss;
  const Component& component = problem.system.components[step.component];
  const int most = *std::ranges::max_element(replicas);
  const bool no_majority = component.failover && most > 1 &&
                           component.failover->controller == Controller::redis_sentinel &&
                           effective_success(component, most) == 0.0;
  if (no_majority)
    broken = std::to_string(component.failover->sentinels.value_or(most)) +
             " sentinels have no majority after a loss" + (broken.empty() ? "" : "; " + broken);
  if (!broken.empty())
    step.sentence = change + broken + (more.empty() ? "" : "; " + more);
  else if (problem.maximize_availability)
    step.sentence =
        change + (more.empty() ? "no less available for more than a second a year" : more);
  else
    step.sentence = change + "other components would need more to meet every objective" +
                    (more.empty() ? "" : "; " + more);
}

/// Checks with one end of the guaranteed figures.
std::vector<ObjectiveCheck> checks_with(const Problem& problem, const Evaluation& evaluation,
                                        std::vector<Estimate> guaranteed, double Estimate::* end) {
  for (Estimate& figure : guaranteed) figure = Estimate::exactly(figure.*end);
  return checks_of(problem, evaluation, guaranteed);
}

/// How closely guaranteed figures are worked out.
enum class Closely {
  enough,  ///< both ends say the same of the step
  fully
};

/// What the step would break. Reads the bench and changes nothing of it: steps are looked at side by side.
void look_at(const Workbench& bench, const Deployment& plan, const Evaluation& today, Step& step,
             Closely closely) {
  const Problem& problem = bench.problem;
  const ComponentSpace& space = bench.space.components[step.component];
  const CountOption& next = space.options[step.next];
  Deployment fewer = plan;
  for (std::size_t i = 0; i < space.counts.size(); ++i)
    assign(fewer, problem.decisions[space.counts[i]], next.choices.back()[i]);
  const std::string change = problem.system.components[step.component].name + " " +
                             counts_text(step.replicas) + " -> " + counts_text(next.replicas) +
                             ": ";
  if (const auto placed = any_placement(problem, bench.load, fewer)) {
    fewer = *placed;
  } else {
    step.sentence = change + "no placement fits";
    return;
  }
  const auto evaluation = evaluate(problem.system, fewer, {.wanted = judged_figures(problem)});
  if (!evaluation) return;
  const std::string more = downtime_text(problem, today, *evaluation);
  const auto say = [&](const std::vector<ObjectiveCheck>& checks, Step& of) {
    describe(problem, checks, change, next.replicas, more, of);
  };
  if (closely == Closely::enough && judges_availability(problem)) {
    constexpr double kClose = 1e-5;  // texts have few digits
    const auto figures =
        guaranteed_unavailability(problem.system, fewer, problem.rules, {.tolerance = kClose});
    if (!figures) return;
    const bool narrow = std::ranges::any_of(*figures, [](const Estimate& figure) {
      return figure.upper > figure.lower && figure.upper - figure.lower <= kClose * figure.upper;
    });
    if (!narrow) {  // all that is known of them
      if (const auto asked = as_asked(problem, fewer, *figures))
        say(checks_of(problem, *evaluation, *asked), step);
      return;
    }
    Step best = step;
    say(checks_with(problem, *evaluation, *figures, &Estimate::lower), best);
    say(checks_with(problem, *evaluation, *figures, &Estimate::upper), step);
    const bool same =
        best.sentence == step.sentence && best.miss.has_value() == step.miss.has_value();
    if (same && step.miss) step.miss->least = best.miss->ratio;
    if (same && (!step.miss || step.miss->missed == best.miss->missed)) return;
  }
  const auto checks = check_objectives(problem, fewer, *evaluation);
  if (checks)
    say(*checks, step);
  else
    step = {step.component, step.next, step.replicas, std::nullopt, std::nullopt};
}

/// The one that misses by least, among those that miss fewest objectives. Where intervals of several are in question, they are worked
/// out.
std::optional<Miss> nearest_of(const Workbench& bench, const Deployment& plan,
                               const Evaluation& today, std::vector<Step>& steps) {
  std::optional<Miss> nearest;
  for (const Step& step : steps)
    if (step.miss && (!nearest || *step.miss < *nearest)) nearest = step.miss;
  if (!nearest) return nearest;
  std::vector<Step*> close;
  for (Step& step : steps)
    if (step.miss && step.miss->missed == nearest->missed && step.miss->least <= nearest->ratio)
      close.push_back(&step);
  if (close.size() < 2) return nearest;
  in_parallel(close.size(), bench.threads, [&](std::size_t i) {
    if (close[i]->miss->least < close[i]->miss->ratio)
      look_at(bench, plan, today, *close[i], Closely::fully);
  });
  nearest.reset();
  for (const Step* step : close)
    if (step->miss && (!nearest || *step->miss < *nearest)) nearest = step->miss;
  return nearest;
}

/// `check_objectives`, whose guaranteed figures are kept.
Result<std::vector<ObjectiveCheck>> own_checks(const Problem& problem, const Deployment& plan,
                                               const Evaluation& today, Binding& binding) {
  if (!judges_availability(problem)) return checks_of(problem, today, {});
  auto figures = guaranteed_unavailability(problem.system, plan, problem.rules);
  if (!figures) return tl::unexpected(figures.error());
  binding.guaranteed = *figures;
  const auto asked = as_asked(problem, plan, std::move(*figures));
  if (!asked) return tl::unexpected(asked.error());
  return checks_of(problem, today, *asked);
}

}  // namespace

Binding binding_counts(Workbench& bench, const Deployment& plan) {
  const Problem& problem = bench.problem;
  Binding binding;
  std::vector<std::string>& sentences = binding.sentences;
  const auto today = evaluate(problem.system, plan, {.wanted = judged_figures(problem)});
  if (!today) return binding;
  std::vector<Step> steps;
  for (const ComponentId c : bench.replicated) {
    Step step{c, 0, {}, std::nullopt, std::nullopt};
    for (LevelId l = 0; l < problem.system.levels.size(); ++l)
      step.replicas.push_back(replicas_at(problem.system, bench.load, plan.components[c], c, l));
    const auto next = next_smaller(bench.space.components[c], step.replicas);
    if (!next) continue;
    constexpr std::size_t kUnits = 1'000;
    if (!bench.meter.charge(kUnits)) break;
    step.next = *next;
    steps.push_back(std::move(step));
  }
  Result<std::vector<ObjectiveCheck>> checks;
  in_parallel(steps.size() + 1, bench.threads, [&](std::size_t i) {
    if (i == 0)
      checks = own_checks(problem, plan, *today, binding);
    else
      look_at(bench, plan, *today, steps[i - 1], Closely::enough);
  });
  const std::optional<Miss> nearest = nearest_of(bench, plan, *today, steps);
  for (const Step& step : steps)
    if (step.sentence) sentences.push_back(*step.sentence);
  if (nearest && sentences.size() > 1)
    sentences.push_back("the smaller plan that misses by least: " + nearest->sentence);
  if (checks) add_tight(problem, *checks, sentences);
  return binding;
}

Binding binding_of(const Problem& problem, const Deployment& plan, const SolveOptions& options) {
  if (options.run != nullptr) options.run->explain();
  if (has_variants(problem.system))
    return {binding_of(picked_problem(problem, picks_of(problem, plan)),
                       without_variants(problem, plan), options)
                .sentences,
            {}};
  const auto numbers = component_numbers(problem.system, problem.before);
  if (!numbers) return {};
  SolveOptions quiet = options;
  quiet.progress = nullptr;
  Workbench bench(problem, quiet, *numbers);
  Binding binding = binding_counts(bench, plan);
  const std::vector<BudgetUse> uses = budget_uses(problem, plan);
  for (std::size_t b = 0; b < uses.size(); ++b) {
    if (uses[b].used <= kTight * uses[b].limit) continue;
    const bool memory = problem.budgets[b].kind == Budget::Kind::memory;
    const double scale = memory ? 1.0 / (1 << 30) : 1.0;
    binding.sentences.push_back("nothing to spare: budget of " + uses[b].name + ", " +
                                plain_number(uses[b].used * scale) + " of at most " +
                                plain_number(uses[b].limit * scale) + (memory ? " GiB" : ""));
  }
  return binding;
}

}  // namespace haplan::solver
