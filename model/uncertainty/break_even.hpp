#pragma once

#include <optional>
#include <vector>

#include "model/uncertainty/study.hpp"

/// At which value of an input the verdict flips, all others nominal.
namespace haplan::model {

struct BreakEvenOptions {
  double tail = 0.001;  ///< searched from this quantile of the input's law to its complement
  int points = 65;      ///< looked at before refining; two flips between neighbours go unseen
  Stop stop;
};

/// The verdict at `below` differs from that at `above`, with below < above at most 1e-9 (relative) apart.
struct Flip {
  double below = 0.0;
  double above = 0.0;
  bool holds_below = false;
};

struct BreakEven {
  double lowest = 0.0;  ///< of the values searched
  double highest = 0.0;
  bool holds = false;               ///< at the nominal value
  std::vector<Flip> flips;          ///< ascending; empty: none within [lowest, highest]
  std::optional<std::size_t> next;  ///< of flips: the one nearest to the nominal value
};

/// For every objective and input. A scan in steps of equal probability on the normal scale, the nominal value among
/// them, then bisection of every change of the verdict: nothing is assumed monotone. Values that cannot be evaluated
/// count as not holding.
///   returns  [objective][input]
///   fails    as the evaluator at the nominal values; budget_exhausted when stopped
///   cost     inputs * points + about 40 per flip evaluations
Result<std::vector<std::vector<BreakEven>>> break_even(const Study& study,
                                                       const BreakEvenOptions& options = {});

}  // namespace haplan::model
