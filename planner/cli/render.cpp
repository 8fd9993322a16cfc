#include <algorithm>
#include <set>
#include <unistd.h>

#include "planner/cli/commands.hpp"
#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/exit_code.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/input.hpp"
#include "planner/cli/output.hpp"
#include "planner/cli/signals.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/render/alerts.hpp"
#include "planner/render/chaos.hpp"
#include "planner/render/in_place.hpp"
#include "planner/render/manifests.hpp"
#include "planner/render/overlay.hpp"
#include "planner/render/patch.hpp"
#include "planner/render/values.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner::cli {

namespace {

int told(ExitCode code, const std::string& sentence) {
  complain("haplan: " + sentence + "\n");
  return static_cast<int>(code);
}

/// Marks the releases that are asked for; a sentence when one is unknown.
std::optional<std::string> select_releases(const std::vector<std::string>& wanted,
                                           Lowered& lowered) {
  std::string known;
  for (const Release& release : lowered.releases)
    known += (known.empty() ? "" : ", ") + release.name;
  for (const std::string& name : wanted)
    if (std::none_of(lowered.releases.begin(), lowered.releases.end(),
                     [&](const Release& release) { return release.name == name; }))
      return "the spec has no release \"" + printable(name) +
             "\"; it has: " + (known.empty() ? "none" : known);
  if (wanted.empty()) return std::nullopt;
  lowered.rest_written = false;
  for (Release& release : lowered.releases)
    release.written = std::find(wanted.begin(), wanted.end(), release.name) != wanted.end();
  return std::nullopt;
}

/// The files that are edited, by release.
using OwnValues = std::map<std::string, yaml::Node>;

/// Those that can be read; `edit` tells of the others.
OwnValues own_values(const Lowered& lowered, const RenderArguments& arguments) {
  std::vector<std::string> written;
  for (const Release& release : lowered.releases)
    if (release.written) written.push_back(release.name);
  OwnValues out;
  for (const auto& [release, path] : arguments.in_place) {
    if (release.empty() && written.size() != 1) continue;
    const Content there = read_input(path, yaml::Limits{}.bytes);
    if (there.failure) continue;
    if (auto parsed = yaml::parse(path, there.text).root)
      out.emplace(release.empty() ? written.front() : release, std::move(*parsed));
  }
  return out;
}

OverlayOptions overlay_options(const RenderArguments& arguments, const OwnValues& own) {
  OverlayOptions options;
  options.carriers = arguments.carriers;
  for (const auto& [release, values] : own) options.own[release] = &values;
  return options;
}

/// Files of a render that takes whole releases: the targets of others are left out, not patched.
model::Result<RenderedFiles> rendered(const Rendering& rendering, const RenderArguments& arguments,
                                      const OwnValues& own) {
  const Plan& plan = *rendering.plan;
  const Profiles& profiles = profiles_of(plan.lowered);
  if (arguments.what == "values")
    return render_values(plan, profiles, overlay_options(arguments, own));
  if (arguments.what == "manifests") return render_manifests(plan, profiles);
  if (arguments.what == "patch") return render_patch(plan, profiles);
  if (arguments.what == "alerts") return render_alerts(plan, profiles);
  auto loaded = load(rendering.inputs);
  if (!loaded.lowered)
    return tl::make_unexpected(
        model::Error{model::Fault::invalid_input, "the spec is not valid", {}});
  auto report = drill_report(rendering.inputs, std::move(*loaded.lowered));
  if (!report) return tl::make_unexpected(report.error());
  return render_chaos(*report, profiles, arguments.name_space);
}

bool current(const std::string& path, const std::string& text) {
  const Content there = read_input(path, yaml::Limits{}.bytes);
  return !there.failure && there.text == text;
}

/// Where every text goes.
using Destinations = std::vector<std::pair<std::string, std::string>>;

int compare(const Destinations& files) {
  bool stale = false;
  for (const auto& [path, text] : files)
    if (!current(path, text)) {
      complain("stale: " + printable(path) + "\n");
      stale = true;
    }
  return static_cast<int>(stale ? ExitCode::missed : ExitCode::done);
}

int write(const Destinations& files, const std::string& directory, int exit_code) {
  watch_signals();  // an interrupt must not leave temporary files
  Publication publication;
  std::optional<std::string> failure;
  if (!directory.empty()) failure = publication.stage_directory(directory);
  for (const auto& [path, text] : files)
    if (!failure) failure = publication.stage(path, text);
  if (!failure) failure = publication.commit();
  return failure ? told(ExitCode::failed, *failure) : exit_code;
}

/// In place no list is replaced: the user's own items stay.
void forget_list_advice(YamlNode& node) {
  const std::string advice = kListAdvice;
  if (const auto at = node.comment.find(advice); at != std::string::npos)
    node.comment.erase(at, advice.size());
  for (auto& [name, value] : node.fields) forget_list_advice(value);
}

/// Edits the files of the releases; `exit_code` unless something fails.
int edit(const Plan& plan, const RenderArguments& arguments, const OwnValues& own, int exit_code) {
  Destinations files;
  std::vector<Source> texts;
  Diagnostics diagnostics;
  auto overlays = overlays_of(plan.lowered, plan.after->deployment, profiles_of(plan.lowered),
                              overlay_options(arguments, own));
  for (const auto& [release, path] : arguments.in_place) {
    if (release.empty() && overlays.size() != 1)
      return told(ExitCode::usage, "the spec has " + std::to_string(overlays.size()) +
                                       " releases: say --in-place RELEASE=" + printable(path));
    const auto overlay = std::find_if(overlays.begin(), overlays.end(), [&](const Overlay& one) {
      return release.empty() || one.release->name == release;
    });
    if (overlay == overlays.end())
      return told(ExitCode::usage, "the spec has no release \"" + printable(release) + "\"");
    const auto source = source_at(path);
    if (!source) return static_cast<int>(ExitCode::failed);
    forget_list_advice(overlay->root);
    auto edited = edit_in_place(path, source->text, overlay->root);
    texts.push_back(*source);
    diagnostics.insert(diagnostics.end(), edited.diagnostics.begin(), edited.diagnostics.end());
    if (edited.text && (arguments.check || *edited.text != source->text))
      files.emplace_back(path, std::move(*edited.text));
  }
  complain(print(diagnostics, texts));
  if (has_errors(diagnostics)) return static_cast<int>(ExitCode::invalid_spec);
  if (!arguments.check) return write(files, {}, exit_code);
  const int stale = compare(files);
  return stale != 0 ? stale : exit_code;
}

std::string stream(const RenderedFiles& files) {
  std::string out;
  for (const auto& [name, text] : files.files) {
    if (name.rfind(".sh") == name.size() - 3) continue;  // the stream is YAML
    const bool document = text.rfind("---", 0) == 0;
    out += (out.empty() || document ? "" : "---\n") + ("# file: " + name + "\n") + text;
  }
  return out;
}

}  // namespace

