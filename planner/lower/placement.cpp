#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

model::StorageKind storage_kind(const std::string& name) {
  if (name == "local") return model::StorageKind::local;
  if (name == "network") return model::StorageKind::network;
  return model::StorageKind::none;
}

/// Nodes behind the names in a pin or forbid list; unknown names are reported.
std::vector<model::NodeId> nodes_of(Context& context, const Value& list, const char* field_name) {
  std::vector<model::NodeId> nodes;
  for (const Value* name : texts(&list)) {
    const auto found = context.node_sets.find(name->text);
    if (found == context.node_sets.end()) {
      report(context, "HA052",
             "unknown node, pool or domain \"" + name->text + "\" in " + field_name, name->where,
             suggest_word(name->text, names_of(context.node_sets)));
      continue;
    }
    nodes.insert(nodes.end(), found->second.begin(), found->second.end());
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

void lower_allowed(Context& context, const Value& value, model::Component& component) {
  const std::size_t before = context.diagnostics.size();
  const Value* pin = field(&value, "pin");
  const Value* forbid = field(&value, "forbid");
  if (pin)
    component.allowed = nodes_of(context, *pin, "pin");
  else
    for (model::NodeId n = 0; n < context.system().nodes.size(); ++n)
      component.allowed.push_back(n);
  if (forbid) {
    const std::vector<model::NodeId> out = nodes_of(context, *forbid, "forbid");
    std::erase_if(component.allowed, [&](model::NodeId node) {
      return std::binary_search(out.begin(), out.end(), node);
    });
  }
  const bool known = context.diagnostics.size() == before;
  if (known && (pin || forbid) && component.allowed.empty())
    report(context, "HA054", "no node is left for \"" + component.name + "\"",
           pin ? pin->where : forbid->where,
           pin && forbid ? "forbid takes away every node that pin allows" : "allow some node");
}

void lower_spread(Context& context, const Value& value, model::Component& component) {
  const Value* spread = field(&value, "spread");
  if (!spread) return;
  component.spread.over = text_or(spread, "over", "node");
  component.spread.max_skew = static_cast<int>(number_or(spread, "maxSkew", 1.0));
  component.spread.hard = text_or(spread, "whenUnsatisfiable", "DoNotSchedule") != "ScheduleAnyway";
  if (const Value* skew = field(spread, "maxSkew")) require_positive(context, *skew);
  const Value* over = field(spread, "over");
  if (!over || over->text == "node" || context.system().nodes.empty()) return;
  std::vector<std::string> levels{"node"};
  for (const auto& domain : context.system().domains) {
    if (domain.level == over->text) return;
    if (std::find(levels.begin(), levels.end(), domain.level) == levels.end())
      levels.push_back(domain.level);
  }
  report(context, "HA069", "no domain has the level \"" + over->text + "\"", over->where,
         suggest_word(over->text, levels));
}

void lower_storage(Context& context, const Value& value, model::Component& component) {
  const Value* storage = field(&value, "storage");
  component.storage.kind = storage_kind(text_or(storage, "kind", "none"));
  component.storage.reattach = number_or(storage, "reattach", component.storage.reattach);
  const Value* failures = field(storage, "failures");
  if (failures && !field(storage, "claim"))
    report(context, "HA065", "\"storage.failures\" needs a named claim that fails", failures->key,
           "add \"claim\", the name of the volume claim");
}

}  // namespace

void lower_placement(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  model::Component& component = context.system().components[id];
  lower_storage(context, value, component);
  const bool stateless = component.type == model::ComponentType::stateless;
  const std::string workload =
      text_or(&value, "workload", stateless ? "deployment" : "statefulset");
  context.out.extras[id].workload = workload == "deployment" ? "Deployment" : "StatefulSet";
  const bool local = component.storage.kind == model::StorageKind::local;
  component.movable = flag_or(&value, "movable", workload == "deployment" && !local);
  if (component.movable && local)
    report(context, "HA056",
           "\"" + component.name + "\" cannot be movable: its storage is local to a node",
           field(&value, "movable")->where, "remove \"movable\", or use network storage");
  component.pinned = text_or(&value, "placement", "spread") == "pinned";
  lower_spread(context, value, component);
  lower_allowed(context, value, component);
}

}  // namespace haplan::planner::lowering
