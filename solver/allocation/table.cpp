#include "solver/allocation/table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace haplan::solver::allocation {

namespace {

/// exp(-700) is 1e-304: no sum of figures has digits there.
constexpr double kLeastLog = -700.0;
/// Columns that are down more often than this are taken to be down this often: never more, so bounds stay bounds.
constexpr double kMostDown = 1.0 - 1.0 / 1024.0;

double rank_of(const Column& column) {
  double sum = 0.0;
  for (const double u : column.down) sum += u > 0.0 ? std::log(u) : kLeastLog;
  return sum;
}

/// Figures of columns in which smaller is better, one row after another.
class Figures {
 public:
  Figures(const std::vector<Column>& columns, const std::vector<std::uint32_t>& among,
          const std::vector<std::int64_t>& limits) {
    for (const std::uint32_t c : among) {
      const Column& column = columns[c];
      for (const double u : column.down) values_.push_back(u);
      // Amounts beyond 2^53 would not keep their order as doubles; none can be that large, see allocate.
      for (std::size_t r = 0; r < limits.size(); ++r)
        if (limits[r] != kNoLimit) values_.push_back(static_cast<double>(column.amounts[r]));
    }
    width_ = among.empty() ? 0 : values_.size() / among.size();
  }

  [[nodiscard]] std::span<const double> of(std::size_t row) const {
    return {values_.data() + row * width_, width_};
  }

  [[nodiscard]] bool no_worse(std::size_t a, std::size_t b) const {
    const double* const x = values_.data() + a * width_;
    const double* const y = values_.data() + b * width_;
    for (std::size_t i = 0; i < width_; ++i)
      if (x[i] > y[i]) return false;
    return true;
  }

 private:
  std::size_t width_ = 0;
  std::vector<double> values_;
};

}  // namespace

Candidates all_columns(const Problem& problem) {
  Candidates all(problem.subsystems.size());
  for (std::size_t j = 0; j < all.size(); ++j) {
    all[j].resize(problem.subsystems[j].size());
    std::iota(all[j].begin(), all[j].end(), 0U);
  }
  return all;
}

std::vector<std::uint32_t> efficient(const std::vector<Column>& columns,
                                     const std::vector<std::uint32_t>& among,
                                     const std::vector<std::int64_t>& limits) {
  const Figures figures(columns, among, limits);
  std::vector<std::size_t> order(among.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // In this order nothing is no worse than what stands before it, except equals, of which the preferred come first.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const auto x = figures.of(a);
    const auto y = figures.of(b);
    if (std::ranges::equal(x, y)) return among[a] < among[b];
    return std::ranges::lexicographical_compare(x, y);
  });
  std::vector<std::size_t> front;
  std::vector<std::uint32_t> kept;
  for (const std::size_t row : order) {
    // Neighbours resemble each other most.
    if (std::any_of(front.rbegin(), front.rend(),
                    [&](std::size_t other) { return figures.no_worse(other, row); }))
      continue;
    front.push_back(row);
    kept.push_back(among[row]);
  }
  std::ranges::sort(kept);
  return kept;
}

Candidates efficient(const Problem& problem, const std::vector<std::int64_t>& limits) {
  const Candidates all = all_columns(problem);
  Candidates kept;
  for (std::size_t j = 0; j < all.size(); ++j)
    kept.push_back(efficient(problem.subsystems[j], all[j], limits));
  return kept;
}

Table::Table(const Problem& problem, const Candidates& candidates)
    : down_(problem.worlds),
      log_down_(problem.worlds),
      log_up_(problem.worlds),
      amount_(problem.limits.size()) {
  for (std::size_t j = 0; j < candidates.size(); ++j) {
    first_.push_back(column_.size());
    std::vector<std::pair<double, std::uint32_t>> order;
    order.reserve(candidates[j].size());
    for (const std::uint32_t c : candidates[j])
      order.emplace_back(rank_of(problem.subsystems[j][c]), c);
    std::ranges::sort(order);
    for (const auto& [rank, c] : order) {
      const Column& column = problem.subsystems[j][c];
      column_.push_back(c);
      rank_.push_back(rank);
      for (std::size_t w = 0; w < problem.worlds; ++w) {
        const double u = std::min(column.down[w], kMostDown);
        down_[w].push_back(column.down[w]);
        log_down_[w].push_back(u > 0.0 ? std::max(std::log(u), kLeastLog) : kLeastLog);
        log_up_[w].push_back(std::log1p(-u));
      }
      for (std::size_t r = 0; r < amount_.size(); ++r) amount_[r].push_back(column.amounts[r]);
    }
  }
  first_.push_back(column_.size());
}

}  // namespace haplan::solver::allocation
