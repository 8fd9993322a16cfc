#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "model/availability/world_figures.hpp"
#include "model/base/stop.hpp"
#include "model/numerics/dot.hpp"

/// What searches over placements share: down vectors of single components, and sums over them.
namespace haplan::model {

using DownVector = std::vector<double>;

/// Placements of one component beyond which it is not searched.
inline constexpr std::size_t kMostListed = 20'000;

/// Index of a component into figures.placed(); its size when the component matters to no service.
std::size_t placed_index(const WorldFigures& figures, ComponentId component);

inline double dot(const DownVector& a, const DownVector& b) {
  return dot(a.data(), b.data(), a.size());
}

/// Down vectors of placements, computed once while memory lasts.
class DownCache {
 public:
  DownCache(const WorldFigures& figures, bool credit, Moves moves, StopMeter& meter);

  /// Valid until the next call for the same component.
  const DownVector& at(std::size_t placed, const std::vector<NodeId>& nodes);

  /// From now on the vectors are P(down | world, not in the part of down that is set apart).
  ///   part  P per placed component, no larger than any of its vectors' elements; below 1
  void set_apart(std::vector<double> part);

  [[nodiscard]] double operations() const { return operations_; }  ///< spent on vectors

  /// Per world of a vector: counting replicas costs more than an addition.
  static constexpr double kOperationsPerWorld = 8.0;

 private:
  const WorldFigures& figures_;
  bool credit_;
  Moves moves_;
  StopMeter& meter_;
  double operations_ = 0.0;
  std::vector<double> apart_;  ///< per placed component
  std::vector<std::map<std::vector<NodeId>, DownVector>> known_;
};

}  // namespace haplan::model
