#pragma once

#include <map>
#include <optional>
#include <vector>

#include "solver/problem.hpp"

/// Counts of which no settings and placements keep the objectives: questions that follow each other often differ in what they
/// allow of unavailability, and what was refused under looser limits is so under stricter ones.
namespace haplan::solver {

/// What belongs to one run of solve() and the searches in it.
/// Invariant: of a subject everything is as in the problem that gave it its number, but for limits on unavailability, budgets and
/// preferences, none of which settings are judged by.
class RefusedCounts {
 public:
  RefusedCounts() = default;
  RefusedCounts(const RefusedCounts&) = delete;
  RefusedCounts& operator=(const RefusedCounts&) = delete;

  /// A problem, as far as it matters here.
  struct Question {
    std::size_t subject = 0;
    std::vector<double> limits;  ///< on unavailability, per objective; infinite without one
  };

  /// Nothing: too many different ones were asked for.
  std::optional<Question> question(const Problem& problem);

  /// Whether limits that are nowhere stricter than the question's were proved to leave nothing of these counts.
  ///   counts  as in CountVector::option
  [[nodiscard]] bool knows(const Question& question, const std::vector<std::size_t>& counts) const;

  /// Its limits leave nothing of them, proved.
  void add(const Question& question, const std::vector<std::size_t>& counts);

 private:
  std::vector<Problem> subjects_;  ///< without what does not matter
  /// Per subject and counts the last that were added.
  std::vector<std::map<std::vector<std::size_t>, std::vector<double>>> limits_;
};

}  // namespace haplan::solver
