#include "planner/profile/profile.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <unistd.h>

#include "planner/chart/chart.hpp"
#include "planner/cli/chart_folder.hpp"
#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/process.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/spec/suggest.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner::cli {

namespace {

int told(ExitCode code, const std::string& sentence) {
  complain("haplan: " + sentence + "\n");
  return static_cast<int>(code);
}

int list() {
  std::string out;
  for (const auto& [name, profile] : embedded_profiles()) {
    out += name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + profile.source +
           (profile.versions.empty() ? "" : " " + profile.versions) +
           (profile.unverified.empty() ? ", rendered with " : ", never rendered, read in ") +
           profile.verified + "\n";
  }
  return show(out, 0);
}

int show_text(const std::string& name) {
  const auto& texts = embedded_profile_texts();
  const auto found = texts.find(name);
  if (found != texts.end()) return show(found->second, 0);
  std::vector<std::string> names;
  for (const auto& [known, text] : texts) names.push_back(known);
  return told(ExitCode::usage, "there is no built-in profile \"" + printable(name) +
                                   "\": " + suggest_word(name, names));
}

struct Identity {
  std::string name;
  std::string version;
};

Identity identity_of(const ChartFiles& chart) {
  const auto parsed = yaml::parse("Chart.yaml", chart.files.at("Chart.yaml"));
  const auto text = [&](const char* key) {
    const auto* node = parsed.root ? parsed.root->find(key) : nullptr;
    return node == nullptr ? std::string{} : node->text;
  };
  return {text("name"), text("version")};
}

/// The profile that is asked for, by name or file; without one the built-in one of the chart's name
/// whose versions hold.
std::optional<Profile> chosen(const std::string& wanted, const Identity& chart, int& exit_code) {
  exit_code = static_cast<int>(ExitCode::usage);
  const auto& known = embedded_profiles();
  if (const auto found = known.find(wanted); found != known.end()) return found->second;
  if (!wanted.empty()) {
    const auto source = source_at(wanted);
    if (!source) {
      exit_code = static_cast<int>(ExitCode::failed);
      return std::nullopt;
    }
    auto read = read_profile(wanted, source->text, wanted);
    complain(print(read.diagnostics, {*source}));
    exit_code = static_cast<int>(ExitCode::invalid_spec);
    return std::move(read.profile);
  }
  std::vector<std::string> fitting;
  for (const auto& [name, profile] : known)
    if (profile.chart == chart.name && version_in(chart.version, profile.versions).value_or(true))
      fitting.push_back(name);
  if (fitting.size() == 1) return known.at(fitting.front());
  std::string names;
  for (const auto& name : fitting) names += (names.empty() ? "" : ", ") + name;
  complain(
      "haplan: " +
      (fitting.empty()
           ? "no built-in profile is for chart \"" + printable(chart.name) + "\" " +
                 printable(chart.version) + "; what `helm create` made is " +
                 "for --profile helm-create, others need --profile FILE"
           : "several profiles are for this chart: " + names + "; give --profile NAME or a file") +
      "\n");
  return std::nullopt;
}

/// Renders every trial; nothing when helm is not there. A chart that does not render is a mistake of
/// its trial.
std::optional<std::vector<BindingCheck>> rendered_checks(const Profile& profile,
                                                         const ProfileArguments& arguments) {
  std::vector<BindingCheck> out;
  for (const Trial& trial : trials_of(profile, arguments.release)) {
    std::string file = "/tmp/haplan-values.XXXXXX";
    if (const char* folder = std::getenv("TMPDIR"); folder != nullptr && *folder != '\0')
      file = std::string(folder) + "/haplan-values.XXXXXX";
    const int descriptor = ::mkstemp(file.data());
    if (descriptor < 0) return std::nullopt;
    ::close(descriptor);
    std::optional<Finished> helm;
    Publication values;
    std::vector<std::string> command = {"helm",          "template",       trial.release,
                                        arguments.chart, "--kube-version", arguments.kubernetes};
    for (const std::string& given : arguments.values) command.insert(command.end(), {"-f", given});
    command.insert(command.end(), {"-f", file});
    if (!values.stage(file, trial.text) && !values.commit()) helm = run_program(command);
    ::unlink(file.c_str());
    if (!helm) return std::nullopt;
    if (helm->exit_code != 0) {
      const auto line = helm->err.find("Error:");
      out.push_back(
          {"",
           "helm template",
           "",
           trial.name + ": " + printable(helm->err.substr(line == std::string::npos ? 0 : line)),
           {}});
      continue;
    }
    for (auto& check : judge(profile, trial, helm->out)) out.push_back(std::move(check));
  }
  return out;
}

/// Mistakes of the trials: what several show in the same words is one.
class Mistakes {
 public:
  void add(const std::string& place, const std::string& mistake, bool of_trial) {
    const auto colon = of_trial ? mistake.find(": ") : std::string::npos;
    const auto trial = colon == std::string::npos ? std::string{} : mistake.substr(0, colon);
    const auto said = colon == std::string::npos ? mistake : mistake.substr(colon + 2);
    for (auto& one : all_)
      if (one.place == place && one.said == said) {
        one.trials += ", " + trial;
        return;
      }
    all_.push_back({place, said, trial});
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& one : all_)
      out +=
          "wrong: " +
          printable(one.place + ": " + (one.trials.empty() ? "" : one.trials + ": ") + one.said) +
          "\n";
    return out;
  }

