#pragma once

#include <cstddef>
#include <optional>
#include <string>

/// What is most likely wrong with a text that is not YAML. The parser only says where it gave up.
namespace haplan::planner::yaml {

struct Mistake {
  std::size_t byte = 0;  ///< where it stands
  int length = 1;
  std::string message;
  std::string suggestion;
};

/// A tab that indents the line where the parser gave up, or the one after or before it.
///   byte  where the parser gave up
std::optional<Mistake> tab_at(const std::string& text, std::size_t byte);

/// The first bracket that is never closed, or closed by one of the other kind; quoted texts and comments are passed over. For texts that
/// are known to be broken: in block scalars it may see brackets that are none.
///   cost  O(bytes)
std::optional<Mistake> unclosed_bracket(const std::string& text);

}  // namespace haplan::planner::yaml
