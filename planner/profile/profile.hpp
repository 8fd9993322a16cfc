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
  milliseconds,     ///< a duration as integer milliseconds
  raw,              ///< the Kubernetes object as it is
  raw_list,         ///< a list; replaces the chart's and the user's
  probe_toggle,     ///< `enabled` and timing; the handler is fixed by the chart's template
  probe_timing,     ///< timing only; the handler is fixed by the chart's template
  probe_raw,        ///< the whole probe, empty by default
  probe_raw_merge,  ///< the whole probe over a default one: the default's other handler keys become
                    ///< null
  hpa_flat,         ///< enabled, min, max, cpu under names of the chart's own
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
      keys;                     ///< hpa_flat: enabled, min, max, cpu -> the chart's key;
                                ///< memory, if any, is erased: the plan scales on CPU
  std::optional<int> standard;  ///< integer: the chart's default where it is not Kubernetes'
};

/// One component of a chart. Binding names: replicas, resources, affinity, tolerations,
/// topologySpread, hpa, liveness, readiness, startup, terminationGracePeriodSeconds, downAfter.
struct ProfileComponent {
  std::string name;
  std::string kind;           ///< Deployment or StatefulSet
  std::string chart;          ///< of a subchart, or empty: the profile's
  std::string workload_name;  ///< template: {fullname}, {release}, {chart}
  std::string container;      ///< name of the main container, same templates
  std::vector<std::pair<std::string, std::string>> pod_selector;  ///< values are templates
  std::string singleton;  ///< why the chart runs exactly one replica, or empty
  /// Values that must stand beside the bindings for them to have an effect, with {n} (replicas) and
  /// {majority}.
  std::vector<std::pair<std::string, Tree>> always;
  std::map<std::string, Binding> bindings;
};

struct Profile {
  std::string name;
  std::string
      chart;  ///< chart name, part of {fullname}; empty: taken to be the release's (a scaffold)
  std::string source;    ///< where the chart lives, for people
  std::string verified;  ///< chart version whose templates the bindings were rendered with
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
///   name   of the profile (the file's stem)
///   file   for diagnostics
ProfileResult read_profile(const std::string& name, const std::string& text,
                           const std::string& file);

/// Name -> text of the profiles that were built into the binary, in name order.
const std::map<std::string, std::string>& embedded_profile_texts();

/// {release}, {chart} and {fullname} of a name template: fullname is the release when that contains
/// the chart's name, else release-chart, cut to 63 characters, as charts derive it.
std::string expand_name(const std::string& text, const Profile& profile,
                        const ProfileComponent& component, const std::string& release);

/// The built-in profiles, read. A built-in profile that does not read is a bug (ContractViolation).
Profiles embedded_profiles();

}  // namespace haplan::planner
