#include "planner/render/values.hpp"

#include <algorithm>
#include <cmath>

#include "planner/render/reason.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

/// Text in a value that the chart expands: `{{` of the user must stay `{{`.
void protect(YamlNode& node) {
  if (node.kind == YamlNode::Kind::text) {
    std::string out;
    for (std::size_t i = 0; i < node.scalar.size(); ++i) {
      const bool open = node.scalar.compare(i, 2, "{{") == 0;
      out += open ? "{{ \"{{\" }}" : node.scalar.substr(i, 1);
      if (open) ++i;
    }
    node.scalar = out;
  }
  for (auto& field : node.fields) protect(field.second);
  for (auto& item : node.items) protect(item);
}

/// Everything that writes one target into the values of its release.
struct Writer {
  const Lowered& lowered;
  const model::Deployment& deployment;
  const Target& target;
  const Ask& ask;
  std::set<Part> carried;
  YamlNode& root;

  [[nodiscard]] const Binding* binding(const std::string& name) const {
    const auto found = target.part->bindings.find(name);
    return found == target.part->bindings.end() ? nullptr : &found->second;
  }

  void put(const Binding& bound, const std::string& path, YamlNode value,
           const std::string& comment) const {
    if (bound.templated) protect(value);
    value.comment = comment;
    root.at(path) = std::move(value);
  }

  [[nodiscard]] std::string reason(Part part) const {
    return reason_of(lowered, deployment, ask, part);
  }

  void write_always() const {
    for (const auto& [path, tree] : target.part->always) {
      auto node = node_of(tree);
      const auto fill = [&](const std::string& name, int value) {
        if (node.scalar == name) node = YamlNode::integer(value);
      };
      fill("{n}", ask.most);
      fill("{majority}", ask.most / 2 + 1);
      node.comment =
          "components." + ask.component->name + ": " + target.part->name + " exists only with this";
      root.at(path) = std::move(node);
    }
  }

  void write_replicas() const {
    if (const auto* bound = binding("replicas"))
      put(*bound, bound->path, YamlNode::integer(ask.plan->replicas), reason(Part::replicas));
  }

  void write_autoscale() const {
    const auto* bound = binding("hpa");
    const auto& scale = *ask.plan->autoscale;
    const auto* replicas = binding("replicas");
    if (replicas != nullptr && replicas->when_scaled == WhenScaled::erase)
      put(*replicas, replicas->path, YamlNode::null(),
          "the autoscaler owns the count; null takes it out of the manifest");
    YamlNode node;
    node[bound->keys.at("enabled")] = YamlNode::boolean(true);
    node[bound->keys.at("min")] = YamlNode::integer(scale.min);
    node[bound->keys.at("max")] = YamlNode::integer(scale.max);
    node[bound->keys.at("cpu")] = YamlNode::integer(scale.target);
    if (const auto memory = bound->keys.find("memory"); memory != bound->keys.end())
      node[memory->second] = YamlNode::null();
    put(*bound, bound->path, std::move(node), reason(Part::autoscale));
  }

  /// Keys of the chart's default handler that ours lacks, as null: Helm merges maps.
  static YamlNode merged_handler(const YamlNode& ours, const std::optional<Tree>& standard) {
    YamlNode node = ours;
    if (!standard || ours.fields.empty()) return node;
    for (const auto& [kind, settings] : node_of(*standard).fields) {
      const auto* mine = ours.find(kind);
      if (mine == nullptr) {
        node[kind] = YamlNode::null();
        continue;
      }
      for (const auto& [key, value] : settings.fields)
        if (mine->find(key) == nullptr && !(key == "scheme" && value.scalar == "HTTP"))
          node[kind][key] = YamlNode::null();
    }
    return node;
  }

  void write_probe(Part part, const std::string& name, const model::Probe& probe,
                   const Value& written) const {
    const auto& bound = *binding(name);
    const bool given = written.kind == Value::Kind::map && !written.fields.empty();
    const auto standard = bound.handler ? node_of(*bound.handler) : YamlNode{};
    const auto handler = given ? node_of(written) : standard;
    const bool own_handler = given && !(bound.handler && same(standard, handler));
    switch (bound.encoding) {
      case Encoding::probe_raw:
        return put(bound, bound.path, probe_object(handler, probe), reason(part));
      case Encoding::probe_raw_merge:
        return put(bound, bound.path,
                   probe_object(given ? merged_handler(handler, bound.handler) : YamlNode{}, probe),
                   reason(part));
      case Encoding::probe_timing: return put(bound, bound.path, probe_timing(probe), reason(part));
      default: break;
    }
    YamlNode node;
    if (own_handler || !bound.exact || (probe.grace && !handler.fields.empty())) {
      // Some templates prefer the toggle's probe to the custom one, so it is switched off.
      root.at(bound.path)["enabled"] = YamlNode::boolean(false);
      return put(bound, bound.custom, probe_object(handler, probe), reason(part));
    }
    node["enabled"] = YamlNode::boolean(true);
    for (auto& field : probe_timing(probe).fields) node.fields.push_back(std::move(field));
    Binding toggle = bound;
    toggle.templated = false;  // nothing of the user's text in it
    put(toggle, bound.path, std::move(node), reason(part));
  }

