#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/random_system.hpp"

namespace haplan::test {

/// One field of the language, as the model sees it, and a change of all its values.
struct FieldChange {
  std::string path;  ///< under spec
  /// Changes the field wherever it occurs; false when it does not occur.
  std::function<bool(Sample&)> change;
  /// A rule for the scheduler: the guaranteed figure counts among the figures.
  bool rule = false;
};

/// Every field that decides a figure of an evaluation. Not listed, because no figure depends on
/// them: names, labels, host, limits, handlers of probes, initialDelaySeconds of liveness and
/// startup probes, what of a startup probe is not its period, successThreshold of a liveness probe.
std::vector<FieldChange> field_changes();

}  // namespace haplan::test
