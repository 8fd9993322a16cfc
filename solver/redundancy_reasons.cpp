#include "solver/redundancy_reasons.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "model/availability/alone.hpp"
#include "model/availability/evaluate.hpp"
#include "model/system/variants.hpp"
#include "solver/breaking.hpp"
#include "solver/phrases.hpp"
#include "solver/remedies.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Why there is no plan.
class WhyNone {
 public:
  WhyNone(const Problem& problem, const Translation& translation, const Asking& asking)
      : problem_(problem), translation_(translation), core_(translation.core), asked_(asking) {}

  Infeasibility run() {
    explain();
    return std::move(why_);
  }

 private:
  /// The problem with the limits of some objectives only.
  [[nodiscard]] allocation::Problem limited_to(const std::vector<std::size_t>& objectives) const {
    allocation::Problem problem = core_;
    problem.stages.clear();
    for (std::size_t s = 0; s < problem.goals.size(); ++s)
      if (!std::ranges::count(objectives, s))
        problem.goals[s].limit = std::numeric_limits<double>::infinity();
    return problem;
  }

  /// What each objective could have at best, and which of them exclude each other.
  void explain() {
    if (asked_(limited_to({})).verdict == allocation::Verdict::infeasible) {
      why_ = nothing_fits();
      return;
    }
    Infeasibility& why = why_;
    std::vector<std::size_t> limited;  // objectives, in the order of why.best
    bool reachable = true;
    std::optional<allocation::Choice> closest;  // that of the limit that is missed most, alone
    std::size_t worst = 0;                      // of why.best
    double furthest = 0.0;
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s) {
      if (std::isinf(core_.goals[s].limit)) continue;
      allocation::Problem alone = limited_to({});
      alone.stages = {{.kind = allocation::Stage::Kind::goals, .goals = {s}, .amount = 0}};
      const allocation::Answer answer = asked_(alone);
      if (answer.choice.empty()) return;
      const double actual = allocation::unavailability_of(core_, core_.goals[s], answer.choice);
      Achievable best{.check = {.service = problem_.objectives[s].service,
                                .field = "availability",
                                .target = core_.goals[s].limit,
                                .actual = actual,
                                .met = within(actual, core_.goals[s].limit),
                                .decided_by = ""},
                      .bound = answer.bound,
                      .exact = answer.verdict == allocation::Verdict::optimal};
      best.out_of_reach = best.exact && !best.check.met;
      reachable = reachable && !best.out_of_reach;
      why.best.push_back(best);
      limited.push_back(s);
      const double ratio = actual / core_.goals[s].limit;
      if (closest && ratio <= furthest) continue;
      furthest = ratio;
      closest = answer.choice;
      worst = why.best.size() - 1;
    }
    why.reason = reachable ? "the availabilities asked for exclude each other within the ranges"
                           : "no choice of replicas and variants has the availability asked for";
    if (!problem_.budgets.empty())
      why.reason += reachable ? " and budgets" : " and keeps the budgets";
    if (!reachable)
      why.conflict = {worst};
    else if (limited.size() > 1)
      why.conflict = excluding(limited);
    if (!reachable && closest) explain_causes(why.best[worst].check, *closest);
    for (const Achievable& best : why.best)
      if (best.out_of_reach) why.would_help.push_back(smaller_ask(problem_, best.check));
  }

  /// Causes that alone exceed the budget of a limit that nothing keeps, where it is kept best, and how much rarer they would
  /// have to be.
  void explain_causes(const ObjectiveCheck& check, const allocation::Choice& choice) {
    const Resolved plain = resolve(problem_.system, deployment_of(problem_, translation_, choice));
    const auto evaluation = evaluate(plain.system, plain.deployment);
    const auto alone = CausesAlone::make(plain.system, plain.deployment);
    if (!evaluation || !alone) return;
    const ServiceFigures& figures = evaluation->services[check.service];
    why_.service = check.service;
    why_.causes = breaking_causes(*alone, check.service, figures.causes, check.target);
    why_.unavoidable = !why_.causes.empty() && std::ranges::all_of(why_.causes, decided_by_spec);
    if (why_.causes.size() == 1)
      why_.causes.front().share = alone->unavailability(check.service, [&](const Cause& cause) {
        return same_cause(cause, why_.causes.front()) ? 1.0 : 0.0;
      });
    why_.would_help =
        cause_remedies(plain.system, *alone, check, figures.unavailability.value, why_.causes);
  }

  /// Of limits that cannot be kept together some that cannot either, and can without any one of them.
  std::vector<std::size_t> excluding(const std::vector<std::size_t>& limited) {
    std::vector<std::size_t> left(limited.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    for (std::size_t i = limited.size(); i-- > 0;) {
      std::vector<std::size_t> fewer;
      std::vector<std::size_t> objectives;
      for (const std::size_t k : left)
        if (k != i) {
          fewer.push_back(k);
          objectives.push_back(limited[k]);
        }
      if (asked_(limited_to(objectives)).verdict == allocation::Verdict::infeasible) left = fewer;
    }
    return left;
  }

  const Problem& problem_;
  const Translation& translation_;
  const allocation::Problem& core_;
  const Asking& asked_;
  Infeasibility why_;
};

