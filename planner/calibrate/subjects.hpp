#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/spec/value.hpp"

namespace haplan::planner {

enum class SubjectKind { component, external, node, domain, vertex, link };

std::string name_of(SubjectKind kind);

/// One way to fail, as the spec has it.
struct FailureMode {
  std::string name;  ///< "crash"; empty for an external service, whose failures are not told apart
  std::string path;  ///< under the subject: "failures.crash", "commonCause.bad-config", ""
  bool per_unit = true;                 ///< each replica or node fails by itself; else all at once
  bool takes_law = false;               ///< has `distribution` and `sigma`
  bool has_rate = false;                ///< states `rate`, which excludes `mtbf`
  bool has_repair = true;               ///< states `repair`; else Kubernetes' steps are summed
  std::optional<double> stated_mtbf{};  ///< [s]
};

/// What fails: a component, an external service, a node or pool, a domain, a vertex or link of the network.
struct Subject {
  SubjectKind kind = SubjectKind::component;
  std::string name;
  std::string path;               ///< under spec: "components.api"
  std::optional<double> units;    ///< replicas or nodes; absent when the spec leaves them open
  bool units_assumed = false;     ///< there is no spec that says how many
  bool has_availability = false;  ///< states `availability`, which excludes failure modes
  std::vector<FailureMode> modes;
};

/// A name that means nothing here.
struct Unknown {
  std::string message;
  std::string suggestion;
};

/// All that may fail, by the names under which tables and the command line know it.
class Subjects {
 public:
  /// Those of a spec.
  ///   replicas  given by the user, by name; these win over the spec
  Subjects(const Value& document, const std::map<std::string, double>& replicas);

  /// Without a spec: every name that looks like one is a component, or what its prefix says ("node/worker").
  explicit Subjects(const std::map<std::string, double>& replicas);

  /// Index of the subject of that name, of the pool that has a node of that name, or why there is none.
  ///   name  "api", "worker-3", or with its kind in front where the name alone is not enough: "node/worker"
  std::optional<std::size_t> find(const std::string& name, Unknown& why);

  /// Index of the mode that a cause names: "crash", or its whole path, "commonCause.bad-config"; empty when the
  /// subject has only one.
  std::optional<std::size_t> find_mode(std::size_t subject, const std::string& cause, Unknown& why);

  [[nodiscard]] const std::vector<Subject>& all() const { return subjects_; }
  [[nodiscard]] bool known() const { return known_; }  ///< from a spec

 private:
  void add(Subject subject);
  std::optional<std::size_t> invent(SubjectKind kind, const std::string& name, Unknown& why);

  bool known_ = true;
  std::size_t unknowns_ = 0;  ///< asked for so far
  std::map<std::string, double> replicas_;
  std::vector<Subject> subjects_;
  std::multimap<std::string, std::size_t> by_name_;  ///< with the members of pools
};

}  // namespace haplan::planner
