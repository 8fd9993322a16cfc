#include <algorithm>

#include "model/base/contract.hpp"
#include "model/system/graph.hpp"
#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using model::Requirement;
using Kind = model::Requirement::Kind;

/// Who asks: references are entered as edges of the owner, and a gate is called after it.
struct Owner {
  std::optional<model::ComponentId> id;
  std::string name;
};

std::string written(const Requirement& requirement, const model::System& system) {
  if (requirement.kind == Kind::component) return system.components[requirement.component].name;
  std::string members;
  for (const model::VertexId vertex : requirement.terminals)
    members += (members.empty() ? "" : ", ") + system.network.vertices[vertex].name;
  for (const Requirement& member : requirement.of)
    members += (members.empty() ? "" : ", ") + written(member, system);
  switch (requirement.kind) {
    case Kind::any: return "any(" + members + ")";
    case Kind::at_least: return "at least " + std::to_string(requirement.n) + "(" + members + ")";
    case Kind::connected: return "connected(" + members + ")";
    default: return "all(" + members + ")";
  }
}

Requirement member_of(Context& context, const Value& item, const Owner& owner);

std::vector<Requirement> members_of(Context& context, const Value& list, const Owner& owner) {
  std::vector<Requirement> members;
  for (const Value* item : texts(&list)) members.push_back(member_of(context, *item, owner));
  return members;
}

Requirement at_least_of(Context& context, const Value& value, const Owner& owner) {
  Requirement gate;
  gate.kind = Kind::at_least;
  const Value* n = field(&value, "n");
  const Value* of = field(&value, "of");
  if (!n || !of) {
    report(context, "HA004", "atLeast needs \"n\" and \"of\"", value.key,
           "write atLeast: {n: 2, of: [a, b, c]}");
    return gate;
  }
  gate.of = members_of(context, *of, owner);
  gate.n = static_cast<int>(n->value);
  const auto size = static_cast<int>(gate.of.size());
  if (size == 0)
    report(context, "HA078", "this gate has no members", of->where, "name at least one component");
  else if (gate.n < 1 || gate.n > size)
    report(context, "HA079",
           "at least " + n->text + " of " + std::to_string(size) + " members cannot be asked for",
           n->where, "n lies between 1 and " + std::to_string(size));
  return gate;
}

/// Terminals of a gate over the network. A component of the same name is another thing.
Requirement connected_of(Context& context, const Value& list) {
  Requirement gate;
  gate.kind = Kind::connected;
  for (const Value* item : texts(&list)) {
    const auto found = context.vertices.find(item->text);
    if (found == context.vertices.end()) {
      const bool is_component = context.components.contains(item->text);
      report(
          context, "HA085", "unknown vertex \"" + item->text + "\" in \"connected\"", item->where,
          is_component ? "this is a component; add it to network.vertices, or name the vertex it "
                         "is reached at"
                       : suggest_word(item->text, names_of(context.vertices)));
      return {};
    }
    if (std::count(gate.terminals.begin(), gate.terminals.end(), found->second))
      report(context, "HA087", "vertex \"" + item->text + "\" is named twice", item->where,
             "name each vertex once");
    else
      gate.terminals.push_back(found->second);
  }
  if (texts(&list).size() < 2)
    report(context, "HA087", "a connected gate needs at least two vertices", list.where,
           "write connected: [a, b]");
  std::sort(gate.terminals.begin(), gate.terminals.end());
  return gate;
}

