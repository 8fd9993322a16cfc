#include "planner/render/json.hpp"

#include <nlohmann/json.hpp>

#include "planner/render/certificate.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/json_members.hpp"
#include "planner/render/plan_tree.hpp"
#include "planner/render/recoveries.hpp"
#include "planner/render/uncertainty_json.hpp"
#include "solver/spending.hpp"

namespace haplan::planner {
namespace {

using nlohmann::json;

json estimate(const model::Estimate& e) {
  json out = json::object();
  put_number(out, "value", e.value);
  put_number(out, "lower", e.lower);
  put_number(out, "upper", e.upper);
  out["method"] = name_of(e.method);
  return out;
}

json cause(const model::Cause& c, double total) {
  json out = {{"kind", name_of(c.kind)}, {"subject", c.subject}, {"mode", c.mode}};
  put_number(out, "unavailability", c.share);
  put_number(out, "downtimeSecondsPerYear", c.share * kYear);
  put_number(out, "shareOfDowntime", total > 0 ? c.share / total : 0.0);
  put_number(out, "outagesPerYear", c.frequency * kYear);
  return out;
}

json node_loss(const model::System& system, const model::NodeLoss& loss) {
  json out = {{"node", system.nodes[loss.node].name}};
  put_loss(out, loss);
  return out;
}

json further_loss(const model::System& system, const model::LossFigures& loss) {
  json out = {{"kind", name_of(loss.kind)}, {"subject", name_of(system, loss.kind, loss.subject)}};
  put_loss(out, loss);
  return out;
}

json window(const model::WindowFigures& figures, double length) {
  json out = {{"approximate", true}};
  put_number(out, "windowSeconds", length);
  put_number(out, "meanDowntimeSeconds", figures.mean);
  out["keptProbability"] = estimate(figures.kept);
  out["downtimeSecondsPercentile99"] = estimate(figures.downtime_p99);
  return out;
}

json importance(const model::Importance& element) {
  json out = {
      {"kind", name_of(element.kind)}, {"subject", element.subject}, {"mode", element.mode}};
  put_number(out, "unavailability", element.unavailability);
  put_number(out, "birnbaum", element.birnbaum);
  put_number(out, "criticality", element.criticality);
  put_number(out, "riskAchievementWorth", element.achievement_worth);
  put_number(out, "riskReductionWorth", element.reduction_worth);
  out["fussellVesely"] = element.fussell_vesely ? estimate(*element.fussell_vesely) : json();
  return out;
}

json cut_set(const model::System& system, const model::CutSet& set) {
  json out = {{"events", json::array()}, {"levels", json::array()}};
  put_number(out, "probability", set.probability);
  for (const model::CutEvent& event : set.events) {
    json one = {{"kind", name_of(event.kind)}, {"subject", event.subject}, {"mode", event.mode}};
    if (!event.node.empty()) one["node"] = event.node;
    if (event.within > 0.0) put_number(one, "withinSeconds", event.within);
    out["events"].push_back(std::move(one));
  }
  for (const model::LevelId level : set.levels) out["levels"].push_back(system.levels[level].name);
  return out;
}

/// What was asked for beyond the figures: importance and minimal cut sets.
void put_explanation(json& out, const model::System& system, const Assessment& assessment,
                     model::ServiceId id) {
  if (id < assessment.importance.size()) {
    out["importance"] = json::array();
    for (const auto& element : assessment.importance[id])
      out["importance"].push_back(importance(element));
  }
  if (id < assessment.cut_sets.size()) {
    json sets = json::array();
    for (const auto& set : assessment.cut_sets[id].sets) sets.push_back(cut_set(system, set));
    out["minimalCutSets"] = {{"sets", std::move(sets)}};
    put_number(out["minimalCutSets"], "remainderAtMost", assessment.cut_sets[id].remainder);
  }
}

/// Figures per level of a service: unavailability and response time.
json levels(const model::System& system, const model::ServiceFigures& figures) {
  json out = json::object();
  for (model::LevelId l = 0; l < system.levels.size(); ++l) {
    json level = {{"share", system.levels[l].share}};
    if (l < figures.level_unavailability.size())
      put_number(level, "unavailability", figures.level_unavailability[l]);
    if (l < figures.response_time.size()) {
      level["responseTimeSeconds"] =
          figures.response_time[l] ? json(*figures.response_time[l]) : json();
      level["saturated"] = !figures.response_time[l].has_value();
    }
    out[system.levels[l].name] = level;
  }
  return out;
}

double window_length(const solver::Problem& problem, model::ServiceId service) {
  for (const auto& objective : problem.objectives)
    if (objective.service == service) return objective.window;
  return solver::Objective{}.window;
}

json service(const solver::Problem& problem, const Assessment& assessment, model::ServiceId id) {
  const model::System& system = problem.system;
  const auto& figures = assessment.evaluation.services[id];
  const double u = figures.unavailability.value;
  json out = json::object();
  out["unavailability"] = estimate(figures.unavailability);
  out["availability"] = availability_text(u);
  put_number(out, "downtimeSecondsPerYear", u * kYear);
  put_number(out, "downtimeSecondsPer30Days", u * kThirtyDays);
  put_number(out, "independentUnavailability", figures.independent);
  put_number(out, "independentErrorMinutesPerYear", (figures.independent - u) * kYear / 60);
  if (id < assessment.guaranteed.size()) {
    put_number(out, "guaranteedUnavailability", assessment.guaranteed[id].upper);
    out["guaranteed"] = estimate(assessment.guaranteed[id]);
  }
  if (id < assessment.values_only.size()) {
    put_number(out, "valuesOnlyUnavailability", assessment.values_only[id].upper);
    out["valuesOnly"] = estimate(assessment.values_only[id]);
  }
  put_number(out, "outagesPerYear", figures.outage_frequency * kYear);
  put_number(out, "meanOutageSeconds", figures.mean_outage);
  out["causes"] = json::array();
  for (const auto& c : figures.causes) out["causes"].push_back(cause(c, u));
  if (figures.recovery)
    out["recovery"] = {{"worstSeconds", figures.recovery->worst},
                       {"component", system.components[figures.recovery->component].name},
                       {"mode", figures.recovery->mode}};
  else
    out["recovery"] = nullptr;
  out["nodeLosses"] = json::array();
  for (const auto& loss : figures.node_losses) out["nodeLosses"].push_back(node_loss(system, loss));
  out["losses"] = json::array();
  for (const auto& loss : figures.losses) out["losses"].push_back(further_loss(system, loss));
  put_number(out, "errorRatio", figures.error_ratio);
  put_number(out, "worstResponseTimeSeconds", figures.worst_response_time);
  put_number(out, "dataLossSeconds", figures.data_loss);
  out["levels"] = levels(system, figures);
  if (id < assessment.windows.size())
    out["window"] = window(assessment.windows[id], window_length(problem, id));
  put_explanation(out, system, assessment, id);
  return out;
}

json check(const model::System& system, const solver::ObjectiveCheck& c) {
  json out = {{"service", system.services[c.service].name}, {"met", c.met}};
  put_check(out, c);
  return out;
}

json checks(const model::System& system, const std::vector<solver::ObjectiveCheck>& all) {
  json out = json::array();
  for (const auto& c : all) out.push_back(check(system, c));
  return out;
}

json services(const solver::Problem& problem, const Assessment& assessment) {
  const model::System& system = problem.system;
  json out = json::object();
  for (model::ServiceId id = 0; id < assessment.evaluation.services.size(); ++id)
    out[system.services[id].name] = service(problem, assessment, id);
  for (const auto& c : assessment.checks) {
    auto& met = out[system.services[c.service].name]["met"];
    met = (met.is_null() || met.get<bool>()) && c.met;
  }
  return out;
}

// ---- the plan, in the shape of spec.plan -------------------------------------------------------

json& descend(json& root, const std::string& path) {
  json* at = &root;
  for (std::size_t start = 0; start <= path.size();) {
    const auto dot = std::min(path.find('.', start), path.size());
    at = &(*at)[path.substr(start, dot - start)];
    start = dot + 1;
  }
  return *at;
}

json plan_of(const model::System& system, const model::Deployment& deployment) {
  json out = json::object();
  for (const auto& leaf : plan_leaves(system, deployment))
    std::visit([&](const auto& value) { descend(out, leaf.path) = value; }, leaf.value);
  return out;
}

/// Steps, moments and percentiles of a failure's recovery.
json recovery(const Recovery& r) {
  json out = {{"component", r.component}, {"mode", r.mode}, {"steps", json::array()}};
  for (const model::RecoveryStep& step : r.steps) {
    const model::Delay delay(step.stages);
    out["steps"].push_back({{"name", step.name},
                            {"leastSeconds", delay.least()},
                            {"meanSeconds", delay.mean()},
                            {"worstSeconds", delay.worst()}});
  }
  if (r.rate > 0.0) out["perYear"] = r.rate * kYear;
  out["meanSeconds"] = r.mean;
  out["worstSeconds"] = r.worst ? json(*r.worst) : json();
  out["quantilesSeconds"] = {{"p50", estimate(r.p50)},
                             {"p90", estimate(r.p90)},
                             {"p99", estimate(r.p99)},
                             {"p999", estimate(r.p999)}};
  out["targetSeconds"] = r.target ? json(*r.target) : json();
  out["withinTarget"] = r.within_target ? json(*r.within_target) : json();
  return out;
}

json criteria(const solver::Criteria& c) {
  json out = json::object();
  out["peakReplicas"] = c.peak_replicas;
  put_number(out, "meanReplicas", c.mean_replicas);
  out["cpuMillicores"] = c.cpu;
  put_number(out, "memoryBytes", static_cast<double>(c.memory) / 1000);
  put_number(out, "probeChecksPerSecond", c.probe_rate);
  put_number(out, "sumOfUnavailability", c.unavailability);
  if (c.worst_unavailability) put_number(out, "largestUnavailability", *c.worst_unavailability);
  return out;
}

json achievable(const model::System& system, const solver::Achievable& best) {
  json out = check(system, best.check);
  put_number(out, "bound" + unit_of(best.check.field), best.bound);
  out["exact"] = best.exact;
  out["outOfReach"] = best.out_of_reach;
  return out;
}

json infeasibility(const model::System& system, const solver::Infeasibility& why) {
  json out = {{"reason", why.reason},
              {"service",
               // Whose budget the causes break; without causes nobody's.
               why.causes.empty() ? json() : json(system.services.at(why.service).name)},
              {"best", json::array()},
              {"conflict", why.conflict},
              {"causes", json::array()},
              {"causesUnavoidable", why.unavoidable},
              {"wouldHelp", why.would_help},
              {"reliefs", json::array()}};
  for (const solver::Relief& relief : why.reliefs)
    out["reliefs"].push_back({{"kind", name_of(relief.kind)},
                              {"change", relief.change},
                              {"peakReplicas", relief.peak_replicas},
                              {"provedMinimal", relief.optimal}});
  for (const auto& best : why.best) out["best"].push_back(achievable(system, best));
  double total = 0;
  for (const auto& c : why.causes) total += c.share;
  for (const auto& c : why.causes) out["causes"].push_back(cause(c, total));
  return out;
}

json bound(const solver::Outcome& outcome) {
  json out = json::object();
  put_number(out, "peakReplicasAtLeast", outcome.bound_peak_replicas);
  if (outcome.has_plan)
    put_number(out, "gapReplicas",
               std::max(0.0, outcome.criteria.peak_replicas - outcome.bound_peak_replicas));
  if (outcome.bound_unavailability)
    put_number(out, "largestUnavailabilityAtLeast", *outcome.bound_unavailability);
  out["proved"] = outcome.status == solver::Status::optimal;
  return out;
}

/// Money and budgets; null where the spec has neither.
json spending(const solver::Problem& problem, const model::Deployment& deployment) {
  if (problem.prices.empty() && problem.budgets.empty()) return {};
  json out = json::object();
  if (!problem.prices.empty()) {
    const solver::Cost cost = solver::cost_of(problem, deployment);
    put_number(out, "costPerMonth", cost.peak.value());
    put_number(out, "meanCostPerMonth", cost.mean.value());
  }
  out["budgets"] = json::object();
  for (const solver::BudgetUse& use : solver::budget_uses(problem, deployment)) {
    json& budget = out["budgets"][use.name] = json::object();
    put_number(budget, "limit", use.limit);
    put_number(budget, "used", use.used);
    budget["kept"] = use.kept;
  }
  return out;
}

json certificate(const Plan& plan) {
  const CertificateSummary& what = *plan.certificate;
  return {{"boxes", what.proved.boxes},
          {"openBoxes", what.proved.open},
          {"complete", what.proved.complete()},
          {"bytes", what.bytes},
          {"checked", what.checked},
          {"proves", proved_sentence(what.claim, what.proved)}};
}

json work(const Plan& plan) {
  json out = {{"countVectors", plan.outcome.work.count_vectors},
              {"evaluations", plan.outcome.work.evaluations},
              {"searchNodes", plan.outcome.work.search_nodes}};
  if (plan.after) {
    out["diagramNodes"] = plan.after->evaluation.work.diagram_nodes;
    out["domainStates"] = plan.after->evaluation.work.domain_states;
  }
  return out;
}

/// Whose figures `services` holds: without a plan they are no promise.
const char* figures_of(const Plan& plan) {
  if (plan.outcome.has_plan) return "plan";
  return plan.after ? "closestAttempt" : "startingPoint";
}

}  // namespace

void put_plan(json& object, const model::System& system, const model::Deployment& deployment) {
  object["plan"] = plan_of(system, deployment);
}

std::string render_json(const Plan& plan) {
  const auto& lowered = plan.lowered;
  const auto& system = lowered.problem.system;
  json root = {{"apiVersion", "haplan.dev/v1alpha1"},
               {"kind", "PlanResult"},
               {"formatVersion", "1.0"},
               {"system", lowered.name},
               {"status", name_of(plan.outcome.status)},
               {"services", json::object()},
               {"warnings", plan.warnings},
               {"defaults", json::array()},
               {"work", work(plan)}};
  for (const auto& d : lowered.defaults)
    root["defaults"].push_back({{"path", d.path}, {"value", d.value}, {"source", d.source}});
  if (const Assessment* shown = shown_assessment(plan)) {
    root["figuresOf"] = figures_of(plan);
    root["services"] = services(lowered.problem, *shown);
    root["objectives"] = checks(system, shown->checks);
    root["headroom"] = shown->evaluation.headroom;
    root["headroomInEveryOrder"] = shown->headroom_in_every_order
                                       ? json(*shown->headroom_in_every_order)
                                   : shown->evaluation.headroom ? json()
                                                                : json(false);
    root["recoveries"] = json::array();
    for (const Recovery& r : recoveries(lowered, shown->deployment))
      root["recoveries"].push_back(recovery(r));
    if (plan.outcome.has_plan) root["plan"] = plan_of(system, shown->deployment);
    if (json spent = spending(lowered.problem, shown->deployment); !spent.is_null())
      root["spending"] = std::move(spent);
  } else if (plan.outcome.has_plan) {
    root["plan"] = plan_of(system, plan.outcome.deployment);
  }
  if (plan.outcome.stop != solver::Stop::none) root["stoppedBy"] = name_of(plan.outcome.stop);
  if (!plan.outcome.unproved.empty()) root["unproved"] = plan.outcome.unproved;
  if (plan.before) {
    const solver::Problem& start = plan.start ? plan.start->problem : lowered.problem;
    root["before"] = {{"services", services(start, *plan.before)},
                      {"objectives", checks(system, plan.before->checks)},
                      {"plan", plan_of(start.system, plan.before->deployment)}};
  }
  if (plan.outcome.status != solver::Status::evaluated) {
    root["bound"] = bound(plan.outcome);
    root["binding"] = plan.outcome.binding;
    if (plan.outcome.has_plan) root["criteria"] = criteria(plan.outcome.criteria);
  }
  if (plan.most_changes) root["changes"] = {{"most", *plan.most_changes}, {"made", plan.changes}};
  if (plan.certificate) root["certificate"] = certificate(plan);
  if (plan.outcome.infeasibility)
    root["infeasibility"] = infeasibility(system, *plan.outcome.infeasibility);
  put_uncertainty(root, plan);
  if (!lowered.profile_texts.empty()) root["profiles"] = lowered.profile_texts;
  if (!lowered.text.empty()) root["spec"] = nullptr;
  std::string out = root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  // Its digits are those of the user, so it is not read as numbers on its way.
  if (!lowered.text.empty()) {
    const std::string key = "\n  \"spec\": ";
    out.replace(out.find(key + "null") + key.size(), 4, lowered.text);
  }
  return out;
}

}  // namespace haplan::planner
