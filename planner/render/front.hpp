#pragma once

#include <string>

#include "planner/front.hpp"
#include "planner/render/text.hpp"

namespace haplan::planner {

/// A row per point: replicas, downtime, margin, and what it has more than the point before.
std::string render_front_text(const FrontReport& report, const TextOptions& options);
/// The same with every point's plan, kind ParetoFront.
std::string render_front_json(const FrontReport& report);

}  // namespace haplan::planner
