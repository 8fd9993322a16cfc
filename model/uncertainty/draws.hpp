#pragma once

#include <vector>

#include "model/uncertainty/study.hpp"

/// Many evaluations of a study on several threads.
namespace haplan::model {

/// What came out, by index.
struct Draws {
  std::size_t count = 0;
  std::vector<bool> valid;      ///< could be evaluated
  std::vector<double> figures;  ///< [index * figures + figure]; 0 where not valid
  std::vector<bool> holds;      ///< [index * objectives + objective]; false where not valid
  std::optional<Error> why;     ///< of the first that could not
};

/// Sets the input values of one evaluation.
using InputsOf = std::function<void(std::size_t index, std::span<double> inputs)>;

/// Evaluates indices 0 .. count - 1. What is returned does not depend on the number of threads.
///   inputs  called by several threads at once
///   fails   budget_exhausted when stopped
Result<Draws> evaluate_draws(const Study& study, const DrawOptions& options, std::size_t count,
                             const InputsOf& inputs);

}  // namespace haplan::model
