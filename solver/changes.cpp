#include "solver/changes.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "solver/phrases.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Nodes of one list that the other has too, replica by replica.
std::vector<NodeId> kept_nodes(std::vector<NodeId> before, std::vector<NodeId> after) {
  std::ranges::sort(before);
  std::ranges::sort(after);
  std::vector<NodeId> kept;
  std::ranges::set_intersection(before, after, std::back_inserter(kept));
  return kept;
}

const std::optional<Probe>& probe_of(const ComponentPlan& plan, ProbeKind kind) {
  return kind == ProbeKind::liveness    ? plan.probes.liveness
         : kind == ProbeKind::readiness ? plan.probes.readiness
                                        : plan.probes.startup;
}

/// Whether what runs has the setting at all.
///   before  the component as it runs, without variants
///   after   the same as it would run
bool has_setting(const Component& before, const ComponentPlan& plan, const Component& after,
                 const Decision& decision) {
  if (decision.probe != ProbeKind::none) {
    const std::optional<Probe>& probe = probe_of(plan, decision.probe);
    return probe && (decision.setting != Setting::grace || probe->grace);
  }
  switch (decision.setting) {
    case Setting::replicas: return !plan.autoscale;
    case Setting::autoscale_min:
    case Setting::autoscale_max:
    case Setting::autoscale_target: return plan.autoscale.has_value();
    default:
      return before.failover && after.failover &&
             before.failover->controller == after.failover->controller;
  }
}

/// The component as a deployment runs it, where it runs one variant or has none.
struct Body {
  Component component;
  ComponentPlan plan;
};
Body body_that_runs(const Problem& problem, const Deployment& deployment, ComponentId c) {
  const Component& component = problem.system.components[c];
  const ComponentPlan& plan = deployment.components[c];
  if (component.variants.empty()) return {component, plan};
  const std::size_t v = used_variants(plan).front();
  Body body{as_variant(component, v), plan.variants[v]};
  if (!body.plan.autoscale) body.plan.replicas = plan.replicas;
  body.plan.nodes = plan.nodes;
  return body;
}

std::string replicas_of_variants(const Component& component, const ComponentPlan& plan,
                                 std::size_t variant) {
  return "components." + component.name + ".variants." + component.variants[variant].name + " " +
         std::to_string(plan.variants[variant].replicas);
}

double nearest_value(const Decision& decision, double value) {
  return *std::ranges::min_element(decision.values, {},
                                   [value](double one) { return std::abs(one - value); });
}

/// What is open of a component that runs one variant before and after.
void add_settings(const Problem& problem, const Deployment& running, const Deployment& plan,
                  ComponentId c, std::vector<std::string>& changes) {
  const Body before = body_that_runs(problem, running, c);
  const Body after = body_that_runs(problem, plan, c);
  const std::string& was = before.component.variant;
  const std::string& is = after.component.variant;
  if (was != is)
    changes.push_back("components." + problem.system.components[c].name + ".variants " + was +
                      " -> " + is);
  Deployment old = running;
  Deployment now = plan;
  old.components[c] = before.plan;
  now.components[c] = after.plan;
  for (Decision decision : problem.decisions) {
    if (decision.component != c) continue;
    if (!decision.variants.empty()) {
      const auto v = used_variants(plan.components[c]).front();
      if (std::ranges::find(decision.variants, v) == decision.variants.end()) continue;
      decision.variants.clear();
    }
    if (!has_setting(before.component, before.plan, after.component, decision)) continue;
    const double from = assigned(old, decision);
    const double to = assigned(now, decision);
    if (from != to)
      changes.push_back(decision.path + " " + plain_number(from) + " -> " + plain_number(to));
  }
}

}  // namespace

std::size_t moved(const ComponentPlan& before, const ComponentPlan& after) {
  return std::min(before.nodes.size(), after.nodes.size()) -
         kept_nodes(before.nodes, after.nodes).size();
}

