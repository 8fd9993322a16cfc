#pragma once

#include <algorithm>

#include "solver/solve.hpp"

namespace haplan::solver {

/// Lowers an amount to the least that any plan has: halves what is open and, once that is little, asks for anything less.
///   least    no plan has less
///   best     in: what some plan has; out: the least that was found
///   ask      Result<Outcome>(double most): a plan that has at most this
///   amount   double(const Deployment&)
///   ended    bool(): no other question should follow
///   returns  whether no plan has less, proved
template <typename Ask, typename Amount, typename Ended>
model::Result<bool> least_amount(double least, double& best, const Ask& ask, const Amount& amount,
                                 const Ended& ended) {
  constexpr double kNearest = 4e-12;  // relatively: amounts that are not told apart
  constexpr double kNear = 0.02;
  while (best > 0.0 && !ended()) {
    const double better = best * (1.0 - kNearest);
    const bool last = best - least <= kNear * best;
    const double wanted = last ? better : std::min(better, 0.5 * (least + best));
    const model::Result<Outcome> outcome = ask(wanted);
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->has_plan) {
      best = amount(outcome->deployment);
      continue;
    }
    if (outcome->status != Status::infeasible) return false;
    least = wanted;
    if (last) return true;
  }
  return best == 0.0;
}

}  // namespace haplan::solver
