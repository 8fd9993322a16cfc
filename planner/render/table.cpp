#include "planner/render/table.hpp"

#include <algorithm>
#include <numeric>

namespace haplan::planner {
namespace {

constexpr const char* kEllipsis = "\u2026";
constexpr std::size_t kLeast = 6;  ///< a column is not cut below this

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto have = text_width(text);
  const std::string space(width > have ? width - have : 0, ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::size_t text_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(const std::string& text, std::size_t width) {
  if (text_width(text) <= width || width == 0) return text;
  std::string out;
  std::size_t points = 0;
  for (const char c : text) {
    if (!continues(c) && ++points == width) break;
    out += c;
  }
  return out + kEllipsis;
}

std::vector<std::string> table_lines(const TextTable& table, int indent, int width) {
  std::vector<std::vector<std::string>> rows = table.rows;
  if (!table.header.empty()) rows.insert(rows.begin(), table.header);
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], text_width(row[c]));
  }
  if (widths.empty()) return {};
  const auto total = [&] {
    return static_cast<std::size_t>(indent) + 2 * (widths.size() - 1) +
           std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  };
  while (total() > static_cast<std::size_t>(std::max(width, 20))) {
    auto& widest = *std::max_element(widths.begin(), widths.end());
    if (widest <= kLeast) break;
    --widest;
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const bool right = c < table.right.size() && table.right[c];
      line += (c == 0 ? "" : "  ") + padded(cut(row[c], widths[c]), widths[c], right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> wrapped(const std::string& sentence, const std::string& first, int width) {
  const std::string rest(text_width(first), ' ');
  std::vector<std::string> lines;
  std::string line = first;
  bool empty = true;
  for (std::size_t start = 0; start < sentence.size();) {
    auto end = std::min(sentence.find(' ', start), sentence.size());
    // A percent sign stays with its number.
    while (end + 1 < sentence.size() && sentence[end + 1] == '%')
      end = std::min(sentence.find(' ', end + 1), sentence.size());
    const auto word = sentence.substr(start, end - start);
    start = end + 1;
    if (word.empty()) continue;
    if (!empty && text_width(line) + 1 + text_width(word) > static_cast<std::size_t>(width)) {
      lines.push_back(line);
      line = rest;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  lines.push_back(line);
  return lines;
}

}  // namespace haplan::planner
