#include "planner/lower/shortcuts.hpp"

#include <algorithm>
#include <string>

#include "planner/lower/parts.hpp"

namespace haplan::planner::lowering {

namespace {

using model::DomainMode;
using solver::Problem;
using Modes = std::function<std::vector<std::vector<DomainMode>*>(Problem&)>;

/// Pieces of a path under spec: "transitions[1]" gives "transitions" and "1".
std::vector<std::string> pieces_of(const std::string& path) {
  std::vector<std::string> pieces(1);
  for (const char c : path) {
    if (c == '.' || c == '[')
      pieces.emplace_back();
    else if (c != ']')
      pieces.back() += c;
  }
  return pieces;
}

template <class Items>
std::optional<std::size_t> index_of(const Items& items, const std::string& name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  if (found == items.end()) return std::nullopt;
  return static_cast<std::size_t>(found - items.begin());
}

double given(const Value* map, const char* name, double otherwise) {
  return number_or(map, name, otherwise);
}

/// The mode of that name in all lists that `lists` gives, from its map in the spec.
Shortcut domain_mode(const Value& map, const std::string& name, Modes lists) {
  return [&map, name, lists = std::move(lists)](Problem& problem) {
    for (std::vector<DomainMode>* modes : lists(problem))
      for (DomainMode& mode : *modes) {
        if (mode.name != name) continue;
        mode.rate = written_rate(map);
        mode.repair = given(&map, "repair", 0.0);
        mode.sigma = given(&map, "sigma", 0.0);
      }
    return true;
  };
}

std::optional<Shortcut> of_cluster(const std::vector<std::string>& path, const Use& use) {
  const Value& map = *use.above.back();
  if (path.size() == 6 && path[3] == "failures" && path[1] == "domains")
    return domain_mode(map, path[4], [name = path[2]](Problem& problem) {
      std::vector<std::vector<DomainMode>*> lists;
      for (model::Domain& domain : problem.system.domains)
        if (domain.name == name) lists.push_back(&domain.modes);
      return lists;
    });
  if (path.size() == 6 && path[3] == "failures" && path[1] == "nodes")
    return domain_mode(map, path[4], [pool = path[2]](Problem& problem) {
      std::vector<std::vector<DomainMode>*> lists;
      for (model::Node& node : problem.system.nodes)
        if (node.pool == pool) lists.push_back(&node.modes);
      return lists;
    });
  const std::string& name = path.back();
  if (path[1] == "nodeDetection" && path.size() == 3)
    return [&map](Problem& problem) {
      const model::NodeDetection defaults;
      auto& times = problem.system.node_detection;
      times.mean = given(&map, "mean", defaults.mean);
      times.worst = given(&map, "worst", std::max(defaults.worst, times.mean));
      return times.worst >= times.mean;
    };
  if (path[1] == "propagation")
    return [&value = *use.value](Problem& problem) {
      problem.system.propagation = value.value;
      return true;
    };
  if (path[1] == "maintenance" && (name == "every" || name == "perNode"))
    return [&map](Problem& problem) {
      const double every = given(&map, "every", 0.0);
      const double per_node = given(&map, "perNode", 0.0);
      problem.system.drain = model::Drain{.every = every, .per_node = per_node};
      return static_cast<double>(problem.system.nodes.size()) * per_node / every < 1.0;
    };
  return std::nullopt;
}

std::optional<Shortcut> of_network(const std::vector<std::string>& path, const Use& use) {
  if (path.size() != 6 || path[3] != "failures") return std::nullopt;
  const bool vertices = path[1] == "vertices";
  return domain_mode(*use.above.back(), path[4], [vertices, name = path[2]](Problem& problem) {
    std::vector<std::vector<DomainMode>*> lists;
    if (vertices)
      for (model::Vertex& vertex : problem.system.network.vertices)
        if (vertex.name == name) lists.push_back(&vertex.modes);
    if (!vertices)
      for (model::Link& link : problem.system.network.links)
        if (link.name == name) lists.push_back(&link.modes);
    return lists;
  });
}

std::optional<Shortcut> of_level(const std::vector<std::string>& path, const Use& use,
                                 const Problem& problem) {
  if (path.size() != 4) return std::nullopt;
  const auto id = index_of(problem.system.levels, path[2]);
  if (!id) return std::nullopt;
  return [&value = *use.value, name = path[3], id = *id](Problem& changed) {
    model::Level& level = changed.system.levels[id];
    if (name == "users") level.users = value.exact;
    if (name == "thinkTime") level.think_time = value.exact;
    if (name == "rate") level.rate = value.exact;
    if (name == "ramp") level.ramp = value.value;
    if (name == "every") level.every = value.value;
    return value.value > 0.0;
  };
}

using Change = std::function<bool(model::Component&, model::ComponentPlan&)>;

/// Numbers that a component takes as they are.
std::optional<Change> plain_number(const std::string& name, const Value& value) {
  using model::Component;
  using model::ComponentPlan;
  const auto member = [&value](double Component::* field) -> Change {
    return [&value, field](Component& component, ComponentPlan&) {
      component.*field = value.value;
      return true;
    };
  };
  if (name == "start") return member(&Component::start);
  if (name == "shutdown") return member(&Component::shutdown);
  if (name == "retry") return member(&Component::retry);
  if (name == "autoscale.lag") return member(&Component::autoscale_lag);
  if (name == "serviceTime")
    return [&value](Component& component, ComponentPlan&) {
      component.service_time = value.exact;
      return true;
    };
  if (name == "throughput")
    return [&value](Component& component, ComponentPlan&) {
      component.throughput = value.exact;
      return value.value > 0.0;
    };
  if (name == "maxUtilization")
    return [&value](Component& component, ComponentPlan&) {
      component.max_utilization = value.exact;
      return value.value > 0.0;
    };
  if (name == "probes.liveness.falseFailure")
    return [&value](Component& component, ComponentPlan&) {
      component.false_failure = value.value;
      return true;
    };
  if (name == "storage.reattach")
    return [&value](Component& component, ComponentPlan&) {
      component.storage.reattach = value.value;
      return true;
    };
  if (name == "replication.lag")
    return [&value](Component& component, ComponentPlan&) {
      component.replication->lag = value.value;
      return true;
    };
  return std::nullopt;
}

std::optional<Change> failover_number(const std::string& name, const Value& value,
                                      const Value& map) {
  using model::Component;
  using model::ComponentPlan;
  const auto member = [&value](double model::Failover::* field) -> Change {
    return [&value, field](Component& component, ComponentPlan&) {
      (*component.failover).*field = value.value;
      return true;
    };
  };
  if (name == "failover.success")
    return [&value](Component& component, ComponentPlan&) {
      component.failover->success = value.value;
      return value.value > 0.0;
    };
  if (name == "failover.manual") return member(&model::Failover::manual);
  if (name == "failover.switchover") return member(&model::Failover::switchover);
  const bool detect = name.rfind("failover.detect.", 0) == 0;
  if (!detect && name.rfind("failover.promote.", 0) != 0) return std::nullopt;
  return [&map, detect](Component&, ComponentPlan& plan) {
    const double mean = given(&map, "mean", 0.0);
    const double worst = given(&map, "worst", mean);
    (detect ? plan.failover.detect_mean : plan.failover.promote_mean) = mean;
    (detect ? plan.failover.detect_worst : plan.failover.promote_worst) = worst;
    return true;
  };
}

std::optional<Change> mode_number(const std::vector<std::string>& path, const Use& use) {
  const Value& map = *use.above.back();
  if (path.size() != 5) return std::nullopt;
  if (path[2] == "failures")
    return [&map, name = path[3]](model::Component& component, model::ComponentPlan&) {
      for (model::FailureMode& mode : component.modes) {
        if (mode.name != name) continue;
        mode.rate = written_rate(map);
        if (const Value* repair = field(&map, "repair")) mode.repair = repair->value;
      }
      return true;
    };
  if (path[2] == "commonCause")
    return [&map, name = path[3]](model::Component& component, model::ComponentPlan&) {
      for (model::CommonCause& cause : component.common_causes) {
        if (cause.name != name) continue;
        cause.rate = written_rate(map);
        cause.outage = given(&map, "repair", 0.0);
      }
      return true;
    };
  return std::nullopt;
}

/// What is lowered from several numbers at once.
std::optional<Change> joint_number(const std::string& name, const Use& use) {
  const Value& map = *use.above.back();
  using model::Component;
  using model::ComponentPlan;
  if (name.rfind("releases.", 0) == 0)
    return [&map](Component& component, ComponentPlan&) {
      component.common_causes.back() = release_cause(map);
      return true;
    };
  if (name.rfind("probeLatency.", 0) == 0)
    return [&map](Component& component, ComponentPlan&) {
      component.probe_latency =
          model::ProbeLatency{.p50 = given(&map, "p50", 0.0), .p99 = given(&map, "p99", 0.0)};
      return component.probe_latency->p99 >= component.probe_latency->p50;
    };
  if (name == "availability" || name == "mtbf" || name == "repair")
    return [&map](Component& component, ComponentPlan&) {
      if (component.type == model::ComponentType::external)
        component.external = external_numbers(map);
      else
        component.replica_unavailability = field(&map, "availability")->complement;
      return true;
    };
  if (name == "switchover")
    return [&value = *use.value](Component& component, ComponentPlan&) {
      component.gate.switchover = value.value;
      return true;
    };
  return std::nullopt;
}

std::optional<Shortcut> of_storage(const std::vector<std::string>& path, const Use& use,
                                   model::ComponentId id) {
  return domain_mode(*use.above.back(), path[4], [id](Problem& problem) {
    std::vector<std::vector<DomainMode>*> lists;
    if (const auto claim = problem.system.components[id].storage.claim)
      lists.push_back(&problem.system.claims[*claim].modes);
    return lists;
  });
}

std::optional<Shortcut> of_component(const std::vector<std::string>& path, const Use& use,
                                     const Problem& problem) {
  const auto id = index_of(problem.system.components, path[1]);
  if (!id) return std::nullopt;
  if (path.size() == 6 && path[2] == "storage" && path[3] == "failures")
    return of_storage(path, use, *id);
  if (path.size() == 5 && path[2] == "transitions")
    return [&map = *use.above.back(), id = *id, index = std::stoul(path[3])](Problem& changed) {
      changed.system.components[id].chain->transitions[index].rate = written_rate(map);
      return true;
    };
  std::string name = path[2];
  for (std::size_t i = 3; i < path.size(); ++i) name += "." + path[i];
  std::optional<Change> change = mode_number(path, use);
  if (!change) change = plain_number(name, *use.value);
  if (!change) change = failover_number(name, *use.value, *use.above.back());
  if (!change) change = joint_number(name, use);
  if (!change) return std::nullopt;
  return [change = std::move(*change), id = *id](Problem& changed) {
    return change(changed.system.components[id], changed.before.components[id]);
  };
}

}  // namespace

std::optional<Shortcut> shortcut(const Use& use, const Problem& problem) {
  std::vector<std::string> path = pieces_of(path_under_spec(*use.value));
  if (path.size() < 2) return std::nullopt;
  if (path[0] == "cluster") return of_cluster(path, use);
  if (path[0] == "network") return of_network(path, use);
  if (path[0] == "workload") return of_level(path, use, problem);
  if (path[0] == "components") return of_component(path, use, problem);
  if (path[0] == "services" && path.size() == 3 && path[2] == "load") {
    const auto id = index_of(problem.system.services, path[1]);
    if (!id) return std::nullopt;
    return [&value = *use.value, id = *id](Problem& changed) {
      changed.system.services[id].load = value.exact;
      return true;
    };
  }
  return std::nullopt;
}

}  // namespace haplan::planner::lowering
