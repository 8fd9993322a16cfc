#include "solver/bounds.hpp"

#include <algorithm>
#include <limits>

#include "model/availability/occupancy.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"
#include "model/system/load.hpp"
#include "solver/room.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

using namespace model;

Bounds::Bounds(const Problem& problem, const LoadTable& load, const ServiceFunctions& functions,
               const Cluster& cluster, const NodeClasses& classes,
               const std::vector<Condition>& given)
    : problem_(problem),
      load_(load),
      functions_(functions),
      cluster_(cluster),
      given_(given),
      sum_(problem.system, cluster, given, functions),
      classes_(classes),
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
  for (const NodeClass& one : classes.classes) rooms_.push_back({one.zones, one.zone_size});
  quiet_ = 1.0 - static_cast<double>(problem.system.nodes.size()) * cluster.drained;
}

namespace {

constexpr double kCrippled = 0.5;  ///< of what is up without a domain

}  // namespace

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
  Crowd all(rooms_);
  for (std::size_t i = 0; i < selection.size(); ++i)
    if (placed_[i]) all.add([&](std::size_t k) { return share(k, selection[i]->alone[k]); });
  const bool any_fits = all.most([](std::size_t) { return 1; }) + outsiders_ <= crowd;
  double most = 0.0;
  for (const std::size_t i : function.series)
    most = std::max(most,
                    any_fits && !pinned_[i] ? selection[i]->worst_sure : selection[i]->worst_low);
  return std::max(low + most, rooms_.empty() ? 0.0 : scattered(function, selection, crowd));
}

void Bounds::Dealt::resist(std::size_t input, const OwnNodes& alone, int in_one_domain) {
  resisting.push_back(input);
  in_domain = std::max(in_domain, in_one_domain);
  plainly = std::max(plainly, alone.plainly);
}

/// P(down | some one domain is down), of nodes that are below all.
double Bounds::worst_zone(const OptionFigures& figures) const {
  double most = 0.0;
  for (std::size_t k = 0; k < classes_.classes.size(); ++k)
    if (classes_.classes[k].in_all_zones) most = std::max(most, figures.alone[k].zone_lost);
  return most;
}

double Bounds::rest(const ServiceFunction& function, const Selection& selection,
                    LevelId level) const {
  for (std::size_t i = 0; i < selection.size(); ++i) down_[i] = selection[i]->calm_low[level];
  for (const std::size_t i : function.series) down_[i] = 0.0;
  return functions_.value(function, down_, scratch_);
}

/// Those that lose most per node come first, each in the class in which it loses most; those that resist single losses come last, in one
/// class each, on nodes of their own where there are enough.
void Bounds::deal_nodes(const ServiceFunction& function, const Selection& selection) const {
  order_.clear();
  const std::size_t classes = rooms_.size();
  dealt_.resize(classes);
  for (std::size_t k = 0; k < classes; ++k) {
    dealt_[k].room = rooms_[k];
    dealt_[k].resisting.clear();
    dealt_[k].in_domain = 0;
    dealt_[k].plainly = 1.0;
  }
  const auto alone = [&](std::size_t i, std::size_t k) -> const OwnNodes& {
    return selection[i]->alone[k];
  };
  for (const std::size_t i : function.series) {
    std::size_t resists = classes;
    bool gains = false;
    for (std::size_t k = 0; k < classes; ++k) {
      const OwnNodes& own = alone(i, k);
      if (own.nodes == 0) continue;
      gains = gains || own.gain > 0.0;
      if (!own.several.empty() &&
          (resists == classes || rooms_[resists].nodes() < rooms_[k].nodes()))
        resists = k;
    }
    if (resists < classes)
      dealt_[resists].resist(i, alone(i, resists), share(resists, alone(i, resists)).in_domain);
    else if (gains)
      order_.push_back(i);
  }
  own_.assign(selection.size(), classes);
  const auto per_node = [&](std::size_t i) {
    double most = 0.0;
    for (std::size_t k = 0; k < classes; ++k)
      if (alone(i, k).nodes > 0) most = std::max(most, alone(i, k).gain / alone(i, k).nodes);
    return most;
  };
  // Of the classes from `first` to before `end` in that where it gains most.
  const auto give_nodes = [&](std::vector<std::size_t>& list, std::size_t first, std::size_t end) {
    std::ranges::sort(list, std::ranges::greater{}, per_node);
    for (const std::size_t i : list) {
      for (std::size_t k = first; k < end; ++k) {
        const bool better = own_[i] == classes || alone(i, k).gain > alone(i, own_[i]).gain;
        if (alone(i, k).nodes > 0 && better && dealt_[k].room.fits(share(k, alone(i, k))))
          own_[i] = k;
      }
      if (own_[i] == classes) continue;
      dealt_[own_[i]].room.take(share(own_[i], alone(i, own_[i])));
    }
  };
  give_nodes(order_, 0, classes);
  shared_.assign(selection.size(), false);
  for (std::size_t k = 0; k < classes; ++k) {
    Dealt& dealt = dealt_[k];
    const bool all_own = [&, room = dealt.room]() mutable {
      return std::ranges::all_of(dealt.resisting,
                                 [&](std::size_t i) { return room.take(share(k, alone(i, k))); });
    }();
    dealt.shared =
        !all_own && static_cast<int>(dealt.resisting.size()) <= dealt.room.sharing(dealt.in_domain);
    if (!dealt.shared)
      give_nodes(dealt.resisting, k, k + 1);
    else
      for (const std::size_t i : dealt.resisting) shared_[i] = true;
  }
}

