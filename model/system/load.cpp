#include "model/system/load.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/multiprecision/cpp_int.hpp>

#include "model/base/contract.hpp"
#include "model/system/capacity.hpp"
#include "model/system/graph.hpp"

namespace haplan::model {

namespace {

using Exact = boost::multiprecision::cpp_rational;
using boost::multiprecision::cpp_int;

Exact exact(const Rational& x) { return {x.num, x.den}; }

int ceiling(const Exact& x) {
  const cpp_int num = numerator(x);
  const cpp_int den = denominator(x);
  cpp_int quotient = num / den;
  if (quotient * den < num) ++quotient;
  const int most = std::numeric_limits<int>::max();
  return quotient > most ? most : static_cast<int>(quotient);
}

std::optional<Rational> as_rational(const Exact& x) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  if (numerator(x) > most || denominator(x) > most) return std::nullopt;
  return Rational{static_cast<std::int64_t>(numerator(x)),
                  static_cast<std::int64_t>(denominator(x))};
}

/// Walks what a requirement reaches; with `first_only` just the first member of each `any` gate.
void visit(const System& system, const Requirement& requirement, bool first_only,
           std::vector<bool>& seen) {
  if (requirement.kind == Requirement::Kind::component) {
    HAPLAN_EXPECTS(requirement.component < system.components.size());
    if (seen[requirement.component]) return;
    seen[requirement.component] = true;
    const Component& component = system.components[requirement.component];
    visit(system, component.gate, first_only, seen);
    visit(system, component.depends_on, first_only, seen);
    return;
  }
  for (const Requirement& member : requirement.of) {
    visit(system, member, first_only, seen);
    if (first_only && requirement.kind == Requirement::Kind::any) break;
  }
}

std::vector<ComponentId> visited(const System& system, ServiceId service, bool first_only) {
  HAPLAN_EXPECTS(service < system.services.size());
  std::vector<bool> seen(system.components.size(), false);
  visit(system, system.services[service].requires_, first_only, seen);
  std::vector<ComponentId> ids;
  for (ComponentId id = 0; id < seen.size(); ++id) {
    if (seen[id]) ids.push_back(id);
  }
  return ids;
}

Exact level_rate(const System& system, const Level& level, const std::vector<ComponentId>& path) {
  if (level.rate) return exact(*level.rate);
  if (!level.users) return 0;
  Exact cycle = exact(level.think_time);
  for (const ComponentId id : path) cycle += exact(system.components[id].service_time);
  HAPLAN_EXPECTS(cycle > 0);
  return exact(*level.users) / cycle;
}

using ExactRates = std::vector<std::vector<Exact>>;

struct AllRates {
  ExactRates component;  ///< [level][component]
  ExactRates service;    ///< [level][service]
};

AllRates exact_rates(const System& system) {
  AllRates rates;
  rates.component.assign(system.levels.size(), std::vector<Exact>(system.components.size()));
  rates.service.assign(system.levels.size(), std::vector<Exact>(system.services.size()));
  for (ServiceId service = 0; service < system.services.size(); ++service) {
    const std::vector<ComponentId> path = path_of(system, service);
    const std::optional<Rational>& load = system.services[service].load;
    for (LevelId level = 0; level < system.levels.size(); ++level) {
      const Exact rate = level_rate(system, system.levels[level], path);
      rates.service[level][service] = rate;
      for (const ComponentId id : path) {
        Exact& at = rates.component[level][id];
        if (load) {
          at += exact(*load) * rate;
        } else if (rate > at) {
          at = rate;
        }
      }
    }
  }
  return rates;
}

int need_of(const Component& component, LevelId level, const Exact& rate) {
  if (component.type == ComponentType::primary_replica) {
    const bool strict = component.replication && component.replication->strict &&
                        component.replication->mode == Replication::Mode::sync;
    return strict ? 1 + component.replication->standbys : 1;
  }
  if (component.type != ComponentType::stateless) return 1;
  if (level < component.need.size() && component.need[level]) return *component.need[level];
  if (!component.throughput) return 1;
  const Exact each = exact(*component.throughput) * exact(component.max_utilization);
  HAPLAN_EXPECTS(each > 0);
  return std::max(1, ceiling(rate / each));
}

/// ceil(100 rate / (throughput target)) in fixed-size integers: four factors below 2^63.
int autoscaled(const Rational& rate, const Rational& throughput, int target) {
  using Wide = boost::multiprecision::int512_t;
  const Wide num = Wide(rate.num) * 100 * throughput.den;
  const Wide den = Wide(rate.den) * target * throughput.num;
  const Wide quotient = (num + den - 1) / den;
  const int most = std::numeric_limits<int>::max();
  return quotient > most ? most : static_cast<int>(quotient);
}

/// The ceiling, from floating point where rounding cannot matter, which is nearly always.
int autoscaled(const System& system, const LoadTable& table, ComponentId component, LevelId level,
               int target) {
  const Rational throughput = *system.components[component].throughput;
  const double ratio = 100.0 * table.rate[level][component] / (throughput.value() * target);
  constexpr double kSafe = 1e-9;  // far above the rounding of the four operations before
  const double nearest = std::round(ratio);
  if (ratio < 1e6 && std::abs(ratio - nearest) > kSafe * (1.0 + ratio)) {
    return static_cast<int>(std::ceil(ratio));
  }
  if (const auto& rate = table.exact_rate[level][component]) {
    return autoscaled(*rate, throughput, target);
  }
  const Exact rate = exact_rates(system).component[level][component];
  return ceiling(rate * 100 / (exact(throughput) * target));
}

}  // namespace

