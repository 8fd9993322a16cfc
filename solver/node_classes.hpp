#pragma once

#include <optional>
#include <vector>

#include "model/system/system.hpp"

/// Nodes that bounds fill with components of their own, by class: those of a class may be exchanged, zone by zone.
namespace haplan::solver {

/// Nodes that fail alike, and that the same components may use.
struct NodeClass {
  int zones = 0;             ///< domains above them; 1 without any
  int zone_size = 0;         ///< of them below each, at least
  double lost = 0.0;         ///< P(one of them is down | its domain is up)
  bool in_all_zones = true;  ///< below every domain that can fail
};

struct NodeClasses {
  std::vector<NodeClass> classes;              ///< a few, those that are lost most often first
  std::vector<std::optional<std::size_t>> of;  ///< per node
  /// P(down) of each of the domains above them that can fail, most first; empty where there is only one.
  std::vector<double> zones_down;
};

/// Without classes: nothing is known, because domains are nested or down for good.
NodeClasses node_classes(const model::System& system);

}  // namespace haplan::solver
