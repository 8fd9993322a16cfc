#pragma once

#include <string>
#include <vector>

#include "solver/problem.hpp"

/// What a deployment spends: replicas, money, resources and what replicas use by name.
namespace haplan::solver {

/// A non-negative sum of decimals: exact as long as 128 bits hold it, else to 1e-18.
struct Amount {
  __extension__ using Wide = __int128;
  Wide num = 0;
  Wide den = 1;

  [[nodiscard]] double value() const;
};

Amount sum_of(const Amount& a, const Amount& b);
Amount product_of(const Amount& a, const Amount& b);
Amount amount_of(const model::Rational& value);
/// At most `value`, and by less than 1e-12 of it.
model::Rational at_most(double value);
/// -1, 0, 1
int compare(const Amount& a, const Amount& b);

/// What one replica spends of a budget, run as `body`; what has no replicas spends it once.
///   body  a component without variants, or one of a component's variants
Amount spent_by_one(const Problem& problem, const Budget& budget, const model::Component& body);

/// A month of one replica in the unit of the prices.
Amount cost_of_one(const Problem& problem, const model::Component& body);

/// What all components spend at each level.
///   deployment  of problem.system
std::vector<Amount> spent(const Problem& problem, const model::Deployment& deployment,
                          const Budget& budget);

/// Largest sum over levels, and the time-weighted mean.
struct Cost {
  Amount peak;
  Amount mean;
};
Cost cost_of(const Problem& problem, const model::Deployment& deployment);
Cost replicas_of(const Problem& problem, const model::Deployment& deployment);

/// One budget and how it stands.
struct BudgetUse {
  std::string name;
  double limit = 0.0;
  double used = 0.0;  ///< at the level with most
  bool kept = true;   ///< exactly
};

/// In the order of Problem::budgets.
std::vector<BudgetUse> budget_uses(const Problem& problem, const model::Deployment& deployment);

bool keeps_budgets(const Problem& problem, const model::Deployment& deployment);

}  // namespace haplan::solver
