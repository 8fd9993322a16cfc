#include <algorithm>

#include "model/simulate/simulate.hpp"

namespace haplan::model {

namespace {

constexpr double kHour = 3600.0;

/// The longest mean repair of things that fail in modes. [s]
template <class T>
double longest_repair(const std::vector<T>& things) {
  double longest = 0.0;
  for (const T& thing : things)
    for (const DomainMode& mode : thing.modes)
      if (mode.rate > 0.0) longest = std::max(longest, mode.repair);
  return longest;
}

/// The longest mean stay in a state that is ever left. [s]
double longest_stay(const StateChain& chain) {
  std::vector<double> rate(chain.states.size(), 0.0);
  for (const ChainTransition& transition : chain.transitions)
    rate[transition.from] += transition.rate;
  double longest = 0.0;
  for (const double r : rate)
    if (r > 0.0) longest = std::max(longest, 1.0 / r);
  return longest;
}

double longest_outage(const Component& component, const ComponentPlan& plan) {
  double longest = 0.0;
  for (const FailureMode& mode : component.modes)
    longest = std::max(longest, mode.repair.value_or(0.0));
  for (const CommonCause& cause : component.common_causes)
    longest = std::max(longest, cause.outage);
  longest = std::max(longest, component.grace + component.shutdown + component.start);
  for (const auto& probe : {plan.probes.liveness, plan.probes.readiness, plan.probes.startup})
    if (probe)
      longest = std::max(longest, 1.0 * (probe->period + probe->timeout) *
                                      (probe->failure_threshold + probe->success_threshold));
  if (component.failover) longest = std::max(longest, component.failover->manual);
  if (component.external) longest = std::max(longest, component.external->repair);
  if (component.chain) longest = std::max(longest, longest_stay(*component.chain));
  return longest;
}

}  // namespace

double settling_time(const System& system, const Deployment& deployment) {
  constexpr double kTimes = 10.0;
  double longest = 0.1 * kHour;
  longest = std::max({longest, longest_repair(system.nodes), longest_repair(system.domains),
                      longest_repair(system.claims), longest_repair(system.network.vertices),
                      longest_repair(system.network.links)});
  for (std::size_t c = 0; c < system.components.size(); ++c)
    longest = std::max(longest, longest_outage(system.components[c], deployment.components[c]));
  if (system.drain) longest = std::max(longest, system.drain->per_node);
  return kTimes * longest;
}

}  // namespace haplan::model
