#pragma once

#include <vector>

#include "solver/allocation/problem.hpp"

/// Lower bounds on unavailability that are sums over subsystems.
///
/// An unavailability is a sum of products over the paths that end in failure, each factor the u or the 1 - u of a column.
/// As a function of weights on columns, with logarithms mixed, it is convex, and exact where one column has all weight.
/// So each tangent is a lower bound: for any positive numbers t_k with sum t, log sum exp(a_k) >= log t +
/// sum (t_k / t) (a_k - log t_k), the inequality of the arithmetic and geometric mean as in geometric programming [DPZ67]. Parts in
/// series are summed as -log(1 - u), which is convex in the same weights and exact for single subsystems.
namespace haplan::solver::allocation {

/// The place where a tangent touches: logarithms of u and 1 - u, [world * subsystems + subsystem].
/// They need not belong together: any finite values give a bound.
struct Contact {
  std::vector<double> log_down;
  std::vector<double> log_up;
};

/// Whether tangents of a goal bound log (U / bar); else, for parts in series, log (1 - U) / log (1 - bar) - 1.
bool tangent_is_logarithmic(const Problem& problem, const Goal& goal, double bar);

/// How much a goal exceeds its bar, relative to it, is at least
///   constant + sum over worlds w and subsystems j of down[w n + j] log u_j + up[w n + j] log (1 - u_j).
struct Tangent {
  double constant = 0.0;
  std::vector<double> down, up;
  double size = 0.0;       ///< of the terms of `constant`, added up without signs
  double roundings = 0.0;  ///< relative error of every coefficient, in units of the machine epsilon
};

class Tangents {
 public:
  explicit Tangents(const Problem& problem);

  /// The tangent of a goal.
  ///   bar      > 0; one that cannot be exceeded (>= 1) still guides
  ///   cost     O(steps of the goal's structures)
  void at(const Contact& contact, const Goal& goal, double bar, Tangent& tangent);

  /// Elementary operations so far.
  [[nodiscard]] double operations() const { return operations_; }

 private:
  void whole(const Goal& goal, double bar, Tangent& tangent);
  void parts(const Structure& structure, std::size_t world, double bar, Tangent& tangent);
  double flow(const Questions& questions, std::size_t world);

  const Problem& problem_;
  std::size_t n_;
  double operations_ = 0.0;
  std::vector<double> down_, up_;  ///< exp of the contact
  const Contact* contact_ = nullptr;
  std::vector<double> value_, share_;
  std::vector<double> flow_down_,
      flow_up_;  ///< per subsystem: share of the sum that passes each answer
};

}  // namespace haplan::solver::allocation
