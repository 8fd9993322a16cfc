#include <algorithm>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"
#include "planner/render/recoveries.hpp"

namespace haplan::planner {

void add_recoveries(Page& page, const Plan& plan) {
  if (!plan.after) return;
  const auto all = recoveries(plan.lowered, plan.after->deployment);
  if (all.empty()) return;
  page.heading("Recovery of one failure");
  TextTable table{{"component", "failure", "a year", "mean", "p50", "p99", "p99.9", "worst",
                   "target", "in time"},
                  {false, false, true, true, true, true, true, true, true, true},
                  {}};
  for (const Recovery& r : all)
    table.rows.push_back({r.component, r.mode, r.rate > 0.0 ? significant(r.rate * kYear, 2) : "-",
                          duration_text(r.mean), duration_text(r.p50.value),
                          duration_text(r.p99.value), duration_text(r.p999.value),
                          r.worst ? duration_text(*r.worst) : "-",
                          r.target ? duration_text(*r.target) : "-",
                          r.within_target ? availability_text(1.0 - *r.within_target) : "-"});
  page.table(std::move(table));
  page.sentence(
      "a year: failures of one replica; worst: without back-off of restarts, which the percentiles "
      "count; -: nothing automatic, or a kill of a healthy replica.");
}

}  // namespace haplan::planner
