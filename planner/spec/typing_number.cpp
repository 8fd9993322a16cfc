#include <algorithm>
#include <array>

#include "planner/spec/typing.hpp"

/// Number objects: {value, low, high, dist, level, source} and {param: NAME}.
namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;
using Law = Uncertainty::Law;

constexpr std::array<const char*, 4> kOfUncertainty = {"low", "high", "dist", "level"};

/// The entry that holds something: in a patch, null takes a key away.
const yaml::Entry* entry_of(const yaml::Node& node, const std::string& key) {
  for (const yaml::Entry& entry : node.entries)
    if (entry.name == key && entry.value.kind != Kind::null) return &entry;
  return nullptr;
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

/// The law and the level; nothing after a diagnostic.
std::optional<Uncertainty> typed_law(Typing& typing, const yaml::Node& node, const Spot& spot) {
  Uncertainty law;
  const std::size_t before = typing.diagnostics.size();
  if (const yaml::Entry* dist = entry_of(node, "dist")) {
    Field word;
    word.type = Type::word;
    word.words = "lognormal uniform triangular";
    const Value name = typed_scalar(typing, dist->value, word, spot.under(*dist));
    law.law = name.text == "uniform"      ? Law::uniform
              : name.text == "triangular" ? Law::triangular
                                          : Law::lognormal;
  }
  law.level = law.law == Law::lognormal ? 0.9 : 1.0;
  if (const yaml::Entry* level = entry_of(node, "level")) {
    Field share;
    share.type = Type::probability;
    const Value value = typed_number(typing, level->value, share, spot.under(*level));
    if (typing.diagnostics.size() != before) return std::nullopt;
    const bool open = law.law == Law::lognormal;
    if (value.value <= 0.0 || (open && value.value >= 1.0))
      typing.report("HA038",
                    open ? "\"level\" must lie between 0% and 100%, without these"
                         : "\"level\" must be more than 0%",
                    level->value.where,
                    open ? "as 90%, the default" : "as 100%, the default of this law");
    law.level = value.value;
  }
  if (typing.diagnostics.size() != before) return std::nullopt;
  return law;
}

/// What is wrong with three numbers of one unit; reports it and returns false.
bool check_order(Typing& typing, const Value& low, const Value& value, const Value& high,
                 const Uncertainty& law) {
  const std::size_t before = typing.diagnostics.size();
  const auto wrong = [&](const char* message, const Value& where, const char* suggestion) {
    typing.report("HA038", message, where.where, suggestion);
  };
  const double beyond = (1.0 - law.level) / 2.0 / law.level * (high.value - low.value);
  if (low.value > high.value)
    wrong("\"low\" is above \"high\"", low, "exchange them");
  else if (low.value > value.value)
    wrong("\"low\" is above \"value\"", low, "low <= value <= high");
  else if (value.value > high.value)
    wrong("\"high\" is below \"value\"", high, "low <= value <= high");
  else if (low.value >= high.value)
    wrong("\"low\" and \"high\" are equal", high,
          "remove both: the number is certain, or widen the interval");
  else if (law.law == Law::lognormal && low.value <= 0.0)
    wrong("a lognormal number is never 0", low, "give a positive low, or dist: uniform");
  else if (law.law == Law::uniform && low.value < beyond)
    wrong("at this level the law reaches below 0", low, "raise low or level, or use lognormal");
  else if (law.law == Law::uniform && high.kind == Value::Kind::probability &&
           high.complement < beyond)
    wrong("at this level the law reaches beyond 100%", high, "lower high, or raise level");
  else if (law.law == Law::lognormal && high.kind == Value::Kind::probability &&
           high.complement <= 0.0 && value.value > value.complement)
    wrong("a lognormal probability is never 100%", high,
          "give a high below 100%, or dist: uniform");
  return typing.diagnostics.size() == before;
}

bool is_uncertain(const yaml::Node& node) {
  return std::any_of(kOfUncertainty.begin(), kOfUncertainty.end(),
                     [&](const char* key) { return entry_of(node, key) != nullptr; });
}

/// Both ends, or neither with a diagnostic.
bool has_ends(Typing& typing, const yaml::Node& node) {
  const yaml::Entry* low = entry_of(node, "low");
  const yaml::Entry* high = entry_of(node, "high");
  if (low && high) return true;
  const yaml::Entry* given = low ? low : high;
  for (const char* key : {"dist", "level"})
    if (!given) given = entry_of(node, key);
  const char* missing = low ? "high" : "low";
  typing.report("HA038",
                "\"" + given->name + "\" is given without \"" + std::string(missing) + "\"",
                given->where, "an uncertain number has low and high beside its value");
  return false;
}

void report_certain(Typing& typing, const Field& field, const Spot& spot, const SourceRef& where) {
  std::string why = "is chosen or counted, not estimated";
  if (field.decision) why = "is a setting that the plan chooses";
  if (field.path.rfind("objectives.", 0) == 0) why = "is a target";
  typing.report("HA039", spot.name() + " cannot be uncertain: it " + why, where,
                "give one value; rates, durations, probabilities and users that describe the "
                "system may be uncertain");
}

/// The uncertainty that a number object (or a parameter's) states for `value`.
std::optional<Uncertainty> typed_uncertainty(Typing& typing, const yaml::Node& node,
                                             const Value& value, const Field& field,
                                             const Spot& spot) {
  const std::size_t before = typing.diagnostics.size();
  if (!has_ends(typing, node)) return std::nullopt;
  auto law = typed_law(typing, node, spot);
  const yaml::Entry& low = *entry_of(node, "low");
  const yaml::Entry& high = *entry_of(node, "high");
  const Value least = typed_number(typing, low.value, field, spot.under(low));
  const Value most = typed_number(typing, high.value, field, spot.under(high));
  if (!law || typing.diagnostics.size() != before || value.kind == Value::Kind::null)
    return std::nullopt;
  if (!check_order(typing, least, value, most, *law)) return std::nullopt;
  law->low = least.value;
  law->low_complement = least.complement;
  law->high = most.value;
  law->high_complement = most.complement;
  law->name = spot.path;
  return law;
}

/// A number that is only defined here: what its unit is shows where it is used, but all of it has
/// the same one.
void check_parameter(Typing& typing, const yaml::Node& node, const Spot& spot) {
  if (!has_ends(typing, node)) return;
  const yaml::Entry* value = entry_of(node, "value");
  const yaml::Entry& low = *entry_of(node, "low");
  const yaml::Entry& high = *entry_of(node, "high");
  if (!value) return;
  for (const yaml::Entry* one : {value, &low, &high})
    if (one->value.kind != Kind::scalar) {
      report_wrong_type(typing, one->value, Type::parameter, spot.under(*one));
      return;
    }
  for (const Type type : {Type::number, Type::duration, Type::rate, Type::probability}) {
    Field field;
    field.type = type;
    Typing silent;
    const auto read = [&](const yaml::Entry& entry) {
      return typed_number(silent, entry.value, field, spot.under(entry));
    };
    const Value middle = read(*value);
    for (const yaml::Entry* one : {&low, &high}) read(*one);
    if (!silent.diagnostics.empty()) continue;
    typed_uncertainty(typing, node, middle, field, spot);
    return;
  }
  typing.report("HA038", "value, low and high of " + spot.name() + " are no numbers of one kind",
                node.where, "write all three as durations, rates, probabilities or numbers");
}

/// What a parameter says of its number, typed where it is used; its own mistakes are reported where
/// it is defined.
std::optional<Uncertainty> parameter_uncertainty(Typing& typing, const yaml::Node& given,
                                                 const Value& value, const Field& field,
                                                 const Spot& spot, const std::string& name) {
  if (!is_uncertain(given)) return std::nullopt;
  if (!may_be_uncertain(field)) {
    report_certain(typing, field, spot, spot.key);
    return std::nullopt;
  }
  Typing silent;
  auto found = typed_uncertainty(silent, given, value, field, spot);
  if (found) found->name = "spec.parameters." + name;
  return found;
}

}  // namespace

