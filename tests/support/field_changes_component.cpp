#include <algorithm>

#include "tests/support/field_visitors.hpp"

namespace haplan::test {

namespace {

using namespace model;

void size_fields(std::vector<FieldChange>& out) {
  add(out, "components.*.type", each_component([](Component& c, ComponentPlan&) {
        if (c.type != ComponentType::quorum) return false;
        c.type = ComponentType::stateless;
        return true;
      }));
  add(out, "components.*.replicas", each_replicated([](Component&, ComponentPlan& p) {
        if (p.autoscale || p.replicas < 2) return false;
        --p.replicas;
        return true;
      }));
  const auto scaled = [](auto change) {
    return each_component([change](Component&, ComponentPlan& p) {
      return p.autoscale && (change(*p.autoscale), true);
    });
  };
  add(out, "components.*.autoscale.min", scaled([](Autoscale& a) { ++a.min; }));
  add(out, "components.*.autoscale.max",
      scaled([](Autoscale& a) { a.max = std::max(a.min, a.max - 2); }));
  add(out, "components.*.autoscale.targetCPUUtilizationPercentage",
      scaled([](Autoscale& a) { a.target += 7; }));
  add(out, "components.*.autoscale.lag", each_component([](Component& c, ComponentPlan& p) {
        c.autoscale_lag += 11;
        return p.autoscale.has_value();
      }));
  add(out, "components.*.need", each_component([](Component& c, ComponentPlan&) {
        bool any = false;
        for (auto& need : c.need) {
          if (need) ++*need, any = true;
        }
        return any;
      }));
  add(out, "components.*.throughput", each_component([](Component& c, ComponentPlan&) {
        if (c.throughput) c.throughput = times(*c.throughput, 3, 5);
        return c.throughput.has_value();
      }));
  add(out, "components.*.maxUtilization", each_component([](Component& c, ComponentPlan&) {
        c.max_utilization = times(c.max_utilization, 3, 5);
        return c.throughput.has_value();
      }));
  add(out, "components.*.serviceTime", each_replicated([](Component& c, ComponentPlan&) {
        c.service_time = times(c.service_time, 9, 8);
        return c.service_time.num != 0;
      }));
  add(out, "components.*.resources", each_component([](Component& c, ComponentPlan&) {
        for (auto& [name, amount] : c.requests) amount *= 4;
        return !c.requests.empty();
      }));
  add(out, "components.*.start",
      each_replicated([](Component& c, ComponentPlan&) { return c.start += 4, true; }));
  add(out, "components.*.shutdown",
      each_replicated([](Component& c, ComponentPlan&) { return c.shutdown += 2, true; }));
  add(out, "components.*.retry",
      each_replicated([](Component& c, ComponentPlan&) { return c.retry /= 2, true; }));
}

void failure_fields(std::vector<FieldChange>& out) {
  add(out, "components.*.failures.*.mtbf",
      each_mode([](FailureMode& m) { return m.rate *= 1.3, true; }));
  add(out, "components.*.failures.*.detection", each_mode([](FailureMode& m) {
        if (m.detection != Detection::liveness) return false;
        m.detection = Detection::exit;
        return true;
      }));
  add(out, "components.*.failures.*.repair", each_mode([](FailureMode& m) {
        if (m.repair) *m.repair *= 1.3;
        return m.repair.has_value();
      }));
  add(out, "components.*.failures.*.ignoresSigterm", each_mode([](FailureMode& m) {
        m.ignores_sigterm = !m.ignores_sigterm;
        return m.detection == Detection::liveness;
      }));
  add(out, "components.*.availability", each_component([](Component& c, ComponentPlan&) {
        if (c.replica_unavailability) *c.replica_unavailability *= 1.3;
        return c.replica_unavailability.has_value();
      }));
  add(out, "components.*.probeLatency.p50", each_component([](Component& c, ComponentPlan&) {
        if (c.probe_latency) c.probe_latency->p50 *= 1.3;
        return c.probe_latency.has_value();
      }));
  add(out, "components.*.probeLatency.p99", each_component([](Component& c, ComponentPlan&) {
        if (c.probe_latency) c.probe_latency->p99 *= 1.3;
        return c.probe_latency.has_value();
      }));
  add(out, "components.*.terminationGracePeriodSeconds",
      each_replicated([](Component& c, ComponentPlan&) {
        c.grace /= 2;
        return true;
      }));
  add(out, "components.*.probes.liveness.falseFailure",
      each_component([](Component& c, ComponentPlan&) {
        if (c.false_failure) *c.false_failure *= 1.3;
        return c.false_failure.has_value();
      }));
}

void probe_fields(std::vector<FieldChange>& out) {
  const struct {
    const char* name;
    std::optional<Probe> Probes::* kind;
  } kKinds[] = {{"liveness", &Probes::liveness}, {"readiness", &Probes::readiness}};
  for (const auto& [name, kind] : kKinds) {
    const std::string path = std::string("components.*.probes.") + name;
    add(out, path, each_probe(kind, [](Probe& p) { p = Probe{7, 13, 5, 4, 1, 3}; }));
    add(out, path + ".periodSeconds", each_probe(kind, [](Probe& p) { ++p.period; }));
    add(out, path + ".timeoutSeconds", each_probe(kind, [](Probe& p) { ++p.timeout; }));
    add(out, path + ".failureThreshold", each_probe(kind, [](Probe& p) { ++p.failure_threshold; }));
  }
  add(out, "components.*.probes.startup.periodSeconds",
      each_probe(&Probes::startup, [](Probe& p) { ++p.period; }));
  add(out, "components.*.probes.readiness.initialDelaySeconds",
      each_probe(&Probes::readiness, [](Probe& p) { p.initial_delay += 9; }));
  add(out, "components.*.probes.readiness.successThreshold",
      each_probe(&Probes::readiness, [](Probe& p) { ++p.success_threshold; }));
  add(out, "components.*.probes.liveness.terminationGracePeriodSeconds",
      each_replicated([](Component&, ComponentPlan& p) {
        if (!p.probes.liveness || !p.probes.liveness->grace) return false;
        *p.probes.liveness->grace += 2;
        return true;
      }));
}

void placement_fields(std::vector<FieldChange>& out) {
  add(out, "components.*.storage.kind", each_component([](Component& c, ComponentPlan&) {
        const bool network = c.storage.kind == StorageKind::network;
        c.storage.kind = StorageKind::none;
        return network;
      }));
  add(out, "components.*.storage.claim", each_component([](Component& c, ComponentPlan&) {
        const bool shared = c.storage.claim.has_value();
        c.storage.claim.reset();
        return shared;
      }));
  add(out, "components.*.storage.accessMode", [](Sample& s) {
    for (Claim& claim : s.system.claims) claim.read_write_once = !claim.read_write_once;
    return !s.system.claims.empty();
  });
  domain_failures(out, "components.*.storage.failures.*", Of::claims);
  add(out, "components.*.storage.reattach", each_component([](Component& c, ComponentPlan&) {
        c.storage.reattach += 30;
        return c.storage.kind == StorageKind::network;
      }));
  add(out, "components.*.movable", each_component([](Component& c, ComponentPlan&) {
        const bool was = c.movable;
        c.movable = false;
        return was;
      }));
  add(out, "components.*.spread.over", each_component([](Component& c, ComponentPlan&) {
        const bool other = c.spread.over != "node";
        c.spread.over = "node";
        return other;
      }));
  add(out, "components.*.spread.maxSkew", each_replicated([](Component& c, ComponentPlan&) {
        c.spread.max_skew += 3;
        return true;
      }));
  add(out, "components.*.spread.whenUnsatisfiable",
      each_replicated([](Component& c, ComponentPlan&) {
        c.spread.hard = !c.spread.hard;
        return true;
      }));
  add(out, "components.*.placement", each_replicated([](Component& c, ComponentPlan&) {
        c.pinned = !c.pinned;
        return true;
      }));
  for (FieldChange& field : out) {
    for (const char* rule : {"spread", "placement", "accessMode"}) {
      field.rule = field.rule || field.path.find(rule) != std::string::npos;
    }
  }
  add(out, "components.*.pin", each_replicated([](Component& c, ComponentPlan& p) {
        c.allowed = p.nodes;
        std::sort(c.allowed.begin(), c.allowed.end());
        c.allowed.erase(std::unique(c.allowed.begin(), c.allowed.end()), c.allowed.end());
        return !p.nodes.empty();
      }));
  add(out, "plan.components.*.nodes", each_replicated([](Component& c, ComponentPlan& p) {
        const bool can = !p.nodes.empty() && c.allowed.size() > 1 && !c.storage.claim;
        if (can)
          p.nodes.front() =
              p.nodes.front() == c.allowed.front() ? c.allowed.back() : c.allowed.front();
        return can;
      }));
}

}  // namespace

void component_fields(std::vector<FieldChange>& out) {
  size_fields(out);
  failure_fields(out);
  probe_fields(out);
  placement_fields(out);
}

}  // namespace haplan::test
