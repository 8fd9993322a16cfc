#include <algorithm>

#include "planner/spec/scalar.hpp"
#include "planner/spec/typing.hpp"

namespace haplan::planner {

namespace {

using Kind = yaml::Node::Kind;

constexpr std::size_t kMostChoices = 10'000;

void report_range(Typing& typing, const yaml::Node& node, std::string message,
                  std::string suggestion =
                      "as 1..4, 20..30s, {min: 1s, max: 2s, step: 100ms} or {oneOf: [1, 2, 4]}") {
  typing.report("HA024", std::move(message), node.where, std::move(suggestion));
}

/// Ends and step of a range in one unit.
struct Ends {
  Term low;
  Term high;
  Decimal step;
};

/// Adds every candidate from low to high.
void add_choices(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot,
                 const Ends& ends, Value& range) {
  if (ends.low.number.compare(ends.high.number) > 0)
    return report_range(typing, node, "the range ends before it begins",
                        "write the smaller value first");
  if (ends.step.is_zero()) return report_range(typing, node, "the step is zero");
  yaml::Node candidate = node;
  candidate.kind = Kind::scalar;
  candidate.quoted = false;
  candidate.entries.clear();
  const std::size_t before = typing.diagnostics.size();
  for (Decimal at = ends.low.number; at.compare(ends.high.number) <= 0; at = at.plus(ends.step)) {
    if (range.choices.size() >= kMostChoices)
      return report_range(typing, node,
                          "the range has more than " + std::to_string(kMostChoices) + " values",
                          "use {min, max, step} with a larger step");
    candidate.text = at.text() + ends.low.unit;
    range.choices.push_back(typed_number(typing, candidate, field, spot));
    if (typing.diagnostics.size() != before) return;
  }
}

/// "a..b", the unit once or twice.
void read_text(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot,
               Value& range) {
  const std::size_t dots = node.text.find("..");
  auto low = term(node.text.substr(0, dots));
  const auto high = term(node.text.substr(dots + 2));
  const bool three_dots = node.text.size() > dots + 2 && node.text[dots + 2] == '.';
  if (!low || !high || three_dots)
    return report_range(typing, node, "\"" + node.text + "\" is not a range", "as 1..4 or 20..30s");
  if (low->unit.empty()) low->unit = high->unit;
  if (low->unit != high->unit)
    return report_range(typing, node, "the ends of the range have different units",
                        "write both in the same unit");
  if (field.type == Type::duration && high->unit.empty())
    return report_range(typing, node, "the range has no unit",
                        "did you mean \"" + node.text + "s\"?");
  add_choices(typing, node, field, spot, {*low, *high, *Decimal::parse("1")}, range);
}

/// The term under a key of a range map, or nothing after a diagnostic.
std::optional<Term> term_under(Typing& typing, const yaml::Node& node, const std::string& key) {
  const yaml::Node* value = node.find(key);
  if (!value) {
    report_range(typing, node, "the range has no \"" + key + "\"",
                 "{min, max, step} or {oneOf: [...]}");
    return std::nullopt;
  }
  const auto read = value->kind == Kind::scalar ? term(value->text) : std::nullopt;
  if (!read)
    report_range(typing, *value, "\"" + key + "\" of a range must be one number with its unit");
  return read;
}

void read_steps(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot,
                Value& range) {
  const auto low = term_under(typing, node, "min");
  const auto high = term_under(typing, node, "max");
  auto step = node.find("step") ? term_under(typing, node, "step") : Term{*Decimal::parse("1"), {}};
  if (!low || !high || !step) return;
  if (step->unit.empty()) step->unit = low->unit;
  if (low->unit == high->unit && low->unit == step->unit)
    return add_choices(typing, node, field, spot, {*low, *high, step->number}, range);
  // Different units of time: count in nanoseconds, which every unit is a multiple of.
  const auto nanoseconds = [](const Term& one) -> std::optional<Term> {
    const auto read = duration(one.number.text() + one.unit);
    const auto unit = duration("1" + one.unit);
    if (!read || !unit) return std::nullopt;
    const auto scale = quotient(unit->exact, {1, 1'000'000'000});
    return Term{one.number.times(static_cast<std::uint64_t>(scale->num)), "ns"};
  };
  const auto a = nanoseconds(*low);
  const auto b = nanoseconds(*high);
  const auto c = nanoseconds(*step);
  if (field.type != Type::duration || !a || !b || !c)
    return report_range(typing, node, "min, max and step have different units",
                        "write all in the same unit");
  add_choices(typing, node, field, spot, {*a, *b, c->number}, range);
}

void read_list(Typing& typing, const yaml::Node& list, const Field& field, const Spot& spot,
               Value& range) {
  if (list.kind != Kind::list || list.items.empty())
    return report_range(typing, list, "\"oneOf\" must be a list of values");
  if (list.items.size() > kMostChoices)
    return report_range(typing, list,
                        "the range has more than " + std::to_string(kMostChoices) + " values");
  for (std::size_t i = 0; i < list.items.size(); ++i)
    range.choices.push_back(
        typed_number(typing, list.items[i], field, spot.item(i, list.items[i].where)));
}

/// Keys of a range map: as text for messages, and none unknown.
void read_map(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot,
              Value& range) {
  for (const yaml::Entry& entry : node.entries) {
    if (entry.name.rfind("x-", 0) == 0) continue;
    if (entry.name != "min" && entry.name != "max" && entry.name != "step" && entry.name != "oneOf")
      typing.report("HA001", "unknown key \"" + entry.name + "\" in a range", entry.where,
                    typing.suggest(entry.name, {"min", "max", "step", "oneOf"}));
    if (entry.value.kind == Kind::scalar)
      range.text += (range.text.empty() ? "" : ", ") + entry.name + ": " + entry.value.text;
  }
  const yaml::Node* list = node.find("oneOf");
  if (list && (node.find("min") || node.find("max") || node.find("step")))
    return report_range(typing, node, "a range has either oneOf or min, max, step");
  if (!list) return read_steps(typing, node, field, spot, range);
  read_list(typing, *list, field, spot, range);
  for (const Value& choice : range.choices)
    range.text += (range.text.empty() ? "" : ", ") + choice.text;
}

}  // namespace

bool is_range_text(const yaml::Node& node) {
  return node.kind == Kind::scalar && node.text.find("..") != std::string::npos;
}

bool is_range_map(const yaml::Node& node) {
  if (node.kind != Kind::map) return false;
  for (const char* key : {"min", "max", "step", "oneOf"})
    if (node.find(key)) return true;
  return false;
}

Value typed_range(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot) {
  Value range = placed(node, spot, Value::Kind::range);
  const std::size_t before = typing.diagnostics.size();
  if (node.kind == Kind::scalar)
    read_text(typing, node, field, spot, range);
  else
    read_map(typing, node, field, spot, range);
  if (typing.diagnostics.size() != before) return range;
  auto& all = range.choices;
  std::sort(all.begin(), all.end(),
            [](const Value& a, const Value& b) { return a.value < b.value; });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const Value& a, const Value& b) { return a.value == b.value; }),
            all.end());
  if (all.size() == 1) {
    Value only = all.front();
    only.path = spot.path;
    return only;
  }
  return range;
}

}  // namespace haplan::planner
