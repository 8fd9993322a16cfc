#include "model/availability/down_by_count.hpp"

namespace haplan::model {

std::vector<std::vector<double>> down_by_count(const System& system, const Deployment& deployment,
                                               const LoadTable& load,
                                               const ComponentNumbers& numbers,
                                               ComponentId component) {
  std::vector<std::vector<double>> down(system.levels.size());
  for (LevelId l = 0; l < down.size(); ++l) {
    const int n = replicas_at(system, load, deployment.components[component], component, l);
    const TableNumbers table =
        table_numbers(system, deployment, load, numbers,
                      {component, n, needed(system, load, component, l, n), l});
    for (int k = 0; k <= n; ++k) down[l].push_back(down_given(table, k, 1.0));
  }
  return down;
}

}  // namespace haplan::model
