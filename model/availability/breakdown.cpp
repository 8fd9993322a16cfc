#include "model/availability/breakdown.hpp"

#include <algorithm>
#include <map>

#include "model/availability/independent.hpp"
#include "model/availability/service_levels.hpp"
#include "model/base/contract.hpp"
#include "model/system/variants.hpp"

namespace haplan::model {

namespace {

class Splitter {
 public:
  explicit Splitter(const ServiceContext& context) : context_(context), system_(context.system) {
    std::vector<double> p;
    fill_probabilities(context.compiled, context.numbers, 1.0, p);
    context.compiled.diagram.probability(p, 1.0, value_);
  }

  Breakdown of(ServiceId service) {
    Breakdown result;
    add_situations(service, result);
    add_errors(service, result);
    for (LevelId l = 0; l < system_.levels.size(); ++l) {
      for (const PathStation& one : stations_of(context_, service, l))
        result.stations.push_back(
            {l, one.component, one.station.service, one.station.servers, one.rate});
      add_components(service, l, result);
    }
    return result;
  }

 private:
  void add_situations(ServiceId service, Breakdown& result) const {
    for (const Situation& world : context_.compiled.worlds) {
      if (world.before) continue;
      SituationPart part{.level = world.level, .drained = std::nullopt};
      if (world.drained != kOut) {
        part.drained = world.drained;
        if (world.stage > 0)
          part.from = context_.compiled.drain_stages[world.drained].bounds[world.stage - 1];
      }
      part.weight = system_.levels[world.level].share * drain_weight(context_.numbers, world, 1.0);
      part.down = value_[world.service_down[service]];
      result.situations.push_back(part);
    }
    std::ranges::stable_sort(result.situations, {}, &SituationPart::level);
  }

  void add_errors(ServiceId service, Breakdown& result) const {
    const auto& rates = context_.compiled.load.service_rate;
    double total = 0.0;
    for (LevelId l = 0; l < system_.levels.size(); ++l)
      total += system_.levels[l].share * rates[l][service];
    std::vector<double> down(system_.levels.size(), 0.0);
    for (const SituationPart& part : result.situations)
      down[part.level] += part.weight / system_.levels[part.level].share * part.down;
    for (LevelId l = 0; l < system_.levels.size(); ++l) {
      const double weight =
          system_.levels[l].share * (total > 0.0 ? rates[l][service] / total : 1.0);
      result.error_levels.push_back({weight, down[l]});
      for (const ComponentId c : path_of(system_, service))
        if (system_.components[c].replicated()) add_error_terms(l, c, result.error_terms);
    }
  }

  void add_error_terms(LevelId level, ComponentId id, std::vector<ErrorTerm>& terms) const {
    const Component& component = system_.components[id];
    const ComponentPlan& plan = context_.deployment.components[id];
    const int n = replicas(level, id);
    const auto add = [&](ErrorTerm term) {
      term.level = level;
      term.component = id;
      term.failed = term.rate * term.share * term.window * (1.0 - component.retry);
      terms.push_back(std::move(term));
    };
    if (is_mixed(component, plan)) {
      add_mixed_terms(level, id, n, terms);
      return;
    }
    for (const ModeOutage& mode : context_.components.replicas[id].modes)
      add({.kind = CauseKind::replica,
           .subject = component.name,
           .mode = mode.name,
           .rate = n * mode.rate,
           .share = 1.0 / n,
           .window = window_of_mode(system_, mode, plan.probes)});
    std::map<NodeId, int> nodes;
    std::map<DomainId, int> domains;
    for (int i = 0; i < n && !system_.nodes.empty(); ++i) {
      const NodeId node = plan.nodes[static_cast<std::size_t>(i)];
      ++nodes[node];
      for (auto up = system_.nodes[node].parent; up; up = system_.domains[*up].parent)
        ++domains[*up];
    }
    const double unnoticed = system_.node_detection.mean + system_.propagation;
    const auto add_place = [&](CauseKind kind, const auto& place, int hit) {
      if (place.down) return;
      for (const DomainMode& mode : place.modes)
        add({.kind = kind,
             .subject = place.name,
             .mode = mode.name,
             .rate = mode.rate,
             .share = static_cast<double>(hit) / n,
             .window = std::min(unnoticed, mode.repair)});
    };
    for (const auto& [node, hit] : nodes) add_place(CauseKind::node, system_.nodes[node], hit);
    for (const auto& [domain, hit] : domains)
      add_place(CauseKind::domain, system_.domains[domain], hit);
  }

  /// Of replicas of several variants, which are in no cluster.
  void add_mixed_terms(LevelId level, ComponentId id, int n, std::vector<ErrorTerm>& terms) const {
    const Component& component = system_.components[id];
    const ComponentPlan& plan = context_.deployment.components[id];
    for (const std::size_t v : used_variants(plan))
      for (const ModeOutage& mode : context_.components.variants[id][v].modes) {
        ErrorTerm term{.kind = CauseKind::replica,
                       .subject = component.name,
                       .mode = mixed_mode(component.variants[v], mode.name),
                       .rate = plan.variants[v].replicas * mode.rate,
                       .share = 1.0 / n,
                       .window = window_of_mode(system_, mode, plan.variants[v].probes)};
        term.level = level;
        term.component = id;
        term.failed = term.rate * term.share * term.window * (1.0 - component.variants[v].retry);
        terms.push_back(std::move(term));
      }
  }

  void add_components(ServiceId service, LevelId level, Breakdown& result) const {
    for (const ComponentId c : reach_of(system_, service)) {
      if (system_.components[c].type == ComponentType::gate) continue;
      const TableKey& key = context_.compiled.tables[context_.compiled.table_of[level][c]];
      result.components.push_back(
          {level, c, key.replicas, key.need, context_.compiled.load.rate[level][c],
           independent_component(system_, context_.deployment, context_.compiled, context_.numbers,
                                 level, c)});
    }
  }

  [[nodiscard]] int replicas(LevelId level, ComponentId component) const {
    return context_.compiled.tables[context_.compiled.table_of[level][component]].replicas;
  }

  const ServiceContext& context_;
  const System& system_;
  std::vector<double> value_;
};

}  // namespace

Result<std::vector<Breakdown>> breakdown(const System& system, const Deployment& deployment) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  Result<ComponentNumbers> components = component_numbers(system, deployment);
  if (!components) return tl::unexpected(components.error());
  Result<Compiled> compiled = compile(system, deployment, *components, false, {});
  if (!compiled) return tl::unexpected(compiled.error());
  Result<Numbers> numbers = numbers_for(system, deployment, *components, *compiled);
  if (!numbers) return tl::unexpected(numbers.error());
  const ServiceContext context{system, deployment, *compiled, *numbers, *components};
  Splitter splitter(context);
  std::vector<Breakdown> result;
  for (ServiceId s = 0; s < system.services.size(); ++s) result.push_back(splitter.of(s));
  return result;
}

}  // namespace haplan::model
