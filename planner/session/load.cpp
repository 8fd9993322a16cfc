#include <algorithm>

#include "planner/profile/profile.hpp"
#include "planner/render/values.hpp"
#include "planner/session/session.hpp"
#include "planner/session/settled.hpp"
#include "planner/yaml/json.hpp"

namespace haplan::planner {

namespace {

/// The name of a file without its folders and its last extension.
std::string stem(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

/// The built-in profiles and those given; empty when none is given.
///   texts  name -> text of those given
Profiles profiles_with(const std::vector<Source>& given, Loaded& loaded,
                       std::map<std::string, std::string>& texts) {
  if (given.empty()) return {};
  Profiles profiles = embedded_profiles();
  for (const Source& source : given) {
    loaded.texts.push_back(source);
    auto result = read_profile(stem(source.name), source.text, source.name);
    loaded.diagnostics.insert(loaded.diagnostics.end(), result.diagnostics.begin(),
                              result.diagnostics.end());
    if (!result.profile) continue;
    texts[result.profile->name] = source.text;
    profiles[result.profile->name] = std::move(*result.profile);
  }
  return profiles;
}

/// Without those that no release names.
std::map<std::string, std::string> named(std::map<std::string, std::string> texts,
                                         const std::vector<Release>& releases) {
  std::erase_if(texts, [&](const auto& text) {
    return std::none_of(releases.begin(), releases.end(),
                        [&](const Release& release) { return release.profile == text.first; });
  });
  return texts;
}

/// The profiles that a result carries.
std::vector<Source> carried_profiles(const Source& result, const yaml::Node* root) {
  const yaml::Node* profiles = root == nullptr ? nullptr : root->find("profiles");
  std::vector<Source> out;
  if (profiles == nullptr) return out;
  for (const yaml::Entry& entry : profiles->entries)
    out.push_back({"profile " + entry.name + " in " + result.name, entry.value.text});
  return out;
}

/// Without keys that are the user's own, and without a plan.
yaml::Node spec_alone(const yaml::Node& node, bool is_spec = false) {
  yaml::Node out = node;
  out.entries.clear();
  out.items.clear();
  for (const yaml::Node& item : node.items) out.items.push_back(spec_alone(item));
  for (const yaml::Entry& entry : node.entries)
    if (entry.name.rfind("x-", 0) != 0 && !(is_spec && entry.name == "plan"))
      out.entries.push_back({entry.name, entry.where, spec_alone(entry.value)});
  return out;
}

/// The spec as JSON, to be carried in a result.
std::string spec_text(const yaml::Node& root) {
  yaml::Node spec = spec_alone(root);
  if (yaml::Node* inner = spec.find("spec")) *inner = spec_alone(*inner, true);
  return yaml::to_json(spec, 1);
}

}  // namespace

Loaded load(const Inputs& inputs) {
  Loaded loaded;
  ReadResult read_result = read(inputs.sources, inputs.sets, inputs.scenario, inputs.plan);
  loaded.diagnostics = std::move(read_result.diagnostics);
  loaded.texts = std::move(read_result.texts);
  std::map<std::string, std::string> texts;
  Profiles profiles = profiles_with(inputs.profiles, loaded, texts);
  if (!read_result.document) return loaded;
  LowerResult lowered = lower(*read_result.document);
  loaded.diagnostics.insert(loaded.diagnostics.end(), lowered.diagnostics.begin(),
                            lowered.diagnostics.end());
  if (lowered.lowered) {
    lowered.lowered->document = *read_result.document;
    lowered.lowered->text = spec_text(*read_result.tree);
    lowered.lowered->profiles = std::move(profiles);
    lowered.lowered->profile_texts = named(std::move(texts), lowered.lowered->releases);
    lowered.lowered->problem.rules = written_rules(*lowered.lowered);
    // Built-in profiles are read when they are needed.
    if (!lowered.lowered->releases.empty()) {
      const Diagnostics releases = check_releases(*lowered.lowered, profiles_of(*lowered.lowered));
      loaded.diagnostics.insert(loaded.diagnostics.end(), releases.begin(), releases.end());
    }
  }
  if (!has_errors(loaded.diagnostics)) loaded.lowered = std::move(lowered.lowered);
  return loaded;
}

Rendering load_result(const Source& result, Inputs layers) {
  Rendering rendering;
  yaml::Parsed parsed = yaml::parse(result.name, result.text);
  const yaml::Node* spec = parsed.root ? parsed.root->find("spec") : nullptr;
  if (spec != nullptr)
    layers.sources.insert(layers.sources.begin(),
                          {"the spec in " + result.name, yaml::to_json(*spec)});
  const auto carried = carried_profiles(result, parsed.root ? &*parsed.root : nullptr);
  // One that is given wins over a carried one of its name.
  layers.profiles.insert(layers.profiles.begin(), carried.begin(), carried.end());
  if (layers.sources.empty()) {
    rendering.texts = {result};
    rendering.diagnostics = std::move(parsed.diagnostics);
    if (parsed.root)
      rendering.diagnostics.push_back({Severity::error,
                                       "HA105",
                                       "this result carries no spec",
                                       parsed.root->where,
                                       "give the spec as a layer: -f SPEC",
                                       {}});
    return rendering;
  }
  // Without the plan every open setting is known as one, so that reasons can name it.
  Loaded open = load(layers);
  layers.plan = result;
  Loaded fixed = load(layers);
  rendering.inputs = std::move(layers);
  rendering.diagnostics = std::move(fixed.diagnostics);
  rendering.texts = std::move(fixed.texts);
  if (!open.lowered || !fixed.lowered) return rendering;
  Plan plan;
  plan.lowered = settled(*open.lowered, fixed.lowered->problem.before);
  plan.outcome.status = solver::Status::evaluated;
  plan.outcome.has_plan = true;
  plan.outcome.deployment = plan.lowered.problem.before;
  plan.after.emplace();
  plan.after->deployment = plan.lowered.problem.before;
  rendering.plan = std::move(plan);
  return rendering;
}

}  // namespace haplan::planner
