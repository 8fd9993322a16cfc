#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "planner/lower.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/yaml_text.hpp"

/// What a deployment asks of each workload, as Kubernetes objects, and which file can carry which
/// part of it.
namespace haplan::planner {

/// One part of what a workload is asked for.
enum class Part {
  replicas,
  autoscale,
  resources,
  liveness,
  readiness,
  startup,
  grace,
  allowed_nodes,
  spread,
  tolerations,
  failover
};

/// The name of a part's place in the spec, under its component: "autoscale", "probes.liveness", ...
std::string part_path(Part part);

/// Where a component goes: a component of a chart, or a workload that haplan knows no chart for.
struct Target {
  model::ComponentId component = 0;
  std::string release;                     ///< empty: no chart
  const Profile* profile = nullptr;        ///< null: no chart
  const ProfileComponent* part = nullptr;  ///< null: no chart
  std::string kind;
  std::string workload;  ///< metadata.name
  std::string container;
  std::vector<std::pair<std::string, std::string>> labels;  ///< that select its pods
};

/// Every replicated component at least once, in order of releases and components; those in no
/// release last. Targets whose profile or profile component is unknown are left out (check_releases
/// reports them).
std::vector<Target> targets_of(const Lowered& lowered, const Profiles& profiles);

/// What a plan asks of one workload. Absent parts are not asked for.
struct Ask {
  const model::Component* component = nullptr;
  const model::ComponentPlan* plan = nullptr;
  const ComponentExtras* extras = nullptr;
  int largest = 1;                 ///< replicas at the largest level
  int most = 1;                    ///< replicas it may ever have: autoscale max, or replicas
  std::optional<int> pod_grace;    ///< [s]
  std::vector<std::string> nodes;  ///< allowed or pinned node names; empty: any node
  std::size_t spread_domains = 0;  ///< domains that the spread rule counts
  bool spread = false;             ///< a spread rule is asked for
  std::optional<int> toleration_seconds;
  std::set<Part> parts;
};
Ask ask_of(const Lowered& lowered, const model::Deployment& deployment, const Target& target);

/// Parts that the target's Helm values carry.
std::set<Part> carried_by_values(const Ask& ask, const Target& target);

/// Required anti-affinity can stand for the spread rule: at most one replica per domain, and a
/// spare domain for a rollout's surge and for the loss of one.
bool anti_affinity_suffices(const Ask& ask);

// ---- Kubernetes objects ------------------------------------------------------------------------

YamlNode node_of(const Value& value);
YamlNode node_of(const Tree& tree);
bool same(const YamlNode& a, const YamlNode& b);  ///< comments aside

/// Timing of a probe: all five settings, and the grace period when set.
YamlNode probe_timing(const model::Probe& probe);
/// The whole probe: handler, then timing.
YamlNode probe_object(const YamlNode& handler, const model::Probe& probe);
YamlNode resources_object(const ComponentExtras& extras);
/// Node affinity for the allowed nodes and anti-affinity for the spread rule; empty map when
/// neither applies. `required`: anti-affinity as a hard rule; else preferred. `anti`: whether to
/// include it at all.
YamlNode affinity_object(const Ask& ask, const Target& target, bool anti, bool required);
/// A list of one topology spread constraint. As the scheduler counts, nodeTaintsPolicy Honor lets a
/// replacement start while a node is lost, and pod-template-hash keeps two generations of a
/// Deployment apart.
YamlNode spread_object(const Ask& ask, const Target& target);
YamlNode tolerations_object(int seconds);

/// kubernetes.io/hostname, topology.kubernetes.io/zone and /region; haplan.dev/<level> for any
/// other level.
std::string topology_key(const std::string& level);

}  // namespace haplan::planner
