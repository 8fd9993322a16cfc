#include "planner/render/patch.hpp"

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
    if (asked(Part::allowed_nodes))
      put(pod, "affinity", affinity_object(ask, target, false, false), reason(Part::allowed_nodes));
    if (asked(Part::spread))
      put(pod, "topologySpreadConstraints", spread_object(ask, target), reason(Part::spread));
    if (asked(Part::tolerations))
      put(pod, "tolerations", tolerations_object(*ask.toleration_seconds),
          reason(Part::tolerations) + "; replaces the whole list, so add your own entries");
  }

  [[nodiscard]] YamlNode document() const {
    YamlNode root;
    root["apiVersion"] = YamlNode::text("apps/v1");
    root["kind"] = YamlNode::text(target.kind);
    root["metadata"]["name"] = YamlNode::text(target.workload);
    auto& spec = root["spec"];
    if (missing.count(Part::replicas) || missing.count(Part::autoscale))
      spec["replicas"] = replicas;
    if (target.part == nullptr && !pod.fields.empty())
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
};

/// An autoscaler for a workload whose chart has none.
YamlNode autoscaler(const Target& target, const model::Autoscale& scale) {
  YamlNode root;
  root["apiVersion"] = YamlNode::text("autoscaling/v2");
  root["kind"] = YamlNode::text("HorizontalPodAutoscaler");
  root["metadata"]["name"] = YamlNode::text(target.workload);
  auto& spec = root["spec"];
  spec["scaleTargetRef"] = YamlNode::map({{"apiVersion", YamlNode::text("apps/v1")},
                                          {"kind", YamlNode::text(target.kind)},
                                          {"name", YamlNode::text(target.workload)}});
  spec["minReplicas"] = YamlNode::integer(scale.min);
  spec["maxReplicas"] = YamlNode::integer(scale.max);
  YamlNode metric;
  metric["type"] = YamlNode::text("Resource");
  metric["resource"]["name"] = YamlNode::text("cpu");
  metric["resource"]["target"] =
      YamlNode::map({{"type", YamlNode::text("Utilization")},
                     {"averageUtilization", YamlNode::integer(scale.target)}});
  spec["metrics"] = YamlNode::list({metric});
  return root;
}

std::string usage(const Lowered& lowered) {
  std::string out =
      "# Kustomize patches for what Helm values cannot carry, planned by haplan for system " +
      one_line(lowered.name) + ".\n# Render the charts beside this file, then apply:\n";
  for (const auto& release : lowered.releases)
    out += "#   helm template " + release.name + " CHART -f YOURS -f " + release.name +
           ".values.yaml >> rendered.yaml\n";
  if (lowered.releases.empty()) out += "#   (your manifests) > rendered.yaml\n";
  out += "#   kubectl apply -k .\n";
  out += "# A patch whose workload is not in rendered.yaml changes nothing.\n";
  return out;
}

/// Parts that no file can carry; they are taken out of `missing`.
void take_unsupported(const Target& target, const Ask& ask, std::set<Part>& missing,
                      std::vector<Unsupported>& out) {
  const auto refuse = [&](Part part, std::string why) {
    missing.erase(part);
    out.push_back({ask.component->name, "components." + ask.component->name + "." + part_path(part),
                   std::move(why)});
  };
  if (missing.count(Part::failover))
    refuse(Part::failover, controller_setting(*ask.component, ask.plan->failover));
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
  YamlNode patches = YamlNode::list();
  std::set<std::string> levels;
  bool names_nodes = false;
  for (const auto& target : targets_of(lowered, profiles)) {
    const auto ask = ask_of(lowered, deployment, target);
    auto missing = ask.parts;
    for (const auto part : carried_by_values(ask, target)) missing.erase(part);
    take_unsupported(target, ask, missing, out.unsupported);
    if (ask.parts.count(Part::spread) && ask.component->spread.over != "node")
      levels.insert(ask.component->spread.over);
    names_nodes = names_nodes || ask.parts.count(Part::allowed_nodes);
    if (missing.empty()) continue;
    Patch patch{lowered, deployment, target, ask, missing, {}, {}, {}};
    patch.build();
    const auto stem = target.kind + "-" + target.workload;
    out.files[stem + ".yaml"] = to_yaml(patch.document());
    patches.items.push_back(
        YamlNode::map({{"path", YamlNode::text(stem + ".yaml")},
                       {"target", YamlNode::map({{"kind", YamlNode::text(target.kind)},
                                                 {"name", YamlNode::text(target.workload)}})}}));
    if (missing.count(Part::autoscale)) {
      const auto file = "HorizontalPodAutoscaler-" + target.workload + ".yaml";
      out.files[file] = to_yaml(autoscaler(target, *ask.plan->autoscale));
      resources.items.push_back(YamlNode::text(file));
    }
    note_assumptions(target, ask, out);
  }
  note_labels({levels.begin(), levels.end()}, out);
  if (names_nodes)
    out.notes.push_back("node names of the spec are taken to be the nodes' kubernetes.io/hostname");
  YamlNode kustomization;
  kustomization["apiVersion"] = YamlNode::text("kustomize.config.k8s.io/v1beta1");
  kustomization["kind"] = YamlNode::text("Kustomization");
  kustomization["resources"] = resources;
  if (!patches.items.empty()) kustomization["patches"] = patches;
  out.files["kustomization.yaml"] = usage(lowered) + to_yaml(kustomization);
  return out;
}

RenderedFiles render_patch(const Plan& plan) { return render_patch(plan, embedded_profiles()); }

}  // namespace haplan::planner
