#include "model/availability/worst_branching.hpp"

#include <algorithm>

#include "model/availability/allowed_figure.hpp"
#include "model/availability/branch_units.hpp"
#include "model/availability/lone_replicas.hpp"
#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

using Vector = DownVector;
using Inputs = std::vector<const Vector*>;

/// Branch and bound on an upper figure that permuting equal nodes leaves alone.
class Branching {
 public:
  Branching(const PlacementQuestion& question, const WorstPlacementOptions& options)
      : question_(question),
        options_(options),
        meter_(options.stop),
        worst_(options.alone.empty() ? worst_alone(question.figures, question.space,
                                                   question.space.always_headroom, options.stop)
                                     : options.alone),
        units_(question, worst_, meter_),
        figure_(question, options_.stop, meter_),
        load_(question.system, question.space.replicas),
        chosen_(question.figures.placed().size()),
        limit_(question.figures.union_bound(question.function, worst_)) {}

  void run() {
    raise_lower(question_.deployment);
    const bool known = options_.limit && (limit_ <= *options_.limit || done_);
    if (!known) {
      apart_ = units_.set_apart();
      visit_gated(0, question_.space.cell);
    }
    if (done_) left_out_ = 1.0;
    upper_ = visited_ == 0 ? limit_ : std::min(limit_, std::max(best_, left_out_));
  }

  /// Figure that some allowed placement reaches; 0 when none is known.
  [[nodiscard]] double lower() const { return lower_; }

  /// Where no allowed placement is known the pods may stay pending.
  [[nodiscard]] double upper() const {
    return figure_.fits() || question_.space.capacity_never_binds ? upper_ : 1.0;
  }
  [[nodiscard]] std::size_t visited() const { return visited_; }
  [[nodiscard]] std::vector<std::vector<NodeId>> reached() { return std::move(reached_); }

 private:
  struct Choice {
    const UnitPlacement* placement = nullptr;
    double gain = 0.0;
  };

  ///   returns  false: some node has no room, and nothing is put
  bool put(const BranchUnit& unit, const UnitPlacement& placement) {
    add_load(unit, placement, 1);
    if (!load_.fits()) {
      add_load(unit, placement, -1);
      return false;
    }
    for (std::size_t i = 0; i < placement.size(); ++i)
      if (unit.placed[i] < chosen_.size()) chosen_[unit.placed[i]] = placement[i];
    return true;
  }

  void take(const BranchUnit& unit, const UnitPlacement& placement) {
    add_load(unit, placement, -1);
  }

  void add_load(const BranchUnit& unit, const UnitPlacement& placement, int sign) {
    if (question_.space.capacity_never_binds) return;
    for (std::size_t i = 0; i < placement.size(); ++i)
      load_.add((*unit.members)[i], placement[i], sign);
  }

  void visit_gated(std::size_t depth, const std::vector<std::size_t>& cell) {
    if (depth < units_.size() && units_[depth].gated) {
      const UnitPlacements& list = units_.listed(depth, cell);
      if (!list.complete) left_out_ = 1.0;
      for (const UnitPlacement& option : list.options) {
        if (out_of_work(1.0)) return;
        if (!put(units_[depth], option)) continue;
        visit_gated(depth + 1, refined(question_.space, *units_[depth].members, option, cell));
        take(units_[depth], option);
      }
      return;
    }
    Inputs inputs(question_.figures.placed().size(), nullptr);
    for (const std::size_t i : question_.function.gated) inputs[i] = &units_.at(i, chosen_[i]);
    Vector down_now = question_.figures.base(question_.function, inputs);
    for (std::size_t d = 0; d < depth; ++d)
      for (const std::size_t i : units_[d].placed) {
        if (!units_.is_series(i)) continue;
        const Vector& q = units_.at(i, chosen_[i]);
        for (std::size_t w = 0; w < q.size(); ++w) down_now[w] += q[w] * (1.0 - down_now[w]);
      }
    for (double& q : down_now)
      for (const double apart : apart_) q += apart * (1.0 - q);
    double value = 0.0;
    const Vector weight = weights(down_now, value);
    const double ceiling = value + most_more(depth, weight, cell, value);
    if (!leave_out(ceiling)) visit(depth, down_now, cell, ceiling);
  }

  /// What no branch need be searched for.
  [[nodiscard]] double uninteresting() const {
    return std::max(best_ * (1.0 + options_.tolerance), options_.limit.value_or(0.0));
  }

  /// Whether a branch whose figures are no larger than the bound need not be searched.
  bool leave_out(double bound) {
    if (bound > uninteresting()) return false;
    first_way_ = false;
    if (bound > best_) left_out_ = std::max(left_out_, bound);
    return true;
  }

