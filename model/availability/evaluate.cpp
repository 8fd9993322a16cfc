#include "model/availability/evaluate.hpp"

#include <limits>

#include "model/availability/causes.hpp"
#include "model/availability/independent.hpp"
#include "model/availability/losses.hpp"
#include "model/availability/service_levels.hpp"

namespace haplan::model {

namespace {

/// Relative slack below which two ends of an interval count as the same number.
constexpr double kExactRelative = 1e-9;

Estimate bounded(double lower, double upper) {
  if (upper - lower <= kExactRelative * upper) return Estimate::exactly(upper);
  return {upper, lower, upper, Method::bounded};
}

/// A cause that starts outages has a share of them; rounding may have taken the least ones.
void add_frequencies(const std::vector<Cause>& flows, std::vector<Cause>& causes) {
  for (Cause& cause : causes)
    for (const Cause& flow : flows)
      if (flow.kind == cause.kind && flow.subject == cause.subject && flow.mode == cause.mode)
        cause.frequency = flow.frequency;
}

class Evaluator {
 public:
  Evaluator(const ServiceContext& context, bool figures) : context_(context) {
    const Compiled& compiled = context.compiled;
    fill_probabilities(compiled, context.numbers, 1.0, p_);
    compiled.diagram.probability(p_, 1.0, upper_);
    if (compiled.truncated)
      compiled.diagram.probability(p_, 0.0, lower_);
    else
      lower_ = upper_;
    figures_ = figures;
  }

  ServiceFigures service(ServiceId s) {
    const System& system = context_.system;
    ServiceFigures result;
    const auto u = [&](const std::vector<double>& value) {
      return unavailability_of(system, context_.compiled, context_.numbers, value, s, 1.0);
    };
    result.unavailability = bounded(u(lower_), u(upper_));
    result.level_unavailability = by_level(s);
    if (!figures_) return result;
    result.independent = independent_unavailability(system, context_.deployment, context_.compiled,
                                                    context_.numbers, s);
    OutageFlows flows = outage_flows(system, context_.compiled, context_.numbers,
                                     context_.components, p_, upper_, s);
    result.outage_frequency = flows.total;
    result.entry_frequency = std::move(flows.entries);
    if (result.outage_frequency > 0.0)
      result.mean_outage = result.unavailability.value / result.outage_frequency;
    result.causes =
        downtime_by_cause(system, context_.compiled, context_.numbers, context_.components, s);
    add_frequencies(flows.causes, result.causes);
    result.recovery = recovery_time(context_, s);
    result.node_losses = node_losses(context_, s);
    result.losses = further_losses(context_, s);
    result.error_ratio = error_ratio(context_, s, result.level_unavailability);
    result.response_time = response_times(context_, s);
    for (const auto& time : result.response_time)
      result.worst_response_time = std::max(result.worst_response_time,
                                            time.value_or(std::numeric_limits<double>::infinity()));
    result.data_loss = data_loss(context_, s);
    return result;
  }

 private:
  [[nodiscard]] std::vector<double> by_level(ServiceId s) const {
    std::vector<double> levels(context_.system.levels.size(), 0.0);
    for (const Situation& world : context_.compiled.worlds)
      if (!world.before)
        levels[world.level] +=
            drain_weight(context_.numbers, world, 1.0) * upper_[world.service_down[s]];
    return levels;
  }

  const ServiceContext& context_;
  bool figures_ = true;
  std::vector<double> p_;
  std::vector<double> lower_;
  std::vector<double> upper_;
};

}  // namespace

Result<Evaluation> evaluate(const System& system, const Deployment& deployment,
                            const EvaluateOptions& options) {
  const Result<Quantified> all = quantify(system, deployment, options.figures, options);
  if (!all) return tl::unexpected(all.error());
  const ServiceContext context{system, deployment, all->compiled, all->numbers, all->components};
  Evaluator evaluator(context, options.figures);
  Evaluation evaluation;
  evaluation.headroom = all->compiled.headroom;
  evaluation.work = {all->compiled.diagram.size(), all->compiled.domain_states};
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    if (options.stop && options.stop())
      return tl::unexpected(Error{Fault::budget_exhausted, "the evaluation was stopped", ""});
    evaluation.services.push_back(evaluator.service(s));
  }
  return evaluation;
}

}  // namespace haplan::model
