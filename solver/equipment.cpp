#include "solver/equipment.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/numbers.hpp"
#include "model/numerics/weighted.hpp"
#include "model/system/capacity.hpp"
#include "model/system/variants.hpp"
#include "solver/allocation/mixtures.hpp"
#include "solver/allocation/problem.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostWays = 200'000;

const VariantChoice* choice_of(const Problem& problem, ComponentId component) {
  for (const VariantChoice& choice : problem.choices)
    if (choice.component == component) return &choice;
  return nullptr;
}

/// What is 0, 1, 2, ... up to its last.
bool counts_up(const std::vector<int>& values, int from) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != from + static_cast<int>(i)) return false;
  return !values.empty();
}

class Ways {
 public:
  Ways(const Problem& problem, ComponentId component, const Allotment& allotment, bool all)
      : problem_(problem),
        id_(component),
        component_(problem.system.components[component]),
        allotment_(allotment),
        all_(all) {}

  Result<std::optional<std::vector<Equipment>>> list() {
    const VariantChoice* const choice = choice_of(problem_, id_);
    if (component_.mix) {
      if (weigh_units()) mix(choice);
    } else if (choice != nullptr) {
      for (const std::size_t variant : choice->allowed) run_alone(variant, choice->counts[variant]);
    } else {
      run_alone(fixed_variant(), open_replicas());
    }
    if (error_) return tl::unexpected(*error_);
    if (too_many_) return std::nullopt;
    return std::move(ways_);
  }

 private:
  [[nodiscard]] std::size_t fixed_variant() const {
    const auto used = used_variants(problem_.before.components[id_]);
    return used.empty() ? 0 : used.front();
  }

  [[nodiscard]] bool fits(const std::vector<std::pair<std::size_t, int>>& running) const {
    for (std::size_t r = 0; r < allotment_.most.size(); ++r) {
      std::int64_t sum = 0;
      for (const auto& [body, count] : running) sum += count * allotment_.each[body][r];
      if (sum > allotment_.most[r]) return false;
    }
    return true;
  }

  /// Numbers of replicas that the component can have where its variant is no choice.
  [[nodiscard]] std::vector<int> open_replicas() const {
    for (const Decision& decision : problem_.decisions)
      if (decision.component == id_ && decision.setting == Setting::replicas)
        return {decision.values.begin(), decision.values.end()};
    const ComponentPlan& plan = problem_.before.components[id_];
    if (component_.variants.empty()) return {plan.replicas};
    return {plan.variants[fixed_variant()].replicas};
  }

  /// Only this variant, in these numbers.
  void run_alone(std::size_t variant, const std::vector<int>& counts) {
    ComponentPlan plan = problem_.before.components[id_];
    for (ComponentPlan& other : plan.variants) other.replicas = 0;
    if (!plan.variants.empty()) plan.variants[variant].replicas = 1;
    Deployment deployment = one_variant_each(problem_);
    deployment.components[id_] = plan;
    Resolved plain = resolve(problem_.system, deployment);
    const auto numbers = component_numbers(plain.system, plain.deployment);
    if (!numbers) {
      error_ = numbers.error();
      return;
    }
    const LoadTable load = load_table(plain.system);
    const bool replicated = component_.replicated();
    for (const int count : replicated ? counts : std::vector<int>{1}) {
      Equipment way{.plan = plan, .running = {{variant, count}}, .down = {}};
      if (!fits(way.running)) continue;
      if (replicated) {
        way.plan.replicas = count;
        if (!plan.variants.empty()) way.plan.variants[variant].replicas = count;
        plain.deployment.components[id_].replicas = count;
      }
      for (LevelId level = 0; level < plain.system.levels.size(); ++level) {
        const TableKey key{id_, count, needed(plain.system, load, id_, level, count), level};
        way.down.push_back(down_given(
            table_numbers(plain.system, plain.deployment, load, *numbers, key), count, 1.0));
      }
      ways_.push_back(std::move(way));
    }
  }

  /// What one replica of each variant weighs and how often it is down.
  bool weigh_units() {
    const ComponentPlan& plan = problem_.before.components[id_];
    for (std::size_t v = 0; v < component_.variants.size(); ++v) {
      const auto one = replica_model(component_.variants[v], plan.variants[v].probes);
      if (!one) {
        error_ = one.error();
        return false;
      }
      unit_.push_back(one->unavailability);
    }
    for (LevelId level = 0; level < problem_.system.levels.size(); ++level)
      capacity_.push_back(mixed_capacity(problem_.system, id_, level));
    return true;
  }