std::vector<ComponentId> path_of(const System& system, ServiceId service) {
  return visited(system, service, true);
}

std::vector<ComponentId> reach_of(const System& system, ServiceId service) {
  return visited(system, service, false);
}

LoadTable load_table(const System& system) {
  const AllRates rates = exact_rates(system);
  LoadTable table;
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    std::vector<double>& rate = table.rate.emplace_back();
    std::vector<int>& need = table.need.emplace_back();
    auto& exact_rate = table.exact_rate.emplace_back();
    for (ComponentId id = 0; id < system.components.size(); ++id) {
      const Exact& at = rates.component[level][id];
      rate.push_back(static_cast<double>(at));
      exact_rate.push_back(as_rational(at));
      need.push_back(need_of(system.components[id], level, at));
    }
    std::vector<double>& service_rate = table.service_rate.emplace_back();
    for (const Exact& at : rates.service[level]) service_rate.push_back(static_cast<double>(at));
  }
  return table;
}

int replicas_at(const System& system, const LoadTable& table, const ComponentPlan& plan,
                ComponentId component, LevelId level) {
  HAPLAN_EXPECTS(component < system.components.size() && level < table.rate.size());
  if (!plan.autoscale) return plan.replicas;
  const auto [least, most, target] = *plan.autoscale;
  HAPLAN_EXPECTS(target > 0);
  int wanted = least;
  if (system.components[component].throughput) {
    wanted = autoscaled(system, table, component, level, target);
  }
  // In this order, so that a minimum above the maximum yields the maximum, as the autoscaler does.
  return std::min(std::max(wanted, least), most);
}

int replicas_at(const System& system, const ComponentPlan& plan, ComponentId component,
                LevelId level) {
  if (!plan.autoscale) return plan.replicas;
  return replicas_at(system, load_table(system), plan, component, level);
}

int largest_replicas(const System& system, const LoadTable& table, const ComponentPlan& plan,
                     ComponentId component) {
  int largest = 0;
  for (LevelId level = 0; level < table.rate.size(); ++level) {
    largest = std::max(largest, replicas_at(system, table, plan, component, level));
  }
  return largest;
}

MixedCapacity mixed_capacity(const System& system, ComponentId component, LevelId level) {
  HAPLAN_EXPECTS(component < system.components.size() && level < system.levels.size());
  const Component& mixed = system.components[component];
  const bool by_throughput = std::ranges::all_of(
      mixed.variants, [](const Component& variant) { return variant.throughput.has_value(); });
  const bool written = level < mixed.need.size() && mixed.need[level];
  MixedCapacity capacity;
  if (written || !by_throughput) {
    capacity.weight.assign(mixed.variants.size(), 1);
    capacity.need = std::max(1, written ? *mixed.need[level] : 1);
    return capacity;
  }
  std::vector<Exact> each;
  for (const Component& variant : mixed.variants)
    each.push_back(exact(*variant.throughput) * exact(variant.max_utilization));
  cpp_int scale = 1;
  for (const Exact& one : each) scale = lcm(scale, denominator(one));
  std::vector<cpp_int> weight;
  cpp_int common = 0;
  for (const Exact& one : each) {
    weight.emplace_back(numerator(one) * (scale / denominator(one)));
    common = gcd(common, weight.back());
  }
  const Exact scaled = exact_rates(system).component[level][component] * Exact(scale, common);
  cpp_int need = numerator(scaled) / denominator(scaled);
  if (Exact(need) < scaled) ++need;
  cpp_int largest = need;
  for (cpp_int& one : weight) {
    one /= common;
    largest = std::max(largest, one);
  }
  constexpr unsigned kBits = 62;
  unsigned drop = 0;
  while ((largest >> drop) > (cpp_int(1) << kBits)) ++drop;
  for (const cpp_int& one : weight)
    capacity.weight.push_back(
        std::max(std::int64_t{1}, static_cast<std::int64_t>(cpp_int(one >> drop))));
  const cpp_int rounded_up = (need + (cpp_int(1) << drop) - 1) >> drop;
  capacity.need = std::max(std::int64_t{1}, static_cast<std::int64_t>(rounded_up));
  return capacity;
}

int largest_replicas(const System& system, const ComponentPlan& plan, ComponentId component) {
  if (!plan.autoscale) return plan.replicas;
  return largest_replicas(system, load_table(system), plan, component);
}

}  // namespace haplan::model
