#include "model/availability/worst_enumeration.hpp"

#include <algorithm>
#include <numeric>

#include "model/availability/headroom.hpp"
#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

constexpr double kMostEnumerationWork = 1e8;  ///< combinations times worlds

std::vector<std::size_t> all_different(std::size_t nodes) {
  std::vector<std::size_t> cell(nodes);
  std::iota(cell.begin(), cell.end(), std::size_t{0});
  return cell;
}

/// Every combination of placements of all units, relevant ones first.
class Enumeration {
 public:
  Enumeration(const PlacementQuestion& question, const WorstPlacementOptions& options)
      : question_(question),
        deployment_(question.deployment),
        table_(load_table(question.system)),
        stop_(options.stop),
        meter_(options.stop),
        credited_{{question.figures, true, Moves::exact, meter_}, {}, {}},
        plain_{{question.figures, false, Moves::exact, meter_}, {}, {}},
        mass_(question.figures.mass().begin(), question.figures.mass().end()),
        load_(question.system, question.space.replicas) {
    const auto matters = [&](const PlacementUnit& unit) {
      return std::ranges::any_of(unit, [&](ComponentId c) {
        const std::size_t i = placed_index(question.figures, c);
        return std::ranges::count(question.function.series, i) +
                   std::ranges::count(question.function.gated, i) >
               0;
      });
    };
    const auto gated = [&](const PlacementUnit& unit) {
      return std::ranges::any_of(unit, [&](ComponentId c) {
        return std::ranges::count(question.function.gated, placed_index(question.figures, c)) > 0;
      });
    };
    units_ = question.space.units;
    const auto rest = std::ranges::stable_partition(units_, matters);
    relevant_ = static_cast<std::size_t>(rest.begin() - units_.begin());
    const auto series = std::stable_partition(
        units_.begin(), units_.begin() + static_cast<std::ptrdiff_t>(relevant_), gated);
    gated_ = static_cast<std::size_t>(series - units_.begin());
    for (Reading* reading : {&plain_, &credited_}) reading->down.resize(relevant_ + 1);
    if (question.space.capacity_never_binds && question.space.always_headroom)
      units_.resize(relevant_);
    const auto cell = all_different(question.system.nodes.size());
    const double most = std::min(options.most_combinations,
                                 kMostEnumerationWork / static_cast<double>(std::max<std::size_t>(
                                                            1, question.figures.size())));
    affordable_ = !question.figures.merged() && !question.figures.reduced();
    double combinations = 1.0;
    for (const PlacementUnit& unit : units_) {
      if (!affordable_ || combinations == 0.0) return;
      const auto left = static_cast<std::size_t>(most / combinations);
      options_.push_back(unit_placements(question.space, unit, cell, std::min(left, kMostListed)));
      combinations *= static_cast<double>(options_.back().options.size());
      affordable_ = options_.back().complete && combinations <= most;
    }
  }

  [[nodiscard]] bool affordable() const { return affordable_; }

  WorstPlacement run() {
    visit(0);
    if (meter_.stopped()) return {std::max(best_, 0.0), 1.0, visited_, std::move(reached_)};
    // Nothing is allowed: the pods stay pending.
    const double worst = best_ < 0.0 ? 1.0 : best_;
    return {worst, std::min(1.0, worst + question_.figures.dropped()), visited_,
            std::move(reached_)};
  }

 private:
  /// The service with rescheduling, or without.
  struct Reading {
    DownCache cache;
    std::vector<DownVector> down;  ///< P(service down | world), per depth
    DownVector weight;             ///< mass times P(up) with all relevant units but the last
    double value = 0.0;            ///< P(service down) there
    double figure = 0.0;           ///< with all of them
  };

