#pragma once

#include <string>
#include <vector>

/// Aligned columns and wrapped sentences in UTF-8, counted in code points.
namespace haplan::planner {

struct TextTable {
  std::vector<std::string> header;
  std::vector<bool> right;  ///< per column: numbers stand at the right
  std::vector<std::vector<std::string>> rows;
};

/// Lines of `indent` spaces and the columns two apart; a table wider than `width` has its widest
/// columns cut with an ellipsis. The first line is the header, unless the header is empty.
std::vector<std::string> table_lines(const TextTable& table, int indent, int width);

/// Words of a sentence in lines of at most `width`; the first begins with `first`, the others with
/// as many spaces.
std::vector<std::string> wrapped(const std::string& sentence, const std::string& first, int width);

/// Code points.
std::size_t text_width(const std::string& text);

/// At most `width` code points, the last an ellipsis when something was cut.
std::string cut(const std::string& text, std::size_t width);

}  // namespace haplan::planner
