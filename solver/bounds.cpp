#include "solver/bounds.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "model/availability/occupancy.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"
#include "model/system/load.hpp"
#include "solver/pool.hpp"
#include "solver/room.hpp"
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
    placed_.push_back(component.replicated());
  }
  const auto has_replicas = [](const Component& component) { return component.replicated(); };
  outsiders_ = static_cast<int>(std::ranges::count_if(problem.system.components, has_replicas) -
                                std::ranges::count(placed_, true));
  find_room();
}

namespace {

constexpr double kCrippled = 0.5;  ///< of what is up without a domain

}  // namespace

/// Of the nodes that components are given for themselves how many there are, and below which domains.
void Bounds::find_room() {
  const System& system = problem_.system;
  const std::vector<bool> pool = least_reliable_nodes(system);
  std::map<std::optional<DomainId>, int> below;
  for (NodeId n = 0; n < pool.size(); ++n) {
    if (!pool[n]) continue;
    const auto parent = system.nodes[n].parent;
    ++below[parent];
    lost_ = down_probability(system.nodes[n].modes, false);
    if (parent && (system.domains[*parent].parent || system.domains[*parent].down)) return;
  }
  if (below.empty() || (below.size() > 1 && below.contains(std::nullopt))) return;
  scatters_ = true;
  zones_ = static_cast<int>(below.size());
  zone_size_ = std::ranges::min_element(below, {}, [](const auto& b) { return b.second; })->second;
  quiet_ = 1.0 - static_cast<double>(system.nodes.size()) * cluster_.drained;
  if (zones_ == 1) return;
  for (const auto& [domain, nodes] : below)
    if (const double down = down_probability(system.domains[*domain].modes, false); down > 0.0)
      zones_down_.push_back(down);
  std::ranges::sort(zones_down_, std::ranges::greater{});
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
                              int crowd) const {
  return {availability_low(objective, selection, crowd), availability_high(objective, selection)};
}

double Bounds::availability_high(const Objective& objective, const Selection& selection) const {
  worst_.clear();
  for (const OptionFigures* figures : selection) worst_.push_back(&figures->high);
  return sum_(function_of(objective.service), worst_);
}

double Bounds::availability_low(const Objective& objective, const Selection& selection,
                                int crowd) const {
  // Structure functions of a network that was not followed to its end are upper ends.
  if (functions_.network_bounded) return 0.0;
  const ServiceFunction& function = function_of(objective.service);
  double low = 0.0;
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l)
    low += problem_.system.levels[l].share * cluster_.calm * calm(function, selection, l, false);
  // Outside the calm world the worst single component, wherever the others are.
  Layers all(Room{zones_, zone_size_});
  for (std::size_t i = 0; i < selection.size(); ++i)
    if (placed_[i]) all.add(selection[i]->alone.nodes, domain_share(selection[i]->alone));
  const bool any_fits = 1 + all.count() + outsiders_ <= crowd;
  double most = 0.0;
  for (const std::size_t i : function.series)
    most = std::max(most,
                    any_fits && !pinned_[i] ? selection[i]->worst_sure : selection[i]->worst_low);
  return std::max(low + most, scatters_ ? scattered(function, selection, crowd) : 0.0);
}

double Bounds::rest(const ServiceFunction& function, const Selection& selection,
                    LevelId level) const {
  for (std::size_t i = 0; i < selection.size(); ++i) down_[i] = selection[i]->calm_low[level];
  for (const std::size_t i : function.series) down_[i] = 0.0;
  return functions_.value(function, down_, scratch_);
}

