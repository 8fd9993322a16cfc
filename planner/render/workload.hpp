#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "planner/lower.hpp"
#include "planner/profile/profile.hpp"
#include "planner/render/companions.hpp"
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
  together,
  spread,
  tolerations,
  strategy,
  budget,
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
  std::string api_version;  ///< of a resource that an operator makes pods of; empty: apps/v1
  std::string workload;     ///< metadata.name
  std::string container;
  Labels labels;  ///< that select its pods
  /// The pods of all users of its ReadWriteOnce claim; empty: it has none, or no one selector finds
  /// them all and no others.
  LabelSelector companions;
  /// The chart's own budget, where its values cannot say unhealthyPodEvictionPolicy; else empty.
  std::string terse_budget;
};

/// Every replicated component at least once, in order of releases and components; those in no
/// release last. Targets whose profile or profile component is unknown are left out (check_releases
/// reports them), and so is what no release deploys where it is not written.
std::vector<Target> targets_of(const Lowered& lowered, const Profiles& profiles);

/// How a workload goes over to a new version: one replica at a time.
struct Rollout {
  bool surge =
      true;  ///< a new pod first (maxSurge 1), else an old one goes first (maxUnavailable 1)
  bool spare = true;  ///< one replica fewer than planned still suffices, at every level
  bool full = false;  ///< no node has room for one replica more than planned
  /// With a new pod first it ends, whichever nodes the scheduler takes and whichever pods go.
  bool room = true;
  bool stuck = false;  ///< without that, and with an old one first, it may not end either
  bool usual = false;  ///< Kubernetes' own default keeps to it as well
};

/// What a plan asks of one workload. Absent parts are not asked for.
struct Ask {
  const model::Component* component = nullptr;
  const model::ComponentPlan* plan = nullptr;
  const ComponentExtras* extras = nullptr;
  int largest = 1;                 ///< replicas at the largest level
  int most = 1;                    ///< replicas it may ever have: autoscale max, or replicas
  std::optional<int> pod_grace;    ///< [s]
  std::vector<std::string> nodes;  ///< allowed or pinned node names; empty: any node
  /// Rules by which replicas are spread: the spec's, and for a pinned component one that keeps them
  /// on their nodes one by one, which node affinity alone does not.
  std::vector<model::Spread> rules;
  std::size_t spread_domains = 0;  ///< domains that the first of them counts
  bool spread = false;             ///< a spread rule is asked for
  int claim_pods = 0;              ///< pods that share its ReadWriteOnce claim, its own among them
  bool together = false;           ///< they are to be held on one node
  bool fit_together = true;        ///< and fit on every one that they may choose, beside the plan
  std::optional<int> toleration_seconds;
  std::optional<Rollout> rollout;  ///< how a new version is rolled out
  bool budget = false;             ///< evictions are to be limited
  std::set<Part> parts;
};
Ask ask_of(const Lowered& lowered, const model::Deployment& deployment, const Target& target);

/// The same without `rollout`, which takes long on large clusters.
Ask placement_ask_of(const Lowered& lowered, const model::Deployment& deployment,
                     const Target& target);

/// Parts that the target's Helm values carry.
std::set<Part> carried_by_values(const Ask& ask, const Target& target);

/// Nodes on which the rules let pods of a component be: those of the plan where it is pinned. Nodes
/// that are down for good are none of them.
std::vector<model::NodeId> open_nodes(const model::System& system,
                                      const model::Component& component,
                                      const model::ComponentPlan& plan);

/// How the workload of a component goes over to a new version without falling below what must serve.
///   alone  whether required anti-affinity keeps new pods away from old ones
Rollout rollout_of(const model::System& system, const model::Deployment& deployment,
                   model::ComponentId id, const std::string& kind, bool alone);

/// The failure domain of `level` above a node, by name; the node itself for "node"; empty: it has
/// none.
std::string domain_at(const model::System& system, model::NodeId node, const std::string& level);

/// The spec's rule of spreading, and an even spread over the nodes of a pinned component: it allows
/// exactly the plan's own placement where each node has as many replicas as any other.
std::vector<model::Spread> rules_of(const model::Component& component,
                                    const model::ComponentPlan& plan);

/// Required anti-affinity can stand for the spread rule: at most one replica per domain, and a
/// spare domain for a rollout's surge and for the loss of one.
bool anti_affinity_suffices(const Ask& ask);

/// Anti-affinity between the replicas of a component.
struct Apart {
  bool required = false;  ///< a hard rule, else a preference
  std::string over;       ///< level of domains
  std::string why;        ///< for the comment
};

/// The anti-affinity that goes with the spread rule, or nothing where there is none. Beside a spread
/// constraint it is hard only with two domains to spare, so that it never forbids what the
/// constraint allows while a rollout meets a lost node; alone it stands for the constraint.
///   constraint  whether the constraint itself is written, too
std::optional<Apart> apart_rule(const Ask& ask, bool constraint);

/// Whether a part is an object of its own, not a field of the workload.
bool is_object(Part part);

/// What of a plan no rule of Kubernetes keeps, and why: of a pinned component its placement, where
/// its nodes do not hold equally many replicas, and replacements on other nodes, which no StatefulSet
/// has either; of updates that enough replicas serve, or that they end.
///   returns  the place under the component, and a sentence
std::vector<std::pair<std::string, std::string>> unkept(const Ask& ask, const Target& target);

/// A setting of a component's failover controller as the spec and the profiles name it.
struct ControllerSetting {
  std::string name;
  double value = 0.0;  ///< [s], or a count
  bool is_duration = true;
};

/// The settings of the component's controller, in the order of the spec's reference; none without
/// a controller.
std::vector<ControllerSetting> controller_settings(const model::Component& component,
                                                   const model::FailoverSettings& settings);

/// Those that the target's values have no key for.
std::vector<ControllerSetting> settings_without_key(const Ask& ask, const Target& target);

// ---- Kubernetes objects ------------------------------------------------------------------------

YamlNode node_of(const Value& value);
YamlNode node_of(const Tree& tree);
bool same(const YamlNode& a, const YamlNode& b);  ///< comments aside

/// Timing of a probe: all five settings, and the grace period when set.
YamlNode probe_timing(const model::Probe& probe);
/// The whole probe: handler, then timing.
YamlNode probe_object(const YamlNode& handler, const model::Probe& probe);
YamlNode resources_object(const ComponentExtras& extras);
/// Node affinity for the allowed nodes, affinity to the other pods of a claim, and anti-affinity
/// where a rule for it is given; empty map when none applies.
YamlNode affinity_object(const Ask& ask, const Target& target, const std::optional<Apart>& apart);
/// A list of topology spread constraints, one for each rule. As the scheduler counts, nodeTaintsPolicy Honor lets a
/// replacement start while a node is lost, and pod-template-hash keeps two generations of a
/// Deployment apart.
YamlNode spread_object(const Ask& ask, const Target& target);
YamlNode tolerations_object(int seconds);
/// `strategy` of a Deployment, `updateStrategy` of a StatefulSet.
YamlNode strategy_object(const Rollout& rollout, const std::string& kind);
/// A PodDisruptionBudget: at most one pod is evicted at a time. A number, because percentages are
/// rounded up; AlwaysAllow, because a pod that is not ready must not hold up a drain.
YamlNode budget_object(const Target& target);
/// A HorizontalPodAutoscaler on CPU.
YamlNode autoscaler_object(const Target& target, const model::Autoscale& scale);

/// kubernetes.io/hostname, topology.kubernetes.io/zone and /region; haplan.dev/<level> for any
/// other level.
std::string topology_key(const std::string& level);

}  // namespace haplan::planner
