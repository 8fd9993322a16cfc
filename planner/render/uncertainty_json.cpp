#include "planner/render/uncertainty_json.hpp"

#include <nlohmann/json.hpp>

#include "planner/render/figures.hpp"
#include "planner/render/json_members.hpp"
#include "planner/render/uncertainty_text.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;

json sampled(const model::Sampled& estimate) {
  json out = json::object();
  put_number(out, "value", estimate.value);
  put_number(out, "error", estimate.error);
  return out;
}

json share(const model::Share& kept) {
  json out = json::object();
  put_number(out, "value", kept.value);
  put_number(out, "lower", kept.lower);
  put_number(out, "upper", kept.upper);
  return out;
}

const char* name_of_law(Uncertainty::Law law) {
  if (law == Uncertainty::Law::uniform) return "uniform";
  return law == Uncertainty::Law::triangular ? "triangular" : "lognormal";
}

json input(const UncertainInput& one) {
  json out = {{"name", one.name},
              {"uses", one.uses},
              {"unit", input_unit(one)},
              {"dist", name_of_law(one.law)},
              {"source", one.source.empty() ? json() : json(one.source)}};
  put_number(out, "value", input_value(one, one.nominal));
  put_number(out, "low", input_value(one, one.complemented ? one.high : one.low));
  put_number(out, "high", input_value(one, one.complemented ? one.low : one.high));
  put_number(out, "level", one.level);
  return out;
}

json influence(const UncertaintyReport& report, std::size_t figure) {
  json out = json::object();
  for (std::size_t i = 0; i < report.inputs.size(); ++i) {
    const model::Influence& of = report.influences.of[figure][i];
    out[report.inputs[i].name] = {{"first", sampled(of.first)}, {"total", sampled(of.total)}};
  }
  return out;
}

json figure(const UncertaintyReport& report, std::size_t index) {
  const model::FigureSpread& spread = report.ensemble.figures[index];
  json out = {{"mean", sampled(spread.mean)}, {"quantiles", json::array()}};
  put_number(out, "nominal", spread.nominal);
  for (std::size_t q = 0; q < spread.quantiles.size(); ++q) {
    json one = sampled(spread.quantiles[q]);
    put_number(one, "level", report.ensemble.levels[q]);
    out["quantiles"].push_back(std::move(one));
  }
  if (report.influences.variance[index] > 0.0) out["influence"] = influence(report, index);
  return out;
}

/// In the unit and direction of the number as it is written.
json flip(const UncertainInput& one, const model::Flip& at) {
  json out = json::object();
  put_number(out, "below", input_value(one, one.complemented ? at.above : at.below));
  put_number(out, "above", input_value(one, one.complemented ? at.below : at.above));
  out["holdsBelow"] = one.complemented ? !at.holds_below : at.holds_below;
  return out;
}

json break_even(const UncertaintyReport& report, std::size_t objective) {
  json out = json::object();
  for (std::size_t i = 0; i < report.inputs.size(); ++i) {
    const UncertainInput& one = report.inputs[i];
    const model::BreakEven& even = report.break_even[objective][i];
    json flips = json::array();
    for (const model::Flip& at : even.flips) flips.push_back(flip(one, at));
    json row = {{"flips", std::move(flips)},
                {"nearest", even.next ? flip(one, even.flips[*even.next]) : json()}};
    put_number(row, "searchedFrom",
               input_value(one, one.complemented ? even.highest : even.lowest));
    put_number(row, "searchedTo", input_value(one, one.complemented ? even.lowest : even.highest));
    out[one.name] = std::move(row);
  }
  return out;
}

json objective(const UncertaintyReport& report, std::size_t index) {
  const DrawnObjective& one = report.objectives[index];
  json out = {{"field", one.field.empty() ? "all" : one.field},
              {"kept", share(report.ensemble.kept[index])},
              {"breakEven", break_even(report, index)}};
  if (one.confidence) {
    put_number(out, "confidence", *one.confidence);
    out["met"] = one.met;
  }
  return out;
}

json report_of(const model::System& system, const UncertaintyReport& report) {
  json out = {{"approximate", true},
              {"draws", report.ensemble.draws},
              {"seed", report.ensemble.seed},
              {"lowDiscrepancy", report.ensemble.low_discrepancy},
              {"invalidDraws", report.ensemble.failed},
              {"influenceEvaluations", report.influences.evaluations},
              {"inputs", json::array()},
              {"services", json::object()}};
  if (report.ensemble.why) out["firstInvalidDraw"] = report.ensemble.why->message;
  for (const UncertainInput& one : report.inputs) out["inputs"].push_back(input(one));
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    json& service = out["services"][system.services[s].name];
    service = {{"figures", json::object()}, {"objectives", json::array()}};
    put_number(service, "guaranteeFactor", report.guarantee_factor[s]);
  }
  for (std::size_t f = 0; f < report.figures.size(); ++f)
    out["services"][system.services[report.figures[f].service].name]["figures"]
       [report.figures[f].name] = figure(report, f);
  for (std::size_t i = 0; i < report.objectives.size(); ++i)
    out["services"][system.services[report.objectives[i].service].name]["objectives"].push_back(
        objective(report, i));
  return out;
}

}  // namespace

void put_uncertainty(json& root, const Plan& plan) {
  const model::System& system = plan.lowered.problem.system;
  if (plan.uncertainty) root["uncertainty"] = report_of(system, *plan.uncertainty);
  if (plan.provenance.empty()) return;
  root["sources"] = json::object();
  for (model::ServiceId s = 0; s < plan.provenance.size(); ++s) {
    json& service = root["sources"][system.services[s].name];
    service = json::object();
    for (const Provenance& part : plan.provenance[s]) {
      put_number(service[part.source], "unavailability", part.share);
      put_number(service[part.source], "downtimeSecondsPerYear", part.share * kYear);
    }
  }
}

}  // namespace haplan::planner