  void mix(const VariantChoice* choice) {
    if (choice == nullptr) {
      std::vector<int> counts;
      for (const ComponentPlan& variant : problem_.before.components[id_].variants)
        counts.push_back(variant.replicas);
      add_mixed(counts);
    } else if (!all_ && regular(*choice)) {
      mix_efficiently(*choice);
    } else {
      mix_all(*choice, 0, std::vector<int>(unit_.size(), 0));
    }
    std::ranges::stable_sort(ways_, [](const Equipment& a, const Equipment& b) {
      return a.plan.replicas < b.plan.replicas;
    });
  }

  /// Any number of each up to a limit, all of the same weight.
  [[nodiscard]] bool regular(const VariantChoice& choice) const {
    for (const MixedCapacity& capacity : capacity_)
      if (std::ranges::any_of(capacity.weight, [](std::int64_t w) { return w != 1; })) return false;
    for (const std::size_t variant : choice.allowed)
      if (!counts_up(choice.counts[variant], 0)) return false;
    return choice.totals.front() <= 1 && counts_up(choice.totals, choice.totals.front());
  }

  void mix_efficiently(const VariantChoice& choice) {
    std::vector<allocation::Kind> kinds;
    for (const std::size_t variant : choice.allowed)
      kinds.push_back({.unavailability = unit_[variant],
                       .amounts = allotment_.each[variant],
                       .most = choice.counts[variant].back()});
    std::vector<int> needs;
    for (const MixedCapacity& capacity : capacity_)
      needs.push_back(static_cast<int>(
          std::min<std::int64_t>(capacity.need, choice.totals.back() + std::int64_t{1})));
    for (const allocation::Mixture& mixture :
         allocation::mixtures(kinds, needs, allotment_.most, choice.totals.back())) {
      std::vector<int> counts(unit_.size(), 0);
      for (std::size_t i = 0; i < choice.allowed.size(); ++i)
        counts[choice.allowed[i]] = mixture.counts[i];
      add_mixed(counts);
    }
  }

  void mix_all(const VariantChoice& choice, std::size_t next, std::vector<int> counts) {
    if (too_many_) return;
    if (next == choice.allowed.size()) {
      const int total = std::accumulate(counts.begin(), counts.end(), 0);
      if (std::ranges::count(choice.totals, total) > 0) add_mixed(counts);
      too_many_ = ways_.size() > kMostWays || ++listed_ > 20 * kMostWays;
      return;
    }
    const std::size_t variant = choice.allowed[next];
    // More of the first variants before fewer.
    for (auto count = choice.counts[variant].rbegin(); count != choice.counts[variant].rend();
         ++count) {
      counts[variant] = *count;
      mix_all(choice, next + 1, counts);
    }
  }

  void add_mixed(const std::vector<int>& counts) {
    Equipment way{.plan = problem_.before.components[id_], .running = {}, .down = {}};
    way.plan.replicas = 0;
    for (std::size_t v = 0; v < counts.size(); ++v) {
      way.plan.variants[v].replicas = counts[v];
      way.plan.replicas += counts[v];
      if (counts[v] > 0) way.running.emplace_back(v, counts[v]);
    }
    if (way.running.empty() || !fits(way.running)) return;
    for (const MixedCapacity& capacity : capacity_) {
      std::vector<WeightedGroup> groups;
      for (const auto& [v, count] : way.running)
        groups.push_back({.count = count, .weight = capacity.weight[v], .u = unit_[v]});
      double down = weigh_less_than(capacity.need, groups);
      for (const CommonCause& cause : component_.common_causes) {
        const double share = cause.rate * cause.outage;
        down += share / (1.0 + share) * (1.0 - down);
      }
      way.down.push_back(down);
    }
    ways_.push_back(std::move(way));
  }

  const Problem& problem_;
  ComponentId id_;
  const Component& component_;
  const Allotment& allotment_;
  bool all_;
  std::vector<double> unit_;             ///< per variant: unavailability of one replica
  std::vector<MixedCapacity> capacity_;  ///< per level
  std::vector<Equipment> ways_;
  std::size_t listed_ = 0;
  bool too_many_ = false;
  std::optional<Error> error_;
};

}  // namespace

const Component& body_of(const Component& component, std::size_t index) {
  return component.variants.empty() ? component : component.variants[index];
}

Result<std::optional<std::vector<Equipment>>> equipment(const Problem& problem,
                                                        ComponentId component,
                                                        const Allotment& allotment, bool all) {
  return Ways(problem, component, allotment, all).list();
}

Deployment one_variant_each(const Problem& problem) {
  Deployment deployment = problem.before;
  for (ComponentPlan& plan : deployment.components) {
    const auto used = used_variants(plan);
    if (plan.variants.empty()) continue;
    const std::size_t kept = used.empty() ? 0 : used.front();
    for (std::size_t v = 0; v < plan.variants.size(); ++v)
      plan.variants[v].replicas = v == kept ? std::max(1, plan.variants[v].replicas) : 0;
    plan.replicas = plan.variants[kept].replicas;
  }
  return deployment;
}

}  // namespace haplan::solver
