#pragma once

#include <vector>

#include "model/availability/service_levels.hpp"

namespace haplan::model {

/// How long the outages of each service last when those within one long failure are added up.
///
/// While a zone, a node or a vendor is out, a service may go down and up again several times: the replica that is left
/// restarts, a peak of the load returns. Such outages come together, and count here as one that lasts as long as all of
/// them. The part g(t) of the outages within the failures of an element becomes (1-q) g(t (1-q)) + q g(0) exp(-t/m) with q
/// and m as recurrences() has them: the unavailability stays, and outages become 1 / (1-q) times rarer.
///
///   outages  per service, as outage_ages() finds them
///   returns  per service, like `outages`; the same where no outages come together
///   error    approximate: exact at one level for exponential laws and elements that do not overlap
///   cost     two passes over the diagram and as many derivatives as levels for every element with a part in the
///            downtime, and some hundred passes for each in whose failures outages come together
///   source   MODEL 5, downtime in a window
std::vector<std::vector<DownFor>> episodes(const ServiceContext& context,
                                           const std::vector<std::vector<DownFor>>& outages);

}  // namespace haplan::model
