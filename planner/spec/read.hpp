#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/diagnostic.hpp"
#include "planner/spec/value.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

struct ReadResult {
  std::optional<Value> document;   ///< absent when there are errors
  std::optional<yaml::Node> tree;  ///< what the document was typed from: everything merged
  Diagnostics diagnostics;         ///< by file in the order given, line, column
  /// Every text a diagnostic may quote: the sources, the plan, one per `sets` ("--set 1",
  /// "--set 2", ...), then the name of the scenario ("--scenario").
  std::vector<Source> texts;
};

/// Reads a spec: text -> typed tree.
///
///   sources   at least one; layers, deep-merged: maps by key, a later one wins, lists replace, null deletes
///   sets      "path=value", path under the document or under spec, value in YAML; these win over
///             everything, the scenario too
///   scenario  name under spec.scenarios whose patch is merged over the layers (maps by key, null deletes)
///   plan      a result of solve, its `plan` alone, or the same in YAML; takes the place of the layers' spec.plan
///   returns   every problem at once; the document only when none is an error
///
/// The tree holds apiVersion, kind, metadata and spec, x-* keys dropped, with these short forms
/// written out: `storage: local` is {kind: local}; `nodeDetection: 50s`, `detect: 5s` and `promote:
/// 2s` are {mean, worst} with both equal; the one name of `in`, `pin` or `forbid` is a list of one
/// (`domains.D.in` stays a text). A range of one value is that value. {param: NAME} and {value:
/// ...} are the value itself. `need` stays an integer or a map level -> integer; an entry of
/// `requires`, `dependsOn`, `all`, `any`, `of` is a text or a map with one gate. `maxDowntime` is a
/// probability: the unavailability it allows.
ReadResult read(const std::vector<Source>& sources, const std::vector<std::string>& sets = {},
                const std::optional<std::string>& scenario = {},
                const std::optional<Source>& plan = {});

}  // namespace haplan::planner
