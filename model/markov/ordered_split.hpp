#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/markov/chain.hpp"

namespace haplan::model {

/// The members in order of distance, in transitions, to the nearest of the seeds (members
/// themselves), ties by number. Members that lead to no seed are left out.
///   member   one flag a state; paths run over members only
///   cost     O(states + transitions)
std::vector<std::uint32_t> ordered_by_distance(const Chain& chain, const std::vector<bool>& member,
                                               std::span<const std::uint32_t> seeds);

/// A linear system of a chain, preconditioned. With Q = U + L - E the generator among n states in a
/// given order (L leads to earlier states, U to later ones, E the exit rates), the system is
///   A = Q - 1 e_0^T   among a closed set of states: A h = -f means Q h + f = h_0, constant; or
///   A = Q             among states that are left for good some day.
/// The preconditioner is an incomplete elimination of the states, last first, without fill:
/// M = (U - D) (-1/D) (L - D), where D_i = E_i less a share of the rate that comes back to where
/// elimination would send it; D_i >= rate to earlier states, so that no pivot is lost. It is applied
/// from both sides, (U - D)^-1 A (I - L/D)^-1, which costs one pass over L and one over U in all.
///   order    states that lead on to earlier ones come soonest: see ordered_by_distance()
///   memory   6 bytes a transition with at most 65,536 distinct rates (else 12), 32 a state
///   source   [Eis81] for the two-sided form; elimination as in [GTH85]
class OrderedSplit {
 public:
  OrderedSplit(const Chain& chain, std::span<const std::uint32_t> order, bool closed);

  std::size_t size() const { return pivot_.size(); }

  /// out = (U - D)^-1 A (I - L/D)^-1 y
  void apply(std::span<const double> y, std::span<double> out) const;
  /// out = (U - D)^-1 b, the right-hand side that goes with apply(); may be in place
  void left(std::span<const double> b, std::span<double> out) const;
  /// out = (I - L/D)^-1 y, the solution that goes with y
  void right(std::span<const double> y, std::span<double> out) const;
  /// Largest entry of b - A h = (U - D) r, for r the preconditioned residual.
  double residual(std::span<const double> r) const;
  /// residual(r) <= residual_scale() * the largest entry of r
  double residual_scale() const { return residual_scale_; }

 private:
  /// Off-diagonal entries on one side, by rows.
  struct Side {
    std::vector<std::uint32_t> count;
    std::vector<std::uint32_t> to;
    std::vector<std::uint16_t> code;  ///< into distinct_, or
    std::vector<double> rate;         ///< the rates themselves when there are too many
  };

  void code_rates(const Chain& chain, std::span<const std::uint32_t> order);
  void split(const Chain& chain, std::span<const std::uint32_t> order);
  void set_pivots(const Chain& chain, std::span<const std::uint32_t> order);
  template <class Visit>
  void with_rates(const Side& side, const Visit& visit) const;
  template <class RateOf>
  void forward(const RateOf& rate_of, std::span<const double> y, std::span<double> out) const;

  bool closed_;
  bool coded_ = false;
  std::vector<double> distinct_;
  Side earlier_;
  Side later_;
  std::vector<double> pivot_;   ///< D
  std::vector<double> excess_;  ///< 2 D - E
  mutable std::vector<double> scratch_;
  double residual_scale_ = 0.0;
};

}  // namespace haplan::model
