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
