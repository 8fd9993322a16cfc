#include <algorithm>
#include <cmath>

#include "planner/render/figures.hpp"
#include "planner/render/page.hpp"

/// Sections about what the downtime hangs on: windows, minimal cut sets, importance.
namespace haplan::planner {
namespace {

constexpr std::size_t kShown = 5;

const solver::Objective* objective_of(const Plan& plan, model::ServiceId service) {
  for (const auto& o : plan.lowered.problem.objectives)
    if (o.service == service) return &o;
  return nullptr;
}

/// A number, or the interval that contains it.
std::string share_text(const std::optional<model::Estimate>& share) {
  if (!share) return "-";
  if (share->method == model::Method::exact) return significant(share->value, 3);
  return significant(share->lower, 3) + ".." + significant(share->upper, 3);
}

std::string worth_text(double worth) {
  return std::isinf(worth) ? "infinite" : significant(worth, 3);
}

std::string event_text(const model::CutEvent& event) {
  if (event.kind == model::CauseKind::drain) return "drain of " + event.subject;
  if (event.kind == model::CauseKind::node)
    return event.subject + " down" +
           (event.within > 0.0 ? " (first " + duration_text(event.within) + ")" : "");
  if (event.kind == model::CauseKind::replica)
    return "a replica of " + event.subject + (event.mode.empty() ? "" : " (" + event.mode + ")") +
           (event.node.empty() ? "" : " on " + event.node);
  return cause_text({event.kind, event.subject, event.mode});
}

std::string set_text(const model::CutSet& set, std::size_t levels,
                     const std::vector<model::Level>& all) {
  std::string text;
  for (const model::CutEvent& event : set.events)
    text += (text.empty() ? "" : " + ") + event_text(event);
  if (set.events.empty()) text = "nothing: too few replicas for the load";
  if (set.levels.size() == levels) return text;
  std::string at;
  for (const model::LevelId level : set.levels) at += (at.empty() ? "" : ", ") + all[level].name;
  return text + " (at " + at + ")";
}

/// The service that is down most, the first of several.
model::ServiceId worst_service(const Assessment& assessment) {
  const auto& services = assessment.evaluation.services;
  const auto worst = std::ranges::max_element(
      services, {}, [](const auto& figures) { return figures.unavailability.value; });
  return static_cast<model::ServiceId>(worst - services.begin());
}

}  // namespace

void add_windows(Page& page, const Plan& plan) {
  const Assessment* const shown = shown_assessment(plan);
  if (shown == nullptr) return;
  TextTable table{{"service", "window", "budget", "kept with", "mean downtime", "99 % at most"},
                  {false, true, true, true, true, true},
                  {}};
  for (model::ServiceId s = 0; s < shown->windows.size(); ++s) {
    const solver::Objective* const objective = objective_of(plan, s);
    if (objective == nullptr || !objective->max_unavailability) continue;
    const model::WindowFigures& window = shown->windows[s];
    table.rows.push_back({plan.lowered.problem.system.services[s].name,
                          duration_text(objective->window),
                          duration_text(*objective->max_unavailability * objective->window),
                          availability_text(1.0 - window.kept.value), duration_text(window.mean),
                          duration_text(window.downtime_p99.value)});
  }
  if (table.rows.empty()) return;
  page.heading("Downtime within a window (approximate)");
  page.table(std::move(table));
}

void add_cut_sets(Page& page, const Plan& plan) {
  const Assessment* const shown = shown_assessment(plan);
  if (shown == nullptr || shown->cut_sets.empty()) return;
  const model::ServiceId service = worst_service(*shown);
  const model::CutSets& cuts = shown->cut_sets[service];
  if (cuts.sets.empty()) return;
  const auto& system = plan.lowered.problem.system;
  const std::size_t rows = std::min(kShown, cuts.sets.size());
  page.heading("Smallest sets of failures that take " + system.services[service].name + " down");
  TextTable table{{"what fails together", "a year"}, {false, true}, {}};
  for (std::size_t i = 0; i < rows; ++i)
    table.rows.push_back({set_text(cuts.sets[i], system.levels.size(), system.levels),
                          duration_text(cuts.sets[i].probability * kYear)});
  page.table(std::move(table));
  if (cuts.sets.size() > rows)
    page.sentence("and " + count_text(cuts.sets.size() - rows, "more set") +
                  ", listed by -o json.");
}

void add_importance(Page& page, const Plan& plan) {
  const Assessment* const shown = shown_assessment(plan);
  if (shown == nullptr || shown->importance.empty()) return;
  const model::ServiceId service = worst_service(*shown);
  const auto& elements = shown->importance[service];
  if (elements.empty()) return;
  const auto& system = plan.lowered.problem.system;
  page.heading("What " + system.services[service].name + " hangs on");
  TextTable table{{"element", "unavailable", "Birnbaum", "criticality", "RAW", "RRW", "FV"},
                  {false, true, true, true, true, true, true},
                  {}};
  for (std::size_t i = 0; i < std::min(kShown, elements.size()); ++i) {
    const model::Importance& e = elements[i];
    table.rows.push_back({cause_text({e.kind, e.subject, e.mode}), percent_text(e.unavailability),
                          significant(e.birnbaum, 3), significant(e.criticality, 3),
                          "x " + worth_text(e.achievement_worth),
                          ": " + worth_text(e.reduction_worth), share_text(e.fussell_vesely)});
  }
  page.table(std::move(table));
  page.sentence(
      "RAW, RRW: how many times the downtime grows if it is always down, and shrinks if it never "
      "fails; FV: share of the downtime in which a cut set with it holds (Fussell-Vesely).");
}

}  // namespace haplan::planner
