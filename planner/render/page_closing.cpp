#include <algorithm>

#include "planner/render/certificate.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

/// The last sections of the page: what binds, what to know, what to do.
namespace haplan::planner {

void add_binding(Page& page, const Plan& plan) {
  if (plan.outcome.binding.empty()) return;
  page.heading("What binds");
  for (const auto& sentence : plan.outcome.binding) page.sentence(sentence, "  - ");
}

void add_changes(Page& page, const Plan& plan) {
  if (!plan.most_changes || !plan.outcome.has_plan) return;
  page.heading("Changes to the running plan (" + std::to_string(plan.changes.size()) +
               " of at most " + std::to_string(*plan.most_changes) + ")");
  for (const std::string& change : plan.changes) page.sentence(change, "  - ");
  if (plan.changes.empty()) page.sentence("none: it meets every objective as it is.");
}

void add_certificate(Page& page, const Plan& plan) {
  if (!plan.certificate) return;
  const CertificateSummary& what = *plan.certificate;
  page.heading("Certificate");
  page.sentence(proved_sentence(what.claim, what.proved) + ".");
  page.sentence(boxes_text(what.proved) + " in " + bytes_text(what.bytes) +
                (what.checked ? ", each checked apart from the search." : "."));
}

void add_warnings(Page& page, const Plan& plan) {
  if (plan.warnings.empty()) return;
  page.heading("Warnings");
  for (const auto& sentence : plan.warnings) page.sentence(sentence, "  ! ");
}

void add_defaults(Page& page, const Plan& plan) {
  constexpr std::size_t kShown = 8;
  const auto& defaults = plan.lowered.defaults;
  if (!defaults.empty()) {
    page.heading("Defaults used");
    TextTable table{{"path", "value", "source"}, {false, true, false}, {}};
    for (std::size_t i = 0; i < std::min(kShown, defaults.size()); ++i)
      table.rows.push_back({defaults[i].path, defaults[i].value, defaults[i].source});
    page.table(std::move(table));
    if (defaults.size() > kShown)
      page.sentence("and " + std::to_string(defaults.size() - kShown) +
                    " more, listed by -o json.");
  }
}

void add_next(Page& page, const Plan& plan) {
  const auto status = plan.outcome.status;
  const auto& spec = page.options().spec;
  page.heading("Next");
  const bool releases = !plan.lowered.releases.empty();
  if (status == solver::Status::evaluated) {
    if (!plan.lowered.problem.decisions.empty())
      page.line("  haplan solve " + printable(spec));
    else if (const auto& chosen = page.options().plan; !chosen.empty())
      page.line("  haplan drill " + printable(spec) + " --plan " + printable(chosen));
    else
      page.sentence("give settings a range, as replicas: 1..4, then: haplan solve " +
                    printable(spec));
  } else if (status == solver::Status::infeasible) {
    page.sentence("change the spec as said above, then: haplan solve " + printable(spec));
  } else if (status == solver::Status::undecided) {
    page.sentence("give it a larger limit, or narrower ranges, then: haplan solve " +
                  printable(spec));
  } else {
    page.line("  haplan solve " + printable(spec) + (releases ? " --out values=values/" : "") +
              " --out patch=patch/ --out json=plan.json");
    page.line("  haplan evaluate " + printable(spec) + " --plan plan.json");
  }
}

}  // namespace haplan::planner
