#include "model/availability/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "model/availability/structure.hpp"
#include "model/base/contract.hpp"
#include "model/diagram/diagram.hpp"
#include "model/numerics/quadrature.hpp"
#include "model/recovery/laws.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

/// One way back, with its probability; some begin only when the lost node counts as not ready.
struct Way {
  double probability = 1.0;
  bool after_detection = false;
  Delay delay;
};

/// A component that a loss takes down: it is back by any of its ways, or by `natural` if that is sooner.
struct Affected {
  std::size_t variable = kNone;
  std::vector<Way> ways;  ///< empty: only by itself
  std::optional<DelayMixture> natural;
};

void add_ways(std::vector<Way>& ways, double probability, bool after_detection,
              const DelayMixture& law) {
  for (const DelayMixture::Part& part : law.parts())
    ways.push_back({probability * part.probability, after_detection, part.delay});
}

DelayMixture fixed(double time) { return DelayMixture(Delay({Stage::fixed(time)})); }

/// A replica's own failures, weighted by their rates.
DelayMixture restart_law(const Component& component, const Probes& probes,
                         const ReplicaModel& replica) {
  constexpr double kUnknownOutage = 3600.0;
  double rate = 0.0;
  for (const ModeOutage& mode : replica.modes)
    if (!mode.spurious) rate += mode.rate;
  if (component.replica_unavailability || rate == 0.0) return fixed(kUnknownOutage);
  DelayMixture law;
  for (std::size_t m = 0; m < replica.modes.size(); ++m) {
    if (replica.modes[m].spurious) continue;
    const DelayMixture own = mode_law(component, probes, replica, m).law;
    for (const DelayMixture::Part& part : own.parts())
      law.add(part.probability * replica.modes[m].rate / rate, part.delay);
  }
  return law;
}

/// One of the replicas of a mix, each as likely as it fails often.
DelayMixture mixed_restart_law(const ServiceContext& context, ComponentId id) {
  const Component& component = context.system.components[id];
  const ComponentPlan& plan = context.deployment.components[id];
  constexpr double kUnknownOutage = 3600.0;
  std::vector<double> rate(component.variants.size(), 0.0);
  double total = 0.0;
  for (const std::size_t v : used_variants(plan)) {
    const ReplicaModel& replica = context.components.variants[id][v];
    for (const ModeOutage& mode : replica.modes)
      if (!mode.spurious) rate[v] += mode.rate;
    if (component.variants[v].replica_unavailability)
      rate[v] = replica.unavailability / kUnknownOutage;
    rate[v] *= plan.variants[v].replicas;
    total += rate[v];
  }
  if (total == 0.0) return fixed(kUnknownOutage);
  DelayMixture law;
  for (const std::size_t v : used_variants(plan)) {
    const DelayMixture own = restart_law(component.variants[v], plan.variants[v].probes,
                                         context.components.variants[id][v]);
    for (const DelayMixture::Part& part : own.parts())
      law.add(part.probability * rate[v] / total, part.delay);
  }
  return law;
}

std::optional<DelayMixture> natural_repair(const System& system, const Loss& loss) {
  if (std::isinf(loss.repair)) return std::nullopt;
  if (loss.kind == LossKind::node) return repair_law(system.nodes[loss.subject].modes);
  if (loss.kind == LossKind::domain) return repair_law(system.domains[loss.subject].modes);
  return std::nullopt;
}

double share(const std::vector<Way>& ways, double t, double detected) {
  double sum = 0.0;
  for (const Way& way : ways)
    sum += way.probability * way.delay.at_most(way.after_detection ? t - detected : t).value;
  return std::min(1.0, sum);
}

}  // namespace

struct RecoveryCurve::State {
  Diagram diagram;
  Structure structure;
  Diagram::Ref down = Diagram::kFalse;
  std::vector<double> everything_up;
  std::vector<Affected> affected;
  std::optional<DelayMixture> repair;                       ///< brings everything back at once
  std::vector<std::pair<std::size_t, double>> switchovers;  ///< variable, until when
  DelayMixture detection;
  bool waits_for_detection = false;
  mutable std::vector<double> value;

  void set(std::vector<double>& p, std::size_t variable, double up) const {
    p[diagram.first_probability(variable)] = up;
    p[diagram.first_probability(variable) + 1] = 1.0 - up;
  }

  /// P(the structure works at t | the node counted as not ready at `detected`), without the repair.
  [[nodiscard]] double works(double t, double detected) const {
    std::vector<double> p = everything_up;
    for (const Affected& a : affected) {
      double out = 1.0 - share(a.ways, t, detected);
      if (a.natural) out *= a.natural->above(t).value;
      set(p, a.variable, 1.0 - out);
    }
    for (const auto& [variable, until] : switchovers) set(p, variable, t >= until ? 1.0 : 0.0);
    diagram.probability(p, 1.0, value);
    return 1.0 - value[down];
  }

  /// The integral of works over one part of the detection's law.
  [[nodiscard]] double averaged(const Delay& detected, double t) const {
    std::vector<double> widths;
    for (const Stage& stage : detected.stages())
      if (stage.kind == Stage::Kind::uniform) widths.push_back(stage.width);
    if (widths.empty()) return works(t, detected.least());
    const UniformSum law(widths);
    std::vector<double> cuts = detected.knots();
    std::size_t degree = widths.size();
    for (const Affected& a : affected) {
      std::size_t most = 0;
      for (const Way& way : a.ways) {
        if (!way.after_detection) continue;
        const std::vector<double> knots = way.delay.knots();
        for (const double knot : knots) cuts.push_back(t - knot);
        most = std::max(most, way.delay.stages().size());
      }
      degree += most;
    }
    std::ranges::sort(cuts);
    const auto rule = gauss_legendre(static_cast<int>(degree / 2 + 2));
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const double a = std::max(cuts[i], detected.least());
      const double b = std::min(cuts[i + 1], detected.worst());
      if (b <= a) continue;
      for (const QuadratureNode& node : rule) {
        const double d = a + (b - a) * node.x;
        sum += (b - a) * node.weight * law.density(d - detected.least()) * works(t, d);
      }
    }
    return std::min(1.0, sum);
  }
};

