#include "planner/render/patch.hpp"

#include <algorithm>
#include <cmath>

#include "planner/render/manifests.hpp"
#include "planner/render/post_render.hpp"
#include "planner/render/reason.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

struct Patch {
  const Lowered& lowered;
  const model::Deployment& deployment;
  const Target& target;
  const Ask& ask;
  std::set<Part> missing;  ///< parts that the values do not carry
  YamlNode pod;            ///< spec.template.spec without containers
  YamlNode container;
  YamlNode replicas;
  YamlNode workload;  ///< spec without template and replicas

  [[nodiscard]] std::string reason(Part part) const {
    return reason_of(lowered, deployment, ask, part);
  }

  static void put(YamlNode& parent, const std::string& name, YamlNode value, std::string comment) {
    value.comment = std::move(comment);
    parent[name] = std::move(value);
  }

  /// With a handler the probe replaces the one that is there; without, only its settings change.
  void add_probe(Part part, const char* field, const char* name,
                 const std::optional<model::Probe>& probe, const Value& written) {
    if (!missing.count(part) || !probe) return;
    YamlNode handler;
    if (written.kind == Value::Kind::map && !written.fields.empty()) {
      handler = node_of(written);
    } else if (target.part != nullptr) {
      const auto found = target.part->bindings.find(name);
      if (found != target.part->bindings.end() && found->second.handler)
        handler = node_of(*found->second.handler);
    }
    YamlNode node;
    if (!handler.fields.empty()) node["$patch"] = YamlNode::text("replace");
    for (auto& entry : probe_object(handler, *probe).fields)
      node.fields.push_back(std::move(entry));
    put(container, field, std::move(node), reason(part));
  }

  /// What the chart's own budget lacks.
  [[nodiscard]] YamlNode budget() const {
    YamlNode root;
    root["apiVersion"] = YamlNode::text("policy/v1");
    root["kind"] = YamlNode::text("PodDisruptionBudget");
    root["metadata"]["name"] = YamlNode::text(target.terse_budget);
    put(root["spec"], "unhealthyPodEvictionPolicy", YamlNode::text("AlwaysAllow"),
        "components." + ask.component->name + ": a pod that is not ready may always be evicted");
    return root;
  }

  void build() {
    const auto asked = [&](Part part) { return missing.count(part) != 0; };
    if (asked(Part::replicas))
      replicas = YamlNode::integer(ask.plan->replicas);
    else if (asked(Part::autoscale))
      replicas = YamlNode::null();
    replicas.comment =
        asked(Part::autoscale) ? "the autoscaler owns the count" : reason(Part::replicas);
    const auto& probes = ask.plan->probes;
    if (asked(Part::resources))
      put(container, "resources", resources_object(*ask.extras), reason(Part::resources));
    add_probe(Part::liveness, "livenessProbe", "liveness", probes.liveness,
              ask.extras->liveness_handler);
    add_probe(Part::readiness, "readinessProbe", "readiness", probes.readiness,
              ask.extras->readiness_handler);
    add_probe(Part::startup, "startupProbe", "startup", probes.startup,
              ask.extras->startup_handler);
    if (asked(Part::grace))
      put(pod, "terminationGracePeriodSeconds", YamlNode::integer(*ask.pod_grace),
          reason(Part::grace));
    // Charts that have no key for the constraint are given the anti-affinity in their values.
    const auto apart = target.part == nullptr ? apart_rule(ask, true) : std::nullopt;
    if (asked(Part::allowed_nodes) || asked(Part::together) || apart) {
      std::string why = apart ? reason(Part::spread) + apart->why : reason(Part::together);
      if (asked(Part::allowed_nodes)) why = reason(Part::allowed_nodes);
      if (asked(Part::allowed_nodes) && asked(Part::together)) why += "; " + reason(Part::together);
      put(pod, "affinity", affinity_object(ask, target, apart), why);
    }
    if (asked(Part::spread))
      put(pod, "topologySpreadConstraints", spread_object(ask, target), reason(Part::spread));
    if (asked(Part::failover))
      for (const auto& setting : settings_without_key(ask, target))
        if (setting.name == "failoverDelay")
          put(pod, setting.name, YamlNode::integer(std::llround(setting.value)),
              reason_of(lowered, deployment,
                        "components." + ask.component->name + ".failover.failoverDelay"));
    if (asked(Part::strategy))
      put(workload, target.kind == "Deployment" ? "strategy" : "updateStrategy",
          strategy_object(*ask.rollout, target.kind), reason(Part::strategy));
    if (asked(Part::tolerations))
      put(pod, "tolerations", tolerations_object(*ask.toleration_seconds),
          reason(Part::tolerations) + "; replaces the whole list, so add your own entries");
  }

