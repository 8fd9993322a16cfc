#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include "tests/support/oracle/parts.hpp"

// Elements of the enumeration and which replicas serve in each of their joint states.
namespace haplan::test::oracle {

namespace {

constexpr Real kNever = std::numeric_limits<Real>::infinity();

std::set<Real> cuts_on(const World& world, model::NodeId node) {
  std::set<Real> cuts;
  for (std::size_t c = 0; c < world.system.components.size(); ++c) {
    const auto& nodes = world.deployment.components[c].nodes;
    const bool here = std::find(nodes.begin(), nodes.end(), node) != nodes.end();
    if (world.system.components[c].replicated() && here && !std::isinf(world.tau[c]))
      cuts.insert(world.tau[c]);
  }
  return cuts;
}

/// Down states of one renewal process, cut at the given ages.
void add_domain(World& world, Element::Kind kind, std::size_t index,
                const std::vector<model::DomainMode>& modes, bool down,
                const std::set<Real>& cuts) {
  Element element{kind, index, {}, {}, {}};
  if (down) {
    element.q = {1};
    element.after = {kNever};
  } else if (load_of(modes) > 0) {
    Real from = 0;
    auto add = [&](Real until) {
      Real sum = 0;
      for (const auto& mode : modes)
        sum += mode.rate * (tail_mean(mode, from) - tail_mean(mode, until));
      element.q.push_back(sum / (1 + load_of(modes)));
      element.after.push_back(from);
      from = until;
    };
    for (const Real cut : cuts) add(cut);
    add(kNever);
  } else {
    return;  // never fails
  }
  world.elements.push_back(element);
}

void add_drain(World& world) {
  const auto& drain = world.system.drain;
  if (!drain || world.system.nodes.empty()) return;
  const Real duration = drain->per_node;
  Element element{Element::Kind::drain, 0, {}, {}, {}};
  std::set<Real> cuts;
  for (std::size_t c = 0; c < world.system.components.size(); ++c) {
    const model::Component& component = world.system.components[c];
    if (component.replicated() && component.movable && world.drain_out[c] < duration)
      cuts.insert(world.drain_out[c]);
  }
  cuts.insert(duration);
  for (std::size_t d = 0; d < world.system.nodes.size(); ++d) {
    Real from = 0;
    for (const Real cut : cuts) {
      element.q.push_back((cut - from) / drain->every);
      element.after.push_back(from);
      element.node.push_back(d);
      from = cut;
    }
  }
  world.elements.push_back(element);
}

/// Where the replicas of `component` on the drained node go at this level; nullopt: nowhere.
std::vector<std::optional<model::NodeId>> drain_targets(const World& world, model::LevelId level,
                                                        model::ComponentId c,
                                                        model::NodeId drained) {
  const model::Component& component = world.system.components[c];
  const auto& nodes = world.deployment.components[c].nodes;
  const int n = world.load.replicas[level][c];
  std::vector<std::optional<model::NodeId>> out(static_cast<std::size_t>(n));
  const auto& claim = component.storage.claim;
  const bool together = claim && world.system.claims[*claim].read_write_once;
  std::vector<int> count(world.system.nodes.size(), 0);
  for (int i = 0; i < n; ++i) ++count[nodes[static_cast<std::size_t>(i)]];
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (nodes[i] != drained) continue;
    for (const model::NodeId candidate : component.allowed) {
      if (candidate == drained) continue;
      if (together) {
        bool all = true;
        for (const auto& other : world.system.components) {
          if (!other.replicated() || other.storage.claim != claim) continue;
          all = all && std::find(other.allowed.begin(), other.allowed.end(), candidate) !=
                           other.allowed.end();
        }
        if (all && !out[i]) out[i] = candidate;
      } else if (!out[i] || count[candidate] < count[*out[i]]) {
        out[i] = candidate;
      }
    }
    if (out[i]) ++count[*out[i]];
  }
  return out;
}

struct Condition {
  std::vector<bool> node_down, domain_down, claim_down;
  std::vector<Real> age;               ///< of a node that is itself down
  std::optional<std::size_t> drained;  ///< node
  Real elapsed = 0;                    ///< of the drain
};

Condition condition_of(const World& world, const std::vector<int>& state) {
  Condition out{std::vector<bool>(world.system.nodes.size()),
                std::vector<bool>(world.system.domains.size()),
                std::vector<bool>(world.system.claims.size()),
                std::vector<Real>(world.system.nodes.size(), 0),
                std::nullopt,
                0};
  for (std::size_t e = 0; e < state.size(); ++e) {
    if (state[e] == 0) continue;
    const Element& element = world.elements[e];
    const auto stage = static_cast<std::size_t>(state[e] - 1);
    switch (element.kind) {
      case Element::Kind::node:
        out.node_down[element.index] = true;
        out.age[element.index] = element.after[stage];
        break;
      case Element::Kind::domain: out.domain_down[element.index] = true; break;
      case Element::Kind::claim: out.claim_down[element.index] = true; break;
      case Element::Kind::drain:
        out.drained = element.node[stage];
        out.elapsed = element.after[stage];
        break;
    }
  }
  if (out.drained) out.node_down[*out.drained] = false;  // counts as up itself
  return out;
}

bool ancestors_up(const World& world, const Condition& now, model::NodeId node) {
  for (auto d = world.system.nodes[node].parent; d; d = world.system.domains[*d].parent) {
    if (now.domain_down[*d]) return false;
  }
  return true;
}

}  // namespace

