#include "planner/spec/typing.hpp"

#include <algorithm>

#include "planner/spec/suggest.hpp"

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

bool is_extension(const std::string& key) { return key.rfind("x-", 0) == 0; }

std::vector<std::string> known_keys(const Shape& shape) {
  std::vector<std::string> names;
  for (const auto& [key, unused] : shape.keys) names.push_back(key);
  return names;
}

void report_name(Typing& typing, const std::string& name, const SourceRef& where) {
  std::string suggestion;
  for (const char c : name)
    suggestion += c >= 'A' && c <= 'Z'               ? static_cast<char>(c - 'A' + 'a')
                  : c == '_' || c == '.' || c == ' ' ? '-'
                                                     : c;
  suggestion = is_label(suggestion) ? "did you mean \"" + suggestion + "\"?"
                                    : "lower-case letters, digits and inner hyphens, at most 63";
  typing.report("HA023", "\"" + name + "\" is not a name", where, suggestion);
}

/// Shape of a map's entry, or null after a diagnostic.
const Shape* entry_shape(Typing& typing, const yaml::Entry& entry, const Shape& shape,
                         const Spot& spot) {
  if (const Shape* known = shape.find(entry.name)) return known;
  if (shape.any) {
    if (shape.field && shape.field->type == Type::named && !is_label(entry.name))
      report_name(typing, entry.name, entry.where);
    return shape.any;
  }
  typing.report("HA001", "unknown key \"" + entry.name + "\" in " + spot.name(), entry.where,
                typing.suggest(entry.name, known_keys(shape)));
  return nullptr;
}

/// A null takes its key away: wanted in a patch and beside `<<`, else most likely a forgotten
/// value.
bool is_absent(Typing& typing, const yaml::Entry& entry, const Shape& shape, const Spot& spot) {
  if (entry.value.kind != Kind::null || typing.patch) return false;
  if (shape.field && shape.field->type == Type::name_or_null) return false;
  if (!entry.value.deletes)
    typing.report("HA029", spot.name() + " has no value", entry.value.where,
                  "give it a value, or remove the key");
  return true;
}

bool holds_variants(const Shape& shape) {
  return shape.field && shape.field->path == "components.*.variants";
}

void check_required(Typing& typing, const yaml::Node& node, const Shape& shape, const Spot& spot) {
  if (typing.patch) return;
  for (const auto& [key, child] : shape.keys)
    if (child->field && child->field->required && !node.find(key))
      typing.report("HA004", "\"" + key + "\" is missing in " + spot.name(),
                    spot.key.line ? spot.key : node.where, "add \"" + key + "\"");
}

Value typed_map(Typing& typing, const yaml::Node& node, const Shape& shape, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::map);
  for (const yaml::Entry& entry : node.entries) {
    if (is_extension(entry.name) && !shape.find(entry.name)) continue;
    const Shape* child = entry_shape(typing, entry, shape, spot);
    if (!child) continue;
    const Spot below = spot.under(entry);
    if (is_absent(typing, entry, *child, below)) continue;
    // Every scenario is a patch of spec, every variant one of its component: what they delete or leave out is no mistake.
    const bool was_patch = typing.patch;
    typing.patch = was_patch || spot.path == "spec.scenarios" || holds_variants(shape);
    value.fields.emplace_back(entry.name, typed(typing, entry.value, *child, below));
    typing.patch = was_patch;
  }
  check_required(typing, node, shape, spot);
  return value;
}

/// A map, or the bare word that stands for one of its keys.
Value typed_shorthand(Typing& typing, const yaml::Node& node, const Shape& shape,
                      const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::map);
  const std::string& key = shape.field->shorthand;
  value.fields.emplace_back(
      key, typed(typing, node, *shape.find(key), {spot.path + "." + key, spot.key, key}));
  return value;
}

Value typed_list(Typing& typing, const yaml::Node& node, const Shape& shape, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::list);
  for (std::size_t i = 0; i < node.items.size(); ++i)
    value.items.push_back(
        typed(typing, node.items[i], *shape.item, spot.item(i, node.items[i].where)));
  return value;
}

