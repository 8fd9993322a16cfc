#include "solver/loss_cases.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "solver/objectives.hpp"

namespace haplan::solver {

using namespace model;

namespace {

std::array<std::vector<Loss>, kLimitedLosses> limited_losses(const Problem& problem,
                                                             ComponentId component) {
  const System& system = problem.system;
  const auto asked = [&](LossKind kind) {
    return std::ranges::any_of(
        problem.objectives, [kind](const Objective& o) { return max_loss(o, kind).has_value(); });
  };
  const auto of = [](LossKind kind) { return static_cast<std::size_t>(kind); };
  const Component& what = system.components[component];
  std::array<std::vector<Loss>, kLimitedLosses> losses;
  if (asked(LossKind::node))
    for (NodeId n = 0; n < system.nodes.size(); ++n)
      losses[of(LossKind::node)].push_back(loss_of_node(system, n));
  if (asked(LossKind::domain))
    for (const DomainId d : zones(system))
      losses[of(LossKind::domain)].push_back(loss_of_domain(system, d));
  if (asked(LossKind::replica) && can_lose_replica(what))
    losses[of(LossKind::replica)].push_back(loss_of_replica(system, component));
  if (asked(LossKind::primary) && has_primary(what))
    losses[of(LossKind::primary)].push_back(loss_of_primary(system, component));
  return losses;
}

}  // namespace

LossCases::LossCases(const Problem& problem, ComponentId component)
    : system_(problem.system), component_(component), losses_(limited_losses(problem, component)) {}

bool LossCases::placed(std::size_t kind) const {
  if (losses_[kind].empty()) return false;
  const Loss& what = losses_[kind].front();
  // What is down for good may hold replicas, so that even their own failures depend on where they are.
  return what.kind == LossKind::node || what.kind == LossKind::domain || !what.before.nodes.empty();
}

/// All that component_return sees of a loss of one kind.
std::size_t LossCases::case_of(std::size_t kind, const Case& what) {
  const auto seen = [&](const Case& c) {
    const Loss& loss = losses_[kind][c.loss];
    return std::tuple(loss.repair, loss.reschedules, c.headroom, c.toll.replicas, c.toll.need,
                      c.toll.absent, c.toll.lost, c.toll.nodes_alone);
  };
  std::vector<Case>& cases = tables_[kind].cases;
  const auto known =
      std::ranges::find_if(cases, [&](const Case& c) { return seen(c) == seen(what); });
  const auto index = static_cast<std::size_t>(known - cases.begin());
  if (known == cases.end()) cases.push_back(what);
  return index;
}

void LossCases::add(const LoadTable& load, const std::vector<int>& replicas,
                    const std::vector<NodeId>& nodes) {
  for (std::size_t kind = 0; kind < kLimitedLosses; ++kind) {
    auto& placements = tables_[kind].placements;
    if (losses_[kind].empty() || (!placed(kind) && !placements[0].empty())) continue;
    for (const bool headroom : {false, true}) {
      std::set<std::size_t> own;
      for (std::size_t loss = 0; loss < losses_[kind].size(); ++loss)
        for (LevelId l = 0; l < replicas.size(); ++l) {
          const int n = replicas[l];
          const int need = needed(system_, load, component_, l, n);
          const Toll toll =
              toll_on(system_, losses_[kind][loss], component_, nodes, n, need, headroom);
          own.insert(case_of(kind, {loss, toll, headroom}));
        }
      placements[headroom ? 1 : 0].insert({own.begin(), own.end()});
    }
  }
}

Ends LossCases::after(std::size_t kind, const Deployment& deployment, const ReplicaModel& replica,
                      bool headroom) const {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const Table& table = tables_[kind];
  if (table.placements[1].empty()) return {0.0, kNever};
  std::vector<double> times;
  for (const Case& one : table.cases)
    times.push_back(component_return(system_, deployment, component_, replica,
                                     losses_[kind][one.loss], one.toll, one.headroom)
                        .time);
  Ends ends{kNever, 0.0};
  // Without headroom the mean repair counts, which may be the shorter one.
  for (const bool given : {false, true}) {
    if (headroom && !given) continue;
    for (const auto& placement : table.placements[given ? 1 : 0]) {
      double worst = 0.0;
      for (const std::size_t one : placement) worst = std::max(worst, times[one]);
      ends.low = std::min(ends.low, worst);
      ends.high = std::max(ends.high, worst);
    }
  }
  return ends;
}

}  // namespace haplan::solver
