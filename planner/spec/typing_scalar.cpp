#include <algorithm>
#include <sstream>

#include "planner/spec/scalar.hpp"
#include "planner/spec/typing.hpp"

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

const char* code_of(Type type) {
  switch (type) {
    case Type::integer: return "HA019";
    case Type::duration: return "HA015";
    case Type::rate: return "HA016";
    case Type::probability: return "HA017";
    case Type::quantity: return "HA018";
    case Type::downtime: return "HA037";
    default: return "HA020";
  }
}

Value::Kind kind_of(Type type) {
  switch (type) {
    case Type::integer: return Value::Kind::integer;
    case Type::duration: return Value::Kind::duration;
    case Type::rate: return Value::Kind::rate;
    case Type::probability:
    case Type::downtime: return Value::Kind::probability;
    case Type::quantity: return Value::Kind::quantity;
    default: return Value::Kind::number;
  }
}

Reading<Measure> reading_of(Type type, const std::string& text) {
  switch (type) {
    case Type::integer: return integer(text);
    case Type::duration: return duration(text);
    case Type::rate: return rate(text);
    case Type::probability: return probability(text);
    case Type::downtime: return downtime(text);
    case Type::quantity: return quantity(text);
    default: return number(text);
  }
}

bool is_number_object(const yaml::Node& node) {
  if (node.kind != Kind::map) return false;
  for (const char* key : {"value", "param", "low", "high", "dist", "level", "source"})
    if (node.find(key)) return true;
  return false;
}

/// `{param: NAME}`: the parameter's own scalar, typed as this field; its mistakes are shown at the
/// use.
Value typed_parameter_use(Typing& typing, const yaml::Node& node, const Field& field,
                          const Spot& spot) {
  const yaml::Node& name = *node.find("param");
  if (node.entries.size() > 1 || name.kind != Kind::scalar) {
    typing.report("HA035", "{param: NAME} has no other keys, and NAME is a text", node.where,
                  "as {param: vm-reboot}");
    return placed(node, spot, Value::Kind::null);
  }
  const auto found = typing.parameters.find(name.text);
  if (found == typing.parameters.end()) {
    std::vector<std::string> known;
    for (const auto& [parameter, unused] : typing.parameters)
      if (known.size() < 100) known.push_back(parameter);
    typing.report("HA032", "unknown parameter \"" + name.text + "\"", name.where,
                  typing.suggest(name.text, known));
    return placed(node, spot, Value::Kind::null);
  }
  const yaml::Node* given = found->second;
  std::string provenance;
  if (given->kind == Kind::map) {
    if (const yaml::Node* source = given->find("source"))
      if (const yaml::Node* kind = source->find("kind")) provenance = kind->text;
    given = given->find("value");
  }
  // What is wrong with the parameter itself is reported where it is defined.
  if (!given || given->kind != Kind::scalar) return placed(node, spot, Value::Kind::null);
  yaml::Node copy = *given;
  copy.where = node.where;
  Value value = typed_number(typing, copy, field, spot);
  value.provenance = provenance;
  return value;
}

/// source: {kind, ref, observed}; returns the kind.
std::string source_kind(Typing& typing, const yaml::Node& node, const Spot& spot) {
  if (node.kind != Kind::map) {
    report_wrong_type(typing, node, Type::map, spot);
    return {};
  }
  std::string kind;
  for (const yaml::Entry& entry : node.entries) {
    if (entry.name.rfind("x-", 0) == 0) continue;
    Field field;
    field.type = entry.name == "kind" ? Type::word : Type::text;
    if (entry.name == "kind") field.words = "measured vendor-sla literature default assumption";
    if (entry.name != "kind" && entry.name != "ref" && entry.name != "observed") {
      typing.report("HA001", "unknown key \"" + entry.name + "\" in \"source\"", entry.where,
                    typing.suggest(entry.name, {"kind", "ref", "observed"}));
      continue;
    }
    const Value value = typed_scalar(typing, entry.value, field, spot.under(entry));
    if (entry.name == "kind") kind = value.text;
  }
  return kind;
}

/// {value, source}; low, high, dist and level are for a later stage.
Value typed_number_object(Typing& typing, const yaml::Node& node, const Field& field,
                          const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::null);
  std::string provenance;
  bool refers = false;
  for (const yaml::Entry& entry : node.entries) {
    const std::string& key = entry.name;
    if (key == "value") {
      if (field.type == Type::parameter)
        value = typed_scalar(typing, entry.value, field, spot);
      else
        value = typed_number(typing, entry.value, field, spot);
    } else if (key == "source") {
      provenance = source_kind(typing, entry.value, spot.under(entry));
    } else if (key == "low" || key == "high" || key == "dist" || key == "level") {
      report_stage(typing, "\"" + key + "\" of an uncertain number", entry.where);
    } else if (key == "param" && field.type == Type::parameter) {
      refers = true;
      typing.report("HA035", "a parameter does not refer to another one", entry.where,
                    "write the number itself");
    } else if (key.rfind("x-", 0) != 0) {
      typing.report("HA001", "unknown key \"" + key + "\" in a number", entry.where,
                    typing.suggest(key, {"value", "low", "high", "dist", "level", "source"}));
    }
  }
  if (!node.find("value") && !refers)
    typing.report("HA035", "a number object needs \"value\"", node.where, "add \"value\"");
  value.provenance = provenance;
  return value;
}

