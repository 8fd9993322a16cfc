#pragma once

#include <optional>
#include <string>

#include "planner/diagnostic.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner::yaml {

/// What makes a text unfit for the parser: too large, not UTF-8 text, or so many brackets and
/// commas that its tokens alone would cost more than its elements may. Nothing when it may be
/// parsed.
///
/// The scanner of the YAML library reads a whole bracketed value before it hands on the first
/// token, so its memory must be bounded before, not only while, the tree is built.
std::optional<Diagnostic> unfit(const std::string& name, const std::string& text,
                                const Limits& limits);

}  // namespace haplan::planner::yaml
