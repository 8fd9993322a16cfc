#include <algorithm>

#include "model/availability/stages.hpp"
#include "model/recovery/laws.hpp"
#include "planner/explain/workings.hpp"

/// One component: its replicas and what strikes all of them.
namespace haplan::planner::explaining {

namespace {

std::optional<double> step_mean(const model::ModeLaw& law, const std::string& name) {
  for (const model::RecoveryStep& step : law.steps)
    if (step.name == name) return model::Delay(step.stages).mean();
  return std::nullopt;
}

bool waits_to_restart(const model::Component& component, const model::ModeOutage& mode,
                      std::size_t index) {
  return !mode.spurious && mode.detection == model::Detection::exit &&
         !component.modes[index].repair;
}

Working modes_of(const model::Component& component, const model::Probes& probes,
                 const model::ReplicaModel& replica) {
  Working working{"modes",
                  "Failure modes of one replica, mean times",
                  "u = sum(rate * outage) / (1 + sum(rate * outage))",
                  {{"rate", "1/s"},
                   {"detect", "s"},
                   {"stop", "s"},
                   {"start", "s"},
                   {"ready", "s"},
                   {"back-off", "s"},
                   {"repair", "s"},
                   {"outage", "s"},
                   {"rate x outage", ""}},
                  {},
                  {}};
  double sum = 0.0;
  for (std::size_t m = 0; m < replica.modes.size(); ++m) {
    const model::ModeOutage& mode = replica.modes[m];
    const model::ModeLaw law = model::mode_law(component, probes, replica, m);
    WorkingRow row{mode.name,
                   {mode.rate, step_mean(law, "detect"), step_mean(law, "stop"),
                    step_mean(law, "start"), step_mean(law, "ready"), std::nullopt,
                    step_mean(law, "repair"), mode.mean, mode.rate * mode.mean}};
    if (waits_to_restart(component, mode, m)) row.values[5] = model::back_off_mean(component);
    sum += mode.rate * mode.mean;
    working.rows.push_back(std::move(row));
  }
  working.results = {{"sum of rate x outage", sum, ""},
                     {"unavailability", replica.unavailability, ""}};
  return working;
}

void add_probe_sentence(const char* name, const std::optional<model::Probe>& probe,
                        std::string& sentence) {
  if (!probe) return;
  sentence += (sentence.empty() ? "Probes: " : "; ") + std::string(name) + " every " +
              std::to_string(probe->period) + " s, timeout " + std::to_string(probe->timeout) +
              " s, " + std::to_string(probe->failure_threshold) + " failures";
  if (probe->grace) sentence += ", grace " + std::to_string(*probe->grace) + " s";
}

std::string probes_sentence(const model::Probes& probes) {
  std::string sentence;
  add_probe_sentence("liveness", probes.liveness, sentence);
  add_probe_sentence("readiness", probes.readiness, sentence);
  add_probe_sentence("startup", probes.startup, sentence);
  return sentence.empty() ? "No probes." : sentence + ".";
}

Working factor(const std::string& name, const std::string& title, double rate, double outage) {
  const double load = rate * outage;
  return {
      name,
      title,
      "u = lambda d / (1 + lambda d) = " + number_text(load) + " / (1 + " + number_text(load) + ")",
      {},
      {},
      {{"rate", rate, "1/s"},
       {"outage", outage, "s"},
       {"rate x outage", load, ""},
       {"unavailability", load / (1.0 + load), ""}}};
}

void fill_external(const ComponentScope& scope, Explanation& out) {
  out.figure = find_figure("external");
  const model::External& external = *scope.component().external;
  out.value = {"unavailability", external.unavailability, ""};
  out.workings.push_back({"external",
                          "An external service",
                          "u = repair / (mtbf + repair) = lambda d / (1 + lambda d)",
                          {},
                          {},
                          {{"rate", external.rate, "1/s"},
                           {"repair", external.repair, "s"},
                           {"unavailability", external.unavailability, ""}}});
  if (external.repair_is_default)
    out.notes.emplace_back("Its repair time is a default: an availability says nothing of it.");
}

}  // namespace

void fill_replica(const ComponentScope& scope, Explanation& out) {
  const auto replica = model::replica_model(scope.component(), scope.plan().probes);
  if (!replica) return;
  out.value = {"unavailability", replica->unavailability, ""};
  if (scope.component().replica_unavailability)
    out.notes.emplace_back("Given by the spec as the availability of one replica.");
  else
    out.workings.push_back(modes_of(scope.component(), scope.plan().probes, *replica));
  out.notes.push_back(probes_sentence(scope.plan().probes));
  out.next = {scope.path("recovery"), scope.path("need")};
  if (scope.plan().probes.liveness) out.next.push_back(scope.path("spuriousKill"));
  if (scope.component().failover) out.next.push_back(scope.path("failoverUnavailability"));
}

void fill_component(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  if (component.external) {
    fill_external(scope, out);
  } else if (component.chain) {
    out.figure = find_figure("chain");
    for (const model::Breakdown& parts : scope.evidence.parts)
      for (const model::ComponentPart& part : parts.components)
        if (part.component == scope.id && !out.value)
          out.value = {"unavailability", part.independent, ""};
    out.notes.push_back(std::to_string(component.chain->states.size()) + " states, " +
                        std::to_string(component.chain->transitions.size()) + " transitions.");
  } else if (component.replicated()) {
    fill_replica(scope, out);
  }
  for (const model::CommonCause& cause : component.common_causes)
    out.next.push_back(scope.path("commonCause." + cause.name));
  if (component.type == model::ComponentType::gate)
    out.notes.emplace_back("A gate fails with what it is made of, never by itself.");
}

void fill_recovery(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  const auto replica = model::replica_model(component, scope.plan().probes);
  if (!replica) return;
  Working working{"modes",
                  "How long a replica's recovery takes",
                  "detect + stop + start + ready, with back-off where a restart waits",
                  {{"mean", "s"}, {"p50", "s"}, {"p90", "s"}, {"p99", "s"}, {"worst", "s"}},
                  {},
                  {}};
  std::optional<double> worst;
  for (std::size_t m = 0; m < replica->modes.size(); ++m) {
    const model::ModeOutage& mode = replica->modes[m];
    if (!scope.detail.empty() && mode.name != scope.detail) continue;
    const model::ModeLaw law = model::mode_law(component, scope.plan().probes, *replica, m);
    working.rows.push_back({mode.name,
                            {mode.mean, law.law.quantile(0.5).value, law.law.quantile(0.9).value,
                             law.law.quantile(0.99).value, mode.worst}});
    if (mode.worst && (!worst || *mode.worst > *worst)) worst = mode.worst;
    if (scope.detail.empty()) continue;
    Working steps{"steps",
                  "Its steps",
                  "the sum of independent steps",
                  {{"least", "s"}, {"mean", "s"}, {"worst", "s"}},
                  {},
                  {}};
    double mean = 0.0;
    for (const model::RecoveryStep& step : law.steps) {
      const model::Delay delay(step.stages);
      steps.rows.push_back({step.name, {delay.least(), delay.mean(), delay.worst()}});
      mean += delay.mean();
    }
    if (waits_to_restart(component, mode, m)) {
      const double wait = model::back_off_mean(component);
      steps.rows.push_back({"back-off", {0.0, wait, std::nullopt}});
      mean += wait;
    }
    steps.results = {{"mean", mean, "s"}};
    if (mode.worst) steps.results.push_back({"worst", *mode.worst, "s"});
    out.workings.push_back(std::move(steps));
  }
  if (worst) out.value = {"worst recovery", *worst, "s"};
  out.workings.push_back(std::move(working));
  out.notes.push_back(probes_sentence(scope.plan().probes));
  out.next = {scope.path("replica")};
  for (const model::ModeOutage& mode : replica->modes)
    if (mode.name != scope.detail) out.next.push_back(scope.path("recovery." + mode.name));
}

void fill_spurious_kill(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  const auto& liveness = scope.plan().probes.liveness;
  const auto replica = model::replica_model(component, scope.plan().probes);
  if (!liveness || !replica) return;
  const double p = model::false_failure_probability(component, *liveness);
  const auto kill = std::ranges::find_if(replica->modes, &model::ModeOutage::spurious);
  const bool kills = kill != replica->modes.end();
  out.value = {"rate", kills ? kill->rate : 0.0, "1/s"};
  out.workings.push_back(
      {"spuriousKill",
       "Checks of a healthy replica that fail by chance",
       "rate = (1-p) p^F / (P (1 - p^F))",
       {},
       {},
       {{"false failure probability", p, ""},
        {"period", static_cast<double>(liveness->period), "s"},
        {"failure threshold", static_cast<double>(liveness->failure_threshold), ""},
        {"rate", kills ? kill->rate : 0.0, "1/s"},
        {"outage", kills ? kill->mean : 0.0, "s"}}});
  if (p == 0.0)
    out.notes.emplace_back("Neither probeLatency nor falseFailure is given: none is assumed.");
  out.next = {scope.path("replica"), scope.path("probes.liveness.failureThreshold")};
}

void fill_common_cause(const ComponentScope& scope, Explanation& out) {
  for (const model::CommonCause& cause : scope.component().common_causes) {
    if (!scope.detail.empty() && cause.name != scope.detail) continue;
    out.workings.push_back(
        factor(cause.name, "Common cause: " + cause.name, cause.rate, cause.outage));
    if (!out.value) out.value = {"unavailability", out.workings.back().results.back().value, ""};
  }
  if (out.workings.empty()) out.notes.emplace_back("It has no common causes.");
  out.notes.emplace_back("More replicas do not help against it.");
  out.next = {scope.path("replica")};
}

void fill_rescheduling(const ComponentScope& scope, Explanation& out) {
  const model::Component& component = scope.component();
  const auto replica = model::replica_model(component, scope.plan().probes);
  if (!replica) return;
  if (!component.movable) {
    out.notes.emplace_back("Its replicas do not move: they are back when their node is.");
  } else {
    const auto& detection = scope.system().node_detection;
    const bool network = component.storage.kind == model::StorageKind::network;
    const double reattach = network ? component.storage.reattach : 0.0;
    const double tolerated = scope.deployment().toleration_seconds;
    const double mean =
        model::reschedule_delay(scope.system(), scope.deployment(), scope.id, *replica);
    const double worst =
        model::reschedule_delay_worst(scope.system(), scope.deployment(), scope.id, *replica);
    out.value = {"rescheduling delay", mean, "s"};
    Working working{"steps",
                    "From the failure of its node until it serves elsewhere",
                    "tau = nodeDetection + tolerationSeconds + start + ready + reattach",
                    {{"mean", "s"}, {"worst", "s"}},
                    {{"node detection", {detection.mean, detection.worst}},
                     {"tolerationSeconds", {tolerated, tolerated}},
                     {"start", {replica->start, replica->start}},
                     {"ready", {replica->ready_mean, replica->ready_worst}},
                     {"reattach", {reattach, reattach}}},
                    {{"rescheduling delay", mean, "s"}, {"worst rescheduling delay", worst, "s"}}};
    out.workings.push_back(std::move(working));
  }
  if (!scope.system().nodes.empty()) out.next = {"cluster.tolerationSeconds", "headroom"};
  out.next.push_back(scope.path("recovery"));
}

}  // namespace haplan::planner::explaining
