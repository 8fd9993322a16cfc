#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/simulate/layout_parts.hpp"

namespace haplan::model {

namespace {

std::vector<double> rates_of(const std::vector<std::vector<double>>& table, std::size_t column) {
  std::vector<double> rates;
  for (const auto& row : table) rates.push_back(row[column]);
  return rates;
}

/// Every level is entered from the one with the next lower load; where loads are equal, from the first of the lowest.
void lay_out_clocks(Layout& layout) {
  const System& system = layout.system;
  std::vector<double> total;
  for (const auto& row : layout.demand.service_rate)
    total.push_back(std::accumulate(row.begin(), row.end(), 0.0));
  const auto lowest =
      static_cast<LevelId>(std::min_element(total.begin(), total.end()) - total.begin());
  layout.level_clocks.resize(system.levels.size());
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    LevelClock& clock = layout.level_clocks[level];
    clock.counts.assign(system.services.size(), false);
    if (level == lowest) continue;
    const Level& what = system.levels[level];
    clock.below = next_lower_level(total, level).value_or(lowest);
    clock.stay = what.share * what.every;
    clock.mean_gap = system.levels[*clock.below].share * what.every;
    layout.level_clocks[*clock.below].above.push_back(level);
    for (ServiceId s = 0; s < system.services.size(); ++s)
      clock.counts[s] =
          next_lower_level(rates_of(layout.demand.service_rate, s), level) == clock.below;
  }
}

/// MODEL 3, ramp: how long an autoscaled component is short of replicas after a level's entry.
double shortage(const Layout& layout, ComponentId id, LevelId level) {
  const auto& autoscale = layout.deployment.components[id].autoscale;
  if (!autoscale) return 0.0;
  const std::vector<double> rates = rates_of(layout.demand.component_rate, id);
  const std::optional<LevelId> lower = next_lower_level(rates, level);
  if (!lower || layout.demand.replicas[*lower][id] >= layout.demand.need[level][id]) return 0.0;
  const Component& component = layout.system.components[id];
  const Level& what = layout.system.levels[level];
  const double lag = component.autoscale_lag + layout.times[id].start + layout.times[id].ready_mean;
  const double most = what.ramp + lag;
  const double rho = 100.0 * component.max_utilization.value() / autoscale->target;
  if (rho <= 1.0 || what.ramp <= 0.0) return most;
  const double slope = (rates[level] - rates[*lower]) / what.ramp;
  return std::clamp(rho * (lag / (rho - 1.0) - rates[*lower] / slope), 0.0, most);
}

/// A component while the load of a level rises in a line: what is needed follows at once, replicas `lag` behind.
class Climb {
 public:
  Climb(const Layout& layout, ComponentId id, LevelId from, LevelId level)
      : layout_(layout), id_(id), level_(level) {
    const Component& component = layout.system.components[id];
    low_ = layout.demand.component_rate[from][id];
    high_ = layout.demand.component_rate[level][id];
    ramp_ = layout.system.levels[level].ramp;
    lag_ = component.autoscale_lag + layout.times[id].start + layout.times[id].ready_mean;
    capacity_ = component.throughput ? component.throughput->value() : 0.0;
  }

  [[nodiscard]] bool rises() const {
    return layout_.replica_count[id_] > 0 && capacity_ > 0.0 && high_ > low_ &&
           layout_.system.components[id_].type == ComponentType::stateless;
  }

  void add_to(std::vector<RampStep>& steps) const {
    std::vector<double> times{0.0, lag_, ramp_, ramp_ + lag_};
    const auto& autoscale = layout_.deployment.components[id_].autoscale;
    const double used = capacity_ * layout_.system.components[id_].max_utilization.value();
    for (double k = 1.0; k * used < high_; k += 1.0) times.push_back(reached_at(k * used));
    if (autoscale)
      for (double k = 1.0; k * each(*autoscale) < high_; k += 1.0)
        times.push_back(reached_at(k * each(*autoscale)) + lag_);
    std::sort(times.begin(), times.end());
    RampStep last{-1.0, 0, -1, -1};
    for (const double time : times) {
      const RampStep step = at(time, used);
      if (time < 0.0 || (step.need == last.need && step.replicas == last.replicas)) continue;
      steps.push_back(step);
      last = step;
    }
    steps.back().need = layout_.demand.need[level_][id_];
    steps.back().replicas = layout_.demand.replicas[level_][id_];
  }

