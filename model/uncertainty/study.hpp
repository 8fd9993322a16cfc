#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "model/base/result.hpp"
#include "model/base/stop.hpp"
#include "model/uncertainty/law.hpp"

/// What an analysis of uncertainty is about: inputs with laws, and a function from their values to figures. It knows
/// neither where the inputs stand nor what the figures mean.
namespace haplan::model {

/// The answer for one set of input values.
struct Outcome {
  std::vector<double> figures;  ///< may be infinite, never NaN
  std::vector<bool> holds;      ///< per objective
};

/// A function of one value per input. The same values must give the same outcome whatever was asked before; one
/// evaluator is only ever used by one thread at a time.
using Evaluator = std::function<Result<Outcome>(std::span<const double>)>;

struct Study {
  std::vector<Law> inputs;  ///< independent of each other; shared numbers are one input
  std::size_t figures = 0;
  std::size_t objectives = 0;
  /// A new one; called before threads start, once for each. What it refers to outlives the analysis.
  std::function<Evaluator()> evaluator;
};

/// How draws are made.
struct DrawOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;
  Stop stop;  ///< asked by one thread at a time
};

/// Number of independent scramblings that the draws are split into: their differences tell the error.
inline constexpr std::size_t kReplications = 16;

}  // namespace haplan::model