int run_render(const Arguments& arguments) {
  const RenderArguments& render = arguments.render;
  Gathered gathered = gather(arguments);
  if (!gathered.inputs) return gathered.exit_code;
  const auto result = source_at(render.result);
  if (!result) return static_cast<int>(ExitCode::failed);
  Rendering rendering = load_result(*result, std::move(*gathered.inputs));
  const std::string said = print(rendering.diagnostics, rendering.texts);
  complain(colour_on(STDERR_FILENO, arguments.colour) ? painted(said) : said);
  if (!rendering.plan) return static_cast<int>(ExitCode::invalid_spec);
  if (const auto mistake = select_releases(render.releases, rendering.plan->lowered))
    return told(ExitCode::usage, *mistake);
  const OwnValues own = own_values(rendering.plan->lowered, render);
  const auto files = rendered(rendering, render, own);
  if (!files) return told(ExitCode::failed, printable(files.error().message));
  tell(*files);
  const int exit_code = static_cast<int>(
      render.strict && !files->unsupported.empty() ? ExitCode::missed : ExitCode::done);
  if (!render.in_place.empty()) return edit(*rendering.plan, render, own, exit_code);
  if (render.path == "-") return show(stream(*files), exit_code);
  const bool into = is_directory(render.path) || files->files.size() != 1 || render.what == "patch";
  const std::string base = render.path.back() == '/' ? render.path : render.path + "/";
  Destinations destinations;
  for (const auto& [name, text] : files->files)
    destinations.emplace_back(into ? base + name : render.path, text);
  if (render.check) {
    const int stale = compare(destinations);
    return stale != 0 ? stale : exit_code;
  }
  return write(destinations, into ? render.path : "", exit_code);
}

}  // namespace haplan::planner::cli
