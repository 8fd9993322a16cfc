#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "planner/diagnostic.hpp"
#include "planner/spec/fields.hpp"
#include "planner/spec/value.hpp"
#include "planner/yaml/tree.hpp"

/// Located tree -> typed tree, by the field table.
namespace haplan::planner {

/// What typing needs besides the element at hand, and what it finds.
struct Typing {
  std::map<std::string, const yaml::Node*> parameters;  ///< under spec.parameters
  std::set<std::string> used_parameters;
  Diagnostics diagnostics;
  bool patch = false;  ///< in a scenario: null deletes, nothing is required

  /// Adds a problem; one that was found before at the same place (through an alias or a patch) only
  /// once.
  void report(const char* code, std::string message, SourceRef where, std::string suggestion = {},
              std::vector<std::string> notes = {});

  /// suggest_word, until so many problems are found that nobody reads on: a hostile text must not
  /// buy a search through all words for each of its elements.
  [[nodiscard]] std::string suggest(const std::string& word,
                                    const std::vector<std::string>& candidates) const;

 private:
  std::set<std::tuple<std::string, std::string, int, int, std::string>> seen_;
};

/// Where an element stands: its path from the document root and its key.
struct Spot {
  std::string path;
  SourceRef key;
  std::string key_name{};  ///< the last key on the path

  /// As messages name the element: `"replicas"`, `item 2 of "dependsOn"`, `the document`.
  [[nodiscard]] std::string name() const;
  [[nodiscard]] Spot under(const yaml::Entry& entry) const;
  [[nodiscard]] Spot item(std::size_t index, const SourceRef& where) const;
};

/// The element by the shape; problems go to `typing`, and the value returned for a broken one is a
/// null.
Value typed(Typing& typing, const yaml::Node& node, const Shape& shape, const Spot& spot);

// ---- the parts of it, each in a file of its own
// --------------------------------------------------

/// A scalar field: number, range, number object, word, text, boolean.
Value typed_scalar(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot);

/// The range that a text "a..b" or a map with min, max, step or oneOf gives for a field.
Value typed_range(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot);

/// One plain number of the field's type: no range, no object.
Value typed_number(Typing& typing, const yaml::Node& node, const Field& field, const Spot& spot);

/// {value, low, high, dist, level, source} for the field; of a parameter only its form is checked.
Value typed_number_object(Typing& typing, const yaml::Node& node, const Field& field,
                          const Spot& spot);

/// {param: NAME}: the parameter's own scalar, typed as this field; its mistakes are shown at the use.
Value typed_parameter_use(Typing& typing, const yaml::Node& node, const Field& field,
                          const Spot& spot);

/// A list of names and gates.
Value typed_requirement(Typing& typing, const yaml::Node& node, const Spot& spot);

/// "a duration", "an integer from 1", for messages.
std::string described(Type type);

/// "a map", "a list", "nothing", "the text \"x\"".
std::string described(const yaml::Node& node);

/// How to write one: "as 1h30m, 500ms or 11.1d".
std::string example(Type type);

void report_wrong_type(Typing& typing, const yaml::Node& node, Type wanted, const Spot& spot);
void report_stage(Typing& typing, const std::string& what, const SourceRef& where);

/// A value with places and path filled in.
Value placed(const yaml::Node& node, const Spot& spot, Value::Kind kind);

bool is_label(const std::string& name);  ///< RFC 1123
bool holds_number(Type type);  ///< integer, number, duration, rate, probability, downtime, quantity
bool is_number_object(const yaml::Node& node);
/// Whether the field describes the system by a quantity that one estimates: no setting, no target,
/// no count.
bool may_be_uncertain(const Field& field);
bool is_range_text(const yaml::Node& node);
bool is_range_map(const yaml::Node& node);

}  // namespace haplan::planner
