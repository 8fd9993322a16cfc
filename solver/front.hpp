#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "solver/certificate.hpp"

/// What more replicas, or more money, buy: the plans none of which another one beats in both size and availability. Size is what
/// `minimize` names first: replicas at peak, or cost at its peak. Availability is the least margin to the targets or, where it is
/// maximised, the least availability itself.
namespace haplan::solver {

struct FrontPoint {
  model::Deployment deployment;
  CountRank rank;
  std::vector<double> unavailability;  ///< as judged, per service of Front::services
  double margin =
      0.0;  ///< least over them of the target's unavailability over the own one; 1 and more: all targets are met
  double reach =
      0.0;  ///< what points are compared in: the margin, or 1 over the largest unavailability
  /// No plan of at most this size reaches more by more than kStep, or than what the interval of its own guaranteed figure
  /// leaves open, and none of a size between the point before and this one more than that.
  bool proved = false;
  // At the lower ends of those intervals: the same where they are exact.
  double figure_margin = 0.0;
  double figure_reach = 0.0;
};

struct Front {
  Preference size = Preference::replicas;  ///< what points are compared in
  bool maximised = false;                  ///< availability is: points reach their least one
  std::vector<model::ServiceId>
      services;  ///< with a target of availability; all with objectives, if there is none or it is maximised
  std::vector<double> targets;     ///< unavailability; 1 where none is asked for
  std::vector<FrontPoint> points;  ///< ascending size and reach
  /// Where availability is maximised and targets are asked for: the smallest plan that meets them and every other objective, of
  /// which a point of the same size need not be one. Nothing: there is none, or none was found.
  std::optional<FrontPoint> target;
  bool complete = false;  ///< nothing within the ranges reaches beyond the last point ...
  double open = 0.0;      ///< ... by more than this part of it: where finer steps were too hard
  std::string unproved;   ///< if not complete: why, one sentence without a period
  std::size_t work = 0;   ///< units, of all questions
};

/// Relative, between margins that count as different: far above the tolerance of guaranteed figures.
inline constexpr double kStep = 1e-6;

/// The front of size against availability, within the budgets. Every other objective holds in every
/// point, but for `compliance`, whose budget is that of the target.
///   options  limits hold for all questions together; `explain` and `any_plan` have no meaning
///   so_far   told the points there are before each question
///   fails    as solve
///   cost     some ten questions for each point, most of them whether any plan reaches as much
model::Result<Front> availability_front(const Problem& problem, const SolveOptions& options = {},
                                        const std::function<void(const Front&)>& so_far = {});

}  // namespace haplan::solver
