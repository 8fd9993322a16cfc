#include "planner/spec/typing.hpp"

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

/// One gate: exactly one of the kinds, and switchover only beside `any`.
Value typed_gate(Typing& typing, const yaml::Node& node, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::map);
  const Shape& shape = gate_shape();
  std::vector<std::string> known;
  for (const auto& [key, unused] : shape.keys) known.push_back(key);
  std::size_t kinds = 0;
  for (const yaml::Entry& entry : node.entries) {
    if (entry.name.rfind("x-", 0) == 0) continue;
    const Shape* child = shape.find(entry.name);
    kinds += child && entry.name != "switchover";
    if (child)
      value.fields.emplace_back(entry.name, typed(typing, entry.value, *child, spot.under(entry)));
    else
      typing.report("HA001", "unknown key \"" + entry.name + "\" in a gate", entry.where,
                    typing.suggest(entry.name, known));
  }
  if (kinds != 1)
    typing.report("HA027", "a gate has exactly one of all, any, atLeast", node.where,
                  kinds == 0 ? "as {any: [a, b]}" : "nest one gate in the other");
  else if (node.find("switchover") && !node.find("any"))
    typing.report("HA027", "\"switchover\" goes with \"any\" only", node.where, "remove it");
  if (const Value* threshold = value.find("atLeast");
      threshold && threshold->kind == Value::Kind::map)
    for (const char* key : {"n", "of"})
      if (!threshold->find(key))
        typing.report("HA004", "\"" + std::string(key) + "\" is missing in \"atLeast\"",
                      threshold->where, "as {atLeast: {n: 2, of: [a, b, c]}}");
  return value;
}

}  // namespace

Value typed_requirement(Typing& typing, const yaml::Node& node, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::list);
  if (node.kind != Kind::list) {
    const std::string suggestion = node.kind == Kind::scalar
                                       ? "did you mean [" + node.text.substr(0, 64) + "]?"
                                       : "as [postgres, {any: [a, b]}]";
    typing.report("HA002",
                  spot.name() + " must be a list of names and gates, not " + described(node),
                  node.where, suggestion);
    return value;
  }
  Field name;
  name.type = Type::text;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const yaml::Node& item = node.items[i];
    const Spot below = spot.item(i, item.where);
    value.items.push_back(item.kind == Kind::map ? typed_gate(typing, item, below)
                                                 : typed_scalar(typing, item, name, below));
  }
  return value;
}

}  // namespace haplan::planner
