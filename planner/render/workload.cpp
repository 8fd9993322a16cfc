#include "planner/render/workload.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "model/system/load.hpp"
#include "planner/render/companions.hpp"

namespace haplan::planner {
namespace {

Target chart_target(const Release& release, const Profile& profile, const ProfileComponent& part,
                    model::ComponentId component) {
  Target target;
  target.component = component;
  target.release = release.name;
  target.profile = &profile;
  target.part = &part;
  target.kind = part.kind;
  target.api_version = part.api_version;
  const ReleaseNames names{release.name, release.chart, release.fullname};
  target.workload = expand_name(part.workload_name, profile, part, names);
  target.container = expand_name(part.container, profile, part, names);
  if (const auto bound = part.bindings.find("pdb"); bound != part.bindings.end() &&
                                                    bound->second.encoding == Encoding::pdb &&
                                                    !bound->second.keys.count("unhealthy"))
    target.terse_budget = bound->second.budget_name.empty()
                              ? target.workload
                              : expand_name(bound->second.budget_name, profile, part, names);
  for (const auto& [label, value] : part.pod_selector)
    target.labels.emplace_back(label, expand_name(value, profile, part, names));
  return target;
}

/// No chart: the workload is named as the component, and the patch labels its pods itself.
Target plain_target(const Lowered& lowered, model::ComponentId component) {
  const auto& name = lowered.problem.system.components[component].name;
  Target target;
  target.component = component;
  target.kind = lowered.extras[component].workload;
  target.workload = name;
  target.container = name;
  target.labels = {{"haplan.dev/component", name}};
  return target;
}

/// Names of the nodes that node affinity has to list: none where every node will do.
std::vector<std::string> node_names(const model::System& system,
                                    const model::Deployment& deployment, model::ComponentId id) {
  std::vector<std::string> names;
  const auto nodes = usable_nodes(system, deployment, id);
  if (nodes.size() < system.nodes.size())
    for (const auto node : nodes) names.push_back(system.nodes[node].name);
  return names;
}

std::size_t spread_domains(const model::System& system, const model::Component& component,
                           const model::ComponentPlan& plan) {
  std::set<std::string> domains;
  for (const auto node : open_nodes(system, component, plan)) {
    const auto domain = domain_at(system, node, component.spread.over);
    if (!domain.empty()) domains.insert(domain);
  }
  return domains.size();
}

/// Whether a pod that is evicted can start elsewhere while its neighbours stay. Where it cannot, a
/// budget that lets one go at a time would never let the second go, and no drain would end.
bool may_leave_node(const model::System& system, const model::Component& component,
                    const model::ComponentPlan& plan) {
  return system.nodes.empty() ||
         (open_nodes(system, component, plan).size() > 1 && !bound_to_one_node(system, component));
}

bool decided(const Lowered& lowered, const std::string& path) {
  return std::any_of(lowered.problem.decisions.begin(), lowered.problem.decisions.end(),
                     [&](const solver::Decision& d) { return d.path == path; });
}

/// Whether the figures depend on the pod's own grace period: a hang that waits for it.
bool hang_waits_for_pod(const model::Component& component, const model::Probes& probes) {
  return probes.liveness && !probes.liveness->grace &&
         std::any_of(component.modes.begin(), component.modes.end(), [](const auto& mode) {
           return mode.detection == model::Detection::liveness && !mode.repair;
         });
}

/// The pod's grace period, where it matters and differs from what the workload has anyway.
std::optional<int> pod_grace(const model::Component& component, const model::Probes& probes,
                             const Target& target) {
  constexpr int kKubernetes = 30;
  const int asked = static_cast<int>(std::lround(component.grace));
  if (asked == kKubernetes && !hang_waits_for_pod(component, probes)) return std::nullopt;
  int standard = kKubernetes;
  if (target.part != nullptr) {
    const auto found = target.part->bindings.find(part_path(Part::grace));
    if (found != target.part->bindings.end()) standard = found->second.standard.value_or(standard);
  }
  if (asked == standard) return std::nullopt;
  return asked;
}

std::set<Part> parts_of(const Ask& ask) {
  std::set<Part> parts;
  parts.insert(ask.plan->autoscale ? Part::autoscale : Part::replicas);
  if (!ask.extras->requests.empty() || !ask.extras->limits.empty()) parts.insert(Part::resources);
  if (ask.plan->probes.liveness) parts.insert(Part::liveness);
  if (ask.plan->probes.readiness) parts.insert(Part::readiness);
  if (ask.plan->probes.startup) parts.insert(Part::startup);
  if (ask.pod_grace) parts.insert(Part::grace);
  if (!ask.nodes.empty()) parts.insert(Part::allowed_nodes);
  if (ask.together) parts.insert(Part::together);
  if (ask.spread) parts.insert(Part::spread);
  if (ask.toleration_seconds) parts.insert(Part::tolerations);
  if (ask.rollout) parts.insert(Part::strategy);
  if (ask.budget) parts.insert(Part::budget);
  const auto& failover = ask.component->failover;
  if (failover && failover->controller != model::Controller::none && ask.most > 1)
    parts.insert(Part::failover);
  return parts;
}

const Binding* binding(const Target& target, const std::string& name) {
  if (target.part == nullptr) return nullptr;
  const auto found = target.part->bindings.find(name);
  return found == target.part->bindings.end() ? nullptr : &found->second;
}

/// Whether a probe, handler and all, fits the chart's key.
bool probe_fits(const Binding& bound, const model::Probe& probe, const Value& handler) {
  const bool has_handler = handler.kind == Value::Kind::map && !handler.fields.empty();
  const bool chart_handler =
      bound.handler && (!has_handler || same(node_of(*bound.handler), node_of(handler)));
  switch (bound.encoding) {
    case Encoding::probe_raw:
    case Encoding::probe_raw_merge: return has_handler || bound.handler.has_value();
    case Encoding::probe_toggle:
      if (!has_handler && !bound.handler) return !probe.grace;
      return !bound.custom.empty() || (chart_handler && !probe.grace && bound.exact);
    case Encoding::probe_timing:
      return !probe.grace && (chart_handler || (!has_handler && !bound.handler));
    default: return false;
  }
}

bool carries_probe(const Target& target, Part part, const std::optional<model::Probe>& probe,
                   const Value& handler) {
  const auto path = part_path(part);
  const auto* bound = binding(target, path.substr(path.rfind('.') + 1));
  return bound != nullptr && probe && probe_fits(*bound, *probe, handler);
}

bool carries(const Ask& ask, const Target& target, Part part) {
  const auto& probes = ask.plan->probes;
  switch (part) {
    case Part::replicas:
      return target.part->singleton.empty() ? binding(target, "replicas") != nullptr
                                            : ask.plan->replicas == 1;
    case Part::autoscale: return binding(target, "hpa") != nullptr;
    case Part::resources: return binding(target, "resources") != nullptr;
    case Part::strategy: return ask.rollout->usual || binding(target, "updateStrategy") != nullptr;
    case Part::budget: return binding(target, "pdb") != nullptr;
    case Part::liveness:
      return carries_probe(target, part, probes.liveness, ask.extras->liveness_handler);
    case Part::readiness:
      return carries_probe(target, part, probes.readiness, ask.extras->readiness_handler);
    case Part::startup:
      return carries_probe(target, part, probes.startup, ask.extras->startup_handler);
    case Part::grace: return binding(target, "terminationGracePeriodSeconds") != nullptr;
    case Part::allowed_nodes: return binding(target, "affinity") != nullptr;
    case Part::together: {
      const auto* bound = binding(target, "affinity");
      return bound != nullptr && bound->encoding != Encoding::cnpg_affinity;
    }
    case Part::spread:
      if (binding(target, "topologySpread") != nullptr) return true;
      return binding(target, "affinity") != nullptr &&
             (anti_affinity_suffices(ask) ||
              std::none_of(ask.rules.begin(), ask.rules.end(),
                           [](const model::Spread& rule) { return rule.hard; }));
    case Part::tolerations: return binding(target, "tolerations") != nullptr;
    case Part::failover: return settings_without_key(ask, target).empty();
  }
  return false;
}

/// Whether a required anti-affinity goes with the rule of spreading; see apart_rule.
bool keeps_apart(const Ask& ask, const Target& target) {
  if (!ask.spread || ask.rules.front().over != "node" || !anti_affinity_suffices(ask)) return false;
  const bool constraint = target.part == nullptr || binding(target, "topologySpread") != nullptr;
  return !constraint || ask.most + 2 <= static_cast<int>(ask.spread_domains);
}

/// Why the scheduler may place a pinned component otherwise than the plan does, or empty.
std::string unequal_pins(const Ask& ask) {
  if (!ask.component->pinned || !ask.spread) return {};
  std::map<model::NodeId, int> held;
  for (const auto node : ask.plan->nodes) ++held[node];
  const bool equal = std::all_of(held.begin(), held.end(), [&](const auto& one) {
    return one.second == held.begin()->second;
  });
  if (equal) return {};
  return "its nodes do not hold equally many replicas, and which of them holds more is the "
         "scheduler's choice: make the number of replicas a multiple of the nodes";
}

}  // namespace

std::string part_path(Part part) {
  switch (part) {
    case Part::replicas: return "replicas";
    case Part::autoscale: return "autoscale";
    case Part::resources: return "resources";
    case Part::liveness: return "probes.liveness";
    case Part::readiness: return "probes.readiness";
    case Part::startup: return "probes.startup";
    case Part::grace: return "terminationGracePeriodSeconds";
    case Part::allowed_nodes: return "placement";
    case Part::together: return "storage.claim";
    case Part::spread: return "spread";
    case Part::tolerations: return "tolerationSeconds";
    case Part::strategy: return "strategy";
    case Part::budget: return "budget";
    case Part::failover: return "failover";
  }
  return {};
}

std::vector<model::NodeId> open_nodes(const model::System& system,
                                      const model::Component& component,
                                      const model::ComponentPlan& plan) {
  const auto& ids = component.pinned && !plan.nodes.empty() ? plan.nodes : component.allowed;
  std::set<model::NodeId> open;
  for (const auto node : ids)
    if (!system.nodes[node].down) open.insert(node);
  return {open.begin(), open.end()};
}

std::string domain_at(const model::System& system, model::NodeId node, const std::string& level) {
  if (level == "node") return system.nodes[node].name;
  auto above = system.nodes[node].parent;
  while (above) {
    if (system.domains[*above].level == level) return system.domains[*above].name;
    above = system.domains[*above].parent;
  }
  return {};
}

std::vector<model::Spread> rules_of(const model::Component& component,
                                    const model::ComponentPlan& plan) {
  if (!component.pinned || plan.nodes.empty()) return {component.spread};
  if (component.spread.over == "node") return {model::Spread{}};
  return {component.spread, model::Spread{}};
}

namespace {

bool is_singleton(const Target& target) {
  return target.part != nullptr && !target.part->singleton.empty();
}

}  // namespace

std::vector<Target> targets_of(const Lowered& lowered, const Profiles& profiles) {
  const auto& components = lowered.problem.system.components;
  std::vector<Target> targets;
  std::vector<bool> written;
  std::set<model::ComponentId> placed;
  const auto id_of = [&](const std::string& name) {
    std::size_t id = 0;
    while (id < components.size() && components[id].name != name) ++id;
    return id;
  };
  for (const auto& release : lowered.releases) {
    const auto profile = profiles.find(release.profile);
    for (const auto& entry : release.map) {
      const auto id = id_of(entry.component);
      if (id == components.size() || !components[id].replicated() || entry.target.empty()) continue;
      const auto* part = profile == profiles.end() ? nullptr : profile->second.find(entry.target);
      if (part == nullptr) continue;
      placed.insert(id);
      targets.push_back(chart_target(release, profile->second, *part, id));
      written.push_back(release.written);
    }
  }
  for (model::ComponentId id = 0; id < components.size(); ++id)
    if (components[id].replicated() && !placed.count(id)) {
      targets.push_back(plain_target(lowered, id));
      written.push_back(lowered.rest_written);
    }
  std::vector<Target> out;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!written[i]) continue;
    out.push_back(targets[i]);
    const auto& component = components[targets[i].component];
    if (!bound_to_one_node(lowered.problem.system, component)) continue;
    std::vector<Labels> users;
    for (const auto& other : targets)
      if (components[other.component].storage.claim == component.storage.claim)
        users.push_back(other.labels);
    out.back().companions = one_selector(users);
  }
  return out;
}

