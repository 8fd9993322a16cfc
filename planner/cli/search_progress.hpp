#pragma once

#include <optional>
#include <string>

#include "planner/cli/progress.hpp"
#include "solver/solve.hpp"

namespace haplan::planner::cli {

/// What --progress asks for.
enum class ProgressFormat {
  bar,   ///< on a terminal, else nothing
  json,  ///< one line each on stderr, a line with the format's version first
  none,
};

/// Tells on stderr how far a solve is.
class SearchTeller {
 public:
  explicit SearchTeller(ProgressFormat format);

  void tell(const solver::SearchProgress& progress);
  /// What comes after the search.
  void enter(const std::string& phase);
  /// The last line.
  void end();
  /// With what the search came to.
  void searched(const solver::Outcome& outcome);

 private:
  void write();

  ProgressFormat format_;
  std::optional<ProgressBar> bar_;  ///< taken away by its end
  std::string phase_ = "proof";
  std::optional<int> incumbent_;
  int bound_ = 0;
  double done_ = 0.0;
};

}  // namespace haplan::planner::cli
