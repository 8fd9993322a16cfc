#include "solver/front.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/system/variants.hpp"
#include "solver/judge.hpp"
#include "solver/kind.hpp"
#include "solver/least_amount.hpp"
#include "solver/preference.hpp"
#include "solver/run.hpp"
#include "solver/sharpest.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Relative, of costs that count as the same.
constexpr double kSameCost = 1e-11;

class Fronts {
 public:
  Fronts(const Problem& problem, const SolveOptions& options,
         const std::function<void(const Front&)>& so_far)
      : problem_(problem),
        so_far_(so_far),
        options_(options),
        run_(options),
        sharpest_(problem),
        variants_(has_variants(problem.system)) {
    front_.size = problem.minimize.front();
    options_.run = &run_;
    front_.maximised = problem.maximize_availability;
    for (const Objective& objective : problem.objectives)
      if (objective.max_unavailability || front_.maximised)
        add_service(objective.service, objective.max_unavailability.value_or(1.0));
    if (!front_.services.empty()) return;
    for (const Objective& objective : problem.objectives) add_service(objective.service, 1.0);
  }

  Result<Front> run() {
    std::optional<Error> error = begin();
    while (!error && !over()) error = climb();
    if (!error) error = find_target();
    if (error) return tl::unexpected(*error);
    front_.work = run_.units();
    return std::move(front_);
  }

 private:
  /// What is known of plans that reach a little more than the last point.
  struct Beyond {
    Problem question;
    std::optional<Outcome> as_large;  ///< a plan of its size, at most
    bool none_as_large = false;       ///< proved
    std::optional<Outcome> larger;    ///< with one replica more
    bool none_larger = false;         ///< proved
  };

  [[nodiscard]] bool over() const { return front_.complete || !front_.unproved.empty(); }

  /// One question of many, with its share of the work.
  Result<Outcome> ask(const Problem& question, bool any_plan) {
    constexpr std::size_t kUnits = 10'000'000;
    if (so_far_) so_far_(front_);
    SolveOptions own = options_;
    own.explain = false;
    own.any_plan = any_plan;
    own.work_limit = own.work_limit == 0 ? kUnits : std::min(kUnits, own.work_limit);
    return solve(question, own);
  }

  /// Any plan that is no larger than this.
  Result<Outcome> within(const Problem& asked, const CountRank& size) {
    if (!counted()) return within_cost(asked, size.peak_cost * (1.0 + kSameCost));
    Problem question = any_of(asked);
    question.budgets.push_back({Budget::Kind::replicas, "replicas", {size.peak, 1}});
    return ask(question, true);
  }

  Result<Outcome> within_cost(const Problem& asked, double most) {
    Problem question = any_of(asked);
    question.budgets.push_back({Budget::Kind::cost, "cost", at_most(most)});
    return ask(question, true);
  }

  /// Whether there is a plan does not depend on what is preferred, but who may answer that does.
  static Problem any_of(Problem question) {
    if (!is_redundancy(question)) question.minimize = {Preference::replicas};
    return question;
  }

  /// The smallest plan.
  std::optional<Error> begin() {
    const Problem question = with_limits(std::nullopt);
    const Result<Outcome> outcome = ask(question, false);
    if (!outcome) return outcome.error();
    front_.complete = outcome->status == Status::infeasible;
    if (front_.complete) return std::nullopt;
    if (outcome->has_plan) return add(question, *outcome, is_smallest(*outcome));
    front_.unproved = "a limit of work or time came before a plan was found";
    return std::nullopt;
  }

  /// A point that reaches more than those there are.
  ///   smallest  no size between the last point's and its own reaches more than that
  std::optional<Error> add(const Problem& question, const Outcome& outcome, bool smallest) {
    auto point = point_of(question, outcome.deployment);
    if (!point) return point.error();
    while (!front_.points.empty() && !larger(*point, front_.points.back()))
      front_.points.pop_back();
    front_.points.push_back(std::move(*point));
    smallest_ = smallest;
    // Above this the point itself is out for certain.
    if (std::isinf(front_.points.back().figure_reach)) {
      front_.complete = true;
      front_.points.back().proved = smallest;
    }
    return std::nullopt;
  }

  /// The most that plans of the last point's size reach, and the next size.
  std::optional<Error> climb() {
    auto beyond = improve();
    if (!beyond) return beyond.error();
    if (over()) return std::nullopt;
    front_.points.back().proved = smallest_ && beyond->none_as_large;
    return grow(*beyond);
  }

