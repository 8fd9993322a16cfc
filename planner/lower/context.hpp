#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "planner/diagnostic.hpp"
#include "planner/lower.hpp"
#include "planner/spec/fields.hpp"
#include "planner/spec/suggest.hpp"
#include "planner/spec/value.hpp"

/// What the parts of the lowering share: the spec, the names it defines, and what is built of it.
namespace haplan::planner::lowering {

/// One reference of a component to another one, with the place where it is written.
struct Edge {
  model::ComponentId from = 0;
  model::ComponentId to = 0;
  SourceRef where;
};

struct Context {
  const Value* spec = nullptr;
  Lowered out;
  Diagnostics diagnostics;

  std::map<std::string, model::ComponentId> components;
  std::vector<const Value*> component_values;  ///< one per component
  std::map<model::ComponentId, std::vector<const Value*>>
      variants_of;  ///< per component with variants, in their order
  std::deque<Value>
      variant_values;  ///< of every variant, the component's fields below it; addresses stay
  std::map<std::string, model::DomainId> domains;
  std::map<std::string, model::LevelId> levels;
  std::map<std::string, model::ServiceId> services;
  /// Nodes behind every name that `pin` and `forbid` may use: nodes, pools, domains. Ascending.
  std::map<std::string, std::vector<model::NodeId>> node_sets;
  std::map<std::string, model::VertexId> vertices;
  std::vector<Edge> edges;

  [[nodiscard]] model::System& system() { return out.problem.system; }
  [[nodiscard]] model::Deployment& before() { return out.problem.before; }
};

void report(Context& context, const char* code, std::string message, const SourceRef& where,
            std::string suggestion = {}, std::vector<std::string> notes = {});

/// Names of a map, for "did you mean".
template <class T>
std::vector<std::string> names_of(const std::map<std::string, T>& map) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : map) names.push_back(name);
  return names;
}

// ---- reading values --------------------------------------------------------------------------

/// The field, or nullptr when the map is absent, has no such field, or has null there.
const Value* field(const Value* map, const std::string& name);

/// Path under spec: "components.api.replicas" of "spec.components.api.replicas".
std::string path_under_spec(const Value& value);

/// `field`'s number, or `otherwise`.
double number_or(const Value* map, const std::string& name, double otherwise);

bool flag_or(const Value* map, const std::string& name, bool otherwise);

std::string text_or(const Value* map, const std::string& name, const std::string& otherwise);

/// A list's texts, or a bare word as a list of one.
std::vector<const Value*> texts(const Value* value);

/// Exactly one of two fields must be there; reports and returns nullptr when not.
struct Alternative {
  const Value* value = nullptr;
  bool first = false;
};
Alternative one_of(Context& context, const Value& map, const std::string& first,
                   const std::string& second);

/// Rate of a map with `mtbf` or `rate` [1/s]; 0 after an error.
double rate_of(Context& context, const Value& map);

/// A positive duration that must be there [s]; 0 after an error.
double required_duration(Context& context, const Value& map, const std::string& name);

/// Reports a value that must be greater than zero and is not.
void require_positive(Context& context, const Value& value);

/// Amounts in thousandths of their unit. Requests are rounded up, capacities down: the safe side.
model::Resources resources_of(const Value* map, bool round_up);

// ---- decisions -------------------------------------------------------------------------------

/// Where a setting stands and what holds when it is not given.
struct SettingKey {
  std::optional<model::ComponentId> component;
  solver::Setting setting = solver::Setting::replicas;
  solver::ProbeKind probe = solver::ProbeKind::none;
  std::optional<double> standard;  ///< what Kubernetes, the controller or the catalogue would use
};

/// The setting's "before" value; a range becomes a decision. `absent` holds when it is not given.
double setting_of(Context& context, const Value* value, const SettingKey& key, double absent);

/// The candidate nearest to `standard`, the smaller of two equally near; the smallest without one.
double nearest(const std::vector<double>& ascending, const std::optional<double>& standard);

}  // namespace haplan::planner::lowering
