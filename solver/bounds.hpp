#pragma once

#include <vector>

#include "model/availability/service_functions.hpp"
#include "solver/figures.hpp"

/// What can be said of objectives from components' figures alone, before any joint evaluation.
namespace haplan::solver {

/// Figures per input of the service functions; none null.
using Selection = std::vector<const OptionFigures*>;

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

class Bounds {
 public:
  Bounds(const Problem& problem, const model::LoadTable& load,
         const model::ServiceFunctions& functions, const Cluster& cluster);

  /// Some objective is missed whatever the placement. Sound also for ideal figures of several options.
  ///   capacity_free  capacity never binds: the scheduler may choose any component's worst placement
  [[nodiscard]] bool impossible(const Selection& selection, bool capacity_free) const;

  /// The judged availability objectives are met whatever the placement.
  [[nodiscard]] bool surely_available(const Selection& selection) const;

  /// Error ratio and loss objectives are met in every placement of the plan.
  [[nodiscard]] bool surely_good(const Selection& selection) const;

  /// The ends of one objective's figure.
  [[nodiscard]] Interval availability(const Objective& objective, const Selection& selection,
                                      bool capacity_free) const;
  [[nodiscard]] Interval error_ratio(const Objective& objective, const Selection& selection) const;
  /// [s] of any loss of one of the kinds that objectives limit.
  [[nodiscard]] Interval loss(const Objective& objective, const Selection& selection,
                              std::size_t kind) const;

 private:
  [[nodiscard]] const model::ServiceFunction& function_of(model::ServiceId service) const;
  /// P(service down | calm world) at a level.
  [[nodiscard]] double calm(const model::ServiceFunction& function, const Selection& selection,
                            model::LevelId level, bool high) const;

  const Problem& problem_;
  const model::LoadTable& load_;
  const model::ServiceFunctions& functions_;
  const Cluster& cluster_;
  std::vector<std::size_t> function_index_;        ///< per service
  std::vector<std::vector<std::size_t>> on_path_;  ///< per service: inputs
  std::vector<bool> apart_;                        ///< per service: network_apart
  std::vector<bool> pinned_;                       ///< per input
  mutable std::vector<double> down_;
  mutable std::vector<double> scratch_;
};

/// Relative slack between figures computed in different ways.
inline constexpr double kSlack = 1e-9;

}  // namespace haplan::solver
