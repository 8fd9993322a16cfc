#include "model/system/variants.hpp"

#include <algorithm>

#include "model/base/contract.hpp"

namespace haplan::model {

std::vector<std::size_t> used_variants(const ComponentPlan& plan) {
  std::vector<std::size_t> used;
  for (std::size_t v = 0; v < plan.variants.size(); ++v)
    if (plan.variants[v].replicas > 0) used.push_back(v);
  return used;
}

bool has_variants(const System& system) {
  return std::ranges::any_of(system.components,
                             [](const Component& c) { return !c.variants.empty(); });
}

Component as_variant(const Component& component, std::size_t variant) {
  HAPLAN_EXPECTS(variant < component.variants.size());
  Component one = component.variants[variant];
  one.variant = one.name;
  one.name = component.name;
  one.type = component.type;
  one.gate = component.gate;
  one.depends_on = component.depends_on;
  return one;
}

Resolved resolve(const System& system, const Deployment& deployment) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  Resolved resolved{system, deployment};
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    const Component& component = system.components[c];
    if (component.variants.empty()) continue;
    const ComponentPlan& plan = deployment.components[c];
    HAPLAN_EXPECTS(plan.variants.size() == component.variants.size());
    const std::vector<std::size_t> used = used_variants(plan);
    HAPLAN_EXPECTS(!used.empty());
    if (used.size() > 1) continue;
    resolved.system.components[c] = as_variant(component, used.front());
    resolved.deployment.components[c] = plan.variants[used.front()];
    resolved.deployment.components[c].nodes = plan.nodes;
  }
  return resolved;
}

}  // namespace haplan::model
