#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/availability/guarantee.hpp"
#include "planner/plan.hpp"
#include "planner/profile/profile.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

/// A decision that none of the written files can carry, with what to do by hand.
struct Unsupported {
  std::string component;
  std::string path;    ///< of the decision, e.g. "components.postgres.failover.ttl"
  std::string reason;  ///< one sentence: why not, and the exact setting to make
};

/// What a render writes: file name (may contain one '/') -> text.
struct RenderedFiles {
  std::map<std::string, std::string> files;
  std::vector<Unsupported> unsupported;
  std::vector<std::string> notes;  ///< sentences for the user, in a stable order
};

struct OverlayOptions {
  /// The user's own values by release, where they are known; they stand below what is written.
  std::map<std::string, const yaml::Node*> own;
  bool carriers = false;  ///< put objects that a chart has no template for into its list of
                          ///< further manifests, where it has one
};

/// The profiles that a spec was read with, or the built-in ones.
const Profiles& profiles_of(const Lowered& lowered);

/// One Helm values overlay per release of the spec, "<release>.values.yaml": minimal, stable, each
/// value with its reason, no secrets. `unsupported` is what a chart's values cannot express (the
/// patch may carry it). Empty when the plan has no deployment (`after`) or the spec names no
/// releases.
RenderedFiles render_values(const Plan& plan, const Profiles& profiles,
                            const OverlayOptions& options = {});
RenderedFiles render_values(const Plan& plan);  ///< with the profiles of the spec

/// All overlays as one stream of YAML documents, each headed by a comment that names its file: for
/// stdout.
std::string values_stream(const RenderedFiles& values);

/// Which placement rules the Helm values alone carry, one per component; needs a deployment because
/// an anti-affinity can stand for a spread rule only while the replicas are fewer than the nodes.
std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment,
                                              const Profiles& profiles);
std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment);

/// The same for values and patch together.
std::vector<model::CarriedRules> written_rules(const Lowered& lowered);

/// References from output.releases to profiles: unknown profile (HA) or component of a profile,
/// with suggestion.
Diagnostics check_releases(const Lowered& lowered, const Profiles& profiles);

}  // namespace haplan::planner
