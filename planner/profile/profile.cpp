#include "planner/profile/profile.hpp"

#include "model/base/contract.hpp"
#include "planner/profile/reader.hpp"

namespace haplan::planner {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

const ProfileComponent* Profile::find(const std::string& component) const {
  for (const auto& part : components)
    if (part.name == component) return &part;
  return nullptr;
}

ProfileResult read_profile(const std::string& name, const std::string& text,
                           const std::string& file) {
  ProfileResult result;
  auto parsed = yaml::parse(file, text);
  result.diagnostics = std::move(parsed.diagnostics);
  if (!parsed.root) {
    if (!has_errors(result.diagnostics))
      result.diagnostics.push_back(
          {Severity::error, "HA100", "the profile is empty", {file, 1, 1, 1}, {}, {}});
    return result;
  }
  Profile profile = ProfileReader(result.diagnostics).profile(name, *parsed.root);
  if (!has_errors(result.diagnostics)) result.profile = std::move(profile);
  return result;
}

std::string expand_name(const std::string& text, const Profile& profile,
                        const ProfileComponent& component, const ReleaseNames& names) {
  const bool own = component.chart.empty();
  const auto& release = names.release;
  auto chart = component.chart;
  if (own) chart = names.chart.empty() ? profile.name_override : names.chart;
  if (own && chart.empty()) chart = profile.chart;
  if (chart.empty()) chart = release;
  auto full = release.find(chart) != std::string::npos ? release : release + "-" + chart;
  if (own && !names.fullname.empty()) full = names.fullname;
  full = full.substr(0, static_cast<std::size_t>(profile.name_length));
  while (!full.empty() && full.back() == '-') full.pop_back();
  auto out = text;
  replace_all(out, "{fullname}", full);
  replace_all(out, "{release}", release);
  replace_all(out, "{chart}", chart);
  return out;
}

const Profiles& embedded_profiles() {
  static const Profiles kProfiles = [] {
    Profiles profiles;
    for (const auto& [name, text] : embedded_profile_texts()) {
      auto result = read_profile(name, text, "built-in profile " + name);
      HAPLAN_EXPECTS(result.profile.has_value());
      profiles.emplace(name, std::move(*result.profile));
    }
    return profiles;
  }();
  return kProfiles;
}

}  // namespace haplan::planner