Ask placement_ask_of(const Lowered& lowered, const model::Deployment& deployment,
                     const Target& target) {
  const auto& system = lowered.problem.system;
  Ask ask;
  ask.component = &system.components[target.component];
  ask.plan = &deployment.components[target.component];
  ask.extras = &lowered.extras[target.component];
  ask.largest = model::largest_replicas(system, *ask.plan, target.component);
  ask.most = ask.plan->autoscale ? ask.plan->autoscale->max : ask.plan->replicas;
  ask.pod_grace = pod_grace(*ask.component, ask.plan->probes, target);
  ask.rules = rules_of(*ask.component, *ask.plan);
  ask.budget =
      ask.most > 1 && !is_singleton(target) && may_leave_node(system, *ask.component, *ask.plan);
  ask.claim_pods = pods_of_claim(system, deployment, *ask.component);
  if (!system.nodes.empty()) {
    ask.together = ask.claim_pods > 1 && !target.companions.empty();
    ask.fit_together =
        ask.claim_pods < 2 || room_of_claim(system, deployment, target.component) >= 0;
    ask.nodes = node_names(system, deployment, target.component);
    ask.spread_domains = spread_domains(system, *ask.component, *ask.plan);
    ask.spread = ask.most > 1 && !bound_to_one_node(system, *ask.component);
    if (ask.component->movable &&
        (deployment.toleration_seconds != 300 || decided(lowered, "cluster.tolerationSeconds")))
      ask.toleration_seconds = deployment.toleration_seconds;
  }
  ask.parts = parts_of(ask);
  return ask;
}