RecoveryCurve::~RecoveryCurve() = default;
RecoveryCurve::RecoveryCurve(RecoveryCurve&&) noexcept = default;
RecoveryCurve& RecoveryCurve::operator=(RecoveryCurve&&) noexcept = default;

namespace {

/// What brings a replicated component back that lost replicas; nothing: it never went down.
std::optional<Affected> affected_by(const ServiceContext& context, const Loss& loss, ComponentId id,
                                    LevelId level) {
  const System& system = context.system;
  const Component& component = system.components[id];
  const ComponentPlan& plan = context.deployment.components[id];
  const ReplicaModel& replica = context.components.replicas[id];
  const Toll toll = toll_of(context, loss, id, level);
  if (toll.down_before()) return Affected{};  // and nothing brings it back
  if (toll.lost == 0) return std::nullopt;
  const bool by_itself = loss.kind == LossKind::replica || loss.kind == LossKind::primary;
  Affected result;
  if (by_itself)
    result.natural = is_mixed(component, plan) ? mixed_restart_law(context, id)
                                               : restart_law(component, plan.probes, replica);
  if (toll.left() < toll.need) {
    if (by_itself || !component.movable || !loss.reschedules || !context.compiled.headroom)
      return result;
    std::vector<Stage> stages = ready_stages(plan.probes);
    stages.push_back(Stage::fixed(context.deployment.toleration_seconds + replica.start));
    if (component.storage.kind == StorageKind::network)
      stages.push_back(Stage::fixed(component.storage.reattach));
    result.ways.push_back({1.0, true, Delay(stages)});
    return result;
  }
  const bool standby = loss.kind == LossKind::replica;
  if (component.type == ComponentType::stateless || !component.failover || standby)
    return std::nullopt;
  const double success = success_after(component, toll);
  const FailoverLaw law = failover_law(component.failover->controller, plan.failover);
  if (success > 0.0) add_ways(result.ways, success, law.after_node_detection, law.law);
  if (success < 1.0) add_ways(result.ways, 1.0 - success, false, fixed(component.failover->manual));
  return result;
}

}  // namespace

RecoveryCurve::RecoveryCurve(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<RecoveryCurve> RecoveryCurve::make(const ServiceContext& context, const Loss& loss,
                                          ServiceId service, LevelId level) {
  auto state = std::make_unique<State>();
  State& s = *state;
  const System& system = context.system;
  // The network is up throughout, so that states with failures in it need not be followed.
  constexpr std::size_t kMostNodes = 1'000'000;
  Result<Structure> structure = make_structure(system, s.diagram, {kMostNodes, 0});
  if (!structure) return tl::unexpected(structure.error());
  s.structure = std::move(*structure);
  s.down = service_down(system, s.structure, s.diagram, service, Instant::single);
  s.everything_up.assign(s.diagram.probability_count(), 0.0);
  for (std::size_t v = 0; v < s.diagram.variable_count(); ++v)
    s.everything_up[s.diagram.first_probability(v)] = 1.0;
  s.repair = natural_repair(system, loss);
  s.detection = node_detection_law(system.node_detection);
  for (const ComponentId c : reach_of(system, service)) {
    if (s.structure.component[c] == kNone) continue;
    std::optional<Affected> hit;
    if (system.components[c].replicated()) hit = affected_by(context, loss, c, level);
    if (loss.kind == LossKind::external && loss.subject == c)
      hit = Affected{.ways = {{1.0, false, Delay({Stage::exponential(loss.repair)})}},
                     .natural = std::nullopt};
    if (!hit) continue;
    hit->variable = s.structure.component[c];
    for (const Way& way : hit->ways) s.waits_for_detection |= way.after_detection;
    s.affected.push_back(std::move(*hit));
  }
  if (loss.kind == LossKind::external)
    for (const auto& [gate, index] : s.structure.switchover_of)
      if (gate->of.front().component == loss.subject)
        s.switchovers.emplace_back(s.structure.switchovers[index].variable, *gate->switchover);
  return RecoveryCurve(std::move(state));
}

double RecoveryCurve::up(double t) const {
  HAPLAN_EXPECTS(t >= 0.0);
  const State& s = *state_;
  double works = 0.0;
  if (s.waits_for_detection)
    for (const DelayMixture::Part& part : s.detection.parts())
      works += part.probability * s.averaged(part.delay, t);
  else
    works = s.works(t, 0.0);
  if (!s.repair) return works;
  const double out = s.repair->above(t).value;
  return (1.0 - out) + out * works;
}

double RecoveryCurve::quantile(double p) const {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  constexpr double kNever = 1e12;
  constexpr double kDigits = 1e-9;
  // Rounding must not turn "all of it" into "not quite".
  const double enough = p * (1.0 - 1e-12);
  if (up(0.0) >= enough) return 0.0;
  double low = 0.0;
  double high = 1.0;
  while (up(high) < enough) {
    low = high;
    high *= 2.0;
    if (high > kNever) return std::numeric_limits<double>::infinity();
  }
  while (high - low > kDigits * high) {
    const double middle = low + (high - low) / 2.0;
    (up(middle) >= enough ? high : low) = middle;
  }
  return high;
}

}  // namespace haplan::model
