#pragma once

#include <string>
#include <vector>

#include "model/system/deployment.hpp"

/// Building blocks for systems whose figures are known in closed form.
namespace haplan::test {

inline constexpr double kYear = 31557600.0;

/// A stateless component whose replicas fail at `rate` and are out for `outage` [s] on average.
inline model::Component stateless(const std::string& name, double rate, double outage) {
  model::Component component;
  component.name = name;
  component.modes = {{"fault", rate, model::Detection::manual, outage}};
  return component;
}

inline model::Requirement leaf(model::ComponentId id) {
  model::Requirement requirement;
  requirement.kind = model::Requirement::Kind::component;
  requirement.component = id;
  return requirement;
}

inline model::Requirement gate(model::Requirement::Kind kind, std::vector<model::Requirement> of) {
  model::Requirement requirement;
  requirement.kind = kind;
  requirement.of = std::move(of);
  return requirement;
}

/// A system with one service that requires all components, one level, and `nodes` equal nodes that are down with
/// probability rate * repair / (1 + rate * repair).
struct SmallSystem {
  model::System system;
  model::Deployment deployment;

  SmallSystem(std::vector<model::Component> components, std::size_t nodes, double rate = 0.0,
              double repair = 0.0) {
    system.components = std::move(components);
    system.levels = {model::Level{"steady"}};
    for (std::size_t n = 0; n < nodes; ++n) {
      model::Node node;
      node.name = "n" + std::to_string(n + 1);
      if (rate > 0.0) node.modes = {{"loss", rate, repair}};
      system.nodes.push_back(node);
    }
    model::Service service;
    service.name = "all";
    for (model::ComponentId c = 0; c < system.components.size(); ++c) {
      for (std::size_t n = 0; n < nodes; ++n) system.components[c].allowed.push_back(n);
      service.requires_.of.push_back(leaf(c));
    }
    system.services = {service};
    deployment.components.resize(system.components.size());
  }

  void place(model::ComponentId component, std::vector<model::NodeId> nodes) {
    deployment.components[component].replicas = static_cast<int>(nodes.size());
    deployment.components[component].nodes = std::move(nodes);
  }
};

}  // namespace haplan::test
