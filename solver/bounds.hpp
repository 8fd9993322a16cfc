#pragma once

#include <vector>

#include "model/availability/service_functions.hpp"
#include "solver/figures.hpp"
#include "solver/room.hpp"

/// What can be said of objectives from components' figures alone, before any joint evaluation.
namespace haplan::solver {

/// Figures per input of the service functions; none null.
using Selection = std::vector<const OptionFigures*>;

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// One service's lower bound as a sum: what options add to a budget, whatever else is chosen.
struct Additive {
  double budget = 0.0;                    ///< sums beyond it miss the objective
  std::vector<std::vector<double>> adds;  ///< per member and option
  std::vector<std::vector<bool>>
      crippled;                ///< per member and option: one lost domain takes it down
  std::vector<double> losses;  ///< added by k crippled ones; more of them add as many as the last
};

class Bounds {
 public:
  Bounds(const Problem& problem, const model::LoadTable& load,
         const model::ServiceFunctions& functions, const model::Cluster& cluster,
         const NodeClasses& classes, const std::vector<model::Condition>& given);

  /// Some objective is missed whatever the placement. Sound also for ideal figures of several options.
  ///   crowd  so many components find room on any node, whichever they are: what the scheduler may choose
  [[nodiscard]] bool impossible(const Selection& selection, int crowd) const;

  /// The judged availability objectives are met whatever the placement.
  [[nodiscard]] bool surely_available(const Selection& selection) const;

  /// Sums that bound an objective's availability from below: choices that keep it keep the budget of one of them, whatever else is
  /// chosen. None: no choice keeps it.
  ///   best     ideal figures of every input over all options
  ///   inputs   per member; functions.inputs.size() for those that no service needs
  ///   options  per member
  ///   extras   per member and option: replicas, of which all members together have `spare`
  [[nodiscard]] std::vector<Additive> additive(
      const Objective& objective, const Selection& best, const std::vector<std::size_t>& inputs,
      const std::vector<std::vector<const OptionFigures*>>& options,
      const std::vector<std::vector<int>>& extras, int spare, int crowd) const;

  /// Error ratio and loss objectives are met in every placement of the plan.
  [[nodiscard]] bool surely_good(const Selection& selection) const;

  /// The ends of one objective's figure.
  [[nodiscard]] Interval availability(const Objective& objective, const Selection& selection,
                                      int crowd) const;
  [[nodiscard]] double availability_low(const Objective& objective, const Selection& selection,
                                        int crowd) const;
  /// The upper end that the guaranteed figure of every such plan has, too.
  [[nodiscard]] double availability_high(const Objective& objective,
                                         const Selection& selection) const;
  [[nodiscard]] Interval error_ratio(const Objective& objective, const Selection& selection) const;
  /// [s] of any loss of one of the kinds that objectives limit.
  [[nodiscard]] Interval loss(const Objective& objective, const Selection& selection,
                              std::size_t kind) const;

  [[nodiscard]] const model::ServiceFunction& function_of(model::ServiceId service) const;

 private:
  /// P(service down | calm world) at a level.
  [[nodiscard]] double calm(const model::ServiceFunction& function, const Selection& selection,
                            model::LevelId level, bool high) const;

  /// Says in own_, shared_ and dealt_ who gets which nodes.
  void deal_nodes(const model::ServiceFunction& function, const Selection& selection) const;
  /// P(service down) at least, when the scheduler keeps components on nodes of their own; 0 where they may not fit.
  [[nodiscard]] double scattered(const model::ServiceFunction& function, const Selection& selection,
                                 int crowd) const;
  /// Of the nodes that components use, the most in one domain of the class.
  [[nodiscard]] NodeShare share(std::size_t node_class, const OwnNodes& alone) const {
    return {alone.nodes, classes_.classes[node_class].zones > 1 ? alone.in_domain : alone.nodes};
  }
  /// P(the rest down | calm world), as if nothing in series could fail.
  [[nodiscard]] double rest(const model::ServiceFunction& function, const Selection& selection,
                            model::LevelId level) const;
  /// Per member and option: where the scheduler can put it.
  enum class Place : char { anywhere, own, shared };
  struct Places {
    bool fit = true;
    std::vector<std::vector<Place>> of;
    std::vector<std::size_t>
        node_class;  ///< per member: of the nodes that it has for itself or shares
    /// Per class and level: of what options on shared nodes add by themselves.
    std::vector<std::vector<double>> counted;
  };
  /// How nodes of one class are dealt out.
  struct Dealt {
    Room room;
    std::vector<std::size_t> resisting;  ///< inputs that share nodes, where they do
    int in_domain = 0;                   ///< most nodes of one of these in a domain
    double plainly = 1.0;                ///< as OwnNodes, the most
    bool shared = false;

    [[nodiscard]] int busiest() const {
      const int own = room.taken > 0 ? 1 : 0;
      return shared && !resisting.empty()
                 ? std::max(own, room.crowding(static_cast<int>(resisting.size()), in_domain))
                 : own;
    }
    void resist(std::size_t input, const OwnNodes& alone, int in_one_domain);
  };
  [[nodiscard]] double worst_zone(const OptionFigures& figures) const;

  /// Nodes that no other such option uses; or for what resists the loss of one, nodes that two share one of at most.
  [[nodiscard]] Places places(const std::vector<bool>& series,
                              const std::vector<std::size_t>& inputs,
                              const std::vector<std::vector<const OptionFigures*>>& options,
                              int crowd) const;

  const Problem& problem_;
  const model::LoadTable& load_;
  const model::ServiceFunctions& functions_;
  const model::Cluster& cluster_;
  const std::vector<model::Condition>& given_;
  const model::SumBound sum_;
  const NodeClasses& classes_;  ///< none: nothing is known of components on nodes of their own
  std::vector<Room> rooms_;     ///< per class: all its nodes
  double quiet_ = 1.0;          ///< P(nothing is drained)
  std::vector<std::size_t> function_index_;        ///< per service
  std::vector<std::vector<std::size_t>> on_path_;  ///< per service: inputs
  std::vector<bool> apart_;                        ///< per service: network_apart
  std::vector<bool> pinned_;                       ///< per input
  std::vector<bool> placed_;                       ///< per input: it has replicas
  int outsiders_ = 0;                              ///< components with replicas that are no input
  mutable std::vector<double> down_;
  mutable std::vector<double> scratch_;
  mutable std::vector<std::size_t> order_;
  mutable std::vector<double> crippled_;
  mutable std::vector<std::size_t> own_;  ///< per input: class of the nodes that are its own
  mutable std::vector<bool> shared_;
  mutable std::vector<Dealt> dealt_;  ///< per class
  mutable std::vector<const model::WorstAlone*> worst_;
};

/// Relative slack between figures computed in different ways.
inline constexpr double kSlack = 1e-9;

}  // namespace haplan::solver
