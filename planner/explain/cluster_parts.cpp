#include <algorithm>

#include "model/availability/stages.hpp"
#include "model/recovery/domain.hpp"
#include "planner/explain/workings.hpp"

/// Nodes, domains, drains and what moves between them.
namespace haplan::planner::explaining {

namespace {

template <class Place>
void fill_place(const Place& place, Explanation& out) {
  out.figure = find_figure("domain");
  const double down = model::down_probability(place.modes, place.down);
  out.value = {"unavailability", down, ""};
  if (place.down) {
    out.notes.emplace_back("It is down for good (state: down).");
    return;
  }
  Working working{"modes",
                  "Its own failures",
                  "P(down) = sum(rate * repair) / (1 + sum(rate * repair))",
                  {{"rate", "1/s"}, {"repair", "s"}, {"rate x repair", ""}},
                  {},
                  {}};
  double sum = 0.0;
  for (const model::DomainMode& mode : place.modes) {
    working.rows.push_back({mode.name, {mode.rate, mode.repair, mode.rate * mode.repair}});
    sum += mode.rate * mode.repair;
  }
  working.results = {{"sum of rate x repair", sum, ""}, {"unavailability", down, ""}};
  out.workings.push_back(std::move(working));
}

const model::Deployment& deployment_of(const Evidence& evidence) {
  return shown_assessment(evidence.plan)->deployment;
}

void fill_node(const Evidence& evidence, model::NodeId id, Explanation& out) {
  const model::System& system = evidence.plan.lowered.problem.system;
  fill_place(system.nodes[id], out);
  double reachable = 1.0 - out.value->value;
  for (auto parent = system.nodes[id].parent; parent; parent = system.domains[*parent].parent) {
    reachable *=
        1.0 - model::down_probability(system.domains[*parent].modes, system.domains[*parent].down);
    out.next.push_back("cluster.domains." + system.domains[*parent].name);
  }
  Working tenants{
      "replicas", "Replicas that run there at the largest level", "", {{"replicas", ""}}, {}, {}};
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const auto here = std::ranges::count(deployment_of(evidence).components[c].nodes, id);
    if (here > 0) tenants.rows.push_back({system.components[c].name, {static_cast<double>(here)}});
  }
  tenants.results = {{"reachable", reachable, ""}};
  out.workings.push_back(std::move(tenants));
  out.next.emplace_back("cluster.drain");
  out.next.emplace_back("headroom");
}

void fill_drain(const Evidence& evidence, Explanation& out) {
  const model::System& system = evidence.plan.lowered.problem.system;
  out.figure = find_figure("drain");
  if (!system.drain) {
    out.notes.emplace_back("Nothing is drained: the spec gives no cluster.maintenance.");
    return;
  }
  const double each = system.drain->per_node / system.drain->every;
  const auto nodes = static_cast<double>(system.nodes.size());
  out.value = {"probability per node", each, ""};
  out.workings.push_back({"drain",
                          "Drains",
                          "P(a given node is drained) = perNode / every",
                          {},
                          {},
                          {{"every", system.drain->every, "s"},
                           {"per node", system.drain->per_node, "s"},
                           {"probability per node", each, ""},
                           {"probability of any", nodes * each, ""}}});
  Working out_of_service{"components",
                         "How long the replicas of the drained node are out",
                         "movable: min(shutdown, grace) + start + ready; else the whole drain",
                         {{"out", "s"}},
                         {},
                         {}};
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    const auto replica =
        model::replica_model(component, deployment_of(evidence).components[c].probes);
    if (!component.replicated() || !replica) continue;
    const double moves =
        std::min(component.shutdown, component.grace) + replica->start + replica->ready_mean;
    out_of_service.rows.push_back(
        {component.name,
         {component.movable ? std::min(moves, system.drain->per_node) : system.drain->per_node}});
  }
  out.workings.push_back(std::move(out_of_service));
  out.next = {"cluster.tolerationSeconds", "headroom"};
}

