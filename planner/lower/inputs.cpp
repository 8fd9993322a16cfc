#include "planner/lower/inputs.hpp"

#include <array>
#include <map>

#include "planner/lower/context.hpp"
#include "planner/lower/uses.hpp"

namespace haplan::planner {

namespace lowering {

namespace {

constexpr std::array<const char*, 5> kWithoutInputs = {"objectives", "parameters", "scenarios",
                                                       "plan", "output"};

void collect(Value& value, std::vector<Value*>& above, std::vector<Use>& uses) {
  if (value.uncertainty) {
    uses.push_back({&value, above});
    return;
  }
  above.push_back(&value);
  for (auto& [name, below] : value.fields) collect(below, above, uses);
  for (Value& item : value.items) collect(item, above, uses);
  above.pop_back();
}

}  // namespace

std::vector<Use> uncertain_uses(Value& document) {
  std::vector<Use> uses;
  for (auto& [name, spec] : document.fields) {
    if (name != "spec") continue;
    for (auto& [part, value] : spec.fields) {
      bool skipped = false;
      for (const char* without : kWithoutInputs) skipped = skipped || part == without;
      std::vector<Value*> above{&spec};
      if (!skipped) collect(value, above, uses);
    }
  }
  std::map<std::string, std::size_t> known;
  for (Use& use : uses)
    use.input = known.emplace(use.value->uncertainty->name, known.size()).first->second;
  return uses;
}

}  // namespace lowering

namespace {

UncertainInput first_use(const Value& value) {
  const Uncertainty& known = *value.uncertainty;
  UncertainInput input;
  constexpr std::size_t kPrefix = 5;  // of "spec."
  input.name = known.name.substr(kPrefix);
  input.kind = value.kind;
  input.law = known.law;
  input.level = known.level;
  input.source = value.provenance;
  input.complemented = value.kind == Value::Kind::probability && value.complement < value.value;
  input.nominal = input.complemented ? value.complement : value.value;
  input.low = input.complemented ? known.high_complement : known.low;
  input.high = input.complemented ? known.low_complement : known.high;
  return input;
}

}  // namespace

std::vector<UncertainInput> uncertain_inputs(const Value& document) {
  std::vector<UncertainInput> inputs;
  Value tree = document;  // the walk is shared with what writes into a tree
  for (const lowering::Use& use : lowering::uncertain_uses(tree)) {
    if (use.input == inputs.size()) inputs.push_back(first_use(*use.value));
    inputs[use.input].uses.push_back(lowering::path_under_spec(*use.value));
  }
  return inputs;
}

}  // namespace haplan::planner
