#include "solver/bounds.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "model/availability/occupancy.hpp"
#include "model/recovery/domain.hpp"
#include "model/system/load.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

using namespace model;

Bounds::Bounds(const Problem& problem, const LoadTable& load, const ServiceFunctions& functions,
               const Cluster& cluster, const std::vector<Condition>& given)
    : problem_(problem),
      load_(load),
      functions_(functions),
      cluster_(cluster),
      given_(given),
      sum_(problem.system, cluster, given, functions),
      function_index_(problem.system.services.size(), 0),
      down_(functions.inputs.size(), 0.0) {
  for (std::size_t f = 0; f < functions.functions.size(); ++f)
    for (const ServiceId s : functions.functions[f].services) function_index_[s] = f;
  for (ServiceId s = 0; s < problem.system.services.size(); ++s) {
    apart_.push_back(network_apart(problem.system, s));
    std::vector<std::size_t>& inputs = on_path_.emplace_back();
    for (const ComponentId c : path_of(problem.system, s)) {
      const auto found = std::ranges::find(functions.inputs, c);
      if (found != functions.inputs.end())
        inputs.push_back(static_cast<std::size_t>(found - functions.inputs.begin()));
    }
  }
  // Users of one ReadWriteOnce claim are where any pinned one of them is.
  const auto fixed = [&](ComponentId c) {
    return problem.system.components[c].pinned && problem.rules[c].pinned;
  };
  for (const ComponentId c : functions.inputs) {
    const Component& component = problem.system.components[c];
    bool pinned = fixed(c);
    for (ComponentId mate = 0; mate < problem.system.components.size() && !pinned; ++mate)
      pinned = shares_one_node(problem.system, component) && fixed(mate) &&
               problem.system.components[mate].storage.claim == component.storage.claim;
    pinned_.push_back(pinned);
  }
  find_room();
}

namespace {

constexpr double kCrippled = 0.5;  ///< of what is up without a domain
constexpr double kSurely = 0.99;   ///< the same, for sums, where the least of them counts
constexpr double kWorthwhile =
    50.0;  ///< options that add much less than another are not worth nodes of their own

/// Nodes that components get for themselves. Over zones they are dealt out evenly, each component's largest part to the
/// emptiest zone, so that no zone gets more than its part and what one component has; one node stays free.
struct Room {
  int zones = 1;
  int size = 0;  ///< nodes of the smallest zone
  int taken = 0;
  int largest = 0;

  /// False: they do not fit any more.
  bool take(int nodes) {
    const int most = std::max(largest, nodes);
    const int there = zones > 1 ? zones * (size - most) : size;
    if (taken + nodes > there - 1) return false;
    taken += nodes;
    largest = most;
    return true;
  }
};

}  // namespace

/// Whether any node is as good a place as any other, and how many there are.
void Bounds::find_room() {
  const System& system = problem_.system;
  if (system.nodes.empty()) return;
  const Node& first = system.nodes.front();
  std::map<std::optional<DomainId>, int> below;
  alike_ = true;
  for (const Node& node : system.nodes) {
    ++below[node.parent];
    alike_ = alike_ && !node.down && fail_alike(node.modes, first.modes) &&
             node.parent.has_value() == first.parent.has_value();
    if (!node.parent || !first.parent) continue;
    const Domain& domain = system.domains[*node.parent];
    const Domain& other = system.domains[*first.parent];
    alike_ = alike_ && !domain.parent && !domain.down && fail_alike(domain.modes, other.modes);
  }
  zones_ = static_cast<int>(below.size());
  zone_size_ = std::ranges::min_element(below, {}, [](const auto& b) { return b.second; })->second;
  const double drained = static_cast<double>(system.nodes.size()) * cluster_.drained;
  overlap_ = (1.0 + drained) / ((1.0 - drained) * (1.0 - drained) * given_.front().mass);
}

