#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/workbench.hpp"

/// Objectives one by one: what each could reach alone, and which cannot be kept together.
namespace haplan::solver {

/// The objectives, each with a single limit, in the order of `check_objectives`; compliance, which says how surely an
/// availability is kept, has that beside it. The last check of a wish is its own.
std::vector<Objective> single_wishes(const std::vector<Objective>& objectives);

/// Whether two wishes limit the same figures alike, whatever their services.
bool same_limits(const Objective& a, const Objective& b);

/// Wishes put together again: one objective per service.
std::vector<Objective> joined(const std::vector<Objective>& wishes);

enum class Answer { yes, no, unknown };

struct Reply {
  Answer answer = Answer::unknown;  ///< unknown: the work of a question did not suffice
  model::Deployment plan;           ///< answer yes
};

/// Asks whether a problem has any plan, with a fixed amount of work.
Reply has_plan(const Problem& problem, const SolveOptions& options);

/// A deployment that serves one wish as well as a descent over its components' options finds, that fits the nodes and keeps
/// the budgets; of availability within budgets the best that a search finds.
struct Attempt {
  model::Deployment deployment;
  double bound = 0.0;  ///< proved: no deployment has a smaller figure
};

///   start    a placed deployment with fewest replicas
///   returns  nothing where a component has no option at all
std::optional<Attempt> best_attempt(const Problem& problem, const SolveOptions& options,
                                    const model::Deployment& start, const Objective& wish);

/// The fewest wishes, none of which can be left out, that no plan keeps together.
///   known  answers for each alone
std::vector<std::size_t> smallest_conflict(const Problem& problem, const SolveOptions& options,
                                           const std::vector<Objective>& wishes,
                                           const std::vector<Answer>& known);

}  // namespace haplan::solver