std::vector<std::string> changes_between(const Problem& problem, const Deployment& running,
                                         const Deployment& plan) {
  std::vector<std::string> changes;
  for (const Decision& decision : problem.decisions) {
    if (decision.component) continue;
    const double before = assigned(running, decision);
    const double after = assigned(plan, decision);
    if (before != after)
      changes.push_back(decision.path + " " + plain_number(before) + " -> " + plain_number(after));
  }
  for (ComponentId c = 0; c < plan.components.size(); ++c) {
    const Component& component = problem.system.components[c];
    if (!component.mix) {
      add_settings(problem, running, plan, c, changes);
      continue;
    }
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      if (running.components[c].variants[v].replicas != plan.components[c].variants[v].replicas)
        changes.push_back(replicas_of_variants(component, running.components[c], v) + " -> " +
                          std::to_string(plan.components[c].variants[v].replicas));
  }
  for (ComponentId c = 0; c < plan.components.size(); ++c) {
    std::vector<NodeId> from = running.components[c].nodes;
    std::vector<NodeId> to = plan.components[c].nodes;
    for (const NodeId node : kept_nodes(from, to)) {
      from.erase(std::ranges::find(from, node));
      to.erase(std::ranges::find(to, node));
    }
    for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i)
      changes.push_back("a replica of " + problem.system.components[c].name + " moves from " +
                        problem.system.nodes[from[i]].name + " to " +
                        problem.system.nodes[to[i]].name);
  }
  return changes;
}

std::size_t count_changes(const Problem& problem, ComponentId component,
                          const ComponentPlan& running, const ComponentPlan& plan) {
  const Component& body = problem.system.components[component];
  std::size_t changes = 0;
  if (body.mix) {
    for (std::size_t v = 0; v < body.variants.size(); ++v)
      if (running.variants[v].replicas != plan.variants[v].replicas) ++changes;
    return changes;
  }
  if (!body.variants.empty() && used_variants(running) != used_variants(plan)) ++changes;
  const bool open = std::ranges::any_of(problem.decisions, [&](const Decision& decision) {
    return decision.component == component && decision.setting == Setting::replicas &&
           (decision.variants.empty() ||
            std::ranges::find(decision.variants, used_variants(plan).front()) !=
                decision.variants.end());
  });
  return changes + (open && running.replicas != plan.replicas ? 1 : 0);
}

Standing standing_of(const Problem& problem, const Picks& picks, const Problem& plain,
                     const Deployment& running) {
  Standing standing{.deployment = plain.before, .values = {}, .stays = {}, .variants = 0};
  Deployment old = plain.before;
  old.toleration_seconds = standing.deployment.toleration_seconds = running.toleration_seconds;
  std::vector<Body> bodies;
  std::vector<bool> same(plain.before.components.size(), true);
  for (ComponentId c = 0; c < same.size(); ++c) {
    bodies.push_back(body_that_runs(problem, running, c));
    old.components[c] = bodies[c].plan;
    same[c] = bodies[c].component.variant == plain.system.components[c].variant;
    if (same[c])
      standing.deployment.components[c] = bodies[c].plan;
    else
      ++standing.variants;
  }
  HAPLAN_EXPECTS(picks.size() == problem.choices.size());
  for (const Decision& decision : plain.decisions) {
    std::optional<double>& value = standing.values.emplace_back();
    if (decision.component) {
      const Body& body = bodies[*decision.component];
      if (!has_setting(body.component, body.plan, plain.system.components[*decision.component],
                       decision))
        continue;
    }
    value = assigned(old, decision);
    assign(standing.deployment, decision, nearest_value(decision, *value));
  }
  const LoadTable load = load_table(plain.system);
  for (ComponentId c = 0; c < same.size(); ++c) {
    ComponentPlan& plan = standing.deployment.components[c];
    const std::vector<NodeId>& nodes = bodies[c].plan.nodes;
    const Component& component = plain.system.components[c];
    bool stays = component.replicated() && !plain.system.nodes.empty();
    if (stays) {
      const auto count = static_cast<std::size_t>(largest_replicas(plain.system, load, plan, c));
      stays = nodes.size() == count && std::ranges::all_of(nodes, [&](NodeId node) {
                return std::ranges::binary_search(component.allowed, node);
              });
      if (stays)
        plan.nodes = nodes;
      else
        place_round_robin(plain.system, standing.deployment, c);
    }
    standing.stays.push_back(stays);
  }
  return standing;
}

}  // namespace haplan::solver
