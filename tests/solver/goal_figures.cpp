#include "tests/solver/goal_figures.hpp"

#include <algorithm>

#include "model/system/load.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

using namespace model;
using solver::Budget;
using solver::Objective;
using solver::Problem;

namespace {

std::int64_t requested(const Component& component, const char* what) {
  const auto found = component.requests.find(what);
  return found == component.requests.end() ? 0 : found->second;
}

}  // namespace

Spent spent_by(const Problem& plain, const Deployment& d) {
  Spent spent;
  const LoadTable load = load_table(plain.system);
  for (LevelId level = 0; level < plain.system.levels.size(); ++level) {
    Spent now;
    double memory_now = 0.0;
    for (ComponentId c = 0; c < plain.system.components.size(); ++c) {
      const Component& component = plain.system.components[c];
      const double n =
          component.replicated() ? replicas_at(plain.system, load, d.components[c], c, level) : 1.0;
      if (component.type == ComponentType::gate) continue;
      const auto cpu = static_cast<double>(requested(component, "cpu")) / 1000.0;
      const auto memory = static_cast<double>(requested(component, "memory")) / 1000.0;
      now.cost += n * (cpu * 20.0 + memory / 1073741824.0 * 3.0);
      now.cpu += n * cpu;
      memory_now += n * memory;
      if (component.replicated()) now.replicas += n;
      if (const auto uses = component.uses.find("money"); uses != component.uses.end())
        now.money += n * uses->second.value();
    }
    if (level == 0 || now.replicas > spent.replicas) {
      spent.busiest_cpu = now.cpu;
      spent.busiest_memory = memory_now;
    }
    spent.cost = std::max(spent.cost, now.cost);
    spent.mean_cost += plain.system.levels[level].share * now.cost;
    spent.replicas = std::max(spent.replicas, now.replicas);
    spent.mean_replicas += plain.system.levels[level].share * now.replicas;
    spent.money = std::max(spent.money, now.money);
    spent.cpu = std::max(spent.cpu, now.cpu);
  }
  return spent;
}

bool keeps_budgets(const Problem& problem, const Spent& spent) {
  return std::ranges::all_of(problem.budgets, [&](const Budget& budget) {
    const double used = budget.name == "money"      ? spent.money
                        : budget.name == "replicas" ? spent.replicas
                        : budget.name == "cpu"      ? spent.cpu
                                                    : spent.cost;
    return used <= budget.limit.value() * (1.0 + 1e-12);
  });
}

std::vector<double> goal_of(const Problem& problem, const Spent& spent, double worst) {
  const std::vector<double> replicas{spent.replicas, spent.mean_replicas};
  const std::vector<double> cost{spent.cost, spent.mean_cost};
  std::vector<double> goal;
  if (problem.maximize_availability) goal.push_back(worst);
  const bool cost_first = problem.minimize.front() == solver::Preference::cost;
  const bool cost_counts = cost_first || problem.minimize.size() > 1;
  if (cost_first) goal.insert(goal.end(), cost.begin(), cost.end());
  goal.insert(goal.end(), replicas.begin(), replicas.end());
  if (cost_counts && !cost_first) goal.insert(goal.end(), cost.begin(), cost.end());
  return goal;
}

bool before(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!near_relative(a[i], b[i], 1e-11)) return a[i] < b[i];
  return false;
}

double worst_of(const Problem& problem, const std::vector<double>& judged) {
  double worst = 0.0;
  for (const Objective& objective : problem.objectives)
    worst = std::max(worst, judged[objective.service]);
  return worst;
}

}  // namespace haplan::test