  void visit(std::size_t depth) {
    may_abandon();
    if (!load_.fits() || meter_.spend(kOperationsPerVisit)) return;
    if (depth >= gated_ && depth <= relevant_) {
      extend(depth, credited_);
      if (!question_.space.always_headroom) extend(depth, plain_);
    }
    if (depth == relevant_) {
      ++visited_;
      if (question_.space.always_headroom) plain_.figure = credited_.figure;
    }
    if (depth >= relevant_ && plain_.figure <= best_) return;
    if (depth == units_.size()) {
      const bool credit = question_.space.always_headroom ||
                          has_headroom(question_.system, table_, deployment_, stop_);
      if (meter_.spend(kOperationsPerPacking)) return;
      const double figure = credit ? credited_.figure : plain_.figure;
      if (figure <= best_) return;
      best_ = figure;
      reached_.clear();
      for (const ComponentPlan& plan : deployment_.components) reached_.push_back(plan.nodes);
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

  /// The service with what is placed, everything else up: from that of one unit less.
  void extend(std::size_t depth, Reading& reading) {
    if (depth == relevant_ && depth > gated_) {
      reading.figure = reading.value;
      const PlacementUnit& last = units_[depth - 1];
      if (last.size() == 1) {
        reading.figure += dot(reading.weight, down_of(last.front(), reading));
        return;
      }
    }
    DownVector& now = reading.down[depth];
    if (depth == gated_) {
      std::vector<const DownVector*> inputs(question_.figures.placed().size(), nullptr);
      for (const std::size_t i : question_.function.gated)
        inputs[i] =
            &reading.cache.at(i, deployment_.components[question_.figures.placed()[i]].nodes);
      meter_.spend(static_cast<double>(question_.figures.size() * question_.function.nodes.size()));
      now = question_.figures.base(question_.function, inputs);
      for (std::size_t d = 0; d < depth; ++d) join(units_[d], reading, now);
    } else {
      now = reading.down[depth - 1];
      join(units_[depth - 1], reading, now);
    }
    if (depth + 1 < relevant_) return;
    reading.value = reading.figure = dot(mass_, now);
    reading.weight.resize(now.size());
    for (std::size_t w = 0; w < now.size(); ++w) reading.weight[w] = mass_[w] * (1.0 - now[w]);
  }

  const DownVector& down_of(ComponentId component, Reading& reading) {
    meter_.spend(static_cast<double>(mass_.size()));
    return reading.cache.at(placed_index(question_.figures, component),
                            deployment_.components[component].nodes);
  }

  void join(const PlacementUnit& unit, Reading& reading, DownVector& down) {
    for (const ComponentId c : unit) {
      const std::size_t i = placed_index(question_.figures, c);
      if (std::ranges::count(question_.function.series, i) == 0) continue;
      const DownVector& q = down_of(c, reading);
      for (std::size_t w = 0; w < down.size(); ++w) down[w] += q[w] * (1.0 - down[w]);
    }
  }

  static constexpr double kOperationsPerVisit = 100.0;
  // Asked at once: a packing that was stopped answers "no headroom", which is not known.
  static constexpr double kOperationsPerPacking = 1e6;

  const PlacementQuestion& question_;
  Deployment deployment_;
  const LoadTable table_;
  Stop stop_;
  StopMeter meter_;
  Reading credited_;
  Reading plain_;
  const DownVector mass_;
  NodeLoad load_;
  std::vector<PlacementUnit> units_;
  std::size_t gated_ = 0;     ///< units with gated members, which come first
  std::size_t relevant_ = 0;  ///< units that the function reads, which come before the others
  std::vector<UnitPlacements> options_;
  bool affordable_ = true;
  double best_ = -1.0;
  std::vector<std::vector<NodeId>> reached_;  ///< where it is, per component
  std::size_t visited_ = 0;
};

}  // namespace

std::optional<WorstPlacement> worst_enumerated(const PlacementQuestion& question,
                                               const WorstPlacementOptions& options) {
  Enumeration enumeration(question, options);
  if (!enumeration.affordable()) return std::nullopt;
  return enumeration.run();
}

}  // namespace haplan::model
