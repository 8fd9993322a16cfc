#pragma once

#include <functional>
#include <optional>

#include "model/base/stop.hpp"
#include "solver/allocation/relaxation.hpp"

/// Branch and bound over boxes of columns for one objective.
namespace haplan::solver::allocation {

/// What a search makes small, or that it only looks for a choice that keeps the limits.
struct Objective {
  enum class Kind { any, goals, amount };
  Kind kind = Kind::any;
  std::vector<std::size_t> goals;  ///< Kind::goals: the largest of unavailability / scale
  std::vector<double> scales;      ///< > 0, one per entry of `goals`
  /// Kind::goals: a value that ends the search; 0: none. Only choices within it are looked for, others may be found.
  double enough = 0.0;
  std::size_t amount = 0;  ///< Kind::amount
};

/// A box without a better choice than the one returned. Together these cover all candidates.
struct ClosedBox {
  const Table& table;
  const Box& box;
  Fate fate;
  const Bars& bars;
  const Multipliers& multipliers;  ///< refuted: those of the proof
};
using Sink = std::function<void(const ClosedBox&)>;

struct Work {
  std::size_t boxes = 0;
  double operations = 0.0;  ///< elementary ones
};

struct Found {
  std::optional<Choice> best;
  double value = 0.0;  ///< of the objective
  bool complete =
      false;  ///< nothing is better by more than 1e-12 of the value, or, without a choice, nothing keeps all limits
  double bound = 0.0;  ///< Kind::goals: nothing is smaller
};

struct Request {
  std::vector<std::int64_t> amounts;  ///< limits, or kNoLimit
  std::vector<double> goals;          ///< limits, or infinite
  Objective objective;
  Candidates candidates;
  std::optional<Choice> start;  ///< keeps the limits
};

/// The best choice of candidates that keeps the limits.
///   meter  asked now and then; a yes ends the search with the best so far
///   cost   unlimited; boxes are closed by bounds that cost O(columns + steps) each
Found search(const Problem& problem, const Request& request, model::StopMeter& meter, Work& work,
             const Sink& sink = {});

}  // namespace haplan::solver::allocation
