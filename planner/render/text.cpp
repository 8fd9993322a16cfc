#include "planner/render/text.hpp"

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

namespace haplan::planner {

void Page::table(TextTable table) {
  for (auto& row : table.rows)
    for (auto& cell : row) cell = printable(cell);
  const bool header = !table.header.empty();
  const auto lines = table_lines(table, 2, options_.width);
  for (std::size_t i = 0; i < lines.size(); ++i)
    line(header && i == 0 ? paint("2", lines[i]) : lines[i]);
}

void Page::sentence(const std::string& sentence, const std::string& first) {
  for (const auto& text : wrapped(printable(sentence), first, options_.width)) line(text);
}

std::string render_text(const Plan& plan, const TextOptions& options) {
  Page page(options);
  add_verdict(page, plan);
  if (plan.outcome.status == solver::Status::infeasible) {
    // Figures of an attempt would only hide what is proved.
    add_infeasibility(page, plan);
  } else {
    add_availability(page, plan);
    add_exactness(page, plan);
    add_objectives(page, plan);
    if (plan.outcome.status == solver::Status::evaluated) add_recoveries(page, plan);
    add_windows(page, plan);
    add_components(page, plan);
    add_spending(page, plan);
    add_placement(page, plan);
    add_causes(page, plan);
    if (plan.outcome.status == solver::Status::evaluated) {
      add_cut_sets(page, plan);
      add_importance(page, plan);
    }
    add_provenance(page, plan);
    add_uncertainty(page, plan);
    add_binding(page, plan);
  }
  add_changes(page, plan);
  add_certificate(page, plan);
  add_warnings(page, plan);
  add_defaults(page, plan);
  add_next(page, plan);
  return page.text();
}

}  // namespace haplan::planner
