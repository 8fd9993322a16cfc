#include "model/availability/window.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "model/availability/numbers.hpp"
#include "model/base/contract.hpp"
#include "model/numerics/compound_poisson.hpp"
#include "model/recovery/laws.hpp"
#include "model/system/load.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

constexpr double kTail = 0.99;

DelayMixture always(const Stage& stage) { return DelayMixture(Delay({stage})); }

/// The shape of a cause's outages: only ratios of its times matter.
class Shapes {
 public:
  Shapes(const System& system, const Deployment& deployment, const ComponentNumbers& numbers)
      : system_(system), deployment_(deployment), numbers_(numbers) {}

  [[nodiscard]] DelayMixture of(const Cause& cause) const {
    switch (cause.kind) {
      case CauseKind::replica: return of_replica(cause);
      case CauseKind::failover: return of_failover(cause.subject);
      case CauseKind::node: return of_mode(find(system_.nodes, cause.subject), cause.mode);
      case CauseKind::domain: return of_mode(find(system_.domains, cause.subject), cause.mode);
      case CauseKind::claim: return of_mode(find(system_.claims, cause.subject), cause.mode);
      case CauseKind::vertex:
        return of_mode(find(system_.network.vertices, cause.subject), cause.mode);
      case CauseKind::link: return of_mode(find(system_.network.links, cause.subject), cause.mode);
      case CauseKind::switchover:
      case CauseKind::ramp:
      case CauseKind::drain:
      case CauseKind::capacity: return always(Stage::fixed(1.0));
      default: return always(Stage::exponential(1.0));
    }
  }

 private:
  template <class T>
  static const T* find(const std::vector<T>& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &T::name);
    return found == all.end() ? nullptr : &*found;
  }

  template <class T>
  static DelayMixture of_mode(const T* what, const std::string& name) {
    if (what != nullptr)
      for (const DomainMode& mode : what->modes)
        if (mode.name == name && mode.rate > 0.0 && mode.repair > 0.0) return repair_law({mode});
    return always(Stage::exponential(1.0));
  }

  [[nodiscard]] DelayMixture of_replica(const Cause& cause) const {
    const auto c = static_cast<ComponentId>(find(system_.components, cause.subject) -
                                            system_.components.data());
    const Component& component = system_.components[c];
    const ComponentPlan& plan = deployment_.components[c];
    if (!is_mixed(component, plan))
      return of_mode(component, plan.probes, numbers_.replicas[c], cause.mode)
          .value_or(always(Stage::exponential(1.0)));
    for (const std::size_t v : used_variants(plan)) {
      const std::string own = component.variants[v].name + "/";
      if (cause.mode.rfind(own, 0) != 0) continue;
      if (auto law = of_mode(component.variants[v], plan.variants[v].probes,
                             numbers_.variants[c][v], cause.mode.substr(own.size())))
        return *law;
    }
    return always(Stage::exponential(1.0));
  }

  static std::optional<DelayMixture> of_mode(const Component& component, const Probes& probes,
                                             const ReplicaModel& replica, const std::string& name) {
    for (std::size_t m = 0; m < replica.modes.size(); ++m)
      if (replica.modes[m].name == name && replica.modes[m].mean > 0.0)
        return mode_law(component, probes, replica, m).law;
    return std::nullopt;
  }

  /// Planned switches, and losses with a failover that succeeds or is made by hand.
  [[nodiscard]] DelayMixture of_failover(const std::string& name) const {
    const Component* component = find(system_.components, name);
    const auto c = static_cast<ComponentId>(component - system_.components.data());
    const ComponentPlan& plan = deployment_.components[c];
    const int replicas = largest_replicas(system_, plan, c);
    std::vector<NodeId> nodes = plan.nodes;
    if (!nodes.empty()) nodes.resize(static_cast<std::size_t>(replicas));
    const std::vector<FailoverLoss> losses =
        failover_losses(system_, *component, numbers_.replicas[c], plan.failover, nodes, replicas);
    double planned = 0.0;
    double all = 0.0;
    for (const FailoverLoss& loss : losses) {
      all += loss.rate;
      if (loss.kind == FailoverLoss::Kind::drain) planned += loss.rate;
    }
    DelayMixture law;
    const double success = effective_success(*component, replicas);
    const DelayMixture automatic =
        failover_time_law(component->failover->controller, plan.failover, system_.node_detection);
    law.add(planned / all, Delay({Stage::fixed(component->failover->switchover)}));
    for (const DelayMixture::Part& part : automatic.parts())
      law.add((1.0 - planned / all) * success * part.probability, part.delay);
    law.add((1.0 - planned / all) * (1.0 - success),
            Delay({Stage::fixed(component->failover->manual)}));
    return law;
  }

  const System& system_;
  const Deployment& deployment_;
  const ComponentNumbers& numbers_;
};

Jumps jumps_of(double frequency, double share, double window, DelayMixture shape) {
  const double mean = share / frequency;
  const double scale = shape.mean() / mean;
  return {frequency * window, mean,
          [law = std::move(shape), scale](double t) { return law.at_most(t * scale).value; }};
}

}  // namespace

Result<WindowFigures> downtime_in_window(const System& system, const Deployment& deployment,
                                         const ServiceFigures& figures, double window,
                                         double budget) {
  HAPLAN_EXPECTS(window > 0.0);
  const Result<ComponentNumbers> numbers = component_numbers(system, deployment);
  if (!numbers) return tl::unexpected(numbers.error());
  const Shapes shapes(system, deployment, *numbers);
  std::vector<Jumps> jumps;
  double fixed = 0.0;
  std::vector<double> of_level(system.levels.size(), 0.0);
  for (const Cause& cause : figures.causes) {
    if (cause.kind == CauseKind::ramp || cause.kind == CauseKind::capacity) {
      const auto level = std::ranges::find(system.levels, cause.mode, &Level::name);
      of_level[static_cast<std::size_t>(level - system.levels.begin())] += cause.share;
    } else if (cause.frequency > 0.0) {
      jumps.push_back(jumps_of(cause.frequency, cause.share, window, shapes.of(cause)));
    } else {
      fixed += cause.share;
    }
  }
  for (LevelId level = 0; level < of_level.size(); ++level) {
    const double entries = figures.entry_frequency[level];
    if (entries > 0.0 && of_level[level] > 0.0)
      jumps.push_back(jumps_of(entries, of_level[level], window, always(Stage::fixed(1.0))));
    else
      fixed += of_level[level];
  }
  fixed *= window;
  const CompoundPoisson downtime(std::move(jumps));
  WindowFigures result;
  result.mean = fixed + downtime.mean();
  result.kept = downtime.at_most(budget - fixed);
  result.downtime_p99 = downtime.quantile(kTail);
  for (double* const end :
       {&result.downtime_p99.value, &result.downtime_p99.lower, &result.downtime_p99.upper})
    *end = std::min(window, *end + fixed);
  return result;
}

}  // namespace haplan::model