/// A text or a list of texts, read as a list; likewise a list of words.
Value typed_names(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::list);
  Field one = field;
  one.type = field.type == Type::names ? Type::text : Type::word;
  if (node.kind == Kind::scalar && field.type == Type::names)
    value.items.push_back(typed_scalar(typing, node, one, spot));
  else if (node.kind == Kind::list)
    for (std::size_t i = 0; i < node.items.size(); ++i)
      value.items.push_back(
          typed_scalar(typing, node.items[i], one, spot.item(i, node.items[i].where)));
  else
    report_wrong_type(typing, node, field.type, spot);
  return value;
}

/// A duration for both, or {mean, worst}.
Value typed_times(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::map);
  Field time = field;
  time.type = Type::duration;
  const bool both = node.kind == Kind::map && (node.find("mean") || node.find("worst"));
  if (!both) {
    Value one = typed_scalar(typing, node, time, spot);
    for (const char* key : {"mean", "worst"}) {
      one.path = spot.path + "." + key;
      value.fields.emplace_back(key, one);
    }
    return value;
  }
  for (const yaml::Entry& entry : node.entries) {
    if (is_extension(entry.name)) continue;
    if (entry.name != "mean" && entry.name != "worst")
      typing.report("HA001", "unknown key \"" + entry.name + "\" in " + spot.name(), entry.where,
                    typing.suggest(entry.name, {"mean", "worst"}));
    else
      value.fields.emplace_back(entry.name,
                                typed_scalar(typing, entry.value, time, spot.under(entry)));
  }
  return value;
}

Value typed_need(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Field count = field;
  count.type = Type::integer;
  if (node.kind != Kind::map || node.find("value") || node.find("param"))
    return typed_scalar(typing, node, count, spot);
  Value value = placed(node, spot, Value::Kind::map);
  for (const yaml::Entry& entry : node.entries)
    if (!is_extension(entry.name))
      value.fields.emplace_back(entry.name,
                                typed_scalar(typing, entry.value, count, spot.under(entry)));
  return value;
}

}  // namespace

Value typed(Typing& typing, const yaml::Node& node, const Shape& shape, const Spot& spot) {
  // The document itself, and every patch, have no row of their own below the root.
  const Field* field = shape.field;
  if (field && !is_evaluated(*field)) {
    report_stage(typing, spot.name(), spot.key.line ? spot.key : node.where);
    return placed(node, spot, Value::Kind::null);
  }
  if (node.kind == Kind::null && typing.patch) return placed(node, spot, Value::Kind::null);
  const Type type = field ? field->type : Type::map;
  switch (type) {
    case Type::map:
    case Type::named:
    case Type::open:
      if (node.kind == Kind::map) return typed_map(typing, node, shape, spot);
      if (node.kind == Kind::scalar && field && !field->shorthand.empty())
        return typed_shorthand(typing, node, shape, spot);
      break;
    case Type::list:
      if (node.kind == Kind::list) return typed_list(typing, node, shape, spot);
      break;
    case Type::names:
    case Type::words: return typed_names(typing, node, *field, spot);
    case Type::times: return typed_times(typing, node, *field, spot);
    case Type::need: return typed_need(typing, node, *field, spot);
    case Type::requirement: return typed_requirement(typing, node, spot);
    default: return typed_scalar(typing, node, *field, spot);
  }
  report_wrong_type(typing, node, type, spot);
  return placed(node, spot, Value::Kind::null);
}

void Typing::report(const char* code, std::string message, SourceRef where, std::string suggestion,
                    std::vector<std::string> notes) {
  if (!seen_.emplace(code, where.file, where.line, where.column, message).second) return;
  diagnostics.push_back({Severity::error, code, std::move(message), std::move(where),
                         std::move(suggestion), std::move(notes)});
}

std::string Typing::suggest(const std::string& word,
                            const std::vector<std::string>& candidates) const {
  constexpr std::size_t kEnough = 500;
  return diagnostics.size() < kEnough ? suggest_word(word, candidates) : "mend the others first";
}

