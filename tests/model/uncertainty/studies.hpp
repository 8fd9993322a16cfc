#pragma once

#include <utility>

#include "model/base/contract.hpp"
#include "model/uncertainty/study.hpp"

/// Studies of plain functions, for tests.
namespace haplan::test {

using Function = std::function<model::Result<model::Outcome>(std::span<const double>)>;

inline model::Law law_of(const model::Uncertainty& known) {
  const model::Result<model::Law> law = model::Law::make(known);
  HAPLAN_EXPECTS(law.has_value());
  return *law;
}

/// Uniform between the two.
inline model::Law uniform(double low, double high) {
  return law_of({.value = 0.5 * (low + high),
                 .low = low,
                 .high = high,
                 .level = 1.0,
                 .kind = model::LawKind::uniform});
}

inline model::Study study_of(std::vector<model::Law> inputs, std::size_t figures,
                             std::size_t objectives, Function function) {
  model::Study study;
  study.inputs = std::move(inputs);
  study.figures = figures;
  study.objectives = objectives;
  study.evaluator = [function = std::move(function)] { return function; };
  return study;
}

}  // namespace haplan::test
