#include "model/availability/structure_key.hpp"

#include <string>
#include <utility>

#include "model/availability/numbers.hpp"

namespace haplan::model {

namespace {

class Writer {
 public:
  explicit Writer(StructureKey& key) : key_(key) {}

  template <class... T>
  void words(const T&... values) {
    (key_.push_back(static_cast<std::uint64_t>(values)), ...);
  }

  template <class T>
  void optional(const std::optional<T>& value) {
    words(value.has_value(), value ? *value : T{});
  }

  void optional(const std::optional<Rational>& value) {
    words(value.has_value());
    if (value) rational(*value);
  }

  void rational(const Rational& value) { words(value.num, value.den); }

  /// Its length, then eight characters a word.
  void text(const std::string& text) {
    words(text.size());
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      word = (word << 8U) | static_cast<unsigned char>(text[i]);
      if (i % 8 == 7 || i + 1 == text.size()) words(std::exchange(word, 0));
    }
  }

  template <class T>
  void list(const std::vector<T>& values) {
    words(values.size());
    for (const T value : values) words(value);
  }

  void resources(const Resources& resources) {
    words(resources.size());
    for (const auto& [name, amount] : resources) {
      text(name);
      words(amount);
    }
  }

 private:
  StructureKey& key_;
};

/// A switchover has a variable of its own only where it can happen.
bool can_switch(const System& system, const Requirement& gate) {
  if (!gate.switchover || gate.of.empty()) return false;
  if (gate.of.front().kind != Requirement::Kind::component) return false;
  const Component& first = system.components[gate.of.front().component];
  return first.external && first.external->rate > 0.0;
}

void write(const System& system, const Requirement& requirement, Writer& out) {
  out.words(requirement.kind, requirement.component, requirement.n, requirement.of.size(),
            can_switch(system, requirement));
  out.list(requirement.terminals);
  for (const Requirement& member : requirement.of) write(system, member, out);
}

void write(const System& system, const Component& component, Writer& out) {
  out.words(component.type, component.movable, component.pinned, component.spread.max_skew,
            component.spread.hard, component.storage.kind, component.external.has_value(),
            component.chain.has_value());
  out.text(component.spread.over);
  out.optional(component.storage.claim);
  out.list(component.allowed);
  write(system, component.gate, out);
  write(system, component.depends_on, out);
}

void write(const Network& network, Writer& out) {
  out.words(network.vertices.size(), network.links.size());
  for (const Vertex& vertex : network.vertices) out.words(vertex.modes.empty());
  for (const Link& link : network.links) out.words(link.a, link.b, link.modes.empty());
}

void write(const ComponentPlan& plan, Writer& out) {
  out.words(plan.replicas, plan.autoscale.has_value());
  if (plan.autoscale) out.words(plan.autoscale->min, plan.autoscale->max, plan.autoscale->target);
  out.list(plan.nodes);
}

}  // namespace

void describe_shape(const System& system, const Deployment& deployment, StructureKey& key) {
  Writer out(key);
  out.words(system.domains.size(), system.nodes.size(), system.claims.size(), system.levels.size(),
            system.components.size(), system.services.size(), system.drain.has_value());
  for (const Domain& domain : system.domains) {
    out.optional(domain.parent);
    out.text(domain.level);
  }
  for (const Node& node : system.nodes) out.optional(node.parent);
  for (const Claim& claim : system.claims) out.words(claim.read_write_once);
  write(system.network, out);
  for (const Component& component : system.components) write(system, component, out);
  for (const Service& service : system.services) write(system, service.requires_, out);
  for (const ComponentPlan& plan : deployment.components) write(plan, out);
}

void describe_load(const System& system, StructureKey& key) {
  Writer out(key);
  for (const Level& level : system.levels) {
    out.optional(level.users);
    out.rational(level.think_time);
    out.optional(level.rate);
  }
  for (const Component& component : system.components) {
    out.optional(component.throughput);
    out.rational(component.max_utilization);
    out.rational(component.service_time);
    out.words(component.need.size());
    for (const std::optional<int>& need : component.need) out.optional(need);
    const bool strict = component.replication && component.replication->strict &&
                        component.replication->mode == Replication::Mode::sync;
    out.words(strict, strict ? component.replication->standbys : 0);
  }
  for (const Service& service : system.services) out.optional(service.load);
}

void describe_resources(const System& system, StructureKey& key) {
  Writer out(key);
  for (const Node& node : system.nodes) out.resources(node.capacity);
  for (const Component& component : system.components) out.resources(component.requests);
}

void describe_counts(const System& system, const Deployment& deployment, const LoadTable& load,
                     StructureKey& key) {
  Writer out(key);
  for (LevelId level = 0; level < system.levels.size(); ++level)
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      if (!system.components[c].replicated()) continue;
      const int n = replicas_at(system, load, deployment.components[c], c, level);
      out.words(n, needed(system, load, c, level, n));
    }
  std::vector<double> rate(system.levels.size());
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    for (LevelId level = 0; level < rate.size(); ++level) rate[level] = load.service_rate[level][s];
    for (LevelId level = 0; level < rate.size(); ++level) out.optional(next_lower(rate, level));
  }
}

void describe_stages(const std::vector<NodeStages>& stages, StructureKey& key) {
  Writer out(key);
  for (const NodeStages& of : stages) {
    out.words(of.count());
    out.list(of.serves_from);
  }
}

}  // namespace haplan::model
