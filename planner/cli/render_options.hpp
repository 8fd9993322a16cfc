#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haplan::planner::cli {

/// The options of `render`, as they were written.
struct RawRender {
  std::vector<std::string> in_place;
};

/// What `render` is asked for.
struct RenderArguments {
  std::string what;    ///< values, manifests, patch, alerts or chaos
  std::string result;  ///< PLAN: a JSON result of solve; "-" is stdin
  std::string path = "-";
  std::vector<std::string> releases;            ///< only these; empty: all
  std::map<std::string, std::string> in_place;  ///< release (or empty: the only one) -> file
  bool check = false;
  bool carriers = false;
  bool strict = false;
  std::string name_space = "default";
};

/// What `profile` is asked for.
struct ProfileArguments {
  std::string what;   ///< list, show or check
  std::string name;   ///< of show: a built-in profile
  std::string chart;  ///< of check: the chart's folder
  std::string release = "haplan-check";
  std::string kubernetes = "1.32.0";  ///< version that charts are rendered for
  std::vector<std::string> values;    ///< files that the chart needs to be rendered at all
  bool no_helm = false;
};

/// A sentence when it cannot be understood.
std::optional<std::string> understand_render(const RawRender& raw, RenderArguments& arguments);
std::optional<std::string> understand_profile(const ProfileArguments& arguments);

}  // namespace haplan::planner::cli
