#include "planner/yaml/mistake.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace haplan::planner::yaml {

namespace {

constexpr std::size_t kNone = std::string::npos;

std::size_t line_start(const std::string& text, std::size_t byte) {
  const std::size_t newline = byte == 0 ? kNone : text.rfind('\n', byte - 1);
  return newline == kNone ? 0 : newline + 1;
}

/// The first tab of the white space that begins the line, or kNone; a line of white space only needs
/// no indentation.
std::size_t indenting_tab(const std::string& text, std::size_t start) {
  const std::size_t content = text.find_first_not_of(" \t", start);
  if (content == kNone || text[content] == '\n' || text[content] == '\r') return kNone;
  const std::size_t tab = text.find('\t', start);
  return tab < content ? tab : kNone;
}

/// Whether a quote or bracket at `i` begins a value, and is not part of a plain one as in `it's`.
bool begins_value(const std::string& text, std::size_t i, bool in_brackets) {
  std::size_t before = i;
  while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t')) --before;
  if (before == 0) return true;
  const char c = text[before - 1];
  if (c == '\n' || c == '\r') return true;
  if (in_brackets && std::string_view("[]{},:").find(c) != std::string_view::npos) return true;
  return before < i && std::string_view(":-?,").find(c) != std::string_view::npos;
}

/// Behind the quoted text that begins at `i`.
std::size_t end_of_quoted(const std::string& text, std::size_t i) {
  const char quote = text[i++];
  while (i < text.size() && text[i] != quote) i += text[i] == '\\' && quote == '"' ? 2 : 1;
  return std::min(i + 1, text.size());
}

Mistake never_closed(const std::string& text, std::size_t at) {
  const std::string closing = text[at] == '[' ? "\"]\"" : "\"}\"";
  return {at, 1, "this bracket is never closed", "add the " + closing + " where its value ends"};
}

}  // namespace

std::optional<Mistake> tab_at(const std::string& text, std::size_t byte) {
  const std::size_t here = line_start(text, std::min(byte, text.size()));
  const std::size_t newline = text.find('\n', here);
  const std::size_t next = newline == kNone ? here : newline + 1;
  const std::size_t before = here == 0 ? here : line_start(text, here - 1);
  for (const std::size_t start : {here, next, before}) {
    const std::size_t tab = indenting_tab(text, start);
    if (tab == kNone) continue;
    const std::size_t end = std::min(text.find_first_not_of('\t', tab), text.size());
    return Mistake{tab, static_cast<int>(end - tab), "a tab indents this line",
                   "indent with spaces: YAML does not allow tabs there"};
  }
  return std::nullopt;
}

std::optional<Mistake> unclosed_bracket(const std::string& text) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const bool is_comment = c == '#' && (i == 0 || std::string_view(" \t\n\r").find(text[i - 1]) !=
                                                       std::string_view::npos);
    if (is_comment) {
      i = std::min(text.find('\n', i), text.size());
    } else if ((c == '"' || c == '\'') && begins_value(text, i, !open.empty())) {
      i = end_of_quoted(text, i);
    } else {
      if ((c == '[' || c == '{') && (!open.empty() || begins_value(text, i, false)))
        open.push_back(i);
      else if ((c == ']' || c == '}') && !open.empty()) {
        if ((c == ']') != (text[open.back()] == '[')) return never_closed(text, open.back());
        open.pop_back();
      }
      ++i;
    }
  }
  if (open.empty()) return std::nullopt;
  return never_closed(text, open.front());
}

}  // namespace haplan::planner::yaml
