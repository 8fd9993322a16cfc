#include "solver/counts.hpp"

#include <algorithm>
#include <cmath>

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

/// Depth-first over components with sums per level and ideal figures.
class Enumeration {
 public:
  Enumeration(Workbench& bench, int peak)
      : bench_(bench),
        peak_(peak),
        allowed_(all_values(bench.problem)),
        sums_(bench.problem.system.levels.size(), 0) {
    current_.option.assign(bench.problem.system.components.size(), 0);
    // What the components from each depth on add at least.
    least_.assign(bench.replicated.size() + 1, std::vector<int>(sums_.size(), 0));
    for (std::size_t depth = bench.replicated.size(); depth-- > 0;) {
      const ComponentId c = bench.replicated[depth];
      const auto& options = bench.space.components[c].options;
      for (LevelId l = 0; l < sums_.size(); ++l) {
        int fewest = options.empty() ? 0 : options.front().replicas[l];
        for (const CountOption& option : options) fewest = std::min(fewest, option.replicas[l]);
        least_[depth][l] = least_[depth + 1][l] + fewest;
      }
    }
    prepare_ideals();
  }

  std::vector<CountVector> run() {
    visit(0);
    std::ranges::stable_sort(found_, [](const CountVector& a, const CountVector& b) {
      if (const int c = compare(a.mean, b.mean); c != 0) return c < 0;
      return a.cpu != b.cpu ? a.cpu < b.cpu : a.memory < b.memory;
    });
    return std::move(found_);
  }

 private:
  void prepare_ideals() {
    best_.assign(bench_.functions.inputs.size(), {});
    selection_.assign(best_.size(), nullptr);
    for (const ComponentId c : bench_.replicated) {
      const auto& options = bench_.space.components[c].options;
      std::vector<OptionFigures> ideals;
      for (std::size_t o = 0; o < options.size(); ++o) {
        const OptionSet& set = bench_.options(c, o, allowed_, false);
        if (!set.figures.empty()) ideals.push_back(set.ideal);
      }
      if (ideals.empty()) possible_ = false;
      const std::size_t input = bench_.input_of(c);
      if (input == best_.size() || ideals.empty()) continue;
      best_[input] = ideal_of(ideals);
      selection_[input] = &best_[input];
    }
  }

  void visit(std::size_t depth) {
    if (!possible_ || !bench_.meter.spend()) return;
    if (bench_.bounds.impossible(selection_, false)) return;
    if (depth == bench_.replicated.size()) {
      emit();
      return;
    }
    const ComponentId c = bench_.replicated[depth];
    const auto& options = bench_.space.components[c].options;
    const std::size_t input = bench_.input_of(c);
    for (std::size_t o = 0; o < options.size(); ++o) {
      const OptionSet& set = bench_.options(c, o, allowed_, false);
      if (set.figures.empty()) continue;
      for (LevelId l = 0; l < sums_.size(); ++l) sums_[l] += options[o].replicas[l];
      if (can_meet_peak(depth + 1)) {
        current_.option[c] = o;
        if (input < best_.size()) selection_[input] = &set.ideal;
        visit(depth + 1);
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

  void emit() {
    const auto most = std::ranges::max_element(sums_);
    if (*most != peak_) return;
    CountVector vector = current_;
    vector.peak = peak_;
    vector.level = static_cast<LevelId>(most - sums_.begin());
    for (LevelId l = 0; l < sums_.size(); ++l)
      vector.mean += bench_.problem.system.levels[l].share * sums_[l];
    for (const ComponentId c : bench_.replicated) {
      const Component& component = bench_.problem.system.components[c];
      const int n = bench_.space.components[c].options[vector.option[c]].replicas[vector.level];
      vector.cpu += n * requested(component, "cpu");
      vector.memory += n * requested(component, "memory");
    }
    found_.push_back(std::move(vector));
  }

  Workbench& bench_;
  int peak_;
  Allowed allowed_;
  bool possible_ = true;
  std::vector<int> sums_;
  std::vector<std::vector<int>> least_;
  std::vector<OptionFigures> best_;
  Selection selection_;
  CountVector current_;
  std::vector<CountVector> found_;
};

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

bool same_rank(const CountVector& a, const CountVector& b) {
  return a.peak == b.peak && compare(a.mean, b.mean) == 0 && a.cpu == b.cpu && a.memory == b.memory;
}

int least_peak(const Workbench& bench) { return extreme_peak(bench, false); }
int largest_peak(const Workbench& bench) { return extreme_peak(bench, true); }

std::vector<CountVector> vectors_with_peak(Workbench& bench, int peak) {
  return Enumeration(bench, peak).run();
}

}  // namespace haplan::solver