constexpr double kYear = 365.25 * 86400.0;

/// What binds a plan.
class Binding {
 public:
  Binding(const Problem& problem, const Translation& translation, const allocation::Choice& choice,
          const Asking& asked)
      : problem_(problem), translation_(translation), choice_(choice), asked_(asked) {}

  std::vector<std::string> run() {
    const Deployment plan = deployment_of(problem_, translation_, choice_);
    add_replicas(plan);
    add_smaller();
    for (std::size_t b = 0; b < problem_.budgets.size(); ++b) add_budget(b, plan);
    return std::move(sentences_);
  }

 private:
  [[nodiscard]] bool maximises() const {
    return problem_.maximize_availability && !problem_.objectives.empty();
  }

  /// Per objective.
  [[nodiscard]] std::vector<double> figures(const Translation& translation,
                                            const allocation::Choice& choice) const {
    std::vector<double> all;
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s)
      all.push_back(
          allocation::unavailability_of(translation.core, translation.core.goals[s], choice));
    return all;
  }

  [[nodiscard]] const std::string& service(std::size_t objective) const {
    return problem_.system.services[problem_.objectives[objective].service].name;
  }

  /// "link 96.1 %, asked for 97 %", of the objective that comes off worst against its target; of those without one
  /// the least available.
  [[nodiscard]] std::string standing(const std::vector<double>& figures) const {
    std::size_t worst = 0;
    double largest = -1.0;
    for (std::size_t s = 0; s < figures.size(); ++s) {
      const auto& most = problem_.objectives[s].max_unavailability;
      const double ratio = most && *most > 0.0 ? figures[s] / *most : figures[s];
      if (ratio <= largest) continue;
      largest = ratio;
      worst = s;
    }
    const auto& most = problem_.objectives[worst].max_unavailability;
    if (!most || within(figures[worst], *most))
      return service(worst) + " availability " + availability_text(figures[worst], 3);
    return service(worst) + " availability " + missed_text("availability", figures[worst], *most) +
           ", asked for " + target_text("availability", *most);
  }

  /// "; 129 min of downtime a year more (chat)": the service that loses most; empty: less than a second.
  [[nodiscard]] std::string loss(const std::vector<double>& more,
                                 const std::vector<double>& now) const {
    double most = 1.0;  // [s] a year
    std::string text;
    for (std::size_t s = 0; s < now.size(); ++s) {
      const double lost = kYear * (more[s] - now[s]);
      if (lost <= most) continue;
      most = lost;
      text = "; " + duration_text(lost) + " of downtime a year more (" + service(s) + ")";
    }
    return text;
  }

  /// What one replica less of each component costs, of the variant that is missed least.
  void add_replicas(const Deployment& plan) {
    const std::vector<double> now = figures(translation_, choice_);
    if (now.empty()) return;
    for (ComponentId c = 0; c < plan.components.size(); ++c) {
      if (!problem_.system.components[c].replicated()) continue;
      std::string best;
      std::vector<double> least;
      const int total = plan.components[c].replicas;
      for (const auto& [change, fewer] : one_less(plan, c)) {
        const Resolved plain = resolve(problem_.system, fewer);
        const auto evaluation = evaluate(plain.system, plain.deployment, {.figures = false});
        if (!evaluation) continue;
        std::vector<double> then;
        for (const Objective& objective : problem_.objectives)
          then.push_back(evaluation->services[objective.service].unavailability.value);
        if (!least.empty() && std::ranges::max(then) >= std::ranges::max(least)) continue;
        least = then;
        best = change;
      }
      if (least.empty()) continue;
      sentences_.push_back(problem_.system.components[c].name + " " + std::to_string(total) +
                           " -> " + std::to_string(total - 1) + best + ": " + standing(least) +
                           loss(least, now));
    }
  }

  /// Deployments with a replica less that the ranges allow, and which one it is.
  [[nodiscard]] std::vector<std::pair<std::string, Deployment>> one_less(const Deployment& plan,
                                                                         ComponentId c) const {
    std::vector<std::pair<std::string, Deployment>> all;
    const Component& component = problem_.system.components[c];
    const int total = plan.components[c].replicas;
    const auto choice = std::ranges::find(problem_.choices, c, &VariantChoice::component);
    if (choice == problem_.choices.end()) {
      for (const Decision& decision : problem_.decisions) {
        if (decision.component != c) continue;
        const auto at = std::ranges::find(decision.values, static_cast<double>(total));
        if (at == decision.values.end() || at == decision.values.begin() || *(at - 1) != total - 1)
          continue;
        Deployment fewer = plan;
        assign(fewer, decision, total - 1);
        all.emplace_back("", std::move(fewer));
      }
      return all;
    }
    for (const std::size_t v : choice->allowed) {
      const int n = plan.components[c].variants[v].replicas;
      if (n == 0 || std::ranges::count(choice->counts[v], n - 1) == 0) continue;
      if (component.mix && std::ranges::count(choice->totals, total - 1) == 0) continue;
      Deployment fewer = plan;
      fewer.components[c].variants[v].replicas = n - 1;
      fewer.components[c].replicas = total - 1;
      all.emplace_back(component.mix ? " (" + component.variants[v].name + ")" : "",
                       std::move(fewer));
    }
    return all;
  }

  /// The most available of what is smaller in the first criterion: the plan that just misses.
  void add_smaller() {
    if (problem_.objectives.empty()) return;
    const std::size_t m = translation_.first_criterion;
    allocation::Problem smaller = translation_.core;
    const std::int64_t now = allocation::amounts_of(smaller, choice_)[m];
    if (now == 0) return;
    smaller.limits[m] = now - 1;
    for (allocation::Goal& goal : smaller.goals)
      goal.limit = std::numeric_limits<double>::infinity();
    allocation::Stage first{.kind = allocation::Stage::Kind::goals, .goals = {}, .amount = 0};
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s) first.goals.push_back(s);
    smaller.stages = {first};
    const allocation::Answer answer = asked_(smaller);
    if (answer.verdict != allocation::Verdict::optimal) return;
    const double amount = static_cast<double>(allocation::amounts_of(smaller, answer.choice)[m]) *
                          translation_.unit[m];
    const bool cost = translation_.measures[m].counted.kind == Budget::Kind::cost;
    sentences_.push_back(
        (cost ? "the best that costs less takes " + significant(amount, 4)
              : "the best with fewer replicas has " + plain_number(amount)) +
        ": " + standing(figures(translation_, answer.choice)) +
        loss(figures(translation_, answer.choice), figures(translation_, choice_)));
  }

  /// How a budget is used, and what one unit more of it would buy.
  void add_budget(std::size_t b, const Deployment& plan) {
    const Budget& budget = problem_.budgets[b];
    const BudgetUse use = budget_uses(problem_, plan)[b];
    Problem richer = problem_;
    const std::int64_t step = budget.kind == Budget::Kind::memory ? std::int64_t{1} << 30 : 1;
    richer.budgets[b].limit.num += step * budget.limit.den;
    const auto wider = translated(richer);
    if (!wider || !*wider || (*wider)->no_room) return;
    const allocation::Answer answer = asked_((*wider)->core);
    if (answer.verdict != allocation::Verdict::optimal) return;
    const double scale = budget.kind == Budget::Kind::memory ? 1.0 / (1 << 30) : 1.0;
    const std::string unit = budget.kind == Budget::Kind::memory ? " GiB" : "";
    const std::string used = "budget of " + budget.name + ": " + significant(use.used * scale, 4) +
                             " of at most " + plain_number(use.limit * scale) + unit + "; " +
                             plain_number((use.limit + static_cast<double>(step)) * scale) + unit;
    sentences_.push_back(used + bought(**wider, answer.choice));
  }

  [[nodiscard]] std::string bought(const Translation& wider,
                                   const allocation::Choice& choice) const {
    const std::vector<double> now = figures(translation_, choice_);
    const std::vector<double> then = figures(wider, choice);
    if (maximises()) {
      const double before = std::ranges::max(now);
      const double after = std::ranges::max(then);
      constexpr double kSame = 1e-9;
      if (after >= before * (1.0 - kSame)) return " would buy no availability";
      return " would buy " + standing(then) + " (" + duration_text(kYear * (before - after)) +
             " of downtime a year less)";
    }
    const std::size_t m = translation_.first_criterion;
    const double spent =
        static_cast<double>(allocation::amounts_of(translation_.core, choice_)[m]) *
        translation_.unit[m];
    const double rest =
        static_cast<double>(allocation::amounts_of(wider.core, choice)[m]) * wider.unit[m];
    const bool cost = translation_.measures[m].counted.kind == Budget::Kind::cost;
    constexpr double kSame = 1e-9;
    if (rest >= spent * (1.0 - kSame))
      return cost ? " would save no cost" : " would save no replica";
    return cost ? " would cost " + significant(rest, 4) + " instead of " + significant(spent, 4)
                : " would take " + plain_number(rest) + " replicas instead of " +
                      plain_number(spent);
  }

  const Problem& problem_;
  const Translation& translation_;
  const allocation::Choice& choice_;
  const Asking& asked_;
  std::vector<std::string> sentences_;
};

}  // namespace

Infeasibility nothing_fits() {
  Infeasibility why;
  why.reason = "no choice of replicas and variants keeps the budgets";
  return why;
}

Infeasibility why_none(const Problem& problem, const Translation& translation,
                       const Asking& asked) {
  return WhyNone(problem, translation, asked).run();
}

std::vector<std::string> binding_budgets(const Problem& problem, const Translation& translation,
                                         const allocation::Choice& choice, const Asking& asked) {
  return Binding(problem, translation, choice, asked).run();
}

}  // namespace haplan::solver