Ask ask_of(const Lowered& lowered, const model::Deployment& deployment, const Target& target) {
  Ask ask = placement_ask_of(lowered, deployment, target);
  const bool singleton = is_singleton(target);
  const bool several = ask.most > 1 && !singleton;
  // What uses a claim with others can wait for a node without room, or for the claim itself.
  const bool claims =
      !singleton && target.kind == "Deployment" && (ask.claim_pods > 1 || ask.extras->one_pod);
  // A single pod can wait for room as well, but what Kubernetes does is not written where it ends.
  const bool single = !singleton && ask.most == 1 && target.kind == "Deployment";
  if ((several || claims || single) && target.api_version.empty()) {
    ask.rollout = rollout_of(lowered.problem.system, deployment, target.component, target.kind,
                             keeps_apart(ask, target));
    if (claims && ask.extras->one_pod) ask.rollout->surge = ask.rollout->usual = false;
    if (!claims && single && ask.rollout->usual) ask.rollout.reset();
  }
  ask.parts = parts_of(ask);
  return ask;
}

std::set<Part> carried_by_values(const Ask& ask, const Target& target) {
  std::set<Part> carried;
  if (target.part == nullptr) return carried;
  for (const auto part : ask.parts)
    if (carries(ask, target, part)) carried.insert(part);
  return carried;
}

