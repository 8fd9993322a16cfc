#pragma once

#include <cstdint>
#include <memory>

#include "model/availability/evaluate.hpp"

namespace haplan::model {

struct ReevaluateOptions {
  std::size_t node_limit = 1'000'000;  ///< as EvaluateOptions
  /// By default all but the causes, the lengths of outages and the textbook figure.
  WantedFigures wanted{.causes = false, .independent = false, .down_for = false};
  /// Compiled structures kept, and the sum of their diagrams' nodes beyond the one in use; the least recently used
  /// goes first. A node takes less than a hundred bytes.
  std::size_t most_structures = 1'024;
  std::size_t most_nodes = 1'000'000;
  Stop stop;
};

/// Evaluates systems and deployments that differ in numbers only again and again: what depends on structure alone is
/// compiled once and found again by an exact description of it (needs, replica counts, headroom, order of stages,
/// ...), so that any system may be given at any time. Not for several threads at once.
///   cost  microseconds where the structure is known; response times of a closed load only when their inputs change
class Reevaluator {
 public:
  explicit Reevaluator(ReevaluateOptions options = {});
  ~Reevaluator();
  Reevaluator(Reevaluator&&) noexcept;
  Reevaluator& operator=(Reevaluator&&) noexcept;

  /// Bit for bit what evaluate() returns, for the figures wanted (without frequencies and causes fewer functions are
  /// compiled, as evaluate() does without figures). Preconditions as evaluate(): every component has as many nodes as
  /// replicas at any level.
  ///   fails  as evaluate()
  Result<Evaluation> evaluate(const System& system, const Deployment& deployment);

  /// Work done since the start.
  struct Counts {
    std::size_t evaluations = 0;
    std::size_t compilations = 0;
    std::size_t load_tables = 0;
    std::size_t packings = 0;         ///< questions about headroom
    std::size_t queueing_models = 0;  ///< closed networks solved
  };
  [[nodiscard]] const Counts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haplan::model
