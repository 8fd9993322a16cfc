#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

/// Load shares are given for all services or for none.
void check_loads(Context& context, const Value& services) {
  std::vector<std::string> without;
  const Value* with = nullptr;
  for (const auto& [name, value] : services.fields)
    if (const Value* load = field(&value, "load"))
      with = with ? with : load;
    else
      without.push_back(name);
  if (!with || without.empty()) return;
  std::string names;
  for (const std::string& name : without) names += (names.empty() ? "" : ", ") + name;
  report(context, "HA064", "\"load\" is given for some services but not for " + names, with->key,
         "give every service its share of the rate, or none");
}

}  // namespace

void lower_services(Context& context) {
  const Value* services = field(context.spec, "services");
  if (!services || services->fields.empty()) {
    report(context, "HA004", "the spec has no services", context.spec->key,
           "add \"services\": what users ask for, and the components it requires");
    return;
  }
  std::map<std::string, const Value*> sorted;
  for (const auto& [name, value] : services->fields) sorted[name] = &value;
  for (const auto& [name, value] : sorted) {
    model::Service service{.name = name, .requires_ = {}, .load = std::nullopt};
    const Value* list = field(value, "requires");
    if (!list || list->items.empty())
      report(context, "HA004", "service \"" + name + "\" requires nothing", value->key,
             "add \"requires\", the components that answer its requests");
    else
      service.requires_ = requirement_of_list(context, *list, std::nullopt);
    if (const Value* load = field(value, "load")) service.load = load->exact;
    context.services[name] = context.system().services.size();
    context.system().services.push_back(std::move(service));
  }
  check_loads(context, *services);
}

}  // namespace haplan::planner::lowering