std::string Spot::name() const {
  if (path.empty()) return "the document";
  if (path.back() != ']') return "\"" + key_name + "\"";
  const std::size_t open = path.rfind('[');
  return "item " + std::to_string(std::stoul(path.substr(open + 1)) + 1) + " of \"" + key_name +
         "\"";
}

Spot Spot::under(const yaml::Entry& entry) const {
  return {path.empty() ? entry.name : path + "." + entry.name, entry.where, entry.name};
}

Spot Spot::item(std::size_t index, const SourceRef& where) const {
  return {path + "[" + std::to_string(index) + "]", where, key_name};
}

Value placed(const yaml::Node& node, const Spot& spot, Value::Kind kind) {
  Value value;
  value.kind = kind;
  value.path = spot.path;
  value.where = node.where;
  value.key = spot.key;
  value.text = node.text;
  return value;
}

std::string described(Type type) {
  switch (type) {
    case Type::list:
    case Type::words:
    case Type::requirement: return "a list";
    case Type::text: return "a text";
    case Type::name: return "a name";
    case Type::name_or_null: return "a text or null";
    case Type::names: return "a name or a list of names";
    case Type::port: return "a port";
    case Type::word: return "a word";
    case Type::boolean: return "true or false";
    case Type::integer: return "an integer";
    case Type::need: return "an integer, or a map from level to integer";
    case Type::number: return "a number";
    case Type::duration: return "a duration";
    case Type::times: return "a duration, or a map with mean and worst";
    case Type::rate: return "a rate";
    case Type::probability: return "a probability";
    case Type::downtime: return "a downtime";
    case Type::quantity: return "a quantity";
    case Type::parameter: return "a number";
    default: return "a map";
  }
}

std::string described(const yaml::Node& node) {
  switch (node.kind) {
    case Kind::null: return "nothing";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
    default: return node.quoted ? "a text in quotes" : "\"" + node.text.substr(0, 40) + "\"";
  }
}

std::string example(Type type) {
  switch (type) {
    case Type::list:
    case Type::words:
    case Type::requirement: return "as [a, b]";
    case Type::text:
    case Type::name:
    case Type::name_or_null:
    case Type::word: return "one word";
    case Type::names: return "as worker-1 or [zone-a, zone-b]";
    case Type::port: return "as 8080 or http";
    case Type::boolean: return "true or false";
    case Type::integer: return "as 3";
    case Type::need: return "as 2 or {peak: 3, typical: 2}";
    case Type::number: return "as 1.5";
    case Type::duration: return "as 1h30m, 500ms or 11.1d";
    case Type::times: return "as 50s or {mean: 47s, worst: 55s}";
    case Type::rate: return "as 300/s, 2/year or 1 per 90d";
    case Type::probability: return "as 99.99% or 0.9999";
    case Type::downtime: return "as 4m19s per 30d";
    case Type::quantity: return "as 500m, 1Gi or 8";
    case Type::parameter: return "as 90d, 2/year, 5%, 500m or 3";
    default: return "as {key: value}, or keys on lines of their own, indented";
  }
}

void report_wrong_type(Typing& typing, const yaml::Node& node, Type wanted, const Spot& spot) {
  typing.report("HA002", spot.name() + " must be " + described(wanted) + ", not " + described(node),
                node.where, example(wanted));
}

void report_stage(Typing& typing, const std::string& what, const SourceRef& where) {
  typing.report("HA030", what + " is not supported yet", where,
                "remove it: this version does not evaluate it");
}

bool is_label(const std::string& name) {
  const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > 63 || !inner(name.front()) || !inner(name.back())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return inner(c) || c == '-'; });
}

bool holds_number(Type type) {
  switch (type) {
    case Type::integer:
    case Type::number:
    case Type::duration:
    case Type::rate:
    case Type::probability:
    case Type::downtime:
    case Type::quantity: return true;
    default: return false;
  }
}

}  // namespace haplan::planner
