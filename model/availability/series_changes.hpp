#pragma once

#include <optional>
#include <vector>

#include "model/availability/series_down.hpp"

/// What worse settings of parts add to the figure of a series system in one placement, as a sum.
namespace haplan::model {

/// How a part may be instead: in nothing better than the part.
struct SeriesOption {
  std::vector<std::vector<double>> down;  ///< as of the part
  double reschedule = 0.0;                ///< [s]
};

struct SeriesChanges {
  double down = 0.0;                      ///< P(some part down), as the parts are
  std::vector<std::vector<double>> adds;  ///< per part and option
};

/// A sum that P(some part down) is at least, whatever option is taken of every part: `down` and one of `adds` for each part. In a
/// world options take away shares y of what is up, and 1 - prod(1 - y) >= 1 - exp(-sum y), which is concave: it is above its chord,
/// whose slope is 1 but for half of the largest sum. So the sum is off by the product of changes only.
///   options  per part; of none it stays as it is
///   weights  per level: of its figure in the result
///   returns  nothing where undrained_down says nothing
///   cost     that of drained_down, times the options of a part
std::optional<SeriesChanges> series_changes(const System& system,
                                            const std::vector<SeriesPart>& parts,
                                            const std::vector<std::vector<SeriesOption>>& options,
                                            const std::vector<double>& weights,
                                            std::size_t most_states = 5'000);

}  // namespace haplan::model