void fill_headroom(const Evidence& evidence, Explanation& out) {
  out.figure = find_figure("headroom");
  out.setting = shown_assessment(evidence.plan)->evaluation.headroom ? "yes" : "no";
  out.notes.emplace_back(
      *out.setting == "yes"
          ? "Replicas that can move are credited once they serve elsewhere."
          : "Nothing is credited for rescheduling: some node's replicas fit nowhere else.");
  const model::System& system = evidence.plan.lowered.problem.system;
  for (model::ComponentId c = 0; c < system.components.size() && out.next.size() < 3; ++c)
    if (system.components[c].replicated() && system.components[c].movable)
      out.next.push_back("components." + system.components[c].name + ".rescheduling");
  if (!system.nodes.empty()) out.next.emplace_back("cluster.tolerationSeconds");
}

void fill_toleration(const Evidence& evidence, Explanation& out) {
  const model::System& system = evidence.plan.lowered.problem.system;
  out.figure = find_figure("toleration");
  fill_decision(evidence, "cluster.tolerationSeconds", out);
  Working working{"components",
                  "Rescheduling delays that it is a part of",
                  "tau = nodeDetection + tolerationSeconds + start + ready + reattach",
                  {{"mean", "s"}, {"worst", "s"}},
                  {},
                  {{"node detection", system.node_detection.mean, "s"},
                   {"worst node detection", system.node_detection.worst, "s"}}};
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    if (!component.replicated() || !component.movable) continue;
    const auto replica =
        model::replica_model(component, deployment_of(evidence).components[c].probes);
    if (!replica) continue;
    working.rows.push_back(
        {component.name,
         {model::reschedule_delay(system, deployment_of(evidence), c, *replica),
          model::reschedule_delay_worst(system, deployment_of(evidence), c, *replica)}});
  }
  out.workings.push_back(std::move(working));
  out.next.emplace_back("headroom");
}

template <class All>
std::optional<std::size_t> index_of(const All& all, const std::string& name) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name) return i;
  return std::nullopt;
}

}  // namespace

std::optional<Explanation> explain_cluster(const Evidence& evidence,
                                           const std::vector<std::string>& segments) {
  const model::System& system = evidence.plan.lowered.problem.system;
  Explanation out;
  if (segments.size() == 1 && segments[0] == "headroom") {
    fill_headroom(evidence, out);
    return out;
  }
  if (segments.size() < 2 || segments[0] != "cluster") return std::nullopt;
  const std::string& what = segments[1];
  if (what == "tolerationSeconds" && !system.nodes.empty()) {
    fill_toleration(evidence, out);
  } else if (what == "drain" || what == "maintenance") {
    fill_drain(evidence, out);
  } else if (what == "headroom") {
    fill_headroom(evidence, out);
  } else if (what == "nodes" && segments.size() >= 3) {
    const auto node = index_of(system.nodes, segments[2]);
    if (!node) return std::nullopt;
    fill_node(evidence, *node, out);
  } else if (what == "domains" && segments.size() >= 3) {
    const auto domain = index_of(system.domains, segments[2]);
    if (!domain) return std::nullopt;
    fill_place(system.domains[*domain], out);
  } else {
    return std::nullopt;
  }
  return out;
}

std::vector<std::string> cluster_paths(const Evidence& evidence) {
  const model::System& system = evidence.plan.lowered.problem.system;
  if (system.nodes.empty()) return {};
  std::vector<std::string> paths{"headroom", "cluster.tolerationSeconds"};
  if (system.drain) paths.emplace_back("cluster.drain");
  for (const model::Domain& domain : system.domains)
    paths.push_back("cluster.domains." + domain.name);
  for (const model::Node& node : system.nodes) paths.push_back("cluster.nodes." + node.name);
  return paths;
}

}  // namespace haplan::planner::explaining
