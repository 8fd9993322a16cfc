#include "planner/calibrate/instant.hpp"
#include "planner/calibrate/spelling.hpp"
#include "planner/render/calibration.hpp"
#include "planner/render/yaml_text.hpp"

namespace haplan::planner {
namespace {

constexpr int kDigits = 4;
constexpr int kMostDigits = 15;

/// YAML that is written as it stands: a flow map on one line.
YamlNode verbatim(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::plain;
  node.scalar = std::move(text);
  return node;
}

std::string source_text(const std::string& reference, const std::string& observed) {
  return "source: {kind: measured, ref: " + yaml_scalar(reference) +
         ", observed: " + yaml_scalar(observed) + "}";
}

std::string level_text(double level) { return spelt_number(100.0 * level, 6) + "%"; }

/// {value: 94.17d, low: 60d, high: 150d, dist: lognormal, level: 90%, source: {...}}
///   value  of the three numbers the one that counts; `median` when it lies outside of the interval
YamlNode uncertain_duration(double value, double median, double low, double high, double level,
                            const std::string& source) {
  const double shown = value >= low && value <= high ? value : median;
  int digits = kDigits;  // more where an interval is so narrow that its ends would become equal
  while (digits < kMostDigits && spelt_duration(low, digits) == spelt_duration(high, digits))
    ++digits;
  return verbatim("{value: " + spelt_duration(shown, digits) + ", low: " +
                  spelt_duration(low, digits) + ", high: " + spelt_duration(high, digits) +
                  ", dist: lognormal, level: " + level_text(level) + ", " + source + "}");
}

YamlNode mtbf(const ModeEstimate& one, const CalibrationReport& report) {
  const model::RatePosterior& rate = one.rate;
  return uncertain_duration(1.0 / rate.mean, 1.0 / rate.median, 1.0 / rate.high, 1.0 / rate.low,
                            report.level, source_text(report.reference, observed_text(one)));
}

std::string repairs_observed(const ModeEstimate& one) {
  const std::size_t n = one.repairs.exact.size();
  std::string text = std::to_string(n) + (n == 1 ? " repair" : " repairs");
  if (!one.repairs.at_least.empty())
    text += ", " + std::to_string(one.repairs.at_least.size()) + " not over yet";
  if (!one.repairs.at_most.empty())
    text += ", " + std::to_string(one.repairs.at_most.size()) + " too short to time";
  return text;
}

void add_repair(YamlNode& mode, const ModeEstimate& one, const CalibrationReport& report) {
  const model::Credible& mean = one.repair->mean;
  const std::string source = source_text(report.reference, repairs_observed(one));
  mode["repair"] =
      uncertain_duration(mean.median, mean.median, mean.low, mean.high, report.level, source);
  if (!one.writes_law) return;
  mode["distribution"] = YamlNode::text("lognormal");
  mode["sigma"] =
      verbatim("{value: " + spelt_number(one.repair->sigma.median, kDigits) + ", " + source + "}");
}

void add_mode(YamlNode& spec, const ModeEstimate& one, const CalibrationReport& report) {
  if (one.subject.empty()) {
    spec.at(one.subject_path) = mtbf(one, report);
    return;
  }
  YamlNode& subject = spec.at(one.subject_path);
  const bool excludes = one.has_availability && (one.mode.path.empty() || one.mode.per_unit);
  if (excludes) subject["availability"] = YamlNode::null();
  YamlNode& mode = one.mode.path.empty() ? subject : subject.at(one.mode.path);
  if (one.mode.has_rate) mode["rate"] = YamlNode::null();
  mode["mtbf"] = mtbf(one, report);
  if (one.writes_repair) add_repair(mode, one, report);
}

std::string heading(const CalibrationReport& report) {
  std::string text = "Written by haplan calibrate from " + report.reference;
  if (report.period)
    text += ", " + instant_text(report.period->from) + " to " + instant_text(report.period->to);
  text += "; intervals of " + level_text(report.level);
  return text + "; prior " + report.rate_prior.name;
}

}  // namespace

std::string render_calibration_yaml(const CalibrationReport& report) {
  YamlNode root = YamlNode::map();
  root["apiVersion"] = YamlNode::text("haplan.dev/v1alpha1");
  root["apiVersion"].comment = heading(report);
  root["kind"] = YamlNode::text("System");
  YamlNode& spec = root["spec"];
  for (const ModeEstimate& one : report.modes)
    if (one.writes) add_mode(spec, one, report);
  return to_yaml(root);
}

}  // namespace haplan::planner
