#include "planner/cli/arguments.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <CLI/CLI.hpp>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/option_groups.hpp"
#include "planner/spec/scalar.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner::cli {

namespace {

std::optional<std::string> understand_output(const std::string& text, Arguments& arguments) {
  std::vector<std::string> formats =
      arguments.verb == "calibrate" ? std::vector<std::string>{"text", "json", "yaml"}
                                    : std::vector<std::string>{"text", "json", "values", "patch"};
  if (arguments.verb == "solve") formats.emplace_back("certificate");
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size())
    return "--out takes FORMAT=PATH, not \"" + printable(text) + "\"";
  OutputRequest request{text.substr(0, equals), text.substr(equals + 1)};
  if (std::find(formats.begin(), formats.end(), request.format) == formats.end())
    return "--out: unknown format \"" + printable(request.format) +
           "\": " + suggest_word(request.format, formats);
  if (request.format == "patch" && request.path == "-")
    return "--out patch writes a directory, not stdout";
  if (request.format == "certificate") {
    if (request.path == "-") return "--out certificate writes a file, not stdout";
    for (const OutputRequest& other : arguments.outputs)
      if (other.format == request.format) return "--out: one certificate is enough";
  }
  for (const OutputRequest& other : arguments.outputs)
    if (other.path == request.path)
      return "--out: two outputs go to \"" + printable(request.path) + "\"";
  arguments.outputs.push_back(std::move(request));
  return std::nullopt;
}

std::optional<std::string> understand_limits(const Raw& raw, Arguments& arguments) {
  if (raw.time_limit) {
    // A bare number is one of seconds: nothing else could be meant on a command line.
    const auto seconds = number(*raw.time_limit);
    const auto limit = seconds ? seconds : duration(*raw.time_limit);
    if (!limit)
      return "--time-limit: " + printable(limit.error().message) +
             (limit.error().suggestion.empty() ? "" : "; " + printable(limit.error().suggestion));
    if (limit->value <= 0.0) return std::string("--time-limit must be greater than zero");
    arguments.time_limit = limit->value;
  }
  if (raw.work_limit) {
    const auto nodes = number(*raw.work_limit);
    if (!nodes || nodes->exact.den != 1 || nodes->exact.num < 1)
      return "--work-limit takes a number of units of work, at least 1, not \"" +
             printable(*raw.work_limit) + "\"";
    arguments.work_limit = static_cast<std::size_t>(nodes->exact.num);
  }
  if (raw.max_changes) {
    const auto count = integer(*raw.max_changes);
    if (!count || count->value < 0.0 || count->value > 1000.0)
      return "--max-changes takes a number of changes, 0 to 1000, not \"" +
             printable(*raw.max_changes) + "\"";
    arguments.max_changes = static_cast<int>(count->value);
  }
  if (raw.threads) {
    const auto count = integer(*raw.threads);
    if (!count || count->value < 1.0)
      return "--threads takes a number of threads, at least 1, not \"" + printable(*raw.threads) +
             "\"";
    arguments.threads = static_cast<unsigned>(std::min(count->value, 1024.0));
  }
  return std::nullopt;
}

/// Turns what CLI11 read into arguments; a sentence when that cannot be.
std::optional<std::string> understand(const Raw& raw, Arguments& arguments) {
  if (!raw.spec.empty()) arguments.specs.push_back(raw.spec);
  arguments.specs.insert(arguments.specs.end(), raw.layers.begin(), raw.layers.end());
  // An empty word is most likely a variable that is not set: nothing to pass over in silence.
  if (raw.scenario == "") return std::string("--scenario takes the name of a scenario");
  if (raw.plan == "") return std::string("--plan takes a file, or - for stdin");
  arguments.scenario = raw.scenario;
  arguments.plan = raw.plan;
  if (raw.colour) arguments.colour = true;
  if (raw.no_colour) arguments.colour = false;
  if (auto mistake = understand_limits(raw, arguments)) return mistake;
  if (arguments.pareto && arguments.max_changes)
    return std::string("--pareto starts from no plan: leave out --max-changes");
  if (arguments.pareto && arguments.format == "values")
    return std::string("--pareto shows many plans: -o text or json");
  if (arguments.pareto && (!raw.outputs.empty() || arguments.verify))
    return std::string("--pareto shows many plans: it takes neither --out nor --verify");
  if (arguments.verb == "render")
    if (auto mistake = understand_render(raw.render, arguments.render)) return mistake;
  if (arguments.verb == "profile")
    if (auto mistake = understand_profile(arguments.profile)) return mistake;
  if (arguments.verb == "simulate")
    if (auto mistake = understand_simulate(raw.simulate, arguments.simulate)) return mistake;
  if (auto mistake = understand_draws(raw.draws, arguments.drawing)) return mistake;
  for (const std::string& text : raw.outputs)
    if (auto mistake = understand_output(text, arguments)) return mistake;
  static const std::set<std::string> kTakeSpecs{"solve",    "evaluate", "drill", "simulate",
                                                "validate", "verify",   "why"};
  if (kTakeSpecs.contains(arguments.verb) && arguments.specs.empty())
    return arguments.verb + " needs a SPEC (a file, or - for stdin)";
  if (arguments.verb == "calibrate")
    if (auto mistake = understand_calibration(raw.calibration, arguments)) return mistake;
  const auto from_stdin = std::count(arguments.specs.begin(), arguments.specs.end(), "-") +
                          (arguments.plan == "-") + (arguments.table == "-") +
                          (arguments.certificate == "-") + (arguments.render.result == "-");
  if (from_stdin > 1) return std::string("stdin (-) can be read only once");
  for (const std::string& set : arguments.sets)
    if (set.find('=') == std::string::npos || set.front() == '=')
      return "--set takes PATH=VALUE, not \"" + printable(set) + "\"";
  return std::nullopt;
}

