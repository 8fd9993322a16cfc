#pragma once

#include <chrono>

#include "solver/solve.hpp"

namespace haplan::solver {

/// Searches one after another that share the limits of one.
class Succession {
 public:
  /// Refers to the options. Time runs from now on.
  explicit Succession(const SolveOptions& options);

  /// solve() with what the searches before have left, and with their work added to its own.
  model::Result<Outcome> search(const Problem& problem, bool explain);

  /// A limit or an interrupt came: no other search should begin.
  [[nodiscard]] bool ended() const;

  /// What ended the last search.
  [[nodiscard]] Stop stop() const { return stop_; }

  /// Of all searches.
  [[nodiscard]] const SearchWork& work() const { return work_; }

 private:
  [[nodiscard]] double seconds() const;

  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_;
  Stop stop_ = Stop::none;
  SearchWork work_;
};

}  // namespace haplan::solver
