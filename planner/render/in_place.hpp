#pragma once

#include <optional>
#include <string>

#include "planner/diagnostic.hpp"
#include "planner/render/yaml_text.hpp"

namespace haplan::planner {

struct Edited {
  std::optional<std::string> text;  ///< absent when there are errors
  Diagnostics diagnostics;          ///< HA106: where a value cannot be set without changing others
};

/// Sets values in a YAML file as Helm would merge them over it, and changes no other byte: comments,
/// order, quotes, line ends and flow style stay. Of a list only the items that `values` names are
/// set (tolerations by key, constraints by topologyKey, manifests by kind and name); the others are
/// the user's. What is changed or added has its reason in a comment above it that begins with
/// "# haplan: "; such a comment is replaced when the reason changes. Editing twice changes nothing more.
///   name    of the file, for diagnostics
///   text    one YAML document, or none
///   fails   with diagnostics where an anchor, alias, merge key or tag is in the way, or the text is
///           not YAML
Edited edit_in_place(const std::string& name, const std::string& text, const YamlNode& values);

}  // namespace haplan::planner
