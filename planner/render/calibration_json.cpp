#include <nlohmann/json.hpp>

#include "planner/calibrate/instant.hpp"
#include "planner/render/calibration.hpp"
#include "planner/render/json_members.hpp"

namespace haplan::planner {
namespace {

using nlohmann::json;

json prior(const PriorText& text) {
  return {{"name", text.name}, {"meaning", text.meaning}, {"source", text.source}};
}

json test(const std::optional<model::TestOutcome>& outcome) {
  if (!outcome) return nullptr;
  return {{"statistic", outcome->statistic}, {"pValue", outcome->p_value}};
}

json credible(const model::Credible& one, const std::string& unit) {
  json out = json::object();
  put_number(out, "median" + unit, one.median);
  put_number(out, "low" + unit, one.low);
  put_number(out, "high" + unit, one.high);
  return out;
}

json rate(const ModeEstimate& one) {
  const model::RatePosterior& r = one.rate;
  json out = {{"meanPerSecond", r.mean},
              {"medianPerSecond", r.median},
              {"lowPerSecond", r.low},
              {"highPerSecond", r.high},
              {"posterior", {{"events", r.events}, {"seconds", r.time}}},
              {"prior", {{"events", one.prior.events}, {"seconds", one.prior.time}}},
              {"priorShare", one.prior.events / r.events}};
  put_number(out, "mtbfSeconds", 1.0 / r.mean);
  put_number(out, "mtbfLowSeconds", 1.0 / r.high);
  put_number(out, "mtbfHighSeconds", 1.0 / r.low);
  return out;
}

json repair(const ModeEstimate& one) {
  json out = {{"timed", one.repairs.exact.size()},
              {"notOverYet", one.repairs.at_least.size()},
              {"tooShortToTime", one.repairs.at_most.size()},
              {"written", one.writes_repair},
              {"lawWritten", one.writes_law}};
  const auto observed = observed_mean_repair(one);
  out["observedMeanSeconds"] = observed ? json(*observed) : json();
  if (!one.repair) {
    out["missing"] = one.no_repair;
    return out;
  }
  out["mean"] = credible(one.repair->mean, "Seconds");
  out["median"] = credible(one.repair->median, "Seconds");
  out["sigma"] = credible(one.repair->sigma, "");
  return out;
}

json mode(const ModeEstimate& one) {
  return {{"kind", one.subject.empty() ? json() : json(name_of(one.kind))},
          {"name", one.subject},
          {"mode", one.mode.name},
          {"path", one.subject_path + (one.mode.path.empty() ? "" : "." + one.mode.path)},
          {"units", one.units},
          {"unitsAssumed", one.units_assumed},
          {"events", one.events},
          {"eventsFromCommandLine", one.counted_apart},
          {"beganBeforePeriod", one.carried_in},
          {"exposureSeconds", one.exposure},
          {"observed", observed_text(one)},
          {"written", one.writes},
          {"rate", rate(one)},
          {"repair", repair(one)},
          {"trend", test(one.trend)},
          {"dispersion", test(one.dispersion)}};
}

}  // namespace

std::string render_calibration_json(const CalibrationReport& report) {
  json root = {
      {"apiVersion", "haplan.dev/v1alpha1"},
      {"kind", "CalibrationResult"},
      {"formatVersion", "1.0"},
      {"reference", report.reference},
      {"level", report.level},
      {"rows", report.rows},
      {"outsidePeriod", report.outside},
      {"skippedRows", json::array()},
      {"unusedColumns", report.unused_columns},
      {"priors", {{"rate", prior(report.rate_prior)}, {"repair", prior(report.repair_prior)}}},
      {"modes", json::array()},
      {"warnings", report.warnings},
      {"period", nullptr}};
  if (report.period)
    root["period"] = {{"from", instant_text(report.period->from)},
                      {"to", instant_text(report.period->to)},
                      {"seconds", report.period->length()}};
  for (const SkippedRow& row : report.skipped)
    root["skippedRows"].push_back({{"line", row.line}, {"reason", row.reason}});
  for (const ModeEstimate& one : report.modes) root["modes"].push_back(mode(one));
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace haplan::planner
