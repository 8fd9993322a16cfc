#include "solver/near.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "model/availability/headroom.hpp"
#include "model/system/load.hpp"
#include "model/system/variants.hpp"
#include "solver/judge.hpp"
#include "solver/kind.hpp"
#include "solver/misses.hpp"
#include "solver/most_available.hpp"
#include "solver/phrases.hpp"
#include "solver/placement.hpp"
#include "solver/preference.hpp"
#include "solver/redundancy.hpp"
#include "solver/succession.hpp"
#include "solver/witness.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// The best of what was found, and what was not searched to its end.
struct Nearest {
  std::optional<Outcome> best;  ///< its deployment one of the whole problem
  Rank rank;                    ///< of it
  CountRank counts;             ///< what comes before changes
  std::size_t changes = 0;      ///< of it
  bool proved = true;
};

/// Whether an outcome comes before what was found.
bool comes_before(const Problem& problem, const Nearest& other, const Nearest& found) {
  if (!found.best) return true;
  if (!not_before(other.counts, found.counts, problem.minimize)) return true;
  if (!not_before(found.counts, other.counts, problem.minimize)) return false;
  if (other.changes != found.changes) return other.changes < found.changes;
  if (const int c = compare(other.rank, found.rank); c != 0) return c < 0;
  const Criteria& now = other.best->criteria;
  const Criteria& best = found.best->criteria;
  if (const int c = compare_figures(now.probe_rate, best.probe_rate); c != 0) return c < 0;
  return compare_figures(now.unavailability, best.unavailability) < 0;
}

/// Which changes a plan makes, a few of them in words.
void tell(const std::vector<std::string>& changes, Infeasibility& why) {
  constexpr std::size_t kListed = 12;
  for (std::size_t i = 0; i < std::min(kListed, changes.size()); ++i)
    why.would_help.push_back("of them: " + changes[i]);
}

/// How many changes give a plan, and how many the best one takes.
Infeasibility why_nothing_near(const Problem& problem, const Deployment& running, std::size_t most,
                               const SolveOptions& options) {
  Infeasibility why;
  why.reason = "no plan within " + count_text(most, "change") + " meets every objective";
  if (!problem.budgets.empty()) why.reason += " and keeps the budgets";
  Succession searches(options);
  Problem any = problem;
  any.maximize_availability = false;
  const auto free = searches.search(problem, false);
  if (free && free->status == Status::infeasible)
    why.reason = "no plan at all meets every objective, whatever changes";
  if (!free || !free->has_plan) return why;
  const auto best = changes_between(problem, running, free->deployment);
  for (std::size_t n = most + 1; n < best.size() && !searches.ended(); ++n) {
    Succession near(options, [&](const Problem& asked, const SolveOptions& how) {
      return solve_near(asked, running, static_cast<int>(n), how);
    });
    near.charge(searches.work().units);
    const auto some = near.search(any, false);
    searches.charge(near.work().units - searches.work().units);
    if (!some || !some->has_plan) continue;
    const auto changes = changes_between(problem, running, some->deployment);
    why.would_help.push_back("--max-changes " + std::to_string(changes.size()) + " gives a plan");
    tell(changes, why);
    break;
  }
  why.would_help.push_back("--max-changes " + std::to_string(best.size()) +
                           ": the best plan of all has as many");
  if (why.would_help.size() == 1) tell(best, why);
  return why;
}

