#include "planner/render/plan_tree.hpp"

#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

std::string exact_duration(double seconds) {
  const double ms = std::round(seconds * 1000);
  if (seconds == std::round(seconds)) return plain_number(seconds) + "s";
  if (ms / 1000 == seconds) return plain_number(ms) + "ms";
  return plain_number(seconds) + "s";
}

class Leaves {
 public:
  void integer(const std::string& path, std::int64_t value) { all.push_back({path, value}); }

  /// Which variants run, and how many replicas where they are counted.
  void variants(const std::string& base, const model::Component& component,
                const model::ComponentPlan& plan) {
    const bool counted = component.replicated() && !plan.autoscale;
    if (!component.variant.empty())
      integer(base + "variants." + component.variant, counted ? plan.replicas : 1);
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      if (plan.variants[v].replicas > 0)
        integer(base + "variants." + component.variants[v].name, plan.variants[v].replicas);
  }

  void counts(const std::string& base, const model::ComponentPlan& plan) {
    if (!plan.autoscale) {
      integer(base + "replicas", plan.replicas);
      return;
    }
    integer(base + "autoscale.min", plan.autoscale->min);
    integer(base + "autoscale.max", plan.autoscale->max);
    integer(base + "autoscale.targetCPUUtilizationPercentage", plan.autoscale->target);
  }

  void probe(const std::string& base, const std::optional<model::Probe>& probe) {
    if (!probe) return;
    integer(base + "initialDelaySeconds", probe->initial_delay);
    integer(base + "periodSeconds", probe->period);
    integer(base + "timeoutSeconds", probe->timeout);
    integer(base + "failureThreshold", probe->failure_threshold);
    integer(base + "successThreshold", probe->success_threshold);
    if (probe->grace) integer(base + "terminationGracePeriodSeconds", *probe->grace);
  }

  void failover(const std::string& base, const model::Component& component,
                const model::FailoverSettings& settings) {
    for (const auto& setting : controller_settings(component, settings)) {
      if (setting.is_duration)
        all.push_back({base + setting.name, exact_duration(setting.value)});
      else
        integer(base + setting.name, std::llround(setting.value));
    }
  }

  void nodes(const std::string& path, const model::System& system,
             const std::vector<model::NodeId>& nodes) {
    std::vector<std::string> names;
    for (const auto node : nodes) names.push_back(system.nodes[node].name);
    all.push_back({path, std::move(names)});
  }

  std::vector<PlanLeaf> all;
};

/// The probes of all replicas; of variants that mix those that they have in common.
model::Probes common_probes(const model::ComponentPlan& plan) {
  model::Probes common = plan.variants.empty() ? plan.probes : plan.variants.front().probes;
  for (const model::ComponentPlan& variant : plan.variants) {
    if (variant.probes.liveness != common.liveness) common.liveness.reset();
    if (variant.probes.readiness != common.readiness) common.readiness.reset();
    if (variant.probes.startup != common.startup) common.startup.reset();
  }
  return common;
}

}  // namespace

std::vector<PlanLeaf> plan_leaves(const model::System& system,
                                  const model::Deployment& deployment) {
  Leaves leaves;
  if (!system.nodes.empty())
    leaves.integer("cluster.tolerationSeconds", deployment.toleration_seconds);
  for (model::ComponentId id = 0; id < system.components.size(); ++id) {
    const model::Component& component = system.components[id];
    const model::ComponentPlan& plan = deployment.components[id];
    const std::string base = "components." + component.name + ".";
    leaves.variants(base, component, plan);
    if (!component.replicated()) continue;
    const bool one_way = component.variant.empty() && component.variants.empty();
    if (one_way || plan.autoscale) leaves.counts(base, plan);
    const model::Probes probes = common_probes(plan);
    leaves.probe(base + "probes.liveness.", probes.liveness);
    leaves.probe(base + "probes.readiness.", probes.readiness);
    leaves.probe(base + "probes.startup.", probes.startup);
    leaves.failover(base + "failover.", component, plan.failover);
    if (!system.nodes.empty()) leaves.nodes(base + "nodes", system, plan.nodes);
  }
  return std::move(leaves.all);
}

}  // namespace haplan::planner
