#pragma once

#include <chrono>
#include <functional>

#include "solver/solve.hpp"

namespace haplan::solver {

/// Answers a problem as solve() does.
using Searcher = std::function<model::Result<Outcome>(const Problem&, const SolveOptions&)>;

/// Searches one after another that share the limits of one.
class Succession {
 public:
  /// Refers to the options. Time runs from now on.
  explicit Succession(const SolveOptions& options, Searcher how = solve);

  /// Searches with what the searches before have left, and with their work added to its own.
  model::Result<Outcome> search(const Problem& problem, bool explain);

  /// A search that is a question beside: it may do so much work, and what ends it does not end the others.
  ///   units  0: no other limit than that of all
  model::Result<Outcome> ask(const Problem& problem, bool any_plan, std::size_t units);

  /// A limit or an interrupt came: no other search should begin.
  [[nodiscard]] bool ended() const;

  /// Work that was done beside the searches.
  void charge(std::size_t units) { work_.units += units; }

  /// What ended the last search.
  [[nodiscard]] Stop stop() const { return stop_; }

  /// Of all searches.
  [[nodiscard]] const SearchWork& work() const { return work_; }

 private:
  [[nodiscard]] double seconds() const;
  [[nodiscard]] SolveOptions rest() const;
  void add(const SearchWork& work);

  const SolveOptions& options_;
  Searcher how_;
  std::chrono::steady_clock::time_point start_;
  Stop stop_ = Stop::none;
  SearchWork work_;
};

}  // namespace haplan::solver
