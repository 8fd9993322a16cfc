#include "model/availability/worst_branching.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "model/availability/down_cache.hpp"
#include "model/availability/headroom.hpp"
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
        cache_(question.figures, question.space.always_headroom, Moves::fewest, meter_),
        credited_(question.figures, true, Moves::exact, meter_),
        plain_(question.figures, false, Moves::exact, meter_),
        table_(load_table(question.system)) {
    const std::vector<double> worst =
        options.alone.empty() ? worst_alone(question.figures, question.space,
                                            question.space.always_headroom, options.stop)
                              : options.alone;
    limit_ = question.figures.union_bound(question.function, worst);
    for (const PlacementUnit& unit : question.space.units) add_unit(unit, worst);
    lists_.resize(units_.size());
    std::ranges::stable_sort(units_, [](const Unit& a, const Unit& b) {
      return a.gated != b.gated ? a.gated : a.rank > b.rank;
    });
    chosen_.resize(question.figures.placed().size());
    apart_.resize(question.figures.placed().size(), 0.0);
  }

  void run() {
    raise_lower(question_.deployment);
    const bool known = options_.limit && (limit_ <= *options_.limit || done_);
    if (!known) {
      set_apart();
      visit_gated(0, question_.space.cell);
    }
    if (done_) left_out_ = 1.0;
    upper_ = visited_ == 0 ? limit_ : std::min(limit_, std::max(best_, left_out_));
  }

  /// Figure that some allowed placement reaches; 0 when none is known.
  [[nodiscard]] double lower() const { return lower_; }

  /// Where no allowed placement is known the pods may stay pending.
  [[nodiscard]] double upper() const {
    return fits_ || question_.space.capacity_never_binds ? upper_ : 1.0;
  }
  [[nodiscard]] std::size_t visited() const { return visited_; }

 private:
  struct Unit {
    const PlacementUnit* members = nullptr;
    std::vector<std::size_t> placed;  ///< per member; placed().size() when it does not matter
    bool gated = false;
    bool lone = false;  ///< one component of one replica
    /// An earlier lone one that is down just like it wherever both are: they change places freely.
    std::optional<std::size_t> twin;
    double worst = 0.0;  ///< sum of its series members' own bounds
    double rank = 0.0;   ///< the largest is placed first
  };

  struct Lists {
    std::map<std::vector<std::size_t>, UnitPlacements> kept;  ///< by cell
    UnitPlacements last;
  };

  struct Choice {
    const UnitPlacement* placement = nullptr;
    double gain = 0.0;
  };

  void add_unit(const PlacementUnit& members, const std::vector<double>& worst) {
    Unit unit;
    unit.members = &members;
    bool matters = false;
    for (const ComponentId c : members) {
      const std::size_t i = placed_index(question_.figures, c);
      unit.placed.push_back(i);
      const bool series = std::ranges::count(question_.function.series, i) > 0;
      const bool gated = std::ranges::count(question_.function.gated, i) > 0;
      if (series) {
        unit.worst += worst[i];
        unit.rank += rank(i, question_.deployment.components[c].nodes, worst[i]);
      }
      unit.gated = unit.gated || gated;
      matters = matters || series || gated;
    }
    const auto& nodes = question_.deployment.components[members.front()].nodes;
    unit.lone = members.size() == 1 && nodes.size() == 1 && !unit.gated;
    if (matters) units_.push_back(std::move(unit));
  }

  /// By what its nodes do to it. What has several comes first, because what lone replicas add on shared nodes is bounded well.
  double rank(std::size_t placed, const std::vector<NodeId>& nodes, double worst) {
    constexpr double kSeveral = 10.0;
    double by_itself = worst;  // nothing is known of it where no worlds are listed
    for (const double down : cache_.at(placed, nodes)) by_itself = std::min(by_itself, down);
    return (nodes.size() > 1 ? kSeveral : 1.0) * (worst - by_itself);
  }

  /// Of lone replicas P(down whatever the nodes do) counts first: the rest is then down together with its node alone, which bounds
  /// what several add more closely.
  void set_apart() {
    std::vector<double> apart(question_.figures.placed().size(), 0.0);
    for (std::size_t u = 0; u < units_.size(); ++u) {
      if (!units_[u].lone) continue;
      const std::size_t placed = units_[u].placed.front();
      double least = 1.0;
      for (const UnitPlacement& option : listed(u, question_.space.cell).options)
        for (const double q : cache_.at(placed, option.front())) least = std::min(least, q);
      if (least < 1.0) apart[placed] = least;
    }
    cache_.set_apart(apart);
    apart_ = std::move(apart);
    find_twins();
  }

  /// Only where capacity does not tell them apart.
  void find_twins() {
    if (!question_.space.capacity_never_binds) return;
    for (std::size_t u = 0; u < units_.size(); ++u)
      for (std::size_t earlier = u; units_[u].lone && !units_[u].twin && earlier-- > 0;)
        if (units_[earlier].lone && alike(u, earlier)) units_[u].twin = earlier;
  }

  bool alike(std::size_t a, std::size_t b) {
    constexpr double kEqual = 1e-13;
    const auto rule = [this](std::size_t u) -> const PlacementRule& {
      return question_.space.rules[units_[u].members->front()];
    };
    if (rule(a).nodes != rule(b).nodes || rule(a).fixed || rule(b).fixed) return false;
    const auto& cell = question_.space.cell;
    return std::ranges::all_of(listed(a, cell).options, [&](const UnitPlacement& option) {
      return std::ranges::equal(cache_.at(units_[a].placed[0], option[0]),
                                cache_.at(units_[b].placed[0], option[0]),
                                [](double x, double y) { return std::abs(x - y) <= kEqual; });
    });
  }

  [[nodiscard]] bool is_series(std::size_t placed) const {
    return std::ranges::count(question_.function.series, placed) > 0;
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
    return result.empty() ? Vector(question_.figures.size(), 0.0) : result;
  }

  double gain(const Unit& unit, const UnitPlacement& placement, const Vector& weight) {
    return placement.size() == 1 ? dot(weight, cache_.at(unit.placed[0], placement[0]))
                                 : dot(weight, down(unit, placement));
  }

  void visit_gated(std::size_t depth, const std::vector<std::size_t>& cell) {
    if (depth < units_.size() && units_[depth].gated) {
      const UnitPlacements& list = listed(depth, cell);
      if (!list.complete) left_out_ = 1.0;
      for (const UnitPlacement& option : list.options) {
        if (out_of_work(1.0)) return;
        remember(units_[depth], option);
        visit_gated(depth + 1, refined(question_.space, *units_[depth].members, option, cell));
      }
      return;
    }
    Inputs inputs(question_.figures.placed().size(), nullptr);
    for (const std::size_t i : question_.function.gated) inputs[i] = &cache_.at(i, chosen_[i]);
    Vector down_now = question_.figures.base(question_.function, inputs);
    for (std::size_t d = 0; d < depth; ++d)
      for (const std::size_t i : units_[d].placed) {
        if (!is_series(i)) continue;
        const Vector& q = cache_.at(i, chosen_[i]);
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
    const double operations = listing_ + products_ + cache_.operations() + credited_.operations() +
                              plain_.operations() +
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

  /// Placements of a unit up to the symmetry that is left; kept, because most branches leave the same. Valid until
  /// the next call for the same unit.
  const UnitPlacements& listed(std::size_t unit, const std::vector<std::size_t>& cell) {
    Lists& lists = lists_[unit];
    if (const auto found = lists.kept.find(cell); found != lists.kept.end()) return found->second;
    UnitPlacements made =
        unit_placements(question_.space, *units_[unit].members, cell, kMostListed);
    constexpr double kOperations = 500.0;  // of one placement
    const double work = kOperations * static_cast<double>(made.options.size() + cell.size());
    listing_ += work;
    meter_.spend(work);
    constexpr std::size_t kMostKept = 1'000'000;
    if (kept_ > kMostKept) return lists.last = std::move(made);
    kept_ += made.options.size();
    return lists.kept[cell] = std::move(made);
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
    const Unit& unit = units_[index];
    const UnitPlacements& list = listed(index, cell);
    if (!list.complete) return unit.worst;
    double most = 0.0;
    for (const UnitPlacement& option : list.options) {
      if (out_of_work(0.0)) return unit.worst;
      const Vector own = option.size() == 1 ? at(open, cache_.at(unit.placed[0], option[0]))
                                            : at(open, down(unit, option));
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
      const Unit& unit = units_[d];
      if (!unit.lone) {
        more += largest_gain(d, open, cell);
        continue;
      }
      LoneReplica& replica = lone.emplace_back();
      replica.down.resize(kinds.first.size());
      for (const UnitPlacement& option : listed(d, cell).options)
        for (std::size_t kind = 0; kind < kinds.first.size(); ++kind)
          if (const NodeId node = kinds.first[kind]; cell[node] == cell[option[0][0]])
            replica.down[kind] = at(open, cache_.at(unit.placed[0], {node}));
      alone += unit.worst;
    }
    if (out_of_work(0.0)) return more + alone;
    const MostAdded added =
        most_added(open.weight, lone, kinds.nodes, uninteresting() - value - more);
    products_ += added.operations;
    return more + std::min(alone, added.most);
  }

  /// The figure of one placement, if it is one that the scheduler may choose.
  void raise_lower(const Deployment& placement) {
    NodeLoad load(question_.system, question_.space.replicas);
    for (ComponentId c = 0; c < question_.space.rules.size(); ++c) {
      if (question_.space.rules[c].counts.empty()) continue;
      if (!obeys(question_.space.rules[c], placement.components[c].nodes)) return;
      load.add(c, placement.components[c].nodes, 1);
    }
    if (!load.fits()) return;
    fits_ = true;
    const bool credit = question_.space.always_headroom ||
                        has_headroom(question_.system, table_, placement, options_.stop);
    // A stop makes it answer "no headroom", which is not known.
    constexpr double kAskNow = 1e6;
    if (meter_.spend(kAskNow)) return;
    if (!credit && question_.figures.reduced())
      return;  // the nodes that are not listed may give it
    Inputs inputs(question_.figures.placed().size(), nullptr);
    for (const auto* list : {&question_.function.series, &question_.function.gated})
      for (const std::size_t i : *list)
        inputs[i] = &(credit ? credited_ : plain_)
                         .at(i, placement.components[question_.figures.placed()[i]].nodes);
    lower_ = std::max(lower_, question_.figures.unavailability(question_.function, inputs));
    done_ = options_.limit && lower_ > *options_.limit;
  }

  void finish(double value) {
    first_way_ = false;
    if (value <= best_) return;
    best_ = value;
    Deployment placement = question_.deployment;
    for (const Unit& unit : units_)
      for (std::size_t i = 0; i < unit.placed.size(); ++i)
        if (unit.placed[i] < chosen_.size())
          placement.components[(*unit.members)[i]].nodes = chosen_[unit.placed[i]];
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
    const Unit& unit = units_[depth];
    double rest = 0.0;
    for (std::size_t d = depth + 1; d < units_.size(); ++d) rest += units_[d].worst;
    const double all = std::min(ceiling, value + unit.worst + rest);
    const UnitPlacements& list = listed(depth, cell);
    if (!list.complete) {
      left_out_ = std::max(left_out_, all);
      return;
    }
    std::vector<Choice> choices;
    for (const UnitPlacement& option : list.options) {
      if (unit.twin && option[0][0] < chosen_[units_[*unit.twin].placed[0]][0]) continue;
      if (out_of_work(all)) break;
      choices.push_back({&option, gain(unit, option, weight)});
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
    const Unit& unit = units_[depth];
    remember(unit, *choice.placement);
    Vector next = down_now;
    const auto include = [&next](const Vector& more) {
      for (std::size_t w = 0; w < next.size(); ++w) next[w] += more[w] * (1.0 - next[w]);
    };
    if (choice.placement->size() == 1)
      include(cache_.at(unit.placed[0], choice.placement->front()));
    else
      include(down(unit, *choice.placement));
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
  DownCache cache_;
  DownCache credited_;
  DownCache plain_;
  const LoadTable table_;
  std::vector<double> apart_;  ///< per placed component; counted before anything is placed
  std::vector<Unit> units_;
  std::vector<Lists> lists_;  ///< per unit
  std::size_t kept_ = 0;      ///< placements in lists_
  double listing_ = 0.0;      ///< operations
  double products_ = 0.0;     ///< the same
  std::vector<std::vector<NodeId>> chosen_;
  double limit_ = 1.0;
  double best_ = 0.0;
  double left_out_ = 0.0;  ///< largest bound of a branch that was not searched
  double lower_ = 0.0;
  double upper_ = 1.0;
  bool fits_ = false;      ///< some placement is allowed
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
  return result;
}

}  // namespace haplan::model
