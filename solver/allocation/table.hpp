#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "solver/allocation/problem.hpp"

/// The columns that a search may choose from, as arrays in order of unavailability.
namespace haplan::solver::allocation {

/// Per subsystem indices of columns.
using Candidates = std::vector<std::vector<std::uint32_t>>;

/// Of some columns those that are no worse than each other in every world and in every amount that is limited; of equal
/// ones the first. Structures are coherent, so a choice of these is as good as any.
///   limits  per amount, or kNoLimit
///   cost    O(columns * result)
std::vector<std::uint32_t> efficient(const std::vector<Column>& columns,
                                     const std::vector<std::uint32_t>& among,
                                     const std::vector<std::int64_t>& limits);

/// The same of all columns of every subsystem.
Candidates efficient(const Problem& problem, const std::vector<std::int64_t>& limits);

/// Every column.
Candidates all_columns(const Problem& problem);

/// Columns in ascending order of the sum over worlds of log unavailability, so that boxes are ranges.
class Table {
 public:
  Table(const Problem& problem, const Candidates& candidates);

  [[nodiscard]] std::size_t subsystems() const { return first_.size() - 1; }
  [[nodiscard]] std::size_t size(std::size_t subsystem) const {
    return first_[subsystem + 1] - first_[subsystem];
  }
  /// Rows of the arrays of one subsystem: from first(j) to first(j + 1).
  [[nodiscard]] std::size_t first(std::size_t subsystem) const { return first_[subsystem]; }
  /// Index in the problem of a row.
  [[nodiscard]] std::uint32_t column(std::size_t row) const { return column_[row]; }
  [[nodiscard]] double rank(std::size_t row) const { return rank_[row]; }
  [[nodiscard]] double down(std::size_t world, std::size_t row) const { return down_[world][row]; }
  /// log u and log (1 - u) of a row, for lower bounds on unavailability: 0 and 1 are moved to where logarithms are finite,
  /// 1 downwards, 0 by less than any figure can show.
  [[nodiscard]] const std::vector<double>& log_down(std::size_t world) const {
    return log_down_[world];
  }
  [[nodiscard]] const std::vector<double>& log_up(std::size_t world) const {
    return log_up_[world];
  }
  [[nodiscard]] const std::vector<std::int64_t>& amount(std::size_t index) const {
    return amount_[index];
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<std::uint32_t> column_;
  std::vector<double> rank_;
  std::vector<std::vector<double>> down_;
  std::vector<std::vector<double>> log_down_;
  std::vector<std::vector<double>> log_up_;
  std::vector<std::vector<std::int64_t>> amount_;
};

}  // namespace haplan::solver::allocation
