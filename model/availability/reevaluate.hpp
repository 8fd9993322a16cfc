#pragma once

#include <cstdint>
#include <memory>

#include "model/availability/evaluate.hpp"

namespace haplan::model {

/// Which figures are worth their time; the others stay at their defaults.
struct WantedFigures {
  bool frequency = true;  ///< outage_frequency, entry_frequency, mean_outage
  bool error_ratio = true;
  bool recovery = true;
  bool losses = true;  ///< node_losses and losses
  bool response_time = true;
  bool data_loss = true;
  bool causes = false;  ///< many passes over the diagram
  bool independent = false;

  static WantedFigures all() {
    WantedFigures wanted;
    wanted.causes = wanted.independent = true;
    return wanted;
  }
};

struct ReevaluateOptions {
  std::size_t node_limit = 1'000'000;  ///< as EvaluateOptions
  WantedFigures wanted;
  std::size_t most_structures =
      16;  ///< compiled structures kept; the least recently used goes first
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

  /// Bit for bit what evaluate() returns, for the figures wanted; Work is that of the compilation.
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
