#include "planner/render/values.hpp"

#include "planner/render/overlay.hpp"
#include "planner/render/workload.hpp"

namespace haplan::planner {
namespace {

/// How far the profile's bindings can be trusted.
std::string trust(const Profile& profile) {
  if (profile.verified.empty()) return ", bindings never checked";
  return (profile.unverified.empty() ? ", bindings checked with "
                                     : ", bindings read, never rendered, of ") +
         one_line(profile.verified);
}

std::string header(const Lowered& lowered, const Release& release, const Profile& profile) {
  std::string out = "# Helm values of release " + release.name + ", planned by haplan for system " +
                    one_line(lowered.name) + "\n";
  out += "# chart: " + one_line(profile.source) + trust(profile) + "\n";
  out += "# Pass it last: helm upgrade --install " + release.name + " CHART -f YOURS -f " +
         release.name + ".values.yaml\n";
  out += "# Do not edit: change the spec and plan again.\n";
  return out;
}

}  // namespace

const Profiles& profiles_of(const Lowered& lowered) {
  static const Profiles none;
  if (lowered.releases.empty()) return none;  // reading them takes as long as a small search
  return lowered.profiles.empty() ? embedded_profiles() : lowered.profiles;
}

RenderedFiles render_values(const Plan& plan, const Profiles& profiles,
                            const OverlayOptions& options) {
  RenderedFiles out;
  if (!plan.after) return out;
  if (plan.lowered.releases.empty())
    out.notes.push_back(
        "the spec names no chart, so there are no values to write: output.releases says which "
        "chart "
        "deploys what, e.g. {shop: {profile: helm-create, map: {web: app}}}");
  for (auto& overlay : overlays_of(plan.lowered, plan.after->deployment, profiles, options)) {
    out.files[overlay.release->name + ".values.yaml"] =
        header(plan.lowered, *overlay.release, *overlay.profile) + to_yaml(overlay.root);
    out.unsupported.insert(out.unsupported.end(), overlay.unsupported.begin(),
                           overlay.unsupported.end());
    out.notes.insert(out.notes.end(), overlay.notes.begin(), overlay.notes.end());
  }
  return out;
}

RenderedFiles render_values(const Plan& plan) {
  return render_values(plan, profiles_of(plan.lowered));
}

std::string values_stream(const RenderedFiles& values) {
  std::string out;
  for (const auto& [name, text] : values.files) {
    if (!out.empty()) out += "---\n";
    out += "# file: " + name + "\n" + text;
  }
  return out;
}

std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment,
                                              const Profiles& profiles) {
  const auto& components = lowered.problem.system.components;
  std::vector<model::CarriedRules> rules(components.size());
  for (const auto& target : targets_of(lowered, profiles)) {
    const auto ask = placement_ask_of(lowered, deployment, target);
    const auto carried = carried_by_values(ask, target);
    const auto holds = [&](Part part) { return !ask.parts.count(part) || carried.count(part); };
    auto& rule = rules[target.component];
    rule.spread = rule.spread && holds(Part::spread);
    rule.allowed = rule.allowed && holds(Part::allowed_nodes);
    rule.pinned = rule.pinned && holds(Part::allowed_nodes) && holds(Part::spread);
  }
  return rules;
}

std::vector<model::CarriedRules> values_rules(const Lowered& lowered,
                                              const model::Deployment& deployment) {
  return values_rules(lowered, deployment, profiles_of(lowered));
}

std::vector<model::CarriedRules> written_rules(const Lowered& lowered) {
  // The patch takes every placement rule of every workload, in a chart or not.
  return std::vector<model::CarriedRules>(lowered.problem.system.components.size());
}

namespace {

std::string names_of(const Profiles& profiles) {
  std::string known;
  for (const auto& [name, profile] : profiles) known += (known.empty() ? "" : ", ") + name;
  return known;
}

/// Parts of one release that want different values at one place, and a part that two components
/// would share.
void check_together(const Release& release, const Profile& profile, Diagnostics& out) {
  std::map<std::string, std::pair<const Tree*, std::string>> wanted;
  std::map<std::string, std::string> taken;
  const auto complain = [&](std::string message, std::string suggestion) {
    out.push_back(
        {Severity::error, "HA103", std::move(message), release.where, std::move(suggestion), {}});
  };
  for (const auto& entry : release.map) {
    const auto* part = entry.target.empty() ? nullptr : profile.find(entry.target);
    if (part == nullptr) continue;
    const auto [other, is_first] = taken.emplace(entry.target, entry.component);
    if (!is_first)
      complain("\"" + other->second + "\" and \"" + entry.component + "\" both go to \"" +
                   entry.target + "\" of the chart",
               "one of them must go elsewhere, or to null");
    for (const auto& [path, value] : part->always) {
      const auto [there, fresh] = wanted.try_emplace(path, &value, entry.target);
      if (!fresh && !(*there->second.first == value))
        complain("\"" + there->second.second + "\" and \"" + entry.target +
                     "\" of the chart exclude each other: they want different values of " + path,
                 "the chart deploys one of them, not both");
    }
  }
}

}  // namespace

Diagnostics check_releases(const Lowered& lowered, const Profiles& profiles) {
  Diagnostics out;
  for (const auto& release : lowered.releases) {
    const auto found = profiles.find(release.profile);
    if (found == profiles.end()) {
      out.push_back(
          {Severity::error,
           "HA101",
           "release \"" + release.name + "\" names the unknown profile \"" + release.profile + "\"",
           release.where,
           "known: " + names_of(profiles) + "; --profile FILE brings one of your own",
           {}});
      continue;
    }
    const auto& profile = found->second;
    for (const auto& entry : release.map) {
      if (entry.target.empty() || profile.find(entry.target) != nullptr) continue;
      std::string known;
      for (const auto& part : profile.components) known += (known.empty() ? "" : ", ") + part.name;
      out.push_back({Severity::error,
                     "HA102",
                     "profile \"" + release.profile + "\" has no component \"" + entry.target +
                         "\" for \"" + entry.component + "\"",
                     release.where,
                     "known: " + known,
                     {}});
    }
    check_together(release, profile, out);
    if (!version_in(release.chart_version, profile.versions).value_or(true))
      out.push_back({Severity::warning,
                     "HA104",
                     "profile \"" + release.profile + "\" is for versions " + profile.versions +
                         " of its chart, not for " + release.chart_version,
                     release.where,
                     "run haplan profile check --chart DIR --profile " + release.profile,
                     {}});
  }
  return out;
}

}  // namespace haplan::planner
