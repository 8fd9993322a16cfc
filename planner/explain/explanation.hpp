#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/availability/breakdown.hpp"
#include "planner/explain/glossary.hpp"
#include "planner/plan.hpp"

/// Where a figure or a decision comes from: values, and the parts that they are sums or products of.
namespace haplan::planner {

/// Units: "" (a probability, share or count), "s", "1/s", "1/y", "min/y".
struct Quantity {
  std::string name;  ///< one or a few words: its field in JSON, with the unit
  double value = 0.0;
  std::string unit;
};

struct WorkingColumn {
  std::string name;
  std::string unit;
};

struct WorkingRow {
  std::string name;
  std::vector<std::optional<double>> values;  ///< one per column
};

/// One step of a calculation.
struct Working {
  std::string name;     ///< of its field in JSON: "loadLevels"
  std::string title;    ///< a sentence without a period
  std::string formula;  ///< with the columns' names or with numbers put in
  std::vector<WorkingColumn> columns;
  std::vector<WorkingRow> rows;
  std::vector<Quantity> results;  ///< what the rows give
};

struct Explanation {
  std::string path;  ///< in its full form, e.g. "services.chat.unavailability"
  const Figure* figure = nullptr;
  std::optional<Quantity> value;       ///< a number ...
  std::optional<std::string> setting;  ///< ... or a word or a list of names
  std::vector<std::string> notes;      ///< sentences: what decides it, what binds, defaults
  std::vector<Working> workings;
  std::vector<std::string> next;  ///< paths worth asking next
};

/// What an explanation is drawn from.
struct Evidence {
  const Plan& plan;  ///< evaluated, with importance and cut sets
  /// Parts of every service's figures.
  std::vector<model::Breakdown> parts;
  /// What the spec leaves open, also where a plan has closed it.
  std::vector<solver::Decision> decisions;
  /// Sentences of a solved plan about what keeps it from being smaller.
  std::vector<std::string> binding;
};

///   decisions, binding  see Evidence
///   fails               as model::breakdown
model::Result<Evidence> gather_evidence(const Plan& plan, std::vector<solver::Decision> decisions,
                                        std::vector<std::string> binding);

/// "services", "chat", "causes", "0" of "services.chat.causes[0]".
std::vector<std::string> path_segments(const std::string& path);

/// The explanation at a path, with or without "plan." in front, or nothing when there is no such thing.
/// What follows a figure's own path (".value", ".lower", an index) belongs to that figure.
std::optional<Explanation> explain(const Evidence& evidence, const std::string& path);

/// `did you mean "services.chat.errorRatio"?`, or the first paths that begin alike.
std::string suggest_path(const Evidence& evidence, const std::string& path);

/// Every path that `explain` has an answer of its own to, services first.
std::vector<std::string> explained_paths(const Evidence& evidence);

}  // namespace haplan::planner
