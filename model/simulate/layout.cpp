#include "model/simulate/layout.hpp"

#include <algorithm>

#include "model/base/contract.hpp"
#include "model/simulate/layout_parts.hpp"

namespace haplan::model {

std::vector<int> distinct_replicas(const Layout& layout, ComponentId component) {
  std::vector<int> counts;
  for (const auto& level : layout.demand.replicas) counts.push_back(level[component]);
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

Result<void> lay_out_replicas(Layout& layout) {
  const System& system = layout.system;
  for (ComponentId id = 0; id < system.components.size(); ++id) {
    const Component& component = system.components[id];
    layout.times.emplace_back();
    layout.first_replica.push_back(static_cast<std::uint32_t>(layout.replicas.size()));
    layout.replica_count.push_back(0);
    if (!component.replicated()) continue;
    const ComponentPlan& plan = layout.deployment.components[id];
    Result<ReplicaTimes> times = replica_times(component, plan.probes, layout.assumptions);
    if (!times) return tl::unexpected(times.error());
    layout.times.back() = std::move(*times);
    if (!is_relevant(layout, id)) continue;
    const int count = layout.demand.largest(id);
    HAPLAN_EXPECTS(system.nodes.empty() || std::ssize(plan.nodes) >= count);
    layout.replica_count.back() = static_cast<std::uint32_t>(count);
    for (int i = 0; i < count; ++i) {
      Replica replica{.component = static_cast<std::uint32_t>(id),
                      .index = static_cast<std::uint32_t>(i)};
      if (!system.nodes.empty())
        replica.home = static_cast<std::uint32_t>(plan.nodes[static_cast<std::size_t>(i)]);
      layout.replicas.push_back(replica);
    }
  }
  return {};
}

Result<Layout> Layout::of(const System& system, const Deployment& deployment,
                          const Assumptions& assumptions, double window) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size() && window > 0.0);
  if (system.drain &&
      static_cast<double>(system.nodes.size()) * system.drain->per_node >= system.drain->every)
    return tl::unexpected(Error{Fault::invalid_input,
                                "the drains of all nodes would take all the time",
                                "cluster.maintenance.drain"});
  Layout layout;
  layout.system = system;
  layout.deployment = deployment;
  layout.assumptions = assumptions;
  layout.window = window;
  layout.demand = demand_of(system, deployment);
  layout.gates = make_gates(system);
  const Result<void> replicas = lay_out_replicas(layout);
  if (!replicas) return tl::unexpected(replicas.error());
  lay_out_places(layout);
  lay_out_elements(layout);
  lay_out_levels(layout);
  lay_out_errors(layout);
  layout.parents = Lists(layout.gates.parents);
  return layout;
}

}  // namespace haplan::model
