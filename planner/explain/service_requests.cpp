#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/outages.hpp"
#include "model/recovery/laws.hpp"
#include "model/system/load.hpp"
#include "planner/explain/workings.hpp"
#include "solver/phrases.hpp"

/// Figures of a service about recoveries, requests and objectives.
namespace haplan::planner::explaining {

namespace {

std::string loss_kind(model::LossKind kind) {
  switch (kind) {
    case model::LossKind::node: return "node";
    case model::LossKind::domain: return "zone";
    case model::LossKind::replica: return "replica";
    case model::LossKind::primary: return "primary";
    case model::LossKind::external: return "external";
  }
  return {};
}

const std::string& subject_of(const model::System& system, const model::LossFigures& loss) {
  if (loss.kind == model::LossKind::node) return system.nodes[loss.subject].name;
  if (loss.kind == model::LossKind::domain) return system.domains[loss.subject].name;
  return system.components[loss.subject].name;
}

std::vector<model::LossFigures> losses_of(const ServiceScope& scope) {
  std::vector<model::LossFigures> all;
  for (const model::NodeLoss& loss : scope.figures().node_losses)
    all.push_back({model::LossKind::node, loss.node, loss.until_up, loss.is_mean,
                   loss.until_avoided, loss.failed_share, loss.decided_by, loss.already_down});
  all.insert(all.end(), scope.figures().losses.begin(), scope.figures().losses.end());
  if (!scope.kind.empty())
    std::erase_if(
        all, [&](const model::LossFigures& loss) { return loss_kind(loss.kind) != scope.kind; });
  return all;
}

std::optional<double> step_worst(const model::ModeLaw& law, const std::string& name) {
  for (const model::RecoveryStep& step : law.steps)
    if (step.name == name) return model::Delay(step.stages).worst();
  return std::nullopt;
}

void add_decider(const ServiceScope& scope, const std::string& decider, Explanation& out) {
  const std::string name = decider.substr(0, decider.find('/'));
  for (const model::Component& component : scope.system().components) {
    if (component.name != name || !component.replicated()) continue;
    const std::string base = "components." + name + ".";
    if (decider.find('/') != std::string::npos)
      out.next.push_back(base + "recovery");
    else if (component.failover)
      out.next.push_back(base + "failoverTime");
    else
      out.next.push_back(base + "rescheduling");
  }
}

}  // namespace

void fill_recovery_time(const ServiceScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  const auto& recovery = scope.figures().recovery;
  if (recovery) {
    out.value = {"worst recovery", recovery->worst, "s"};
    const model::Component& component = system.components[recovery->component];
    out.notes.push_back("Decided by " + component.name + ": " + recovery->mode + ".");
    out.next = {"components." + component.name + ".recovery." + recovery->mode};
  } else {
    out.notes.emplace_back("No component on which the service can depend recovers by itself.");
  }
  Working working{"modes",
                  "Worst cases of every automatic recovery",
                  "worst = detect + stop + start + ready; the service's is the largest",
                  {{"detect", "s"}, {"stop", "s"}, {"start", "s"}, {"ready", "s"}, {"worst", "s"}},
                  {},
                  {}};
  const model::Deployment& deployment = scope.shown().deployment;
  for (const model::ComponentId c : model::reach_of(system, scope.service)) {
    const model::Component& component = system.components[c];
    if (!component.replicated()) continue;
    const auto& probes = deployment.components[c].probes;
    const auto replica = model::replica_model(component, probes);
    for (std::size_t m = 0; replica && m < replica->modes.size(); ++m) {
      const model::ModeOutage& mode = replica->modes[m];
      if (!mode.worst || mode.spurious) continue;
      const model::ModeLaw law = model::mode_law(component, probes, *replica, m);
      working.rows.push_back({component.name + ": " + mode.name,
                              {step_worst(law, "detect"), step_worst(law, "stop"),
                               step_worst(law, "start"), step_worst(law, "ready"), mode.worst}});
    }
  }
  std::ranges::stable_sort(working.rows, [](const WorkingRow& a, const WorkingRow& b) {
    return a.values.back() > b.values.back();
  });
  if (recovery) working.results = {{"worst recovery", recovery->worst, "s"}};
  out.workings.push_back(std::move(working));
  out.next.push_back(scope.path("loss.node"));
}

void fill_losses(const ServiceScope& scope, Explanation& out) {
  Working working{
      "losses",
      "What is lost, until the service is up again, until traffic avoids it",
      "the largest over what the service requires of 0, worst T_f, worst tau, or the mean repair",
      {{"until up", "s"}, {"until avoided", "s"}, {"failed share of requests", ""}},
      {},
      {}};
  double worst = 0.0;
  std::string decider;
  for (const model::LossFigures& loss : losses_of(scope)) {
    std::string name = scope.kind.empty() ? loss_kind(loss.kind) + " " : "";
    name += subject_of(scope.system(), loss);
    if (!loss.decided_by.empty()) name += ", through " + loss.decided_by;
    if (loss.is_mean) name += " (mean)";
    if (loss.already_down) name += " (down before)";
    working.rows.push_back({name, {loss.until_up, loss.until_avoided, loss.failed_share}});
    if (loss.until_up > worst) {
      worst = loss.until_up;
      decider = loss.decided_by;
    }
  }
  out.value = {"worst until up", worst, "s"};
  if (working.rows.empty()) out.notes.emplace_back("There is nothing of the kind to lose.");
  std::ranges::stable_sort(working.rows, [](const WorkingRow& a, const WorkingRow& b) {
    return a.values.front() > b.values.front();
  });
  working.results = {{"worst until up", worst, "s"}};
  out.workings.push_back(std::move(working));
  if (!scope.shown().evaluation.headroom)
    out.notes.emplace_back("The plan has no headroom, so nothing is rescheduled.");
  add_decider(scope, decider, out);
  out.next.push_back(scope.path("recovery"));
  out.next.emplace_back("headroom");
}

void fill_error_ratio(const ServiceScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  const model::Breakdown& parts = scope.parts();
  out.value = {"error ratio", scope.figures().error_ratio, ""};
  Working levels{"loadLevels",
                 "Requests by level",
                 "error ratio = sum of weight * (down + misrouted)",
                 {{"weight", ""}, {"down", ""}, {"misrouted", ""}, {"failed", ""}},
                 {},
                 {}};
  Working terms{"misrouted",
                "Requests that meet what has just failed",
                "misrouted = rate * share * window * (1 - retry)",
                {{"rate", "1/s"}, {"share", ""}, {"window", "s"}, {"failed", ""}},
                {},
                {}};
  double total = 0.0;
  for (model::LevelId l = 0; l < parts.error_levels.size(); ++l) {
    const auto& [weight, down] = parts.error_levels[l];
    double misrouted = 0.0;
    for (const model::ErrorTerm& term : parts.error_terms) {
      if (term.level != l) continue;
      misrouted += term.failed;
      std::string name = system.components[term.component].name;
      if (term.kind != model::CauseKind::replica) name += " on " + term.subject;
      name += ": " + term.mode;
      if (system.levels.size() > 1) name += " at " + system.levels[l].name;
      terms.rows.push_back({name, {term.rate, term.share, term.window, term.failed}});
    }
    levels.rows.push_back(
        {system.levels[l].name, {weight, down, misrouted, weight * (down + misrouted)}});
    total += weight * (down + misrouted);
  }
  levels.results = {{"error ratio", total, ""}};
  std::ranges::stable_sort(terms.rows, [](const WorkingRow& a, const WorkingRow& b) {
    return a.values.back() > b.values.back();
  });
  out.workings.push_back(std::move(levels));
  if (!terms.rows.empty()) out.workings.push_back(std::move(terms));
  out.next = {scope.path("unavailability"), scope.path("recovery"), scope.path("responseTime")};
}

void fill_response_time(const ServiceScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  out.value = {"worst response time", scope.figures().worst_response_time, "s"};
  for (model::LevelId l = 0; l < system.levels.size(); ++l) {
    Working working{
        system.levels[l].name,
        "Stations of the path at " + system.levels[l].name,
        system.levels[l].users
            ? "closed: exact mean-value analysis, each a queue of service/servers and a delay"
            : "open: sum of M/M/m",
        {{"service time", "s"}, {"servers", ""}, {"rate", "1/s"}, {"utilization", ""}},
        {},
        {}};
    for (const model::StationPart& part : scope.parts().stations) {
      if (part.level != l) continue;
      WorkingRow row{system.components[part.component].name,
                     {part.service, std::nullopt, part.rate, std::nullopt}};
      if (part.servers) {
        row.values[1] = *part.servers;
        row.values[3] = part.rate * part.service / *part.servers;
      }
      working.rows.push_back(std::move(row));
    }
    const auto& time = scope.figures().response_time[l];
    if (time)
      working.results = {{"response time", *time, "s"}};
    else
      out.notes.push_back("At " + system.levels[l].name +
                          " a station is saturated: the response time grows without end.");
    out.workings.push_back(std::move(working));
  }
  out.next = {scope.path("errorRatio")};
  for (const model::StationPart& part : scope.parts().stations)
    if (part.level == 0 && part.servers && out.next.size() < 4)
      out.next.push_back("components." + system.components[part.component].name + ".load");
}

void fill_data_loss(const ServiceScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  out.value = {"data loss", scope.figures().data_loss, "s"};
  Working working{"primaries",
                  "Primaries on which the service can depend",
                  "the largest lag of an asynchronous standby; 0 when synchronous or alone",
                  {{"lag", "s"}, {"instances", ""}, {"loses", "s"}},
                  {},
                  {}};
  for (const model::ComponentId c : model::reach_of(system, scope.service)) {
    const model::Component& component = system.components[c];
    if (component.type != model::ComponentType::primary_replica || !component.replication) continue;
    const int n = model::largest_replicas(system, scope.shown().deployment.components[c], c);
    const bool loses = n > 1 && component.replication->mode == model::Replication::Mode::async;
    working.rows.push_back(
        {component.name,
         {component.replication->lag, n, loses ? component.replication->lag : 0.0}});
    out.next.push_back("components." + component.name + ".failoverTime");
  }
  working.results = {{"data loss", scope.figures().data_loss, "s"}};
  if (working.rows.empty()) out.notes.emplace_back("It depends on no primary with a replication.");
  out.workings.push_back(std::move(working));
  out.next.push_back(scope.path("loss.primary"));
}

void fill_window(const ServiceScope& scope, Explanation& out) {
  const model::WindowFigures& figures = scope.shown().windows[scope.service];
  double length = solver::Objective{}.window;
  std::optional<double> budget;
  for (const auto& objective : scope.evidence.plan.lowered.problem.objectives) {
    if (objective.service != scope.service) continue;
    length = objective.window;
    if (objective.max_unavailability) budget = *objective.max_unavailability * length;
  }
  out.value = {"kept probability", figures.kept.value, ""};
  Working working{"outages",
                  "Outages within the window",
                  "outages of at least a length: window * minus the slope of P(down for at least "
                  "so long); downtime in them: window "
                  "* (that share + length * minus its slope)",
                  {{"outages", ""}, {"downtime", "s"}},
                  {},
                  {}};
  const std::vector<model::DownFor> down_for = model::lower_hull(scope.figures().episodes);
  for (const double least : {0.0, 1.0, 10.0, 60.0, 600.0, 3600.0, 86400.0}) {
    const auto next = std::ranges::upper_bound(down_for, least, {}, &model::DownFor::age);
    if (next == down_for.begin() || next == down_for.end()) break;
    const auto last = next - 1;
    const double slope = (last->share - next->share) / (next->age - last->age);
    const double share = last->share - slope * (least - last->age);
    if (slope <= 0.0) break;
    working.rows.push_back(
        {least == 0.0 ? "of any length" : "of at least " + solver::duration_text(least),
         {slope * length, (share + least * slope) * length}});
  }
  const double total = down_for.front().share * length;
  working.results = {{"window", length, "s"}, {"mean downtime", total, "s"}};
  if (budget) working.results.push_back({"budget", *budget, "s"});
  working.results.push_back({"kept probability", figures.kept.value, ""});
  working.results.push_back({"downtime percentile 99", figures.downtime_p99.value, "s"});
  out.workings.push_back(std::move(working));
  out.notes.emplace_back(
      "Approximate: outages within one long failure count as one, all others are independent of "
      "each other; one that two failures make in turn counts as two.");
  if (!budget)
    out.notes.emplace_back(
        "Without an availability objective there is no downtime budget to keep.");
  out.next = {scope.path("unavailability"), scope.path("outagesPerYear"), scope.path("causes")};
}

void fill_objective(const ServiceScope& scope, Explanation& out) {
  bool met = true;
  for (const solver::ObjectiveCheck& check : scope.shown().checks) {
    if (check.service != scope.service) continue;
    met = met && check.met;
    out.notes.push_back(check.field + ": " +
                        solver::figure_text(check.field, check.actual, check.target) +
                        ", asked for " + solver::target_text(check.field, check.target) + ", " +
                        (check.met ? "met" : "MISSED") +
                        (check.decided_by.empty() ? "" : "; decided by " + check.decided_by) + ".");
  }
  if (out.notes.empty()) {
    out.notes.emplace_back("The spec asks nothing of this service.");
  } else {
    out.setting = met ? "met" : "missed";
  }
  out.next = {scope.path("guaranteed"), scope.path("recovery"), scope.path("errorRatio"),
              scope.path("responseTime")};
}

}  // namespace haplan::planner::explaining
