#pragma once

#include <vector>

#include "solver/problem.hpp"

/// What plans are compared by where other things than replicas count: the plain definitions, in floating arithmetic.
namespace haplan::test {

/// What a deployment spends, of problems that random_goals makes.
struct Spent {
  double cost = 0.0;  ///< peak
  double mean_cost = 0.0;
  double replicas = 0.0;  ///< peak
  double mean_replicas = 0.0;
  double money = 0.0;
  double cpu = 0.0;
  double busiest_cpu = 0.0;     ///< at the first level with most replicas
  double busiest_memory = 0.0;  ///< there
};

Spent spent_by(const solver::Problem& plain, const model::Deployment& deployment);

bool keeps_budgets(const solver::Problem& problem, const Spent& spent);

/// The goal's figures of a plan, in the order in which they count.
std::vector<double> goal_of(const solver::Problem& problem, const Spent& spent, double worst);

/// Lexicographic, figures within 1e-11 being equal.
bool before(const std::vector<double>& a, const std::vector<double>& b);

/// The largest of the services with objectives.
///   judged  per service
double worst_of(const solver::Problem& problem, const std::vector<double>& judged);

}  // namespace haplan::test
