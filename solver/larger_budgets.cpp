#include "solver/larger_budgets.hpp"

#include <algorithm>
#include <cmath>

#include "solver/least_amount.hpp"
#include "solver/phrases.hpp"
#include "solver/run.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Six digits, rounded up: memory in GiB.
std::string amount_text(const Budget& budget, double amount) {
  const bool memory = budget.kind == Budget::Kind::memory;
  double value = memory ? std::ldexp(amount, -30) : amount;
  if (value > 0.0) {
    constexpr double kRounding = 1e-6;
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 5.0);
    value = std::ceil(value / unit - kRounding) * unit;
  }
  constexpr int kDigits = 6;
  std::string text = significant(value, kDigits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text + (memory ? " GiB" : "");
}

class Larger {
 public:
  Larger(const Problem& problem, const SolveOptions& options)
      : problem_(problem), options_(options) {}

  std::vector<Relief> run() {
    for (std::size_t b = 0; b < problem_.budgets.size() && !is_over(options_); ++b) alone(b);
    if (found_.empty() && problem_.budgets.size() > 1 && !is_over(options_)) together();
    return std::move(found_);
  }

 private:
  [[nodiscard]] double used(std::size_t b, const Deployment& deployment) const {
    return budget_uses(problem_, deployment)[b].used;
  }

  void alone(std::size_t b) {
    Problem changed = problem_;
    changed.budgets.erase(changed.budgets.begin() + static_cast<std::ptrdiff_t>(b));
    Result<Outcome> best = solve(changed, options_);
    if (!best || !best->has_plan) return;
    changed = problem_;
    double enough = used(b, best->deployment);
    constexpr int kMost = 30;
    int asked = 0;
    const auto least = least_amount(
        problem_.budgets[b].limit.value(), enough,
        [&](double most) {
          changed.budgets[b].limit = at_most(most);
          Result<Outcome> outcome = solve(changed, options_);
          if (outcome && outcome->has_plan) best = *outcome;
          return outcome;
        },
        [&](const Deployment& deployment) { return used(b, deployment); },
        [&] { return asked++ == kMost; });
    if (!least) return;
    const Budget& budget = problem_.budgets[b];
    found_.push_back({ReliefKind::budget,
                      "a budget of " + budget.name + " of " + amount_text(budget, enough) +
                          " instead of " + amount_text(budget, budget.limit.value()),
                      replicas(*best), *least && best->status == Status::optimal});
  }

  void together() {
    Problem changed = problem_;
    changed.budgets.clear();
    const Result<Outcome> outcome = solve(changed, options_);
    if (!outcome || !outcome->has_plan) return;
    std::string change;
    for (std::size_t b = 0; b < problem_.budgets.size(); ++b) {
      const Budget& budget = problem_.budgets[b];
      const double amount = used(b, outcome->deployment);
      if (within(amount, budget.limit.value())) continue;
      change += (change.empty() ? "budgets of " : " and of ") + budget.name + " of " +
                amount_text(budget, amount);
    }
    found_.push_back({ReliefKind::budget, change + " together", replicas(*outcome), false});
  }

  static int replicas(const Outcome& outcome) { return outcome.criteria.peak_replicas; }

  const Problem& problem_;
  const SolveOptions& options_;
  std::vector<Relief> found_;
};

}  // namespace

std::vector<Relief> larger_budgets(const Problem& problem, const SolveOptions& options) {
  return Larger(problem, options).run();
}

}  // namespace haplan::solver
