#include <algorithm>

#include "planner/render/workload.hpp"

/// Kubernetes objects of a plan; see workload.hpp.
namespace haplan::planner {
namespace {

YamlNode labels_object(const Target& target) {
  YamlNode labels;
  for (const auto& [label, value] : target.labels) labels[label] = YamlNode::text(value);
  return YamlNode::map({{"matchLabels", labels}});
}

YamlNode node_affinity(const std::vector<std::string>& nodes) {
  YamlNode names = YamlNode::list();
  for (const auto& name : nodes) names.items.push_back(YamlNode::text(name));
  YamlNode rule = YamlNode::map({{"key", YamlNode::text("kubernetes.io/hostname")},
                                 {"operator", YamlNode::text("In")},
                                 {"values", names}});
  YamlNode term = YamlNode::map({{"matchExpressions", YamlNode::list({rule})}});
  YamlNode required = YamlNode::map({{"nodeSelectorTerms", YamlNode::list({term})}});
  return YamlNode::map({{"requiredDuringSchedulingIgnoredDuringExecution", required}});
}

YamlNode anti_affinity(const Target& target, const Apart& apart) {
  YamlNode term = YamlNode::map({{"labelSelector", labels_object(target)},
                                 {"topologyKey", YamlNode::text(topology_key(apart.over))}});
  if (apart.required)
    return YamlNode::map(
        {{"requiredDuringSchedulingIgnoredDuringExecution", YamlNode::list({term})}});
  YamlNode weighted =
      YamlNode::map({{"weight", YamlNode::integer(100)}, {"podAffinityTerm", term}});
  return YamlNode::map(
      {{"preferredDuringSchedulingIgnoredDuringExecution", YamlNode::list({weighted})}});
}

/// On the node of pods that a selector finds; the first of them may go anywhere.
YamlNode affinity_to(const LabelSelector& pods) {
  YamlNode selector;
  for (const auto& [label, values] : pods)
    if (values.size() == 1) selector["matchLabels"][label] = YamlNode::text(values.front());
  for (const auto& [label, values] : pods) {
    if (values.size() == 1) continue;
    YamlNode any = YamlNode::list();
    for (const auto& value : values) any.items.push_back(YamlNode::text(value));
    selector["matchExpressions"] = YamlNode::list({YamlNode::map(
        {{"key", YamlNode::text(label)}, {"operator", YamlNode::text("In")}, {"values", any}})});
  }
  YamlNode term = YamlNode::map(
      {{"labelSelector", selector}, {"topologyKey", YamlNode::text(topology_key("node"))}});
  return YamlNode::map(
      {{"requiredDuringSchedulingIgnoredDuringExecution", YamlNode::list({term})}});
}

}  // namespace

YamlNode node_of(const Value& value) {
  YamlNode node;
  switch (value.kind) {
    case Value::Kind::null: return YamlNode::null();
    case Value::Kind::map:
      for (const auto& [name, field] : value.fields) node[name] = node_of(field);
      return node;
    case Value::Kind::list:
      node = YamlNode::list();
      for (const auto& item : value.items) node.items.push_back(node_of(item));
      return node;
    case Value::Kind::boolean: return YamlNode::boolean(value.boolean);
    case Value::Kind::integer: return YamlNode::integer(value.exact.num);
    default: return YamlNode::text(value.text);
  }
}

YamlNode node_of(const Tree& tree) {
  YamlNode node;
  switch (tree.kind) {
    case Tree::Kind::map:
      for (const auto& [name, field] : tree.fields) node[name] = node_of(field);
      return node;
    case Tree::Kind::list:
      node = YamlNode::list();
      for (const auto& item : tree.items) node.items.push_back(node_of(item));
      return node;
    case Tree::Kind::scalar: break;
  }
  const bool digits =
      !tree.text.empty() &&
      std::all_of(tree.text.begin(), tree.text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool word = tree.text == "true" || tree.text == "false";
  node = YamlNode::text(tree.text);
  if (!tree.quoted && (digits || word)) node.kind = YamlNode::Kind::plain;
  return node;
}

bool same(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.fields.size() != b.fields.size() ||
      a.items.size() != b.items.size())
    return false;
  for (const auto& [name, value] : a.fields) {
    const auto* other = b.find(name);
    if (other == nullptr || !same(value, *other)) return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  return true;
}

YamlNode probe_timing(const model::Probe& probe) {
  YamlNode node;
  node["initialDelaySeconds"] = YamlNode::integer(probe.initial_delay);
  node["periodSeconds"] = YamlNode::integer(probe.period);
  node["timeoutSeconds"] = YamlNode::integer(probe.timeout);
  node["failureThreshold"] = YamlNode::integer(probe.failure_threshold);
  node["successThreshold"] = YamlNode::integer(probe.success_threshold);
  if (probe.grace) node["terminationGracePeriodSeconds"] = YamlNode::integer(*probe.grace);
  return node;
}

YamlNode probe_object(const YamlNode& handler, const model::Probe& probe) {
  YamlNode node = handler;
  for (auto& field : probe_timing(probe).fields) node.fields.push_back(std::move(field));
  return node;
}

YamlNode resources_object(const ComponentExtras& extras) {
  YamlNode node;
  for (const auto& [name, quantity] : extras.requests)
    node["requests"][name] = YamlNode::text(quantity);
  for (const auto& [name, quantity] : extras.limits)
    node["limits"][name] = YamlNode::text(quantity);
  return node;
}

YamlNode affinity_object(const Ask& ask, const Target& target, const std::optional<Apart>& apart) {
  YamlNode node;
  if (ask.parts.count(Part::allowed_nodes)) node["nodeAffinity"] = node_affinity(ask.nodes);
  if (ask.parts.count(Part::together)) node["podAffinity"] = affinity_to(target.companions);
  if (apart) node["podAntiAffinity"] = anti_affinity(target, *apart);
  return node;
}

YamlNode spread_object(const Ask& ask, const Target& target) {
  YamlNode constraints = YamlNode::list();
  for (const auto& spread : ask.rules) {
    YamlNode rule;
    rule["maxSkew"] = YamlNode::integer(spread.max_skew);
    rule["topologyKey"] = YamlNode::text(topology_key(spread.over));
    rule["whenUnsatisfiable"] = YamlNode::text(spread.hard ? "DoNotSchedule" : "ScheduleAnyway");
    rule["nodeAffinityPolicy"] = YamlNode::text("Honor");
    rule["nodeTaintsPolicy"] = YamlNode::text("Honor");
    rule["labelSelector"] = labels_object(target);
    if (target.kind == "Deployment")
      rule["matchLabelKeys"] = YamlNode::list({YamlNode::text("pod-template-hash")});
    constraints.items.push_back(std::move(rule));
  }
  return constraints;
}

YamlNode tolerations_object(int seconds) {
  YamlNode list = YamlNode::list();
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"})
    list.items.push_back(YamlNode::map({{"key", YamlNode::text(key)},
                                        {"operator", YamlNode::text("Exists")},
                                        {"effect", YamlNode::text("NoExecute")},
                                        {"tolerationSeconds", YamlNode::integer(seconds)}}));
  return list;
}

YamlNode strategy_object(const Rollout& rollout, const std::string& kind) {
  YamlNode node;
  node["type"] = YamlNode::text("RollingUpdate");
  if (kind != "Deployment") return node;
  node["rollingUpdate"] =
      YamlNode::map({{"maxSurge", YamlNode::integer(rollout.surge ? 1 : 0)},
                     {"maxUnavailable", YamlNode::integer(rollout.surge ? 0 : 1)}});
  return node;
}

YamlNode budget_object(const Target& target) {
  YamlNode root;
  root["apiVersion"] = YamlNode::text("policy/v1");
  root["kind"] = YamlNode::text("PodDisruptionBudget");
  root["metadata"]["name"] = YamlNode::text(target.workload);
  auto& spec = root["spec"];
  spec["maxUnavailable"] = YamlNode::integer(1);
  spec["unhealthyPodEvictionPolicy"] = YamlNode::text("AlwaysAllow");
  spec["selector"] = labels_object(target);
  return root;
}

YamlNode autoscaler_object(const Target& target, const model::Autoscale& scale) {
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

std::string topology_key(const std::string& level) {
  if (level == "node") return "kubernetes.io/hostname";
  if (level == "zone") return "topology.kubernetes.io/zone";
  if (level == "region") return "topology.kubernetes.io/region";
  return "haplan.dev/" + level;
}

}  // namespace haplan::planner
