#pragma once

#include "solver/placement_search.hpp"

/// The names of equal nodes, as far as they matter.
namespace haplan::solver {

/// All placements that differ from one by the names of equal nodes only. They differ in figures where names decide:
/// while a node is drained, its replicas go to the first of equally empty nodes, and another lost node may be that one.
/// Names are given out in order; as soon as every such first node is known, the remaining names change nothing and go
/// where the placement becomes lexicographically smallest.
class PlacementNamings {
 public:
  explicit PlacementNamings(PlacementSearch& search);

  /// Adds every naming of `one` that can compete, with exact figures.
  /// What exceeds the best placement offered to the search cannot.
  void add(const ValuedPlacement& one, std::vector<ValuedPlacement>& found);

  /// False: there were too many.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  using Vector = PlacementSearch::Vector;

  /// Replicas of one component at one level that a drain moves: `picks` of the equally empty nodes get one each.
  struct Choice {
    std::vector<model::NodeId> emptiest;
    std::size_t picks = 0;
  };

  void find_choices();
  void add_choice(model::ComponentId component, const std::vector<model::NodeId>& nodes,
                  model::NodeId drained);
  void rank_nodes();
  void name(model::NodeId next);
  [[nodiscard]] bool settled() const;
  void give_remaining(model::NodeId next);
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
  std::vector<ValuedPlacement>* found_ = nullptr;
  std::vector<std::size_t> after_;  ///< cells by what nodes carry
  std::vector<std::size_t> rank_;   ///< per node: order in which names serve criterion 5 best
  std::vector<Choice> choices_;
  std::vector<model::NodeId> image_;  ///< per node: its name, or kOut
  double constant_ = 0.0;             ///< lower bound over the states that are not in named_
  std::size_t count_ = 0;
};

}  // namespace haplan::solver
