#include "solver/front.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/guarantee.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "model/system/variants.hpp"
#include "solver/judge.hpp"
#include "solver/preference.hpp"
#include "solver/space.hpp"
#include "solver/verify/choices.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// The same counts and placement with the settings that leave each component the most available, one by one.
class Sharpest {
 public:
  explicit Sharpest(const Problem& problem) : problem_(problem), whole_(problem) {
    for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
      const Decision& decision = problem.decisions[d];
      if (is_count(decision.setting)) continue;
      if (!decision.component) {
        toleration_.push_back(d);
        continue;
      }
      auto& lists = decision.probe == ProbeKind::none ? controller_ : probes_;
      lists.resize(problem.system.components.size());
      lists[*decision.component].push_back(d);
    }
    probes_.resize(problem.system.components.size());
    controller_.resize(problem.system.components.size());
    most_recovery_.assign(problem.system.components.size(), kNever);
    for (const Objective& objective : problem.objectives)
      if (objective.max_recovery_time)
        for (const ComponentId c : reach_of(problem.system, objective.service))
          most_recovery_[c] = std::min(most_recovery_[c], *objective.max_recovery_time);
  }

  [[nodiscard]] Deployment of(const Deployment& plan) const {
    Deployment best = plan;
    for (const std::size_t d : toleration_)
      assign(best, problem_.decisions[d], problem_.decisions[d].values.front());
    for (ComponentId c = 0; c < best.components.size(); ++c) {
      if (!problem_.system.components[c].replicated()) continue;
      sharpen_probes(best, c);
      sharpen_controller(best, c);
    }
    return best;
  }

 private:
  void sharpen_probes(Deployment& deployment, ComponentId c) const {
    std::pair<double, double> least{kNever, kNever};
    Deployment scratch = deployment;
    for_each_choice(problem_, whole_, probes_[c], scratch, [&] {
      const auto replica =
          replica_model(problem_.system.components[c], scratch.components[c].probes);
      if (!replica) return;
      for (const ModeOutage& mode : replica->modes)
        if (mode.worst && !within(*mode.worst, most_recovery_[c])) return;
      const std::pair figures{replica->unavailability, replica->start + replica->ready_mean};
      if (figures >= least) return;
      least = figures;
      deployment.components[c].probes = scratch.components[c].probes;
    });
  }

  void sharpen_controller(Deployment& deployment, ComponentId c) const {
    const auto& failover = problem_.system.components[c].failover;
    if (!failover) return;
    double least = kNever;
    Deployment scratch = deployment;
    const FailoverSettings& settings = scratch.components[c].failover;
    for_each_choice(problem_, whole_, controller_[c], scratch, [&] {
      if (!broken_floors(failover->controller, settings).empty()) return;
      const double mean =
          failover_time(failover->controller, settings, problem_.system.node_detection).mean;
      if (mean >= least) return;
      least = mean;
      deployment.components[c].failover = settings;
    });
  }

  const Problem& problem_;
  Box whole_;
  std::vector<std::size_t> toleration_;
  std::vector<std::vector<std::size_t>> probes_;      ///< per component
  std::vector<std::vector<std::size_t>> controller_;  ///< per component
  std::vector<double> most_recovery_;                 ///< [s] per component
};

class Fronts {
 public:
  Fronts(const Problem& problem, const SolveOptions& options)
      : problem_(problem),
        options_(options),
        sharpest_(problem),
        variants_(has_variants(problem.system)) {
    front_.size = problem.minimize.front();
    options_.explain = false;
    constexpr std::size_t kWork = 10'000'000;  // of each of many searches
    if (options_.work_limit == 0 || options_.work_limit > kWork) options_.work_limit = kWork;
    front_.maximised = problem.maximize_availability;
    for (const Objective& objective : problem.objectives)
      if (objective.max_unavailability || front_.maximised)
        add_service(objective.service, objective.max_unavailability.value_or(1.0));
    if (!front_.services.empty()) return;
    for (const Objective& objective : problem.objectives) add_service(objective.service, 1.0);
  }