/// One choice of variants, or a problem without any.
class Near {
 public:
  ///   plain  picked_problem(problem, picks), which says nothing of maximised availability
  Near(const Problem& problem, const Picks& picks, const Problem& plain, const Deployment& running,
       std::size_t most, Succession& searches, Nearest& nearest)
      : problem_(problem),
        picks_(picks),
        plain_(plain),
        running_(running),
        standing_(standing_of(problem, picks, plain, running)),
        most_(most),
        searches_(searches),
        nearest_(nearest),
        load_(load_table(plain.system)),
        witness_(unlucky_nodes(plain)),
        relaxation_(plain, witness_),
        misses_(plain, relaxation_) {
    constexpr double kMost = 2e6;  // of a box: a search says more than figures of large placements
    relaxation_.stop_by(
        [this](double operations) { return (asked_operations_ += operations) > kMost; });
    for (const bool counts : {true, false})
      for (std::size_t d = 0; d < plain.decisions.size(); ++d)
        if (relaxation_.choices.is_count(d) == counts) order_.push_back(d);
    for (const std::size_t d : order_) counts_ += relaxation_.choices.is_count(d) ? 1 : 0;
  }

  std::optional<Error> run() {
    for (std::size_t k = 0; standing_.variants + k <= most_ && k <= plain_.decisions.size(); ++k) {
      edits_ = standing_.variants + k;
      choose(Box(plain_), 0, k);
      if (error_) break;
    }
    return error_;
  }

 private:
  /// Exactly `left` more decisions change, among those of the order from `from` on; the others of them keep their value.
  void choose(const Box& box, std::size_t from, std::size_t left) {
    if (order_.size() - from < left || error_ || stopped()) return;
    if (left == 0) {
      Box all = box;
      for (std::size_t i = from; i < order_.size(); ++i)
        if (!keep(all, order_[i])) return;
      if (!hopeless(without_more(all))) attempt(all);
      return;
    }
    // Where one is left, asking costs more than it saves: nearly every decision is open yet.
    if (left > 1 && hopeless(box)) return;
    const bool counts_known = from == counts_;
    if ((counts_known || (from == 0 && left > 1)) && outdone(box)) return;
    if (Box keeps = box; keep(keeps, order_[from])) choose(keeps, from + 1, left);
    if (standing_.values[order_[from]]) choose(box, from + 1, left - 1);
  }

  /// Leaves the value that runs, where something does: else it comes with the variant. False: its range does not have it.
  bool keep(Box& box, std::size_t d) const {
    const std::optional<double>& value = standing_.values[d];
    if (!value) return true;
    const std::vector<double>& values = plain_.decisions[d].values;
    const auto found = std::ranges::find(values, *value);
    if (found == values.end()) return false;
    const auto at = static_cast<std::size_t>(found - values.begin());
    if (at > 0) box.keep_after(d, at - 1);
    box.keep_up_to(d, at);
    return true;
  }

  /// Without the counts with which nothing can be better than what is known.
  Box without_more(Box box) {
    for (const ComponentId c : relaxation_.choices.replicated)
      for (const std::size_t d : relaxation_.choices.count_decisions(c))
        while (!box.single(d)) {
          const std::size_t last = box.of(d).last;
          Box most = box;
          most.keep_after(d, last - 1);
          if (!useless(most)) break;
          box.keep_up_to(d, last - 1);
        }
    return box;
  }

  bool stopped() {
    const bool now = searches_.ended();
    if (now) nearest_.proved = false;
    return now;
  }

  /// Nothing that ranks so at best can be better than what is known.
  [[nodiscard]] bool useless(const CountRank& least) const {
    if (!nearest_.best || !not_before(least, nearest_.counts, problem_.minimize)) return false;
    const bool equal = not_before(nearest_.counts, least, problem_.minimize);
    return !equal || edits_ >= nearest_.changes;
  }

  /// The same of a box.
  bool useless(const Box& box) {
    return relaxation_.choices.empty(box) || useless(relaxation_.choices.least_rank(box));
  }

  /// The same, whatever else of the box changes and moves.
  bool outdone(const Box& box) {
    auto known = floors_.find(box.key(order_));
    if (known == floors_.end()) known = floors_.emplace(box.key(order_), floor_of(box)).first;
    const Floor& floor = known->second;
    return floor.nothing || (floor.least && useless(*floor.least));
  }

  /// What is known of the best plan of a part, whatever changes and moves.
  struct Floor {
    bool nothing = false;  ///< no plan at all
    std::optional<CountRank> least;
  };

