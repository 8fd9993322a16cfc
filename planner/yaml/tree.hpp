#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "planner/diagnostic.hpp"

/// YAML text as a tree in which every element knows its place. No schema: scalars stay the text
/// that was written.
namespace haplan::planner::yaml {

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  bool quoted = false;   ///< scalar that is text by its style ('a', "a", |, >) or tagged !!str
  bool deletes = false;  ///< null that takes away a key which `<<` would bring
  SourceRef
      where;  ///< of what is written here; of the anchored content when reached through an alias
  std::string text;  ///< scalar

  std::vector<Node> items;     ///< list
  std::vector<Entry> entries;  ///< map, in the order written, `<<` resolved; keys are distinct

  [[nodiscard]] const Node* find(const std::string& name) const;
  [[nodiscard]] Node* find(const std::string& name);
};

struct Entry {
  std::string name;
  SourceRef where;  ///< of the key
  Node value;
};

/// What a text may cost before it is refused.
struct Limits {
  std::size_t bytes = 16u << 20;
  std::size_t depth = 64;         ///< nested maps and lists, aliases followed
  std::size_t nodes = 1'000'000;  ///< elements after aliases and merges are written out
};

struct Parsed {
  std::optional<Node> root;  ///< absent when the text is empty or broken
  Diagnostics diagnostics;
};

/// Parses one YAML 1.2 document (JSON is one).
///
///   name    what diagnostics call the text
///   text    UTF-8, with or without byte order mark, lines ending in LF or CRLF
///   fails   HA005-HA014 and HA036, all duplicate keys at once, the first of the others
///   cost    O(bytes + nodes) time and memory
Parsed parse(const std::string& name, const std::string& text, const Limits& limits = {});

}  // namespace haplan::planner::yaml