  [[nodiscard]] YamlNode document() const {
    YamlNode root;
    root["apiVersion"] =
        YamlNode::text(target.api_version.empty() ? "apps/v1" : target.api_version);
    root["kind"] = YamlNode::text(target.kind);
    root["metadata"]["name"] = YamlNode::text(target.workload);
    auto& spec = root["spec"];
    if (!target.api_version.empty()) {  // an operator's resource has the pod's fields in its spec
      spec = pod;
      return root;
    }
    if (missing.count(Part::replicas) || missing.count(Part::autoscale))
      spec["replicas"] = replicas;
    for (const auto& field : workload.fields) spec.fields.push_back(field);
    if (target.part == nullptr && (!pod.fields.empty() || ask.budget))
      for (const auto& [label, value] : target.labels)
        spec["template"]["metadata"]["labels"][label] = YamlNode::text(value);
    if (!pod.fields.empty()) spec["template"]["spec"] = pod;
    if (!container.fields.empty()) {
      YamlNode named;
      named["name"] = YamlNode::text(target.container);
      for (const auto& field : container.fields) named.fields.push_back(field);
      spec["template"]["spec"]["containers"] = YamlNode::list({named});
    }
    return root;
  }

  /// Whether there is anything to change in the workload itself.
  [[nodiscard]] bool anything() const {
    return !pod.fields.empty() || !container.fields.empty() || !workload.fields.empty() ||
           missing.count(Part::replicas) || missing.count(Part::autoscale) ||
           (target.part == nullptr && ask.budget);
  }
};

std::string usage(const Lowered& lowered) {
  std::string out =
      "# Kustomize patches for what Helm values cannot carry, planned by haplan for system " +
      one_line(lowered.name) + ".\n# Render the charts beside this file, then apply:\n";
  for (const auto& release : lowered.releases)
    if (release.written)
      out += "#   helm template " + release.name + " CHART -f YOURS -f " + release.name +
             ".values.yaml >> rendered.yaml\n";
  if (lowered.releases.empty()) out += "#   (your manifests) > rendered.yaml\n";
  out += "#   kubectl apply -k .\n";
  out +=
      "# A patch whose workload is not in rendered.yaml changes nothing; post-render.sh, which "
      "does "
      "the same for Helm, tells.\n";
  return out;
}

/// The documents that change what charts render, and the list of them.
struct Patches {
  YamlNode list = YamlNode::list();
  std::vector<std::string> patched;  ///< Kind/name

  /// Two components can share one budget.
  void add(const std::string& kind, const std::string& name, const YamlNode& document,
           RenderedFiles& out) {
    const auto subject = kind + "/" + name;
    if (std::find(patched.begin(), patched.end(), subject) != patched.end()) return;
    const auto file = kind + "-" + name + ".yaml";
    out.files[file] = to_yaml(document);
    patched.push_back(subject);
    list.items.push_back(YamlNode::map(
        {{"path", YamlNode::text(file)},
         {"target",
          YamlNode::map({{"kind", YamlNode::text(kind)}, {"name", YamlNode::text(name)}})}}));
  }
};

