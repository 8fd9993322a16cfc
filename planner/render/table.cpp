#include "planner/render/table.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace haplan::planner {
namespace {

constexpr std::size_t kLeast = 6;  ///< no column becomes narrower than this
constexpr int kLeastPage = 20;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string padded(const std::string& text, std::size_t width, bool right) {
  const auto have = text_width(text);
  const std::string space(width > have ? width - have : 0, ' ');
  return right ? space + text : text + space;
}

/// Widths of the columns, the widest made narrower until all fit.
std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows,
                                       std::size_t indent, std::size_t page) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], text_width(row[c]));
  }
  if (widths.empty()) return widths;
  const auto total = [&] {
    return indent + 2 * (widths.size() - 1) +
           std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  };
  while (total() > page) {
    auto& widest = *std::max_element(widths.begin(), widths.end());
    if (widest <= kLeast) break;
    --widest;
  }
  return widths;
}

/// Code points of the word that `text[at]` belongs to.
std::size_t word_width(const std::string& text, std::size_t at) {
  const auto before = text.rfind(' ', at);
  const auto from = before == std::string::npos ? 0 : before + 1;
  return text_width(text.substr(from, std::min(text.find(' ', at), text.size()) - from));
}

/// A cell in lines of at most `width`: after a blank in the second half of the line, else after a comma, a hyphen,
/// a dot or a slash there, else after any blank if the word then fits a line, else anywhere.
std::vector<std::string> broken(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t points = 0;
  std::size_t blank = 0;  ///< bytes of `line` up to its last blank
  std::size_t mark = 0;   ///< up to its last other good place to break
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i])) {
      if (points == width && text[i] != ' ') {
        const auto far = [&](std::size_t at) {
          return text_width(line.substr(0, at)) * 2 >= width;
        };
        const bool fits = blank > 0 && word_width(text, i) <= width;
        const std::size_t last = far(blank) || (fits && !far(mark)) ? blank : mark;
        const bool good = last > 0 && (far(last) || fits);
        const std::string rest = good ? line.substr(last) : std::string{};
        if (good) line.erase(last);
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(line);
        line = rest;
        points = text_width(line);
        blank = mark = 0;
      }
      if (points == width) {  // a blank at the end of a full line: it ends here
        lines.push_back(line);
        line.clear();
        points = blank = mark = 0;
        continue;
      }
      ++points;
    }
    line += text[i];
    if (text[i] == ' ') blank = line.size();
    if (std::string(",-./").find(text[i]) != std::string::npos) mark = line.size();
  }
  if (!line.empty() || lines.empty()) lines.push_back(line);
  return lines;
}

/// At the blank sentence[at] stands a unit after its number: they stay on one line.
bool unit_follows(const std::string& sentence, std::size_t at) {
  if (sentence[at + 1] == '%') return true;
  if (at == 0 || sentence[at - 1] < '0' || sentence[at - 1] > '9') return false;
  const auto from = at + 1;
  const auto end = std::min(sentence.find_first_of(" ,.;:)", from), sentence.size());
  constexpr std::array kUnits{"us", "ms", "s", "min", "h", "d", "y", "Gi", "Mi"};
  return std::find(kUnits.begin(), kUnits.end(), sentence.substr(from, end - from)) != kUnits.end();
}

}  // namespace

std::size_t text_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

void remove_columns(TextTable& table, std::size_t first, std::size_t count) {
  const auto remove = [&](auto& cells) {
    const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(first);
    cells.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
  remove(table.header);
  remove(table.right);
  for (auto& row : table.rows) remove(row);
}

std::vector<std::string> table_lines(const TextTable& table, int indent, int width) {
  std::vector<std::vector<std::string>> rows = table.rows;
  if (!table.header.empty()) rows.insert(rows.begin(), table.header);
  const auto widths = column_widths(rows, static_cast<std::size_t>(indent),
                                    static_cast<std::size_t>(std::max(width, kLeastPage)));
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t c = 0; c < row.size(); ++c) {
      cells.push_back(broken(row[c], widths[c]));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t i = 0; i < height; ++i) {
      std::string line(static_cast<std::size_t>(indent), ' ');
      for (std::size_t c = 0; c < cells.size(); ++c) {
        const bool right = c < table.right.size() && table.right[c];
        const std::string text = i < cells[c].size() ? cells[c][i] : "";
        line += (c == 0 ? "" : "  ") + padded(text, widths[c], right);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      lines.push_back(std::move(line));
    }
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
    while (end + 1 < sentence.size() && unit_follows(sentence, end))
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
