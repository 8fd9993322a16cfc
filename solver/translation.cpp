#include "solver/translation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/availability/probabilities.hpp"
#include "model/system/variants.hpp"
#include "solver/changes.hpp"
#include "solver/spending.hpp"

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

/// Probe checks of one pod, criterion 3a of the preference.
Amount checks_per_second(const Probes& probes) {
  Amount sum;
  for (const auto* probe : {&probes.liveness, &probes.readiness, &probes.startup})
    if (*probe) sum = sum_of(sum, {1, (*probe)->period});
  return sum;
}

class Translating {
 public:
  Translating(const Problem& problem, const Nearness* near) : problem_(problem), near_(near) {}

  Result<std::optional<Translation>> run() {
    name_measures();
    if (!add_structures() || !scale_amounts() || !add_columns()) {
      if (error_) return tl::unexpected(*error_);
      return std::nullopt;
    }
    add_stages();
    return std::move(result_);
  }

 private:
  void name_measures() {
    for (const Budget& budget : problem_.budgets) measures_.push_back({budget, true, false, false});
    result_.first_criterion = measures_.size();
    std::vector<Budget::Kind> criteria;
    for (const Preference preference : problem_.minimize)
      criteria.push_back(preference == Preference::cost ? Budget::Kind::cost
                                                        : Budget::Kind::replicas);
    for (const Budget::Kind kind :
         {Budget::Kind::replicas, Budget::Kind::cpu, Budget::Kind::memory})
      if (!std::ranges::count(criteria, kind)) criteria.push_back(kind);
    for (const Budget::Kind kind : criteria)
      measures_.push_back({{.kind = kind, .name = "", .limit = {}}, false, false, false});
    if (near_ != nullptr)
      measures_.push_back(
          {{.kind = Budget::Kind::uses, .name = "", .limit = {near_->most_changes, 1}},
           true,
           false,
           true});
    measures_.push_back({{}, false, true, false});
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

  [[nodiscard]] Amount of_one(const Counted& measure, ComponentId id, std::size_t body) const {
    const Component& component = problem_.system.components[id];
    if (component.type == ComponentType::gate || measure.changes) return {};
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
    for (const Counted& measure : measures_)
      if (!scale(measure)) return false;
    return true;
  }

  bool scale(const Counted& measure) {
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
    result_.unit.push_back(static_cast<double>(common) / static_cast<double>(parts));
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
      auto ways = equipment(problem_, c, allotment, near_ != nullptr);
      if (!ways) {
        error_ = ways.error();
        return false;
      }
      if (!*ways) return false;
      ways_[c] = std::move(**ways);
      if (ways_[c].empty()) {  // beside the least of the others
        result_.no_room = true;
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
      for (std::size_t r = 0; near_ != nullptr && r < measures_.size(); ++r)
        if (measures_[r].changes)
          column.amounts[r] = static_cast<std::int64_t>(
              count_changes(problem_, c, near_->running.components[c], way.plan));
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
    for (std::size_t r = result_.first_criterion; r < measures_.size(); ++r)
      core_.stages.push_back({.kind = Kind::amount, .goals = {}, .amount = r});
    if (!least.goals.empty())
      core_.stages.push_back(
          {.kind = Kind::goals, .goals = {problem_.objectives.size()}, .amount = 0});
  }

  const Problem& problem_;
  const Nearness* near_;
  Translation result_;
  allocation::Problem& core_ = result_.core;
  std::vector<Counted>& measures_ = result_.measures;
  std::vector<std::vector<Equipment>>& ways_ = result_.ways;
  std::vector<std::vector<std::vector<std::int64_t>>> each_;  ///< [component][body][measure]
  std::optional<Error> error_;
};

}  // namespace

Result<std::optional<Translation>> translated(const Problem& problem, const Nearness* near) {
  return Translating(problem, near).run();
}

Deployment deployment_of(const Problem& problem, const Translation& translation,
                         const allocation::Choice& choice) {
  Deployment deployment = problem.before;
  for (ComponentId c = 0; c < translation.ways.size(); ++c)
    if (!translation.ways[c].empty())
      deployment.components[c] = translation.ways[c][choice[c]].plan;
  return deployment;
}

}  // namespace haplan::solver
