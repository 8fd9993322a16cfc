#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "tests/support/oracle/parts.hpp"

// Rates, needs and counts by exact fractions.
namespace haplan::test::oracle {

namespace {

__extension__ typedef __int128 Wide;

struct Fraction {
  Wide num = 0, den = 1;
};

Fraction reduced(Wide num, Wide den) {
  Wide a = num < 0 ? -num : num, b = den;
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a == 0 ? Fraction{} : Fraction{num / a, den / a};
}

Fraction of(const model::Rational& r) { return reduced(r.num, r.den); }
Fraction operator+(Fraction a, Fraction b) {
  return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}
Fraction operator*(Fraction a, Fraction b) { return reduced(a.num * b.num, a.den * b.den); }
Fraction operator/(Fraction a, Fraction b) { return reduced(a.num * b.den, a.den * b.num); }
bool operator<(Fraction a, Fraction b) { return a.num * b.den < b.num * a.den; }
Real value(Fraction f) { return static_cast<Real>(f.num) / static_cast<Real>(f.den); }
int ceiling(Fraction f) { return static_cast<int>((f.num + f.den - 1) / f.den); }

void walk(const model::System& system, const model::Requirement& requirement, bool all_members,
          std::vector<bool>& seen) {
  using Kind = model::Requirement::Kind;
  if (requirement.kind == Kind::component) {
    if (seen[requirement.component]) return;
    seen[requirement.component] = true;
    const model::Component& c = system.components[requirement.component];
    if (c.type == model::ComponentType::gate) walk(system, c.gate, all_members, seen);
    walk(system, c.depends_on, all_members, seen);
    return;
  }
  for (std::size_t i = 0; i < requirement.of.size(); ++i) {
    if (requirement.kind == Kind::any && i > 0 && !all_members) break;
    walk(system, requirement.of[i], all_members, seen);
  }
}

Fraction service_rate(const model::System& system, const model::Level& level,
                      const std::vector<bool>& on_path) {
  if (level.rate) return of(*level.rate);
  if (!level.users) return {};
  Fraction cycle = of(level.think_time);
  for (std::size_t c = 0; c < on_path.size(); ++c) {
    if (on_path[c]) cycle = cycle + of(system.components[c].service_time);
  }
  return of(*level.users) / cycle;
}

int autoscaled(const model::Component& component, const model::Autoscale& scale, Fraction rate) {
  if (!component.throughput) throw std::invalid_argument("autoscale without throughput");
  const int wanted = ceiling(rate / (of(*component.throughput) * reduced(scale.target, 100)));
  return std::clamp(wanted, scale.min, scale.max);
}

}  // namespace

bool strict_sync(const model::Component& component) {
  const auto& replication = component.replication;
  return replication && replication->mode == model::Replication::Mode::sync && replication->strict;
}

std::vector<bool> path(const model::System& system, model::ServiceId service, bool all_members) {
  std::vector<bool> seen(system.components.size(), false);
  walk(system, system.services[service].requires_, all_members, seen);
  return seen;
}

Load load(const model::System& system, const model::Deployment& deployment) {
  Load out;
  const std::size_t count = system.components.size();
  for (std::size_t l = 0; l < system.levels.size(); ++l) {
    std::vector<Fraction> rate(count);
    out.service_rate.emplace_back();
    for (std::size_t s = 0; s < system.services.size(); ++s) {
      const auto on_path = path(system, s, false);
      const Fraction own = service_rate(system, system.levels[l], on_path);
      out.service_rate[l].push_back(value(own));
      for (std::size_t c = 0; c < count; ++c) {
        if (!on_path[c]) continue;
        if (system.services[s].load) {
          rate[c] = rate[c] + of(*system.services[s].load) * own;
        } else if (rate[c] < own) {
          rate[c] = own;
        }
      }
    }
    out.rate.emplace_back();
    out.need.emplace_back();
    out.replicas.emplace_back();
    for (std::size_t c = 0; c < count; ++c) {
      const model::Component& component = system.components[c];
      out.rate[l].push_back(value(rate[c]));
      // The table of types names `need` for stateless components only; the others have rules of
      // their own.
      int need = 1;
      const bool stateless = component.type == model::ComponentType::stateless;
      if (component.type == model::ComponentType::primary_replica && strict_sync(component)) {
        need = 1 + component.replication->standbys;
      }
      if (stateless && component.throughput) {
        need = std::max(
            1, ceiling(rate[c] / (of(*component.throughput) * of(component.max_utilization))));
      }
      if (stateless && l < component.need.size() && component.need[l]) need = *component.need[l];
      out.need[l].push_back(need);
      const model::ComponentPlan& plan = deployment.components[c];
      int replicas =
          plan.autoscale ? autoscaled(component, *plan.autoscale, rate[c]) : plan.replicas;
      if (!component.replicated()) replicas = 0;
      out.replicas[l].push_back(replicas);
    }
  }
  return out;
}

model::LevelId largest_level(const Load& load) {
  std::vector<int> sums;
  for (const auto& level : load.replicas)
    sums.push_back(std::accumulate(level.begin(), level.end(), 0));
  return static_cast<model::LevelId>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

}  // namespace haplan::test::oracle
