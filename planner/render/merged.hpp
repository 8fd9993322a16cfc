#pragma once

#include "planner/render/yaml_text.hpp"
#include "planner/yaml/tree.hpp"

/// What is read from a file against what was to be written into it.
namespace haplan::planner {

/// Whether a value says what is wanted, comments and style aside; of maps, and no more.
bool same_value(const yaml::Node& there, const YamlNode& wanted);

/// Whether two items of a list are the same one, whatever else they say: their key, topologyKey, or
/// kind and name.
bool same_item(const yaml::Node& there, const YamlNode& wanted);

/// Whether a value is what an edit in place makes of the wanted one over the one before: maps merged,
/// of lists the wanted items and else only what was there, and nothing besides changed.
bool as_merged(const yaml::Node& before, const YamlNode& wanted, const yaml::Node& after);

}  // namespace haplan::planner
