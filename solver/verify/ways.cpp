#include "solver/verify/ways.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "model/availability/numbers.hpp"
#include "model/system/variants.hpp"
#include "solver/spending.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr std::size_t kMostWays = 200'000;
constexpr Amount::Wide kMostParts = Amount::Wide{1} << 60;
constexpr Amount::Wide kLargest = Amount::Wide{1}
                                  << 50;  ///< of one way: sums of thousands stay exact

const VariantChoice* choice_of(const Problem& problem, ComponentId c) {
  const auto found = std::ranges::find(problem.choices, c, &VariantChoice::component);
  return found == problem.choices.end() ? nullptr : &*found;
}

std::size_t bodies(const Component& component) {
  return std::max<std::size_t>(1, component.variants.size());
}

const Component& body(const Component& component, std::size_t b) {
  return component.variants.empty() ? component : component.variants[b];
}

class Listing {
 public:
  explicit Listing(const Problem& problem) : problem_(problem), system_(problem.system) {}

  std::optional<Ways> run() {
    name_measures();
    for (Measure& measure : ways_.measures)
      if (!scale(measure)) return std::nullopt;
    find_room();
    for (ComponentId c = 0; c < system_.components.size(); ++c) {
      ways_.of.emplace_back();
      if (!list(c)) return std::nullopt;
    }
    return std::move(ways_);
  }

 private:
  void name_measures() {
    for (const Budget& budget : problem_.budgets)
      ways_.measures.push_back({budget.name, budget, kUnlimited});
    ways_.first_criterion = ways_.measures.size();
    const auto add = [this](Budget::Kind kind, const char* name) {
      for (std::size_t m = ways_.first_criterion; m < ways_.measures.size(); ++m)
        if (ways_.measures[m].counted.kind == kind) return;
      ways_.measures.push_back({name, {.kind = kind, .name = name, .limit = {}}, kUnlimited});
    };
    for (const Preference preference : problem_.minimize)
      if (preference == Preference::cost)
        add(Budget::Kind::cost, "cost");
      else
        add(Budget::Kind::replicas, "replicas");
    add(Budget::Kind::replicas, "replicas");
    add(Budget::Kind::cpu, "cpu");
    add(Budget::Kind::memory, "memory");
  }

  /// Whole numbers of 1 / parts of the measure's unit.
  bool scale(Measure& measure) {
    std::vector<std::vector<Amount>> amounts;
    Amount::Wide parts = 1;
    for (const Component& component : system_.components) {
      auto& list = amounts.emplace_back();
      for (std::size_t b = 0; b < bodies(component); ++b) {
        Amount one;
        if (component.type != ComponentType::gate)
          one = spent_by_one(problem_, measure.counted, body(component, b));
        list.push_back(one);
        Amount::Wide common = parts;
        for (Amount::Wide rest = one.den; rest != 0;) common = std::exchange(rest, common % rest);
        parts = parts / common * one.den;
        if (parts > kMostParts) return false;
      }
    }
    each_.resize(amounts.size());
    for (std::size_t c = 0; c < amounts.size(); ++c) {
      each_[c].resize(amounts[c].size());
      for (std::size_t b = 0; b < amounts[c].size(); ++b) {
        const Amount::Wide whole = amounts[c][b].num * (parts / amounts[c][b].den);
        if (whole > kLargest) return false;
        each_[c][b].push_back(static_cast<std::int64_t>(whole));
      }
    }
    if (&measure - ways_.measures.data() >= std::ptrdiff_t(ways_.first_criterion)) return true;
    const Amount::Wide limit =
        static_cast<Amount::Wide>(measure.counted.limit.num) * parts / measure.counted.limit.den;
    // What no sum reaches is no limit.
    if (limit < (kLargest << 10)) measure.limit = static_cast<std::int64_t>(limit);
    return true;
  }

