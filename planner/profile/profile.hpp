#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "planner/diagnostic.hpp"

/// How the decisions of a plan are written into the values of a Helm chart: declarative, one file
/// per chart.
namespace haplan::planner {

/// How one decision is encoded at its path.
enum class Encoding {
  integer,          ///< a number
  seconds,          ///< a duration as integer seconds
  milliseconds,     ///< a duration as integer milliseconds
  boolean,          ///< true where the decision is to have it
  list_item,        ///< a number in the one item of a list; replaces the chart's and the user's
  raw,              ///< the Kubernetes object as it is
  raw_list,         ///< a list; replaces the chart's and the user's
  probe_toggle,     ///< `enabled` and timing; the handler is fixed by the chart's template
  probe_timing,     ///< timing only; the handler is fixed by the chart's template
  probe_raw,        ///< the whole probe, empty by default
  probe_raw_merge,  ///< the whole probe over a default one: the default's other handler keys become
                    ///< null
  hpa_flat,         ///< enabled, min, max, cpu under names of the chart's own
  pdb,              ///< min and max, and enabled and unhealthy where the chart has them
  cnpg_affinity,    ///< the affinity of a CloudNativePG cluster, tolerations included
};

/// What becomes of the replica count when an autoscaler owns it.
enum class WhenScaled {
  omit,   ///< the chart leaves it out by itself: nothing is written
  erase,  ///< the chart writes it always: null deletes it
};

/// A Kubernetes object as the profile gives it: scalars, maps and lists, in the order written.
struct Tree {
  enum class Kind { scalar, map, list };
  Kind kind = Kind::scalar;
  std::string text;     ///< scalar as written
  bool quoted = false;  ///< scalar that is a string whatever it looks like
  std::vector<std::pair<std::string, Tree>> fields;
  std::vector<Tree> items;