  void write_affinity() const {
    const auto* bound = binding("affinity");
    const bool has_spread = ask.parts.count(Part::spread) != 0;
    const bool spread_elsewhere = binding("topologySpread") != nullptr;
    const bool anti = has_spread && !spread_elsewhere;
    if (bound == nullptr || (!anti && !ask.parts.count(Part::allowed_nodes))) return;
    const bool required = anti_affinity_suffices(ask);
    std::string why;
    if (ask.parts.count(Part::allowed_nodes)) why = reason(Part::allowed_nodes);
    if (anti)
      why += (why.empty() ? "" : "; ") + reason(Part::spread) +
             (required ? ", as anti-affinity: at most one replica each"
                       : ", only preferred here: anti-affinity cannot count");
    put(*bound, bound->path, affinity_object(ask, target, anti, required), why);
  }

  void write_placement() const {
    write_affinity();
    const auto* spread = binding("topologySpread");
    if (spread != nullptr && ask.parts.count(Part::spread))
      put(*spread, spread->path, spread_object(ask, target), reason(Part::spread));
    if (carried.count(Part::tolerations)) {
      const auto* bound = binding("tolerations");
      put(*bound, bound->path, tolerations_object(*ask.toleration_seconds),
          reason(Part::tolerations) + "; replaces the whole list, so add your own entries");
    }
  }

  void write() const {
    write_always();
    if (carried.count(Part::replicas)) write_replicas();
    if (carried.count(Part::autoscale)) write_autoscale();
    if (carried.count(Part::resources)) {
      const auto* bound = binding("resources");
      put(*bound, bound->path, resources_object(*ask.extras), reason(Part::resources));
    }
    const auto& probes = ask.plan->probes;
    if (carried.count(Part::liveness))
      write_probe(Part::liveness, "liveness", *probes.liveness, ask.extras->liveness_handler);
    if (carried.count(Part::readiness))
      write_probe(Part::readiness, "readiness", *probes.readiness, ask.extras->readiness_handler);
    if (carried.count(Part::startup))
      write_probe(Part::startup, "startup", *probes.startup, ask.extras->startup_handler);
    if (carried.count(Part::grace)) {
      const auto* bound = binding("terminationGracePeriodSeconds");
      put(*bound, bound->path, YamlNode::integer(*ask.pod_grace), reason(Part::grace));
    }
    if (carried.count(Part::failover)) {
      const auto* bound = binding("downAfter");
      const auto down_after = std::llround(ask.plan->failover.down_after * 1000);
      put(*bound, bound->path, YamlNode::integer(down_after), reason(Part::failover));
    }
    write_placement();
  }
};

std::string why_not(const Target& target, const Ask& ask, Part part) {
  if (part == Part::failover) return controller_setting(*ask.component, ask.plan->failover);
  if (part == Part::replicas && !target.part->singleton.empty())
    return "the chart runs one replica only: " + target.part->singleton;
  if (part == Part::spread)
    return "the chart has no topologySpreadConstraints, and a required anti-affinity cannot "
           "place " +
           std::to_string(ask.most) + " replicas on " + std::to_string(ask.spread_domains) + " " +
           ask.component->spread.over + "s with one to spare";
  return "the values of " + target.profile->name + " have no key for it";
}

std::string header(const Lowered& lowered, const Release& release, const Profile& profile) {
  std::string out = "# Helm values of release " + release.name + ", planned by haplan for system " +
                    one_line(lowered.name) + "\n";
  out += "# chart: " + one_line(profile.source) + ", bindings checked with " +
         one_line(profile.verified) + "\n";
  out += "# Pass it last: helm upgrade --install " + release.name + " CHART -f YOURS -f " +
         release.name + ".values.yaml\n";
  out += "# Do not edit: change the spec and plan again.\n";
  return out;
}

