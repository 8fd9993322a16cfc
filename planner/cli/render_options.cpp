#include "planner/cli/render_options.hpp"

#include "planner/cli/diagnostics_json.hpp"

namespace haplan::planner::cli {

std::optional<std::string> understand_render(const RawRender& raw, RenderArguments& arguments) {
  for (const std::string& text : raw.in_place) {
    const std::size_t equals = text.find('=');
    const std::string release = equals == std::string::npos ? "" : text.substr(0, equals);
    const std::string path = equals == std::string::npos ? text : text.substr(equals + 1);
    if (path.empty() || path == "-")
      return "--in-place takes FILE or RELEASE=FILE, not \"" + printable(text) + "\"";
    if (!arguments.in_place.emplace(release, path).second)
      return std::string("--in-place names a release twice");
  }
  if (arguments.in_place.count("") && arguments.in_place.size() > 1)
    return std::string("--in-place: say which release goes into which file, RELEASE=FILE");
  if (!arguments.in_place.empty() && arguments.what != "values")
    return std::string("--in-place edits files of values: haplan render values");
  if (!arguments.in_place.empty() && arguments.path != "-")
    return std::string("--in-place edits a file, and -o writes one: give one of them");
  if (arguments.carriers && arguments.what != "values")
    return std::string("--carriers puts objects into values: haplan render values");
  if (arguments.check && arguments.in_place.empty() && arguments.path == "-")
    return std::string("--check compares with files: give -o PATH or --in-place FILE");
  if (arguments.path.empty()) return std::string("-o takes a file or a directory, or - for stdout");
  return std::nullopt;
}

std::optional<std::string> understand_profile(const ProfileArguments& arguments) {
  if (arguments.what == "check" && arguments.chart.empty())
    return std::string("profile check needs --chart DIR, the folder with Chart.yaml");
  if (arguments.what == "show" && arguments.name.empty())
    return std::string("profile show needs the name of a built-in profile: haplan profile list");
  return std::nullopt;
}

}  // namespace haplan::planner::cli
