#include "model/availability/causes.hpp"

namespace haplan::model {

Sensitivity sensitivity(const System& system, const Compiled& compiled, const Numbers& numbers,
                        const std::vector<double>& p, const std::vector<double>& value,
                        ServiceId service, double scale) {
  Sensitivity result;
  std::vector<double> adjoint(compiled.diagram.size(), 0.0);
  result.drained_node.assign(compiled.drain_stages.size(), 0.0);
  for (const Situation& world : compiled.worlds) {
    if (world.before) continue;
    const double share = system.levels[world.level].share;
    const Diagram::Ref down = world.service_down[service];
    adjoint[down] += share * drain_weight(numbers, world, scale);
    if (world.drained == kOut) {
      for (double& change : result.drained_node) change -= share * value[down];
    } else {
      result.drained_node[world.drained] +=
          share * numbers.drain_stages[world.drained][world.stage] * value[down];
    }
  }
  compiled.diagram.derivatives(p, value, adjoint, result.dp);
  return result;
}

}  // namespace haplan::model