/// A chart's own probe that the spec does not model.
void note_foreign_probes(const Target& target, const Ask& ask, RenderedFiles& out) {
  const auto has = [&](const char* name) {
    const auto found = target.part->bindings.find(name);
    return found != target.part->bindings.end() && found->second.handler &&
           std::string(name) != "startup";
  };
  const auto& probes = ask.plan->probes;
  std::string kinds;
  if (has("liveness") && !probes.liveness) kinds = "liveness";
  if (has("readiness") && !probes.readiness)
    kinds += kinds.empty() ? "readiness" : " and readiness";
  if (!kinds.empty())
    out.notes.push_back("the chart's own " + kinds + " probe of " + target.workload +
                        " stays: the spec gives none for " + ask.component->name);
}

}  // namespace

RenderedFiles render_values(const Plan& plan, const Profiles& profiles) {
  RenderedFiles out;
  if (!plan.after) return out;
  const auto& lowered = plan.lowered;
  const auto& deployment = plan.after->deployment;
  const auto targets = targets_of(lowered, profiles);
  for (const auto& release : lowered.releases) {
    const auto profile = profiles.find(release.profile);
    if (profile == profiles.end()) continue;
    YamlNode root;
    for (const auto& part : profile->second.components) {
      for (const auto& target : targets) {
        if (target.release != release.name || target.part != &part) continue;
        const auto ask = ask_of(lowered, deployment, target);
        const auto carried = carried_by_values(ask, target);
        Writer{lowered, deployment, target, ask, carried, root}.write();
        note_foreign_probes(target, ask, out);
        for (const auto missing : ask.parts)
          if (!carried.count(missing))
            out.unsupported.push_back(
                {ask.component->name,
                 "components." + ask.component->name + "." + part_path(missing),
                 why_not(target, ask, missing)});
      }
    }
    if (profile->second.chart.empty())
      out.notes.push_back("the chart of release " + release.name +
                          " is taken to have the release's name, as `helm create " + release.name +
                          "` makes it");
    out.files[release.name + ".values.yaml"] =
        header(lowered, release, profile->second) + to_yaml(root);
  }
  return out;
}

RenderedFiles render_values(const Plan& plan) { return render_values(plan, embedded_profiles()); }

std::string values_stream(const RenderedFiles& values) {
  std::string out;
  for (const auto& [name, text] : values.files) {
    if (!out.empty()) out += "---\n";
    out += "# file: " + name + "\n" + text;
  }
  return out;
}

std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment,
                                              const Profiles& profiles) {
  const auto& components = lowered.problem.system.components;
  std::vector<model::CarriedRules> rules(components.size());
  for (const auto& target : targets_of(lowered, profiles)) {
    const auto ask = ask_of(lowered, deployment, target);
    const auto carried = carried_by_values(ask, target);
    const auto holds = [&](Part part) { return !ask.parts.count(part) || carried.count(part); };
    auto& rule = rules[target.component];
    rule.spread = rule.spread && holds(Part::spread);
    rule.allowed = rule.allowed && holds(Part::allowed_nodes);
    rule.pinned = rule.pinned && holds(Part::allowed_nodes);
  }
  return rules;
}

std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment) {
  return values_rules(lowered, deployment, embedded_profiles());
}

std::vector<model::CarriedRules> written_rules(const Lowered& lowered) {
  // The patch takes every placement rule of every workload, in a chart or not.
  return std::vector<model::CarriedRules>(lowered.problem.system.components.size());
}

Diagnostics check_releases(const Lowered& lowered, const Profiles& profiles) {
  Diagnostics out;
  for (const auto& release : lowered.releases) {
    const auto found = profiles.find(release.profile);
    if (found == profiles.end()) {
      std::string known;
      for (const auto& [name, profile] : profiles) known += (known.empty() ? "" : ", ") + name;
      out.push_back(
          {Severity::error,
           "HA101",
           "release \"" + release.name + "\" names the unknown profile \"" + release.profile + "\"",
           release.where,
           "known: " + known,
           {}});
      continue;
    }
    for (const auto& entry : release.map) {
      if (entry.target.empty() || found->second.find(entry.target) != nullptr) continue;
      std::string known;
      for (const auto& part : found->second.components)
        known += (known.empty() ? "" : ", ") + part.name;
      out.push_back({Severity::error,
                     "HA102",
                     "profile \"" + release.profile + "\" has no component \"" + entry.target +
                         "\" for \"" + entry.component + "\"",
                     release.where,
                     "known: " + known,
                     {}});
    }
  }
  return out;
}

}  // namespace haplan::planner
