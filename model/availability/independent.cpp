#include "model/availability/independent.hpp"

#include "model/numerics/either.hpp"
#include "model/numerics/k_of_n.hpp"

namespace haplan::model {

namespace {

double node_unreachable(const System& system, const Numbers& numbers, NodeId node) {
  double down = 0.0;
  for (const double stage : numbers.node_stages[node]) down += stage;
  for (auto parent = system.nodes[node].parent; parent; parent = system.domains[*parent].parent)
    down = either(down, numbers.domain_down[*parent]);
  return down;
}

double component_down(const System& system, const Deployment& deployment, const Numbers& numbers,
                      const TableKey& key, const TableNumbers& table) {
  const Component& component = system.components[key.component];
  double down = table.core;
  if (!table.mixed.empty()) {
    down = core_down(table, 0, 1.0);
  } else if (table.replicated) {
    std::vector<double> replicas(static_cast<std::size_t>(key.replicas), table.core);
    const std::vector<NodeId>& nodes = deployment.components[key.component].nodes;
    if (!system.nodes.empty())
      for (std::size_t i = 0; i < replicas.size(); ++i)
        replicas[i] = either(replicas[i], node_unreachable(system, numbers, nodes[i]));
    down = fewer_than(table.need, replicas);
  }
  for (const Factor& factor : table.factors) down = either(down, factor.unavailability);
  if (component.storage.claim) down = either(down, numbers.claim_down[*component.storage.claim]);
  return down;
}

}  // namespace

double independent_component(const System& system, const Deployment& deployment,
                             const Compiled& compiled, const Numbers& numbers, LevelId level,
                             ComponentId component) {
  const std::size_t t = compiled.table_of[level][component];
  return component_down(system, deployment, numbers, compiled.tables[t], numbers.tables[t]);
}

double independent_unavailability(const System& system, const Deployment& deployment,
                                  const Compiled& compiled, const Numbers& numbers,
                                  ServiceId service) {
  const Diagram& diagram = compiled.diagram;
  double u = 0.0;
  std::vector<double> value;
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    std::vector<double> p(diagram.probability_count(), 0.0);
    const auto set = [&](std::size_t variable, double down) {
      p[diagram.first_probability(variable)] = 1.0 - down;
      p[diagram.first_probability(variable) + 1] = down;
    };
    for (std::size_t s = 0; s < numbers.switchover.size(); ++s)
      set(compiled.structure.switchovers[s].variable, numbers.switchover[s]);
    for (std::size_t v = 0; v < numbers.vertex_down.size(); ++v)
      if (const std::size_t variable = compiled.structure.network.vertex[v]; variable != kNone)
        set(variable, numbers.vertex_down[v]);
    for (std::size_t l = 0; l < numbers.link_down.size(); ++l)
      if (const std::size_t variable = compiled.structure.network.link[l]; variable != kNone)
        set(variable, numbers.link_down[l]);
    for (const std::size_t claim : compiled.structure.claim)
      if (claim != kNone) set(claim, 0.0);  // counted once per component instead
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      if (compiled.structure.component[c] != kNone)
        set(compiled.structure.component[c],
            independent_component(system, deployment, compiled, numbers, level, c));
    }
    diagram.probability(p, 1.0, value);
    u += system.levels[level].share * value[compiled.structure_down[service]];
  }
  return u;
}

}  // namespace haplan::model
