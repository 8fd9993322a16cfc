#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/diagnostic.hpp"
#include "planner/profile/profile.hpp"
#include "planner/spec/value.hpp"
#include "solver/problem.hpp"

namespace haplan::planner {

/// Where a component of the plan goes in a chart; `target` empty: the spec says `null`.
struct ReleaseTarget {
  std::string component;
  std::string target;  ///< component name in the profile, e.g. "api", "redis.node"
};

struct Release {
  std::string name;
  std::string profile;        ///< e.g. "dify-borispolonsky"
  std::string chart_version;  ///< or empty
  std::string chart;          ///< name of the chart where the profile does not know it, or empty
  std::string fullname;       ///< {fullname} where the values set it, or empty
  std::vector<ReleaseTarget> map;
  SourceRef where;
  bool written = true;  ///< false: files are asked for, but not for this release
};

/// What renders need to know of a component and the model does not.
struct ComponentExtras {
  std::string workload;  ///< "Deployment" or "StatefulSet"
  /// Handler of each probe as written (a map with one key: httpGet, tcpSocket, exec or grpc), null Value if none.
  Value liveness_handler;
  Value readiness_handler;
  Value startup_handler;
  std::map<std::string, std::string> requests;  ///< quantities as written
  std::map<std::string, std::string> limits;
  bool one_pod = false;  ///< its claim takes one pod at a time (ReadWriteOncePod)
};

/// A document in which each named component is what the variant makes it: one without variants.
///   chosen   component name to variant name
///   returns  values of a variant with the paths that they have in the component
Value with_variants(const Value& document, const std::map<std::string, std::string>& chosen);

/// A spec, lowered: the problem for the solver and what goes around it.
struct Lowered {
  std::string name;  ///< metadata.name
  solver::Problem problem;
  std::vector<ComponentExtras> extras;  ///< one per component
  std::vector<Release> releases;
  bool rest_written = true;  ///< false: files are asked for, but not for what no release deploys
  /// Paths whose value is a built-in default that matters to the figures, with the value and where it is from.
  struct Default {
    std::string path;
    std::string value;
    std::string source;
  };
  std::vector<Default> defaults;
  /// What it was lowered from, for lowering it again with other values; set by planner/session.
  std::optional<Value> document;
  std::optional<Value> plan;  ///< `spec.plan`, already applied to the problem
  std::string text;           ///< the spec as read, layers merged, in JSON; set by planner/session
  Profiles profiles;  ///< those that were given with it and the built-in ones; empty: only these
  /// Name -> text of those that were given with it and are named by a release; a result carries
  /// them, so that it can be rendered without the files.
  std::map<std::string, std::string> profile_texts;
};

struct LowerResult {
  std::optional<Lowered> lowered;  ///< absent when there are errors
  Diagnostics diagnostics;
};

/// References, defaults, floors and cross-checks: Spec -> Problem. The only place that knows both.
LowerResult lower(const Value& document);

}  // namespace haplan::planner
