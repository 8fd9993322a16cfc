#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

model::External external_numbers(const Value& component) {
  const Value* availability = field(&component, "availability");
  const Value* mtbf = field(&component, "mtbf");
  const Value* repair = field(&component, "repair");
  model::External external;
  if (repair) external.repair = repair->value;
  if (mtbf && repair && mtbf->value > 0.0) {
    external.rate = 1.0 / mtbf->value;
    external.unavailability = repair->value / (mtbf->value + repair->value);
  } else if (availability) {
    external.unavailability = availability->complement;
    external.repair_is_default = repair == nullptr;
    if (availability->value > 0.0 && external.repair > 0.0)
      // u = rate repair / (1 + rate repair), so rate = u / (a repair).
      external.rate = availability->complement / (availability->value * external.repair);
  }
  return external;
}

void lower_external(Context& context, model::ComponentId id) {
  const Value& value = *context.component_values[id];
  const Value* availability = field(&value, "availability");
  const Value* mtbf = field(&value, "mtbf");
  const Value* repair = field(&value, "repair");
  if (availability && mtbf)
    report(context, "HA072", "\"availability\" and \"mtbf\" exclude each other", mtbf->key,
           "availability, or mtbf and repair");
  else if (!availability && !mtbf)
    report(context, "HA004",
           "external \"" + context.system().components[id].name +
               "\" has neither \"availability\" nor \"mtbf\" and \"repair\"",
           value.key, "add \"availability\"");
  else if (mtbf && !repair)
    report(context, "HA004", "\"mtbf\" is given without \"repair\"", mtbf->key,
           "add \"repair\", the mean outage");
  if (mtbf) require_positive(context, *mtbf);
  if (repair) require_positive(context, *repair);
  if (availability && !(mtbf && repair && mtbf->value > 0.0)) {
    require_positive(context, *availability);
    if (!repair)
      context.out.defaults.push_back(
          {path_under_spec(value) + ".repair", "1h",
           "built-in: an availability alone says nothing of its outages"});
  }
  context.system().components[id].external = external_numbers(value);
}

}  // namespace haplan::planner::lowering
