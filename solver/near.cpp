#include "solver/near.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/headroom.hpp"
#include "model/system/load.hpp"
#include "solver/judge.hpp"
#include "solver/misses.hpp"
#include "solver/phrases.hpp"
#include "solver/placement.hpp"
#include "solver/witness.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Nodes of one list that the other has too, replica by replica.
std::vector<NodeId> kept_nodes(std::vector<NodeId> before, std::vector<NodeId> after) {
  std::ranges::sort(before);
  std::ranges::sort(after);
  std::vector<NodeId> kept;
  std::ranges::set_intersection(before, after, std::back_inserter(kept));
  return kept;
}

std::size_t moved(const ComponentPlan& before, const ComponentPlan& after) {
  return std::min(before.nodes.size(), after.nodes.size()) -
         kept_nodes(before.nodes, after.nodes).size();
}

class Near {
 public:
  Near(const Problem& problem, const Deployment& running, int most, const SolveOptions& options)
      : problem_(problem),
        running_(running),
        most_(static_cast<std::size_t>(std::max(0, most))),
        options_(options),
        load_(load_table(problem.system)),
        witness_(unlucky_nodes(problem)),
        relaxation_(problem, witness_),
        misses_(problem, relaxation_) {
    options_.explain = false;
    if (options_.work_limit == 0) options_.work_limit = kStandardWork;
  }

  Result<Outcome> run() {
    for (std::size_t k = 0; k <= std::min(most_, problem_.decisions.size()); ++k) {
      choose(Box(problem_), 0, k);
      if (error_) return tl::unexpected(*error_);
    }
    if (best_) {
      best_->status = proved_ ? Status::optimal : Status::feasible;
      best_->bound_peak_replicas = proved_ ? best_->criteria.peak_replicas : 0.0;
      best_->work.units = units_;
      if (!proved_) best_->unproved = "not every choice of changes could be searched to its end";
      return std::move(*best_);
    }
    return none();
  }

 private:
  /// Exactly `left` more decisions change, among those from `from` on; the others of them keep their value.
  void choose(const Box& box, std::size_t from, std::size_t left) {
    if (error_ || stopped() || hopeless(box)) return;
    const std::size_t rest = problem_.decisions.size() - from;
    if (rest < left) return;
    if (rest == 0) {
      attempt(box);
      return;
    }
    const Decision& decision = problem_.decisions[from];
    const auto found = std::ranges::find(decision.values, assigned(running_, decision));
    const auto at = static_cast<std::size_t>(found - decision.values.begin());
    Box keeps = box;
    if (at > 0) keeps.keep_after(from, at - 1);
    keeps.keep_up_to(from, at);
    choose(keeps, from + 1, left);
    if (left > 0) choose(box, from + 1, left - 1);
  }

  bool stopped() {
    const bool now =
        units_ >= options_.work_limit || (options_.interrupted && options_.interrupted());
    if (now) proved_ = false;
    return now;
  }

  /// Nothing of the box is better than what is known, or meets every objective.
  bool hopeless(const Box& box) {
    constexpr std::size_t kUnitsOfFigures = 2'000;
    if (relaxation_.choices.empty(box)) return true;
    if (best_ && not_before(relaxation_.choices.least_rank(box), rank_, problem_.minimize))
      return true;
    const std::size_t asked = misses_.asked();
    const bool missed = misses_.find(box).has_value();
    units_ += (misses_.asked() - asked) * kUnitsOfFigures / 10;
    return missed;
  }

  [[nodiscard]] bool changes_count(const Box& box, ComponentId c) const {
    return std::ranges::any_of(relaxation_.choices.count_decisions(c),
                               [&](std::size_t d) { return !box.single(d); });
  }

  /// The best of the decisions that the box leaves open.
  void attempt(const Box& box) {
    Problem narrow = problem_;
    narrow.before = running_;
    narrow.decisions.clear();
    for (std::size_t d = 0; d < problem_.decisions.size(); ++d)
      if (!box.single(d)) narrow.decisions.push_back(problem_.decisions[d]);
    for (const ComponentId c : relaxation_.choices.replicated)
      if (problem_.placement_open[c] && !changes_count(box, c)) narrow.placement_open[c] = false;
    if (take(narrow)) return;
    // Perhaps it takes moves.
    if (narrow.decisions.size() == most_ || narrow.placement_open == problem_.placement_open)
      return;
    narrow.placement_open = problem_.placement_open;
    take(narrow);
  }

