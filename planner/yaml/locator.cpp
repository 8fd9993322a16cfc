#include "planner/yaml/locator.hpp"

#include <algorithm>

namespace haplan::planner::yaml {

namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

Locator::Locator(const std::string& name, const std::string& text)
    : name_(name), text_(text), start_(text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0), byte_(start_) {}

SourceRef Locator::at(std::size_t byte, int length) {
  byte = std::clamp(byte, start_, text_.size());
  if (byte < byte_) {
    line_ -= static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(byte),
                                         text_.begin() + static_cast<std::ptrdiff_t>(byte_), '\n'));
    const std::size_t newline = byte == 0 ? std::string::npos : text_.rfind('\n', byte - 1);
    byte_ = newline == std::string::npos ? start_ : newline + 1;
    column_ = 1;
  }
  for (; byte_ < byte; ++byte_) {
    if (text_[byte_] == '\n') {
      ++line_;
      column_ = 1;
    } else if (starts_character(text_[byte_])) {
      ++column_;
    }
  }
  // In the middle of a character: its own column, not the next one's. A stray byte may begin a
  // line.
  const bool inside = byte < text_.size() && !starts_character(text_[byte]);
  return {name_, line_, inside ? std::max(1, column_ - 1) : column_, length};
}

int characters(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), starts_character));
}

}  // namespace haplan::planner::yaml
