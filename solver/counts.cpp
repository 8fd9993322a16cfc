#include "solver/counts.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "solver/budgets.hpp"
#include "solver/spending_bound.hpp"
#include "solver/sum_watch.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kTie = 1e-12;

int compare(double a, double b) {
  if (std::abs(a - b) <= kTie * std::max(std::abs(a), std::abs(b))) return 0;
  return a < b ? -1 : 1;
}

std::int64_t requested(const Component& component, const char* resource) {
  const auto found = component.requests.find(resource);
  return found == component.requests.end() ? 0 : found->second;
}

}  // namespace

/// Depth-first over components with sums per level and ideal figures.
class CountSearch::Enumeration {
 public:
  Enumeration(Workbench& bench, int peak)
      : bench_(bench),
        peak_(peak),
        allowed_(all_values(bench.problem)),
        sums_(bench.problem.system.levels.size(), 0) {
    option_.assign(bench.problem.system.components.size(), 0);
    // What the components from each depth on add at least.
    least_.assign(bench.replicated.size() + 1, std::vector<int>(sums_.size(), 0));
    for (std::size_t depth = bench.replicated.size(); depth-- > 0;)
      for (LevelId l = 0; l < sums_.size(); ++l)
        least_[depth][l] = least_[depth + 1][l] + fewest(bench.replicated[depth], l);
    find_candidates();
    prepare_ideals();
    if (!possible_) return;
    find_main_level();
    if (!bench_.problem.budgets.empty()) prepare_spending();
    if (possible_ && main_level_) prepare_frontiers();
  }

  std::optional<CountVector> most_available() {
    if (!possible_ || !main_level_) return std::nullopt;
    const std::vector<std::size_t> chosen = watch_->least_adds();
    if (chosen.empty()) return std::nullopt;
    std::vector<std::size_t> option = option_;
    for (std::size_t depth = 0; depth < chosen.size(); ++depth)
      option[bench_.replicated[depth]] = candidates_[depth][chosen[depth]];
    CountVector vector = count_vector(bench_, option);
    if (vector.peak != peak_ || !affordable(bench_, vector.option)) return std::nullopt;
    return vector;
  }

  std::vector<CountVector> next() {
    found_.clear();
    if (done_ || !possible_) return {};
    best_cost_.reset();
    visit(0, {});
    // In one go where costs cannot be compared beforehand.
    done_ = !main_level_ || found_.empty();
    last_cost_ = best_cost_;
    if (bench_.meter.stopped()) found_.clear();
    std::ranges::stable_sort(
        found_, [](const CountVector& x, const CountVector& y) { return compare_rank(x, y) < 0; });
    return std::move(found_);
  }

 private:
  [[nodiscard]] int fewest(ComponentId component, LevelId level) const {
    const auto& options = bench_.space.components[component].options;
    int least = options.empty() ? 0 : options.front().replicas[level];
    for (const CountOption& option : options) least = std::min(least, option.replicas[level]);
    return least;
  }

  /// Options that leave room for the fewest replicas of all others.
  void find_candidates() {
    for (const ComponentId c : bench_.replicated) {
      const auto& options = bench_.space.components[c].options;
      std::vector<std::size_t>& list = candidates_.emplace_back();
      for (std::size_t o = 0; o < options.size(); ++o) {
        bool fits = true;
        for (LevelId l = 0; l < sums_.size(); ++l)
          fits = fits && options[o].replicas[l] + least_[0][l] - fewest(c, l) <= peak_;
        if (fits) list.push_back(o);
      }
    }
  }

  void prepare_ideals() {
    best_.assign(bench_.functions.inputs.size(), {});
    selection_.assign(best_.size(), nullptr);
    for (std::size_t depth = 0; depth < candidates_.size(); ++depth) {
      const ComponentId c = bench_.replicated[depth];
      std::vector<OptionFigures> ideals;
      std::vector<std::size_t> left;
      for (const std::size_t o : candidates_[depth]) {
        if (!bench_.meter.charge(1)) {
          possible_ = false;
          return;
        }
        const OptionSet& set = bench_.options(c, o, allowed_, false);
        if (set.figures.empty()) continue;
        ideals.push_back(set.ideal);
        left.push_back(o);
      }
      candidates_[depth] = std::move(left);
      if (ideals.empty()) possible_ = false;
      const std::size_t input = bench_.input_of(c);
      if (input == best_.size() || ideals.empty()) continue;
      best_[input] = ideal_of(ideals);
      selection_[input] = &best_[input];
    }
  }

  /// The level at which every option has most replicas, if there is one: then it is the one that criterion 2 looks at,
  /// or has as many replicas of each component.
  void find_main_level() {
    for (LevelId level = 0; level < sums_.size() && !main_level_; ++level) {
      bool most = true;
      for (std::size_t depth = 0; depth < candidates_.size(); ++depth)
        for (const std::size_t o : candidates_[depth]) {
          const auto& n = bench_.space.components[bench_.replicated[depth]].options[o].replicas;
          most = most && n[level] == std::ranges::max(n);
        }
      if (most) main_level_ = level;
    }
  }

