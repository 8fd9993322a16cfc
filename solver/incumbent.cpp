#include "solver/incumbent.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace haplan::solver {

using namespace model;

namespace {

using Options = std::vector<std::size_t>;

class Finder {
 public:
  explicit Finder(Workbench& bench) : bench_(bench) {}

  std::optional<Incumbent> run() {
    constexpr std::array<std::size_t, 3> kUnitsPerTry{300'000, 2'000'000, 10'000'000};
    constexpr std::array kSpares{2, 1, 3, 4, 6, 9};
    for (const std::size_t units : kUnitsPerTry) {
      std::set<Options> tried;
      for (const int spares : kSpares) {
        const Options options = with_spares(spares);
        if (tried.insert(options).second && attempt(options, units)) {
          descend();
          return best_;
        }
        if (bench_.meter.stopped()) return std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  /// Replicas beyond the need, at the level that has fewest.
  [[nodiscard]] int spares_of(ComponentId component, const CountOption& option) const {
    const System& system = bench_.problem.system;
    int spares = option.replicas.front();
    for (LevelId l = 0; l < system.levels.size(); ++l) {
      const int n = option.replicas[l];
      spares = std::min(spares, n - needed(system, bench_.load, component, l, n));
    }
    return spares;
  }

  [[nodiscard]] int size_of(ComponentId component, std::size_t option) const {
    int sum = 0;
    for (const int n : bench_.space.components[component].options[option].replicas) sum += n;
    return sum;
  }

  /// Per component the fewest replicas with that many spares, or the most spares that there are.
  [[nodiscard]] Options with_spares(int wanted) const {
    Options chosen(bench_.problem.system.components.size(), 0);
    for (const ComponentId c : bench_.replicated) {
      const auto& options = bench_.space.components[c].options;
      const auto key = [&](std::size_t o) {
        return std::pair(-std::min(wanted, spares_of(c, options[o])), size_of(c, o));
      };
      for (std::size_t o = 1; o < options.size(); ++o)
        if (key(o) < key(chosen[c])) chosen[c] = o;
    }
    return chosen;
  }

  bool attempt(const Options& options, std::size_t units) {
    if (!affordable(bench_, options)) return false;
    const Allowance allowance(bench_.meter, units);
    const CountVector counts = count_vector(bench_, options);
    ++bench_.meter.work.count_vectors;
    const auto plan = SettingSearch(bench_, counts).any();
    if (plan) best_ = Incumbent{*plan, counts};
    if (plan) bench_.meter.found(counts.peak);
    return plan.has_value();
  }

  /// One step down for one component after the other, as long as some step succeeds.
  void descend() {
    constexpr std::size_t kUnits = 5'000'000;
    constexpr std::size_t kUnitsPerTry = 300'000;
    const Allowance allowance(bench_.meter, std::min(kUnits, bench_.meter.left(4 * kUnits) / 4));
    std::set<Options> tried;
    for (bool found = true; found && !bench_.meter.stopped();) {
      found = false;
      for (const ComponentId c : bench_.replicated) {
        const auto fewer = next_smaller(c, best_->counts.option[c]);
        if (!fewer) continue;
        Options options = best_->counts.option;
        options[c] = *fewer;
        if (tried.insert(options).second) found = attempt(options, kUnitsPerTry) || found;
      }
    }
  }

  [[nodiscard]] std::optional<std::size_t> next_smaller(ComponentId component,
                                                        std::size_t from) const {
    std::optional<std::size_t> next;
    for (std::size_t o = 0; o < bench_.space.components[component].options.size(); ++o)
      if (size_of(component, o) < size_of(component, from) &&
          (!next || size_of(component, o) > size_of(component, *next)))
        next = o;
    return next;
  }

  Workbench& bench_;
  std::optional<Incumbent> best_;
};

}  // namespace

std::optional<Incumbent> find_incumbent(Workbench& bench) { return Finder(bench).run(); }

}  // namespace haplan::solver
