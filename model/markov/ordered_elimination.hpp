#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::model {

/// Multiplications that an elimination may take.
struct EliminationLimits {
  std::size_t products = 2'000'000'000;
  std::size_t products_of_a_state = std::numeric_limits<std::size_t>::max();
};

/// All states of an ordered set eliminated, last first, with all the rates that this creates: what a
/// chain that is long rather than wide (a queue, a line of stages) allows at little cost. Only sums,
/// products and quotients of positive numbers, so that rates may differ by any order of magnitude.
///   source   [GTH85], with the rates kept by rows
class OrderedElimination {
 public:
  /// None when it would take more than the limits.
  ///   order    a closed set that is one component (position 0 is kept and not eliminated), or a set
  ///            that is left for good
  static std::optional<OrderedElimination> of(const Chain& chain,
                                              std::span<const std::uint32_t> order,
                                              const EliminationLimits& limits = {});

  /// h, by position, with Q h + r constant in a closed set (and h_0 = 0), or 0 in one that is left.
  ///   cost     one pass over the factors
  void solve(std::span<const double> r, std::span<double> h) const;

  /// Position of the state of a closed set that is likeliest in the long run. Kept at position 0 it
  /// keeps solve() from overflow, however the chain drifts.
  std::uint32_t likeliest() const;

  std::size_t products() const { return products_; }

 private:
  /// Entries by rows; rows are filled last first.
  struct Side {
    std::vector<std::uint32_t> count;
    std::vector<std::uint32_t> to;
    std::vector<double> value;

    void add(std::uint32_t j, double x) {
      to.push_back(j);
      value.push_back(x);
    }
  };
  /// One row under way: rates by target, and which targets have one.
  struct Row {
    std::vector<double> rate;
    std::vector<std::uint32_t> earlier;
    std::vector<std::uint32_t> later;  ///< a heap, largest first
    double outside = 0.0;
  };

  explicit OrderedElimination(std::size_t n);
  void gather(std::uint32_t at, std::uint32_t target, double rate, Row& row) const;
  bool eliminate_row(std::uint32_t at, const EliminationLimits& limits, Row& row);
  std::vector<double> gathered(std::span<const double> r) const;

  Side earlier_;  ///< rates to earlier states
  Side later_;    ///< rates to later states, each divided by that state's leaving_
  std::vector<std::uint64_t> ends_;  ///< where the row ends in earlier_ (rows run backwards)
  std::vector<double> leaving_;      ///< all rates of the row, to earlier states or out of the set
  std::vector<double> outside_;
  std::vector<double> cycle_;  ///< gathered constant 1: what solve() subtracts
  std::size_t products_ = 0;
  bool closed_ = false;
};

}  // namespace haplan::model