  Floor floor_of(const Box& box) {
    constexpr std::size_t kUnits = 2'000'000;
    const auto outcome = searches_.ask(narrowed(box), only_replicas(), kUnits);
    if (!outcome) {
      error_ = outcome.error();
      return {};
    }
    if (!outcome->has_plan) return {outcome->status == Status::infeasible, std::nullopt};
    if (!is_least(*outcome)) return {};
    return {false, relaxation_.choices.rank_of(outcome->deployment)};
  }

  /// No plan of what was searched comes before it, in what is compared.
  [[nodiscard]] bool is_least(const Outcome& outcome) const {
    return outcome.status == Status::optimal || (outcome.fewest && only_replicas());
  }

  /// Nothing else is minimised, so that the first plan of fewest replicas says what is compared.
  [[nodiscard]] bool only_replicas() const {
    return problem_.minimize == std::vector{Preference::replicas};
  }

  /// Nothing of the box is better than what is known, or meets every objective.
  bool hopeless(const Box& box) {
    if (useless(box)) return true;
    asked_operations_ = 0.0;
    const bool missed = misses_.find(box).has_value();
    searches_.charge(units_of(asked_operations_));
    return missed;
  }

  [[nodiscard]] bool changes_count(const Box& box, ComponentId c) const {
    return std::ranges::any_of(relaxation_.choices.count_decisions(c),
                               [&](std::size_t d) { return !box.single(d); });
  }

  /// What runs, with the decisions that the box leaves open, and every placement.
  [[nodiscard]] Problem narrowed(const Box& box) const {
    Problem narrow = plain_;
    narrow.before = standing_.deployment;
    narrow.decisions.clear();
    for (std::size_t d = 0; d < plain_.decisions.size(); ++d)
      if (!box.single(d)) narrow.decisions.push_back(plain_.decisions[d]);
    return narrow;
  }

  /// The best of the decisions that the box leaves open, replicas where they run; then with some of them elsewhere.
  void attempt(const Box& box) {
    Problem narrow = narrowed(box);
    std::vector<ComponentId> stay;
    for (const ComponentId c : relaxation_.choices.replicated) {
      if (!plain_.placement_open[c] || !standing_.stays[c] || changes_count(box, c)) continue;
      stay.push_back(c);
      narrow.placement_open[c] = false;
    }
    if (const auto found = look(narrow)) offer(*found);
    if (edits_ == most_ || stay.empty() || error_) return;
    if (nearest_.best &&
        not_before(relaxation_.choices.least_rank(box), nearest_.counts, problem_.minimize))
      return;
    // Perhaps it takes moves. What all of them together cannot do, some cannot either.
    Problem open = narrow;
    open.placement_open = plain_.placement_open;
    const auto all = look(open);
    if (!all || !improves(*all) || offer(*all)) return;
    unclear_ = false;
    move_some(narrow, stay, 0, most_ - edits_);
    if (unclear_ && improves(*all)) nearest_.proved = false;
  }

  /// With the placement of up to so many components open: one change each at least.
  void move_some(const Problem& narrow, const std::vector<ComponentId>& stay, std::size_t from,
                 std::size_t left) {
    if (left == 0) return;
    for (std::size_t i = from; i < stay.size() && !error_ && !stopped(); ++i) {
      Problem moving = narrow;
      moving.placement_open[stay[i]] = true;
      if (const auto found = look(moving); found && !offer(*found) && improves(*found))
        unclear_ = true;
      move_some(moving, stay, i + 1, left - 1);
    }
  }

  struct Found {
    Outcome outcome;
    Deployment plan;  ///< of the whole problem
    CountRank counts;
    std::size_t changes = 0;
  };

