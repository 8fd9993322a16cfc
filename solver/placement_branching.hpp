#pragma once

#include "solver/placement_search.hpp"

/// Branch and bound for the plan's own placement.
namespace haplan::solver {

/// Places unit after unit. Equal nodes are told apart only by what they carry, with figures that their names do not change (drained
/// replicas land as well as they can), and every leaf that can still be the best is then tried under all names of its nodes.
/// Where that leaves too many, nodes are told apart by name from the start, and all figures are exact.
///
/// A branch is bounded from below by four parts that do not overlap: the joint figure of what is placed with the rest
/// at its pointwise best; what each remaining component adds at least when it alone is down; what the one place where a
/// drained replica lands costs at least when just that node is lost; and, for rare states, everything at its best.
class PlacementBranching {
 public:
  /// Whether equal nodes are told apart.
  enum class Names { ignored, given };

  PlacementBranching(PlacementSearch& search, Names names);

  /// Some figure depends on them, there are few, and every placement of a unit can be listed with them.
  static bool few_names(const PlacementSearch& search);

  ///   most_visited  then it ends as if it had been stopped; 0: no limit
  PlacementAnswer run(std::size_t most_visited = 0);

 private:
  using Vector = PlacementSearch::Vector;

  struct Unit {
    model::PlacementUnit members;
    std::vector<std::size_t> placed;  ///< per member: index into figures.placed(), or its size
    double adds = 0.0;                ///< at least, when it alone is down
  };

  /// Where drained single replicas of one placement can land, per level class: pairs of the drained node and the
  /// equally empty nodes of which names decide; and P(down | state) when it is the lost one.
  struct Landings {
    std::vector<std::vector<std::pair<model::NodeId, std::vector<model::NodeId>>>> choices;
    Vector unlucky;
  };

  /// A service function with the states that branching looks at.
  struct Function {
    const model::ServiceFunction* function = nullptr;
    double weight = 0.0;
    bool series = false;  ///< no gated component: figures follow unit by unit
    double light = 0.0;   ///< lower bound over the other states
    std::vector<Vector>
        rest;  ///< per depth: P(some series member from there on is at its best and still down)
  };

  void place_free_units();
  void find_extremes();
  void order_units();
  double adds_at_least(const Unit& unit, std::size_t of);
  void split_states(std::vector<bool>& is_heavy);
  void prepare_functions();
  [[nodiscard]] Vector gathered(const Vector& full) const;
  const Vector& heavy(std::size_t placed, const std::vector<model::NodeId>& nodes);
  void add_unit(const Unit& unit, const Function& function, Vector& down);
  double bound(std::size_t depth, const std::vector<Vector>& down);
  const Landings& landings(std::size_t placed, const std::vector<model::NodeId>& nodes);
  double landing_bound(std::size_t depth, const std::vector<Vector>& down);
  double gated_figure(std::size_t depth, const Function& function);
  void visit(std::size_t depth, const std::vector<std::size_t>& cell,
             const std::vector<Vector>& down);
  void leaf(double low);
  void dive(const std::vector<Vector>& down);
  /// Another placement of a unit is looked at. True: end with the best found so far.
  bool over();
  void put(const Unit& unit, const model::UnitPlacement& option, int sign);
  [[nodiscard]] bool beaten(double low) const {
    const auto best = search_.incumbent();
    return best && low > *best * (1.0 + kPlacementTie);
  }

  PlacementSearch& search_;
  model::NodeLoad load_;
  std::vector<Unit> units_;
  std::vector<std::size_t> heavy_;  ///< indices of the likelier states
  /// [class][drained][stage][lost]: index into heavy_, or npos.
  std::vector<std::vector<std::vector<std::vector<std::size_t>>>> drain_slots_;
  Vector mass_;                ///< of these
  std::vector<Vector> least_;  ///< per placed component, over all states
  std::vector<Vector> most_;
  std::vector<Function> functions_;
  std::vector<double> rest_adds_;  ///< per depth
  std::map<std::pair<std::size_t, std::vector<model::NodeId>>, Vector> heavy_down_;
  std::map<std::pair<std::size_t, std::vector<model::NodeId>>, Landings> landings_;
  bool names_matter_ = false;  ///< and are ignored
  model::Moves moves_ = model::Moves::most;
  std::size_t most_visited_ = 0;
  bool complete_ = true;
  std::size_t visited_ = 0;
  std::vector<ValuedPlacement> leaves_;  ///< with lower bounds
};

}  // namespace haplan::solver
