#include "solver/budgets.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/base/contract.hpp"
#include "solver/explain.hpp"
#include "solver/reliefs.hpp"
#include "solver/wishes.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6)
          .ptr;
  return {text.data(), end};
}

/// "money 27 of at most 20", of what is exceeded.
std::string exceeded(const Problem& problem, const Deployment& deployment) {
  std::string text;
  for (const BudgetUse& use : budget_uses(problem, deployment))
    if (!use.kept)
      text += (text.empty() ? "" : ", ") + use.name + " " + number(use.used) + " of at most " +
              number(use.limit);
  return text;
}

}  // namespace

bool is_mean(const Budget& budget) {
  return budget.name == kMeanCost || budget.name == kMeanReplicas;
}

Purse::Purse(const Problem& problem) : problem_(problem) {
  for (const Budget& budget : problem.budgets) {
    std::vector<Amount>& each = each_.emplace_back();
    for (const Component& component : problem.system.components)
      each.push_back(component.type == ComponentType::gate
                         ? Amount{}
                         : spent_by_one(problem, budget, component));
  }
}

bool Purse::affords(const std::vector<const std::vector<int>*>& replicas) const {
  const System& system = problem_.system;
  HAPLAN_EXPECTS(replicas.size() == system.components.size());
  for (std::size_t b = 0; b < problem_.budgets.size(); ++b) {
    const Budget& budget = problem_.budgets[b];
    const Amount limit = amount_of(budget.limit);
    double mean = 0.0;
    for (LevelId level = 0; level < system.levels.size(); ++level) {
      Amount sum;
      for (ComponentId c = 0; c < system.components.size(); ++c) {
        const int n = system.components[c].replicated() ? (*replicas[c])[level] : 1;
        if (each_[b][c].num != 0) sum = sum_of(sum, product_of({n, 1}, each_[b][c]));
      }
      mean += system.levels[level].share * sum.value();
      if (!is_mean(budget) && compare(sum, limit) > 0) return false;
    }
    if (is_mean(budget) && !within(mean, limit.value())) return false;
  }
  return true;
}

Result<Outcome> solve_within_budgets(
    const Problem& problem, const SolveOptions& options,
    const std::function<Result<Outcome>(const Problem&, const SolveOptions&)>& search) {
  SolveOptions quiet = options;
  quiet.explain = false;
  Result<Outcome> outcome = search(problem, quiet);
  if (!outcome || outcome->status != Status::infeasible || !options.explain) return outcome;
  Problem free = problem;
  free.budgets.clear();
  const Result<Outcome> without = search(free, quiet);
  if (!without) return outcome;
  Problem bare = problem;
  bare.objectives.clear();
  Infeasibility& why = outcome->infeasibility.emplace();
  if (has_plan(bare, options).answer != Answer::no) {
    Explanation explanation = explain_infeasible(problem, options);
    why = std::move(explanation.why);
    outcome->deployment = std::move(explanation.closest);
  } else {
    why.reason = "not even the fewest replicas keep the budgets";
    if (without->status == Status::infeasible) {
      Explanation explanation = explain_infeasible(free, options);
      why.reason += "; without them " + explanation.why.reason;
      why.causes = std::move(explanation.why.causes);
      why.unavoidable = explanation.why.unavoidable;
      why.service = explanation.why.service;
      why.would_help = std::move(explanation.why.would_help);
      why.would_help.emplace(why.would_help.begin(), "larger budgets, and besides:");
      outcome->deployment = std::move(explanation.closest);
      return outcome;
    }
    why.reliefs = reliefs(problem, options, why);
    outcome->deployment = problem.before;
  }
  if (without->has_plan) {
    outcome->deployment = without->deployment;
    why.reason = "no plan keeps the budgets; the one with fewest replicas without them takes " +
                 exceeded(problem, without->deployment);
  } else if (without->status == Status::infeasible) {
    why.reason += "; without the budgets nothing meets every objective either";
  }
  std::vector<std::string> help;
  for (const Relief& relief : why.reliefs)
    if (relief.kind == ReliefKind::budget) help.push_back(relief.change);
  why.would_help.insert(why.would_help.begin(), help.begin(), help.end());
  return outcome;
}

}  // namespace haplan::solver
