#include <cmath>

#include <nlohmann/json.hpp>

#include "model/system/variants.hpp"
#include "planner/render/figures.hpp"
#include "planner/render/front.hpp"
#include "planner/render/json_members.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;

json point_json(const FrontReport& report, const solver::FrontPoint& point) {
  const model::System& system = report.lowered.problem.system;
  json out = {{"replicas", point.rank.peak},
              {"meanReplicas", point.rank.mean},
              {"cpuMillicores", point.rank.cpu},
              {"proved", point.proved},
              {"meetsTargets", solver::within(1.0, point.margin)},
              {"services", json::object()}};
  put_number(out, "memoryBytes", static_cast<double>(point.rank.memory) / 1000);
  put_number(out, "margin", point.margin);
  put_number(out, "marginAtMost", point.figure_margin);
  if (report.front.maximised)
    put_number(out, "largestUnavailability", std::isinf(point.reach) ? 0.0 : 1.0 / point.reach);
  for (std::size_t i = 0; i < report.front.services.size(); ++i) {
    json& service = out["services"][system.services[report.front.services[i]].name];
    service = json::object();
    put_number(service, "guaranteedUnavailability", point.unavailability[i]);
    put_number(service, "downtimeSecondsPerYear", point.unavailability[i] * kYear);
    service["availability"] = availability_text(point.unavailability[i]);
  }
  if (report.front.size == solver::Preference::cost) {
    put_number(out, "cost", point.rank.peak_cost);
    put_number(out, "meanCost", point.rank.mean_cost);
  }
  const model::Resolved plain = model::resolve(system, point.deployment);
  put_plan(out, plain.system, plain.deployment);
  return out;
}

}  // namespace

std::string render_front_json(const FrontReport& report) {
  const model::System& system = report.lowered.problem.system;
  json root = {{"apiVersion", "haplan.dev/v1alpha1"},
               {"kind", "ParetoFront"},
               {"formatVersion", "1.0"},
               {"system", report.lowered.name},
               {"size", report.front.size == solver::Preference::cost ? "cost" : "replicas"},
               {"maximised", report.front.maximised},
               {"complete", report.front.complete},
               {"openMargin", report.front.open},
               {"targets", json::object()},
               {"points", json::array()}};
  for (std::size_t i = 0; i < report.front.services.size(); ++i)
    put_number(root["targets"], system.services[report.front.services[i]].name,
               report.front.targets[i]);
  if (!report.front.unproved.empty()) root["unproved"] = report.front.unproved;
  for (const solver::FrontPoint& point : report.front.points)
    root["points"].push_back(point_json(report, point));
  if (report.front.target) root["target"] = point_json(report, *report.front.target);
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace haplan::planner
