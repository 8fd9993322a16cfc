#include <algorithm>
#include <map>

#include "model/simulate/layout_parts.hpp"

namespace haplan::model {

namespace {

using Kind = Element::Kind;

/// One way to fail, before the ways are put side by side.
struct Way {
  std::string name;
  double rate = 0.0;
  OutageLaw law;
  double window = 0.0;  ///< [s] for which traffic still goes there
  bool exits = false;
};

class ElementMaker {
 public:
  explicit ElementMaker(Layout& layout) : layout_(layout), system_(layout.system) {}

  void run() {
    for (std::uint32_t r = 0; r < layout_.replicas.size(); ++r) add_replica(r);
    layout_.node_element = next();
    for (std::uint32_t n = 0; n < system_.nodes.size(); ++n)
      add(Kind::node, n, ways_of(system_.nodes[n].modes), {}, system_.nodes[n].down);
    layout_.domain_element = next();
    for (std::uint32_t d = 0; d < system_.domains.size(); ++d)
      add(Kind::domain, d, ways_of(system_.domains[d].modes), {}, system_.domains[d].down);
    add_claims();
    layout_.vertex_element = next();
    if (!layout_.gates.connected.empty()) {
      for (std::uint32_t v = 0; v < system_.network.vertices.size(); ++v)
        add(Kind::vertex, v, ways_of(system_.network.vertices[v].modes), {});
      for (std::uint32_t l = 0; l < system_.network.links.size(); ++l)
        add(Kind::link, l, ways_of(system_.network.links[l].modes), {});
    }
    layout_.primary_of.assign(system_.components.size(), kNowhere);
    for (ComponentId id = 0; id < system_.components.size(); ++id) add_factors(id);
    for (const GateSwitchover& gate : layout_.gates.switchovers)
      add_factor({ComponentFactor::Kind::switchover, kNowhere, 0, gate.name},
                 {{"", gate.rate, fixed_law(gate.outage)}}, gate.gate);
    add_externals();
    layout_.inputs = Lists(inputs_);
    for (const Element& element : layout_.elements) layout_.failable += element.rate > 0.0 ? 1 : 0;
  }

 private:
  [[nodiscard]] std::uint32_t next() const {
    return static_cast<std::uint32_t>(layout_.elements.size());
  }

  [[nodiscard]] std::uint32_t gate_of(ComponentId id) const {
    return layout_.gates.of_component[id];
  }

  void add(Kind kind, std::uint32_t subject, const std::vector<Way>& ways,
           std::vector<std::uint32_t> inputs, bool lost = false) {
    Element element{.kind = kind, .subject = subject, .lost = lost};
    element.first_mode = static_cast<std::uint32_t>(layout_.modes.size());
    double load = 0.0;
    for (const Way& way : ways) {
      element.rate += way.rate;
      load += way.rate * way.law.mean;
    }
    double until = 0.0;
    for (const Way& way : ways) {
      until += way.rate;
      // A failure is counted while the element is up; MODEL 5 takes the bare rate.
      const double exposed = layout_.assumptions.undisturbed_replicas ? 1.0 + load : 1.0;
      layout_.modes.push_back({until / element.rate, way.law, way.window * exposed, way.exits,
                               static_cast<std::uint32_t>(layout_.mode_names.size())});
      layout_.mode_names.push_back(way.name);
    }
    if (!ways.empty()) layout_.modes.back().until = 2.0;  // beyond any rounding
    element.end_mode = static_cast<std::uint32_t>(layout_.modes.size());
    if (lost) element.rate = 0.0;
    if (element.rate > 0.0) element.mean_up = 1.0 / element.rate;
    layout_.elements.push_back(element);
    inputs_.push_back(std::move(inputs));
  }

  [[nodiscard]] std::vector<Way> ways_of(const std::vector<DomainMode>& modes) const {
    std::vector<Way> ways;
    const double noticed = system_.node_detection.mean + system_.propagation;
    for (const DomainMode& mode : modes)
      if (mode.rate > 0.0)
        ways.push_back({mode.name, mode.rate, law_of(mode), std::min(noticed, mode.repair)});
    return ways;
  }

  void add_replica(std::uint32_t r) {
    const ComponentId id = layout_.replicas[r].component;
    std::vector<Way> ways;
    for (const OutageMode& mode : layout_.times[id].modes) {
      if (mode.rate <= 0.0) continue;
      const double window = std::min(mode.avoided + system_.propagation, mode.law.mean);
      ways.push_back({mode.name, mode.rate, mode.law, mode.assumed ? 0.0 : window, mode.exits});
    }
    const auto& availability = system_.components[id].replica_unavailability;
    add(Kind::replica, r, ways, {}, availability && *availability >= 1.0);
  }

