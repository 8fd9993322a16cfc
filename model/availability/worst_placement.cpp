#include "model/availability/worst_placement.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "model/availability/headroom.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

using Vector = std::vector<double>;
using Inputs = std::vector<const Vector*>;

constexpr std::size_t kMostListed = 20'000;   ///< placements of one component
constexpr double kMostEnumerationWork = 1e8;  ///< combinations times worlds

/// Four running sums: independent additions, in an order that does not depend on the machine.
double dot(const Vector& a, const Vector& b) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.size(); ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

std::vector<std::size_t> all_different(std::size_t nodes) {
  std::vector<std::size_t> cell(nodes);
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  return cell;
}

std::size_t placed_index(const WorldFigures& figures, ComponentId component) {
  const auto& placed = figures.placed();
  const auto found = std::ranges::lower_bound(placed, component);
  return found != placed.end() && *found == component
             ? static_cast<std::size_t>(found - placed.begin())
             : placed.size();
}

/// Down vectors of placements, computed once while memory lasts.
class DownCache {
 public:
  DownCache(const WorldFigures& figures, bool credit, Moves moves, StopMeter& meter)
      : figures_(figures),
        credit_(credit),
        moves_(moves),
        meter_(meter),
        known_(figures.placed().size()) {}

  /// Valid until the next call for the same component.
  const Vector& at(std::size_t placed, const std::vector<NodeId>& nodes) {
    auto& known = known_[placed];
    if (const auto found = known.find(nodes); found != known.end()) return found->second;
    constexpr std::size_t kMostNumbers = 4'000'000;  // of each component
    if ((known.size() + 1) * figures_.size() > kMostNumbers) known.clear();
    const double work = kOperationsPerWorld * static_cast<double>(figures_.size());
    operations += work;
    meter_.spend(work);
    return known[nodes] = figures_.down(placed, nodes, credit_, moves_);
  }

  double operations = 0.0;  ///< spent on vectors

  /// Counting replicas costs more than an addition.
  static constexpr double kOperationsPerWorld = 8.0;

 private:
  const WorldFigures& figures_;
  bool credit_;
  Moves moves_;
  StopMeter& meter_;
  std::vector<std::map<std::vector<NodeId>, Vector>> known_;
};

/// Every combination of placements of all units, relevant ones first.
class Enumeration {
 public:
  Enumeration(const System& system, const Deployment& deployment, const WorldFigures& figures,
              const PlacementSpace& space, const ServiceFunction& function,
              const WorstPlacementOptions& options)
      : system_(system),
        deployment_(deployment),
        figures_(figures),
        space_(space),
        function_(function),
        table_(load_table(system)),
        stop_(options.stop),
        meter_(options.stop),
        credited_(figures, true, Moves::exact, meter_),
        plain_(figures, false, Moves::exact, meter_),
        load_(system, space.replicas) {
    const auto matters = [&](const PlacementUnit& unit) {
      return std::ranges::any_of(unit, [&](ComponentId c) {
        const std::size_t i = placed_index(figures, c);
        return std::ranges::count(function.series, i) + std::ranges::count(function.gated, i) > 0;
      });
    };
    units_ = space.units;
    const auto rest = std::ranges::stable_partition(units_, matters);
    relevant_ = static_cast<std::size_t>(rest.begin() - units_.begin());
    if (space.capacity_never_binds && space.always_headroom) units_.resize(relevant_);
    const auto cell = all_different(system.nodes.size());
    double combinations = 1.0;
    for (const PlacementUnit& unit : units_) {
      options_.push_back(unit_placements(space, unit, cell, kMostListed));
      affordable_ = affordable_ && options_.back().complete;
      combinations *= static_cast<double>(options_.back().options.size());
    }
    affordable_ = affordable_ && combinations <= options.most_combinations &&
                  combinations * static_cast<double>(figures.size()) <= kMostEnumerationWork;
  }

  [[nodiscard]] bool affordable() const { return affordable_; }

  WorstPlacement run() {
    visit(0);
    if (meter_.stopped()) return {std::max(best_, 0.0), 1.0, visited_};
    // Nothing is allowed: the pods stay pending.
    const double worst = best_ < 0.0 ? 1.0 : best_;
    return {worst, std::min(1.0, worst + figures_.dropped()), visited_};
  }

