#pragma once

#include <vector>

#include "model/availability/long_failures.hpp"
#include "model/availability/service_levels.hpp"

/// How long a service's outages last.
namespace haplan::model {

/// Per service: P(down, by failures that are all at least so old), from age 0, where it is the unavailability, to one at
/// which only what is down for good is left. Falling and, but for rounding, convex; minus its slope is the frequency of
/// outages that last longer, so that at age 0 it is that of all of them.
///   returns  approximate: an outage that one failure begins and another prolongs counts as two
///   cost     some hundred passes over the diagram for all services together
///   source   MODEL 5
std::vector<std::vector<DownFor>> outage_ages(const ServiceContext& context);

/// The same shares apart by level, and when an element never fails unless it is null: [service][level][age], of all time.
///   ages  [s] >= 0; infinity: what is down for good
///   cost  a pass over the diagram for every age, two where levels have ramps
std::vector<std::vector<std::vector<double>>> outage_shares(const ServiceContext& context,
                                                            const std::vector<double>& ages,
                                                            const LongFailure* absent);

/// The lower convex hull: longer outages are not more frequent than shorter ones, by rounding or because much is down at once, where
/// taking only old failures counts an outage that many make in turn several times.
std::vector<DownFor> lower_hull(const std::vector<DownFor>& points);

}  // namespace haplan::model