bool below(const model::System& system, model::NodeId node, model::DomainId domain) {
  for (auto d = system.nodes[node].parent; d; d = system.domains[*d].parent) {
    if (*d == domain) return true;
  }
  return false;
}

World make_world(const model::System& system, const model::Deployment& deployment) {
  World world{system, deployment, load(system, deployment), {}, {}, {}, true, {}};
  world.headroom = headroom(system, deployment, world.load);
  for (std::size_t c = 0; c < system.components.size(); ++c) {
    const model::Component& component = system.components[c];
    Replica r;
    if (component.replicated()) r = replica(component, deployment.components[c].probes);
    Real tau = kNever;
    if (component.movable && world.headroom) {
      tau =
          Real(system.node_detection.mean) + deployment.toleration_seconds + r.start + r.ready_mean;
      if (component.storage.kind == model::StorageKind::network) tau += component.storage.reattach;
    }
    world.tau.push_back(tau);
    world.drain_out.push_back(std::min(Real(component.shutdown), Real(component.grace)) + r.start +
                              r.ready_mean);
    world.replica.push_back(r);
  }
  for (std::size_t d = 0; d < system.domains.size(); ++d) {
    add_domain(world, Element::Kind::domain, d, system.domains[d].modes, system.domains[d].down,
               {});
  }
  for (std::size_t d = 0; d < system.nodes.size(); ++d) {
    add_domain(world, Element::Kind::node, d, system.nodes[d].modes, system.nodes[d].down,
               cuts_on(world, d));
  }
  for (std::size_t d = 0; d < system.claims.size(); ++d) {
    add_domain(world, Element::Kind::claim, d, system.claims[d].modes, false, {});
  }
  add_drain(world);
  return world;
}

std::vector<unsigned> capability(const World& world, model::LevelId level,
                                 const std::vector<int>& state) {
  const Condition now = condition_of(world, state);
  const std::size_t nodes = world.system.nodes.size();
  std::vector<bool> reachable(nodes);
  std::size_t unreachable = 0, lost = 0;
  for (std::size_t d = 0; d < nodes; ++d) {
    reachable[d] = !now.node_down[d] && ancestors_up(world, now, d);
    if (!reachable[d]) {
      ++unreachable;
      lost = d;
    }
  }
  // The one node whose movable replicas may run elsewhere.
  const bool credit =
      !now.drained && unreachable == 1 && now.node_down[lost] && ancestors_up(world, now, lost);
  std::vector<unsigned> out(world.system.components.size(), 0);
  for (std::size_t c = 0; c < out.size(); ++c) {
    const model::Component& component = world.system.components[c];
    if (!component.replicated()) continue;
    if (component.storage.claim && now.claim_down[*component.storage.claim]) continue;
    std::vector<std::optional<model::NodeId>> target;
    if (now.drained) target = drain_targets(world, level, c, *now.drained);
    for (int i = 0; i < world.load.replicas[level][c]; ++i) {
      bool serves = true;
      if (nodes > 0) {
        const model::NodeId node =
            world.deployment.components[c].nodes[static_cast<std::size_t>(i)];
        if (now.drained && node == *now.drained) {
          const auto& to = target[static_cast<std::size_t>(i)];
          serves = component.movable && now.elapsed >= world.drain_out[c] && to && reachable[*to];
        } else {
          serves = reachable[node] || (credit && node == lost && !std::isinf(world.tau[c]) &&
                                       now.age[node] >= world.tau[c]);
        }
      }
      if (serves) out[c] |= 1U << i;
    }
  }
  return out;
}

}  // namespace haplan::test::oracle
