#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/field_changes.hpp"

/// Visitors that apply one change to every place of a system where a field occurs.
namespace haplan::test {

/// Applies `change(component, plan)` to all components and says whether any had the field.
template <class Change>
std::function<bool(Sample&)> each_component(Change change) {
  return [change](Sample& s) {
    bool any = false;
    for (std::size_t c = 0; c < s.system.components.size(); ++c) {
      any = change(s.system.components[c], s.deployment.components[c]) || any;
    }
    return any;
  };
}

template <class Change>
std::function<bool(Sample&)> each_replicated(Change change) {
  return each_component([change](model::Component& c, model::ComponentPlan& p) {
    return c.replicated() && change(c, p);
  });
}

template <class Change>
std::function<bool(Sample&)> each_level(Change change) {
  return [change](Sample& s) {
    bool any = false;
    for (model::Level& level : s.system.levels) any = change(level) || any;
    return any;
  };
}

/// Modes of the nodes, domains, claims, vertices or links.
enum class Of { nodes, domains, claims, vertices, links };

template <class Change>
std::function<bool(Sample&)> each_domain_mode(Of of, Change change) {
  return [of, change](Sample& s) {
    bool any = false;
    const auto all = [&](auto& owners) {
      for (auto& owner : owners) {
        for (model::DomainMode& mode : owner.modes) any = change(mode) || any;
      }
    };
    if (of == Of::nodes) all(s.system.nodes);
    if (of == Of::domains) all(s.system.domains);
    if (of == Of::claims) all(s.system.claims);
    if (of == Of::vertices) all(s.system.network.vertices);
    if (of == Of::links) all(s.system.network.links);
    return any;
  };
}

template <class Change>
std::function<bool(Sample&)> each_mode(Change change) {
  return each_replicated([change](model::Component& c, model::ComponentPlan&) {
    bool any = false;
    for (model::FailureMode& mode : c.modes) any = change(mode) || any;
    return any;
  });
}

template <class Change>
std::function<bool(Sample&)> each_probe(std::optional<model::Probe> model::Probes::* kind,
                                        Change change) {
  return each_replicated([kind, change](model::Component&, model::ComponentPlan& p) {
    if (!(p.probes.*kind)) return false;
    change(*(p.probes.*kind));
    return true;
  });
}

template <class Change>
std::function<bool(Sample&)> each_failover(std::optional<model::Controller> controller,
                                           Change change) {
  return each_component([controller, change](model::Component& c, model::ComponentPlan& p) {
    if (!c.failover || (controller && c.failover->controller != *controller)) return false;
    change(*c.failover, p.failover);
    return true;
  });
}

/// Every requirement of the system, gates inside gates included.
template <class Change>
std::function<bool(Sample&)> each_requirement(Change change) {
  return [change](Sample& s) {
    bool any = false;
    const std::function<void(model::Requirement&)> visit = [&](model::Requirement& r) {
      any = change(r) || any;
      for (model::Requirement& member : r.of) visit(member);
    };
    for (model::Component& c : s.system.components) {
      visit(c.depends_on);
      if (c.type == model::ComponentType::gate) visit(c.gate);
    }
    for (model::Service& service : s.system.services) visit(service.requires_);
    return any;
  };
}

inline model::Rational times(model::Rational r, int num, int den) {
  return {r.num * num, r.den * den};
}

inline void add(std::vector<FieldChange>& out, std::string path,
                std::function<bool(Sample&)> change) {
  out.push_back({std::move(path), std::move(change)});
}

inline void domain_failures(std::vector<FieldChange>& out, const std::string& path, Of of) {
  add(out, path + ".mtbf",
      each_domain_mode(of, [](model::DomainMode& m) { return m.rate *= 1.3, true; }));
  add(out, path + ".repair",
      each_domain_mode(of, [](model::DomainMode& m) { return m.repair *= 1.3, true; }));
}

/// The parts of field_changes().
void component_fields(std::vector<FieldChange>& out);
void dependency_fields(std::vector<FieldChange>& out);

}  // namespace haplan::test