  /// Figures that are known as intervals end where the limit is, so that plans would follow each other that are hardly better:
  /// after a few of them ever more is asked for.
  Result<Beyond> improve() {
    constexpr int kFew = 3;
    constexpr double kGrowth = 30.0;
    int found = 0;  // in turn
    double step = kStep;
    double in_vain = kNever;  // no plan was found that reaches this
    Beyond beyond;
    while (!over()) {
      const FrontPoint& last = front_.points.back();
      const double least = last.figure_reach * (1.0 + kStep);
      const double halfway = std::sqrt(last.figure_reach) * std::sqrt(in_vain);
      const double wanted = std::max(least, std::min(last.figure_reach * (1.0 + step), halfway));
      const bool anything = wanted == least || is_over(options_);
      auto known = look_beyond(anything ? least : wanted, anything);
      if (!known) return known;
      beyond = std::move(*known);
      if (beyond.as_large) {
        if (auto error = add(beyond.question, *beyond.as_large, smallest_))
          return tl::unexpected(*error);
        if (++found >= kFew) step *= kGrowth;
        continue;
      }
      if (anything) break;
      in_vain = wanted;
      found = 0;
      step = kStep;
    }
    return beyond;
  }

  /// As the fewest replicas come first, one question mostly answers for one replica more, too.
  Result<Beyond> look_beyond(double reach, bool also_larger) {
    const CountRank size = front_.points.back().rank;
    Beyond beyond;
    beyond.question = with_limits(1.0 / reach);
    if (also_larger && counted()) {
      auto outcome = within(beyond.question, {.peak = size.peak + 1});
      if (!outcome) return tl::unexpected(outcome.error());
      beyond.none_larger = outcome->status == Status::infeasible;
      beyond.none_as_large = beyond.none_larger || outcome->bound_peak_replicas > size.peak;
      if (outcome->has_plan) {
        const bool larger = rank_of_plan(outcome->deployment).peak > size.peak;
        (larger ? beyond.larger : beyond.as_large) = std::move(*outcome);
      }
      if (beyond.none_as_large || beyond.as_large) return beyond;
    }
    auto outcome = within(beyond.question, size);
    if (!outcome) return tl::unexpected(outcome.error());
    beyond.none_as_large = outcome->status == Status::infeasible;
    if (outcome->has_plan) beyond.as_large = std::move(*outcome);
    return beyond;
  }

  /// The smallest plan that reaches more than the last point. Where that is too hard to see: more by a thousandth, or a
  /// hundredth.
  std::optional<Error> grow(const Beyond& beyond) {
    if (beyond.larger) return add(beyond.question, *beyond.larger, true);
    bool known = false;  // what can be known was
    for (const double step : {kStep, 1e-3, 1e-2}) {
      const Problem question =
          with_limits((1.0 / (1.0 + step)) / front_.points.back().figure_reach);
      bool smallest = step == kStep;
      const Result<Outcome> outcome =
          counted() ? fewest(question, beyond, smallest) : cheapest(question, smallest);
      if (!outcome) return outcome.error();
      if (outcome->has_plan) return add(question, *outcome, smallest);
      if (outcome->status == Status::infeasible) {
        front_.complete = true;
        front_.open = step > kStep ? step : 0.0;
        return std::nullopt;
      }
      known = outcome->stop == Stop::none;
      if (is_over(options_)) break;
    }
    front_.unproved =
        known ? "whether a larger margin is possible cannot be told, since guaranteed figures are "
                "known as intervals only"
              : "a limit of work or time came before the search for a larger margin ended";
    return std::nullopt;
  }

  Result<Outcome> cheapest(const Problem& question, bool& smallest) {
    Result<Outcome> best = ask(any_of(question), true);
    if (!best || !best->has_plan) return best;
    const auto cost = [&](const Deployment& deployment) {
      return cost_of(problem_, deployment).peak.value();
    };
    double found = cost(best->deployment);
    const auto least = least_amount(
        0.0, found,
        [&](double most) {
          Result<Outcome> outcome = within_cost(question, most);
          if (outcome && outcome->has_plan) best = *outcome;
          return outcome;
        },
        cost, [&] { return is_over(options_); });
    if (!least) return tl::unexpected(least.error());
    smallest = smallest && *least;
    return best;
  }

  /// Halves between what is too few and what any plan has.
  Result<Outcome> fewest(const Problem& question, const Beyond& beyond, bool& smallest) {
    Result<Outcome> best = ask(any_of(question), true);
    if (!best || !best->has_plan) return best;
    bool sure = true;
    int none = front_.points.back().rank.peak + (beyond.none_larger ? 1 : 0);
    int some = rank_of_plan(best->deployment).peak;
    while (none + 1 < some && !is_over(options_)) {
      const int middle = none + (some - none) / 2;
      Result<Outcome> outcome = within(question, {.peak = middle});
      if (!outcome) return outcome;
      if (outcome->has_plan) {
        some = rank_of_plan(outcome->deployment).peak;
        best = std::move(outcome);
      } else {
        sure = sure && outcome->status == Status::infeasible;
        none = middle;
      }
    }
    smallest = smallest && sure && none + 1 >= some;
    return best;
  }

