#include "planner/render/writer.hpp"

#include <algorithm>
#include <cmath>

#include "planner/render/overlay.hpp"
#include "planner/render/reason.hpp"

namespace haplan::planner {
namespace {

/// A list whose items lack some keys: the chart's template adds them.
YamlNode without(YamlNode list, const std::vector<std::string>& keys) {
  for (auto& item : list.items)
    std::erase_if(item.fields, [&](const auto& field) {
      return std::find(keys.begin(), keys.end(), field.first) != keys.end();
    });
  return list;
}

/// Everything that writes one target into the values of its release.
struct Writer {
  const Lowered& lowered;
  const model::Deployment& deployment;
  const Target& target;
  const Ask& ask;
  std::set<Part> carried;
  YamlNode& root;
  const yaml::Node* own;  ///< the user's values, where they are known

  [[nodiscard]] const Binding* binding(const std::string& name) const {
    const auto found = target.part->bindings.find(name);
    return found == target.part->bindings.end() ? nullptr : &found->second;
  }

  void put(const Binding& bound, const std::string& path, YamlNode value,
           const std::string& comment) const {
    if (bound.templated) protect(value);
    value.comment = comment;
    root.at(path) = std::move(value);
    write_needs(bound);
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

  /// What must stand beside a binding, and what must not.
  void write_needs(const Binding& bound) const {
    for (const auto& [path, tree] : bound.needs) {
      auto& node = root.at(path) = node_of(tree);
      node.comment = bound.path + " has no effect without this";
    }
    for (const auto& key : bound.erase) root.at(bound.path + "." + key) = YamlNode::null();
  }

  void write_replicas() const {
    const auto* bound = binding("replicas");
    if (bound == nullptr) return;
    auto value = YamlNode::integer(ask.plan->replicas);
    if (bound->encoding == Encoding::list_item) {
      auto item = node_of(bound->item);
      item[bound->key] = std::move(value);
      value = YamlNode::list({std::move(item)});
    }
    put(*bound, bound->path, std::move(value),
        reason(Part::replicas) + (bound->encoding == Encoding::list_item ? kListAdvice : ""));
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

  /// A probe whose own handler the values give, and no other that stands in the user's: Helm merges
  /// maps, and a probe has one.
  void put_probe(const Binding& bound, const std::string& path, YamlNode probe, Part part) const {
    const auto* there = own;
    for (std::size_t start = 0; there != nullptr && start < path.size();) {
      const auto dot = std::min(path.find('.', start), path.size());
      there = there->find(path.substr(start, dot - start));
      start = dot + 1;
    }
    const std::vector<std::string> kinds = {"httpGet", "tcpSocket", "exec", "grpc"};
    const bool given = std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
      const auto* handler = probe.find(kind);
      return handler != nullptr && handler->kind != YamlNode::Kind::null;
    });
    for (const auto& kind : kinds)
      if (given && there != nullptr && there->find(kind) != nullptr && probe.find(kind) == nullptr)
        probe[kind] = YamlNode::null();
    put(bound, path, std::move(probe), reason(part));
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
        return put_probe(bound, bound.path, probe_object(handler, probe), part);
      case Encoding::probe_raw_merge:
        return put_probe(
            bound, bound.path,
            probe_object(given ? merged_handler(handler, bound.handler) : YamlNode{}, probe), part);
      case Encoding::probe_timing: return put(bound, bound.path, probe_timing(probe), reason(part));
      default: break;
    }
    YamlNode node;
    if (own_handler || !bound.exact || (probe.grace && !handler.fields.empty())) {
      // Some templates prefer the toggle's probe to the custom one, so it is switched off.
      root.at(bound.path)["enabled"] = YamlNode::boolean(false);
      return put_probe(bound, bound.custom, probe_object(handler, probe), part);
    }
    node["enabled"] = YamlNode::boolean(true);
    for (auto& field : probe_timing(probe).fields) node.fields.push_back(std::move(field));
    Binding toggle = bound;
    toggle.templated = false;  // nothing of the user's text in it
    put(toggle, bound.path, std::move(node), reason(part));
  }

