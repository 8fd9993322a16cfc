#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "solver/allocation/structure.hpp"

/// How to equip subsystems: columns to choose from, amounts that are limited, unavailability that results.
namespace haplan::solver::allocation {

/// Figures are either zero or larger.
inline constexpr double kLeastFigure = 1e-290;

inline constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

/// One way to equip a subsystem.
struct Column {
  std::vector<std::int64_t> amounts;  ///< >= 0, one per limit of the problem
  std::vector<double> down;           ///< per world the subsystem's unavailability, in [0, 1]
};

/// weight * P(structure fails), its subsystems as they are in this world.
struct Term {
  std::size_t structure = 0;
  std::size_t world = 0;
  double weight = 1.0;
};

/// An unavailability: the sum of its terms.
struct Goal {
  std::vector<Term> terms;
  double limit = std::numeric_limits<double>::infinity();  ///< it must not be larger
};

/// What to make small.
struct Stage {
  enum class Kind { goals, amount };
  Kind kind = Kind::goals;
  std::vector<std::size_t> goals;  ///< Kind::goals: the largest of these
  std::size_t amount = 0;          ///< Kind::amount: the sum of this amount
};

struct Problem {
  std::size_t worlds = 1;
  /// Per subsystem its columns, the preferred of equally good ones first; at least one each.
  std::vector<std::vector<Column>> subsystems;
  std::vector<Structure> structures;
  std::vector<Goal> goals;
  std::vector<std::int64_t> limits;  ///< per amount: on its sum over all subsystems, or kNoLimit
  /// What to make small, the first first. What remains equal is decided by the order of columns, first subsystem first.
  std::vector<Stage> stages;
};

/// A column of every subsystem.
using Choice = std::vector<std::uint32_t>;

/// Sums of amounts.
std::vector<std::int64_t> amounts_of(const Problem& problem, const Choice& choice);

/// Unavailability of one goal.
///   error  relative O(depth epsilon)
double unavailability_of(const Problem& problem, const Goal& goal, const Choice& choice);

/// Whether a figure keeps its limit: figures are sums of roundings, so 1e-12 of it is forgiven.
inline double largest_within(double limit) { return limit * (1.0 + 1e-12); }

/// Whether every limit is kept.
bool keeps_limits(const Problem& problem, const Choice& choice);

}  // namespace haplan::solver::allocation
