#pragma once

#include <optional>
#include <vector>

#include "model/system/load.hpp"
#include "solver/problem.hpp"

/// The decisions of a problem, sorted by what they touch.
namespace haplan::solver {

/// It decides how many replicas run, or when an autoscaler adds one.
bool is_count(Setting setting);

/// Values that are still allowed, per decision of the problem.
using Allowed = std::vector<std::vector<double>>;

/// One value per count decision of a component, in the order of ComponentSpace::counts.
using CountChoice = std::vector<double>;

/// Replica counts that a component can have, and the choices that give them.
struct CountOption {
  std::vector<int> replicas;  ///< per level
  std::vector<CountChoice> choices;
};

struct ComponentSpace {
  std::vector<std::size_t> counts;      ///< decisions on replicas and autoscaling
  std::vector<std::size_t> probes;      ///< decisions on probes
  std::vector<std::size_t> controller;  ///< decisions on the failover controller
  std::vector<CountOption> options;     ///< at least one for replicated components; by `replicas`
};

struct Space {
  std::optional<std::size_t> toleration;   ///< the decision on tolerationSeconds
  std::vector<ComponentSpace> components;  ///< per component
};

/// Sorts decisions and enumerates counts. Choices with autoscale min > max are left out.
Space make_space(const Problem& problem, const model::LoadTable& load);

Allowed all_values(const Problem& problem);

/// The choices of an option whose values are all allowed.
std::vector<const CountChoice*> allowed_choices(const ComponentSpace& space,
                                                const CountOption& option, const Allowed& allowed);

/// A smaller value makes every figure better (or leaves it alone) and costs nothing in probe checks: searches for
/// feasibility need only the smallest allowed value.
bool smaller_is_better(const Problem& problem, const Decision& decision);

/// Values in the order in which the preference wants them: nearest to the default first, the smaller of two equally
/// near; ascending without a default.
std::vector<double> by_nearness(const Decision& decision);

/// Decisions in the order of criterion 3b; the rest of the preference follows in path order.
std::vector<std::size_t> thresholds_in_order(const Problem& problem);

}  // namespace haplan::solver
