#include "solver/picks.hpp"

#include <algorithm>

#include "model/base/contract.hpp"
#include "model/system/variants.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// The variant that a component runs, chosen or because there is no other.
std::size_t pick_of(const Problem& problem, const Picks& picks, ComponentId component) {
  for (std::size_t i = 0; i < problem.choices.size(); ++i)
    if (problem.choices[i].component == component) return picks[i];
  const std::vector<std::size_t> used = used_variants(problem.before.components[component]);
  HAPLAN_EXPECTS(used.size() == 1);
  return used.front();
}

}  // namespace

Problem picked_problem(const Problem& problem, const Picks& picks) {
  HAPLAN_EXPECTS(picks.size() == problem.choices.size());
  Problem plain = problem;
  plain.choices.clear();
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const Component& component = problem.system.components[c];
    if (component.variants.empty()) continue;
    const std::size_t v = pick_of(problem, picks, c);
    plain.system.components[c] = as_variant(component, v);
    ComponentPlan& plan = plain.before.components[c];
    plan = problem.before.components[c].variants[v];
    for (const VariantChoice& choice : problem.choices)
      if (choice.component == c) plan.replicas = choice.counts[v].front();
    std::erase_if(plain.decisions, [&](Decision& decision) {
      if (decision.component != c) return false;
      const bool mine = std::ranges::find(decision.variants, v) != decision.variants.end();
      decision.variants.clear();
      return !mine;
    });
  }
  for (ComponentId c = 0; c < plain.system.components.size(); ++c)
    if (!problem.system.components[c].variants.empty())
      place_round_robin(plain.system, plain.before, c);
  return plain;
}

Deployment in_variants(const Problem& problem, const Picks& picks, const Deployment& plain) {
  Deployment deployment = problem.before;
  deployment.toleration_seconds = plain.toleration_seconds;
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const Component& component = problem.system.components[c];
    const ComponentPlan& chosen = plain.components[c];
    ComponentPlan& plan = deployment.components[c];
    if (component.variants.empty()) {
      plan = chosen;
      continue;
    }
    const std::size_t v = pick_of(problem, picks, c);
    for (ComponentPlan& variant : plan.variants) variant.replicas = 0;
    plan.variants[v] = chosen;
    plan.variants[v].nodes.clear();
    if (!component.replicated() || chosen.autoscale) plan.variants[v].replicas = 1;
    plan.replicas = chosen.replicas;
    plan.nodes = chosen.nodes;
  }
  return deployment;
}

bool claims_agree(const System& system) {
  if (system.nodes.empty()) return true;
  for (ClaimId claim = 0; claim < system.claims.size(); ++claim) {
    if (!system.claims[claim].read_write_once) continue;
    const auto allowed_to_all = [&](NodeId node) {
      return std::ranges::all_of(system.components, [&](const Component& component) {
        return !component.replicated() || component.storage.claim != claim ||
               std::ranges::count(component.allowed, node) > 0;
      });
    };
    bool any = false;
    for (NodeId node = 0; node < system.nodes.size() && !any; ++node) any = allowed_to_all(node);
    if (!any) return false;
  }
  return true;
}

Deployment without_variants(const Problem& problem, const Deployment& deployment) {
  Deployment plain = deployment;
  for (ComponentId c = 0; c < plain.components.size(); ++c) {
    const ComponentPlan& plan = deployment.components[c];
    const std::vector<std::size_t> used = used_variants(plan);
    if (problem.system.components[c].variants.empty()) continue;
    HAPLAN_EXPECTS(used.size() == 1);
    plain.components[c] = plan.variants[used.front()];
    plain.components[c].replicas = plan.replicas;
    plain.components[c].nodes = plan.nodes;
  }
  return plain;
}

Picks picks_of(const Problem& problem, const Deployment& deployment) {
  Picks picks;
  for (const VariantChoice& choice : problem.choices)
    picks.push_back(used_variants(deployment.components[choice.component]).front());
  return picks;
}

}  // namespace haplan::solver
