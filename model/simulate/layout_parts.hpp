#pragma once

#include "model/simulate/layout.hpp"

/// The steps in which Layout::of fills a layout, in this order. Each reads only what the ones before it wrote.
namespace haplan::model {

Result<void> lay_out_replicas(Layout& layout);  ///< replicas, their times
void lay_out_places(Layout& layout);            ///< homes, stages, moves, headroom
void lay_out_elements(Layout& layout);          ///< elements, modes, factors, inputs
void lay_out_levels(Layout& layout);            ///< level clocks, ramps, request rates
void lay_out_errors(Layout& layout);            ///< misrouted requests

/// A component that some service can depend on.
inline bool is_relevant(const Layout& layout, ComponentId component) {
  return layout.gates.of_component[component] != kNowhere;
}

/// Level counts of a component that differ, ascending.
std::vector<int> distinct_replicas(const Layout& layout, ComponentId component);

}  // namespace haplan::model
