#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// Aligned columns and wrapped sentences in UTF-8, counted in code points.
namespace haplan::planner {

struct TextTable {
  std::vector<std::string> header;
  std::vector<bool> right;  ///< per column: numbers stand at the right
  std::vector<std::vector<std::string>> rows;
};

/// Without `count` of its columns, from `first` on.
void remove_columns(TextTable& table, std::size_t first, std::size_t count);

/// Lines of `indent` spaces and the columns two apart; in a table wider than `width` the cells of the widest columns
/// are broken into several lines, never cut. The header comes first, unless it is empty.
std::vector<std::string> table_lines(const TextTable& table, int indent, int width);

/// Words of a sentence in lines of at most `width`; the first begins with `first`, the others with
/// as many spaces.
std::vector<std::string> wrapped(const std::string& sentence, const std::string& first, int width);

/// Code points.
std::size_t text_width(const std::string& text);

}  // namespace haplan::planner