std::vector<std::pair<std::string, std::string>> unkept(const Ask& ask, const Target& target) {
  std::vector<std::pair<std::string, std::string>> out;
  if (auto why = unequal_pins(ask); !why.empty()) out.emplace_back("placement", std::move(why));
  if (ask.component->pinned && ask.component->movable && !ask.nodes.empty())
    out.emplace_back("movable",
                     "the figures let the replicas of a lost node start on any other, but node "
                     "affinity keeps them on " +
                         std::to_string(ask.nodes.size()) +
                         (ask.nodes.size() == 1 ? " node" : " nodes") +
                         ": say movable: false to count on none");
  if (ask.component->movable && target.kind != "Deployment" && !ask.plan->nodes.empty())
    out.emplace_back(
        "movable",
        "the figures let the replicas of a lost node start on any other, but no pod of "
        "a StatefulSet starts again while the old one may still run: have lost nodes "
        "tainted node.kubernetes.io/out-of-service, or say movable: false");
  if (ask.claim_pods > 1 && ask.extras->one_pod)
    out.emplace_back("storage.accessMode",
                     "ReadWriteOncePod lets one pod use the claim, and the plan has " +
                         std::to_string(ask.claim_pods) + ": say ReadWriteOnce");
  else if (ask.claim_pods > 1 && target.companions.empty())
    out.emplace_back("storage.claim",
                     "a ReadWriteOnce volume is attached to one node, and no one selector finds "
                     "the pods of all its users to keep them there: let one chart deploy them, or "
                     "pin them to one node");
  if (!ask.fit_together)
    out.emplace_back("storage.claim",
                     "the first pod that uses the claim chooses the node for all of them, and not "
                     "on every node do they fit beside what is planned there: pin them to such "
                     "that have room");
  if (ask.rollout && ask.extras->one_pod && target.kind == "Deployment")
    out.emplace_back("strategy",
                     "an update takes the pod away before it starts another, for "
                     "ReadWriteOncePod lets no second one use the claim");
  else if (ask.rollout && !ask.rollout->spare && !ask.rollout->surge)
    out.emplace_back("strategy", "an update of a " + target.kind +
                                     " takes a pod away before it starts another, and no replica "
                                     "is to spare: one more, or a smaller need");
  if (ask.rollout && ask.rollout->surge && !ask.rollout->room)
    out.emplace_back(
        "strategy",
        std::string("an update starts a pod before it takes one away, for no replica is to spare, "
                    "and ") +
            (ask.claim_pods > 0  ? "the claim's node may have no room for one more"
             : ask.rollout->full ? "no node has room for one more"
                                 : "the nodes that the rules of spreading leave may have no room "
                                   "for one more") +
            ": it waits until there is");
  if (ask.rollout && ask.rollout->stuck)
    out.emplace_back("strategy",
                     "the nodes that the rules of spreading leave to a new pod may have no room: "
                     "an update then waits until there is");
  return out;
}

bool anti_affinity_suffices(const Ask& ask) {
  const auto& rule = ask.rules.front();
  return rule.hard && rule.max_skew == 1 && ask.most + 1 <= static_cast<int>(ask.spread_domains);
}

std::optional<Apart> apart_rule(const Ask& ask, bool constraint) {
  if (!ask.parts.count(Part::spread)) return std::nullopt;
  const auto& spread = ask.rules.front();
  if (!constraint) {
    if (anti_affinity_suffices(ask))
      return Apart{true, spread.over, ", as anti-affinity: at most one replica each"};
    return Apart{false, spread.over, ", only preferred here: anti-affinity cannot count"};
  }
  const bool required = anti_affinity_suffices(ask) && spread.over == "node" &&
                        ask.most + 2 <= static_cast<int>(ask.spread_domains);
  if (required) return Apart{true, "node", ", and never two on one node"};
  return Apart{false, "node", ", and rather not two on one node"};
}

bool is_object(Part part) { return part == Part::budget || part == Part::autoscale; }

}  // namespace haplan::planner
