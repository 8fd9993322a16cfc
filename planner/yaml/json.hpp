#pragma once

#include <string>

#include "planner/yaml/tree.hpp"

namespace haplan::planner::yaml {

/// A tree as JSON that reads back as the same tree, places aside: plain scalars that JSON has
/// numbers or words for stay what they are, digit by digit; everything else is a text. Keys keep
/// their order.
///   level  indentation of what stands around it, two spaces each
std::string to_json(const Node& node, std::size_t level = 0);

}  // namespace haplan::planner::yaml
