#include "model/availability/service_figures.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "model/availability/causes.hpp"
#include "model/availability/episodes.hpp"
#include "model/availability/independent.hpp"
#include "model/availability/losses.hpp"
#include "model/availability/outages.hpp"

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

/// Gates written at a service have failures of their own, if only in name: they are left alone.
bool same_components(const Requirement& a, const Requirement& b) {
  const auto same = [](const Requirement& x, const Requirement& y) {
    constexpr auto kLeaf = Requirement::Kind::component;
    return x.kind == kLeaf && y.kind == kLeaf && x.component == y.component;
  };
  return a.kind == Requirement::Kind::all && b.kind == Requirement::Kind::all &&
         std::ranges::equal(a.of, b.of, same);
}

}  // namespace

std::optional<ServiceId> twin_of(const System& system, ServiceId service) {
  const Service& mine = system.services[service];
  for (ServiceId s = 0; s < service; ++s)
    if (system.services[s].load == mine.load &&
        same_components(system.services[s].requires_, mine.requires_))
      return s;
  return std::nullopt;
}

FigureMaker::FigureMaker(const ServiceContext& context, WantedFigures wanted, ClosedNetwork closed)
    : context_(context), wanted_(wanted), closed_(std::move(closed)) {
  const Compiled& compiled = context.compiled;
  fill_probabilities(compiled, context.numbers, 1.0, p_);
  compiled.diagram.probability(p_, 1.0, upper_);
  if (compiled.truncated) compiled.diagram.probability(p_, 0.0, lower_);
  if (!wanted.down_for) return;
  down_for_ = outage_ages(context);
  episodes_ = episodes(context, down_for_);
}

std::vector<double> FigureMaker::by_level(ServiceId s) const {
  std::vector<double> levels(context_.system.levels.size(), 0.0);
  for (const Situation& world : context_.compiled.worlds)
    if (!world.before)
      levels[world.level] +=
          drain_weight(context_.numbers, world, 1.0) * upper_[world.service_down[s]];
  return levels;
}

void FigureMaker::add_flows_and_causes(ServiceId s, ServiceFigures& figures) const {
  const auto& [system, deployment, compiled, numbers, components] = context_;
  OutageFlows flows =
      outage_flows(system, compiled, numbers, components, p_, upper_, s, wanted_.causes);
  figures.outage_frequency = flows.total;
  figures.entry_frequency = std::move(flows.entries);
  if (figures.outage_frequency > 0.0)
    figures.mean_outage = figures.unavailability.value / figures.outage_frequency;
  if (!wanted_.causes) return;
  figures.causes = downtime_by_cause(system, compiled, numbers, components, s);
  add_frequencies(flows.causes, figures.causes);
}

void FigureMaker::add_response_times(ServiceId s, ServiceFigures& figures) const {
  figures.response_time = response_times(context_, s, closed_);
  for (const auto& time : figures.response_time)
    figures.worst_response_time = std::max(figures.worst_response_time,
                                           time.value_or(std::numeric_limits<double>::infinity()));
}

ServiceFigures FigureMaker::service(ServiceId s) const {
  const auto& [system, deployment, compiled, numbers, components] = context_;
  ServiceFigures result;
  const auto u = [&](const std::vector<double>& value) {
    return unavailability_of(context_.system, context_.compiled, context_.numbers, value, s, 1.0);
  };
  const double upper = u(upper_);
  result.unavailability = bounded(lower_.empty() ? upper : u(lower_), upper);
  result.level_unavailability = by_level(s);
  if (wanted_.independent)
    result.independent = independent_unavailability(system, deployment, compiled, numbers, s);
  if (wanted_.frequency || wanted_.causes) add_flows_and_causes(s, result);
  if (wanted_.down_for) {
    result.down_for = down_for_[s];
    result.episodes = episodes_[s];
  }
  if (wanted_.recovery) result.recovery = recovery_time(context_, s);
  if (wanted_.losses) {
    result.node_losses = node_losses(context_, s);
    result.losses = further_losses(context_, s);
  }
  if (wanted_.error_ratio)
    result.error_ratio = error_ratio(context_, s, result.level_unavailability);
  if (wanted_.response_time) add_response_times(s, result);
  if (wanted_.data_loss) result.data_loss = data_loss(context_, s);
  return result;
}

}  // namespace haplan::model
