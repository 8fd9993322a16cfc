#pragma once

#include <cstddef>
#include <vector>

namespace haplan::model {

struct Assignment {
  double sum = 0.0;
  std::vector<std::size_t> column;  ///< per row; as many as there are columns: none
};

/// Largest sum of entries of a matrix of which no two share a row or a column (the assignment problem, rows or columns may stay without one).
///   value  [row][column], all >= 0 and as many in each row
/// Cost: rows^2 columns additions. Source: Kuhn (1955), by shortest augmenting paths (Jonker and Volgenant 1987).
Assignment largest_assignment(const std::vector<std::vector<double>>& value);

}  // namespace haplan::model
