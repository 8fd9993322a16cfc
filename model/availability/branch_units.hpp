#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "model/availability/down_cache.hpp"
#include "model/availability/worst_placement.hpp"

/// What a search of the worst placement branches over.
namespace haplan::model {

/// Components that are placed by one choice and matter to the service.
struct BranchUnit {
  const PlacementUnit* members = nullptr;
  std::vector<std::size_t> placed;  ///< per member; placed().size() when it does not matter
  bool gated = false;
  bool lone = false;  ///< one component of one replica
  /// An earlier lone one that is down just like it wherever both are, and takes as much room where that matters: they change
  /// places freely.
  std::optional<std::size_t> twin;
  double worst = 0.0;  ///< sum of its series members' own bounds
  double rank = 0.0;   ///< the largest is placed first
};

/// The units in their order, what they do in each placement, and their placements, computed once while memory lasts.
class BranchUnits {
 public:
  ///   question  must outlive it
  ///   worst     of worst_alone
  ///   meter     pays for what is listed
  BranchUnits(const PlacementQuestion& question, const std::vector<double>& worst,
              StopMeter& meter);

  [[nodiscard]] std::size_t size() const { return units_.size(); }
  const BranchUnit& operator[](std::size_t unit) const { return units_[unit]; }

  /// Of lone replicas P(down whatever the nodes do) counts first: the rest is then down together with its node alone, which bounds
  /// what several add more closely.
  ///   returns  that part, per placed component
  const std::vector<double>& set_apart();

  /// P(down | world) of one component, without what is set apart.
  const DownVector& at(std::size_t placed, const std::vector<NodeId>& nodes) {
    return cache_.at(placed, nodes);
  }

  /// P(some series member of the unit is down | world).
  DownVector down(const BranchUnit& unit, const UnitPlacement& placement);

  /// The sum of that, weighted.
  double gain(const BranchUnit& unit, const UnitPlacement& placement, const DownVector& weight);

  /// Placements of a unit up to the symmetry that is left; most branches leave the same. Valid until the next call for
  /// the same unit.
  const UnitPlacements& listed(std::size_t unit, const std::vector<std::size_t>& cell);

  [[nodiscard]] bool is_series(std::size_t placed) const;

  [[nodiscard]] double operations() const { return listing_ + cache_.operations(); }

 private:
  struct Lists {
    std::map<std::vector<std::size_t>, UnitPlacements> kept;  ///< by cell
    UnitPlacements last;
  };

  void add(const PlacementUnit& members, const std::vector<double>& worst);
  double rank(std::size_t placed, const std::vector<NodeId>& nodes, double worst);
  void find_twins();
  bool alike(std::size_t a, std::size_t b);

  const PlacementQuestion& question_;
  StopMeter& meter_;
  DownCache cache_;
  std::vector<double> apart_;  ///< per placed component
  std::vector<BranchUnit> units_;
  std::vector<Lists> lists_;  ///< per unit
  std::size_t kept_ = 0;      ///< placements in lists_
  double listing_ = 0.0;      ///< operations
};

}  // namespace haplan::model