Value typed_word(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::text);
  std::vector<std::string> now;
  std::istringstream words(field.words);
  for (std::string word; words >> word;) {
    const std::size_t at = word.find('@');
    const bool later = at != std::string::npos && std::stoi(word.substr(at + 1)) > kStage;
    if (later && node.text == word.substr(0, at)) {
      report_stage(typing, "\"" + node.text + "\" in " + spot.name(), node.where);
      return value;
    }
    if (!later) now.push_back(word.substr(0, at));
  }
  if (std::find(now.begin(), now.end(), node.text) != now.end()) return value;
  std::string suggestion = typing.suggest(node.text, now);
  if (suggestion.empty()) suggestion = "did you mean \"" + now.front() + "\"?";
  const bool header = spot.path == "apiVersion" || spot.path == "kind";
  if (header)
    typing.report("HA031", spot.name() + " must be \"" + now.front() + "\", not " + described(node),
                  node.where, "did you mean \"" + now.front() + "\"?");
  else
    typing.report("HA022", "unknown " + spot.key_name + " " + described(node), node.where,
                  suggestion);
  return value;
}

Value typed_text(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::text);
  if (field.type == Type::name && !is_label(node.text))
    typing.report("HA023", "\"" + node.text + "\" is not a name", node.where,
                  "lower-case letters, digits and inner hyphens, at most 63");
  if (field.type == Type::port && !node.quoted)
    if (const auto measure = integer(node.text)) {
      value.kind = Value::Kind::integer;
      value.exact = measure->exact;
      value.value = measure->value;
    }
  return value;
}

Value typed_boolean(Typing& typing, const yaml::Node& node, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::boolean);
  const auto read = boolean(node.text);
  if (read && !node.quoted)
    value.boolean = *read;
  else if (read)
    report_wrong_type(typing, node, Type::boolean, spot);
  else
    typing.report("HA021", read.error().message, node.where,
                  read.error().suggestion.empty() ? "true or false" : read.error().suggestion);
  return value;
}

/// A parameter is typed where it is used; here it only has to be some number.
Value typed_parameter(Typing& typing, const yaml::Node& node, const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::text);
  for (const Type type :
       {Type::number, Type::duration, Type::rate, Type::probability, Type::quantity})
    if (reading_of(type, node.text)) return value;
  typing.report("HA020", "\"" + node.text + "\" is no number", node.where,
                example(Type::parameter));
  return value;
}

}  // namespace

Value typed_number(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  const bool plain = field.type == Type::integer || field.type == Type::number;
  if (node.kind != Kind::scalar) {
    report_wrong_type(typing, node, field.type, spot);
    return placed(node, spot, Value::Kind::null);
  }
  if (plain && node.quoted) {
    const auto inner = reading_of(field.type, node.text);
    typing.report("HA002",
                  spot.name() + " must be " + described(field.type) + ", not a text in quotes",
                  node.where, inner ? "did you mean " + node.text + "?" : example(field.type));
    return placed(node, spot, Value::Kind::null);
  }
  if (is_range_text(node)) {
    typing.report("HA025", spot.name() + " is no decision: a range cannot stand here", node.where,
                  "give one value");
    return placed(node, spot, Value::Kind::null);
  }
  const auto read = reading_of(field.type, node.text);
  if (!read) {
    const std::string& suggestion = read.error().suggestion;
    typing.report(code_of(field.type), read.error().message, node.where,
                  suggestion.empty() ? example(field.type) : suggestion);
    return placed(node, spot, Value::Kind::null);
  }
  Value value = placed(node, spot, kind_of(field.type));
  value.exact = read->exact;
  value.value = read->value;
  value.complement = read->complement;
  return value;
}

Value typed_scalar(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  const bool numeric = holds_number(field.type) || field.type == Type::parameter;
  if (node.kind == Kind::null && (typing.patch || field.type == Type::name_or_null))
    return placed(node, spot, Value::Kind::null);
  if (field.decision && (is_range_map(node) || is_range_text(node)))
    return typed_range(typing, node, field, spot);
  if (numeric && is_number_object(node)) {
    const bool use = node.find("param") && field.type != Type::parameter;
    return use ? typed_parameter_use(typing, node, field, spot)
               : typed_number_object(typing, node, field, spot);
  }
  if (numeric && is_range_map(node)) {
    typing.report("HA025", spot.name() + " is no decision: a range cannot stand here", node.where,
                  "give one value");
    return placed(node, spot, Value::Kind::null);
  }
  if (holds_number(field.type)) return typed_number(typing, node, field, spot);
  if (node.kind != Kind::scalar) {
    report_wrong_type(typing, node, field.type, spot);
    return placed(node, spot, Value::Kind::null);
  }
  if (field.type == Type::parameter) return typed_parameter(typing, node, spot);
  if (field.type == Type::boolean) return typed_boolean(typing, node, spot);
  if (field.type == Type::word) return typed_word(typing, node, field, spot);
  return typed_text(typing, node, field, spot);
}

}  // namespace haplan::planner