  [[nodiscard]] RankCost cost_of(ComponentId component, std::size_t option) const {
    const auto& n = bench_.space.components[component].options[option].replicas;
    RankCost cost;
    for (LevelId l = 0; l < sums_.size(); ++l)
      cost.mean += bench_.problem.system.levels[l].share * n[l];
    cost.cpu = n[*main_level_] * requested(bench_.problem.system.components[component], "cpu");
    return cost;
  }

  void prepare_frontiers() {
    const int spare = peak_ - least_[0][*main_level_];
    if (spare < 0) {
      possible_ = false;
      return;
    }
    SumLists lists;
    for (std::size_t depth = 0; depth < candidates_.size(); ++depth) {
      const ComponentId c = bench_.replicated[depth];
      lists.inputs.push_back(bench_.input_of(c));
      auto& options = lists.options.emplace_back();
      auto& extras = lists.extras.emplace_back();
      auto& costs = lists.costs.emplace_back();
      for (const std::size_t o : candidates_[depth]) {
        options.push_back(&bench_.options(c, o, allowed_, false).ideal);
        extras.push_back(bench_.space.components[c].options[o].replicas[*main_level_] -
                         fewest(c, *main_level_));
        costs.push_back(cost_of(c, o));
      }
    }
    watch_.emplace(bench_.problem, bench_.bounds, selection_, lists, spare, bench_.crowd);
    possible_ = watch_->possible();
    costs_ = std::move(lists.costs);
  }

  void prepare_spending() {
    std::vector<SpendingBound::Range> ranges;
    for (std::size_t depth = 0; depth < candidates_.size(); ++depth) {
      SpendingBound::Range& range = ranges.emplace_back();
      range.component = bench_.replicated[depth];
      for (LevelId l = 0; l < sums_.size(); ++l) range.fewest.push_back(fewest(range.component, l));
      for (const std::size_t o : candidates_[depth])
        if (main_level_)
          range.most =
              std::max(range.most,
                       bench_.space.components[range.component].options[o].replicas[*main_level_]);
    }
    spending_.emplace(bench_.problem, ranges, main_level_);
    possible_ = affords(0);
  }

  [[nodiscard]] bool affords(std::size_t depth) const {
    if (!spending_) return true;
    const int extra = main_level_ ? peak_ - sums_[*main_level_] - least_[depth][*main_level_] : 0;
    return spending_->possible(depth, extra);
  }

  /// Whether the components from `depth` on can keep every sum's limit, and no dearer than the best found.
  bool promising(std::size_t depth, const RankCost& cost) {
    const int extra = peak_ - sums_[*main_level_] - least_[depth][*main_level_];
    return watch_->promising(depth, extra, [&](const RankCost& rest) {
      const RankCost whole{cost.mean + rest.mean, cost.cpu + rest.cpu};
      return !best_cost_ || compare(whole, *best_cost_) <= 0;
    });
  }

  void visit(std::size_t depth, const RankCost& cost) {
    if (!possible_ || !bench_.meter.spend()) return;
    if (!affords(depth)) return;
    if (main_level_ && !promising(depth, cost)) return;
    if (bench_.bounds.impossible(selection_, bench_.crowd)) return;
    if (depth == bench_.replicated.size()) {
      emit(cost);
      return;
    }
    const ComponentId c = bench_.replicated[depth];
    const auto& options = bench_.space.components[c].options;
    const std::size_t input = bench_.input_of(c);
    for (std::size_t i = 0; i < candidates_[depth].size(); ++i) {
      const std::size_t o = candidates_[depth][i];
      const OptionSet& set = bench_.options(c, o, allowed_, false);
      for (LevelId l = 0; l < sums_.size(); ++l) sums_[l] += options[o].replicas[l];
      if (can_meet_peak(depth + 1)) {
        option_[c] = o;
        if (input < best_.size()) selection_[input] = &set.ideal;
        RankCost next = cost;
        if (main_level_) {
          next.mean += costs_[depth][i].mean;
          next.cpu += costs_[depth][i].cpu;
          watch_->choose(depth, i);
        }
        if (spending_) spending_->add(depth, options[o].replicas);
        visit(depth + 1, next);
        if (spending_) spending_->add(depth, options[o].replicas, -1);
        if (input < best_.size()) selection_[input] = &best_[input];
      }
      for (LevelId l = 0; l < sums_.size(); ++l) sums_[l] -= options[o].replicas[l];
    }
  }

  [[nodiscard]] bool can_meet_peak(std::size_t depth) const {
    for (LevelId l = 0; l < sums_.size(); ++l)
      if (sums_[l] + least_[depth][l] > peak_) return false;
    return true;
  }