  [[nodiscard]] bool is_smallest(const Outcome& outcome) const {
    return outcome.status == Status::optimal ||
           (counted() && outcome.bound_peak_replicas >= rank_of_plan(outcome.deployment).peak);
  }

  [[nodiscard]] bool counted() const { return front_.size == Preference::replicas; }

  /// Where the front is not one of margins, its points need not be the first to meet the targets.
  std::optional<Error> find_target() {
    if (!front_.maximised || std::ranges::all_of(front_.targets, [](double t) { return t == 1.0; }))
      return std::nullopt;
    Problem asked = problem_;
    asked.maximize_availability = false;
    const auto outcome = ask(asked, false);
    if (!outcome) return outcome.error();
    if (!outcome->has_plan) return std::nullopt;
    auto point = judged(outcome->deployment);
    if (!point) return point.error();
    point->proved = is_smallest(*outcome);
    front_.target = std::move(*point);
    return std::nullopt;
  }

  /// What the unavailability of a service is compared with.
  [[nodiscard]] double scale(std::size_t service) const {
    return front_.maximised ? 1.0 : front_.targets[service];
  }

  void add_service(ServiceId service, double target) {
    front_.services.push_back(service);
    front_.targets.push_back(target);
  }

  [[nodiscard]] bool larger(const FrontPoint& a, const FrontPoint& b) const {
    if (counted()) return a.rank.peak > b.rank.peak;
    return a.rank.peak_cost > b.rank.peak_cost * (1.0 + kSameCost);
  }

  [[nodiscard]] CountRank rank_of_plan(const Deployment& plan) const {
    const Cost replicas = replicas_of(problem_, plan);
    const Cost cost = cost_of(problem_, plan);
    const Rank rank = rank_of(problem_, plan);
    return {.peak = static_cast<int>(std::lround(replicas.peak.value())),
            .mean = replicas.mean.value(),
            .cpu = rank.cpu,
            .memory = rank.memory,
            .peak_cost = cost.peak.value(),
            .mean_cost = cost.mean.value()};
  }

  [[nodiscard]] Problem with_limits(const std::optional<double>& most) const {
    Problem asked = problem_;
    asked.maximize_availability = false;  // the front shows what could be had
    for (Objective& objective : asked.objectives) {
      objective.max_unavailability.reset();
      objective.max_window_miss.reset();
    }
    if (!most) return asked;
    for (std::size_t i = 0; i < front_.services.size(); ++i)
      for (Objective& objective : asked.objectives)
        if (objective.service == front_.services[i])
          objective.max_unavailability = std::min(1.0, *most * scale(i));
    return asked;
  }

  Result<FrontPoint> judged(const Deployment& deployment) const {
    Resolved plain = resolve(problem_.system, deployment);
    Problem in_plain = problem_;
    in_plain.system = std::move(plain.system);
    const auto figures = guaranteed_figures(in_plain, plain.deployment);
    if (!figures) return tl::unexpected(figures.error());
    FrontPoint point;
    point.deployment = deployment;
    point.rank = rank_of_plan(deployment);
    point.margin = point.figure_margin = point.reach = point.figure_reach = kNever;
    for (std::size_t i = 0; i < front_.services.size(); ++i) {
      const double u = (*figures)[front_.services[i]].upper;
      point.unavailability.push_back(u);
      const double least = (*figures)[front_.services[i]].lower;
      if (u > 0.0) {
        point.margin = std::min(point.margin, front_.targets[i] / u);
        point.reach = std::min(point.reach, scale(i) / u);
      }
      if (least > 0.0) {
        point.figure_margin = std::min(point.figure_margin, front_.targets[i] / least);
        point.figure_reach = std::min(point.figure_reach, scale(i) / least);
      }
    }
    return point;
  }

  /// The plan that was found, with sharper settings where they keep everything else.
  Result<FrontPoint> point_of(const Problem& asked, const Deployment& plan) const {
    Result<FrontPoint> found = judged(plan);
    if (!found || variants_) return found;
    const Deployment sharp = sharpest_.of(plan);
    if (sharp == plan) return found;
    const Result<FrontPoint> better = judged(sharp);
    if (!better || better->reach <= found->reach) return found;
    const auto evaluation = evaluate(problem_.system, sharp);
    if (!evaluation) return found;
    const auto checks = check_objectives(asked, sharp, *evaluation);
    return checks && std::ranges::all_of(*checks, &ObjectiveCheck::met) ? better : found;
  }

  const Problem& problem_;
  const std::function<void(const Front&)>& so_far_;
  SolveOptions options_;
  Run run_;  ///< that all questions are part of
  Sharpest sharpest_;
  bool variants_;
  bool smallest_ = false;  ///< no size between the two last points' reaches more than the first
  Front front_;
};

}  // namespace

Result<Front> availability_front(const Problem& problem, const SolveOptions& options,
                                 const std::function<void(const Front&)>& so_far) {
  return Fronts(problem, options, so_far).run();
}

}  // namespace haplan::solver
