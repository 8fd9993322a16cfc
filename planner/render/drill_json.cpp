#include <algorithm>

#include <nlohmann/json.hpp>

#include "planner/render/drill.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/json_members.hpp"

namespace haplan::planner {
namespace {

using nlohmann::json;

json check(const solver::ObjectiveCheck& c) {
  json out = {{"survives", c.met}};
  put_check(out, c);
  return out;
}

json checks(const std::vector<solver::ObjectiveCheck>& all) {
  json out = json::array();
  for (const auto& c : all) out.push_back(check(c));
  return out;
}

json points(const std::vector<model::CurvePoint>& curve) {
  json out = json::array();
  for (const auto& [time, up] : curve) out.push_back({{"seconds", time}, {"up", up}});
  return out;
}

json capacity(const model::System& system, const std::vector<model::Hit>& hits) {
  json out = json::array();
  for (const model::Hit& hit : hits)
    out.push_back({{"component", system.components[hit.component].name},
                   {"level", system.levels[hit.level].name},
                   {"replicas", hit.toll.replicas},
                   {"serving", hit.toll.serving()},
                   {"left", hit.toll.left()},
                   {"need", hit.toll.need}});
  return out;
}

json service(const model::System& system, const model::ServiceDrill& drill,
             const std::vector<solver::ObjectiveCheck>& survivals) {
  json out = json::object();
  put_loss(out, drill.figures);
  json& quantiles = out["secondsUntilUpQuantiles"] = json::object();
  put_number(quantiles, "p50", drill.median);
  put_number(quantiles, "p90", drill.p90);
  put_number(quantiles, "p99", drill.p99);
  put_number(quantiles, "p999", drill.p999);
  out["upWithinTarget"] = drill.within_target ? json(*drill.within_target) : json();
  out["capacity"] = capacity(system, drill.hits);
  out["curve"] = points(drill.curve);
  out["checkpoints"] = points(drill.checkpoints);
  if (drill.response_time)
    put_number(out, "responseTimeSeconds", *drill.response_time);
  else
    out["responseTimeSeconds"] = nullptr;
  put_number(out, "dataLossSeconds", drill.data_loss);
  out["objectives"] = checks(survivals);
  return out;
}

json loss(const model::System& system, const DrilledLoss& drilled) {
  json out = {{"kind", name_of(drilled.drill.loss.kind)},
              {"subject", drilled.subject},
              {"equal", drilled.equal},
              {"downForGood", drilled.drill.loss.absent},
              {"services", json::object()}};
  for (model::ServiceId s = 0; s < system.services.size(); ++s)
    out["services"][system.services[s].name] =
        service(system, drilled.drill.services[s], drilled.survivals[s]);
  return out;
}

json scenario(const model::System& system, const DrilledScenario& scenario) {
  json out = {{"name", scenario.name},
              {"problem", scenario.problem.empty() ? json() : json(scenario.problem)},
              {"lostNodes", scenario.lost_nodes},
              {"shortOf", scenario.short_of},
              {"services", json::object()},
              {"loss", nullptr}};
  if (scenario.loss) out["loss"] = loss(system, *scenario.loss)["services"];
  for (model::ServiceId s = 0; s < scenario.unavailability.size(); ++s) {
    json& one = out["services"][scenario.services[s]];
    put_number(one, "unavailability", scenario.unavailability[s]);
    one["availability"] = availability_text(scenario.unavailability[s]);
    one["objectives"] = json::array();
    for (const auto& c : scenario.checks)
      if (c.service == s) one["objectives"].push_back(check(c));
  }
  return out;
}

}  // namespace

std::string render_drill_json(const DrillReport& report) {
  const model::System& system = report.lowered.problem.system;
  json root = {{"apiVersion", "haplan.dev/v1alpha1"},
               {"kind", "DrillResult"},
               {"formatVersion", "1.0"},
               {"system", report.lowered.name},
               {"headroom", report.headroom},
               {"survived", !any_missed(report)},
               {"losses", json::array()},
               {"scenarios", json::array()}};
  for (const DrilledLoss& drilled : report.losses) root["losses"].push_back(loss(system, drilled));
  for (const DrilledScenario& one : report.scenarios)
    root["scenarios"].push_back(scenario(system, one));
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace haplan::planner
