#pragma once

#include <string>

#include "solver/solve.hpp"

/// What a figure consists of, where its parts are times and shares that a person can act on.
namespace haplan::solver {

struct Floor {
  std::string sentence;  ///< without a period; empty: nothing to say beyond the figure
  std::string remedy;    ///< what would have to change in the spec
};

/// Of a check of one limit that is missed by the deployment that serves it best.
Floor floor_of(const Problem& problem, const model::Deployment& deployment,
               const model::Evaluation& evaluation, const ObjectiveCheck& check);

}  // namespace haplan::solver
