#include "solver/verify/enumeration.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/allowed.hpp"
#include "model/availability/headroom.hpp"
#include "solver/verify/judged.hpp"

namespace haplan::solver {

using namespace model;

namespace {

class Enumeration {
 public:
  Enumeration(Choices& choices, Deployment deployment, const model::Stop& stop)
      : choices_(choices), deployment_(std::move(deployment)), stop_(stop) {}

  std::optional<std::size_t> run() {
    const Problem& problem = choices_.problem;
    if (problem.system.nodes.empty())
      return misses() ? std::optional<std::size_t>(1) : std::nullopt;
    std::vector<std::size_t> all_different(problem.system.nodes.size());
    std::iota(all_different.begin(), all_different.end(), std::size_t{0});
    double combinations = 1.0;
    for (const ComponentId c : choices_.replicated) {
      if (!problem.placement_open[c]) continue;
      const PlacementRule rule = placement_rule(problem.system, choices_.load,
                                                deployment_.components[c], c, CarriedRules{});
      PlacementList list = allowed_placements(rule, all_different, kMost + 1);
      combinations *= static_cast<double>(list.placements.size());
      if (!list.complete || combinations > static_cast<double>(kMost)) return std::nullopt;
      open_.push_back(c);
      lists_.push_back(std::move(list.placements));
    }
    if (!visit(0)) return std::nullopt;
    return looked_at_;
  }

 private:
  /// False: some placement meets every objective.
  bool visit(std::size_t depth) {
    if (depth == open_.size()) {
      if (!check_placement(choices_.problem.system, choices_.load, deployment_).ok) return true;
      ++looked_at_;
      return misses();
    }
    return std::ranges::all_of(lists_[depth], [&](const std::vector<NodeId>& nodes) {
      deployment_.components[open_[depth]].nodes = nodes;
      return visit(depth + 1);
    });
  }

  bool misses() {
    if (stop_ && stop_()) return false;
    const auto checks = judged(choices_.problem, deployment_, stop_);
    return checks && !std::ranges::all_of(*checks, &ObjectiveCheck::met);
  }

  static constexpr std::size_t kMost = 1'000;
  Choices& choices_;
  Deployment deployment_;
  const model::Stop& stop_;
  std::size_t looked_at_ = 0;
  std::vector<ComponentId> open_;
  std::vector<std::vector<std::vector<NodeId>>> lists_;
};

}  // namespace

std::optional<std::size_t> all_placements_miss(Choices& choices, const Box& box,
                                               const model::Stop& stop) {
  const Problem& problem = choices.problem;
  Deployment deployment = problem.before;
  for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
    if (!box.single(d)) return std::nullopt;
    assign(deployment, problem.decisions[d], problem.decisions[d].values[box.of(d).first]);
  }
  if (choices.empty(box)) return std::nullopt;
  return Enumeration(choices, std::move(deployment), stop).run();
}

}  // namespace haplan::solver