bool is_number_object(const yaml::Node& node) {
  if (node.kind != Kind::map) return false;
  for (const char* key : {"value", "param", "low", "high", "dist", "level", "source"})
    if (node.find(key)) return true;
  return false;
}

bool may_be_uncertain(const Field& field) {
  if (field.decision) return false;
  for (const char* above : {"objectives.", "prices.", "plan."})
    if (field.path.rfind(above, 0) == 0) return false;
  // Shares of time add up to one, so that none of them can move alone.
  if (field.path == "workload.levels.*.share") return false;
  return field.type == Type::number || field.type == Type::duration || field.type == Type::rate ||
         field.type == Type::probability;
}

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
  typing.used_parameters.insert(name.text);
  const yaml::Node* given = found->second;
  const yaml::Node* object = given->kind == Kind::map ? given : nullptr;
  std::string provenance;
  if (object) {
    if (const yaml::Node* source = object->find("source"))
      if (const yaml::Node* kind = source->find("kind")) provenance = kind->text;
    given = object->find("value");
  }
  // What is wrong with the parameter itself is reported where it is defined.
  if (!given || given->kind != Kind::scalar) return placed(node, spot, Value::Kind::null);
  yaml::Node copy = *given;
  copy.where = node.where;
  Value value = typed_number(typing, copy, field, spot);
  value.provenance = provenance;
  if (object && value.kind != Value::Kind::null)
    value.uncertainty = parameter_uncertainty(typing, *object, value, field, spot, name.text);
  return value;
}

Value typed_number_object(Typing& typing, const yaml::Node& node, const Field& field,
                          const Spot& spot) {
  Value value = placed(node, spot, Value::Kind::null);
  std::string provenance;
  bool refers = false;
  const bool parameter = field.type == Type::parameter;
  for (const yaml::Entry& entry : node.entries) {
    const std::string& key = entry.name;
    const bool uncertain =
        std::find(kOfUncertainty.begin(), kOfUncertainty.end(), key) != kOfUncertainty.end();
    if (key == "value") {
      value = parameter ? typed_scalar(typing, entry.value, field, spot)
                        : typed_number(typing, entry.value, field, spot);
    } else if (key == "source") {
      provenance = source_kind(typing, entry.value, spot.under(entry));
    } else if (key == "param" && parameter) {
      refers = true;
      typing.report("HA035", "a parameter does not refer to another one", entry.where,
                    "write the number itself");
    } else if (!uncertain && key.rfind("x-", 0) != 0) {
      typing.report("HA001", "unknown key \"" + key + "\" in a number", entry.where,
                    typing.suggest(key, {"value", "low", "high", "dist", "level", "source"}));
    }
  }
  if (!node.find("value") && !refers)
    typing.report("HA035", "a number object needs \"value\"", node.where, "add \"value\"");
  if (is_uncertain(node)) {
    if (parameter)
      check_parameter(typing, node, spot);
    else if (may_be_uncertain(field))
      value.uncertainty = typed_uncertainty(typing, node, value, field, spot);
    else
      report_certain(typing, field, spot, spot.key.line ? spot.key : node.where);
  }
  value.provenance = provenance;
  return value;
}

}  // namespace haplan::planner
