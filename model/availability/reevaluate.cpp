#include "model/availability/reevaluate.hpp"

#include <algorithm>
#include <bit>
#include <list>
#include <map>
#include <utility>

#include "model/availability/headroom.hpp"
#include "model/availability/service_figures.hpp"
#include "model/availability/structure_key.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Answers remembered before all are forgotten; one takes a hundred bytes or so.
constexpr std::size_t kMostNetworks = 1024;

/// Every requirement of a system, gates within gates included, in an order of its own.
template <class Visit>
void for_each_requirement(const Requirement& requirement, Visit& visit) {
  visit(requirement);
  for (const Requirement& member : requirement.of) for_each_requirement(member, visit);
}

template <class Visit>
void for_each_requirement(const System& system, Visit&& visit) {
  for (const Component& component : system.components) {
    for_each_requirement(component.depends_on, visit);
    for_each_requirement(component.gate, visit);
  }
  for (const Service& service : system.services) for_each_requirement(service.requires_, visit);
}

/// Tells most keys apart at once. The words are mixed as by [SLF14].
std::uint64_t hash_of(const StructureKey& key) {
  std::uint64_t hash = 0;
  for (const std::uint64_t word : key) {
    hash = (hash ^ word) * 0xbf58476d1ce4e5b9U;
    hash ^= hash >> 31U;
  }
  return hash;
}

/// A compiled structure that other numbers can be put into.
struct Known {
  StructureKey key;
  std::uint64_t hash = 0;
  Compiled compiled;
  /// Per requirement in the order of for_each_requirement: its switchover, or kNone.
  std::vector<std::size_t> switchover;

  Known(StructureKey of, Compiled what, const System& system)
      : key(std::move(of)), hash(hash_of(key)), compiled(std::move(what)) {
    for_each_requirement(system, [&](const Requirement& requirement) {
      const auto found = compiled.structure.switchover_of.find(&requirement);
      switchover.push_back(found == compiled.structure.switchover_of.end() ? kNone : found->second);
    });
    compiled.structure.switchover_of.clear();  // addresses in a system that may not live on
  }

  /// Numbers that stand in the structure itself.
  void update(const System& system, const LoadTable& load, std::vector<NodeStages> failures,
              std::vector<NodeStages> drains) {
    compiled.load = load;
    compiled.failure_stages = std::move(failures);
    compiled.drain_stages = std::move(drains);
    std::size_t i = 0;
    for_each_requirement(system, [&](const Requirement& requirement) {
      const std::size_t at = switchover[i++];
      if (at == kNone) return;
      SwitchoverFactor& factor = compiled.structure.switchovers[at];
      factor.gate = requirement.name;
      factor.rate = system.components[requirement.of.front().component].external->rate;
      factor.outage = *requirement.switchover;
    });
  }
};

}  // namespace

struct Reevaluator::State {
  explicit State(ReevaluateOptions with) : options(std::move(with)) {}

  ReevaluateOptions options;
  Counts counts;
  std::list<Known> known;  ///< most recently used first
  StructureKey load_key;
  LoadTable load;
  StructureKey packing_key;
  bool headroom = false;
  StructureKey key;      ///< scratch
  StructureKey another;  ///< scratch
  std::map<StructureKey, double> networks;

  void find_load(const System& system);
  void find_headroom(const System& system, const Deployment& deployment);
  void forget();
  Result<Known*> find_structure(const System& system, const Deployment& deployment,
                                const ComponentNumbers& components);
  double closed_network(const std::vector<Station>& stations, double customers, double think);
};

/// `key` has the shape.
void Reevaluator::State::find_load(const System& system) {
  another = key;
  describe_load(system, another);
  if (!load_key.empty() && another == load_key) return;
  load = load_table(system);
  std::swap(load_key, another);
  ++counts.load_tables;
}

/// `key` has shape and counts.
void Reevaluator::State::find_headroom(const System& system, const Deployment& deployment) {
  another = key;
  describe_resources(system, another);
  if (!packing_key.empty() && another == packing_key) return;
  headroom = has_headroom(system, load, deployment, options.stop);
  std::swap(packing_key, another);
  if (options.stop && options.stop())
    packing_key.clear();  // the answer may be that of a cut search
  ++counts.packings;
}