/// The gate that a map describes: exactly one of all, any, atLeast, connected, and a switchover for `any`.
Requirement gate_of(Context& context, const Value& map, const Owner& owner) {
  const Value* only = nullptr;
  std::string kind;
  for (const char* name : {"all", "any", "atLeast", "connected"})
    if (const Value* found = field(&map, name)) {
      if (only)
        report(context, "HA027", "\"" + kind + "\" and \"" + name + "\" exclude each other",
               found->key, "a gate is one of all, any, atLeast and connected; gates may be nested");
      only = found;
      kind = name;
    }
  if (!only) {
    report(context, "HA027", "a gate needs one of all, any, atLeast and connected",
           map.key.line ? map.key : map.where, "add \"any: [a, b]\"");
    return {};
  }
  Requirement gate;
  if (kind == "atLeast") {
    gate = at_least_of(context, *only, owner);
  } else if (kind == "connected") {
    gate = connected_of(context, *only);
  } else {
    gate.kind = kind == "any" ? Kind::any : Kind::all;
    gate.of = members_of(context, *only, owner);
    if (gate.of.empty())
      report(context, "HA078", "this gate has no members", only->where,
             "name at least one component");
  }
  if (const Value* switchover = field(&map, "switchover")) {
    if (kind == "any")
      gate.switchover = switchover->value;
    else
      report(context, "HA027", "\"switchover\" applies to an \"any\" gate only", switchover->key,
             "only such a gate switches from its first member to another one");
  }
  return gate;
}

/// The list that an item stands in: "dependsOn" of spec.components.api.dependsOn[0].
std::string list_name(const Value& item) {
  const std::string list = item.path.substr(0, item.path.rfind('['));
  return list.substr(list.rfind('.') + 1);
}

Requirement member_of(Context& context, const Value& item, const Owner& owner) {
  if (item.kind == Value::Kind::map) {
    Requirement gate = gate_of(context, item, owner);
    if (gate.switchover) gate.name = owner.name + ": " + written(gate, context.system());
    return gate;
  }
  Requirement leaf;
  leaf.kind = Kind::component;
  const auto found = context.components.find(item.text);
  if (found == context.components.end()) {
    report(context, "HA003", "unknown component \"" + item.text + "\" in " + list_name(item),
           item.where, suggest_word(item.text, names_of(context.components)));
    return {};  // an empty `all`, so that later walks stay within range
  }
  leaf.component = found->second;
  if (owner.id) context.edges.push_back({*owner.id, leaf.component, item.where});
  return leaf;
}

std::string place(const SourceRef& where) {
  return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
}

/// The reference that leads from one component to another; the last one written.
const Edge& edge_between(const Context& context, model::ComponentId from, model::ComponentId to) {
  const auto found =
      std::find_if(context.edges.rbegin(), context.edges.rend(),
                   [&](const Edge& edge) { return edge.from == from && edge.to == to; });
  HAPLAN_EXPECTS(found != context.edges.rend());
  return *found;
}

/// Every cycle is reported with its path and lines, at the reference that closes it; that reference
/// is then left out to find the next cycle.
void report_cycles(Context& context) {
  const auto& components = context.system().components;
  std::vector<std::vector<std::size_t>> depends_on(components.size());
  for (const Edge& edge : context.edges) depends_on[edge.from].push_back(edge.to);
  while (true) {
    const std::vector<std::size_t> cycle = model::dependency_order(depends_on).cycle;
    if (cycle.empty()) return;
    std::string path = components[cycle.front()].name;
    std::vector<std::string> notes;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const std::size_t to = cycle[(i + 1) % cycle.size()];
      path += " -> " + components[to].name;
      notes.push_back(components[cycle[i]].name + " requires " + components[to].name + " at " +
                      place(edge_between(context, cycle[i], to).where));
    }
    report(context, "HA051", "components require each other: " + path,
           edge_between(context, cycle.back(), cycle.front()).where,
           "remove one of these references", std::move(notes));
    std::erase(depends_on[cycle.back()], cycle.front());
  }
}

}  // namespace

Requirement requirement_of_list(Context& context, const Value& list,
                                std::optional<model::ComponentId> owner) {
  const Owner who{owner, owner ? context.system().components[*owner].name : list.path};
  Requirement all;
  all.of = members_of(context, list, who);
  return all;
}

void lower_dependencies(Context& context) {
  auto& components = context.system().components;
  for (model::ComponentId id = 0; id < components.size(); ++id) {
    const Value& value = *context.component_values[id];
    if (const Value* list = field(&value, "dependsOn"))
      components[id].depends_on = requirement_of_list(context, *list, id);
    if (components[id].type == model::ComponentType::gate) {
      components[id].gate = gate_of(context, value, {id, components[id].name});
      components[id].gate.name = components[id].name;
    }
  }
  report_cycles(context);
}

}  // namespace haplan::planner::lowering
