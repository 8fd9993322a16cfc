#include <algorithm>

#include "model/availability/numbers.hpp"
#include "model/system/load.hpp"
#include "planner/explain/workings.hpp"

/// The load of one component, and what it needs for it.
namespace haplan::planner::explaining {

void fill_load(const ComponentScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  const model::LoadTable load = model::load_table(system);
  double most = 0.0;
  for (model::LevelId l = 0; l < system.levels.size(); ++l) {
    const model::Level& level = system.levels[l];
    Working working{level.name,
                    "Services whose path it is on, at " + level.name,
                    level.users ? "rate = users / (thinkTime + sum of serviceTime on the path) = " +
                                      number_text(level.users->value()) + " / (" +
                                      number_text(level.think_time.value()) + " + path)"
                                : "the level's rate",
                    {{"path", "s"}, {"rate", "1/s"}},
                    {},
                    {{"rate", load.rate[l][scope.id], "1/s"}}};
    for (model::ServiceId s = 0; s < system.services.size(); ++s) {
      const auto path = model::path_of(system, s);
      if (!std::ranges::binary_search(path, scope.id)) continue;
      double time = 0.0;
      for (const model::ComponentId c : path) time += system.components[c].service_time.value();
      working.rows.push_back({system.services[s].name, {time, load.service_rate[l][s]}});
    }
    most = std::max(most, load.rate[l][scope.id]);
    out.workings.push_back(std::move(working));
  }
  out.value = {"rate", most, "1/s"};
  if (system.services.front().load)
    out.notes.emplace_back("Services give load: the rate is the sum of their shares of theirs.");
  else
    out.notes.emplace_back("The rate is the largest of those services.");
  if (scope.component().replicated()) out.next.push_back(scope.path("need"));
  if (scope.plan().autoscale) out.next.push_back(scope.path("ramp"));
}

void fill_need(const ComponentScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  const model::Component& component = scope.component();
  if (!component.replicated()) return;
  const model::LoadTable load = model::load_table(system);
  Working working{
      "loadLevels",
      "By load level",
      component.throughput && component.type == model::ComponentType::stateless
          ? "need = max(1, ceil(rate / (throughput * maxUtilization))) = ceil(rate / (" +
                number_text(component.throughput->value()) + " * " +
                number_text(component.max_utilization.value()) + ")), unless given"
          : "need as given, a majority, or one primary and its synchronous standbys",
      {{"rate", "1/s"}, {"need", ""}, {"replicas", ""}, {"spare", ""}},
      {},
      {}};
  int most = 0;
  for (model::LevelId l = 0; l < system.levels.size(); ++l) {
    const int n = model::replicas_at(system, load, scope.plan(), scope.id, l);
    const int need = model::needed(system, load, scope.id, l, n);
    most = std::max(most, need);
    working.rows.push_back(
        {system.levels[l].name, {load.rate[l][scope.id], need, n, static_cast<double>(n - need)}});
  }
  working.results = {{"most needed", static_cast<double>(most), ""}};
  out.value = {"need", static_cast<double>(most), ""};
  out.workings.push_back(std::move(working));
  out.next = {scope.path("load"), scope.path(scope.plan().autoscale ? "autoscale.max" : "replicas"),
              scope.path("replica")};
}

void fill_ramp(const ComponentScope& scope, Explanation& out) {
  const model::System& system = scope.system();
  const model::Component& component = scope.component();
  const auto replica = model::replica_model(component, scope.plan().probes);
  if (!replica || !scope.plan().autoscale) {
    out.notes.emplace_back("Without autoscaling there is nothing that lags behind the load.");
    out.next = {scope.path("need")};
    return;
  }
  const model::LoadTable load = model::load_table(system);
  const double lag = component.autoscale_lag + replica->start + replica->ready_mean;
  const double rho = component.max_utilization.value() / (scope.plan().autoscale->target / 100.0);
  Working working{
      "loadLevels",
      "Levels entered from the next lower one",
      "u = min(1, T / (share * every)), T = max(0, rho (L / (rho-1) - r0/s)), at most ramp + L",
      {{"lower rate", "1/s"}, {"slope", "1/s"}, {"shortage", "s"}, {"unavailability", ""}},
      {},
      {{"lag", lag, "s"}, {"rho", rho, ""}}};
  double most = 0.0;
  std::vector<double> rates;
  for (const auto& rate : load.rate) rates.push_back(rate[scope.id]);
  for (model::LevelId l = 0; l < system.levels.size(); ++l) {
    const double u =
        model::ramp_unavailability(system, scope.deployment(), load, *replica, scope.id, l);
    most = std::max(most, u);
    const auto lower = model::next_lower(rates, l);
    WorkingRow row{system.levels[l].name, {std::nullopt, std::nullopt, std::nullopt, u}};
    if (lower) {
      const model::Level& level = system.levels[l];
      row.values[0] = rates[*lower];
      if (level.ramp > 0.0) row.values[1] = (rates[l] - rates[*lower]) / level.ramp;
      row.values[2] = u * level.share * level.every;
    }
    working.rows.push_back(std::move(row));
  }
  out.value = {"unavailability", most, ""};
  if (most == 0.0)
    out.notes.emplace_back(
        "Every level's need is met by the replicas of the next lower one, or in time.");
  out.workings.push_back(std::move(working));
  out.next = {scope.path("load"), scope.path("autoscale.targetCPUUtilizationPercentage")};
}

}  // namespace haplan::planner::explaining
