#pragma once

#include <optional>
#include <vector>

#include "solver/solve.hpp"

/// The solver's witness: every value of every decision times every allowed placement, compared by the plain definition
/// of the preference. Written from the model's description, sharing with the solver only the evaluation.
namespace haplan::test {

/// Every placement of all components at once that the rules allow, in lexicographic order of component and node order.
/// Components that are not replicated keep what the deployment gives.
///   fixed  per component: keeps the deployment's own nodes
///   limit  nullopt when there are more
std::optional<std::vector<model::Deployment>> every_placement(
    const model::System& system, const model::Deployment& deployment,
    const std::vector<model::CarriedRules>& rules, const std::vector<bool>& fixed,
    std::size_t limit);

/// Largest unavailability per service over every placement; 1 when there is none. nullopt beyond the limit.
///   evaluations  incremented, if given
std::optional<std::vector<double>> worst_unavailability(
    const model::System& system, const model::Deployment& deployment,
    const std::vector<model::CarriedRules>& rules, std::size_t limit,
    std::size_t* evaluations = nullptr);

struct ExhaustiveAnswer {
  std::optional<model::Deployment> best;  ///< none: infeasible
  std::size_t evaluations = 0;
};

/// nullopt when the problem is larger than `limit` evaluations allow.
std::optional<ExhaustiveAnswer> exhaustive_search(const solver::Problem& problem,
                                                  std::size_t limit);

/// A deployment that meets every objective; budgets are not looked at.
struct FeasiblePlan {
  model::Deployment deployment;
  std::vector<double> worst;  ///< judged unavailability per service
};

/// All of them; nullopt when the problem is larger than `limit` evaluations allow.
std::optional<std::vector<FeasiblePlan>> every_plan(const solver::Problem& problem,
                                                    std::size_t limit);

}  // namespace haplan::test
