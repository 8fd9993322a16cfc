#pragma once

#include <string>
#include <vector>

#include "planner/render/yaml_text.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner {

struct Manifest {
  yaml::Node root;
  std::string
      twice;  ///< about a key that stands in it twice, of which helm takes the last; or empty
};

/// The documents of a stream, those that are maps. Helm separates them by lines of three dashes.
std::vector<Manifest> manifests_in(const std::string& stream);

/// What stands at a dotted path; null: nothing.
const yaml::Node* node_at(const yaml::Node* node, const std::string& path);
const YamlNode* node_at(const YamlNode& root, const std::string& path);

/// The scalar at a dotted path, or empty.
std::string text_at(const yaml::Node& node, const std::string& path);

/// What stands there, for people.
std::string shown(const yaml::Node* node);

/// Where a manifest first lacks what is wanted, as "path: what stands there"; empty when all of
/// it is there. A map may hold more; a null wants nothing there; an item of a list may stand
/// anywhere in it.
///   path  of `there`, as it is told
std::string lacking(const yaml::Node* there, const YamlNode& wanted, const std::string& path);

/// Whether any text in a tree contains another.
bool mentions(const yaml::Node& node, const std::string& wanted);

}  // namespace haplan::planner
