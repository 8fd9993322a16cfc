#pragma once

#include <cstddef>
#include <span>

#include "model/base/estimate.hpp"

/// What independent replications say of a long-run figure, with honest intervals.
namespace haplan::model {

/// A figure that is simulated, its interval, and whether anything is known of it at all.
///   lower, upper  of a two-sided confidence interval; 0 and infinity while nothing is known
struct SimulatedFigure {
  Estimate estimate;       ///< method `simulated`
  bool known = false;      ///< false: what it counts has not occurred often enough for an interval
  double deviation = 0.0;  ///< standard error of the value
};

/// Half the width of the interval over the value; infinite while unknown.
double relative_half_width(const SimulatedFigure& figure);

/// E[X] / E[Y] from independent pairs: sum x / sum y, with the variance of x - R y and Student's law.
///   x, y        one entry each per replication, of equal length; y > 0 in sum
///   confidence  of the two-sided interval
///   returns     known when there are two replications and x is not always zero; the lower end is at least 0
///   source      [AG07] IV.4b, the delta method
SimulatedFigure ratio_figure(std::span<const double> x, std::span<const double> y,
                             double confidence);

/// P(success) where the trials of one replication may depend on each other: the interval of Clopper
/// and Pearson for as many independent trials as have the variance that replications show, at most
/// the number there are.
///   successes, trials  per replication
///   source             [CP34], design effect [KG98]
SimulatedFigure proportion_figure(std::span<const double> successes, std::span<const double> trials,
                                  double confidence);

/// The p-quantile of values that come in groups: an order statistic, between the two others whose
/// ranks the proportion's interval names. With too few values for an upper rank it is infinite.
///   values     group after group, not sorted
///   per_group  values in each group: the last may be shorter
SimulatedFigure quantile_figure(std::span<const double> values, std::size_t per_group, double p,
                                double confidence);

}  // namespace haplan::model