  void emit(const RankCost& cost) {
    const auto most = std::ranges::max_element(sums_);
    if (*most != peak_ || !affordable(bench_, option_)) return;
    if (main_level_ && last_cost_ && compare(cost, *last_cost_) <= 0) return;  // given before
    const int order = main_level_ && best_cost_ ? compare(cost, *best_cost_) : -1;
    if (order > 0 || bench_.known_refused(option_)) return;
    if (main_level_) {
      if (order < 0) found_.clear();
      if (order < 0) best_cost_ = cost;
    }
    found_.push_back(count_vector(bench_, option_));
    constexpr std::size_t kMostVectors = 1'000'000;
    if (found_.size() > kMostVectors) bench_.meter.give_up();
  }

  Workbench& bench_;
  int peak_;
  Allowed allowed_;
  bool possible_ = true;
  bool done_ = false;
  std::vector<int> sums_;
  std::vector<std::vector<int>> least_;
  std::vector<std::vector<std::size_t>> candidates_;  ///< per entry of bench_.replicated
  std::vector<OptionFigures> best_;
  Selection selection_;
  std::optional<LevelId> main_level_;
  std::vector<std::vector<RankCost>> costs_;  ///< as candidates_
  std::optional<SumWatch> watch_;             ///< where there is a main level
  std::optional<SpendingBound> spending_;     ///< where there are budgets
  std::optional<RankCost> best_cost_;         ///< of found_
  std::optional<RankCost> last_cost_;         ///< of what was given last
  std::vector<std::size_t> option_;
  std::vector<CountVector> found_;
};

CountSearch::CountSearch(Workbench& bench, int peak)
    : enumeration_(std::make_unique<Enumeration>(bench, peak)) {}
CountSearch::~CountSearch() = default;
std::vector<CountVector> CountSearch::next() { return enumeration_->next(); }
std::optional<CountVector> CountSearch::most_available() { return enumeration_->most_available(); }

namespace {

/// Smallest or largest total at the busiest level; the largest is a bound only, reached or not.
int extreme_peak(const Workbench& bench, bool largest) {
  int peak = 0;
  for (LevelId l = 0; l < bench.problem.system.levels.size(); ++l) {
    int sum = 0;
    for (const ComponentId c : bench.replicated) {
      const auto& options = bench.space.components[c].options;
      if (options.empty()) continue;
      int extreme = options.front().replicas[l];
      for (const CountOption& option : options)
        extreme =
            largest ? std::max(extreme, option.replicas[l]) : std::min(extreme, option.replicas[l]);
      sum += extreme;
    }
    peak = std::max(peak, sum);
  }
  return peak;
}

}  // namespace

CountVector count_vector(const Workbench& bench, std::vector<std::size_t> option) {
  const System& system = bench.problem.system;
  CountVector vector;
  vector.option = std::move(option);
  std::vector<int> sums(system.levels.size(), 0);
  for (const ComponentId c : bench.replicated)
    for (LevelId l = 0; l < sums.size(); ++l)
      sums[l] += bench.space.components[c].options[vector.option[c]].replicas[l];
  const auto most = std::ranges::max_element(sums);
  vector.peak = *most;
  vector.level = static_cast<LevelId>(most - sums.begin());
  for (LevelId l = 0; l < sums.size(); ++l) vector.mean += system.levels[l].share * sums[l];
  for (const ComponentId c : bench.replicated) {
    const int n = bench.space.components[c].options[vector.option[c]].replicas[vector.level];
    vector.cpu += n * requested(system.components[c], "cpu");
    vector.memory += n * requested(system.components[c], "memory");
  }
  return vector;
}

int compare_rank(const CountVector& a, const CountVector& b) {
  if (a.peak != b.peak) return a.peak < b.peak ? -1 : 1;
  if (const int c = compare(a.mean, b.mean); c != 0) return c;
  if (a.cpu != b.cpu) return a.cpu < b.cpu ? -1 : 1;
  return a.memory == b.memory ? 0 : a.memory < b.memory ? -1 : 1;
}

bool same_rank(const CountVector& a, const CountVector& b) { return compare_rank(a, b) == 0; }

bool affordable(const Workbench& bench, const std::vector<std::size_t>& option) {
  if (bench.problem.budgets.empty()) return true;
  std::vector<const std::vector<int>*> replicas(option.size(), nullptr);
  for (const ComponentId c : bench.replicated)
    replicas[c] = &bench.space.components[c].options[option[c]].replicas;
  return Purse(bench.problem).affords(replicas);
}

int least_peak(const Workbench& bench) { return extreme_peak(bench, false); }
int largest_peak(const Workbench& bench) { return extreme_peak(bench, true); }

std::vector<CountVector> vectors_with_peak(Workbench& bench, int peak) {
  CountSearch search(bench, peak);
  std::vector<CountVector> all;
  for (auto some = search.next(); !some.empty(); some = search.next())
    all.insert(all.end(), some.begin(), some.end());
  if (bench.meter.stopped()) all.clear();
  return all;
}

}  // namespace haplan::solver