  void add_claims() {
    std::vector<std::vector<std::uint32_t>> users(system_.claims.size());
    for (ComponentId id = 0; id < system_.components.size(); ++id)
      if (const auto& claim = system_.components[id].storage.claim;
          claim && gate_of(id) != kNowhere)
        users[*claim].push_back(gate_of(id));
    for (std::uint32_t c = 0; c < system_.claims.size(); ++c)
      if (!users[c].empty()) add(Kind::claim, c, ways_of(system_.claims[c].modes), users[c]);
  }

  void add_factor(ComponentFactor factor, const std::vector<Way>& ways, std::uint32_t gate) {
    const auto subject = static_cast<std::uint32_t>(layout_.factors.size());
    layout_.factors.push_back(std::move(factor));
    add(Kind::factor, subject, ways, {gate});
  }

  void add_factors(ComponentId id) {
    const Component& component = system_.components[id];
    if (gate_of(id) == kNowhere) return;
    const auto c = static_cast<std::uint32_t>(id);
    for (const CommonCause& cause : component.common_causes)
      if (cause.rate > 0.0)
        add_factor({ComponentFactor::Kind::common_cause, c, 0, cause.name},
                   {{cause.name, cause.rate, exponential_law(cause.outage)}}, gate_of(id));
    if (!component.failover || !component.replicated() ||
        component.type == ComponentType::stateless)
      return;
    if (!layout_.assumptions.independent_failover && layout_.replica_count[id] > 1) {
      const FailoverSettings& settings = layout_.deployment.components[id].failover;
      layout_.primary_of[id] = static_cast<std::uint32_t>(layout_.primaries.size());
      layout_.primaries.push_back(
          {id, mean_failover(component.failover->controller, settings, system_.node_detection),
           component.failover->manual, component.failover->switchover,
           failover_success(component, static_cast<int>(layout_.replica_count[id]))});
      return;
    }
    for (const int replicas : distinct_replicas(layout_, id))
      if (replicas > 1)
        add_factor({ComponentFactor::Kind::failover, c, replicas, "failover"}, losses(id, replicas),
                   gate_of(id));
  }

  /// The losses of a primary, each followed by a failover that works or one made by hand, or by its own return.
  [[nodiscard]] std::vector<Way> losses(ComponentId id, int replicas) const {
    const Component& component = system_.components[id];
    const Failover& failover = *component.failover;
    const double success = failover_success(component, replicas);
    const double automatic = mean_failover(
        failover.controller, layout_.deployment.components[id].failover, system_.node_detection);
    std::vector<Way> ways;
    const auto lose = [&](const std::string& name, double rate, OutageLaw law) {
      for (const bool works : {true, false}) {
        Way way{name, rate * (works ? success : 1.0 - success), law};
        way.law.most = works ? automatic : failover.manual;
        if (way.rate > 0.0) ways.push_back(way);
      }
    };
    for (const OutageMode& mode : layout_.times[id].modes)
      if (!mode.assumed) lose(mode.name, mode.rate, fixed_law(mode.law.mean));
    std::map<NodeId, int> on;
    const std::vector<NodeId>& nodes = layout_.deployment.components[id].nodes;
    for (int i = 0; i < replicas && !system_.nodes.empty(); ++i)
      ++on[nodes[static_cast<std::size_t>(i)]];
    for (const auto& [node, instances] : on) {
      const double part = static_cast<double>(instances) / replicas;
      if (!system_.nodes[node].down) {
        for (const DomainMode& mode : system_.nodes[node].modes)
          lose(system_.nodes[node].name, mode.rate * part, law_of(mode));
        if (system_.drain)
          ways.push_back({"drain of " + system_.nodes[node].name, part / system_.drain->every,
                          fixed_law(failover.switchover)});
      }
      for (auto at = system_.nodes[node].parent; at; at = system_.domains[*at].parent)
        for (const DomainMode& mode : system_.domains[*at].modes)
          if (!system_.domains[*at].down)
            lose(system_.domains[*at].name, mode.rate * part, law_of(mode));
    }
    return ways;
  }

  void add_externals() {
    for (ComponentId id = 0; id < system_.components.size(); ++id) {
      if (gate_of(id) == kNowhere) continue;
      const Component& component = system_.components[id];
      if (component.chain) layout_.chains.push_back(static_cast<std::uint32_t>(id));
      if (!component.external) continue;
      const External& external = *component.external;
      std::vector<Way> ways;
      if (external.rate > 0.0)
        ways.push_back({"outage", external.rate, exponential_law(external.repair)});
      add(Kind::external, static_cast<std::uint32_t>(id), ways, {gate_of(id)},
          external.unavailability >= 1.0);
    }
  }

  Layout& layout_;
  const System& system_;
  std::vector<std::vector<std::uint32_t>> inputs_;
};

}  // namespace

void lay_out_elements(Layout& layout) { ElementMaker(layout).run(); }

}  // namespace haplan::model
