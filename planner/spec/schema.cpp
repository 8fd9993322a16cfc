#include "planner/spec/schema.hpp"

#include <sstream>

#include "planner/spec/fields.hpp"
#include "planner/spec/json_text.hpp"

namespace haplan::planner {

namespace {

const std::string kNumber = "([0-9]+(\\.[0-9]*)?|\\.[0-9]+)";
const std::string kLabel = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

Json type(const char* name) { return Json::object().put("type", Json::text(name)); }

Json matching(const std::string& pattern) {
  return type("string").put("pattern", Json::text(pattern));
}

Json reference(const std::string& name) {
  return Json::object().put("$ref", Json::text("#/definitions/" + name));
}

Json any_of(std::vector<Json> choices) {
  return Json::object().put("anyOf", Json::list(std::move(choices)));
}

/// Keys of users' own, allowed in every map.
Json extensions() { return Json::object().put("^x-", Json::object()); }

Json closed_object(Json properties) {
  return type("object")
      .put("properties", std::move(properties))
      .put("patternProperties", extensions())
      .put("additionalProperties", Json::boolean(false));
}

/// Plain text: YAML may read it as a number or boolean, the reader takes it as written.
Json plain_text() {
  return Json::object().put(
      "type", Json::list({Json::text("string"), Json::text("number"), Json::text("boolean")}));
}

Json number_from(long minimum) { return type("number").put("minimum", Json::number(minimum)); }

/// Definitions of what a scalar may look like, by the name of its type.
void put_scalars(Json& definitions) {
  const std::string units = "(ns|us|ms|s|m|h|d|w|month|y)";
  const std::string time = "(" + kNumber + " *" + units + " *)+";
  definitions.put("integer", any_of({type("integer").put("minimum", Json::number(0)),
                                     matching("^0[xo][0-9a-fA-F]+$")}));
  definitions.put("number", any_of({number_from(0), matching("^[0-9.]+[eE][-+]?[0-9]+$")}));
  definitions.put("duration", any_of({type("integer").put("enum", Json::list({Json::number(0)})),
                                      matching("^(0| *" + time + ")$")}));
  definitions.put("rate",
                  matching("^ *" + kNumber + "([eE][-+]?[0-9]+)? *(/| per ) *[0-9a-zA-Z. ]+$"));
  definitions.put("probability", any_of({number_from(0).put("maximum", Json::number(1)),
                                         matching("^ *[0-9.]+([eE][-+]?[0-9]+)? *%?$")}));
  definitions.put("downtime", matching("^ *" + time + "(/| per ) *[0-9a-zA-Z. ]+$"));
  definitions.put(
      "quantity",
      any_of({number_from(0), matching("^[0-9.]+([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$")}));
}

Json source_object() {
  Json kinds =
      Json::list({Json::text("measured"), Json::text("vendor-sla"), Json::text("literature"),
                  Json::text("default"), Json::text("assumption")});
  return closed_object(Json::object()
                           .put("kind", Json::object().put("enum", std::move(kinds)))
                           .put("ref", plain_text())
                           .put("observed", plain_text()));
}

/// Adds what makes a number uncertain: both ends, and how it is spread between them.
void put_uncertainty(Json& object, const Json& number) {
  Json laws =
      Json::list({Json::text("lognormal"), Json::text("uniform"), Json::text("triangular")});
  object.put("low", number)
      .put("high", number)
      .put("dist", Json::object().put("enum", std::move(laws)))
      .put("level", reference("probability"));
}

/// None of the keys stands without the ends.
Json needs_ends() {
  const Json low = Json::list({Json::text("low")});
  const Json high = Json::list({Json::text("high")});
  const Json both = Json::list({Json::text("low"), Json::text("high")});
  return Json::object().put("low", high).put("high", low).put("dist", both).put("level", both);
}

/// For each numeric type: the scalar, {value, source} and {param}; as a decision also a range.
void put_numbers(Json& definitions) {
  definitions.put("source", source_object());
  definitions.put("param", type("object")
                               .put("properties", Json::object().put("param", plain_text()))
                               .put("required", Json::list({Json::text("param")}))
                               .put("additionalProperties", Json::boolean(false)));
  for (const char* name :
       {"integer", "number", "duration", "rate", "probability", "downtime", "quantity"}) {
    const std::string type_name = name;
    const bool countable =
        type_name == "integer" || type_name == "downtime" || type_name == "quantity";
    Json keys = Json::object().put("value", reference(name)).put("source", reference("source"));
    if (!countable) put_uncertainty(keys, reference(name));
    Json object = closed_object(std::move(keys));
    object.put("required", Json::list({Json::text("value")}));
    if (!countable) object.put("dependencies", needs_ends());
    definitions.put(std::string(name) + "Field",
                    any_of({reference(name), std::move(object), reference("param")}));
  }
  for (const char* name : {"integer", "duration"}) {
    Json steps = closed_object(
        Json::object().put("min", plain_text()).put("max", plain_text()).put("step", plain_text()));
    steps.put("required", Json::list({Json::text("min"), Json::text("max")}));
    Json list = type("array").put("items", reference(name)).put("minItems", Json::number(1));
    Json one_of = closed_object(Json::object().put("oneOf", std::move(list)));
    one_of.put("required", Json::list({Json::text("oneOf")}));
    const std::string term = " *" + kNumber + " *[a-z]* *";
    definitions.put(std::string(name) + "Decision",
                    any_of({reference(std::string(name) + "Field"),
                            matching("^" + term + "\\.\\." + term + "$"), std::move(steps),
                            std::move(one_of)}));
  }
}

std::vector<Json> enumerators(const std::string& words) {
  std::vector<Json> result;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    const std::size_t at = word.find('@');
    if (at == std::string::npos || std::stoi(word.substr(at + 1)) <= kStage)
      result.push_back(Json::text(word.substr(0, at)));
  }
  return result;
}

bool is_left_out(const Shape& shape) { return shape.field && !is_evaluated(*shape.field); }

Json schema_of(const Shape& shape, bool patch);

/// A property; in a patch, null takes it away.
Json property_of(const Shape& shape, bool patch) {
  Json schema = schema_of(shape, patch);
  return patch ? any_of({std::move(schema), type("null")}) : schema;
}

Json object_of(const Shape& shape, bool patch) {
  Json properties = Json::object();
  std::vector<Json> required;
  for (const auto& [key, child] : shape.keys) {
    if (is_left_out(*child)) continue;
    properties.put(key, property_of(*child, patch));
    if (child->field && child->field->required && !patch) required.push_back(Json::text(key));
  }
  Json result = closed_object(std::move(properties));
  if (!required.empty()) result.put("required", Json::list(std::move(required)));
  return result;
}

Json map_of(const Shape& shape, bool patch) {
  Json patterns = extensions();
  const bool named = shape.field->type == Type::named;
  patterns.put(named ? kLabel : "^(?!x-)", property_of(*shape.any, patch));
  return type("object")
      .put("patternProperties", std::move(patterns))
      .put("additionalProperties", Json::boolean(false));
}

Json times_of() {
  return any_of(
      {reference("durationField"), closed_object(Json::object()
                                                     .put("mean", reference("durationField"))
                                                     .put("worst", reference("durationField")))});
}

Json need_of() {
  Json levels = type("object").put("additionalProperties", reference("integerField"));
  return any_of({reference("integerField"), std::move(levels)});
}

Json parameter_of() {
  Json keys = Json::object().put("value", plain_text()).put("source", reference("source"));
  put_uncertainty(keys, plain_text());
  Json object = closed_object(std::move(keys));
  object.put("required", Json::list({Json::text("value")}));
  object.put("dependencies", needs_ends());
  return any_of({plain_text(), std::move(object)});
}

Json numeric_of(const Field& field, const std::string& name) {
  return reference(name + (field.decision ? "Decision" : "Field"));
}

Json list_of(Json items) { return type("array").put("items", std::move(items)); }

Json bare_schema(const Shape& shape, bool patch) {
  const Field& field = *shape.field;
  switch (field.type) {
    case Type::map:
      if (field.shorthand.empty()) return object_of(shape, patch);
      return any_of({schema_of(*shape.find(field.shorthand), patch), object_of(shape, patch)});
    case Type::named:
    case Type::open:
      // The whole of spec as a patch is a definition, used by every scenario.
      if (field.path == "scenarios")
        return type("object").put("additionalProperties",
                                  any_of({reference("patch"), type("null")}));
      if (field.path == "components.*.variants")
        return closed_object(Json::object())
            .put("patternProperties",
                 extensions().put(kLabel, patch ? any_of({reference("variant"), type("null")})
                                                : reference("variant")));
      return map_of(shape, patch);
    case Type::list: return list_of(schema_of(*shape.item, patch));
    case Type::names: return any_of({plain_text(), list_of(plain_text())});
    case Type::words:
      return list_of(Json::object().put("enum", Json::list(enumerators(field.words))));
    case Type::word: return Json::object().put("enum", Json::list(enumerators(field.words)));
    case Type::name: return matching(kLabel);
    case Type::name_or_null: return any_of({plain_text(), type("null")});
    case Type::boolean: return type("boolean");
    case Type::integer: return numeric_of(field, "integer");
    case Type::number: return numeric_of(field, "number");
    case Type::duration: return numeric_of(field, "duration");
    case Type::rate: return numeric_of(field, "rate");
    case Type::probability: return numeric_of(field, "probability");
    case Type::downtime: return numeric_of(field, "downtime");
    case Type::quantity: return numeric_of(field, "quantity");
    case Type::times: return times_of();
    case Type::need: return need_of();
    case Type::parameter: return parameter_of();
    case Type::requirement: return list_of(reference("requirement"));
    default: return plain_text();
  }
}

std::string description(const Field& field) {
  std::string result = field.doc;
  if (!field.fallback.empty()) result += "; default " + field.fallback;
  if (!field.applies.empty()) result += " (" + field.applies + ")";
  if (!is_evaluated(field)) result += "; not evaluated yet";
  return result;
}

Json schema_of(const Shape& shape, bool patch) {
  if (!shape.field) return object_of(shape, patch);
  if (patch) return bare_schema(shape, patch);  // described where the field itself stands
  Json schema = bare_schema(shape, patch);
  // In draft-07 nothing beside $ref counts, so what describes a reference wraps it.
  if (schema.has("$ref")) schema = Json::object().put("allOf", Json::list({std::move(schema)}));
  return schema.put_first("description", Json::text(description(*shape.field)));
}

/// A name, or a gate with exactly one kind.
Json requirement() {
  return any_of(
      {plain_text(), object_of(gate_shape(), false).put("minProperties", Json::number(1))});
}

}  // namespace

std::string json_schema() {
  Json definitions = Json::object();
  put_scalars(definitions);
  put_numbers(definitions);
  definitions.put("requirement", requirement());
  const Shape* component = document_shape().find("spec")->find("components")->any;
  const Shape& variant = *component->find("variants")->any;
  definitions.put(
      "variant",
      object_of(variant, true).put_first("description", Json::text(description(*variant.field))));
  definitions.put("patch", object_of(*document_shape().find("spec")->find("scenarios")->any, true));
  Json root = Json::object()
                  .put("$schema", Json::text("http://json-schema.org/draft-07/schema#"))
                  .put("title", Json::text("haplan system specification"));
  root.put("allOf", Json::list({object_of(document_shape(), false)}));
  root.put("definitions", std::move(definitions));
  return root.written() + "\n";
}

}  // namespace haplan::planner
