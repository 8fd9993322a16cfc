#include "model/numerics/assignment.hpp"

#include <algorithm>
#include <limits>

namespace haplan::model {

namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

/// Assigns row after row to columns at least cost, which is minus the value. Columns beyond the matrix cost nothing.
class Assigning {
 public:
  explicit Assigning(const std::vector<std::vector<double>>& value)
      : value_(value),
        width_(std::max(value.size(), value.front().size())),
        row_label_(value.size(), 0.0),
        column_label_(width_, 0.0),
        row_of_(width_, kNobody) {
    for (std::size_t row = 0; row < value.size(); ++row) add(row);
  }

  [[nodiscard]] Assignment best() const {
    const std::size_t columns = value_.front().size();
    Assignment best{0.0, std::vector<std::size_t>(value_.size(), columns)};
    for (std::size_t c = 0; c < columns; ++c) {
      if (row_of_[c] == kNobody) continue;
      best.sum += value_[row_of_[c]][c];
      best.column[row_of_[c]] = c;
    }
    return best;
  }

 private:
  [[nodiscard]] double reduced(std::size_t row, std::size_t column) const {
    const double cost = column < value_[row].size() ? -value_[row][column] : 0.0;
    return cost - row_label_[row] - column_label_[column];
  }

  /// The shortest path from a row to a column that nobody has; everybody on it moves on by one.
  void add(std::size_t row) {
    std::vector<double> distance(width_, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> before(width_, kNobody);  // the column that its row had
    std::vector<bool> reached(width_, false);
    std::size_t at = kNobody;
    double length = 0.0;
    for (std::size_t from = row; from != kNobody; from = row_of_[at]) {
      std::size_t nearest = kNobody;
      for (std::size_t c = 0; c < width_; ++c) {
        if (reached[c]) continue;
        if (const double to = length + reduced(from, c); to < distance[c]) {
          distance[c] = to;
          before[c] = at;
        }
        if (nearest == kNobody || distance[c] < distance[nearest]) nearest = c;
      }
      at = nearest;
      length = distance[at];
      reached[at] = true;
    }
    row_label_[row] += length;
    for (std::size_t c = 0; c < width_; ++c)
      if (reached[c] && c != at) {
        row_label_[row_of_[c]] += length - distance[c];
        column_label_[c] -= length - distance[c];
      }
    for (; before[at] != kNobody; at = before[at]) row_of_[at] = row_of_[before[at]];
    row_of_[at] = row;
  }

  const std::vector<std::vector<double>>& value_;
  std::size_t width_;
  std::vector<double> row_label_;
  std::vector<double> column_label_;
  std::vector<std::size_t> row_of_;  ///< per column
};

}  // namespace

Assignment largest_assignment(const std::vector<std::vector<double>>& value) {
  if (value.empty() || value.front().empty())
    return {0.0, std::vector<std::size_t>(value.size(), 0)};
  return Assigning(value).best();
}

}  // namespace haplan::model
