#include <algorithm>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using Type = model::ComponentType;

struct Applicability {
  const char* field;
  std::vector<Type> types;
};

/// Which types have a field. Fields that are not listed apply to all types.
const std::vector<Applicability>& table() {
  static const std::vector<Type> kReplicated{Type::stateless, Type::primary_replica, Type::quorum};
  static const std::vector<Type> kServing{Type::stateless, Type::primary_replica, Type::quorum,
                                          Type::external, Type::markov};
  static const std::vector<Applicability> kTable{
      {"replicas", kReplicated},
      {"autoscale", {Type::stateless}},
      {"need", {Type::stateless}},
      {"throughput", kReplicated},
      {"maxUtilization", kReplicated},
      {"serviceTime", kServing},
      {"resources", kReplicated},
      {"limits", kReplicated},
      {"start", kReplicated},
      {"shutdown", kReplicated},
      {"failures", kReplicated},
      {"availability", {Type::stateless, Type::primary_replica, Type::quorum, Type::external}},
      {"mtbf", {Type::external}},
      {"repair", {Type::external}},
      {"probes", kReplicated},
      {"probeLatency", kReplicated},
      {"terminationGracePeriodSeconds", kReplicated},
      {"retry", kReplicated},
      {"workload", kReplicated},
      {"storage", kReplicated},
      {"movable", kReplicated},
      {"spread", kReplicated},
      {"placement", kReplicated},
      {"pin", kReplicated},
      {"forbid", kReplicated},
      {"failover", {Type::primary_replica, Type::quorum}},
      {"replication", {Type::primary_replica}},
      {"releases", kServing},
      {"commonCause", kServing},
      {"variants", {Type::stateless, Type::primary_replica, Type::quorum, Type::external}},
      {"mix", {Type::stateless}},
      {"uses", kServing},
      {"dependsOn", kServing},
      {"states", {Type::markov}},
      {"transitions", {Type::markov}},
      {"all", {Type::gate}},
      {"any", {Type::gate}},
      {"atLeast", {Type::gate}},
      {"connected", {Type::gate}},
      {"switchover", {Type::gate}},
  };
  return kTable;
}

std::string type_name(Type type) {
  switch (type) {
    case Type::stateless: return "stateless";
    case Type::primary_replica: return "primary-replica";
    case Type::quorum: return "quorum";
    case Type::external: return "external";
    case Type::markov: return "markov";
    case Type::gate: return "gate";
  }
  return {};
}

}  // namespace

void check_applicable(Context& context, model::ComponentId component) {
  const Type type = context.system().components[component].type;
  const Value& value = *context.component_values[component];
  for (const Applicability& row : table()) {
    const Value* given = field(&value, row.field);
    if (!given || std::find(row.types.begin(), row.types.end(), type) != row.types.end()) continue;
    std::string where_it_applies;
    for (const Type other : row.types)
      where_it_applies += (where_it_applies.empty() ? "" : ", ") + type_name(other);
    report(context, "HA068",
           "\"" + std::string(row.field) + "\" does not apply to a component of type " +
               type_name(type),
           given->key, "it applies to " + where_it_applies);
  }
}

}  // namespace haplan::planner::lowering
