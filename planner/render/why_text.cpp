#include <algorithm>
#include <charconv>
#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "planner/render/why.hpp"

namespace haplan::planner {
namespace {

constexpr std::size_t kShown = 8;

std::string number_text(double value, int digits) {
  if (std::isinf(value)) return "infinite";
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, digits);
  return {buffer, end.ptr};
}

/// As JSON has it: the shortest text that reads back.
std::string whole_text(double value) {
  if (std::isinf(value)) return "infinite";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, end.ptr};
}

std::string with_unit(const std::string& name, const std::string& unit) {
  return unit.empty() ? name : name + " [" + unit + "]";
}

void add_working(Page& page, const Working& working) {
  page.heading(working.title);
  if (!working.formula.empty()) page.sentence(working.formula);
  if (!working.rows.empty()) {
    TextTable table{{""}, {false}, {}};
    for (const WorkingColumn& column : working.columns) {
      table.header.push_back(with_unit(column.name, column.unit));
      table.right.push_back(true);
    }
    constexpr std::size_t kWide = 6;  // columns that have room for fewer digits
    const int digits = working.columns.size() > kWide ? 4 : 6;
    for (std::size_t i = 0; i < std::min(kShown, working.rows.size()); ++i) {
      std::vector<std::string> cells{working.rows[i].name};
      for (const auto& value : working.rows[i].values)
        cells.push_back(value ? number_text(*value, digits) : "-");
      table.rows.push_back(std::move(cells));
    }
    // A column that says nothing about any row only takes room.
    for (std::size_t c = table.header.size(); c-- > 1;) {
      const bool empty =
          std::ranges::all_of(table.rows, [&](const auto& row) { return row[c] == "-"; });
      if (!empty) continue;
      table.header.erase(table.header.begin() + static_cast<std::ptrdiff_t>(c));
      table.right.pop_back();
      for (auto& row : table.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(c));
    }
    page.table(std::move(table));
    if (working.rows.size() > kShown)
      page.sentence("and " + std::to_string(working.rows.size() - kShown) +
                    " more, listed by -o json.");
  }
  for (const Quantity& result : working.results)
    page.line("  " + with_unit(result.name, result.unit) + " = " + whole_text(result.value));
}

std::string value_text(const Answer& answer) {
  std::string text = answer.value.empty() ? "" : " = " + answer.value;
  if (!answer.unit.empty() && !text.empty()) text += " " + answer.unit;
  const auto& value = answer.explanation.value;
  if (!value || text.empty()) return text;
  if (answer.unit == "s" && std::isfinite(value->value) &&
      answer.value == whole_text(value->value) && value->value >= 60.0)
    text += " (" + duration_text(value->value) + ")";
  if (answer.explanation.figure->name == "unavailability")
    text += " (" + availability_text(value->value) + ", " + duration_text(value->value * kYear) +
            " a year)";
  return text;
}

void add_answer(Page& page, const Answer& answer) {
  const Explanation& what = answer.explanation;
  const Figure& figure = *what.figure;
  page.line(page.bold(printable(what.path)) + printable(value_text(answer)));
  page.sentence(figure.definition);
  page.sentence(figure.formula, "    ");
  page.sentence(figure.source);
  for (const std::string& note : what.notes) page.sentence(note, "  - ");
  for (const Working& working : what.workings) add_working(page, working);
}

}  // namespace

std::string render_why_text(const Answer& answer, const TextOptions& options) {
  Page page(options);
  add_answer(page, answer);
  if (!answer.explanation.next.empty()) {
    page.heading("Next");
    for (const std::string& path : answer.explanation.next)
      page.line("  haplan why " + printable(path) + " " + printable(options.spec));
  }
  return page.text();
}

std::string render_explanation_text(const Evidence& evidence, const std::vector<Answer>& answers,
                                    const TextOptions& options) {
  Page page(options);
  page.line(page.bold(printable(evidence.plan.lowered.name)) + ": where " +
            std::to_string(answers.size()) + " figures and settings come from");
  for (const Answer& one : answers) {
    page.line("");
    page.line(std::string(static_cast<std::size_t>(page.width()), '-'));
    add_answer(page, one);
  }
  return page.text();
}

std::string render_figure_text(const Figure& figure, const TextOptions& options) {
  Page page(options);
  page.line(page.bold(figure.name) + ": " + figure.title);
  page.line("");
  page.sentence(figure.definition, "");
  page.line("");
  page.sentence(figure.formula, "  ");
  page.line("");
  page.sentence("Defined in " + figure.source + ".", "");
  page.sentence("Shown as " + figure.shown + ".", "");
  return page.text();
}

std::string render_figures_text(const TextOptions& options) {
  Page page(options);
  page.line(page.bold("Figures") +
            " that haplan explains NAME knows, beside codes of diagnostics:");
  TextTable table{{"name", "title", "formula"}, {false, false, false}, {}};
  for (const Figure& figure : figures())
    table.rows.push_back({figure.name, figure.title, figure.formula});
  page.table(std::move(table));
  page.heading("Next");
  page.line("  haplan explain fussell-vesely");
  page.line("  haplan explain HA003");
  page.line("  haplan explain SPEC");
  page.line("  haplan why services.NAME.unavailability SPEC");
  return page.text();
}

}  // namespace haplan::planner
