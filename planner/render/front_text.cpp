#include <algorithm>
#include <cmath>
#include <optional>

#include "model/system/load.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/front.hpp"
#include "planner/render/page.hpp"

namespace haplan::planner {

namespace {

/// How many replicas of a component there are at the largest level, and "2 large, 1 small" of one with variants.
std::string replicas_text(const model::System& system, const model::Deployment& deployment,
                          model::ComponentId c) {
  const model::Component& component = system.components[c];
  const model::ComponentPlan& plan = deployment.components[c];
  std::string text;
  for (std::size_t v = 0; v < plan.variants.size(); ++v)
    if (plan.variants[v].replicas > 0)
      text += (text.empty() ? "" : " + ") +
              (component.replicated() && !plan.variants[v].autoscale
                   ? std::to_string(plan.variants[v].replicas) + " "
                   : "") +
              component.variants[v].name;
  return text.empty() ? std::to_string(model::largest_replicas(system, plan, c)) : text;
}

/// "+1 api, -1 redis": replicas at the largest level against the point before; "" of the first one.
std::string changes(const model::System& system, const model::Deployment& before,
                    const model::Deployment& after) {
  std::string text;
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    if (!component.variants.empty()) {
      const std::string now = replicas_text(system, after, c);
      if (now != replicas_text(system, before, c))
        text += (text.empty() ? "" : ", ") + component.name + " " + now;
      continue;
    }
    if (!component.replicated()) continue;
    const int more = model::largest_replicas(system, after.components[c], c) -
                     model::largest_replicas(system, before.components[c], c);
    if (more == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(more > 0 ? "+" : "-") +
            std::to_string(std::abs(more)) + " " + system.components[c].name;
  }
  return text.empty() ? "settings" : text;
}

std::string counts(const model::System& system, const model::Deployment& deployment) {
  std::string text;
  for (model::ComponentId c = 0; c < system.components.size(); ++c)
    if (!system.components[c].variants.empty())
      text += (text.empty() ? "" : ", ") + system.components[c].name + " " +
              replicas_text(system, deployment, c);
    else if (system.components[c].replicated())
      text += (text.empty() ? "" : ", ") + replicas_text(system, deployment, c) + " " +
              system.components[c].name;
  return text;
}

/// The plan that is the target's place has as many replicas, or costs as much.
bool has_size_of(const solver::Front& front, const solver::FrontPoint& a,
                 const solver::FrontPoint& b) {
  constexpr double kSame = 1e-11;
  if (front.size == solver::Preference::replicas) return a.rank.peak == b.rank.peak;
  return std::abs(a.rank.peak_cost - b.rank.peak_cost) <= kSame * b.rank.peak_cost;
}

/// The row of the target: the first that meets all; where availability is maximised, the one of the smallest plan that does.
std::optional<std::size_t> target_row(const solver::Front& front) {
  for (std::size_t p = 0; p < front.points.size(); ++p) {
    if (!solver::within(1.0, front.points[p].margin)) continue;
    if (!front.maximised) return p;
    if (front.target && has_size_of(front, front.points[p], *front.target)) return p;
  }
  return std::nullopt;
}

std::string size_text(const solver::Front& front, const solver::FrontPoint& point) {
  return front.size == solver::Preference::cost
             ? "a cost of " + significant(point.rank.peak_cost, 4)
             : std::to_string(point.rank.peak) + " replicas";
}

/// Where the targets stand if availability is maximised, and which row solve would choose.
void add_target(Page& page, const FrontReport& report) {
  const solver::Front& front = report.front;
  if (std::ranges::all_of(front.targets, [](double target) { return target == 1.0; })) return;
  if (!front.target) {
    page.sentence("No plan that meets every target was found.");
    return;
  }
  if (!target_row(front))
    page.sentence("All targets are met from " + size_text(front, *front.target) +
                  " on, by a plan that is none of the rows: " +
                  counts(report.lowered.problem.system, front.target->deployment) + ".");
  page.sentence(
      solver::within(1.0, front.points.back().margin)
          ? "The last row is what haplan solve looks for: the most availability that meets all "
            "targets."
          : "The last row misses a target; haplan solve looks for the most availability of what "
            "meets all.");
}

void add_points(Page& page, const FrontReport& report) {
  const model::System& system = report.lowered.problem.system;
  const solver::Front& front = report.front;
  constexpr std::size_t kMostServices = 3;
  const bool each = front.services.size() <= kMostServices;
  const bool cost = front.size == solver::Preference::cost;
  TextTable table{{cost ? "cost" : "replicas", front.maximised ? "least available" : "margin", ""},
                  {true, true, false},
                  {}};
  if (each) {
    for (const model::ServiceId service : front.services) {
      table.header.push_back(system.services[service].name);
      table.right.push_back(true);
    }
  } else {
    table.header.insert(table.header.end(), {"decided by", "a year"});
    table.right.insert(table.right.end(), {false, true});
  }
  table.header.emplace_back("against the row above");
  table.right.push_back(false);
  const std::optional<std::size_t> target = target_row(front);
  for (std::size_t p = 0; p < front.points.size(); ++p) {
    const solver::FrontPoint& point = front.points[p];
    const std::string reach =
        front.maximised ? duration_text(kYear / point.reach) : significant(point.margin, 3);
    std::vector<std::string> row{
        cost ? significant(point.rank.peak_cost, 4) : std::to_string(point.rank.peak),
        std::isinf(point.reach) ? "never down" : reach,
        std::string(target == p ? "target" : "") + (point.proved ? "" : " (unproved)")};
    std::size_t worst = 0;
    for (std::size_t i = 0; i < front.services.size(); ++i) {
      const double u = point.unavailability[i];
      if (u / front.targets[i] > point.unavailability[worst] / front.targets[worst]) worst = i;
      if (each) row.push_back(duration_text(u * kYear));
    }
    if (!each) {
      row.push_back(system.services[front.services[worst]].name);
      row.push_back(duration_text(point.unavailability[worst] * kYear));
    }
    row.push_back(p == 0 ? "-" : changes(system, front.points[p - 1].deployment, point.deployment));
    table.rows.push_back(std::move(row));
  }
  page.table(std::move(table));
  page.sentence("The first row has " + counts(system, front.points.front().deployment) + ".");
}

}  // namespace

std::string render_front_text(const FrontReport& report, const TextOptions& options) {
  Page page(options);
  const solver::Front& front = report.front;
  const std::string name = printable(report.lowered.name);
  if (front.points.empty()) {
    page.line(page.bold(name + ": no plan, whatever the availability"));
    page.sentence("Every point keeps all other objectives; haplan solve " +
                  printable(options.spec) + " says which of them nothing keeps.");
    return page.text();
  }
  const bool cost = front.size == solver::Preference::cost;
  page.line(page.bold(name + ": " + std::to_string(front.points.size()) +
                      (front.points.size() == 1 ? " point" : " points") +
                      (cost ? ", cost at its peak against guaranteed availability"
                            : ", replicas at peak against guaranteed availability")));
  page.heading(std::string(cost ? "More money" : "More replicas") +
               ", less downtime (guaranteed, a year)");
  add_points(page, report);
  page.sentence(
      std::string(front.maximised
                      ? "least available: the downtime of the service that is down most"
                      : "margin: the least over the services of the downtime that the target "
                        "allows over the own; from 1 on all targets are met") +
      ". Between two rows more " + std::string(cost ? "money buys" : "replicas buy") + " nothing.");
  if (front.complete && front.open > 0.0)
    page.sentence(std::string("Nothing within the ranges has ") +
                  (front.maximised ? "less downtime" : "a margin that is larger") +
                  " than the last row's by more than " + percent_text(front.open, 1) +
                  "; less than that was too hard to exclude.");
  else if (front.complete)
    page.sentence("Nothing within the ranges is down less than the last row.");
  else
    page.sentence("The front is not complete: " + front.unproved + ".");
  if (front.maximised)
    add_target(page, report);
  else if (!std::ranges::any_of(
               front.points, [](const auto& point) { return solver::within(1.0, point.margin); }))
    page.sentence("No point meets every target.");
  return page.text();
}

}  // namespace haplan::planner
