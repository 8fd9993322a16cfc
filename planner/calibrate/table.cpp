#include "planner/calibrate/table.hpp"

#include <algorithm>

#include "planner/yaml/guard.hpp"

namespace haplan::planner {

namespace {

const std::string kByteOrderMark = "\xEF\xBB\xBF";

Diagnostic error(const char* code, std::string message, SourceRef where, std::string suggestion) {
  return {Severity::error, code, std::move(message), std::move(where), std::move(suggestion), {}};
}

std::string name_of(char separator) {
  if (separator == '\t') return "tab";
  return separator == ';' ? "semicolon" : "comma";
}

/// The separator of which the first line has most, outside quotes.
char separator_of(const std::string& text, std::size_t from) {
  int commas = 0;
  int semicolons = 0;
  int tabs = 0;
  bool quoted = false;
  for (std::size_t i = from; i < text.size() && (quoted || text[i] != '\n'); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted) continue;
    commas += text[i] == ',';
    semicolons += text[i] == ';';
    tabs += text[i] == '\t';
  }
  if (tabs > commas && tabs > semicolons) return '\t';
  return semicolons > commas ? ';' : ',';
}

/// Walks over the text row by row, keeping line and column.
class Scanner {
 public:
  Scanner(const Source& source, std::size_t from, char separator)
      : source_(source), text_(source.text), at_(from), separator_(separator) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

  /// The next row; no cells when the line is empty.
  Row row() {
    Row result;
    result.where = here();
    if (at_line_end()) {
      next_line();
      return result;
    }
    for (;;) {
      result.cells.push_back(cell(result));
      if (at_end() || text_[at_] != separator_) break;
      step();
    }
    next_line();
    return result;
  }

 private:
  [[nodiscard]] SourceRef here() const { return {source_.name, line_, column_, 1}; }
  [[nodiscard]] bool at_line_end() const {
    return at_end() || text_[at_] == '\n' ||
           (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
  }
  [[nodiscard]] bool at_cell_end() const { return at_line_end() || text_[at_] == separator_; }
  [[nodiscard]] bool at_blank() const {
    return !at_cell_end() && (text_[at_] == ' ' || text_[at_] == '\t');
  }

  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
      ++column_;  // once per character, not per byte
    }
    ++at_;
  }
  void next_line() {
    while (!at_end() && text_[at_] != '\n') step();
    if (!at_end()) step();
  }

  Cell cell(Row& row) {
    while (at_blank()) step();
    Cell result;
    result.where = here();
    const bool quoted = !at_cell_end() && text_[at_] == '"';
    if (quoted)
      quoted_text(result, row);
    else
      plain_text(result, row);
    const int length = line_ == result.where.line ? column_ - result.where.column : 1;
    result.where.length = std::max(1, length);
    if (!quoted) {
      while (!result.text.empty() && (result.text.back() == ' ' || result.text.back() == '\t')) {
        result.text.pop_back();
        result.where.length = std::max(1, result.where.length - 1);
      }
    }
    while (at_blank()) step();
    return result;
  }

  void plain_text(Cell& cell, Row& row) {
    while (!at_cell_end()) {
      if (text_[at_] == '"' && row.problem.empty())
        row.problem.push_back(error("HA111", "a quote inside a cell", here(),
                                    "put the whole cell in quotes, and write \"\" for one"));
      cell.text += text_[at_];
      step();
    }
  }

  void quoted_text(Cell& cell, Row& row) {
    step();
    for (;;) {
      if (at_end()) {
        row.problem.push_back(error("HA111", "the quote that begins this cell is never closed",
                                    cell.where, "close it before the next separator"));
        return;
      }
      if (text_[at_] == '"') {
        step();
        if (at_end() || text_[at_] != '"') break;
      }
      cell.text += text_[at_];
      step();
    }
    while (at_blank()) step();
    if (at_cell_end()) return;
    if (row.problem.empty())
      row.problem.push_back(error("HA111", "text after the quote that ends a cell", here(),
                                  "write \"\" for a quote inside quotes"));
    while (!at_cell_end()) step();
  }

  const Source& source_;
  const std::string& text_;
  std::size_t at_;
  char separator_;
  int line_ = 1;
  int column_ = 1;
};

void check_cells(Row& row, const Table& table) {
  if (!row.problem.empty() || row.cells.size() == table.header.size()) return;
  const bool more = row.cells.size() > table.header.size();
  const SourceRef where = more ? row.cells[table.header.size()].where : row.cells.back().where;
  row.problem.push_back(
      error("HA111",
            "the row has " + std::to_string(row.cells.size()) +
                (row.cells.size() == 1 ? " cell, the header " : " cells, the header ") +
                std::to_string(table.header.size()),
            where,
            more ? "quote a cell that holds a " + name_of(table.separator)
                 : "an empty cell still has its " + name_of(table.separator)));
}

}  // namespace

Table read_table(const Source& source) {
  Table table;
  const SourceRef start{source.name, 1, 1, 1};
  yaml::Limits limits;
  limits.nodes = static_cast<std::size_t>(1) << 40;  // only trees have to be bounded by it
  if (auto refused = yaml::unfit(source.name, source.text, limits)) {
    table.diagnostics.push_back(std::move(*refused));
    return table;
  }
  const std::string& text = source.text;
  const std::size_t from = text.rfind(kByteOrderMark, 0) == 0 ? kByteOrderMark.size() : 0;
  if (text.find('\r') != std::string::npos && text.find('\n') == std::string::npos) {
    table.diagnostics.push_back(error("HA110", "the lines end in carriage returns alone", start,
                                      "save it with line ends LF or CRLF"));
    return table;
  }
  std::size_t first = from;
  while (first < text.size() && (text[first] == '\n' || text[first] == '\r')) ++first;
  table.separator = separator_of(text, first);
  Scanner scanner(source, from, table.separator);
  while (!scanner.at_end()) {
    Row row = scanner.row();
    if (row.cells.empty()) continue;
    if (table.header.empty()) {
      table.header = std::move(row.cells);
      table.diagnostics = std::move(row.problem);
      if (!table.diagnostics.empty()) return table;
      continue;
    }
    check_cells(row, table);
    table.rows.push_back(std::move(row));
  }
  if (table.header.empty())
    table.diagnostics.push_back(
        error("HA110", "the table is empty", start,
              "its first line names the columns: start,end,component,cause"));
  return table;
}

}  // namespace haplan::planner