const ServiceFunction& Bounds::function_of(ServiceId service) const {
  return functions_.functions[function_index_[service]];
}

double Bounds::calm(const ServiceFunction& function, const Selection& selection, LevelId level,
                    bool high) const {
  for (std::size_t i = 0; i < selection.size(); ++i)
    down_[i] = high ? selection[i]->high.calm[level] : selection[i]->calm_low[level];
  return functions_.value(function, down_, scratch_);
}

Interval Bounds::availability(const Objective& objective, const Selection& selection,
                              bool capacity_free) const {
  return {availability_low(objective, selection, capacity_free),
          availability_high(objective, selection)};
}

double Bounds::availability_high(const Objective& objective, const Selection& selection) const {
  worst_.clear();
  for (const OptionFigures* figures : selection) worst_.push_back(&figures->high);
  return sum_(function_of(objective.service), worst_);
}

double Bounds::availability_low(const Objective& objective, const Selection& selection,
                                bool capacity_free) const {
  // Structure functions of a network that was not followed to its end are upper ends.
  if (functions_.network_bounded) return 0.0;
  const ServiceFunction& function = function_of(objective.service);
  double low = 0.0;
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l)
    low += problem_.system.levels[l].share * cluster_.calm * calm(function, selection, l, false);
  // Outside the calm world the worst single component.
  double most = 0.0;
  for (const std::size_t i : function.series)
    most = std::max(
        most, capacity_free && !pinned_[i] ? selection[i]->worst_sure : selection[i]->worst_low);
  double beside = 0.0;
  if (capacity_free && alike_ && low < 1.0) {
    // The level with least left to lose stands for all.
    double calm_most = 0.0;
    for (LevelId l = 0; l < problem_.system.levels.size(); ++l)
      calm_most = std::max(calm_most, calm(function, selection, l, false));
    // Of the whole time the calm figures hold at least, here in all of it and not in the calm world alone.
    const double all_low = low / cluster_.calm;
    beside = all_low + (1.0 - calm_most) * scattered(function, selection);
  }
  return std::max(low + most, beside);
}

/// P(some component is down beyond its calm figure) in a placement that the scheduler may choose, per what is up in
/// the calm world. Components that are put on nodes of their own, one node being left free for what drains move, are
/// independent but for the credit of rescheduling, so that two are down at once with at most overlap_ times the product of what each
/// is without it, and Bonferroni's inequality bounds the union. With a domain down, those that cannot do without one
/// are spread over as many domains as there are of them.
double Bounds::scattered(const ServiceFunction& function, const Selection& selection) const {
  crippled_.clear();
  order_.clear();
  for (const std::size_t i : function.series) {
    const OptionFigures& figures = *selection[i];
    if (figures.alone_low > 0.0) order_.push_back(i);
    if (figures.zone_lost >= kCrippled) crippled_.push_back(figures.zone_lost);
  }
  const auto gain = [&](std::size_t i) {
    return selection[i]->alone_low / static_cast<double>(selection[i]->alone_nodes);
  };
  Room room{zones_, zone_size_};
  std::ranges::sort(order_, [&](std::size_t a, std::size_t b) { return gain(a) > gain(b); });
  double sum = 0.0;
  double high = 0.0;
  double best = 0.0;
  for (const std::size_t i : order_) {
    if (!room.take(selection[i]->alone_nodes)) continue;
    sum += selection[i]->alone_low;
    high += selection[i]->alone_high;
    best = std::max(best, sum - overlap_ * high * high / 2.0);
  }
  // Only where these domains are all that there are.
  if (given_.size() != static_cast<std::size_t>(zones_) + 1) return best;
  std::ranges::sort(crippled_, std::ranges::greater{});
  for (std::size_t zone = 1; zone <= std::min(crippled_.size(), given_.size() - 1); ++zone)
    best += given_[zone].mass * crippled_[zone - 1];
  return best;
}