 private:
  void visit(std::size_t depth) {
    if (!load_.fits() || meter_.spend(kOperationsPerVisit)) return;
    if (depth == relevant_) {
      ++visited_;
      plain_figure_ = figure(plain_);
      credited_figure_ = figure(credited_);
    }
    if (depth >= relevant_ && plain_figure_ <= best_) return;
    if (depth == units_.size()) {
      const bool credit =
          space_.always_headroom || has_headroom(system_, table_, deployment_, stop_);
      if (meter_.spend(kOperationsPerPacking)) return;
      best_ = std::max(best_, credit ? credited_figure_ : plain_figure_);
      return;
    }
    for (const UnitPlacement& option : options_[depth].options) {
      place(depth, option, 1);
      visit(depth + 1);
      place(depth, option, -1);
    }
  }

  void place(std::size_t depth, const UnitPlacement& option, int sign) {
    for (std::size_t i = 0; i < option.size(); ++i) {
      load_.add(units_[depth][i], option[i], sign);
      if (sign > 0) deployment_.components[units_[depth][i]].nodes = option[i];
    }
  }

  double figure(DownCache& cache) {
    Inputs inputs(figures_.placed().size(), nullptr);
    for (const auto* list : {&function_.series, &function_.gated})
      for (const std::size_t i : *list)
        inputs[i] = &cache.at(i, deployment_.components[figures_.placed()[i]].nodes);
    meter_.spend(static_cast<double>(figures_.size() * function_.nodes.size()));
    return figures_.unavailability(function_, inputs);
  }

  static constexpr double kOperationsPerVisit = 100.0;
  // Asked at once: a packing that was stopped answers "no headroom", which is not known.
  static constexpr double kOperationsPerPacking = 1e6;

  const System& system_;
  Deployment deployment_;
  const WorldFigures& figures_;
  const PlacementSpace& space_;
  const ServiceFunction& function_;
  const LoadTable table_;
  Stop stop_;
  StopMeter meter_;
  DownCache credited_;
  DownCache plain_;
  NodeLoad load_;
  std::vector<PlacementUnit> units_;
  std::size_t relevant_ = 0;
  std::vector<UnitPlacements> options_;
  bool affordable_ = true;
  double plain_figure_ = 0.0;
  double credited_figure_ = 0.0;
  double best_ = -1.0;
  std::size_t visited_ = 0;
};

/// Branch and bound on an upper figure that permuting equal nodes leaves alone.
class Branching {
 public:
  Branching(const WorldFigures& figures, const PlacementSpace& space,
            const ServiceFunction& function, const WorstPlacementOptions& options)
      : figures_(figures),
        space_(space),
        function_(function),
        options_(options),
        meter_(options.stop),
        cache_(figures, space.always_headroom, Moves::fewest, meter_),
        exact_(figures, true, Moves::exact, meter_) {
    const std::vector<double> worst =
        worst_alone(figures, space, space.always_headroom, options.stop);
    limit_ = figures.union_bound(function, worst);
    for (const PlacementUnit& unit : space.units) add_unit(unit, worst);
    std::ranges::stable_sort(units_, [](const Unit& a, const Unit& b) {
      return a.gated != b.gated ? a.gated : a.worst > b.worst;
    });
    chosen_.resize(figures.placed().size());
  }

  void run() {
    if (!options_.limit || limit_ > *options_.limit) visit_gated(0, space_.cell);
    if (done_) left_out_ = 1.0;
    upper_ = visited_ == 0 ? limit_ : std::min(limit_, std::max(best_, left_out_));
  }

  /// Figure that some allowed placement reaches; 0 when none is known.
  [[nodiscard]] double lower() const { return lower_; }

  [[nodiscard]] double upper() const { return upper_; }
  [[nodiscard]] std::size_t visited() const { return visited_; }

 private:
  struct Unit {
    const PlacementUnit* members = nullptr;
    std::vector<std::size_t> placed;  ///< per member; placed().size() when it does not matter
    bool gated = false;
    double worst = 0.0;  ///< sum of its series members' own bounds
  };

  struct Choice {
    const UnitPlacement* placement = nullptr;
    double gain = 0.0;
  };

  void add_unit(const PlacementUnit& members, const std::vector<double>& worst) {
    Unit unit{&members, {}, false, 0.0};
    bool matters = false;
    for (const ComponentId c : members) {
      const std::size_t i = placed_index(figures_, c);
      unit.placed.push_back(i);
      const bool series = std::ranges::count(function_.series, i) > 0;
      const bool gated = std::ranges::count(function_.gated, i) > 0;
      if (series) unit.worst += worst[i];
      unit.gated = unit.gated || gated;
      matters = matters || series || gated;
    }
    if (matters) units_.push_back(std::move(unit));
  }