/// The first word that is no option, when it is no verb either.
std::optional<std::string> unknown_verb(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.empty() && word[0] == '-') continue;
    for (const Verb& verb : verbs())
      if (verb.name == word) return std::nullopt;
    return word;
  }
  return std::nullopt;
}

ParsedArguments mistake(const std::string& sentence, const std::string& verb) {
  const std::string help = verb.empty() ? "haplan --help" : "haplan " + verb + " --help";
  return {std::nullopt, static_cast<int>(ExitCode::usage),
          "haplan: " + sentence + "\n  = help: " + help + "\n"};
}

/// Help begins with examples: those of the verb, or of the two verbs that come first.
std::string help_text(const std::string& usage, const std::string& used) {
  std::string examples;
  for (const Verb& verb : verbs()) {
    if (verb.name == used) examples = verb.examples;
    if (used.empty() && (&verb - verbs().data()) < 2)
      examples += verb.examples.substr(0, verb.examples.find('\n') + 1);
  }
  return "Examples:\n" + examples + "\n" + usage;
}

/// The app with all its verbs; `arguments.verb` is set by the one that is used.
void build(CLI::App& app, Raw& raw, Arguments& arguments) {
  app.name("haplan");
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "print this help");
  app.set_help_all_flag("--help-all", "print the help of all verbs");
  for (const auto& [verb, help, examples] : verbs()) {
    CLI::App* command = app.add_subcommand(verb, help);
    command->callback([&arguments, name = verb] { arguments.verb = name; });
    if (verb == "solve" || verb == "evaluate" || verb == "drill" || verb == "simulate" ||
        verb == "validate") {
      add_inputs(*command, raw, arguments);
      add_colour(*command, raw);
    }
    if (verb == "render") {
      add_render(*command, raw, arguments);
      add_colour(*command, raw);
    }
    if (verb == "profile") add_profile(*command, arguments);
    if (verb == "solve" || verb == "evaluate") add_outputs(*command, raw, arguments);
    if (verb == "evaluate")
      add_threads(*command, raw,
                  "threads that draws of uncertain inputs may use; results never depend on it");
    if (verb == "solve")
      add_threads(*command, raw,
                  "threads that may be used (default: all cores); results never depend on it");
    if (verb == "evaluate") add_draws(*command, raw);
    if (verb == "solve") add_limits(*command, raw, arguments);
    if (verb == "drill" || verb == "simulate") add_drill(*command, raw, arguments);
    if (verb == "simulate") {
      add_simulate(*command, raw);
      add_threads(*command, raw,
                  "threads that may be used (default: all cores); results never depend on it");
      add_time_limit(*command, raw, "stop after this time, e.g. 30s or 5m");
      command
          ->add_option("--work-limit", raw.work_limit,
                       "stop after about so many events (default 1000000000)")
          ->type_name("EVENTS");
    }
    if (verb == "calibrate") {
      add_calibrate(*command, raw.calibration, raw.layers, raw.outputs, arguments);
      command
          ->add_option("--plan", raw.plan,
                       "the plan that was running: settles replicas that the spec leaves open")
          ->type_name("FILE");
      add_colour(*command, raw);
    }
    if (verb == "validate") {
      command->add_option("-o,--output", arguments.format, "text or json")
          ->type_name("FORMAT")
          ->check(CLI::IsMember({"text", "json"}));
      command->add_option("--plan", raw.plan, "check a plan against the spec too")
          ->type_name("FILE");
    }
    if (verb == "verify") add_verify(*command, raw, arguments);
    if (verb == "explain" || verb == "why") add_explaining(*command, raw, arguments);
  }
}

