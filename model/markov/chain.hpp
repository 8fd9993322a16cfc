#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/base/result.hpp"

/// Continuous-time Markov chains; knows no cluster.
namespace haplan::model {

struct RatedEdge {
  std::size_t from = 0;
  std::size_t to = 0;
  double rate = 0.0;  ///< [1/s], > 0
};

/// A sparse chain, by rows: what leaves each state, targets ascending, each at most once, no self
/// loops, rates positive and finite. 12 bytes a transition and 16 a state. Made by ChainBuilder.
class Chain {
 public:
  std::size_t state_count() const { return exit_rate_.size(); }
  std::size_t transition_count() const { return target_.size(); }

  /// States that `from` leads to, ascending.
  std::span<const std::uint32_t> targets(std::size_t from) const {
    return {target_.data() + begin_[from], target_.data() + begin_[from + 1]};
  }
  /// Rates [1/s], parallel to targets(from).
  std::span<const double> rates(std::size_t from) const {
    return {rate_.data() + begin_[from], rate_.data() + begin_[from + 1]};
  }
  /// Sum of rates(from) [1/s], added in their order; 0 in an absorbing state.
  double exit_rate(std::size_t from) const { return exit_rate_[from]; }
  std::span<const double> exit_rates() const { return exit_rate_; }
  double fastest_exit() const;

  /// The same edges read backwards: row i holds what enters state i, and the exit rates are the sums
  /// of that. cost O(states + transitions)
  Chain reversed() const;

 private:
  friend class ChainBuilder;

  std::vector<std::uint64_t> begin_{0};
  std::vector<std::uint32_t> target_;
  std::vector<double> rate_;
  std::vector<double> exit_rate_;
};

/// Collects a chain row by row: add() what leaves state 0, close_row(), then state 1, and so on.
class ChainBuilder {
 public:
  /// Parallel edges add up; self loops and rates of 0 count as no edge. A rate that is negative or
  /// no number makes finish() fail.
  void add(std::uint32_t to, double rate);
  void close_row();

  /// fails    invalid_input for no state or a bad rate
  Result<Chain> finish() &&;

 private:
  void insert(std::uint32_t to, double rate);

  Chain chain_;
  bool bad_rate_ = false;
  std::uint32_t largest_target_ = 0;
};

/// The chain of n states with these edges, in any order; parallel edges add up, self loops are
/// ignored.
///   fails    invalid_input for n = 0 or rate <= 0, budget_exhausted for n >= 2^32 - 1
///   cost     O(n + edges log row)
Result<Chain> chain_of(std::size_t n, std::span<const RatedEdge> edges);

}  // namespace haplan::model
