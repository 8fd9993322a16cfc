#include "planner/diagnostic.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace haplan::planner {

namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Length of the UTF-8 character at `i` that a terminal may be shown, or 0: broken sequences,
/// controls (U+0080 to U+009F are two bytes, and as dangerous as the others) and marks that turn
/// the direction of a line.
std::size_t shown_length(const std::string& text, std::size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80) return lead < 0x20 || lead == 0x7F ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if (starts_character(text[i + k])) return 0;
  const std::string character = text.substr(i, length);
  if (length == 2 && character < "\xC2\xA0") return 0;
  const bool turns = (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") ||
                     (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
  return turns ? 0 : length;
}

/// A text that a terminal shows harmlessly: what must not be shown as \xNN, a tab as one space.
std::string harmless(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\t') {
      result += ' ';
      ++i;
    } else if (const std::size_t length = shown_length(text, i); length > 0) {
      result += text.substr(i, length);
      i += length;
    } else {
      const auto byte = static_cast<unsigned char>(text[i++]);
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result;
}

/// The line (from 1) of a text, without its end.
std::string line_of(const std::string& text, int line) {
  std::size_t start = text.rfind("\xEF\xBB\xBF", 0) == 0 ? 3 : 0;
  for (int i = 1; i < line && start != std::string::npos; ++i) {
    start = text.find('\n', start);
    if (start != std::string::npos) ++start;
  }
  if (start == std::string::npos) return {};
  std::string result = text.substr(start, text.find('\n', start) - start);
  if (!result.empty() && result.back() == '\r') result.pop_back();
  return result;
}

constexpr std::size_t kWidth = 120;  // of a quoted line
constexpr std::size_t kBefore = 60;  // characters kept before the caret of a longer one

/// A quoted line, cut to what fits around the caret, and the caret's line.
struct Quote {
  std::string line;
  std::string caret;
};

/// Byte behind the character at `i`.
std::size_t next_character(const std::string& text, std::size_t i) {
  ++i;
  while (i < text.size() && !starts_character(text[i])) ++i;
  return i;
}

Quote quote(const std::string& whole, const SourceRef& where) {
  const auto column = static_cast<std::size_t>(std::max(where.column, 1)) - 1;
  const auto marked = column + static_cast<std::size_t>(std::max(where.length, 1));
  // Only what is shown is looked at closely: a line may have millions of characters.
  const bool is_long = whole.size() > kWidth;
  const std::size_t first = is_long && column > kBefore ? column - kBefore : 0;
  std::size_t byte = 0;
  std::size_t at = 0;
  for (; at < first && byte < whole.size(); ++at) byte = next_character(whole, byte);
  Quote result;
  result.line = at > 0 ? "..." : "";
  std::size_t indent = result.line.size();
  std::size_t length = 0;
  for (; byte < whole.size() && at < first + kWidth; ++at) {
    const std::size_t end = next_character(whole, byte);
    const std::string character = whole.substr(byte, end - byte);
    const std::string shown = harmless(character);
    // As it is: one column, whatever its bytes; escaped: as many columns as characters.
    const std::size_t width = shown == character ? 1 : shown.size();
    if (at < column) indent += width;
    if (at >= column && at < marked) length += width;
    result.line += shown;
    byte = end;
  }
  if (byte < whole.size()) result.line += "...";
  result.caret = std::string(indent, ' ') + "^" + std::string(length > 1 ? length - 1 : 0, '~');
  return result;
}

const Source* text_named(const std::vector<Source>& texts, const std::string& name) {
  for (const Source& source : texts)
    if (source.name == name) return &source;
  return nullptr;
}

std::string print_one(const Diagnostic& one, const std::vector<Source>& texts) {
  const char* severity = one.severity == Severity::error ? "error" : "warning";
  std::string result = harmless(one.where.file);
  if (one.where.line > 0) {
    result += ":" + std::to_string(one.where.line) + ":" + std::to_string(one.where.column);
  }
  result += (result.empty() ? "" : ": ") + std::string(severity) + "[" + one.code +
            "]: " + harmless(one.message) + "\n";
  const Source* source = one.where.line > 0 ? text_named(texts, one.where.file) : nullptr;
  const std::string number = source ? std::to_string(one.where.line) : " ";
  const std::string margin(number.size() + 1, ' ');
  if (source) {
    const Quote quoted = quote(line_of(source->text, one.where.line), one.where);
    result += margin + "|\n" + number + " | " + quoted.line + "\n" + margin + "| " + quoted.caret;
    if (!one.suggestion.empty()) result += " " + harmless(one.suggestion);
    result += "\n";
  } else if (!one.suggestion.empty()) {
    result += margin + "= " + harmless(one.suggestion) + "\n";
  }
  for (const std::string& note : one.notes) result += margin + "= note: " + harmless(note) + "\n";
  return result + margin + "= help: haplan explain " + one.code + "\n";
}

}  // namespace

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& one) { return one.severity == Severity::error; });
}

void sort_diagnostics(Diagnostics& diagnostics, const std::vector<Source>& texts) {
  std::map<std::string, std::size_t> order;
  for (const Source& source : texts) order.emplace(source.name, order.size());
  const auto rank = [&](const SourceRef& where) {
    const auto found = order.find(where.file);
    return found == order.end() ? order.size() : found->second;
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) {
                     const std::size_t x = rank(a.where);
                     const std::size_t y = rank(b.where);
                     if (x != y) return x < y;
                     if (a.where.line != b.where.line) return a.where.line < b.where.line;
                     return a.where.column < b.where.column;
                   });
}

std::string print(const Diagnostics& diagnostics, const std::vector<Source>& texts,
                  std::size_t at_most) {
  std::string result;
  for (std::size_t i = 0; i < diagnostics.size() && i < at_most; ++i) {
    if (i) result += "\n";
    result += print_one(diagnostics[i], texts);
  }
  if (diagnostics.size() > at_most)
    result += "\nand " + std::to_string(diagnostics.size() - at_most) + " more\n";
  return result;
}

}  // namespace haplan::planner
