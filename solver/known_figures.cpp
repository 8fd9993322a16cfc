#include "solver/known_figures.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

namespace {

/// The place of an equal one, which is the last where there was none.
template <class T>
std::size_t place_of(std::vector<T>& list, T what) {
  const auto found = std::ranges::find(list, what);
  const auto place = static_cast<std::size_t>(found - list.begin());
  if (found == list.end()) list.push_back(std::move(what));
  return place;
}

/// Roughly what one takes in memory.
std::size_t bytes_of(const KnownOption& option) {
  std::size_t bytes = sizeof(KnownOption);
  for (const auto& levels : option.figures.high.given)
    bytes += sizeof(std::vector<WorstAlone::Given>) + levels.size() * sizeof(WorstAlone::Given);
  for (const auto& list : option.figures.high.apart)
    bytes += sizeof(std::vector<ApartPart::Placed>) + list.size() * sizeof(ApartPart::Placed);
  return bytes;
}

}  // namespace

std::size_t KnownFigures::world(const System& system) {
  World world{system, {}};
  world.system.components.clear();
  world.system.services.clear();
  for (const Component& component : system.components) world.allowed.push_back(component.allowed);
  std::ranges::sort(world.allowed);
  const auto rest = std::ranges::unique(world.allowed);
  world.allowed.erase(rest.begin(), rest.end());
  return place_of(worlds_, std::move(world));
}

KnownFigures::Subject KnownFigures::alone(const Problem& problem, const LoadTable& load,
                                          ComponentId component, std::size_t world) {
  const CarriedRules& rules = problem.rules[component];
  Subject subject{world,
                  problem.system.components[component],
                  {rules.spread, rules.allowed, rules.pinned},
                  problem.placement_open[component],
                  problem.before.components[component].nodes,
                  {},
                  {},
                  {},
                  {}};
  subject.component.depends_on = {};
  subject.component.gate = {};
  for (LevelId level = 0; level < problem.system.levels.size(); ++level) {
    subject.rate.push_back(load.rate[level][component]);
    subject.exact_rate.push_back(load.exact_rate[level][component]);
    subject.need.push_back(load.need[level][component]);
  }
  return subject;
}

std::size_t KnownFigures::subject(const Problem& problem, const LoadTable& load,
                                  ComponentId component) {
  forget_when_full();
  const System& system = problem.system;
  const std::size_t where = world(system);
  Subject subject = alone(problem, load, component, where);
  const auto& claim = system.components[component].storage.claim;
  for (ComponentId c = 0; claim && c < system.components.size(); ++c)
    if (c != component && system.components[c].storage.claim == claim)
      subject.beside.push_back(place_of(subjects_, alone(problem, load, c, where)));
  return place_of(subjects_, std::move(subject));
}

KnownOptions& KnownFigures::of(std::size_t subject, const std::vector<int>& replicas,
                               const ComponentPlan& plan, int toleration, bool headroom) {
  std::vector<int> counts{plan.replicas};
  if (plan.autoscale)
    counts.insert(counts.end(), {plan.autoscale->min, plan.autoscale->max, plan.autoscale->target});
  return known_[{subject, replicas, std::move(counts), toleration, headroom}];
}

System KnownFigures::movers_of(const System& system) {
  System movers = system;
  movers.services.clear();
  for (Component& component : movers.components) {
    Component bare;
    bare.allowed = std::move(component.allowed);
    bare.storage.claim = component.storage.claim;
    component = std::move(bare);
  }
  return movers;
}

Reaches* KnownFigures::reaches(const System& system) {
  System movers = movers_of(system);
  if (!first_) {
    first_ = std::make_unique<const System>(std::move(movers));
    reaches_ = std::make_unique<Reaches>(*first_);
    return reaches_.get();
  }
  return movers == *first_ ? reaches_.get() : nullptr;
}

void KnownFigures::forget_when_full() {
  constexpr std::size_t kMostBytes = 200'000'000;
  std::size_t bytes = 0;
  for (const auto& [key, options] : known_)
    if (!options.empty()) bytes += options.size() * bytes_of(options.begin()->second);
  if (bytes > kMostBytes) known_.clear();
}

}  // namespace haplan::solver
