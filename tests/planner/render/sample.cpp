#include "tests/planner/render/sample.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "planner/spec/plain_value.hpp"

namespace haplan::test {
namespace {

using planner::Value;

enum Id { api, cache, claude, db, gpt, ingress, llm, plugin };

constexpr std::int64_t kGi = 1024LL * 1024 * 1024 * 1000;

model::Requirement on(model::ComponentId id) {
  model::Requirement r;
  r.kind = model::Requirement::Kind::component;
  r.component = id;
  return r;
}

model::Requirement all_of(std::vector<model::Requirement> members) {
  model::Requirement r;
  r.of = std::move(members);
  return r;
}

model::Component stateless(const std::string& name, std::vector<model::Requirement> needs) {
  model::Component c;
  c.name = name;
  c.modes = {{"crash", 1.0 / (30 * 86400), model::Detection::exit, {}, true},
             {"hang", 1.0 / (90 * 86400), model::Detection::liveness, {}, true}};
  c.start = 3;
  c.shutdown = 2;
  c.movable = true;
  c.allowed = {0, 1, 2, 3};
  c.requests = {{"cpu", 500}, {"memory", kGi}};
  c.depends_on = all_of(std::move(needs));
  return c;
}

model::Component stateful(const std::string& name, model::Controller controller) {
  auto c = stateless(name, {});
  c.type = model::ComponentType::primary_replica;
  c.modes = {{"crash", 1.0 / (90 * 86400), model::Detection::exit, {}, true}};
  c.movable = false;
  c.storage.kind = model::StorageKind::local;
  c.failover = model::Failover{};
  c.failover->controller = controller;
  return c;
}

model::Component external(const std::string& name, double unavailability) {
  model::Component c;
  c.name = name;
  c.type = model::ComponentType::external;
  c.external = model::External{unavailability, unavailability / 3600, 3600, true};
  return c;
}

model::System sample_system() {
  model::System system;
  system.name = "shop";
  for (int n = 1; n <= 4; ++n) {
    model::Node node;
    node.name = "worker-" + std::to_string(n);
    node.pool = "worker";
    node.capacity = {{"cpu", 8000}, {"memory", 32 * kGi}};
    system.nodes.push_back(node);
  }
  model::Level level;
  level.name = "always";
  level.rate = model::Rational{1500, 1};
  system.levels = {level};
  system.components.resize(8);
  system.components[api] = stateless("api", {on(db), on(cache), on(llm)});
  system.components[api].throughput = model::Rational{500, 1};
  system.components[api].common_causes = {{"releases", 1e-7, 300}};
  system.components[cache] = stateful("cache", model::Controller::redis_sentinel);
  system.components[claude] = external("claude", 8.3e-4);
  system.components[db] = stateful("db", model::Controller::patroni);
  system.components[gpt] = external("gpt-4o", 1.79e-3);
  system.components[ingress] = stateless("ingress", {on(api)});
  system.components[llm].name = "llm";
  system.components[llm].type = model::ComponentType::gate;
  system.components[llm].gate.kind = model::Requirement::Kind::any;
  system.components[llm].gate.of = {on(gpt), on(claude)};
  system.components[plugin] = stateless("plugin", {});
  system.services = {{"chat", all_of({on(ingress)}), {}},
                     {"weather", all_of({on(ingress), on(plugin)}), {}}};
  return system;
}

model::Deployment sample_deployment(bool planned) {
  model::Deployment d;
  d.toleration_seconds = planned ? 60 : 300;
  d.components.resize(8);
  const model::Probe liveness = planned ? model::Probe{0, 2, 1, 3, 1, 5} : model::Probe{};
  for (const auto id : {api, ingress, plugin}) {
    d.components[id].probes.liveness = liveness;
    d.components[id].probes.readiness = model::Probe{0, planned ? 2 : 10, 1, 2, 1, {}};
    d.components[id].replicas = planned ? 2 : 1;
  }
  d.components[api].autoscale = model::Autoscale{planned ? 2 : 1, 6, planned ? 70 : 80};
  d.components[db].replicas = planned ? 2 : 1;
  d.components[db].failover.ttl = planned ? 20 : 30;
  d.components[cache].replicas = planned ? 3 : 1;
  d.components[cache].failover.down_after = planned ? 5 : 30;
  // 1500/s over 500/s at 70 % is 4.3, at 80 % 3.75: five and four replicas.
  d.components[api].nodes =
      planned ? std::vector<model::NodeId>{0, 1, 2, 3, 0} : std::vector<model::NodeId>{0, 1, 2, 3};
  d.components[cache].nodes =
      planned ? std::vector<model::NodeId>{0, 1, 2} : std::vector<model::NodeId>{0};
  for (const auto id : {db, ingress, plugin})
    d.components[id].nodes =
        planned ? std::vector<model::NodeId>{0, 1} : std::vector<model::NodeId>{0};
  return d;
}

solver::Decision decision(const std::string& path, model::ComponentId component,
                          solver::Setting setting, std::vector<double> values,
                          solver::ProbeKind probe = solver::ProbeKind::none) {
  return {path, component, setting, probe, std::move(values), {}};
}

planner::Release release(const std::string& name, const std::string& profile,
                         std::vector<planner::ReleaseTarget> map) {
  planner::Release made;
  made.name = name;
  made.profile = profile;
  made.map = std::move(map);
  return made;
}

model::Evaluation sample_evaluation(double u) {
  model::Evaluation e;
  for (int s = 0; s < 2; ++s) {
    model::ServiceFigures f;
    f.unavailability = model::Estimate::exactly(u * (s + 1));
    f.independent = 0.5 * u * (s + 1);
    f.outage_frequency = u * (s + 1) / 60;
    f.mean_outage = 60;
    f.causes = {{model::CauseKind::common_cause, "api", "releases", 0.6 * u * (s + 1)},
                {model::CauseKind::node, "worker-1", "reboot", 0.4 * u * (s + 1)}};
    f.level_unavailability = {u * (s + 1)};
    f.recovery = model::RecoveryTime{14, ingress, "hang"};
    f.node_losses = {{0, 12, false, 47.4, 0.25, "db"}, {1, 0, false, 47.4, 0.25, ""}};
    f.losses = {{model::LossKind::replica, api, 14, false, 2, 0.5, "api/hang"},
                {model::LossKind::primary, db, 50, false, 2, 1, "db"},
                {model::LossKind::external, gpt, 5, false, 5, 1, "llm"}};
    f.error_ratio = 2 * u;
    f.response_time = {0.8};
    f.worst_response_time = 0.8;
    f.data_loss = 0.5;
    e.services.push_back(f);
  }
  e.work = {120, 16};
  return e;
}

planner::Assessment sample_assessment(bool planned) {
  planner::Assessment a;
  a.deployment = sample_deployment(planned);
  const double u = planned ? 2.3e-5 : 2.3e-3;
  a.evaluation = sample_evaluation(u);
  a.guaranteed = {model::Estimate::exactly(2.4e-5), model::Estimate::exactly(4.8e-5)};
  a.values_only = {model::Estimate::exactly(3.4e-5), model::Estimate::exactly(6.8e-5)};
  a.checks = {{0, "availability", 1e-4, planned ? 2.4e-5 : 2.3e-3, planned, "api: releases"},
              {0, "recoveryTime", 20, planned ? 14.0 : 61.0, planned, "ingress: hang"}};
  return a;
}

}  // namespace

Value http_handler(const std::string& path, int port) {
  using namespace planner;
  return plain_map(
      {{"httpGet", plain_map({{"path", plain_text(path)}, {"port", plain_integer(port)}})}});
}

planner::Plan sample_plan() {
  planner::Plan plan;
  auto& lowered = plan.lowered;
  lowered.name = "shop";
  lowered.problem.system = sample_system();
  lowered.problem.before = sample_deployment(false);
  lowered.problem.decisions = {
      decision("cluster.tolerationSeconds", 0, solver::Setting::toleration_seconds, {30, 60, 300}),
      decision("components.api.autoscale.min", api, solver::Setting::autoscale_min, {1, 2, 3, 4}),
      decision("components.api.probes.liveness.periodSeconds", api, solver::Setting::period,
               {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, solver::ProbeKind::liveness),
      decision("components.cache.failover.downAfter", cache, solver::Setting::down_after, {5, 30}),
      decision("components.db.failover.ttl", db, solver::Setting::ttl, {20, 25, 30}),
      decision("components.ingress.replicas", ingress, solver::Setting::replicas, {1, 2, 3, 4})};
  lowered.problem.decisions.front().component.reset();
  solver::Objective objective;
  objective.max_unavailability = 1e-4;
  objective.max_recovery_time = 20;
  lowered.problem.objectives = {objective};
  lowered.extras.resize(8);
  for (const auto id : {api, ingress, plugin}) {
    lowered.extras[id].workload = "Deployment";
    lowered.extras[id].liveness_handler =
        http_handler(id == ingress ? "/healthz" : "/health", id == ingress ? 10254 : 5001);
    lowered.extras[id].readiness_handler = lowered.extras[id].liveness_handler;
  }
  for (const auto id : {cache, db}) lowered.extras[id].workload = "StatefulSet";
  for (const auto id : {api, cache, db, ingress, plugin})
    lowered.extras[id].requests = {{"cpu", "500m"}, {"memory", "1Gi"}};
  lowered.extras[api].limits = {{"cpu", "1"}, {"memory", "2Gi"}};
  lowered.releases = {
      release("dify", "dify-borispolonsky", {{"api", "api"}, {"cache", "redis.node"}, {"db", ""}}),
      release("edge", "ingress-nginx", {{"ingress", "controller"}}),
      release("plugin", "helm-create", {{"plugin", "app"}})};
  lowered.defaults = {{"components.claude.repair", "1h", "catalogue"}};
  plan.outcome.status = solver::Status::optimal;
  plan.outcome.has_plan = true;
  plan.outcome.deployment = sample_deployment(true);
  plan.outcome.criteria = {14, 14, 7000, 14 * kGi, 9, 6.9e-5};
  plan.outcome.bound_peak_replicas = 14;
  plan.outcome.binding = {"db needs 2 instances: one alone is down 40 min a year"};
  plan.outcome.work = {12, 345, 678};
  plan.before = sample_assessment(false);
  plan.after = sample_assessment(true);
  plan.warnings = {"a first warning", "a second one"};
  return plan;
}

bool matches_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(HAPLAN_GOLDEN) + "/" + name;
  if (const char* approve = std::getenv("HAPLAN_APPROVE"); approve && std::string(approve) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    return true;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream expected;
  expected << file.rdbuf();
  return file.good() && expected.str() == text;
}

}  // namespace haplan::test