/// What an option adds counts as far as the rest is up in the calm world, which over all levels is all but the limit of the time, as
/// long as the limit is kept. Overlaps of scattered components are a chord: no sum of figures without credit exceeds
/// the sum of the largest.
Additive Bounds::additive(const Objective& objective, const Selection& best,
                          const std::vector<std::size_t>& inputs,
                          const std::vector<std::vector<const OptionFigures*>>& options,
                          bool capacity_free) const {
  const ServiceFunction& function = function_of(objective.service);
  const auto& levels = problem_.system.levels;
  const double limit = objective.max_unavailability.value_or(1.0);
  Additive sums;
  double calm_best = 0.0;
  for (LevelId l = 0; l < levels.size(); ++l)
    calm_best += levels[l].share * calm(function, best, l, false);
  if (functions_.network_bounded) calm_best = 0.0;
  const bool scatter = capacity_free && alike_ && !functions_.network_bounded;
  // The calm world alone when nothing else is added up.
  const double weight = scatter ? 1.0 : cluster_.calm;
  constexpr double kSure = 1.0 + kSlack;
  sums.budget = limit * kSure - weight * calm_best;
  const auto series = [&](std::size_t member) {
    return std::ranges::count(function.series, inputs[member]) > 0;
  };
  // Members whose options have room for nodes of their own, those that add most per node first.
  std::vector<std::size_t> order;
  std::vector<double> gain(options.size(), 0.0);
  std::vector<int> nodes(options.size(), 0);
  for (std::size_t m = 0; m < options.size() && scatter; ++m) {
    if (!series(m)) continue;
    for (const OptionFigures* option : options[m])
      if (option->alone_nodes > 0)
        gain[m] = std::max(gain[m], option->alone_low / option->alone_nodes);
    for (const OptionFigures* option : options[m])
      if (option->alone_nodes > 0 && option->alone_low * kWorthwhile >= gain[m])
        nodes[m] = std::max(nodes[m], option->alone_nodes);
    if (gain[m] > 0.0) order.push_back(m);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t m) { return gain[m]; });
  Room room{zones_, zone_size_};
  double high = 0.0;
  std::vector<bool> counted(options.size(), false);
  for (const std::size_t m : order) {
    if (!room.take(nodes[m])) continue;
    counted[m] = true;
    double most = 0.0;
    for (const OptionFigures* option : options[m])
      if (option->alone_low * kWorthwhile >= gain[m]) most = std::max(most, option->alone_high);
    high += most;
  }
  const double chord = overlap_ * high / 2.0;
  double crippling = 1.0;
  for (std::size_t m = 0; m < options.size(); ++m) {
    auto& adds = sums.adds.emplace_back();
    auto& crippled = sums.crippled.emplace_back();
    for (const OptionFigures* option : options[m]) {
      double sum = 0.0;
      double most = 0.0;
      if (series(m) && !functions_.network_bounded)
        for (LevelId l = 0; l < levels.size(); ++l) {
          const double more = option->calm_low[l] - best[inputs[m]]->calm_low[l];
          sum += levels[l].share * more;
          most = std::max(most, more);
        }
      sum = std::max(0.0, weight * sum - limit * most);
      if (counted[m] && option->alone_low * kWorthwhile >= gain[m])
        sum += std::max(0.0, option->alone_low - (chord + limit) * option->alone_high);
      adds.push_back(sum);
      crippled.push_back(scatter && series(m) && option->zone_lost >= kSurely);
      if (crippled.back()) crippling = std::min(crippling, option->zone_lost);
    }
  }
  sums.losses.assign(1, 0.0);
  if (scatter && given_.size() == static_cast<std::size_t>(zones_) + 1)
    for (std::size_t zone = 1; zone < given_.size(); ++zone)
      sums.losses.push_back(sums.losses.back() +
                            given_[zone].mass * std::max(0.0, crippling - limit));
  return sums;
}