  /// True: a plan within the changes was found; it is kept if it is better.
  bool take(const Problem& narrow) {
    auto outcome = solve(narrow, options_);
    if (!outcome) {
      error_ = outcome.error();
      return false;
    }
    units_ += outcome->work.units;
    if (!outcome->has_plan) {
      if (outcome->status != Status::infeasible) proved_ = false;
      return false;
    }
    // Of replicas alone the bound is enough: settings and placement are compared nowhere.
    const bool least = problem_.minimize == std::vector{Preference::replicas}
                           ? outcome->bound_peak_replicas >= outcome->criteria.peak_replicas
                           : outcome->status == Status::optimal;
    if (!least) proved_ = false;
    Deployment plan = outcome->deployment;
    stay(plan);
    if (changes_between(problem_, running_, plan).size() > most_) plan = outcome->deployment;
    if (changes_between(problem_, running_, plan).size() > most_) {
      proved_ = false;
      return false;
    }
    const CountRank rank = relaxation_.choices.rank_of(plan);
    if (best_ && not_before(rank, rank_, problem_.minimize)) return true;
    rank_ = rank;
    outcome->deployment = std::move(plan);
    best_ = std::move(*outcome);
    return true;
  }

  /// Puts replicas back to where they run, if that keeps everything.
  void stay(Deployment& plan) const {
    Deployment closer = plan;
    for (const ComponentId c : relaxation_.choices.replicated) {
      const auto& before = running_.components[c].nodes;
      auto& after = closer.components[c].nodes;
      if (!problem_.placement_open[c] || moved(running_.components[c], closer.components[c]) == 0)
        continue;
      // The first ones where they are, new ones where the plan has them beyond that.
      std::vector<NodeId> nodes(
          before.begin(), before.begin() + std::ranges::min(std::ssize(before), std::ssize(after)));
      std::vector<NodeId> extra = after;
      for (const NodeId node : kept_nodes(after, nodes))
        extra.erase(std::ranges::find(extra, node));
      for (std::size_t i = 0; nodes.size() < after.size(); ++i) nodes.push_back(extra[i]);
      after = std::move(nodes);
    }
    if (closer == plan || !check_placement(problem_.system, load_, closer).ok) return;
    const auto met = meets_all(problem_, closer);
    if (met && *met == Kept::yes) plan = std::move(closer);
  }

  Result<Outcome> none() {
    Outcome outcome;
    outcome.status = proved_ ? Status::infeasible : Status::undecided;
    outcome.deployment = running_;
    outcome.work.units = units_;
    if (!proved_) return outcome;
    Infeasibility why;
    why.reason = "no plan within " + count_text(most_, "change") + " meets every objective";
    if (!problem_.budgets.empty()) why.reason += " and keeps the budgets";
    const auto free = solve(problem_, options_);
    if (free && free->has_plan) {
      const auto changes = changes_between(problem_, running_, free->deployment);
      why.would_help.push_back("--max-changes " + std::to_string(changes.size()) +
                               ": the best plan of all has as many");
      constexpr std::size_t kListed = 12;
      for (std::size_t i = 0; i < std::min(kListed, changes.size()); ++i)
        why.would_help.push_back("of them: " + changes[i]);
    } else if (free && free->status == Status::infeasible) {
      why.reason = "no plan at all meets every objective, whatever changes";
    }
    outcome.infeasibility = std::move(why);
    return outcome;
  }

  const Problem& problem_;
  const Deployment& running_;
  std::size_t most_;
  SolveOptions options_;
  LoadTable load_;
  std::vector<std::vector<NodeId>> witness_;
  Relaxation relaxation_;
  Misses misses_;
  std::optional<Outcome> best_;
  CountRank rank_;  ///< of it
  bool proved_ = true;
  std::size_t units_ = 0;
  std::optional<Error> error_;
};

}  // namespace

std::vector<std::string> changes_between(const Problem& problem, const Deployment& running,
                                         const Deployment& plan) {
  std::vector<std::string> changes;
  for (const Decision& decision : problem.decisions) {
    const double before = assigned(running, decision);
    const double after = assigned(plan, decision);
    if (before != after)
      changes.push_back(decision.path + " " + plain_number(before) + " -> " + plain_number(after));
  }
  for (ComponentId c = 0; c < plan.components.size(); ++c) {
    std::vector<NodeId> from = running.components[c].nodes;
    std::vector<NodeId> to = plan.components[c].nodes;
    for (const NodeId node : kept_nodes(from, to)) {
      from.erase(std::ranges::find(from, node));
      to.erase(std::ranges::find(to, node));
    }
    for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i)
      changes.push_back("a replica of " + problem.system.components[c].name + " moves from " +
                        problem.system.nodes[from[i]].name + " to " +
                        problem.system.nodes[to[i]].name);
  }
  return changes;
}

Result<Outcome> solve_near(const Problem& problem, const Deployment& running, int most_changes,
                           const SolveOptions& options) {
  return Near(problem, running, most_changes, options).run();
}

}  // namespace haplan::solver
