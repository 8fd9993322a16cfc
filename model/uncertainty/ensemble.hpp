#pragma once

#include <vector>

#include "model/uncertainty/study.hpp"

/// What is known of the figures when the inputs are drawn from their laws. MODEL 5, quantiles and confidence.
namespace haplan::model {

struct EnsembleOptions {
  DrawOptions draw;
  std::size_t draws = 10'000;  ///< rounded up to a multiple of kReplications
  std::vector<double> quantiles{0.05, 0.5, 0.95};
};

/// A number estimated from draws, with half the width of its 95 % interval.
struct Sampled {
  double value = 0.0;
  double error = 0.0;  ///< infinite where it is not known
};

/// A share of the draws with its 95 % interval.
struct Share {
  double value = 0.0;
  double lower = 0.0;
  double upper = 1.0;
};

struct FigureSpread {
  double nominal = 0.0;  ///< at the inputs' nominal values
  Sampled mean;          ///< infinite when some draw is
  std::vector<Sampled> quantiles;
};

struct Ensemble {
  std::uint64_t seed = 0;
  std::size_t draws = 0;
  bool low_discrepancy = true;  ///< see Points
  std::size_t failed = 0;       ///< draws that could not be evaluated; no objective holds in them
  std::optional<Error> why;     ///< of the first of these
  std::vector<double> levels;   ///< of the quantiles
  std::vector<FigureSpread> figures;  ///< over the draws that could be evaluated
  std::vector<bool> holds_nominally;  ///< per objective
  std::vector<Share> kept;            ///< per objective: share of draws in which it holds
  Share all_kept;                     ///< in which all do
};

/// Evaluates `draws` sets of input values and once the nominal ones. Equal to the byte at any number of threads.
///   error  quantiles and shares: from the spread of the replications' own (Student's t), for shares never less than
///          Wilson's interval where all replications agree
///   fails  as the evaluator at the nominal values; invalid_input when every draw fails; budget_exhausted when stopped
///   cost   draws evaluations; memory O(draws * (figures + objectives))
Result<Ensemble> ensemble(const Study& study, const EnsembleOptions& options = {});

}  // namespace haplan::model
