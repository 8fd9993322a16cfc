#include "tests/support/field_changes.hpp"

#include <algorithm>

#include "tests/support/field_visitors.hpp"

namespace haplan::test {

namespace {

using namespace model;

void cluster_fields(std::vector<FieldChange>& out) {
  add(out, "cluster.domains.*.level", [](Sample& s) {
    for (Domain& d : s.system.domains) d.level = "other-" + d.level;
    return !s.system.domains.empty();
  });
  add(out, "cluster.domains.*.in", [](Sample& s) {
    bool any = false;
    for (Domain& d : s.system.domains) {
      any = any || d.parent;
      d.parent.reset();
    }
    return any;
  });
  domain_failures(out, "cluster.domains.*.failures.*", Of::domains);
  add(out, "cluster.domains.*.state", [](Sample& s) {
    bool any = false;
    for (Domain& d : s.system.domains) any = any || d.down, d.down = false;
    return any;
  });
  add(out, "cluster.nodes.*.count", [](Sample& s) {
    if (s.system.nodes.empty()) return false;
    Node more = s.system.nodes.back();
    more.name += "0";
    s.system.nodes.push_back(more);
    return true;
  });
  add(out, "cluster.nodes.*.in", [](Sample& s) {
    bool any = false;
    for (Node& n : s.system.nodes) {
      any = any || n.parent;
      n.parent.reset();
    }
    return any;
  });
  add(out, "cluster.nodes.*.capacity", [](Sample& s) {
    bool any = false;
    for (Node& n : s.system.nodes) any = any || !n.capacity.empty(), n.capacity.clear();
    return any;
  });
  domain_failures(out, "cluster.nodes.*.failures.*", Of::nodes);
  add(out, "cluster.nodes.*.failures.*.distribution",
      each_domain_mode(Of::nodes, [](DomainMode& m) {
        m.law = m.law == RepairLaw::fixed ? RepairLaw::exponential : RepairLaw::fixed;
        return true;
      }));
  add(out, "cluster.nodes.*.failures.*.sigma", each_domain_mode(Of::nodes, [](DomainMode& m) {
        m.sigma *= 1.2;
        return m.law == RepairLaw::lognormal;
      }));
  add(out, "cluster.nodes.*.state", [](Sample& s) {
    bool any = false;
    for (Node& n : s.system.nodes) any = any || n.down, n.down = false;
    return any;
  });
  const auto placed = [](auto change) {
    return [change](Sample& s) { return !s.system.nodes.empty() && (change(s), true); };
  };
  add(out, "cluster.nodeDetection.mean",
      placed([](Sample& s) { s.system.node_detection.mean += 3; }));
  add(out, "cluster.nodeDetection.worst",
      placed([](Sample& s) { s.system.node_detection.worst += 3; }));
  add(out, "cluster.tolerationSeconds",
      placed([](Sample& s) { s.deployment.toleration_seconds += 20; }));
  add(out, "cluster.propagation", placed([](Sample& s) { s.system.propagation += 0.5; }));
  const auto drained = [](auto change) {
    return [change](Sample& s) { return s.system.drain && (change(*s.system.drain), true); };
  };
  add(out, "cluster.maintenance.drain.every", drained([](Drain& d) { d.every *= 1.3; }));
  add(out, "cluster.maintenance.drain.perNode", drained([](Drain& d) { d.per_node *= 1.3; }));
}

void level_fields(std::vector<FieldChange>& out) {
  add(out, "workload.levels.*.share", [](Sample& s) {
    if (s.system.levels.size() < 2) return false;
    s.system.levels[0].share += 0.0625;
    s.system.levels[1].share -= 0.0625;
    return true;
  });
  add(out, "workload.levels.*.users", each_level([](Level& l) {
        if (l.users) l.users->num += 7 * l.users->den;
        return l.users.has_value();
      }));
  add(out, "workload.levels.*.thinkTime", each_level([](Level& l) {
        if (l.users) l.think_time = times(l.think_time, 6, 5);
        return l.users.has_value();
      }));
  add(out, "workload.levels.*.rate", each_level([](Level& l) {
        if (l.rate) l.rate = times(*l.rate, 9, 8);
        return l.rate.has_value();
      }));
  add(out, "workload.levels.*.ramp", each_level([](Level& l) { return l.ramp *= 1.1, true; }));
  add(out, "workload.levels.*.every", each_level([](Level& l) { return l.every *= 1.1, true; }));
}

}  // namespace

std::vector<FieldChange> field_changes() {
  std::vector<FieldChange> out;
  cluster_fields(out);
  level_fields(out);
  component_fields(out);
  dependency_fields(out);
  return out;
}

}  // namespace haplan::test
