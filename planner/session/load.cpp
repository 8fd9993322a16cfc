#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"
#include "planner/session/session.hpp"

namespace haplan::planner {

Loaded load(const Inputs& inputs) {
  Loaded loaded;
  ReadResult read_result = read(inputs.sources, inputs.sets, inputs.scenario, inputs.plan);
  loaded.diagnostics = std::move(read_result.diagnostics);
  loaded.texts = std::move(read_result.texts);
  if (!read_result.document) return loaded;
  LowerResult lowered = lower(*read_result.document);
  loaded.diagnostics.insert(loaded.diagnostics.end(), lowered.diagnostics.begin(),
                            lowered.diagnostics.end());
  if (lowered.lowered) {
    lowered.lowered->document = *read_result.document;
    lowered.lowered->problem.rules = written_rules(*lowered.lowered);
    const Diagnostics releases = check_releases(*lowered.lowered, embedded_profiles());
    loaded.diagnostics.insert(loaded.diagnostics.end(), releases.begin(), releases.end());
  }
  if (!has_errors(loaded.diagnostics)) loaded.lowered = std::move(lowered.lowered);
  return loaded;
}

}  // namespace haplan::planner
