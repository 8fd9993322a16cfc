#include "model/markov/ordered_elimination.hpp"

#include <algorithm>
#include <limits>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

OrderedElimination::OrderedElimination(std::size_t n)
    : ends_(n, 0), leaving_(n, 0.0), outside_(n, 0.0) {
  earlier_.count.assign(n, 0);
  later_.count.assign(n, 0);
}

/// Adds a rate of the row of state `at`; what leads back to the state itself is dropped.
void OrderedElimination::gather(std::uint32_t at, std::uint32_t target, double rate,
                                Row& row) const {
  if (target == at) return;
  if (row.rate[target] == 0.0) {
    if (target < at) {
      row.earlier.push_back(target);
    } else {
      row.later.push_back(target);
      std::push_heap(row.later.begin(), row.later.end());
    }
  }
  row.rate[target] += rate;
}

bool OrderedElimination::eliminate_row(std::uint32_t at, const EliminationLimits& limits,
                                       Row& row) {
  const std::size_t before = products_;
  while (!row.later.empty()) {
    std::pop_heap(row.later.begin(), row.later.end());
    const std::uint32_t j = row.later.back();
    row.later.pop_back();
    may_abandon();
    const double share = row.rate[j] / leaving_[j];
    row.rate[j] = 0.0;
    if (share == 0.0) continue;  // underflow
    later_.add(j, share);
    ++later_.count[at];
    products_ += earlier_.count[j] + 1;
    if (products_ > limits.products || products_ - before > limits.products_of_a_state)
      return false;
    for (std::uint64_t k = ends_[j] - earlier_.count[j]; k < ends_[j]; ++k)
      gather(at, earlier_.to[k], share * earlier_.value[k], row);
    row.outside += share * outside_[j];
  }
  double leaving = row.outside;
  for (const std::uint32_t j : row.earlier) {
    leaving += row.rate[j];
    earlier_.add(j, row.rate[j]);
    row.rate[j] = 0.0;
  }
  earlier_.count[at] = static_cast<std::uint32_t>(row.earlier.size());
  ends_[at] = earlier_.to.size();
  outside_[at] = row.outside;
  leaving_[at] = leaving;
  row.earlier.clear();
  row.outside = 0.0;
  return true;
}

std::optional<OrderedElimination> OrderedElimination::of(const Chain& chain,
                                                         std::span<const std::uint32_t> order,
                                                         const EliminationLimits& limits) {
  HAPLAN_EXPECTS(!order.empty());
  const auto n = static_cast<std::uint32_t>(order.size());
  std::vector<std::uint32_t> place(chain.state_count(), kNone);
  for (std::uint32_t i = 0; i < n; ++i) place[order[i]] = i;
  OrderedElimination result(n);
  Row row;
  row.rate.assign(n, 0.0);
  for (std::uint32_t at = n; at-- > 0;) {
    const auto to = chain.targets(order[at]);
    const auto rate = chain.rates(order[at]);
    for (std::size_t k = 0; k < to.size(); ++k) {
      if (place[to[k]] == kNone) {
        row.outside += rate[k];
      } else {
        result.gather(at, place[to[k]], rate[k], row);
      }
    }
    if (!result.eliminate_row(at, limits, row)) return std::nullopt;
    if (at > 0 && !(result.leaving_[at] > 0.0)) return std::nullopt;  // underflow
  }
  result.closed_ = !(result.leaving_[0] > 0.0);
  if (result.closed_) result.cycle_ = result.gathered(std::vector<double>(n, 1.0));
  return result;
}

std::uint32_t OrderedElimination::likeliest() const {
  // Probabilities relative to that of position 0, scaled down together when they grow too large; what
  // underflows by that was not the likeliest.
  std::vector<double> p(leaving_.size(), 0.0);
  p[0] = 1.0;
  std::uint32_t best = 0;
  std::size_t row_end = later_.to.size();
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    // Every earlier state has handed on its share already. p_i is the flow into i over what leaves it,
    // and later_ holds rates divided by the leaving rate of their target.
    const std::size_t row = row_end - later_.count[i];
    for (std::size_t k = row; k < row_end; ++k) p[later_.to[k]] += p[i] * later_.value[k];
    row_end = row;
    if (p[i] > p[best]) best = i;
    if (p[i] > 1e200)
      for (double& x : p) x *= 1e-200;
  }
  return best;
}

/// What elimination makes of a right-hand side: each state takes its share of the later ones.
std::vector<double> OrderedElimination::gathered(std::span<const double> r) const {
  std::vector<double> b(r.begin(), r.end());
  std::size_t entry = 0;
  for (std::size_t i = b.size(); i-- > 0;)
    for (std::uint32_t c = later_.count[i]; c > 0; --c, ++entry)
      b[i] += later_.value[entry] * b[later_.to[entry]];
  return b;
}

void OrderedElimination::solve(std::span<const double> r, std::span<double> h) const {
  HAPLAN_EXPECTS(r.size() == leaving_.size() && h.size() == leaving_.size());
  const std::vector<double> b = gathered(r);
  const double mean = closed_ ? b[0] / cycle_[0] : 0.0;
  h[0] = closed_ ? 0.0 : b[0] / leaving_[0];
  for (std::size_t i = 1; i < h.size(); ++i) {
    double sum = closed_ ? b[i] - mean * cycle_[i] : b[i];
    for (std::uint64_t k = ends_[i] - earlier_.count[i]; k < ends_[i]; ++k)
      sum += earlier_.value[k] * h[earlier_.to[k]];
    h[i] = sum / leaving_[i];
  }
}

}  // namespace haplan::model