/// In a placement that the scheduler may choose: components on nodes of their own, one node being left free for what drains
/// move; those that resist single losses share what is left, two of them one node at most. While no domain is down components on nodes
/// of their own are independent, but that a second lost node takes back what is rescheduled. During a drain nothing is rescheduled, what is out
/// is out, and all else is down as often as ever: what is moved has the free node for itself.
/// With a domain down those that cannot do without it are down, and each such component is in another domain as far as there are any;
/// any other service figure is no better than with all domains up.
double Bounds::scattered(const ServiceFunction& function, const Selection& selection,
                         int crowd) const {
  deal_nodes(function, selection);
  const std::size_t classes = rooms_.size();
  const auto alone = [&](std::size_t i, std::size_t k) -> const OwnNodes& {
    return selection[i]->alone[k];
  };
  Crowd anywhere(rooms_);
  for (std::size_t i = 0; i < selection.size(); ++i)
    if (placed_[i] && own_[i] == classes && !shared_[i])
      anywhere.add([&](std::size_t k) { return share(k, alone(i, k)); });
  if (anywhere.most([&](std::size_t k) { return dealt_[k].busiest(); }) + outsiders_ > crowd)
    return 0.0;
  double none = 0.0;
  double most = 0.0;  // of `plain`
  double drained = 0.0;
  crippled_.clear();
  for (const std::size_t i : function.series) {
    if (own_[i] < classes) drained += alone(i, own_[i]).drained;
    if (const double lost = worst_zone(*selection[i]); lost >= kCrippled) crippled_.push_back(lost);
  }
  for (LevelId l = 0; l < problem_.system.levels.size(); ++l) {
    const double weight = problem_.system.levels[l].share;
    double plain = 0.0;
    double credit = 0.0;
    double up = 1.0;  // while no node is lost
    for (const std::size_t i : function.series) {
      const double calm = selection[i]->calm_low[l];
      up *= 1.0 - calm;
      if (own_[i] == classes) {
        plain = either(plain, calm);
        continue;
      }
      const OwnNodes& own = alone(i, own_[i]);
      plain = either(plain, own.plain[l]);
      if (calm < 1.0) credit += own.credit[l] / (1.0 - calm);
      none -= weight * own.absent * own.plain[l];
    }
    none += weight * (1.0 - quiet_) * plain;
    most = std::max(most, plain);
    for (std::size_t k = 0; k < classes; ++k) {
      if (!dealt_[k].shared) continue;
      double several = 0.0;
      for (const std::size_t i : dealt_[k].resisting) several += alone(i, k).several[l];
      plain = either(plain, some_down(several, dealt_[k].plainly, classes_.classes[k].lost));
    }
    none +=
        weight * quiet_ * either(std::max(0.0, plain - credit * up), rest(function, selection, l));
  }
  none += drained * (1.0 - most);
  if (classes_.zones_down.empty()) return given_.front().mass * none;
  std::ranges::sort(crippled_, std::ranges::greater{});
  double others = 1.0;  // P(no zone counted so far is down)
  double sum = 0.0;
  for (std::size_t k = 0; k < std::min(crippled_.size(), classes_.zones_down.size()); ++k) {
    sum += others * classes_.zones_down[k] * std::max(crippled_[k], none);
    others *= 1.0 - classes_.zones_down[k];
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
