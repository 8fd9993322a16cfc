#include "model/markov/chain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

double Chain::fastest_exit() const {
  return exit_rate_.empty() ? 0.0 : *std::max_element(exit_rate_.begin(), exit_rate_.end());
}

Chain Chain::reversed() const {
  const std::size_t n = state_count();
  Chain result;
  result.begin_.assign(n + 1, 0);
  for (const std::uint32_t to : target_) ++result.begin_[to + 1];
  for (std::size_t i = 0; i < n; ++i) result.begin_[i + 1] += result.begin_[i];
  std::vector<std::uint64_t> place(result.begin_.begin(), result.begin_.end() - 1);
  result.target_.resize(target_.size());
  result.rate_.resize(rate_.size());
  result.exit_rate_.assign(n, 0.0);
  for (std::size_t from = 0; from < n; ++from) {
    for (std::size_t k = begin_[from]; k < begin_[from + 1]; ++k) {
      const std::uint64_t slot = place[target_[k]]++;
      result.target_[slot] = static_cast<std::uint32_t>(from);
      result.rate_[slot] = rate_[k];
      result.exit_rate_[target_[k]] += rate_[k];
    }
  }
  return result;
}

void ChainBuilder::add(std::uint32_t to, double rate) {
  if (!(rate >= 0.0) || !std::isfinite(rate)) {
    bad_rate_ = true;
    return;
  }
  const std::size_t from = chain_.exit_rate_.size();
  if (rate == 0.0 || to == from) {
    largest_target_ = std::max(largest_target_, to);
    return;
  }
  insert(to, rate);
}

/// Rows are short, so that inserting from the back beats sorting them.
void ChainBuilder::insert(std::uint32_t to, double rate) {
  auto& target = chain_.target_;
  auto& rates = chain_.rate_;
  const std::size_t begin = chain_.begin_.back();
  std::size_t place = target.size();
  while (place > begin && target[place - 1] > to) --place;
  if (place > begin && target[place - 1] == to) {
    rates[place - 1] += rate;
    return;
  }
  largest_target_ = std::max(largest_target_, to);
  target.insert(target.begin() + static_cast<std::ptrdiff_t>(place), to);
  rates.insert(rates.begin() + static_cast<std::ptrdiff_t>(place), rate);
}

void ChainBuilder::close_row() {
  double exit = 0.0;
  for (std::size_t k = chain_.begin_.back(); k < chain_.rate_.size(); ++k) exit += chain_.rate_[k];
  if (!std::isfinite(exit)) bad_rate_ = true;
  chain_.exit_rate_.push_back(exit);
  chain_.begin_.push_back(chain_.target_.size());
}

Result<Chain> ChainBuilder::finish() && {
  if (chain_.state_count() == 0) {
    return tl::unexpected(Error{Fault::invalid_input, "a chain needs a state", ""});
  }
  if (bad_rate_) {
    return tl::unexpected(
        Error{Fault::invalid_input, "rates of a chain must be positive and finite", ""});
  }
  HAPLAN_EXPECTS(largest_target_ < chain_.state_count());
  chain_.target_.shrink_to_fit();
  chain_.rate_.shrink_to_fit();
  return std::move(chain_);
}

Result<Chain> chain_of(std::size_t n, std::span<const RatedEdge> edges) {
  if (n >= std::numeric_limits<std::uint32_t>::max()) {
    return tl::unexpected(Error{Fault::budget_exhausted, "a chain has fewer than 2^32 states", ""});
  }
  std::vector<std::size_t> begin(n + 1, 0);
  for (const RatedEdge& edge : edges) {
    HAPLAN_EXPECTS(edge.from < n && edge.to < n);
    if (!(edge.rate > 0.0)) {
      return tl::unexpected(
          Error{Fault::invalid_input, "rates of a chain must be positive and finite", ""});
    }
    ++begin[edge.from + 1];
  }
  for (std::size_t i = 0; i < n; ++i) begin[i + 1] += begin[i];
  std::vector<std::size_t> place(begin.begin(), begin.end() - (n == 0 ? 0 : 1));
  std::vector<std::size_t> order(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) order[place[edges[e].from]++] = e;
  ChainBuilder builder;
  for (std::size_t i = 0; i < n; ++i) {
    may_abandon();
    const auto row = order.begin() + static_cast<std::ptrdiff_t>(begin[i]);
    const auto row_end = order.begin() + static_cast<std::ptrdiff_t>(begin[i + 1]);
    // Parallel edges in the order given, so that they add up in it.
    std::sort(row, row_end, [&](std::size_t a, std::size_t b) {
      return edges[a].to != edges[b].to ? edges[a].to < edges[b].to : a < b;
    });
    for (auto e = row; e != row_end; ++e) {
      builder.add(static_cast<std::uint32_t>(edges[*e].to), edges[*e].rate);
    }
    builder.close_row();
  }
  return std::move(builder).finish();
}

}  // namespace haplan::model