/// What the command does not take, with the option that was meant.
std::string unexpected(const CLI::App& command) {
  const std::vector<std::string> rest = command.remaining();
  const auto option = std::ranges::find_if(
      rest, [](const std::string& word) { return word.size() > 1 && word.front() == '-'; });
  if (option == rest.end()) return "unexpected argument \"" + printable(rest.front()) + "\"";
  std::vector<std::string> names;
  for (const CLI::Option* known : command.get_options())
    for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  const std::string word = option->substr(0, option->find('='));
  return "unknown option \"" + printable(word) + "\": " + suggest_word(word, names);
}

}  // namespace

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs{
      {"solve", "find the best plan and prove it",
       "  haplan solve specs/examples/dify.yaml\n"
       "  haplan solve dify.yaml -o json --out values=values/ --out patch=patch/\n"},
      {"evaluate", "figures of a spec whose settings are fixed, or fixed by a plan",
       "  haplan evaluate dify.yaml --plan plan.json\n"
       "  haplan evaluate three-zones.yaml --scenario lose-zone-a\n"
       "  haplan evaluate dify-uncertain.yaml --draws 20000 --seed 7 --quantiles 5,50,95\n"},
      {"drill", "what happens when each node, zone, replica, primary or external service is lost",
       "  haplan drill dify.yaml --plan plan.json\n"
       "  haplan drill three-zones.yaml --scenario lose-zone-a -o json\n"},
      {"render", "write a solved plan for the cluster: values, manifests, patches, alerts, chaos",
       "  haplan render values plan.json -o values/\n"
       "  haplan render values plan.json --release dify --in-place values.yaml --check\n"},
      {"profile", "list, show and check how plans go into the values of Helm charts",
       "  haplan profile check --chart charts/dify\n"
       "  haplan profile show ingress-nginx\n"},
      {"simulate", "play what the cluster does, event by event, and compare with the figures",
       "  haplan simulate dify.yaml --plan plan.json\n"
       "  haplan simulate dify.yaml --semantics model --precision 1% --seed 7\n"},
      {"calibrate", "learn failure rates and repair times from observed incidents",
       "  haplan calibrate incidents.csv -f dify.yaml --from 2024-01-01 --to 2025-01-01\n"
       "  haplan calibrate --events api.crash=3/90d --replicas api=4 -o yaml > measured.yaml\n"},
      {"validate", "check a spec and print every mistake",
       "  haplan validate dify.yaml\n"
       "  haplan validate dify.yaml -f site.yaml --set components.api.replicas=3 -o json\n"},
      {"verify", "check the certificate of a result against its spec",
       "  haplan solve dify.yaml --out certificate=dify.ndjson\n"
       "  haplan verify dify.ndjson dify.yaml\n"},
      {"schema", "print the JSON Schema of specs",
       "  haplan schema > haplan.schema.json\n"
       "  haplan schema | less\n"},
      {"explain", "explain the code of a diagnostic, a figure, or all figures of a spec",
       "  haplan explain HA003\n"
       "  haplan explain fussell-vesely\n"},
      {"why", "where a figure or a setting of a spec comes from",
       "  haplan why services.chat.unavailability dify.yaml --plan plan.json\n"
       "  haplan why components.api.replica dify.yaml -o json\n"},
      {"version", "print the version",
       "  haplan version\n"
       "  haplan --version\n"},
  };
  return kVerbs;
}

ParsedArguments parse_arguments(int argc, const char* const* argv) {
  if (const auto word = unknown_verb(argc, argv)) {
    std::vector<std::string> names;
    for (const Verb& verb : verbs()) names.push_back(verb.name);
    return mistake("unknown command \"" + printable(*word) + "\": " + suggest_word(*word, names),
                   "");
  }
  if (argc == 2 && std::string(argv[1]) == "--version") {
    Arguments version;
    version.verb = "version";
    return {version, 0, {}};
  }
  Raw raw;
  Arguments arguments;
  CLI::App app{"Plans highly available systems: a spec goes in, a proved minimal plan comes out."};
  build(app, raw, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto used = app.get_subcommands();
    if (used.empty()) return {std::nullopt, 0, help_text(app.help(), {})};
    return {std::nullopt, 0, help_text(used.front()->help("haplan"), used.front()->get_name())};
  } catch (const CLI::CallForAllHelp&) {
    return {std::nullopt, 0, help_text(app.help("", CLI::AppFormatMode::All), {})};
  } catch (const CLI::ExtrasError& error) {
    const auto used = app.get_subcommands();
    if (used.empty() || used.front()->remaining().empty())
      return mistake(printable(error.what()), "");
    return mistake(unexpected(*used.front()), used.front()->get_name());
  } catch (const CLI::ParseError& error) {
    const auto used = app.get_subcommands();
    return mistake(printable(error.what()), used.empty() ? "" : used.front()->get_name());
  }
  if (const auto sentence = understand(raw, arguments)) return mistake(*sentence, arguments.verb);
  return {std::move(arguments), 0, {}};
}

}  // namespace haplan::planner::cli