  /// The best of a part, as near to what runs as putting replicas back gets it.
  std::optional<Found> look(const Problem& narrow) {
    Result<Outcome> outcome = searches_.search(narrow, false);
    if (!outcome) {
      error_ = outcome.error();
      return std::nullopt;
    }
    if (!outcome->has_plan) {
      if (outcome->status != Status::infeasible) nearest_.proved = false;
      return std::nullopt;
    }
    if (!is_least(*outcome)) nearest_.proved = false;
    Found found{std::move(*outcome), {}, {}, 0};
    const Deployment far = found.outcome.deployment;
    Deployment near = far;
    stay_where_possible(near);
    found.plan = in_variants(problem_, picks_, near);
    found.changes = changes_between(problem_, running_, found.plan).size();
    found.counts = relaxation_.choices.rank_of(near);
    return found;
  }

  /// It would be the best, whatever has to change for it.
  [[nodiscard]] bool improves(const Found& found) const {
    return !nearest_.best || !not_before(found.counts, nearest_.counts, problem_.minimize);
  }

  /// False: it takes too many changes.
  bool offer(const Found& found) {
    if (found.changes > most_) return false;
    Nearest other{found.outcome, rank_of(problem_, found.plan), found.counts, found.changes,
                  nearest_.proved};
    other.best->deployment = found.plan;
    if (comes_before(problem_, other, nearest_)) nearest_ = std::move(other);
    return true;
  }

  /// Puts replicas back to where they run: all of them, else component by component, where that keeps everything.
  void stay_where_possible(Deployment& plan) const {
    std::vector<ComponentId> away;
    for (const ComponentId c : relaxation_.choices.replicated)
      if (plain_.placement_open[c] && moved(running_.components[c], plan.components[c]) > 0)
        away.push_back(c);
    if (away.empty() || put_back(plan, away) || away.size() == 1) return;
    for (const ComponentId c : away) put_back(plan, {c});
  }

  bool put_back(Deployment& plan, const std::vector<ComponentId>& away) const {
    Deployment closer = plan;
    for (const ComponentId c : away) {
      const auto& before = running_.components[c].nodes;
      auto& after = closer.components[c].nodes;
      // The first ones where they are, new ones where the plan has them beyond that.
      std::vector<NodeId> nodes(
          before.begin(), before.begin() + std::ranges::min(std::ssize(before), std::ssize(after)));
      std::vector<NodeId> extra = after;
      for (const NodeId node : nodes)
        if (const auto same = std::ranges::find(extra, node); same != extra.end())
          extra.erase(same);
      for (std::size_t i = 0; nodes.size() < after.size(); ++i) nodes.push_back(extra[i]);
      after = std::move(nodes);
    }
    if (!check_placement(plain_.system, load_, closer).ok) return false;
    const auto met = meets_all(plain_, closer);
    if (!met || *met != Kept::yes) return false;
    plan = std::move(closer);
    return true;
  }

  const Problem& problem_;
  const Picks& picks_;
  const Problem& plain_;
  const Deployment& running_;
  Standing standing_;
  std::size_t most_;
  Succession& searches_;
  Nearest& nearest_;
  LoadTable load_;
  std::vector<std::vector<NodeId>> witness_;
  Relaxation relaxation_;
  Misses misses_;
  double asked_operations_ = 0.0;                     ///< of `misses_`, for the last box
  std::vector<std::size_t> order_;                    ///< all decisions, first those on counts
  std::size_t counts_ = 0;                            ///< so many of them
  std::map<std::vector<std::size_t>, Floor> floors_;  ///< by box
  bool unclear_ = false;                              ///< moves were left out that might have done
  std::size_t edits_ = 0;                             ///< variants and decisions that change
  std::optional<Error> error_;
};

/// All choices of variants that are near enough.
class Ways {
 public:
  Ways(const Problem& problem, const Deployment& running, int most, const SolveOptions& options)
      : problem_(problem),
        running_(running),
        most_(static_cast<std::size_t>(std::max(0, most))),
        options_(options),
        explain_(options.explain) {
    if (options_.work_limit == 0) options_.work_limit = kStandardWork;
    for (const VariantChoice& choice : problem.choices)
      now_.push_back(used_variants(running.components[choice.component]).front());
  }