/// Parts that no file can carry; they are taken out of `missing`.
void take_unsupported(const Target& target, const Ask& ask, std::set<Part>& missing,
                      std::vector<Unsupported>& out) {
  const auto refuse = [&](Part part, std::string why) {
    missing.erase(part);
    out.push_back({ask.component->name, "components." + ask.component->name + "." + part_path(part),
                   std::move(why)});
  };
  if (missing.count(Part::failover)) {
    const auto by_hand = settings_without_key(ask, target);
    const bool patched = !target.api_version.empty();
    if (!patched || by_hand.size() > 1 || by_hand.front().name != "failoverDelay") {
      out.push_back({ask.component->name,
                     "components." + ask.component->name + "." + part_path(Part::failover),
                     controller_setting(ask, target)});
      if (!patched) missing.erase(Part::failover);
    }
  }
  if (!target.api_version.empty())
    for (const auto part : {Part::liveness, Part::readiness, Part::startup, Part::replicas,
                            Part::autoscale, Part::budget, Part::grace})
      if (missing.count(part))
        refuse(part, "the operator of " + target.kind + " \"" + target.workload +
                         "\" decides it; the chart has no key for it");
  if (target.part != nullptr && !target.part->singleton.empty() && missing.count(Part::replicas))
    refuse(Part::replicas, "the chart runs one replica only: " + target.part->singleton);
}

void note_assumptions(const Target& target, const Ask& ask, RenderedFiles& out) {
  if (target.part == nullptr)
    out.notes.push_back(ask.component->name + " is in no release: its patch is for a " +
                        target.kind + " \"" + target.workload + "\" with a container \"" +
                        target.container + "\"");
}

void note_labels(const std::vector<std::string>& levels, RenderedFiles& out) {
  for (const auto& level : levels)
    out.notes.push_back("nodes need the label " + topology_key(level) + " for the spread over " +
                        level);
}

}  // namespace

RenderedFiles render_patch(const Plan& plan, const Profiles& profiles) {
  RenderedFiles out;
  if (!plan.after) return out;
  const auto& lowered = plan.lowered;
  const auto& deployment = plan.after->deployment;
  YamlNode resources = YamlNode::list({YamlNode::text("rendered.yaml")});
  Patches patches;
  std::set<std::string> levels;
  bool names_nodes = false;
  for (const auto& target : targets_of(lowered, profiles)) {
    const auto ask = ask_of(lowered, deployment, target);
    auto missing = ask.parts;
    for (const auto part : carried_by_values(ask, target)) missing.erase(part);
    take_unsupported(target, ask, missing, out.unsupported);
    for (auto& [place, why] : unkept(ask, target))
      out.unsupported.push_back(
          {ask.component->name, "components." + ask.component->name + "." + place, std::move(why)});
    if (ask.parts.count(Part::spread) && ask.component->spread.over != "node")
      levels.insert(ask.component->spread.over);
    names_nodes = names_nodes || ask.parts.count(Part::allowed_nodes);
    Patch patch{lowered, deployment, target, ask, missing, {}, {}, {}, {}};
    if (ask.budget && !missing.count(Part::budget) && !target.terse_budget.empty())
      patches.add("PodDisruptionBudget", target.terse_budget, patch.budget(), out);
    if (missing.empty()) continue;
    patch.build();
    if (patch.anything()) patches.add(target.kind, target.workload, patch.document(), out);
    note_assumptions(target, ask, out);
  }
  for (const auto& [file, text] : render_manifests(plan, profiles).files) {
    out.files[file] = text;
    resources.items.push_back(YamlNode::text(file));
  }
  note_labels({levels.begin(), levels.end()}, out);
  if (names_nodes)
    out.notes.push_back("node names of the spec are taken to be the nodes' kubernetes.io/hostname");
  YamlNode kustomization;
  kustomization["apiVersion"] = YamlNode::text("kustomize.config.k8s.io/v1beta1");
  kustomization["kind"] = YamlNode::text("Kustomization");
  kustomization["resources"] = resources;
  if (!patches.list.items.empty()) kustomization["patches"] = patches.list;
  out.files.merge(post_render_files(lowered, patches.patched));
  out.files["kustomization.yaml"] = usage(lowered) + to_yaml(kustomization);
  return out;
}

RenderedFiles render_patch(const Plan& plan) {
  return render_patch(plan, profiles_of(plan.lowered));
}

}  // namespace haplan::planner
