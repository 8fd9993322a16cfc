#include "planner/cli/chart_folder.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <sys/stat.h>

#include "planner/cli/diagnostics_json.hpp"
#include "planner/cli/files.hpp"
#include "planner/cli/terminal.hpp"
#include "planner/yaml/tree.hpp"

namespace haplan::planner::cli {

namespace {

constexpr int kDepth = 12;  ///< folders within folders: subcharts of subcharts have nine

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void collect(const std::string& folder, const std::string& inside, int depth, ChartFiles& chart) {
  DIR* directory = depth > kDepth ? nullptr : ::opendir(folder.c_str());
  if (directory == nullptr) return;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = folder + "/" + name;
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      collect(path, inside + name + "/", depth + 1, chart);
    } else if (S_ISREG(status.st_mode) && (ends_with(name, ".yaml") || ends_with(name, ".tpl") ||
                                           ends_with(name, ".yml") || ends_with(name, ".txt"))) {
      Content content = read_input(path, yaml::Limits{}.bytes);
      if (!content.failure) chart.files[inside + name] = std::move(content.text);
    }
  }
  ::closedir(directory);
}

}  // namespace

std::optional<ChartFiles> read_chart(const std::string& folder) {
  ChartFiles chart;
  collect(folder, "", 0, chart);
  if (chart.files.count("Chart.yaml")) return chart;
  complain("haplan: \"" + printable(folder) + "\" is no chart: it has no readable Chart.yaml\n");
  return std::nullopt;
}

}  // namespace haplan::planner::cli
