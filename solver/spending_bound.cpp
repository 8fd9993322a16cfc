#include "solver/spending_bound.hpp"

#include <algorithm>
#include <numeric>

#include "solver/budgets.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

SpendingBound::SpendingBound(const Problem& problem, const std::vector<Range>& ranges,
                             std::optional<LevelId> main)
    : problem_(problem), main_(main) {
  const std::size_t levels = problem.system.levels.size();
  for (const Range& range : ranges) room_.push_back(main ? range.most - range.fewest[*main] : 0);
  for (const Budget& budget : problem.budgets) {
    Account account;
    account.limit = amount_of(budget.limit).value();
    account.mean = is_mean(budget);
    double others = 0.0;
    for (const Component& component : problem.system.components)
      if (!component.replicated() && component.type != ComponentType::gate)
        others += spent_by_one(problem, budget, component).value();
    account.spent.assign(levels, others);
    for (const Range& range : ranges)
      account.each.push_back(
          spent_by_one(problem, budget, problem.system.components[range.component]).value());
    account.least.assign(ranges.size() + 1, std::vector<double>(levels, 0.0));
    for (std::size_t depth = ranges.size(); depth-- > 0;)
      for (LevelId l = 0; l < levels; ++l)
        account.least[depth][l] =
            account.least[depth + 1][l] + account.each[depth] * ranges[depth].fewest[l];
    account.cheapest.resize(ranges.size());
    std::iota(account.cheapest.begin(), account.cheapest.end(), std::size_t{0});
    std::ranges::stable_sort(account.cheapest, [&](std::size_t a, std::size_t b) {
      return account.each[a] < account.each[b];
    });
    accounts_.push_back(std::move(account));
  }
}

void SpendingBound::add(std::size_t depth, const std::vector<int>& replicas, int times) {
  for (Account& account : accounts_)
    for (LevelId l = 0; l < replicas.size(); ++l)
      account.spent[l] += account.each[depth] * replicas[l] * times;
}

bool SpendingBound::possible(std::size_t depth, int extra) const {
  constexpr double kMargin = 1e-9;  // above rounding; budgets are held exactly in the end
  return std::ranges::all_of(accounts_, [&](const Account& account) {
    const double most = account.limit * (1.0 + kMargin);
    double mean = 0.0;
    for (LevelId l = 0; l < account.spent.size(); ++l) {
      double sum = account.spent[l] + account.least[depth][l];
      if (main_ == l) sum += of_extra(account, depth, extra);
      mean += problem_.system.levels[l].share * sum;
      if (!account.mean && sum > most) return false;
    }
    return !account.mean || mean <= most;
  });
}

double SpendingBound::of_extra(const Account& account, std::size_t depth, int extra) const {
  double sum = 0.0;
  for (const std::size_t at : account.cheapest) {
    if (extra <= 0) break;
    if (at < depth) continue;
    const int here = std::min(extra, room_[at]);
    sum += account.each[at] * here;
    extra -= here;
  }
  return sum;
}

}  // namespace haplan::solver