  Result<Outcome> run() {
    Succession searches(options_);
    // The fewest other variants first: of equal plans that with fewer changes is wanted.
    for (std::size_t k = 0; k <= std::min(most_, now_.size()); ++k)
      if (const auto error = choose(searches, now_, 0, k)) return tl::unexpected(*error);
    Outcome outcome;
    if (nearest_.best) {
      outcome = std::move(*nearest_.best);
      outcome.status = nearest_.proved ? Status::optimal : Status::feasible;
      outcome.bound_peak_replicas =
          nearest_.proved && counts_replicas_first() ? outcome.criteria.peak_replicas : 0.0;
      outcome.unproved.clear();
      if (!nearest_.proved)
        outcome.unproved = "not every choice of changes could be searched to its end";
    } else {
      outcome = none();
    }
    outcome.stop = nearest_.proved ? Stop::none : searches.stop();
    outcome.work = searches.work();
    return outcome;
  }

 private:
  [[nodiscard]] bool counts_replicas_first() const {
    return problem_.minimize.front() == Preference::replicas;
  }

  /// Exactly `left` more components run another variant, among those from `from` on.
  std::optional<Error> choose(Succession& searches, const Picks& picks, std::size_t from,
                              std::size_t left) {
    if (picks.size() - from < left) return std::nullopt;
    if (left == 0) {
      const Problem plain = picked_problem(problem_, picks);
      if (!claims_agree(plain.system)) return std::nullopt;
      return Near(problem_, picks, plain, running_, most_, searches, nearest_).run();
    }
    if (const auto error = choose(searches, picks, from + 1, left)) return error;
    for (const std::size_t variant : problem_.choices[from].allowed) {
      if (variant == now_[from]) continue;
      Picks other = picks;
      other[from] = variant;
      if (const auto error = choose(searches, other, from + 1, left - 1)) return error;
    }
    return std::nullopt;
  }

  Outcome none() {
    Outcome outcome;
    outcome.status = nearest_.proved ? Status::infeasible : Status::undecided;
    outcome.deployment = running_;
    if (nearest_.proved && explain_)
      outcome.infeasibility = why_nothing_near(problem_, running_, most_, options_);
    return outcome;
  }

  const Problem& problem_;
  const Deployment& running_;
  std::size_t most_;
  SolveOptions options_;
  bool explain_;
  Picks now_;
  Nearest nearest_;
};

/// Where nothing is placed and only replicas and variants are open: changes are one more amount that is limited.
std::optional<Result<Outcome>> near_redundancy(const Problem& problem, const Deployment& running,
                                               int most, const SolveOptions& options) {
  const Nearness nearness{running, std::max(0, most)};
  SolveOptions quiet = options;
  quiet.explain = false;
  auto outcome = solve_redundancy(problem, quiet, &nearness);
  if (!outcome || !*outcome || (*outcome)->status != Status::infeasible || !options.explain)
    return outcome;
  (*outcome)->deployment = running;
  (*outcome)->infeasibility =
      why_nothing_near(problem, running, static_cast<std::size_t>(nearness.most_changes), options);
  return outcome;
}

}  // namespace

Result<Outcome> solve_near(const Problem& problem, const Deployment& running, int most_changes,
                           const SolveOptions& options) {
  if (is_redundancy(problem))
    if (auto outcome = near_redundancy(problem, running, most_changes, options))
      return std::move(*outcome);
  if (std::ranges::any_of(problem.system.components, &Component::mix))
    return solve(problem, options);  // which says what is wrong
  const auto near = [&](const Problem& asked, const SolveOptions& how) {
    return Ways(asked, running, most_changes, how).run();
  };
  return problem.maximize_availability ? most_available(problem, options, near)
                                       : near(problem, options);
}

}  // namespace haplan::solver
