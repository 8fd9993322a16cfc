#pragma once

#include <vector>

#include "model/uncertainty/ensemble.hpp"

/// Which input's uncertainty makes a figure uncertain: Sobol' indices.
namespace haplan::model {

struct InfluenceOptions {
  DrawOptions draw;
  std::size_t base = 1024;  ///< rounded up to a multiple of kReplications
};

/// Shares of a figure's variance.
struct Influence {
  Sampled first;  ///< that would go if this input alone were known
  Sampled total;  ///< that would stay if everything but this input were known
};

struct Influences {
  std::size_t evaluations = 0;
  std::size_t skipped =
      0;  ///< sets of the base that had a failed draw or an infinite figure, left out of all
  bool low_discrepancy = true;
  std::vector<double> variance;            ///< per figure
  std::vector<std::vector<Influence>> of;  ///< [figure][input]; 0 where the figure does not vary
};

/// First-order and total indices of every input for every figure.
///   error   from the spread of the replications' own estimates; small indices may come out slightly negative
///   fails   invalid_input when every draw fails; budget_exhausted when stopped
///   cost    base * (inputs + 2) evaluations
///   source  first order [SAA10] (b), total [Jan99]
Result<Influences> influences(const Study& study, const InfluenceOptions& options = {});

}  // namespace haplan::model
