#pragma once

#include <optional>
#include <string>

#include "planner/chart/chart.hpp"

namespace haplan::planner::cli {

/// Every YAML file, template and text of a chart's folder, unpacked subcharts included; nothing
/// after the reason was told on stderr.
std::optional<ChartFiles> read_chart(const std::string& folder);

}  // namespace haplan::planner::cli