Interval Bounds::error_ratio(const Objective& objective, const Selection& selection) const {
  const ServiceFunction& function = function_of(objective.service);
  const auto& levels = problem_.system.levels;
  double total = 0.0;
  for (LevelId l = 0; l < levels.size(); ++l)
    total += levels[l].share * load_.service_rate[l][objective.service];
  Interval result;
  for (LevelId l = 0; l < levels.size(); ++l) {
    const double rate = load_.service_rate[l][objective.service];
    const double weight = levels[l].share * (total > 0.0 ? rate / total : 1.0);
    Interval failed{cluster_.calm * calm(function, selection, l, false),
                    cluster_.calm * calm(function, selection, l, true)};
    double most = 0.0;
    for (const std::size_t i : function.series) most = std::max(most, selection[i]->outside_low[l]);
    failed.low += most;
    for (std::size_t i = 0; i < selection.size(); ++i) down_[i] = selection[i]->outside_high[l];
    failed.high += functions_.union_bound(function, down_, 1.0 - cluster_.calm);
    if (functions_.network_bounded) failed.low = 0.0;
    for (const std::size_t i : on_path_[objective.service]) {
      failed.low += selection[i]->misrouted_low[l];
      failed.high += selection[i]->misrouted_high[l];
    }
    result.low += weight * failed.low;
    result.high += weight * failed.high;
  }
  return result;
}

Interval Bounds::loss(const Objective& objective, const Selection& selection,
                      std::size_t kind) const {
  const ServiceFunction& function = function_of(objective.service);
  Interval result;
  for (const std::size_t i : function.series) {
    result.low = std::max(result.low, selection[i]->loss[kind].low);
    result.high = std::max(result.high, selection[i]->loss[kind].high);
  }
  for (const std::size_t i : function.gated)
    result.high = std::max(result.high, selection[i]->loss[kind].high);
  if (functions_.network_bounded) result.low = 0.0;
  if (apart_[objective.service]) result.high = std::numeric_limits<double>::infinity();
  return result;
}

namespace {

/// For any kind of loss with a limit, `test(kind, limit)`.
template <class Test>
bool any_loss(const Objective& objective, const Test& test) {
  for (std::size_t kind = 0; kind < kLimitedLosses; ++kind)
    if (const auto limit = max_loss(objective, static_cast<LossKind>(kind)))
      if (test(kind, *limit)) return true;
  return false;
}

}  // namespace

bool Bounds::impossible(const Selection& selection, bool capacity_free) const {
  constexpr double kSure = 1.0 - kSlack;
  return std::ranges::any_of(problem_.objectives, [&](const Objective& o) {
    return (o.max_unavailability &&
            availability_low(o, selection, capacity_free) * kSure > *o.max_unavailability) ||
           (o.max_error_ratio && error_ratio(o, selection).low * kSure > *o.max_error_ratio) ||
           any_loss(o, [&](std::size_t kind, double limit) {
             return loss(o, selection, kind).low * kSure > limit;
           });
  });
}

bool Bounds::surely_available(const Selection& selection) const {
  constexpr double kSure = 1.0 + kSlack;
  return std::ranges::all_of(problem_.objectives, [&](const Objective& o) {
    return !o.max_unavailability ||
           availability_high(o, selection) * kSure <= *o.max_unavailability;
  });
}

bool Bounds::surely_good(const Selection& selection) const {
  constexpr double kSure = 1.0 + kSlack;
  return std::ranges::all_of(problem_.objectives, [&](const Objective& o) {
    if (o.max_window_miss) return false;  // only a whole evaluation tells
    return (!o.max_error_ratio || error_ratio(o, selection).high * kSure <= *o.max_error_ratio) &&
           !any_loss(o, [&](std::size_t kind, double limit) {
             return !within(loss(o, selection, kind).high, limit);
           });
  });
}

}  // namespace haplan::solver
