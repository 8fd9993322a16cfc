#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "planner/yaml/tree.hpp"

namespace haplan::planner {

/// Where the elements of a parsed text begin and end in it, in bytes.
class Places {
 public:
  explicit Places(const std::string& text);

  /// First byte of what a place refers to.
  [[nodiscard]] std::size_t begin(const SourceRef& where) const;
  /// First byte behind a value, comments and line ends behind it not counted.
  ///   indent  columns before the key under which it stands; of a block scalar
  [[nodiscard]] std::size_t end(const yaml::Node& node, std::size_t indent) const;
  /// First byte behind an entry.
  [[nodiscard]] std::size_t end(const yaml::Entry& entry) const;
  /// First byte behind the colon of an entry.
  [[nodiscard]] std::size_t behind_colon(const yaml::Entry& entry) const;
  /// First byte of the value, or of an anchor, alias or tag before it; the line's end when nothing
  /// stands on the line.
  [[nodiscard]] std::size_t value_on_line(const yaml::Entry& entry) const;

  [[nodiscard]] std::size_t line_begin(std::size_t byte) const;
  /// First byte of the next line, or the end of the text.
  [[nodiscard]] std::size_t next_line(std::size_t byte) const;
  /// Columns before what stands at a place, in bytes.
  [[nodiscard]] std::size_t indent(const SourceRef& where) const;
  /// First byte of the line of a block's last entry or item, or of the comments right above it.
  ///   block  a map or list with elements
  [[nodiscard]] std::size_t last_part(const yaml::Node& block) const;
  /// Whether a value ends in a block scalar that would take in a line end behind it.
  [[nodiscard]] bool ends_open(const yaml::Node& node) const;
  /// Last byte that says something within the brackets of a map or list: its last value, a comma behind
  /// that, or the opening bracket.
  [[nodiscard]] std::size_t last_in_flow(const yaml::Node& node) const;
  /// Whether a map or list is written in brackets.
  [[nodiscard]] bool flow(const yaml::Node& node) const;

 private:
  [[nodiscard]] const yaml::Entry* last_entry(const yaml::Node& map) const;
  [[nodiscard]] std::size_t list_end(const yaml::Node& list) const;
  [[nodiscard]] bool null_at(std::size_t byte) const;
  [[nodiscard]] bool null_written(const yaml::Entry& entry) const;
  [[nodiscard]] std::size_t quoted_end(std::size_t byte) const;
  /// What is in brackets.
  struct Flow {
    std::size_t last = 0;  ///< the last byte within them that says something
    std::size_t end = 0;   ///< the first one behind them
  };
  [[nodiscard]] Flow flow_from(std::size_t byte) const;
  [[nodiscard]] std::size_t plain_end(std::size_t byte, const std::string& text) const;
  [[nodiscard]] std::size_t block_end(std::size_t byte, std::size_t indent) const;

  const std::string& text_;
  std::vector<std::size_t> lines_;  ///< first byte of each
};

}  // namespace haplan::planner
