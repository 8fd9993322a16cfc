#include "planner/cli/calibrate_arguments.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "planner/calibrate/instant.hpp"
#include "planner/cli/diagnostics_json.hpp"

namespace haplan::planner::cli {

namespace {

constexpr double kLeastLevel = 0.01;
constexpr double kMostLevel = 0.9999;      // beyond it the tails of the laws are not to be believed
constexpr double kLeastPriorEvents = 0.1;  // below it the law is a spike at zero

void add_observations(CLI::App& command, RawCalibration& words, Arguments& arguments) {
  command
      .add_option("INCIDENTS", arguments.table,
                  "a table with the columns start, end, component and cause; - is stdin")
      ->type_name("FILE");
  command.add_option("--from", words.from, "when the observation began, e.g. 2024-01-01")
      ->type_name("TIME");
  command.add_option("--to", words.to, "when it ended, e.g. 2025-01-01T00:00:00+01:00")
      ->type_name("TIME");
  command
      .add_option("--events", words.events,
                  "a count besides: 3, or api.crash=3, or api.crash=3/90d; may be repeated")
      ->type_name("[NAME.MODE=]N[/TIME]")
      ->allow_extra_args(false);
  command
      .add_option("--time", words.time,
                  "of counts without their own, by the calendar: replicas multiply it")
      ->type_name("DURATION");
  command
      .add_option("--replicas", words.replicas,
                  "how many replicas or nodes were observed, on average; may be repeated")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
  command.add_flag("--complete", arguments.calibration.complete,
                   "the table names all that failed: other modes of the spec had no event");
  command.add_flag("--skip-bad-rows", arguments.calibration.skip_bad_rows,
                   "leave out rows with mistakes, count and list them");
}

void add_estimation(CLI::App& command, RawCalibration& words) {
  command
      .add_option("--prior", words.prior,
                  "what is assumed of a rate before: jeffreys, flat, spec (its mtbf, worth half an "
                  "event) or events in a time, as 0.5/90d (default jeffreys)")
      ->type_name("PRIOR");
  command.add_option("--level", words.level, "probability of the intervals (default 90%)")
      ->type_name("SHARE");
  command
      .add_option(
          "--repairs", words.repairs,
          "which repair times are written: auto (where the spec states one), always or never")
      ->type_name("WHICH")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

std::string sentence(const std::string& option, const Misread& misread) {
  return option + ": " + printable(misread.message) +
         (misread.suggestion.empty() ? "" : "; " + printable(misread.suggestion));
}

std::optional<std::string> understand_events(const RawCalibration& raw,
                                             CalibrationOptions& options) {
  if (raw.time) {
    const auto time = duration(*raw.time);
    if (!time) return sentence("--time", time.error());
    if (time->value <= 0.0) return std::string("--time must be greater than zero");
    options.time = time->value;
  }
  for (const std::string& text : raw.events) {
    const auto one = observation(text);
    if (!one) return sentence("--events", one.error());
    if (!one->time && !options.time)
      return "--events " + printable(text) + ": in what time? " + printable(text) +
             "/90d, or --time 90d";
    options.observations.push_back(*one);
  }
  const auto unnamed = std::ranges::count_if(
      options.observations, [](const Observation& one) { return one.subject.empty(); });
  if (unnamed > 1)
    return std::string("--events: only one count can do without a name; name them, as api.crash=3");
  if (raw.time && raw.events.empty()) return std::string("--time goes with --events");
  return std::nullopt;
}

std::optional<std::string> understand_period(const RawCalibration& raw,
                                             CalibrationOptions& options) {
  if (raw.from) {
    const auto from = instant(*raw.from);
    if (!from) return sentence("--from", from.error());
    options.from = from->seconds;
  }
  if (raw.to) {
    const auto to = instant(*raw.to);
    if (!to) return sentence("--to", to.error());
    options.to = to->seconds;
  }
  if (options.from && options.to && *options.from >= *options.to)
    return std::string("--from must be before --to");
  return std::nullopt;
}

std::optional<std::string> understand_beliefs(const RawCalibration& raw,
                                              CalibrationOptions& options) {
  if (raw.prior) {
    const auto prior = prior_choice(*raw.prior);
    if (!prior) return sentence("--prior", prior.error());
    if (prior->kind == PriorChoice::Kind::given && prior->given.events < kLeastPriorEvents)
      return std::string("--prior: fewer than 0.1 events say that nothing ever fails");
    options.prior = *prior;
  }
  if (raw.level) {
    const auto level = probability(*raw.level);
    if (!level) return sentence("--level", level.error());
    if (level->value < kLeastLevel || level->value > kMostLevel)
      return std::string("--level goes from 1% to 99.99%");
    options.level = level->value;
  }
  if (raw.repairs == "always") options.repairs = RepairUse::always;
  if (raw.repairs == "never") options.repairs = RepairUse::never;
  return std::nullopt;
}

std::optional<std::string> impossible(const RawCalibration& raw, const Arguments& arguments) {
  const CalibrationOptions& options = arguments.calibration;
  const bool table = arguments.table.has_value();
  if (!table && options.observations.empty())
    return std::string("calibrate needs a table of incidents, or --events");
  if (arguments.plan && arguments.specs.empty())
    return std::string("--plan goes with the spec: -f SPEC");
  if (!table && (raw.from || raw.to))
    return std::string("--from and --to go with a table of incidents");
  if (!table && options.skip_bad_rows)
    return std::string("--skip-bad-rows goes with a table of incidents");
  if (options.complete && (!table || arguments.specs.empty()))
    return std::string("--complete needs a table and the spec (-f), whose modes it is about");
  if (options.prior.kind == PriorChoice::Kind::spec && arguments.specs.empty())
    return std::string("--prior spec needs the spec: -f SPEC");
  return std::nullopt;
}

}  // namespace

void add_calibrate(CLI::App& command, RawCalibration& words, std::vector<std::string>& layers,
                   std::vector<std::string>& outputs, Arguments& arguments) {
  command
      .add_option("-f,--file", layers,
                  "the spec that is calibrated, and layers over it; may be repeated")
      ->type_name("SPEC")
      ->allow_extra_args(false);
  add_observations(command, words, arguments);
  add_estimation(command, words);
  command
      .add_option("-o,--output", arguments.format,
                  "what stdout carries: text, json, or yaml, a layer for -f")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "yaml"}));
  command
      .add_option("--out", outputs,
                  "write a file besides: text, json or yaml=PATH; may be repeated")
      ->type_name("FORMAT=PATH")
      ->allow_extra_args(false);
}

std::optional<std::string> understand_calibration(const RawCalibration& raw, Arguments& arguments) {
  CalibrationOptions& options = arguments.calibration;
  if (auto mistake = understand_events(raw, options)) return mistake;
  if (auto mistake = understand_period(raw, options)) return mistake;
  if (auto mistake = understand_beliefs(raw, options)) return mistake;
  for (const std::string& text : raw.replicas) {
    const auto count = replica_count(text);
    if (!count) return sentence("--replicas", count.error());
    if (!options.replicas.insert(*count).second)
      return "--replicas: \"" + printable(count->first) + "\" is given twice";
  }
  return impossible(raw, arguments);
}

}  // namespace haplan::planner::cli
