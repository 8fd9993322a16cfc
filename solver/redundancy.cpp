#include "solver/redundancy.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/availability/probabilities.hpp"
#include "model/system/variants.hpp"
#include "solver/allocation/allocate.hpp"
#include "solver/equipment.hpp"
#include "solver/spending.hpp"
#include "solver/workbench.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::int64_t kMostParts = std::int64_t{1} << 60;
/// Of one replica and of all together; a column is held against its share of the latter where it is made.
constexpr std::int64_t kLargestAmount = std::int64_t{1} << 40;
constexpr std::int64_t kLargestSum = std::int64_t{1} << 52;

Amount::Wide divisor_of(Amount::Wide a, Amount::Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

/// Something that is added up over components: what a budget of this kind counts, or probe checks per second.
struct Measure {
  Budget counted;
  bool limited = false;  ///< else it is only made small
  bool checks = false;
};

/// Probe checks of one pod, criterion 3a of the preference.
Amount checks_per_second(const Probes& probes) {
  Amount sum;
  for (const auto* probe : {&probes.liveness, &probes.readiness, &probes.startup})
    if (*probe) sum = sum_of(sum, {1, (*probe)->period});
  return sum;
}

class Redundancy {
 public:
  Redundancy(const Problem& problem, const SolveOptions& options)
      : problem_(problem), options_(options), meter_(options) {}

  std::optional<Result<Outcome>> run() {
    name_measures();
    if (!add_structures() || !scale_amounts() || !add_columns()) {
      if (error_) return tl::unexpected(*error_);
      return std::nullopt;
    }
    outcome_.deployment = one_variant_each(problem_);
    if (no_room_) {
      nothing_fits();
      return std::move(outcome_);
    }
    add_stages();
    report(asked(core_));
    if (error_) return tl::unexpected(*error_);
    outcome_.work.units = meter_.work.units;
    outcome_.stop = meter_.stop();
    return std::move(outcome_);
  }

 private:
  void name_measures() {
    for (const Budget& budget : problem_.budgets) measures_.push_back({budget, true, false});
    first_criterion_ = measures_.size();
    std::vector<Budget::Kind> criteria;
    for (const Preference preference : problem_.minimize)
      criteria.push_back(preference == Preference::cost ? Budget::Kind::cost
                                                        : Budget::Kind::replicas);
    for (const Budget::Kind kind :
         {Budget::Kind::replicas, Budget::Kind::cpu, Budget::Kind::memory})
      if (!std::ranges::count(criteria, kind)) criteria.push_back(kind);
    for (const Budget::Kind kind : criteria)
      measures_.push_back({{.kind = kind, .name = "", .limit = {}}, false, false});
    measures_.push_back({{}, false, true});
  }

  /// One subsystem per component, and one with a single column for everything else that fails.
  bool add_structures() {
    const Resolved plain = resolve(problem_.system, one_variant_each(problem_));
    auto quantified = quantify(plain.system, plain.deployment);
    if (!quantified) {
      error_ = quantified.error();
      return false;
    }
    Compiled& compiled = quantified->compiled;
    if (compiled.network_bounded) return false;
    const Numbers& numbers = quantified->numbers;
    core_.worlds = problem_.system.levels.size();
    core_.subsystems.resize(problem_.system.components.size());
    std::vector<std::size_t> subsystem(compiled.variables.size(), 0);
    for (std::size_t v = 0; v < compiled.variables.size(); ++v) {
      const VariableInfo& info = compiled.variables[v];
      double down = 0.0;
      switch (info.kind) {
        case VariableInfo::Kind::component: subsystem[v] = info.subject; continue;
        case VariableInfo::Kind::claim: down = numbers.claim_down[info.subject]; break;
        case VariableInfo::Kind::switchover: down = numbers.switchover[info.subject]; break;
        case VariableInfo::Kind::vertex: down = numbers.vertex_down[info.subject]; break;
        case VariableInfo::Kind::link: down = numbers.link_down[info.subject]; break;
        default: continue;  // of clusters
      }
      subsystem[v] = core_.subsystems.size();
      core_.subsystems.push_back({{.amounts = std::vector<std::int64_t>(measures_.size(), 0),
                                   .down = std::vector<double>(core_.worlds, down)}});
    }
    allocation::Goal sum;
    for (const Objective& objective : problem_.objectives) {
      allocation::Goal goal;
      for (LevelId level = 0; level < core_.worlds; ++level)
        goal.terms.push_back({.structure = core_.structures.size(),
                              .world = level,
                              .weight = problem_.system.levels[level].share});
      sum.terms.insert(sum.terms.end(), goal.terms.begin(), goal.terms.end());
      if (objective.max_unavailability) goal.limit = *objective.max_unavailability;
      core_.goals.push_back(std::move(goal));
      core_.structures.push_back(allocation::structure_of(
          compiled.diagram, compiled.structure_down[objective.service], subsystem));
    }
    core_.goals.push_back(std::move(sum));
    return true;
  }

  [[nodiscard]] Amount of_one(const Measure& measure, ComponentId id, std::size_t body) const {
    const Component& component = problem_.system.components[id];
    if (component.type == ComponentType::gate) return {};
    if (!measure.checks) return spent_by_one(problem_, measure.counted, body_of(component, body));
    if (!component.replicated()) return {};
    const ComponentPlan& plan = problem_.before.components[id];
    return checks_per_second(plan.variants.empty() ? plan.probes : plan.variants[body].probes);
  }

  /// Whole numbers of the largest common unit for what one replica of each body uses.
  bool scale_amounts() {
    const std::vector<Component>& components = problem_.system.components;
    each_.resize(components.size());
    for (std::size_t c = 0; c < components.size(); ++c)
      each_[c].assign(std::max<std::size_t>(1, components[c].variants.size()), {});
    for (const Measure& measure : measures_)
      if (!scale(measure)) return false;
    return true;
  }

  bool scale(const Measure& measure) {
    std::vector<std::vector<Amount>> amounts(each_.size());
    Amount::Wide parts = 1;   // of one, in which all are whole numbers
    Amount::Wide common = 0;  // divisor of these
    for (ComponentId c = 0; c < each_.size(); ++c)
      for (std::size_t body = 0; body < each_[c].size(); ++body) {
        const Amount one = amounts[c].emplace_back(of_one(measure, c, body));
        parts = parts / divisor_of(parts, one.den) * one.den;
        if (parts > kMostParts) return false;
      }
    for (const auto& bodies : amounts)
      for (const Amount& one : bodies) common = divisor_of(common, one.num * (parts / one.den));
    common = std::max<Amount::Wide>(common, 1);
    for (ComponentId c = 0; c < each_.size(); ++c)
      for (std::size_t body = 0; body < each_[c].size(); ++body) {
        const Amount& one = amounts[c][body];
        const Amount::Wide scaled = one.num * (parts / one.den) / common;
        if (scaled > kLargestAmount) return false;
        each_[c][body].push_back(static_cast<std::int64_t>(scaled));
      }
    unit_.push_back(static_cast<double>(common) / static_cast<double>(parts));
    core_.limits.push_back(allocation::kNoLimit);
    if (!measure.limited) return true;
    // Beyond the digits of what is added up a limit is rounded down; one that no sum reaches is none.
    const Amount::Wide limit = static_cast<Amount::Wide>(measure.counted.limit.num) * parts /
                               measure.counted.limit.den / common;
    if (limit < kLargestSum) core_.limits.back() = static_cast<std::int64_t>(limit);
    return true;
  }

  /// What a component uses at least of each measure, by one replica.
  [[nodiscard]] std::vector<std::int64_t> least(ComponentId component) const {
    std::vector<std::int64_t> least = each_[component][0];
    for (const auto& body : each_[component])
      for (std::size_t r = 0; r < least.size(); ++r) least[r] = std::min(least[r], body[r]);
    return least;
  }

  bool add_columns() {
    const std::size_t count = problem_.system.components.size();
    std::vector<std::int64_t> left = core_.limits;
    for (ComponentId c = 0; c < count; ++c)
      for (std::size_t r = 0; r < left.size(); ++r)
        if (left[r] != allocation::kNoLimit) left[r] -= least(c)[r];
    ways_.resize(count);
    for (ComponentId c = 0; c < count; ++c) {
      Allotment allotment{.each = each_[c], .most = left};
      for (std::size_t r = 0; r < left.size(); ++r)
        if (left[r] != allocation::kNoLimit) allotment.most[r] += least(c)[r];
      if (problem_.system.components[c].type == ComponentType::gate) {
        core_.subsystems[c] = {{.amounts = std::vector<std::int64_t>(measures_.size(), 0),
                                .down = std::vector<double>(core_.worlds, 0.0)}};
        continue;
      }
      auto ways = equipment(problem_, c, allotment);
      if (!ways) {
        error_ = ways.error();
        return false;
      }
      if (!*ways) return false;
      ways_[c] = std::move(**ways);
      if (ways_[c].empty()) {  // beside the least of the others
        no_room_ = true;
        return true;
      }
      if (!add_ways(c)) return false;
    }
    return true;
  }

  bool add_ways(ComponentId c) {
    const std::int64_t most = kLargestSum / static_cast<std::int64_t>(core_.subsystems.size() + 1);
    for (const Equipment& way : ways_[c]) {
      allocation::Column column{.amounts = std::vector<std::int64_t>(measures_.size(), 0),
                                .down = way.down};
      for (const auto& [body, replicas] : way.running)
        for (std::size_t r = 0; r < measures_.size(); ++r)
          column.amounts[r] += replicas * each_[c][body][r];
      if (std::ranges::max(column.amounts) >= most) return false;
      core_.subsystems[c].push_back(std::move(column));
    }
    return true;
  }

  void add_stages() {
    using Kind = allocation::Stage::Kind;
    allocation::Stage least{.kind = Kind::goals, .goals = {}, .amount = 0};
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s) least.goals.push_back(s);
    if (problem_.maximize_availability && !least.goals.empty()) core_.stages.push_back(least);
    for (std::size_t r = first_criterion_; r < measures_.size(); ++r)
      core_.stages.push_back({.kind = Kind::amount, .goals = {}, .amount = r});
    if (!least.goals.empty())
      core_.stages.push_back(
          {.kind = Kind::goals, .goals = {problem_.objectives.size()}, .amount = 0});
  }

  allocation::Answer asked(const allocation::Problem& problem) {
    allocation::Answer answer =
        allocation::allocate(problem, {.stop = meter_.asking(), .sink = {}});
    outcome_.work.search_nodes += answer.work.boxes;
    return answer;
  }

  [[nodiscard]] Deployment deployment_of(const allocation::Choice& choice) const {
    Deployment deployment = problem_.before;
    for (ComponentId c = 0; c < ways_.size(); ++c)
      if (!ways_[c].empty()) deployment.components[c] = ways_[c][choice[c]].plan;
    return deployment;
  }

  void report(const allocation::Answer& answer) {
    if (!answer.choice.empty()) outcome_.deployment = deployment_of(answer.choice);
    switch (answer.verdict) {
      case allocation::Verdict::optimal: outcome_.status = Status::optimal; break;
      case allocation::Verdict::feasible: outcome_.status = Status::feasible; break;
      case allocation::Verdict::undecided: outcome_.status = Status::undecided; return;
      case allocation::Verdict::infeasible:
        outcome_.status = Status::infeasible;
        if (options_.explain) explain();
        return;
    }
    outcome_.has_plan = true;
    const auto sums = allocation::amounts_of(core_, answer.choice);
    Criteria& criteria = outcome_.criteria;
    for (std::size_t r = first_criterion_; r < measures_.size(); ++r) {
      if (measures_[r].checks) criteria.probe_rate = static_cast<double>(sums[r]) * unit_[r];
      if (measures_[r].checks || measures_[r].counted.kind != Budget::Kind::replicas) continue;
      criteria.peak_replicas = static_cast<int>(sums[r]);
      criteria.mean_replicas = static_cast<double>(sums[r]);
    }
    for (ComponentId c = 0; c < ways_.size(); ++c) {
      if (ways_[c].empty()) continue;
      const Component& component = problem_.system.components[c];
      if (!component.replicated()) continue;
      for (const auto& [body, replicas] : ways_[c][answer.choice[c]].running) {
        const Resources& requests = body_of(component, body).requests;
        if (const auto cpu = requests.find("cpu"); cpu != requests.end())
          criteria.cpu += replicas * cpu->second;
        if (const auto memory = requests.find("memory"); memory != requests.end())
          criteria.memory += replicas * memory->second;
      }
    }
    criteria.unavailability =
        allocation::unavailability_of(core_, core_.goals.back(), answer.choice);
    if (outcome_.status == Status::optimal)
      outcome_.bound_peak_replicas = static_cast<double>(criteria.peak_replicas);
    if (!problem_.maximize_availability || problem_.objectives.empty()) return;
    double worst = 0.0;
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s)
      worst = std::max(worst, allocation::unavailability_of(core_, core_.goals[s], answer.choice));
    criteria.worst_unavailability = worst;
    outcome_.bound_unavailability = answer.bound;
  }

  void nothing_fits() {
    outcome_.status = Status::infeasible;
    outcome_.infeasibility.emplace();
    outcome_.infeasibility->reason = "no choice of replicas and variants keeps the budgets";
  }

  /// The problem with the limits of some objectives only.
  [[nodiscard]] allocation::Problem limited_to(const std::vector<std::size_t>& objectives) const {
    allocation::Problem problem = core_;
    problem.stages.clear();
    for (std::size_t s = 0; s < problem.goals.size(); ++s)
      if (!std::ranges::count(objectives, s))
        problem.goals[s].limit = std::numeric_limits<double>::infinity();
    return problem;
  }

  /// What each objective could have at best, and which of them exclude each other.
  void explain() {
    if (asked(limited_to({})).verdict == allocation::Verdict::infeasible) {
      nothing_fits();
      return;
    }
    Infeasibility& why = outcome_.infeasibility.emplace();
    std::vector<std::size_t> limited;  // objectives, in the order of why.best
    bool reachable = true;
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s) {
      if (std::isinf(core_.goals[s].limit)) continue;
      allocation::Problem alone = limited_to({});
      alone.stages = {{.kind = allocation::Stage::Kind::goals, .goals = {s}, .amount = 0}};
      const allocation::Answer answer = asked(alone);
      if (answer.choice.empty()) return;
      const double actual = allocation::unavailability_of(core_, core_.goals[s], answer.choice);
      Achievable best{.check = {.service = problem_.objectives[s].service,
                                .field = "availability",
                                .target = core_.goals[s].limit,
                                .actual = actual,
                                .met = within(actual, core_.goals[s].limit),
                                .decided_by = ""},
                      .bound = answer.bound,
                      .exact = answer.verdict == allocation::Verdict::optimal};
      best.out_of_reach = best.exact && !best.check.met;
      reachable = reachable && !best.out_of_reach;
      why.best.push_back(best);
      limited.push_back(s);
    }
    why.reason = reachable ? "the availabilities asked for exclude each other within the ranges"
                           : "no choice of replicas and variants has the availability asked for";
    if (!problem_.budgets.empty())
      why.reason += reachable ? " and budgets" : " and keeps the budgets";
    if (reachable && limited.size() > 1) why.conflict = excluding(limited);
  }

  /// Of limits that cannot be kept together some that cannot either, and can without any one of them.
  std::vector<std::size_t> excluding(const std::vector<std::size_t>& limited) {
    std::vector<std::size_t> left(limited.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    for (std::size_t i = limited.size(); i-- > 0;) {
      std::vector<std::size_t> fewer;
      std::vector<std::size_t> objectives;
      for (const std::size_t k : left)
        if (k != i) {
          fewer.push_back(k);
          objectives.push_back(limited[k]);
        }
      if (asked(limited_to(objectives)).verdict == allocation::Verdict::infeasible) left = fewer;
    }
    return left;
  }

  const Problem& problem_;
  const SolveOptions& options_;
  Meter meter_;
  std::vector<Measure> measures_;
  std::size_t first_criterion_ = 0;
  std::vector<double> unit_;                                  ///< per measure: of its whole numbers
  std::vector<std::vector<std::vector<std::int64_t>>> each_;  ///< [component][body][measure]
  std::vector<std::vector<Equipment>> ways_;                  ///< per component
  bool no_room_ = false;
  allocation::Problem core_;
  Outcome outcome_;
  std::optional<Error> error_;
};

}  // namespace

std::optional<Result<Outcome>> solve_redundancy(const Problem& problem,
                                                const SolveOptions& options) {
  return Redundancy(problem, options).run();
}

}  // namespace haplan::solver