  friend bool operator==(const Tree&, const Tree&) = default;
};

/// Where the effect of a binding is seen in the chart's manifests, where that is not where
/// Kubernetes' workloads have it.
struct Effect {
  std::string kind;  ///< empty: the workload's
  std::string name;  ///< template; empty: the workload's
  std::string at;    ///< dotted path; empty: anywhere in the object
  std::string as;    ///< a text that must occur, {value} in it; empty: the value itself
};

struct Binding {
  std::string path;  ///< dotted, in the chart's values
  Encoding encoding = Encoding::raw;
  WhenScaled when_scaled = WhenScaled::omit;
  bool templated =
      false;           ///< the chart expands {{ }} in the value, so user's text must be protected
  std::string custom;  ///< probe_toggle: path that takes a whole probe, or empty; expanded as well
  bool exact = true;   ///< probe_toggle: false when the template alters the timing, so that only
                       ///< `custom` is true
  std::optional<Tree> handler;  ///< probes: the chart's default handler, {httpGet: {...}}
  std::map<std::string, std::string>
      keys;                        ///< hpa_flat: enabled, min, max, cpu -> the chart's key;
                                   ///< memory, if any, is erased: the plan scales on CPU;
                                   ///< pdb: enabled, min, max, unhealthy
  std::vector<std::string> erase;  ///< keys under the path that must be null for it to hold
  std::vector<std::string> omit;   ///< raw_list: keys of its items that the template adds itself
  std::vector<std::pair<std::string, Tree>>
      needs;                ///< `requires`: values without which the binding has no effect
  std::string budget_name;  ///< pdb: template of the budget's name; empty: the workload's
  std::string key;          ///< list_item: of the number in the item
  Tree item;                ///< list_item: the rest of the item
  std::optional<Effect> effect;
  /// resources: the chart's own limits, which stay where a plan gives none; quantities by resource
  std::vector<std::pair<std::string, std::string>> limits;
  std::optional<int> standard;  ///< integer: the chart's default where it is not Kubernetes'
};

/// One component of a chart. Binding names: replicas, resources, affinity, tolerations,
/// topologySpread, hpa, pdb, updateStrategy, liveness, readiness, startup,
/// terminationGracePeriodSeconds, and the settings of failover controllers as the spec names them.
struct ProfileComponent {
  std::string name;
  std::string kind;           ///< Deployment or StatefulSet, or what an operator makes one of
  std::string api_version;    ///< of another kind; empty: apps/v1
  std::string chart;          ///< of a subchart, or empty: the profile's
  std::string workload_name;  ///< template: {fullname}, {release}, {chart}
  std::string container;      ///< name of the main container, same templates
  std::vector<std::pair<std::string, std::string>> pod_selector;  ///< values are templates
  std::string singleton;  ///< why the chart runs exactly one replica, or empty
  std::string caution;    ///< what more than one replica asks of the rest, or empty
  /// Values that must stand beside the bindings for them to have an effect, with {n} (replicas) and
  /// {majority}.
  std::vector<std::pair<std::string, Tree>> always;
  std::map<std::string, Binding> bindings;
};

/// Values that the chart does not survive, all of them together.
struct Forbidden {
  std::vector<std::pair<std::string, Tree>> when;
  std::string why;
};

/// A list in the values into which whole manifests can be put.
struct Carrier {
  std::string path;
  bool templated = false;
  std::vector<std::pair<std::string, Tree>> needs;  ///< `requires`
};

struct Profile {
  std::string name;
  std::string
      chart;  ///< chart name, part of {fullname}; empty: taken to be the release's (a scaffold)
  /// What the chart's own values set as nameOverride: stands for its name in names and labels.
  std::string name_override;
  int name_length = 63;    ///< characters that {fullname} is cut to
  std::string source;      ///< where the chart lives, for people
  std::string versions;    ///< range of chart versions that the bindings hold for, or empty: any
  std::string verified;    ///< chart version that the bindings were rendered with; empty: none
  std::string unverified;  ///< why they were never rendered, or empty
  std::vector<Carrier> carriers;
  std::vector<Forbidden> forbidden;
  std::vector<ProfileComponent>
      components;  ///< in the order written, which is the order of emission

  [[nodiscard]] const ProfileComponent* find(const std::string& component) const;
};

using Profiles = std::map<std::string, Profile>;

struct ProfileResult {
  std::optional<Profile> profile;  ///< absent when there are errors
  Diagnostics diagnostics;
};

/// Reads a profile text; strict keys, every mistake at once.
///   name   of the profile unless the text gives one (the file's stem)
///   file   for diagnostics
ProfileResult read_profile(const std::string& name, const std::string& text,
                           const std::string& file);

/// Name -> text of the profiles that were built into the binary, in name order.
const std::map<std::string, std::string>& embedded_profile_texts();

/// Whether a version lies in a range such as ">=1.2.0 <2.0.0": comparisons (>= > <= < =) that must
/// all hold, of dotted numbers; what follows a dash counts as before the release. Nothing when
/// either cannot be read.
std::optional<bool> version_in(const std::string& version, const std::string& range);

/// What the names of a release's objects derive from.
struct ReleaseNames {
  std::string release;
  /// Of the release's Chart.yaml; empty: the profile's nameOverride, else its chart, else the
  /// release.
  std::string chart;
  std::string fullname;  ///< where the values set it (fullnameOverride); empty: derived
};

/// {release}, {chart} and {fullname} of a name template: fullname is the release when that contains
/// the chart's name, else release-chart, cut to name_length characters, as charts derive it. A
/// component of a subchart has that chart's names, whatever the release says.
std::string expand_name(const std::string& text, const Profile& profile,
                        const ProfileComponent& component, const ReleaseNames& names);

/// The built-in profiles, read once. A built-in profile that does not read is a bug
/// (ContractViolation).
const Profiles& embedded_profiles();

}  // namespace haplan::planner