/// In a placement that the scheduler may choose: components on nodes of their own, one node being left free for what drains
/// move; those that resist single losses share what is left, two of them one node at most. While no domain is down components on nodes
/// of their own are independent, but that a second lost node takes back what is rescheduled. During a drain nothing is rescheduled, what is out
/// is out, and all else is down as often as ever: what is moved has the free node for itself.
/// With a domain down those that cannot do without it are down, and each such component is in another domain as far as there are any;
/// any other service figure is no better than with all domains up.
double Bounds::scattered(const ServiceFunction& function, const Selection& selection,
                         int crowd) const {
  crippled_.clear();
  order_.clear();
  resisting_.clear();
  own_.assign(selection.size(), false);
  int in_domain = 0;
  int nodes = 0;
  double plainly = 1.0;
  for (const std::size_t i : function.series) {
    const OwnNodes& alone = selection[i]->alone;
    if (alone.nodes > 0 && !alone.several.empty()) {
      resisting_.push_back(i);
      in_domain = std::max(in_domain, alone.in_domain);
      nodes = std::max(nodes, alone.nodes);
      plainly = std::max(plainly, alone.plainly);
    } else if (alone.nodes > 0 && alone.gain > 0.0) {
      order_.push_back(i);
    }
    if (alone.zone_lost >= kCrippled) crippled_.push_back(alone.zone_lost);
  }
  Room room{zones_, zone_size_};
  double drained = 0.0;
  const auto give_nodes = [&](std::vector<std::size_t>& list) {
    std::ranges::sort(list, std::ranges::greater{}, [&](std::size_t i) {
      return selection[i]->alone.gain / selection[i]->alone.nodes;
    });
    for (const std::size_t i : list) {
      own_[i] = room.take(selection[i]->alone.nodes);
      if (own_[i]) drained += selection[i]->alone.drained;
    }
  };
  give_nodes(order_);
  const bool all_own = [&, room]() mutable {
    return std::ranges::all_of(resisting_,
                               [&](std::size_t i) { return room.take(selection[i]->alone.nodes); });
  }();
  const bool share_nodes = !all_own && static_cast<int>(resisting_.size()) <=
                                           room.sharing(zones_ > 1 ? in_domain : nodes);
  if (!share_nodes) give_nodes(resisting_);
  shared_.assign(selection.size(), false);
  int busiest = room.taken > 0 ? 1 : 0;
  if (share_nodes && !resisting_.empty()) {
    for (const std::size_t i : resisting_) shared_[i] = true;
    busiest = std::max(busiest, room.crowding(static_cast<int>(resisting_.size()),
                                              zones_ > 1 ? in_domain : nodes));
  }
  Layers anywhere(Room{zones_, zone_size_});
  for (std::size_t i = 0; i < selection.size(); ++i)
    if (placed_[i] && !own_[i] && !shared_[i])
      anywhere.add(selection[i]->alone.nodes, domain_share(selection[i]->alone));
  if (busiest + anywhere.count() + outsiders_ > crowd) return 0.0;
  double none = 0.0;
  double most = 0.0;  // of `plain`
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l) {
    const double share = problem_.system.levels[l].share;
    double plain = 0.0;
    double credit = 0.0;
    double up = 1.0;  // while no node is lost
    for (const std::size_t i : function.series) {
      const double calm = selection[i]->calm_low[l];
      plain = either(plain, own_[i] ? selection[i]->alone.plain[l] : calm);
      up *= 1.0 - calm;
      if (own_[i] && calm < 1.0) credit += selection[i]->alone.credit[l] / (1.0 - calm);
      if (own_[i]) none -= share * selection[i]->alone.absent * selection[i]->alone.plain[l];
    }
    none += share * (1.0 - quiet_) * plain;
    most = std::max(most, plain);
    double several = 0.0;
    for (const std::size_t i : resisting_)
      if (share_nodes) several += selection[i]->alone.several[l];
    plain = either(plain, some_down(several, plainly, lost_));
    none +=
        share * quiet_ * either(std::max(0.0, plain - credit * up), rest(function, selection, l));
  }
  none += drained * (1.0 - most);
  if (zones_down_.empty()) return given_.front().mass * none;
  std::ranges::sort(crippled_, std::ranges::greater{});
  double others = 1.0;  // P(no zone counted so far is down)
  double sum = 0.0;
  for (std::size_t k = 0; k < std::min(crippled_.size(), zones_down_.size()); ++k) {
    sum += others * zones_down_[k] * std::max(crippled_[k], none);
    others *= 1.0 - zones_down_[k];
  }
  return sum + others * none;
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

bool Bounds::impossible(const Selection& selection, int crowd) const {
  constexpr double kSure = 1.0 - kSlack;
  return std::ranges::any_of(problem_.objectives, [&](const Objective& o) {
    return (o.max_unavailability &&
            availability_low(o, selection, crowd) * kSure > *o.max_unavailability) ||
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
