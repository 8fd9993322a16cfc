#include <algorithm>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

/// The most replicas a component can have, and where that is said.
struct Most {
  int count = 1;
  const Value* where = nullptr;
};

Most most_replicas(const Value& component) {
  const Value* autoscale = field(&component, "autoscale");
  const Value* given = autoscale ? field(autoscale, "max") : field(&component, "replicas");
  if (!given) return {};
  const bool range = given->kind == Value::Kind::range && !given->choices.empty();
  return {static_cast<int>(range ? given->choices.back().value : given->value), given};
}

std::string named(const model::Component& component) {
  const std::string name = "\"" + component.name + "\"";
  return component.variant.empty() ? name : "variant \"" + component.variant + "\" of " + name;
}

/// The place of the need that asks for too much: the written one, or nothing when it follows from
/// the load.
const Value* written_need(const Value& component, const std::string& level) {
  const Value* need = field(&component, "need");
  return need && need->kind == Value::Kind::map ? field(need, level) : need;
}

/// Reports that replicas of one way to run the component are too few at some level; true: at all of them.
bool check_need(Context& context, const model::System& system, model::ComponentId id,
                const Value& value) {
  const model::LoadTable table = model::load_table(system);
  const Most most = most_replicas(value);
  // At one level among several it is an outage that the figures count; at all of them a mistake.
  const bool never = std::ranges::all_of(
      table.need, [&](const std::vector<int>& needs) { return needs[id] > most.count; });
  for (model::LevelId level = 0; level < system.levels.size(); ++level) {
    const int need = table.need[level][id];
    if (need <= most.count) continue;
    const Value* written = written_need(value, system.levels[level].name);
    const SourceRef where = written ? written->where : most.where ? most.where->where : value.key;
    report(context, "HA059",
           named(system.components[id]) + " needs " + std::to_string(need) +
               " replicas at level \"" + system.levels[level].name + "\" but has at most " +
               std::to_string(most.count),
           where, "allow " + std::to_string(need) + " replicas",
           written ? std::vector<std::string>{}
                   : std::vector<std::string>{
                         "the need follows from the load, throughput and maxUtilization"});
    // Of a variant that was picked it is a bad choice, no mistake.
    if (!never || !system.components[id].variant.empty())
      context.diagnostics.back().severity = Severity::warning;
    break;
  }
  return never;
}

void check_needs(Context& context) {
  const model::System& system = context.system();
  for (model::ComponentId id = 0; id < system.components.size(); ++id) {
    const model::Component& component = system.components[id];
    if (component.type != model::ComponentType::stateless) continue;
    if (component.variants.empty()) check_need(context, system, id, *context.component_values[id]);
    // What several variants serve together is no number of replicas.
    if (component.mix && !component.variants.front().throughput)
      check_need(context, system, id, *context.component_values[id]);
    if (component.mix) continue;
    const std::size_t before = context.diagnostics.size();
    bool all = !component.variants.empty();
    for (std::size_t v = 0; v < component.variants.size(); ++v) {
      model::System plain = system;
      plain.components[id] = model::as_variant(component, v);
      all = check_need(context, plain, id, *context.variants_of[id][v]) && all;
    }
    for (std::size_t d = before; all && d < context.diagnostics.size(); ++d)
      context.diagnostics[d].severity = Severity::error;
  }
}

/// What a replica asks for that the node cannot give even when empty; nothing when it fits.
std::optional<std::string> misfit(const model::Resources& requests, const model::Node& node) {
  if (node.capacity.empty()) return std::nullopt;
  for (const auto& [name, amount] : requests) {
    const auto found = node.capacity.find(name);
    if (found == node.capacity.end()) {
      if (name == "cpu" || name == "memory" || name == "pods" || amount == 0) continue;
      return name;
    }
    if (amount > found->second) return name;
  }
  return std::nullopt;
}

void check_capacity(Context& context, const model::Component& component, const Value& value) {
  const model::System& system = context.system();
  if (component.allowed.empty()) return;
  std::optional<std::string> short_of;
  const bool nowhere =
      std::all_of(component.allowed.begin(), component.allowed.end(), [&](model::NodeId node) {
        const auto what = misfit(component.requests, system.nodes[node]);
        if (what && !short_of) short_of = what;
        return what.has_value();
      });
  if (!nowhere) return;
  const Value* request = field(field(&value, "resources"), *short_of);
  report(context, "HA060",
         "a replica of " + named(component) + " asks for more " + *short_of +
             " than any node allowed to it has",
         request->where, "ask for less, or add larger nodes");
}

void check_capacities(Context& context) {
  const model::System& system = context.system();
  for (model::ComponentId id = 0; id < system.components.size(); ++id) {
    const model::Component& component = system.components[id];
    if (component.variants.empty())
      check_capacity(context, component, *context.component_values[id]);
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      check_capacity(context, model::as_variant(component, v), *context.variants_of[id][v]);
  }
}

/// Whether every closed level has a positive cycle time; without one its rate would be infinite.
void check_cycle_times(Context& context) {
  const model::System& system = context.system();
  const Value* levels = field(field(context.spec, "workload"), "levels");
  for (const model::Level& level : system.levels) {
    if (!level.users || level.think_time.num > 0) continue;
    for (model::ServiceId service = 0; service < system.services.size(); ++service) {
      const std::vector<model::ComponentId> path = model::path_of(system, service);
      if (std::any_of(path.begin(), path.end(), [&](model::ComponentId id) {
            return system.components[id].service_time.num > 0;
          }))
        continue;
      report(context, "HA063",
             "users of level \"" + level.name + "\" neither think nor wait: their rate is infinite",
             field(levels->find(level.name), "users")->where,
             "give a positive thinkTime, or serviceTime on the path of \"" +
                 system.services[service].name + "\"");
      break;
    }
  }
}

}  // namespace

void check_whole(Context& context) {
  if (has_errors(context.diagnostics)) return;
  check_cycle_times(context);
  check_capacities(context);
  if (!has_errors(context.diagnostics)) check_needs(context);
}

}  // namespace haplan::planner::lowering
