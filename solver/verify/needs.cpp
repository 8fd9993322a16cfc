#include "solver/verify/needs.hpp"

#include <optional>
#include <vector>

namespace haplan::solver {

using namespace model;

namespace {

/// Whether requirements are met while one component is down and everything else is up.
class Structure {
 public:
  Structure(const System& system, ComponentId down) : system_(system), down_(down) {
    up_.resize(system.components.size());
  }

  bool met(const Requirement& requirement) {
    switch (requirement.kind) {
      case Requirement::Kind::component: return works(requirement.component);
      case Requirement::Kind::connected: return true;
      default: break;
    }
    int met_members = 0;
    for (const Requirement& member : requirement.of) met_members += met(member) ? 1 : 0;
    const int all = static_cast<int>(requirement.of.size());
    switch (requirement.kind) {
      case Requirement::Kind::any: return met_members > 0;
      case Requirement::Kind::at_least: return met_members >= requirement.n;
      default: return met_members == all;
    }
  }

 private:
  bool works(ComponentId c) {
    if (c == down_) return false;
    if (!up_[c]) {
      const Component& component = system_.components[c];
      up_[c] = (component.type != ComponentType::gate || met(component.gate)) &&
               met(component.depends_on);
    }
    return *up_[c];
  }

  const System& system_;
  ComponentId down_;
  std::vector<std::optional<bool>> up_;
};

}  // namespace

bool cannot_do_without(const System& system, ServiceId service, ComponentId component) {
  return !Structure(system, component).met(system.services[service].requires_);
}

}  // namespace haplan::solver
