#include <algorithm>

#include "tests/support/field_visitors.hpp"

namespace haplan::test {

namespace {

using namespace model;

void failover_fields(std::vector<FieldChange>& out) {
  const std::string path = "components.*.failover.";
  const auto setting = [&](const char* name, Controller controller,
                           double FailoverSettings::* field) {
    add(out, path + name,
        each_failover(controller, [field](Failover&, FailoverSettings& s) { s.*field += 1.5; }));
  };
  add(out, path + "controller", each_failover(std::nullopt, [](Failover& f, FailoverSettings&) {
        f.controller =
            f.controller == Controller::repmgr ? Controller::patroni : Controller::repmgr;
      }));
  setting("ttl", Controller::patroni, &FailoverSettings::ttl);
  setting("loopWait", Controller::patroni, &FailoverSettings::loop_wait);
  setting("failoverDelay", Controller::cloudnative_pg, &FailoverSettings::failover_delay);
  setting("lease", Controller::cloudnative_pg, &FailoverSettings::lease);
  setting("retryPeriod", Controller::cloudnative_pg, &FailoverSettings::retry_period);
  setting("downAfter", Controller::redis_sentinel, &FailoverSettings::down_after);
  setting("nodeTimeout", Controller::redis_cluster, &FailoverSettings::node_timeout);
  setting("reconnectAttempts", Controller::repmgr, &FailoverSettings::reconnect_attempts);
  setting("reconnectInterval", Controller::repmgr, &FailoverSettings::reconnect_interval);
  setting("connectTimeout", Controller::repmgr, &FailoverSettings::connect_timeout);
  setting("detect", Controller::none, &FailoverSettings::detect_mean);
  setting("detect.worst", Controller::none, &FailoverSettings::detect_worst);
  setting("promote", Controller::none, &FailoverSettings::promote_mean);
  setting("promote.worst", Controller::none, &FailoverSettings::promote_worst);
  add(out, path + "success",
      each_failover(std::nullopt, [](Failover& f, FailoverSettings&) { f.success *= 0.95; }));
  add(out, path + "manual",
      each_failover(std::nullopt, [](Failover& f, FailoverSettings&) { f.manual *= 1.3; }));
  add(out, path + "switchover",
      each_failover(std::nullopt, [](Failover& f, FailoverSettings&) { f.switchover += 3; }));
  add(out, path + "sentinels",
      each_failover(Controller::redis_sentinel, [](Failover& f, FailoverSettings&) {
        f.sentinels = f.sentinels.value_or(1) < 3 ? 3 : 2;
      }));
  const auto replicated = [](auto change) {
    return each_component([change](Component& c, ComponentPlan&) {
      return c.replication && (change(*c.replication), true);
    });
  };
  add(out, "components.*.replication.mode", replicated([](Replication& r) {
        using Mode = Replication::Mode;
        r.mode = r.mode == Mode::sync ? Mode::async : Mode::sync;
      }));
  add(out, "components.*.replication.lag", replicated([](Replication& r) { r.lag += 0.25; }));
  add(out, "components.*.replication.standbys", replicated([](Replication& r) { ++r.standbys; }));
  add(out, "components.*.replication.strict",
      replicated([](Replication& r) { r.strict = !r.strict; }));
}

void other_fields(std::vector<FieldChange>& out) {
  const auto caused = [](bool releases, auto change) {
    return each_component([releases, change](Component& c, ComponentPlan&) {
      bool any = false;
      for (CommonCause& cause : c.common_causes) {
        if ((cause.name == "releases") == releases) change(cause), any = true;
      }
      return any;
    });
  };
  const auto oftener = [](CommonCause& cause) { cause.rate *= 1.3; };
  const auto longer = [](CommonCause& cause) { cause.outage *= 1.3; };
  // The rate of releases is failureRate * exposure / every.
  add(out, "components.*.releases.{every, failureRate, exposure}", caused(true, oftener));
  add(out, "components.*.releases.restore", caused(true, longer));
  add(out, "components.*.commonCause.*.mtbf", caused(false, oftener));
  add(out, "components.*.commonCause.*.repair", caused(false, longer));
  add(out, "components.*.dependsOn", each_component([](Component& c, ComponentPlan&) {
        const bool any = !c.depends_on.of.empty();
        c.depends_on.of.clear();
        return any;
      }));
  using Kind = Requirement::Kind;
  add(out, "gate.any", each_requirement([](Requirement& r) {
        if (r.kind != Kind::any) return false;
        r.kind = Kind::all;
        r.switchover.reset();
        return true;
      }));
  add(out, "gate.all", each_component([](Component& c, ComponentPlan&) {
        if (c.type != ComponentType::gate || c.gate.kind != Kind::all) return false;
        c.gate.kind = Kind::any;
        return true;
      }));
  add(out, "gate.atLeast.n", each_requirement([](Requirement& r) {
        if (r.kind != Kind::at_least) return false;
        r.n = r.n > 1 ? r.n - 1 : std::min(2, static_cast<int>(r.of.size()));
        return true;
      }));
  add(out, "gate.switchover", each_requirement([](Requirement& r) {
        if (r.switchover) *r.switchover += 3;
        return r.switchover.has_value();
      }));
  add(out, "gate.connected", each_requirement([](Requirement& r) {
        if (r.kind != Kind::connected) return false;
        r.kind = Kind::all;
        return true;
      }));
  domain_failures(out, "network.vertices.*.failures.*", Of::vertices);
  domain_failures(out, "network.links.*.failures.*", Of::links);
  add(out, "network.links.*.between", [](Sample& s) {
    if (s.system.network.links.empty()) return false;
    s.system.network.links.pop_back();
    return true;
  });
  const auto external = [](auto change) {
    return each_component(
        [change](Component& c, ComponentPlan&) { return c.external && change(c, *c.external); });
  };
  add(out, "external.mtbf", external([](Component&, External& e) {
        e.rate *= 1.3;
        e.unavailability = e.rate * e.repair / (1 + e.rate * e.repair);
        return true;
      }));
  add(out, "external.repair", external([](Component&, External& e) {
        e.repair *= 1.3;
        e.unavailability = e.rate * e.repair / (1 + e.rate * e.repair);
        return true;
      }));
  add(out, "external.availability", external([](Component&, External& e) {
        e.unavailability *= 1.3;
        e.rate = e.unavailability / ((1 - e.unavailability) * e.repair);
        return true;
      }));
  add(out, "external.serviceTime", external([](Component& c, External&) {
        c.service_time = times(c.service_time, 9, 8);
        return c.service_time.num != 0;
      }));
  const auto chained = [](auto change) {
    return each_component(
        [change](Component& c, ComponentPlan&) { return c.chain && (change(*c.chain), true); });
  };
  add(out, "markov.states.*.serves", chained([](StateChain& x) { x.serves[1] = !x.serves[1]; }));
  add(out, "markov.transitions.*.rate",
      chained([](StateChain& x) { x.transitions.front().rate *= 1.3; }));
  add(out, "markov.transitions.*.to", chained([](StateChain& x) { x.transitions.back().to = 1; }));
  add(out, "services.*.requires", [](Sample& s) {
    bool any = false;
    for (Service& service : s.system.services) {
      if (service.requires_.of.size() > 1) service.requires_.of.pop_back(), any = true;
    }
    return any;
  });
  add(out, "services.*.load", [](Sample& s) {
    bool any = false;
    for (Service& service : s.system.services) {
      if (service.load) service.load = times(*service.load, 6, 5), any = true;
    }
    return any;
  });
}

}  // namespace

void dependency_fields(std::vector<FieldChange>& out) {
  failover_fields(out);
  other_fields(out);
}

}  // namespace haplan::test