  bool out_of_work(double bound) {
    may_abandon();
    ++visited_;
    const double operations = units_.operations() + products_ + figure_.operations() +
                              static_cast<double>(visited_ * question_.figures.size());
    const bool stopped = meter_.spend(static_cast<double>(question_.figures.size()));
    if (!done_ && !stopped && visited_ <= options_.work_limit && operations <= options_.operations)
      return false;
    left_out_ = std::max(left_out_, bound);
    return true;
  }

  /// What is down and what one more component can add: mass times P(up so far).
  Vector weights(const Vector& down_now, double& value) const {
    Vector weight(down_now.size());
    value = dot({question_.figures.mass().begin(), question_.figures.mass().end()}, down_now);
    for (std::size_t w = 0; w < weight.size(); ++w)
      weight[w] = question_.figures.mass()[w] * (1.0 - down_now[w]);
    return weight;
  }

  /// Worlds that still count: of what is left out all together is next to nothing.
  struct Open {
    std::vector<std::size_t> worlds;
    Vector weight;      ///< of each
    double rest = 0.0;  ///< sum of the others' weights
  };

  [[nodiscard]] Open open_worlds(const Vector& weight) const {
    constexpr double kNegligible = 1e-9;  // of the largest figure found
    const double least = kNegligible * std::max(best_, lower_) / static_cast<double>(weight.size());
    Open open;
    for (std::size_t w = 0; w < weight.size(); ++w) {
      if (weight[w] > least) {
        open.worlds.push_back(w);
        open.weight.push_back(weight[w]);
      } else {
        open.rest += weight[w];
      }
    }
    return open;
  }

  static Vector at(const Open& open, const Vector& down) {
    Vector result;
    result.reserve(open.worlds.size());
    for (const std::size_t w : open.worlds) result.push_back(down[w]);
    return result;
  }

  double largest_gain(std::size_t index, const Open& open, const std::vector<std::size_t>& cell) {
    const BranchUnit& unit = units_[index];
    const UnitPlacements& list = units_.listed(index, cell);
    if (!list.complete) return unit.worst;
    double most = 0.0;
    for (const UnitPlacement& option : list.options) {
      if (out_of_work(0.0)) return unit.worst;
      const Vector own = option.size() == 1 ? at(open, units_.at(unit.placed[0], option[0]))
                                            : at(open, units_.down(unit, option));
      most = std::max(most, dot(open.weight, own));
    }
    return std::min(most, unit.worst);
  }

  struct Kinds {
    std::vector<NodeId> first;       ///< of each kind
    std::vector<std::size_t> nodes;  ///< of each kind
  };

  /// Few nodes are told apart even where they are alike, because bounds are closer then.
  static Kinds kinds_of(const std::vector<std::size_t>& cell) {
    constexpr std::size_t kFew = 16;
    Kinds kinds;
    for (NodeId n = 0; n < cell.size(); ++n) {
      const auto like = std::ranges::find(kinds.first, cell[n], [&](NodeId m) { return cell[m]; });
      if (cell.size() > kFew && like != kinds.first.end()) {
        ++kinds.nodes[static_cast<std::size_t>(like - kinds.first.begin())];
        continue;
      }
      kinds.first.push_back(n);
      kinds.nodes.push_back(1);
    }
    return kinds;
  }

  /// What the units from `first` on add at most.
  ///   value  the figure without them
  double most_more(std::size_t first, const Vector& weight, const std::vector<std::size_t>& cell,
                   double value) {
    const Kinds kinds = kinds_of(cell);
    const Open open = open_worlds(weight);
    std::vector<LoneReplica> lone;
    double more = open.rest;
    double alone = 0.0;
    for (std::size_t d = first; d < units_.size(); ++d) {
      const BranchUnit& unit = units_[d];
      if (!unit.lone) {
        more += largest_gain(d, open, cell);
        continue;
      }
      LoneReplica& replica = lone.emplace_back();
      replica.down.resize(kinds.first.size());
      for (const UnitPlacement& option : units_.listed(d, cell).options)
        for (std::size_t kind = 0; kind < kinds.first.size(); ++kind)
          if (const NodeId node = kinds.first[kind]; cell[node] == cell[option[0][0]])
            replica.down[kind] = at(open, units_.at(unit.placed[0], {node}));
      alone += unit.worst;
    }
    if (out_of_work(0.0)) return more + alone;
    const MostAdded added =
        most_added(open.weight, lone, kinds.nodes, uninteresting() - value - more);
    products_ += added.operations;
    return more + std::min(alone, added.most);
  }

  void raise_lower(const Deployment& placement) {
    const std::optional<double> figure = figure_(placement);
    if (!figure || *figure <= lower_) return;
    lower_ = *figure;
    reached_.clear();
    for (const ComponentPlan& plan : placement.components) reached_.push_back(plan.nodes);
    done_ = options_.limit && lower_ > *options_.limit;
  }

