#include "planner/cli/option_groups.hpp"

#include <CLI/CLI.hpp>

namespace haplan::planner::cli {

void add_inputs(CLI::App& command, Raw& raw, Arguments& arguments, bool spec) {
  if (spec) command.add_option("SPEC", raw.spec, "the spec, a YAML or JSON file; - is stdin");
  command.add_option("-f,--file", raw.layers, "one more layer over the spec; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("--set", arguments.sets, "set one value over all layers; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command.add_option("--scenario", raw.scenario, "apply a what-if of spec.scenarios")
      ->type_name("NAME");
  command
      .add_option("--profile", arguments.profiles,
                  "a chart profile of your own, beside the built-in ones; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

void add_render(CLI::App& command, Raw& raw, Arguments& arguments) {
  RenderArguments& render = arguments.render;
  command.add_option("WHAT", render.what, "values, manifests, patch, alerts or chaos")
      ->required()
      ->check(CLI::IsMember({"values", "manifests", "patch", "alerts", "chaos"}));
  command.add_option("PLAN", render.result, "the JSON result of a solve; - is stdin")->required();
  add_inputs(command, raw, arguments, false);
  command
      .add_option("-o,--out", render.path,
                  "a directory, or a file where only one is written; - is stdout (default)")
      ->type_name("PATH");
  command.add_option("--release", render.releases, "only this release; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--in-place", raw.render.in_place,
                  "set the values in a file of yours and change no other byte; may be repeated")
      ->type_name("[RELEASE=]FILE")
      ->allow_extra_args(false);
  command.add_flag("--check", render.check,
                   "write nothing; exit with 1 when a file is not what would be written");
  command.add_flag(
      "--carriers", render.carriers,
      "put budgets and autoscalers that a chart lacks into its list of extra manifests");
  command.add_flag("--strict", render.strict, "exit with 1 when a setting cannot be carried");
  command.add_option("--namespace", render.name_space, "of the pods that experiments hit")
      ->type_name("NAME");
}

void add_profile(CLI::App& command, Arguments& arguments) {
  ProfileArguments& profile = arguments.profile;
  command.add_option("WHAT", profile.what, "check, list or show")
      ->required()
      ->check(CLI::IsMember({"check", "list", "show"}));
  command.add_option("NAME", profile.name, "of show: a built-in profile");
  command.add_option("--chart", profile.chart, "of check: the folder with Chart.yaml")
      ->type_name("DIR");
  command
      .add_option("--profile", arguments.profiles,
                  "of check: a file, or a built-in profile (default: that of the chart's name)")
      ->type_name("FILE|NAME")
      ->allow_extra_args(false);
  command.add_option("--release", profile.release, "of check: the release that is rendered")
      ->type_name("NAME");
  command
      .add_option("--values", profile.values,
                  "of check: values that the chart needs, passed to helm first; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("--kube-version", profile.kubernetes, "of check: to render for")
      ->type_name("VERSION");
  command.add_flag("--no-helm", profile.no_helm, "of check: read the chart's files only");
}

void add_colour(CLI::App& command, Raw& raw) {
  CLI::Option* colour = command.add_flag("--color", raw.colour, "colour even without a terminal");
  command.add_flag("--no-color", raw.no_colour, "no colour")->excludes(colour);
}

void add_simulate(CLI::App& command, Raw& raw) {
  RawSimulate& simulate = raw.simulate;
  command
      .add_option("--semantics", simulate.semantics,
                  "cluster: what Kubernetes does (default); model: exactly the analytic model")
      ->type_name("KIND")
      ->check(CLI::IsMember({"cluster", "model"}));
  command
      .add_option("--assume", simulate.assumed,
                  "take one more assumption of the model for granted; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--drop-assumption", simulate.dropped,
                  "do without one assumption of the model; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--precision", simulate.precision,
                  "relative half width of the intervals of unavailability (default 2%)")
      ->type_name("SHARE");
  command.add_option("--confidence", simulate.confidence, "of every interval (default 95%)")
      ->type_name("SHARE");
  command.add_option("--seed", simulate.seed, "of the random numbers (default 1)")->type_name("N");
  command
      .add_option("--window", simulate.window,
                  "in which downtime is counted (default: as the objectives say, or 30d)")
      ->type_name("DURATION");
  command
      .add_option("--method", simulate.method,
                  "how rare outages are met (default: whichever needs less work)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"direct", "biasing"}));
  command
      .add_option("--trace", simulate.trace,
                  "write one run event by event; - is stdout, instead of figures")
      ->type_name("FILE");
  command.add_option("--for", simulate.trace_for, "how long the traced run is (default 30d)")
      ->type_name("DURATION");
}

void add_drill(CLI::App& command, Raw& raw, Arguments& arguments) {
  command.add_option("-o,--output", arguments.format, "what stdout carries: text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  command.add_option("--plan", raw.plan, "fix the decisions of a plan, e.g. the JSON of a solve")
      ->type_name("FILE");
}

/// explain takes a code, a figure or a spec; why a path and a spec.
void add_explaining(CLI::App& command, Raw& raw, Arguments& arguments) {
  const bool why = command.get_name() == "why";
  if (why)
    command.add_option("PATH", arguments.subject, "e.g. services.chat.unavailability")->required();
  else
    command.add_option("WHAT", arguments.subject,
                       "a code (HA003), a figure (fussell-vesely) or a spec; all figures without");
  add_inputs(command, raw, arguments, why);
  add_colour(command, raw);
  add_drill(command, raw, arguments);
}

void add_verify(CLI::App& command, Raw& raw, Arguments& arguments) {
  command.add_option("CERTIFICATE", arguments.certificate, "a certificate, or - for stdin")
      ->required();
  add_inputs(command, raw, arguments);
  add_time_limit(command, raw, "stop the check after this time, e.g. 30s or 5m");
  command.add_option("-o,--output", arguments.format, "text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

void add_outputs(CLI::App& command, Raw& raw, Arguments& arguments) {
  command.add_option("-o,--output", arguments.format, "what stdout carries: text, json or values")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "values"}));
  command
      .add_option("--out", raw.outputs,
                  command.get_name() == "solve"
                      ? "write a file besides: text, json, values or certificate=PATH, or "
                        "patch=DIR; may be repeated"
                      : "write a file besides: text, json, values=PATH or patch=DIR; may be "
                        "repeated")
      ->type_name("FORMAT=PATH")
      ->allow_extra_args(false);
  command.add_option("--plan", raw.plan, "fix the decisions of a plan, e.g. the JSON of a solve")
      ->type_name("FILE");
}

void add_threads(CLI::App& command, Raw& raw, const char* help) {
  command.add_option("--threads", raw.threads, help)->type_name("N");
}

void add_time_limit(CLI::App& command, Raw& raw, const char* help) {
  command.add_option("--time-limit", raw.time_limit, help)->type_name("DURATION");
}

void add_draws(CLI::App& command, Raw& raw) {
  command
      .add_option(
          "--draws", raw.draws.draws,
          "draw the uncertain inputs so often: quantiles, shares of draws in which objectives "
          "hold, which number is worth measuring (4096 where a confidence is asked for)")
      ->type_name("N");
  command.add_option("--seed", raw.draws.seed, "of the draws (default 1)")->type_name("N");
  command.add_option("--quantiles", raw.draws.quantiles, "percentages to show (default 5,50,95)")
      ->type_name("P,P,...");
}

void add_limits(CLI::App& command, Raw& raw, Arguments& arguments) {
  add_time_limit(
      command, raw,
      "stop the search after this time, e.g. 30s or 5m; a certificate may take as long again");
  command
      .add_option("--progress", arguments.progress,
                  "how far the search is, on stderr: bar (on a terminal; the default), json (one "
                  "line for each change) or none")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"bar", "json", "none"}));
  command
      .add_option("--work-limit", raw.work_limit,
                  "stop the search after so much work, in units of about a microsecond that are "
                  "counted alike everywhere (default 60000000); saying why there is no plan may "
                  "take as much again")
      ->type_name("N");
  command.add_flag(
      "--require-proof", arguments.require_proof,
      "exit with 5 when the plan is good but not proved best, or its certificate is incomplete");
  command
      .add_option(
          "--max-changes", raw.max_changes,
          "improve the running plan (--plan, or plan in the spec) by so many changes at most: "
          "settings with another value, other variants, and replicas that move")
      ->type_name("N");
  command.add_flag(
      "--pareto", arguments.pareto,
      "show what more replicas buy: every plan that no other one beats in replicas and "
      "availability");
  command.add_flag("--verify", arguments.verify,
                   "prove the result a second time by a certificate, and check that line by line");
}

}  // namespace haplan::planner::cli