  Result<Front> run(const std::function<void(const Front&)>& so_far) {
    while (true) {
      if (so_far) so_far(front_);
      std::optional<double> most;  // of unavailability over what it is compared with
      if (!front_.points.empty()) most = (1.0 - step_) / front_.points.back().figure_reach;
      const Problem asked = with_limits(most);
      auto outcome = solve(asked, options_);
      if (!outcome) return tl::unexpected(outcome.error());
      if (!front_.points.empty() && step_ == kStep)
        front_.points.back().proved = beyond_last(*outcome);
      if (outcome->status == Status::infeasible) {
        front_.complete = true;
        front_.open = step_ > kStep ? step_ : 0.0;
        break;
      }
      if (!outcome->has_plan && coarser(outcome->stop)) continue;
      if (!outcome->has_plan) {
        front_.unproved =
            "a limit of work or time came before the search for a larger margin ended";
        break;
      }
      auto point = point_of(asked, outcome->deployment);
      if (!point) return tl::unexpected(point.error());
      if (!front_.points.empty() && !larger(*point, front_.points.back()))
        front_.points.back() = std::move(*point);
      else
        front_.points.push_back(std::move(*point));
      // Above this the point itself is out for certain.
      if (std::isinf(front_.points.back().figure_reach)) {
        front_.complete = front_.points.back().proved = true;
        break;
      }
      step_ = kStep;
    }
    if (const auto error = find_target()) return tl::unexpected(*error);
    return std::move(front_);
  }

 private:
  /// Where the front is not one of margins, its points need not be the first to meet the targets.
  std::optional<Error> find_target() {
    if (!front_.maximised || std::ranges::all_of(front_.targets, [](double t) { return t == 1.0; }))
      return std::nullopt;
    Problem asked = problem_;
    asked.maximize_availability = false;
    const auto outcome = solve(asked, options_);
    if (!outcome) return outcome.error();
    if (!outcome->has_plan) return std::nullopt;
    auto point = judged(outcome->deployment);
    if (!point) return point.error();
    point->proved =
        outcome->status == Status::optimal ||
        (front_.size == Preference::replicas && outcome->bound_peak_replicas >= point->rank.peak);
    front_.target = std::move(*point);
    return std::nullopt;
  }

  /// What the unavailability of a service is compared with.
  [[nodiscard]] double scale(std::size_t service) const {
    return front_.maximised ? 1.0 : front_.targets[service];
  }

  /// After a search that its share of the work did not suffice for: asks for more, up to a hundredth. False: that was asked, or
  /// more than this search was ended.
  bool coarser(Stop stop) {
    constexpr double kWider = 1e-3;
    constexpr double kWidest = 1e-2;
    if (stop != Stop::work_limit || front_.points.empty() || step_ >= kWidest) return false;
    step_ = step_ < kWider ? kWider : kWidest;
    return true;
  }

  void add_service(ServiceId service, double target) {
    front_.services.push_back(service);
    front_.targets.push_back(target);
  }

  [[nodiscard]] bool larger(const FrontPoint& a, const FrontPoint& b) const {
    constexpr double kSame = 1e-11;
    if (front_.size == Preference::replicas) return a.rank.peak > b.rank.peak;
    return a.rank.peak_cost > b.rank.peak_cost * (1.0 + kSame);
  }

  /// Nothing of at most the last point's size has the margin that was asked for.
  [[nodiscard]] bool beyond_last(const Outcome& outcome) const {
    if (outcome.status == Status::infeasible) return true;
    const FrontPoint& last = front_.points.back();
    if (front_.size == Preference::replicas) return outcome.bound_peak_replicas > last.rank.peak;
    FrontPoint found;
    if (outcome.status == Status::optimal) found.rank = rank_of_plan(outcome.deployment);
    return larger(found, last);
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
  SolveOptions options_;
  Sharpest sharpest_;
  bool variants_;
  double step_ = kStep;  ///< between the last margin and what is asked for
  Front front_;
};

}  // namespace

Result<Front> availability_front(const Problem& problem, const SolveOptions& options,
                                 const std::function<void(const Front&)>& so_far) {
  return Fronts(problem, options).run(so_far);
}

}  // namespace haplan::solver