  void finish(double value) {
    first_way_ = false;
    if (value <= best_) return;
    best_ = value;
    Deployment placement = question_.deployment;
    for (std::size_t u = 0; u < units_.size(); ++u)
      for (std::size_t i = 0; i < units_[u].placed.size(); ++i)
        if (units_[u].placed[i] < chosen_.size())
          placement.components[(*units_[u].members)[i]].nodes = chosen_[units_[u].placed[i]];
    raise_lower(placement);
  }

  ///   ceiling  no figure below is larger
  void visit(std::size_t depth, const Vector& down_now, const std::vector<std::size_t>& cell,
             double ceiling) {
    double value = 0.0;
    const Vector weight = weights(down_now, value);
    if (depth == units_.size()) {
      finish(value);
      return;
    }
    const BranchUnit& unit = units_[depth];
    double rest = 0.0;
    for (std::size_t d = depth + 1; d < units_.size(); ++d) rest += units_[d].worst;
    const double all = std::min(ceiling, value + unit.worst + rest);
    const UnitPlacements& list = units_.listed(depth, cell);
    if (!list.complete) {
      left_out_ = std::max(left_out_, all);
      return;
    }
    std::vector<Choice> choices;
    for (const UnitPlacement& option : list.options) {
      if (unit.twin && option[0][0] < chosen_[units_[*unit.twin].placed[0]][0]) continue;
      if (out_of_work(all)) break;
      choices.push_back({&option, units_.gain(unit, option, weight)});
    }
    std::ranges::stable_sort(choices, std::ranges::greater{}, &Choice::gain);
    for (const Choice& choice : choices) {
      const double bound = std::min(ceiling, value + choice.gain + rest);
      if (leave_out(bound) || out_of_work(bound)) break;
      descend(depth, choice, down_now, cell, bound);
    }
  }

  void descend(std::size_t depth, const Choice& choice, const Vector& down_now,
               const std::vector<std::size_t>& cell, double ceiling) {
    const BranchUnit& unit = units_[depth];
    if (!put(unit, *choice.placement)) return;
    extend(depth, choice, down_now, cell, ceiling);
    take(unit, *choice.placement);
  }

  void extend(std::size_t depth, const Choice& choice, const Vector& down_now,
              const std::vector<std::size_t>& cell, double ceiling) {
    const BranchUnit& unit = units_[depth];
    Vector next = down_now;
    const auto include = [&next](const Vector& more) {
      for (std::size_t w = 0; w < next.size(); ++w) next[w] += more[w] * (1.0 - next[w]);
    };
    if (choice.placement->size() == 1)
      include(units_.at(unit.placed[0], choice.placement->front()));
    else
      include(units_.down(unit, *choice.placement));
    const auto finer = refined(question_.space, *unit.members, *choice.placement, cell);
    // The first way down is taken at once: everything after it has something to be compared with.
    if (depth + 1 < units_.size() && !first_way_) {
      double value = 0.0;
      const Vector weight = weights(next, value);
      ceiling = std::min(ceiling, value + most_more(depth + 1, weight, finer, value));
      if (leave_out(ceiling)) return;
    }
    visit(depth + 1, next, finer, ceiling);
  }

  const PlacementQuestion& question_;
  const WorstPlacementOptions& options_;
  StopMeter meter_;
  const std::vector<double> worst_;  ///< per placed component: its own bound
  BranchUnits units_;
  AllowedFigure figure_;
  NodeLoad load_;              ///< of the units that are placed
  std::vector<double> apart_;  ///< per placed component; counted before anything is placed
  double products_ = 0.0;      ///< operations
  std::vector<std::vector<NodeId>> chosen_;
  double limit_ = 1.0;
  double best_ = 0.0;
  double left_out_ = 0.0;  ///< largest bound of a branch that was not searched
  double lower_ = 0.0;
  std::vector<std::vector<NodeId>> reached_;  ///< where it is, per component
  double upper_ = 1.0;
  bool first_way_ = true;  ///< down the tree
  bool done_ = false;      ///< more than the limit asked for was reached
  std::size_t visited_ = 0;
};

}  // namespace

WorstPlacement worst_branched(const PlacementQuestion& question,
                              const WorstPlacementOptions& options) {
  Branching branching(question, options);
  branching.run();
  WorstPlacement result;
  result.visited = branching.visited();
  result.upper = std::min(1.0, branching.upper() + question.figures.dropped());
  result.lower = std::min(result.upper, branching.lower());
  result.nodes = branching.reached();
  return result;
}

}  // namespace haplan::model
