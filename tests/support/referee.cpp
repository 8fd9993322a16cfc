#include "tests/support/referee.hpp"

#include <algorithm>
#include <cmath>

#include "model/numerics/normal.hpp"
#include "tests/support/random_system.hpp"

namespace haplan::test {

namespace {

using model::Estimate;
using model::SimulatedFigure;

constexpr std::size_t kFiguresPerService = 6;
constexpr double kPrecisionAt = 0.95;
constexpr double kWindowAllowance = 0.02;  // MODEL 5: held to the simulator at 2 %

/// Compares; what the analytic engine calls impossible must not have been seen.
RefereeFigure compared(const std::string& service, const char* name, const Estimate& analytic,
                       const SimulatedFigure& simulated, double allowance = 0.0) {
  RefereeFigure figure{service, name, analytic, simulated, allowance, false, 0.0};
  if (analytic.upper == 0.0 || !simulated.known) {
    figure.agrees = !simulated.known || simulated.estimate.lower == 0.0;
    return figure;
  }
  constexpr double kRounding = 1e-9;
  const double low = analytic.lower * (1.0 - allowance - kRounding) - kRounding * allowance;
  const double high = analytic.upper * (1.0 + allowance + kRounding);
  figure.agrees = low <= simulated.estimate.upper && simulated.estimate.lower <= high;
  if (simulated.deviation > 0.0)
    figure.sigmas = (simulated.estimate.value - std::clamp(simulated.estimate.value, low, high)) /
                    simulated.deviation;
  return figure;
}

struct Analytic {
  model::Evaluation evaluation;
  std::vector<model::WindowFigures> windows;
};

model::Result<Analytic> analytic_of(const RefereeCase& one, double window) {
  auto evaluation = model::evaluate(one.system, one.deployment);
  if (!evaluation) return tl::make_unexpected(evaluation.error());
  Analytic result{std::move(*evaluation), {}};
  for (const model::ServiceFigures& figures : result.evaluation.services) {
    const double budget = figures.unavailability.value * window;
    result.windows.push_back(model::downtime_in_window(figures, window, budget));
  }
  return result;
}

void add_figures(const std::string& service, const model::ServiceFigures& analytic,
                 const model::WindowFigures& window, const model::SimulatedService& simulated,
                 std::vector<RefereeFigure>& figures) {
  const auto exactly = [](double value) { return Estimate::exactly(value); };
  figures.push_back(
      compared(service, "unavailability", analytic.unavailability, simulated.unavailability));
  figures.push_back(compared(service, "outage frequency", exactly(analytic.outage_frequency),
                             simulated.outage_frequency));
  figures.push_back(
      compared(service, "mean outage", exactly(analytic.mean_outage), simulated.mean_outage));
  figures.push_back(
      compared(service, "error ratio", exactly(analytic.error_ratio), simulated.error_ratio));
  figures.push_back(
      compared(service, "window kept", window.kept, simulated.kept, kWindowAllowance));
  figures.push_back(compared(service, "window p99", window.downtime_p99, simulated.downtime_p99,
                             kWindowAllowance));
}

}  // namespace

RefereeCase random_case(std::uint64_t seed) {
  Sample sample = random_sample(seed);
  return {"random " + std::to_string(seed), std::move(sample.system), std::move(sample.deployment)};
}

std::size_t count_figures(const RefereeCase& one) {
  return kFiguresPerService * one.system.services.size();
}

double single_confidence(double family, std::size_t comparisons) {
  return 1.0 - (1.0 - family) / static_cast<double>(std::max<std::size_t>(1, comparisons));
}

RefereeResult referee(const RefereeCase& one, model::SimulateOptions options) {
  RefereeResult result;
  result.name = one.name;
  const auto analytic = analytic_of(one, options.window);
  if (!analytic) {
    result.problem = analytic.error().message;
    return result;
  }
  options.budgets.clear();
  options.targets.clear();
  for (const model::ServiceFigures& figures : analytic->evaluation.services) {
    options.budgets.push_back(figures.unavailability.value * options.window);
    options.targets.push_back(figures.unavailability.upper > 0.0);
  }
  // The precision is that of intervals of 95 %; those that are compared are as much wider as there are more of them.
  const double wider = model::normal_quantile(0.5 + 0.5 * options.confidence) /
                       model::normal_quantile(0.5 + 0.5 * kPrecisionAt);
  options.precision *= wider;
  auto simulation = model::simulate(one.system, one.deployment, options);
  if (!simulation) {
    result.problem = simulation.error().message;
    return result;
  }
  result.simulation = std::move(*simulation);
  result.precision = result.simulation.precision / wider;
  for (std::size_t s = 0; s < one.system.services.size(); ++s)
    add_figures(one.system.services[s].name, analytic->evaluation.services[s], analytic->windows[s],
                result.simulation.services[s], result.figures);
  return result;
}

}  // namespace haplan::test
