#pragma once

#include <cstddef>
#include <string>

#include "planner/diagnostic.hpp"

namespace haplan::planner::yaml {

/// Turns byte positions of a text into lines and columns, both from 1, columns in characters.
/// Keeps a cursor, so that positions asked for in about ascending order cost O(1) each on average,
/// even when the whole text is one line.
class Locator {
 public:
  Locator(const std::string& name, const std::string& text);

  /// Place of the byte, `length` as given. A byte order mark is not counted; behind the end is the
  /// end.
  SourceRef at(std::size_t byte, int length = 1);

  /// First byte that is text: behind a byte order mark.
  [[nodiscard]] std::size_t start() const { return start_; }

 private:
  const std::string& name_;
  const std::string& text_;
  std::size_t start_ = 0;
  std::size_t byte_ = 0;
  int line_ = 1;
  int column_ = 1;
};

/// Characters (code points) of a piece of UTF-8.
int characters(const std::string& text);

}  // namespace haplan::planner::yaml
