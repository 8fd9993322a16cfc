#include "tests/support/reference_problem.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "tests/support/reference.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Decision;
using solver::ProbeKind;
using solver::Setting;

std::vector<double> from_to(int first, int last) {
  std::vector<double> values(static_cast<std::size_t>(last - first + 1));
  std::iota(values.begin(), values.end(), first);
  return values;
}

class Builder {
 public:
  solver::Problem build(std::size_t nodes, std::size_t zones) {
    problem_.system = reference_system(nodes, zones).system;
    problem_.before.components.resize(system().components.size());
    add_fixed_settings();
    add_objectives();
    add_decisions();
    for (ComponentId c = 0; c < system().components.size(); ++c) {
      problem_.placement_open.push_back(system().components[c].replicated());
      if (problem_.placement_open[c]) solver::place_round_robin(system(), problem_.before, c);
      problem_.rules.emplace_back();
    }
    return std::move(problem_);
  }

 private:
  System& system() { return problem_.system; }
  ComponentPlan& plan(ComponentId c) { return problem_.before.components[c]; }

  void add_fixed_settings() {
    for (const ComponentId c : {api, ingress, keycloak, weather}) {
      plan(c).probes.liveness = Probe{};
      plan(c).probes.liveness->grace = 30;
      plan(c).probes.readiness = Probe{};
    }
    plan(prometheus).replicas = 2;
    plan(postgres).failover.retry_timeout = 5;
    plan(api).autoscale = Autoscale{1, 10, 80};
  }

  void add_objectives() {
    solver::Objective objective;
    objective.max_unavailability = 1e-4;
    objective.max_error_ratio = 1e-3;
    objective.max_recovery_time = 10.0;
    for (ServiceId s = 0; s < 3; ++s) {
      objective.service = s;
      problem_.objectives.push_back(objective);
    }
    problem_.objectives[0].max_response_time = 0.9;
    problem_.objectives[0].max_data_loss = 1.0;
    problem_.objectives[0].max_node_loss = 60.0;
  }

  void decide(const std::string& path, std::optional<ComponentId> component, Setting setting,
              ProbeKind probe, std::vector<double> values, std::optional<double> standard) {
    Decision decision{path, component, setting, probe, std::move(values), standard};
    double first = decision.values.front();
    const bool counts = setting == Setting::replicas || setting == Setting::autoscale_min;
    if (!counts && standard)
      first = *std::ranges::min_element(decision.values, {},
                                        [&](double value) { return std::abs(value - *standard); });
    solver::assign(problem_.before, decision, first);
    problem_.decisions.push_back(std::move(decision));
  }

  void add_decisions() {
    decide("cluster.tolerationSeconds", std::nullopt, Setting::toleration_seconds, ProbeKind::none,
           from_to(30, 300), 300);
    for (const ComponentId c : {api, ingress, keycloak, weather}) {
      const std::string path = "components." + system().components[c].name + ".";
      if (c == api) {
        decide(path + "autoscale.min", c, Setting::autoscale_min, ProbeKind::none, from_to(1, 4),
               std::nullopt);
        decide(path + "autoscale.targetCPUUtilizationPercentage", c, Setting::autoscale_target,
               ProbeKind::none, from_to(50, 80), 80);
      } else {
        decide(path + "replicas", c, Setting::replicas, ProbeKind::none, from_to(1, 4), 1);
      }
      const std::string live = path + "probes.liveness.";
      decide(live + "periodSeconds", c, Setting::period, ProbeKind::liveness, from_to(1, 10), 10);
      decide(live + "failureThreshold", c, Setting::failure_threshold, ProbeKind::liveness,
             from_to(1, 5), 3);
      decide(live + "terminationGracePeriodSeconds", c, Setting::grace, ProbeKind::liveness,
             from_to(1, 30), 30);
      const std::string ready = path + "probes.readiness.";
      decide(ready + "periodSeconds", c, Setting::period, ProbeKind::readiness, from_to(1, 10), 10);
      decide(ready + "failureThreshold", c, Setting::failure_threshold, ProbeKind::readiness,
             from_to(1, 3), 3);
    }
    for (const ComponentId c : {postgres, redis})
      decide("components." + system().components[c].name + ".replicas", c, Setting::replicas,
             ProbeKind::none, from_to(1, 3), 1);
    decide("components.postgres.failover.ttl", postgres, Setting::ttl, ProbeKind::none,
           from_to(20, 30), 30);
    decide("components.redis.failover.downAfter", redis, Setting::down_after, ProbeKind::none,
           from_to(5, 30), 30);
    std::ranges::sort(problem_.decisions, {}, &Decision::path);
  }

  solver::Problem problem_;
};

}  // namespace

solver::Problem reference_problem(std::size_t nodes, std::size_t zones) {
  return Builder().build(nodes, zones);
}

}  // namespace haplan::test
