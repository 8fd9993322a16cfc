#include <algorithm>
#include <limits>
#include <numeric>

#include "planner/explain/workings.hpp"
#include "solver/phrases.hpp"

/// Figures of a service about its downtime.
namespace haplan::planner::explaining {

namespace {

constexpr double kYear = 365.25 * 86400.0;  // [s]

std::string situation_text(const model::System& system, const model::SituationPart& part) {
  std::string text = system.levels[part.level].name;
  if (!part.drained) return text + (system.drain ? ", nothing drained" : "");
  text += ", " + system.nodes[*part.drained].name + " drained";
  return part.from > 0.0 ? text + ", from " + seconds_text(part.from) + " on" : text;
}

Working levels_of(const ServiceScope& scope) {
  Working working{"loadLevels",
                  "Load levels by their share of time",
                  "U = sum of share * down",
                  {{"share", ""}, {"down", ""}, {"contribution", ""}},
                  {},
                  {}};
  double total = 0.0;
  for (model::LevelId l = 0; l < scope.system().levels.size(); ++l) {
    const double share = scope.system().levels[l].share;
    const double down = scope.figures().level_unavailability[l];
    working.rows.push_back({scope.system().levels[l].name, {share, down, share * down}});
    total += share * down;
  }
  working.results = {{"unavailability", total, ""}};
  return working;
}

Working situations_of(const ServiceScope& scope) {
  Working working{
      "situations",
      "Situations: load levels, without and during each drain",
      "U = sum of weight * P(down, given the situation), from a decision diagram of all failures",
      {{"weight", ""}, {"down", ""}, {"contribution", ""}},
      {},
      {}};
  double total = 0.0;
  for (const model::SituationPart& part : scope.parts().situations) {
    working.rows.push_back(
        {situation_text(scope.system(), part), {part.weight, part.down, part.weight * part.down}});
    total += part.weight * part.down;
  }
  std::ranges::stable_sort(working.rows, [](const WorkingRow& a, const WorkingRow& b) {
    return a.values.back() > b.values.back();
  });
  working.results = {{"unavailability", total, ""}};
  return working;
}

Working causes_of(const ServiceScope& scope) {
  Working working{"causes",
                  "Causes that add up",
                  "U = sum of share",
                  {{"share", ""}, {"share of downtime", ""}, {"outages", "1/y"}},
                  {},
                  {}};
  const double u = scope.figures().unavailability.value;
  double total = 0.0;
  for (const model::Cause& cause : scope.figures().causes) {
    working.rows.push_back(
        {solver::cause_text(cause),
         {cause.share, u > 0.0 ? cause.share / u : 0.0, cause.frequency * kYear}});
    total += cause.share;
  }
  working.results = {{"unavailability", total, ""}};
  return working;
}

std::string event_text(const model::CutEvent& event) {
  if (event.kind == model::CauseKind::node)
    return event.subject + " down" +
           (event.within > 0.0 ? " (first " + solver::duration_text(event.within) + ")" : "");
  if (event.kind == model::CauseKind::replica)
    return "a replica of " + event.subject + (event.mode.empty() ? "" : " (" + event.mode + ")") +
           (event.node.empty() ? "" : " on " + event.node);
  return solver::cause_text({event.kind, event.subject, event.mode});
}

Working cut_sets_of(const ServiceScope& scope) {
  const model::CutSets& cuts = scope.shown().cut_sets[scope.service];
  Working working{"cutSets",
                  "Minimal cut sets, most probable first",
                  "P(union of the sets) = U - remainder",
                  {{"probability", ""}},
                  {},
                  {{"remainder at most", cuts.remainder, ""}}};
  for (const model::CutSet& set : cuts.sets) {
    std::string text;
    for (const model::CutEvent& event : set.events)
      text += (text.empty() ? "" : " + ") + event_text(event);
    if (set.events.empty()) text = "nothing: too few replicas for the load";
    if (set.levels.size() < scope.system().levels.size()) {
      std::string at;
      for (const model::LevelId level : set.levels)
        at += (at.empty() ? " (at " : ", ") + scope.system().levels[level].name;
      text += at + ")";
    }
    working.rows.push_back({text, {set.probability}});
  }
  return working;
}

Working importance_of(const ServiceScope& scope) {
  Working working{
      "importance",
      "Elements by criticality",
      "criticality = u * Birnbaum / U; RAW = U(u = 1) / U; RRW = U / U(u = 0); FV: Fussell-Vesely",
      {{"unavailability", ""},
       {"Birnbaum", ""},
       {"criticality", ""},
       {"RAW", ""},
       {"RRW", ""},
       {"FV", ""},
       {"FV from", ""}},
      {},
      {}};
  for (const model::Importance& one : scope.shown().importance[scope.service]) {
    WorkingRow row{solver::cause_text({one.kind, one.subject, one.mode}),
                   {one.unavailability, one.birnbaum, one.criticality, one.achievement_worth,
                    one.reduction_worth, std::nullopt, std::nullopt}};
    if (one.fussell_vesely) row.values[5] = one.fussell_vesely->value;
    if (one.fussell_vesely && one.fussell_vesely->method == model::Method::bounded)
      row.values[6] = one.fussell_vesely->lower;
    working.rows.push_back(std::move(row));
  }
  return working;
}

void add_method(const model::Estimate& estimate, Explanation& out) {
  if (estimate.method == model::Method::exact)
    out.notes.emplace_back("Exact but for rounding: every state counts with its probability.");
  else
    out.notes.push_back("Bounded: proved to lie between " + number_text(estimate.lower) + " and " +
                        number_text(estimate.upper) +
                        "; the upper end is the figure, which errs on the safe side.");
}

/// The element that the most important cause belongs to, as a path.
void add_neighbours(const ServiceScope& scope, Explanation& out) {
  using model::CauseKind;
  for (const model::Cause& cause : scope.figures().causes) {
    if (out.next.size() >= 3) return;
    std::string path;
    const std::string component = "components." + cause.subject + ".";
    switch (cause.kind) {
      case CauseKind::replica: path = component + "replica"; break;
      case CauseKind::failover: path = component + "failoverUnavailability"; break;
      case CauseKind::common_cause: path = component + "commonCause." + cause.mode; break;
      case CauseKind::ramp: path = component + "ramp"; break;
      case CauseKind::capacity: path = component + "need"; break;
      case CauseKind::external:
      case CauseKind::chain: path = "components." + cause.subject; break;
      case CauseKind::node: path = "cluster.nodes." + cause.subject; break;
      case CauseKind::domain: path = "cluster.domains." + cause.subject; break;
      case CauseKind::drain: path = "cluster.drain"; break;
      default: break;
    }
    if (!path.empty() && std::ranges::find(out.next, path) == out.next.end())
      out.next.push_back(path);
  }
}

}  // namespace

void fill_unavailability(const ServiceScope& scope, Explanation& out) {
  out.value = {"unavailability", scope.figures().unavailability.value, ""};
  add_method(scope.figures().unavailability, out);
  if (scope.system().levels.size() > 1) out.workings.push_back(levels_of(scope));
  out.workings.push_back(situations_of(scope));
  out.workings.push_back(causes_of(scope));
  out.workings.push_back(cut_sets_of(scope));
  out.workings.push_back(importance_of(scope));
  add_neighbours(scope, out);
  for (const char* rest : {"outagesPerYear", "independentUnavailability", "guaranteed"})
    out.next.push_back(scope.path(rest));
}

void fill_availability(const ServiceScope& scope, Explanation& out) {
  const double u = scope.figures().unavailability.value;
  out.setting = solver::availability_text(u);
  out.workings.push_back({"unavailability",
                          "From the unavailability, whose digits are kept",
                          "A = 1 - U",
                          {},
                          {},
                          {{"unavailability", u, ""}}});
  out.next = {scope.path("unavailability"), scope.path("downtimeSecondsPerYear")};
}

void fill_downtime(const ServiceScope& scope, Explanation& out) {
  const double u = scope.figures().unavailability.value;
  constexpr double kThirtyDays = 30.0 * 86400.0;
  out.value = {"downtime per year", u * kYear, "s"};
  out.workings.push_back({"downtime",
                          "The unavailability in time",
                          "U * 365.25 d and U * 30 d, U = " + number_text(u),
                          {},
                          {},
                          {{"unavailability", u, ""},
                           {"downtime per year", u * kYear, "s"},
                           {"downtime per 30 days", u * kThirtyDays, "s"}}});
  out.workings.push_back(causes_of(scope));
  out.next = {scope.path("unavailability"), scope.path("causes"), scope.path("window")};
}

void fill_textbook(const ServiceScope& scope, Explanation& out) {
  const model::ServiceFigures& figures = scope.figures();
  out.value = {"independent unavailability", figures.independent, ""};
  Working working{
      "components",
      "Every component as one independent variable of the structure function",
      "down = 1 - P(need of the replicas up on reachable nodes) * prod(1 - u_factor)",
      {{"replicas", ""}, {"need", ""}, {"down", ""}},
      {},
      {{"independent unavailability", figures.independent, ""},
       {"unavailability", figures.unavailability.value, ""},
       {"difference", (figures.independent - figures.unavailability.value) * kYear / 60, "min/y"}}};
  for (const model::ComponentPart& part : scope.parts().components) {
    const model::Component& component = scope.system().components[part.component];
    WorkingRow row{component.name, {std::nullopt, std::nullopt, part.independent}};
    if (scope.system().levels.size() > 1)
      row.name += " at " + scope.system().levels[part.level].name;
    if (component.replicated()) {
      row.values[0] = part.replicas;
      row.values[1] = part.need;
    }
    working.rows.push_back(std::move(row));
  }
  out.workings.push_back(std::move(working));
  out.notes.emplace_back(
      "The difference is what sharing of nodes, rescheduling and drains change.");
  out.next = {scope.path("unavailability"), scope.path("guaranteed")};
}

namespace {

void fill_worst(const ServiceScope& scope, const model::Estimate& estimate, const char* name,
                Explanation& out) {
  out.value = {name, estimate.upper, ""};
  out.workings.push_back(
      {"placements",
       "The worst placement that the rules allow, beside the plan's own",
       "max over placements of U",
       {},
       {},
       {{"lower", estimate.lower, ""},
        {"upper", estimate.upper, ""},
        {"unavailability of the plan's own placement", scope.figures().unavailability.value, ""}}});
  add_method(estimate, out);
  out.notes.emplace_back(
      "A spread rule fixes how many replicas a domain has, not on which node: the scheduler "
      "chooses among equal ones at random.");
}

}  // namespace

void fill_guaranteed(const ServiceScope& scope, Explanation& out) {
  fill_worst(scope, scope.shown().guaranteed[scope.service], "guaranteed unavailability", out);
  out.next = {scope.path("unavailability"), scope.path("valuesOnly"), scope.path("objectives")};
}

void fill_values_only(const ServiceScope& scope, Explanation& out) {
  fill_worst(scope, scope.shown().values_only[scope.service], "values only unavailability", out);
  out.notes.emplace_back("Rules that only the patch carries do not count here.");
  out.next = {scope.path("unavailability"), scope.path("guaranteed")};
}

void fill_outage_frequency(const ServiceScope& scope, Explanation& out) {
  const model::ServiceFigures& figures = scope.figures();
  out.value = {"outages per year", figures.outage_frequency * kYear, ""};
  Working working{"events",
                  "What starts outages",
                  "nu = sum over events of rate * P(it takes the service down)",
                  {{"outages", "1/y"}, {"mean outage", "s"}},
                  {},
                  {}};
  double total = 0.0;
  for (const model::Cause& cause : figures.causes) {
    if (cause.frequency <= 0.0) continue;
    working.rows.push_back(
        {solver::cause_text(cause), {cause.frequency * kYear, cause.share / cause.frequency}});
    total += cause.frequency * kYear;
  }
  for (model::LevelId l = 0; l < figures.entry_frequency.size(); ++l) {
    if (figures.entry_frequency[l] <= 0.0) continue;
    working.rows.push_back({"entry of " + scope.system().levels[l].name,
                            {figures.entry_frequency[l] * kYear, std::nullopt}});
    total += figures.entry_frequency[l] * kYear;
  }
  std::ranges::stable_sort(working.rows, [](const WorkingRow& a, const WorkingRow& b) {
    return a.values.front() > b.values.front();
  });
  working.results = {{"outages per year", total, ""}};
  out.workings.push_back(std::move(working));
  out.next = {scope.path("meanOutageSeconds"), scope.path("unavailability"), scope.path("window")};
}

void fill_mean_outage(const ServiceScope& scope, Explanation& out) {
  const model::ServiceFigures& figures = scope.figures();
  out.value = {"mean outage", figures.mean_outage, "s"};
  out.workings.push_back({"meanOutage",
                          "Downtime over the number of outages",
                          "U / nu",
                          {},
                          {},
                          {{"unavailability", figures.unavailability.value, ""},
                           {"outage frequency", figures.outage_frequency, "1/s"},
                           {"mean outage", figures.mean_outage, "s"}}});
  out.next = {scope.path("outagesPerYear"), scope.path("unavailability")};
}

void fill_causes(const ServiceScope& scope, Explanation& out) {
  out.value = {"unavailability", scope.figures().unavailability.value, ""};
  out.workings.push_back(causes_of(scope));
  add_neighbours(scope, out);
  out.next.push_back(scope.path("importance"));
  out.next.push_back(scope.path("minimalCutSets"));
}

void fill_importance(const ServiceScope& scope, Explanation& out) {
  out.workings.push_back(importance_of(scope));
  add_neighbours(scope, out);
  out.next.push_back(scope.path("minimalCutSets"));
}

void fill_cut_sets(const ServiceScope& scope, Explanation& out) {
  out.workings.push_back(cut_sets_of(scope));
  out.next = {scope.path("importance"), scope.path("causes"), scope.path("unavailability")};
}

}  // namespace haplan::planner::explaining