 private:
  struct One {
    std::string place;
    std::string said;
    std::string trials;
  };
  std::vector<One> all_;
};

std::string place_of(const BindingCheck& check) {
  return (check.component.empty() ? "" : check.component + ".") + check.binding;
}

/// The page: counts, then what could not be told, then what is wrong.
std::string page(const std::vector<BindingCheck>& reads,
                 const std::optional<std::vector<BindingCheck>>& effects, bool& wrong) {
  std::set<std::string> notes;
  Mistakes mistakes;
  std::set<std::string> seen;
  const auto take = [&](const std::vector<BindingCheck>& checks, bool of_trials) {
    for (const auto& check : checks) {
      if (!check.note.empty()) notes.insert(place_of(check) + ": " + check.note);
      if (check.mistake.empty() && check.note.empty()) seen.insert(place_of(check));
      if (!check.mistake.empty()) mistakes.add(place_of(check), check.mistake, of_trials);
    }
  };
  take(reads, false);
  std::string out = std::to_string(reads.size()) + " paths looked for in the chart's files\n";
  if (effects) {
    seen.clear();
    take(*effects, true);
    out += std::to_string(seen.size()) + " bindings seen to have their effect in the manifests\n";
  }
  for (const auto& note : notes) out += "not told: " + printable(note) + "\n";
  out += mistakes.text();
  wrong = mistakes.size() != 0;
  return out + (wrong ? std::to_string(mistakes.size()) + " mistakes\n" : "no mistakes\n");
}

int check(const Arguments& arguments) {
  const auto chart = read_chart(arguments.profile.chart);
  if (!chart) return static_cast<int>(ExitCode::failed);
  const auto identity = identity_of(*chart);
  int failed = 0;
  const auto wanted = arguments.profiles.empty() ? std::string{} : arguments.profiles.front();
  auto profile = chosen(wanted, identity, failed);
  if (!profile) return failed;
  // A scaffold's profile leaves the chart's name open; here it is known.
  if (profile->chart.empty()) profile->chart = identity.name;
  std::string out = "profile " + profile->name + ", chart " + printable(identity.name) + " " +
                    printable(identity.version) + "\n";
  auto reads = check_reads(*profile, *chart);
  if (profile->chart != identity.name)
    reads.push_back({"",
                     "chart.name",
                     "",
                     "the chart is called \"" + identity.name + "\", the profile is for \"" +
                         profile->chart + "\"",
                     {}});
  if (!profile->versions.empty() && !version_in(identity.version, profile->versions).value_or(true))
    reads.push_back(
        {"",
         "chart.versions",
         "",
         "the chart is " + identity.version + ", the profile is for " + profile->versions,
         {}});
  std::optional<std::vector<BindingCheck>> effects;
  if (!arguments.profile.no_helm) effects = rendered_checks(*profile, arguments.profile);
  bool wrong = false;
  out += page(reads, effects, wrong);
  if (!effects && !arguments.profile.no_helm)
    out +=
        "helm is not on PATH, so nothing was rendered: whether a setting has its effect is not "
        "known\n";
  return show(out, static_cast<int>(wrong ? ExitCode::missed : ExitCode::done));
}

}  // namespace

int run_profile(const Arguments& arguments) {
  if (arguments.profile.what == "list") return list();
  if (arguments.profile.what == "show") return show_text(arguments.profile.name);
  return check(arguments);
}

}  // namespace haplan::planner::cli