  void write_affinity() const {
    const auto* bound = binding("affinity");
    if (bound == nullptr) return;
    const bool allowed = ask.parts.count(Part::allowed_nodes) != 0;
    const auto apart = apart_rule(ask, binding("topologySpread") != nullptr);
    const bool together = ask.parts.count(Part::together) != 0;
    if (!apart && !allowed && !together) return;
    std::string why;
    if (allowed) why = reason(Part::allowed_nodes);
    if (together) why += (why.empty() ? "" : "; ") + reason(Part::together);
    if (apart) why += (why.empty() ? "" : "; ") + reason(Part::spread) + apart->why;
    if (bound->encoding != Encoding::cnpg_affinity)
      return put(*bound, bound->path, affinity_object(ask, target, apart), why);
    YamlNode node;
    if (apart) {
      node["enablePodAntiAffinity"] = YamlNode::boolean(true);
      node["podAntiAffinityType"] = YamlNode::text(apart->required ? "required" : "preferred");
      node["topologyKey"] = YamlNode::text(topology_key(apart->over));
    }
    if (allowed) node["nodeAffinity"] = affinity_object(ask, target, {})["nodeAffinity"];
    put(*bound, bound->path, std::move(node), why);
  }

  void write_strategy() const {
    if (const auto* bound = binding("updateStrategy"))
      put(*bound, bound->path, strategy_object(*ask.rollout, target.kind), reason(Part::strategy));
  }

  void write_budget() const {
    const auto& bound = *binding("pdb");
    const auto why = reason(Part::budget);
    if (bound.encoding == Encoding::boolean)
      return put(bound, bound.path, YamlNode::boolean(true), why);
    const auto path = [&](const char* key) { return bound.path + "." + bound.keys.at(key); };
    if (bound.keys.count("enabled")) put(bound, path("enabled"), YamlNode::boolean(true), why);
    put(bound, path("max"), YamlNode::integer(1), bound.keys.count("enabled") ? "" : why);
    if (bound.keys.count("unhealthy"))
      put(bound, path("unhealthy"), YamlNode::text("AlwaysAllow"), "");
  }

  /// An operator's budget around a single instance would hold up every drain for good.
  void write_no_budget() const {
    const auto* bound = binding("pdb");
    if (bound != nullptr && bound->encoding == Encoding::boolean && ask.most == 1)
      put(*bound, bound->path, YamlNode::boolean(false),
          "components." + ask.component->name + ": a budget for one instance blocks every drain");
  }

  void write_failover() const {
    for (const auto& setting : controller_settings(*ask.component, ask.plan->failover)) {
      const auto* bound = binding(setting.name);
      if (bound == nullptr) continue;
      const double scale = bound->encoding == Encoding::milliseconds ? 1000 : 1;
      put(*bound, bound->path, YamlNode::integer(std::llround(setting.value * scale)),
          reason_of(lowered, deployment,
                    "components." + ask.component->name + ".failover." + setting.name));
    }
  }

  void write_placement() const {
    write_affinity();
    const auto* spread = binding("topologySpread");
    if (spread != nullptr && ask.parts.count(Part::spread))
      put(*spread, spread->path, without(spread_object(ask, target), spread->omit),
          reason(Part::spread));
    if (carried.count(Part::tolerations)) {
      const auto* bound = binding("tolerations");
      put(*bound, bound->path, without(tolerations_object(*ask.toleration_seconds), bound->omit),
          reason(Part::tolerations) + kListAdvice);
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
    if (ask.parts.count(Part::failover)) write_failover();
    if (carried.count(Part::strategy)) write_strategy();
    if (carried.count(Part::budget)) write_budget();
    write_no_budget();
    write_placement();
  }
};

}  // namespace

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

void write_values(const Lowered& lowered, const model::Deployment& deployment, const Target& target,
                  const Ask& ask, const std::set<Part>& carried, const yaml::Node* own,
                  YamlNode& root) {
  Writer{lowered, deployment, target, ask, carried, root, own}.write();
}

}  // namespace haplan::planner
