#include "planner/session/settled.hpp"

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"
#include "planner/render/values.hpp"

namespace haplan::planner {

Lowered settled(Lowered lowered, const model::Deployment& deployment) {
  const model::System& system = lowered.problem.system;
  if (!model::has_variants(system)) {
    lowered.problem.before = deployment;
    return lowered;
  }
  HAPLAN_EXPECTS(lowered.document.has_value());
  std::map<std::string, std::string> chosen;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    const std::vector<std::size_t> used = model::used_variants(deployment.components[c]);
    if (used.size() == 1) chosen[component.name] = component.variants[used.front()].name;
  }
  const Value document = with_variants(*lowered.document, chosen);
  LowerResult result = lower(document);
  // What a variant says was checked when all of them were lowered.
  HAPLAN_EXPECTS(result.lowered.has_value());
  Lowered plain = std::move(*result.lowered);
  plain.problem.before = model::resolve(system, deployment).deployment;
  plain.document = document;
  plain.text = lowered.text;
  plain.profiles = lowered.profiles;
  plain.profile_texts = lowered.profile_texts;
  plain.problem.rules = written_rules(plain);
  return plain;
}

}  // namespace haplan::planner
