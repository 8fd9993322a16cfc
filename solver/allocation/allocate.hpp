#pragma once

#include "solver/allocation/search.hpp"

/// The best choice by all stages, with proof.
namespace haplan::solver::allocation {

enum class Verdict {
  optimal,
  feasible,    ///< stopped: the best so far
  infeasible,  ///< proved
  undecided,   ///< stopped before anything was found
};

struct Answer {
  Verdict verdict = Verdict::undecided;
  Choice choice;  ///< optimal, feasible; else one that keeps the limits of amounts only, or empty
  /// First stage of goals: no choice that keeps the limits has a smaller figure.
  double bound = 0.0;
  Work work;
};

struct AllocateOptions {
  model::Stop stop;  ///< a yes ends with the best so far
  Sink sink;         ///< told of the first stage's boxes
};

/// Stage after stage, each with the results of those before as limits; what is left equal is decided by the order of
/// columns. Figures that differ by less than 1e-12 of them are equal.
///   expects  every column to have an amount per limit, none above 2^52 / subsystems, and a figure per world
///   cost     that of the searches; the stages after the first have little left to choose from
Answer allocate(const Problem& problem, const AllocateOptions& options = {});

}  // namespace haplan::solver::allocation