/// All but the first, from the last, until the others are within bounds.
void Reevaluator::State::forget() {
  std::size_t nodes = 0;
  for (const Known& one : known) nodes += one.compiled.diagram.size();
  const std::size_t first = known.front().compiled.diagram.size();
  while (known.size() > 1 &&
         (known.size() > options.most_structures || nodes - first > options.most_nodes)) {
    nodes -= known.back().compiled.diagram.size();
    known.pop_back();
  }
}

Result<Known*> Reevaluator::State::find_structure(const System& system,
                                                  const Deployment& deployment,
                                                  const ComponentNumbers& components) {
  key.clear();
  describe_shape(system, deployment, key);
  find_load(system);
  describe_counts(system, deployment, load, key);
  find_headroom(system, deployment);
  std::vector<NodeStages> failures =
      reschedule_stages(system, deployment, components.replicas, headroom);
  std::vector<NodeStages> drains;
  if (system.drain) drains = drain_stages(system, deployment, components.replicas);
  key.push_back(headroom ? 1U : 0U);
  describe_stages(failures, key);
  describe_stages(drains, key);
  auto at = std::ranges::find_if(known, [&, hash = hash_of(key)](const Known& one) {
    return one.hash == hash && one.key == key;
  });
  if (at == known.end()) {
    EvaluateOptions how{.node_limit = options.node_limit, .stop = options.stop};
    const bool entries =
        options.wanted.frequency || options.wanted.causes || options.wanted.down_for;
    Result<Compiled> compiled = compile(system, deployment, components, entries, how);
    ++counts.compilations;
    if (!compiled) return tl::unexpected(compiled.error());
    known.emplace_front(key, std::move(*compiled), system);
    at = known.begin();
    forget();
  }
  known.splice(known.begin(), known, at);
  at->update(system, load, std::move(failures), std::move(drains));
  return &known.front();
}

double Reevaluator::State::closed_network(const std::vector<Station>& stations, double customers,
                                          double think) {
  another.clear();
  another.push_back(std::bit_cast<std::uint64_t>(customers));
  another.push_back(std::bit_cast<std::uint64_t>(think));
  for (const Station& station : stations) {
    another.push_back(std::bit_cast<std::uint64_t>(station.service));
    another.push_back(station.servers ? static_cast<std::uint64_t>(*station.servers) + 1 : 0);
  }
  if (const auto found = networks.find(another); found != networks.end()) return found->second;
  if (networks.size() >= kMostNetworks) networks.clear();
  ++counts.queueing_models;
  return networks[another] = closed_response_time(stations, customers, think);
}

Reevaluator::Reevaluator(ReevaluateOptions options)
    : state_(std::make_unique<State>(std::move(options))) {
  HAPLAN_EXPECTS(state_->options.most_structures >= 1);
}

Reevaluator::~Reevaluator() = default;
Reevaluator::Reevaluator(Reevaluator&&) noexcept = default;
Reevaluator& Reevaluator::operator=(Reevaluator&&) noexcept = default;

const Reevaluator::Counts& Reevaluator::counts() const { return state_->counts; }

Result<Evaluation> Reevaluator::evaluate(const System& system, const Deployment& deployment) {
  HAPLAN_EXPECTS(deployment.components.size() == system.components.size());
  State& state = *state_;
  ++state.counts.evaluations;
  const Result<ComponentNumbers> components = component_numbers(system, deployment);
  if (!components) return tl::unexpected(components.error());
  const Result<Known*> known = state.find_structure(system, deployment, *components);
  if (!known) return tl::unexpected(known.error());
  const Compiled& compiled = (*known)->compiled;
  const Result<Numbers> numbers = numbers_for(system, deployment, *components, compiled);
  if (!numbers) return tl::unexpected(numbers.error());
  const ServiceContext context{system, deployment, compiled, *numbers, *components};
  const FigureMaker maker(
      context, state.options.wanted,
      [&](const std::vector<Station>& stations, double customers, double think) {
        return state.closed_network(stations, customers, think);
      });
  Evaluation evaluation;
  evaluation.headroom = compiled.headroom;
  evaluation.work = {compiled.diagram.size(), compiled.domain_states};
  for (ServiceId s = 0; s < system.services.size(); ++s) {
    if (state.options.stop && state.options.stop())
      return tl::unexpected(Error{Fault::budget_exhausted, "the evaluation was stopped", ""});
    const std::optional<ServiceId> twin = twin_of(system, s);
    evaluation.services.push_back(twin ? evaluation.services[*twin] : maker.service(s));
  }
  return evaluation;
}

}  // namespace haplan::model