  [[nodiscard]] bool is_series(std::size_t placed) const {
    return std::ranges::count(function_.series, placed) > 0;
  }

  void remember(const Unit& unit, const UnitPlacement& placement) {
    for (std::size_t i = 0; i < placement.size(); ++i)
      if (unit.placed[i] < chosen_.size()) chosen_[unit.placed[i]] = placement[i];
  }

  /// P(some series member of the unit is down | world).
  Vector down(const Unit& unit, const UnitPlacement& placement) {
    Vector result;
    for (std::size_t i = 0; i < placement.size(); ++i) {
      if (!is_series(unit.placed[i])) continue;
      const Vector& q = cache_.at(unit.placed[i], placement[i]);
      if (result.empty()) {
        result = q;
        continue;
      }
      for (std::size_t w = 0; w < q.size(); ++w) result[w] += q[w] * (1.0 - result[w]);
    }
    return result.empty() ? Vector(figures_.size(), 0.0) : result;
  }

  void visit_gated(std::size_t depth, const std::vector<std::size_t>& cell) {
    if (depth < units_.size() && units_[depth].gated) {
      const UnitPlacements list =
          unit_placements(space_, *units_[depth].members, cell, kMostListed);
      if (!list.complete) left_out_ = 1.0;
      for (const UnitPlacement& option : list.options) {
        if (out_of_work(1.0)) return;
        remember(units_[depth], option);
        visit_gated(depth + 1, refined(space_, *units_[depth].members, option, cell));
      }
      return;
    }
    Inputs inputs(figures_.placed().size(), nullptr);
    for (const std::size_t i : function_.gated) inputs[i] = &cache_.at(i, chosen_[i]);
    Vector down_now = figures_.base(function_, inputs);
    for (std::size_t d = 0; d < depth; ++d)
      for (const std::size_t i : units_[d].placed) {
        if (!is_series(i)) continue;
        const Vector& q = cache_.at(i, chosen_[i]);
        for (std::size_t w = 0; w < q.size(); ++w) down_now[w] += q[w] * (1.0 - down_now[w]);
      }
    visit(depth, down_now, cell);
  }

  bool out_of_work(double bound) {
    ++visited_;
    const double operations =
        cache_.operations + exact_.operations + static_cast<double>(visited_ * figures_.size());
    const bool stopped = meter_.spend(static_cast<double>(figures_.size()));
    if (!done_ && !stopped && visited_ <= options_.work_limit && operations <= options_.operations)
      return false;
    left_out_ = std::max(left_out_, bound);
    return true;
  }

  /// What is down and what one more component can add: mass times P(up so far).
  Vector weights(const Vector& down_now, double& value) const {
    Vector weight(down_now.size());
    value = dot({figures_.mass().begin(), figures_.mass().end()}, down_now);
    for (std::size_t w = 0; w < weight.size(); ++w)
      weight[w] = figures_.mass()[w] * (1.0 - down_now[w]);
    return weight;
  }

  double largest_gain(const Unit& unit, const Vector& weight,
                      const std::vector<std::size_t>& cell) {
    const UnitPlacements list = unit_placements(space_, *unit.members, cell, kMostListed);
    if (!list.complete) return unit.worst;
    double most = 0.0;
    for (const UnitPlacement& option : list.options) {
      if (out_of_work(0.0)) return unit.worst;
      most = std::max(most, option.size() == 1 ? dot(weight, cache_.at(unit.placed[0], option[0]))
                                               : dot(weight, down(unit, option)));
    }
    return std::min(most, unit.worst);
  }

  void finish(double value) {
    if (value <= best_) return;
    best_ = value;
    // From below only where capacity and headroom are proved for whatever was chosen.
    if (!space_.capacity_never_binds || !space_.always_headroom) return;
    Inputs inputs(figures_.placed().size(), nullptr);
    for (const auto* list : {&function_.series, &function_.gated})
      for (const std::size_t i : *list) inputs[i] = &exact_.at(i, chosen_[i]);
    lower_ = std::max(lower_, figures_.unavailability(function_, inputs));
    done_ = options_.limit && lower_ > *options_.limit;
  }

