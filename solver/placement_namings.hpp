#pragma once

#include "solver/placement_search.hpp"

/// All placements that differ from one by the names of equal nodes only. They differ in figures where names decide:
/// while a node is drained and another one is unreachable, the moved replicas may or may not be on the latter.
namespace haplan::solver {

class PlacementNamings {
 public:
  explicit PlacementNamings(PlacementSearch& search);

  /// Adds every naming of `one` that can compete, with exact figures.
  ///   incumbent  figure that a naming must not exceed, lowered when an acceptable one is better; null: all compete
  void add(const ValuedPlacement& one, double* incumbent, std::vector<ValuedPlacement>& found);

  /// False: there were too many.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  using Vector = PlacementSearch::Vector;

  void name(model::NodeId node);
  void consider();
  void relabel();
  double constant_part();
  const Vector& named(std::size_t placed, const std::vector<model::NodeId>& nodes);

  PlacementSearch& search_;
  std::vector<std::size_t> named_;  ///< states with a drain and one unreachable node
  std::vector<bool> crowded_;       ///< per state: with a drain and more of them
  std::vector<std::vector<double>>
      constant_down_;  ///< per function, over named_: P(down) without series members
  std::map<std::pair<std::size_t, std::vector<model::NodeId>>, Vector> known_;
  bool credit_ = false;
  bool complete_ = true;

  // Of the placement at hand.
  const ValuedPlacement* one_ = nullptr;
  double* incumbent_ = nullptr;
  std::vector<ValuedPlacement>* found_ = nullptr;
  std::vector<std::size_t> after_;  ///< cells by what nodes carry
  std::vector<model::NodeId> image_;
  std::vector<bool> used_;
  double constant_ = 0.0;  ///< lower bound over the states that are not in named_
  std::size_t count_ = 0;
};

}  // namespace haplan::solver
