#include "solver/preference.hpp"

#include <algorithm>
#include <cmath>

#include "model/system/load.hpp"
#include "model/system/variants.hpp"

namespace haplan::solver {

namespace {

std::int64_t requested(const model::Component& body, const char* resource) {
  const auto found = body.requests.find(resource);
  return found == body.requests.end() ? 0 : found->second;
}

void add_requests(const Problem& problem, const model::Deployment& deployment, Rank& rank) {
  const model::Resolved plain = model::resolve(problem.system, deployment);
  const model::LoadTable load = model::load_table(plain.system);
  model::LevelId busiest = 0;
  int most = -1;
  for (model::LevelId level = 0; level < plain.system.levels.size(); ++level) {
    int sum = 0;
    for (model::ComponentId c = 0; c < plain.system.components.size(); ++c)
      if (plain.system.components[c].replicated())
        sum += model::replicas_at(plain.system, load, plain.deployment.components[c], c, level);
    if (sum > most) {
      most = sum;
      busiest = level;
    }
  }
  for (model::ComponentId c = 0; c < plain.system.components.size(); ++c) {
    const model::Component& component = plain.system.components[c];
    const model::ComponentPlan& plan = plain.deployment.components[c];
    if (!component.replicated()) continue;
    const auto add = [&rank](const model::Component& body, int replicas) {
      rank.cpu += replicas * requested(body, "cpu");
      rank.memory += replicas * requested(body, "memory");
    };
    if (component.variants.empty())
      add(component, model::replicas_at(plain.system, load, plan, c, busiest));
    for (std::size_t v = 0; v < component.variants.size(); ++v)
      add(component.variants[v], plan.variants[v].replicas);
  }
}

}  // namespace

int compare_figures(double a, double b) {
  if (std::abs(a - b) <= kEqualFigures * std::max(std::abs(a), std::abs(b))) return 0;
  return a < b ? -1 : 1;
}

Rank rank_of(const Problem& problem, const model::Deployment& deployment) {
  Rank rank;
  for (const Preference what : problem.minimize) {
    const Cost spent =
        what == Preference::cost ? cost_of(problem, deployment) : replicas_of(problem, deployment);
    rank.amounts.push_back(spent.peak);
    rank.amounts.push_back(spent.mean);
  }
  add_requests(problem, deployment, rank);
  return rank;
}

int compare(const Rank& a, const Rank& b) {
  for (std::size_t i = 0; i < a.amounts.size(); ++i) {
    // Means are of shares that were rounded.
    const bool mean = i % 2 == 1;
    const int c = mean ? compare_figures(a.amounts[i].value(), b.amounts[i].value())
                       : compare(a.amounts[i], b.amounts[i]);
    if (c != 0) return c;
  }
  if (a.cpu != b.cpu) return a.cpu < b.cpu ? -1 : 1;
  return a.memory == b.memory ? 0 : a.memory < b.memory ? -1 : 1;
}

}  // namespace haplan::solver