  void visit(std::size_t depth, const Vector& down_now, const std::vector<std::size_t>& cell) {
    double value = 0.0;
    const Vector weight = weights(down_now, value);
    if (depth == units_.size()) {
      finish(value);
      return;
    }
    const Unit& unit = units_[depth];
    double rest = 0.0;
    for (std::size_t d = depth + 1; d < units_.size(); ++d) rest += units_[d].worst;
    const UnitPlacements list = unit_placements(space_, *unit.members, cell, kMostListed);
    if (!list.complete) {
      left_out_ = std::max(left_out_, value + unit.worst + rest);
      return;
    }
    std::vector<Choice> choices;
    for (const UnitPlacement& option : list.options) {
      if (out_of_work(value + unit.worst + rest)) break;
      choices.push_back({&option, dot(weight, down(unit, option))});
    }
    std::ranges::stable_sort(choices, std::ranges::greater{}, &Choice::gain);
    for (const Choice& choice : choices) {
      const double bound = value + choice.gain + rest;
      if (bound <= best_ * (1.0 + options_.tolerance)) {
        if (bound > best_) left_out_ = std::max(left_out_, bound);
        break;
      }
      if (out_of_work(bound)) break;
      descend(depth, choice, down_now, cell);
    }
  }

  void descend(std::size_t depth, const Choice& choice, const Vector& down_now,
               const std::vector<std::size_t>& cell) {
    const Unit& unit = units_[depth];
    remember(unit, *choice.placement);
    Vector next = down_now;
    const Vector more = down(unit, *choice.placement);
    for (std::size_t w = 0; w < next.size(); ++w) next[w] += more[w] * (1.0 - next[w]);
    const auto finer = refined(space_, *unit.members, *choice.placement, cell);
    // The first way down is taken at once: everything after it has something to be compared with.
    if (depth + 1 < units_.size() && best_ > 0.0) {
      double bound = 0.0;
      const Vector weight = weights(next, bound);
      for (std::size_t d = depth + 1; d < units_.size(); ++d)
        bound += largest_gain(units_[d], weight, finer);
      if (bound <= best_ * (1.0 + options_.tolerance)) {
        if (bound > best_) left_out_ = std::max(left_out_, bound);
        return;
      }
    }
    visit(depth + 1, next, finer);
  }

  const WorldFigures& figures_;
  const PlacementSpace& space_;
  const ServiceFunction& function_;
  const WorstPlacementOptions& options_;
  StopMeter meter_;
  DownCache cache_;
  DownCache exact_;
  std::vector<Unit> units_;
  std::vector<std::vector<NodeId>> chosen_;
  double limit_ = 1.0;
  double best_ = 0.0;
  double left_out_ = 0.0;  ///< largest bound of a branch that was not searched
  double lower_ = 0.0;
  double upper_ = 1.0;
  bool done_ = false;  ///< more than the limit asked for was reached
  std::size_t visited_ = 0;
};

}  // namespace

std::vector<double> worst_alone(const WorldFigures& figures, const PlacementSpace& space,
                                bool credit, const Stop& stop) {
  StopMeter meter(stop);
  std::vector<double> worst;
  for (std::size_t i = 0; i < figures.placed().size(); ++i) {
    const PlacementList list =
        allowed_placements(space.rules[figures.placed()[i]], space.cell, kMostListed);
    double most = list.complete ? 0.0 : 1.0;
    for (const auto& placement : list.placements) {
      if (meter.spend(DownCache::kOperationsPerWorld * static_cast<double>(figures.size())))
        most = 1.0;
      if (most >= 1.0) break;
      const Vector q = figures.down(i, placement, credit, Moves::fewest);
      double sum = 0.0;
      for (std::size_t w = 0; w < q.size(); ++w) sum += figures.mass()[w] * q[w];
      most = std::max(most, sum);
    }
    worst.push_back(most);
  }
  return worst;
}

WorstPlacement worst_placement(const System& system, const Deployment& deployment,
                               const WorldFigures& figures, const PlacementSpace& space,
                               const ServiceFunction& function,
                               const WorstPlacementOptions& options) {
  Enumeration enumeration(system, deployment, figures, space, function, options);
  if (enumeration.affordable()) return enumeration.run();
  Branching branching(figures, space, function, options);
  branching.run();
  WorstPlacement result;
  result.visited = branching.visited();
  result.upper = std::min(1.0, branching.upper() + figures.dropped());
  result.lower = std::min(result.upper, branching.lower());
  return result;
}

}  // namespace haplan::model