  [[nodiscard]] std::int64_t least(ComponentId c, std::size_t m) const {
    std::int64_t least = kUnlimited;
    for (const auto& amounts : each_[c]) least = std::min(least, amounts[m]);
    return least;
  }

  /// Per component and measure what all the others leave, each with a replica of its smallest variant.
  void find_room() {
    const std::size_t n = system_.components.size();
    room_.assign(n, std::vector<std::int64_t>(ways_.measures.size(), kUnlimited));
    for (std::size_t m = 0; m < ways_.measures.size(); ++m) {
      if (ways_.measures[m].limit == kUnlimited) continue;
      std::int64_t sum = 0;
      for (ComponentId c = 0; c < n; ++c) sum += least(c, m);
      for (ComponentId c = 0; c < n; ++c) room_[c][m] = ways_.measures[m].limit - sum + least(c, m);
    }
  }

  bool list(ComponentId c) {
    const Component& component = system_.components[c];
    if (component.type == ComponentType::gate) {
      ways_.of[c].push_back({{1}, zeros(), std::vector<double>(system_.levels.size(), 0.0)});
      return true;
    }
    const VariantChoice* const choice = choice_of(problem_, c);
    counts_.assign(bodies(component), 0);
    if (component.mix && choice != nullptr) return mix(c, *choice, 0, 0, zeros());
    if (component.mix) {
      for (std::size_t v = 0; v < counts_.size(); ++v)
        counts_[v] = problem_.before.components[c].variants[v].replicas;
      return add(c);
    }
    for (std::size_t b = 0; b < counts_.size(); ++b) {
      if (!may_run(c, choice, b)) continue;
      for (const int n : replicas(c, choice, b)) {
        counts_.assign(counts_.size(), 0);
        counts_[b] = n;
        if (!add(c)) return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool may_run(ComponentId c, const VariantChoice* choice, std::size_t b) const {
    if (system_.components[c].variants.empty()) return true;
    if (choice != nullptr) return std::ranges::count(choice->allowed, b) > 0;
    return problem_.before.components[c].variants[b].replicas > 0;
  }

  [[nodiscard]] std::vector<int> replicas(ComponentId c, const VariantChoice* choice,
                                          std::size_t b) const {
    if (!system_.components[c].replicated()) return {1};
    if (choice != nullptr) return choice->counts[b];
    for (const Decision& decision : problem_.decisions)
      if (decision.component == c && decision.setting == Setting::replicas)
        return {decision.values.begin(), decision.values.end()};
    const ComponentPlan& plan = problem_.before.components[c];
    return {plan.variants.empty() ? plan.replicas : plan.variants[b].replicas};
  }

  bool mix(ComponentId c, const VariantChoice& choice, std::size_t next, int total,
           const std::vector<std::int64_t>& amounts) {
    if (next == counts_.size())
      return total == 0 || std::ranges::count(choice.totals, total) == 0 || add(c);
    static const std::vector<int> kNone{0};
    const bool allowed = std::ranges::count(choice.allowed, next) > 0;
    for (const int n : allowed ? choice.counts[next] : kNone) {
      std::vector<std::int64_t> more = amounts;
      bool fits = total + n <= choice.totals.back();
      for (std::size_t m = 0; m < more.size(); ++m) {
        more[m] += n * each_[c][next][m];
        fits = fits && more[m] <= room_[c][m];
      }
      if (!fits) break;  // ascending
      counts_[next] = n;
      if (!mix(c, choice, next + 1, total + n, more)) return false;
    }
    counts_[next] = 0;
    return true;
  }

  [[nodiscard]] std::vector<std::int64_t> zeros() const {
    return std::vector<std::int64_t>(ways_.measures.size(), 0);
  }

  /// False: too many.
  bool add(ComponentId c) {
    Way way{counts_, zeros(), {}};
    for (std::size_t b = 0; b < counts_.size(); ++b)
      for (std::size_t m = 0; m < way.amounts.size(); ++m)
        way.amounts[m] += counts_[b] * each_[c][b][m];
    for (std::size_t m = 0; m < way.amounts.size(); ++m) {
      if (way.amounts[m] > room_[c][m]) return true;
      if (way.amounts[m] > kLargest) return false;
    }
    if (ways_.of[c].size() == kMostWays || !find_down(c, way)) return false;
    ways_.of[c].push_back(std::move(way));
    return true;
  }

  /// The model's own numbers of the component, everything else in some way.
  bool find_down(ComponentId c, Way& way) {
    std::vector<bool> used;
    for (const int n : counts_) used.push_back(n > 0);
    if (subject_ != c || used != used_) {
      subject_ = c;
      used_ = used;
      plain_ = resolve(system_, one_way(c));
      const auto numbers = component_numbers(plain_.system, plain_.deployment);
      if (!numbers) return false;
      numbers_ = *numbers;
      load_ = load_table(plain_.system);
    }
    ComponentPlan& plan = plain_.deployment.components[c];
    const int total = std::accumulate(counts_.begin(), counts_.end(), 0);
    plan.replicas = total;
    for (std::size_t v = 0; v < plan.variants.size(); ++v) plan.variants[v].replicas = counts_[v];
    for (LevelId level = 0; level < system_.levels.size(); ++level) {
      const TableKey key{c, total, needed(plain_.system, load_, c, level, total), level};
      const TableNumbers table =
          table_numbers(plain_.system, plain_.deployment, load_, numbers_, key);
      way.down.push_back(down_given(table, total, 1.0));
    }
    return true;
  }

  [[nodiscard]] Deployment one_way(ComponentId c) const {
    std::vector<std::vector<int>> counts = counts_of(problem_, problem_.before);
    for (ComponentId other = 0; other < counts.size(); ++other) {
      if (other == c) {
        counts[other] = counts_;
        continue;
      }
      std::size_t first = 0;
      while (first + 1 < counts[other].size() && counts[other][first] == 0) ++first;
      for (std::size_t b = 0; b < counts[other].size(); ++b)
        counts[other][b] = b == first ? std::max(1, counts[other][b]) : 0;
    }
    return deployment_of(problem_, counts);
  }

  const Problem& problem_;
  const System& system_;
  Ways ways_;
  std::vector<std::vector<std::vector<std::int64_t>>> each_;  ///< [component][body][measure]
  std::vector<std::vector<std::int64_t>> room_;               ///< [component][measure]
  std::vector<int> counts_;
  ComponentId subject_ = static_cast<ComponentId>(-1);  ///< of what follows
  std::vector<bool> used_;
  Resolved plain_;
  ComponentNumbers numbers_;
  LoadTable load_;
};

}  // namespace

Deployment deployment_of(const Problem& problem, const std::vector<std::vector<int>>& counts) {
  Deployment deployment = problem.before;
  for (ComponentId c = 0; c < counts.size(); ++c) {
    const Component& component = problem.system.components[c];
    ComponentPlan& plan = deployment.components[c];
    for (std::size_t v = 0; v < plan.variants.size(); ++v) plan.variants[v].replicas = counts[c][v];
    if (component.replicated())
      plan.replicas = std::accumulate(counts[c].begin(), counts[c].end(), 0);
  }
  return deployment;
}

std::vector<std::vector<int>> counts_of(const Problem& problem, const Deployment& deployment) {
  std::vector<std::vector<int>> counts;
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const ComponentPlan& plan = deployment.components[c];
    std::vector<int>& list = counts.emplace_back();
    for (const ComponentPlan& variant : plan.variants) list.push_back(variant.replicas);
    if (list.empty()) list.push_back(problem.system.components[c].replicated() ? plan.replicas : 1);
  }
  return counts;
}

std::optional<Ways> ways_of(const Problem& problem) { return Listing(problem).run(); }

}  // namespace haplan::solver