 private:
  [[nodiscard]] double each(const Autoscale& autoscale) const {
    return capacity_ * autoscale.target / 100.0;
  }
  [[nodiscard]] double reached_at(double rate) const {
    return ramp_ * (rate - low_) / (high_ - low_);
  }
  [[nodiscard]] double rate(double time) const {
    const double share = ramp_ > 0.0 ? time / ramp_ : (time < 0.0 ? 0.0 : 1.0);
    return low_ + (high_ - low_) * std::clamp(share, 0.0, 1.0);
  }
  /// Of the moments when a bound is reached, what holds right after.
  [[nodiscard]] RampStep at(double time, double used) const {
    constexpr double kAfter = 1e-6;  // [s]
    const Component& component = layout_.system.components[id_];
    RampStep step{time, static_cast<std::uint32_t>(id_), layout_.demand.need[level_][id_],
                  layout_.demand.replicas[level_][id_]};
    const bool given = level_ < component.need.size() && component.need[level_].has_value();
    if (!given) step.need = std::max(1, static_cast<int>(std::ceil(rate(time + kAfter) / used)));
    if (const auto& autoscale = layout_.deployment.components[id_].autoscale) {
      const double wanted = std::ceil(rate(time + kAfter - lag_) / each(*autoscale));
      step.replicas = std::min(std::max(static_cast<int>(wanted), autoscale->min), autoscale->max);
    }
    return step;
  }

  const Layout& layout_;
  ComponentId id_;
  LevelId level_;
  double low_ = 0.0;
  double high_ = 0.0;
  double ramp_ = 0.0;
  double lag_ = 0.0;
  double capacity_ = 0.0;
};

void add_steps(const Layout& layout, LevelId level, std::vector<RampStep>& steps) {
  for (ComponentId id = 0; id < layout.system.components.size(); ++id) {
    const Climb climb(layout, id, *layout.level_clocks[level].below, level);
    if (climb.rises()) climb.add_to(steps);
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const RampStep& a, const RampStep& b) { return a.at < b.at; });
}

/// What differs between levels; also what must be set at the start of a path.
void lay_out_changes(Layout& layout) {
  const Demand& demand = layout.demand;
  for (std::uint32_t c = 0; c < layout.replica_count.size(); ++c) {
    bool varies = false;
    for (LevelId level = 0; level < demand.need.size(); ++level)
      varies = varies || demand.need[level][c] != demand.need[0][c] ||
               demand.replicas[level][c] != demand.replicas[0][c];
    if (layout.replica_count[c] > 0 && varies) layout.varying.push_back(c);
  }
  for (std::uint32_t e = 0; e < layout.elements.size(); ++e) {
    if (layout.elements[e].kind != Element::Kind::factor) continue;
    const ComponentFactor& factor = layout.factors[layout.elements[e].subject];
    if (factor.kind == ComponentFactor::Kind::failover &&
        distinct_replicas(layout, factor.component).size() > 1)
      layout.level_factors.push_back(e);
  }
}

}  // namespace

void lay_out_levels(Layout& layout) {
  const System& system = layout.system;
  lay_out_clocks(layout);
  lay_out_changes(layout);
  layout.ramp_steps.resize(system.levels.size());
  for (LevelId level = 0; level < system.levels.size(); ++level) {
    if (!layout.level_clocks[level].below) continue;
    if (!layout.assumptions.ideal_ramp) {
      add_steps(layout, level, layout.ramp_steps[level]);
      continue;
    }
    bool first = true;
    for (ComponentId id = 0; id < system.components.size(); ++id) {
      const double length = is_relevant(layout, id) ? shortage(layout, id, level) : 0.0;
      if (length <= 0.0) continue;
      layout.ramps.push_back({level, id, length, first});
      first = false;
    }
  }
  layout.request_rate = layout.demand.service_rate;
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    double any = 0.0;
    for (const auto& row : layout.request_rate) any += row[s];
    for (auto& row : layout.request_rate)
      if (any <= 0.0) row[s] = 1.0;
  }
}

void lay_out_errors(Layout& layout) {
  const System& system = layout.system;
  const std::size_t services = system.services.size();
  const std::size_t elements = layout.elements.size();
  layout.misrouted.assign(system.levels.size() * elements * services, 0.0);
  for (LevelId level = 0; level < system.levels.size(); ++level)
    for (ServiceId s = 0; s < services; ++s) {
      const std::vector<ComponentId>& path = layout.demand.path[s];
      const auto at = [&](std::size_t element) -> double& {
        return layout.misrouted[(level * elements + element) * services + s];
      };
      for (std::uint32_t r = 0; r < layout.replicas.size(); ++r) {
        const Replica& replica = layout.replicas[r];
        const int running = layout.demand.replicas[level][replica.component];
        const bool on_path = std::find(path.begin(), path.end(), replica.component) != path.end();
        if (!on_path || static_cast<int>(replica.index) >= running) continue;
        const double lost = layout.request_rate[level][s] *
                            (1.0 - system.components[replica.component].retry) / running;
        at(r) += lost;
        if (replica.home == kNowhere) continue;
        at(layout.node_element + replica.home) += lost;
        for (auto d = system.nodes[replica.home].parent; d; d = system.domains[*d].parent)
          at(layout.domain_element + *d) += lost;
      }
    }
}

}  // namespace haplan::model
