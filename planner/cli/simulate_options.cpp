#include "planner/cli/simulate_options.hpp"

#include <algorithm>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/spec/scalar.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner::cli {

namespace {

std::optional<std::string> set_assumption(const std::string& name, const char* option, bool value,
                                          model::Assumptions& assumptions) {
  std::vector<std::string> names;
  for (const model::AssumptionEntry& entry : model::assumption_entries()) {
    if (name == entry.name) {
      assumptions.*entry.member = value;
      return std::nullopt;
    }
    names.emplace_back(entry.name);
  }
  return std::string(option) + ": no assumption is called \"" + printable(name) +
         "\": " + suggest_word(name, names);
}

/// A probability strictly between 0 and 1, "95%" or 0.95.
std::optional<std::string> read_share(const std::optional<std::string>& text, const char* option,
                                      double& value) {
  if (!text) return std::nullopt;
  const auto read = probability(*text);
  if (!read || read->value <= 0.0 || read->value >= 1.0)
    return std::string(option) + " takes a share between 0 and 1, such as " +
           (option == std::string("--precision") ? "2%" : "95%") + ", not \"" + printable(*text) +
           "\"";
  value = read->value;
  return std::nullopt;
}

template <class Set>
std::optional<std::string> read_duration(const std::optional<std::string>& text, const char* option,
                                         const Set& set) {
  if (!text) return std::nullopt;
  const auto read = duration(*text);
  if (!read)
    return std::string(option) + ": " + printable(read.error().message) +
           (read.error().suggestion.empty() ? "" : "; " + printable(read.error().suggestion));
  if (read->value <= 0.0) return std::string(option) + " must be greater than zero";
  set(read->value);
  return std::nullopt;
}

std::optional<std::string> read_seed(const RawSimulate& raw, SimulateArguments& arguments) {
  if (!raw.seed) return std::nullopt;
  const auto read = number(*raw.seed);
  if (!read || read->exact.den != 1)
    return "--seed takes a whole number, at least 0, not \"" + printable(*raw.seed) + "\"";
  arguments.seed = static_cast<std::uint64_t>(read->exact.num);
  return std::nullopt;
}

std::optional<std::string> read_assumptions(const RawSimulate& raw, SimulateArguments& arguments) {
  arguments.assumptions =
      raw.semantics == "model" ? model::model_semantics() : model::Assumptions{};
  for (const std::string& name : raw.assumed)
    if (auto mistake = set_assumption(name, "--assume", true, arguments.assumptions))
      return mistake;
  for (const std::string& name : raw.dropped) {
    if (std::ranges::find(raw.assumed, name) != raw.assumed.end())
      return "\"" + printable(name) + "\" is both assumed and dropped";
    if (auto mistake = set_assumption(name, "--drop-assumption", false, arguments.assumptions))
      return mistake;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> understand_simulate(const RawSimulate& raw,
                                               SimulateArguments& arguments) {
  if (auto mistake = read_assumptions(raw, arguments)) return mistake;
  if (auto mistake = read_share(raw.precision, "--precision", arguments.precision)) return mistake;
  if (auto mistake = read_share(raw.confidence, "--confidence", arguments.confidence))
    return mistake;
  if (auto mistake = read_seed(raw, arguments)) return mistake;
  if (auto mistake = read_duration(raw.window, "--window", [&](double s) { arguments.window = s; }))
    return mistake;
  if (raw.trace == "") return std::string("--trace takes a file, or - for stdout");
  if (raw.trace_for && !raw.trace) return std::string("--for says how long a --trace is");
  arguments.trace = raw.trace;
  if (raw.method) arguments.biased = raw.method == "biasing";
  return read_duration(raw.trace_for, "--for", [&](double s) { arguments.trace_for = s; });
}

}  // namespace haplan::planner::cli
