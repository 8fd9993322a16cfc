#pragma once

#include <algorithm>
#include <chrono>

#include "solver/known_figures.hpp"
#include "solver/refused_counts.hpp"
#include "solver/solve.hpp"

/// What the searches of one solve() share.
namespace haplan::solver {

/// The limits of all searches together, those of its explanation included, and what is known from earlier ones.
class Run {
 public:
  /// Time runs from now on.
  explicit Run(const SolveOptions& options);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Work of any search.
  void charge(std::size_t units);
  /// Work that was charged to a search as if it were done, so that its answer is the same, and was not.
  void give_back(std::size_t units) { units_ -= std::min(units, units_); }
  /// Looks at the clock and for interrupts.
  void poll();

  /// Why an outcome is what it is may be asked for as long again as finding it may take, in work, not in time.
  void explain();

  /// A limit of all searches together was hit, or an interrupt came: nothing more should begin.
  [[nodiscard]] bool over() const { return stop_ != Stop::none; }
  [[nodiscard]] Stop stop() const { return stop_; }
  /// Work of all searches so far.
  [[nodiscard]] std::size_t units() const { return units_; }

  /// For the model's calculations.
  [[nodiscard]] model::Stop asking();

  KnownFigures figures;
  RefusedCounts refused;

 private:
  std::size_t work_limit_;
  double time_limit_;
  std::function<bool()> interrupted_;
  std::chrono::steady_clock::time_point start_;
  std::size_t units_ = 0;
  bool explaining_ = false;
  Stop stop_ = Stop::none;
};

/// Nothing more should begin in the run that the options belong to, if to any.
bool is_over(const SolveOptions& options);

}  // namespace haplan::solver
