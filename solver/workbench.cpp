#include "solver/workbench.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/availability/placement_space.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Values of several decisions as one key.
void append(std::vector<double>& key, const std::vector<std::size_t>& decisions,
            const Allowed& allowed) {
  for (const std::size_t d : decisions) {
    key.push_back(static_cast<double>(allowed[d].size()));
    key.insert(key.end(), allowed[d].begin(), allowed[d].end());
  }
}

/// Those of the run where it has them, else some of one's own.
Reaches& reaches_for(const System& system, const SolveOptions& options,
                     std::unique_ptr<Reaches>& own) {
  if (Reaches* const shared =
          options.run != nullptr ? options.run->figures.reaches(system) : nullptr)
    return *shared;
  own = std::make_unique<Reaches>(system);
  return *own;
}

std::vector<double> recovery_limits(const Problem& problem) {
  std::vector<double> most(problem.system.components.size(),
                           std::numeric_limits<double>::infinity());
  for (const Objective& objective : problem.objectives)
    if (objective.max_recovery_time)
      for (const ComponentId c : reach_of(problem.system, objective.service))
        most[c] = std::min(most[c], *objective.max_recovery_time);
  return most;
}

}  // namespace

Meter::Meter(const SolveOptions& options)
    : options_(options), start_(std::chrono::steady_clock::now()) {}

bool Meter::spend() {
  if (stopped()) return false;
  ++work.search_nodes;
  constexpr std::size_t kUnits = 5;
  return charge(kUnits);
}

bool Meter::charge(std::size_t units) {
  if (ended()) return false;
  work.units += units;
  if (options_.run != nullptr) options_.run->charge(units);
  if (options_.work_limit > 0 && work.units > options_.work_limit) stop_ = Stop::work_limit;
  constexpr std::size_t kPollEvery = 200;
  if (work.units < polled_ + kPollEvery) return !stopped();
  polled_ = work.units;
  constexpr std::size_t kTellings = 100;
  if (options_.work_limit > 0 && work.units >= told_ + options_.work_limit / kTellings) tell();
  if (options_.time_limit > 0.0) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    if (spent.count() > options_.time_limit) stop_ = Stop::time_limit;
  }
  if (options_.interrupted && options_.interrupted()) stop_ = Stop::interrupted;
  if (options_.run != nullptr && !ended() && is_over(options_)) stop_ = options_.run->stop();
  return !stopped();
}

void Meter::tell() {
  told_ = work.units;
  if (!options_.progress) return;
  if (options_.work_limit > 0)
    progress_.done =
        std::min(1.0, static_cast<double>(work.units) / static_cast<double>(options_.work_limit));
  options_.progress(progress_);
}

void Meter::enter(SearchProgress::Phase phase) {
  progress_.phase = phase;
  tell();
}

void Meter::found(int replicas) {
  if (progress_.incumbent && *progress_.incumbent <= replicas) return;
  progress_.incumbent = replicas;
  tell();
}

void Meter::excluded_below(int replicas) {
  if (progress_.bound >= replicas) return;
  progress_.bound = replicas;
  tell();
}

model::Stop Meter::asking() {
  return [this](double operations) { return stopped() || !charge(units_of(operations)); };
}

model::Stop Meter::asking_limits() {
  return [this](double operations) {
    charge(units_of(operations));
    return ended();
  };
}

std::size_t Meter::left(std::size_t most) const {
  constexpr double kUnitsPerSecond = 1e6;
  if (options_.work_limit > 0)
    most = std::min(most, options_.work_limit - std::min(options_.work_limit, work.units));
  if (options_.time_limit > 0.0) {
    // Told by the limit and the work, not by the clock: the same on every machine.
    const double units = options_.time_limit * kUnitsPerSecond;
    const double done = static_cast<double>(work.units);
    most = static_cast<std::size_t>(std::clamp(units - done, 0.0, static_cast<double>(most)));
  }
  return most;
}

Workbench::Workbench(const Problem& what, const SolveOptions& options,
                     const ComponentNumbers& numbers)
    : own_reaches_(nullptr),
      problem(what),
      load(load_table(what.system)),
      space(make_space(what, load)),
      cluster(make_cluster(what.system)),
      reaches(reaches_for(what.system, options, own_reaches_)),
      before(numbers),
      functions(service_functions(what.system, numbers, 0.0)),
      classes(node_classes(what.system)),
      bounds(problem, load, functions, cluster, classes, reaches.given()),
      meter(options),
      threads(options.threads),
      run_(options.run),
      most_recovery_(recovery_limits(what)) {
  for (ComponentId c = 0; c < what.system.components.size(); ++c)
    if (what.system.components[c].replicated()) replicated.push_back(c);
  crowd = fewest_crowding();
  if (run_ != nullptr) refused_ = run_->refused.question(what);
}

bool Workbench::known_refused(const std::vector<std::size_t>& counts) const {
  return refused_ && run_->refused.knows(*refused_, counts);
}

void Workbench::refuse(const std::vector<std::size_t>& counts) {
  if (refused_) run_->refused.add(*refused_, counts);
}

/// Of the largest counts, because more replicas never take less room.
int Workbench::fewest_crowding() const {
  Deployment largest = problem.before;
  for (const ComponentId c : replicated) {
    const ComponentSpace& own = space.components[c];
    const auto most = std::ranges::max_element(
        own.options, {}, [](const CountOption& o) { return std::ranges::max(o.replicas); });
    if (most == own.options.end()) return 0;
    for (std::size_t i = 0; i < own.counts.size(); ++i)
      assign(largest, problem.decisions[own.counts[i]], most->choices.front()[i]);
    if (problem.placement_open[c]) place_round_robin(problem.system, largest, c);
  }
  return placement_space(problem.system, load, largest, problem.rules,
                         pinned_components(problem.system, problem.rules))
      .crowd;
}

std::size_t Workbench::input_of(ComponentId component) const {
  const auto found = std::ranges::find(functions.inputs, component);
  return static_cast<std::size_t>(found - functions.inputs.begin());
}

int Workbench::toleration(const Allowed& allowed) const {
  if (!space.toleration) return problem.before.toleration_seconds;
  return static_cast<int>(std::lround(*std::ranges::min_element(allowed[*space.toleration])));
}

const SettingOptions& Workbench::settings(ComponentId component, const Allowed& allowed) {
  std::vector<double> key{static_cast<double>(component)};
  append(key, space.components[component].probes, allowed);
  append(key, space.components[component].controller, allowed);
  auto [found, fresh] = settings_.try_emplace(std::move(key));
  if (fresh) {
    auto made = setting_options(problem, space, component, allowed, most_recovery_[component]);
    if (made)
      found->second = std::move(*made);
    else if (!error)
      error = made.error();
  }
  return found->second;
}

const CountFigures& Workbench::count_figures(ComponentId component, std::size_t option) {
  std::unique_ptr<CountFigures>& made = counts_[{component, option}];
  if (!made)
    made = std::make_unique<CountFigures>(problem, load, cluster, classes, reaches, component,
                                          space.components[component].options[option],
                                          meter.asking_limits());
  return *made;
}

KnownOptions* Workbench::known_options(ComponentId component, const CountOption& option,
                                       const CountChoice& choice, int toleration, bool headroom) {
  if (run_ == nullptr) return nullptr;
  const auto [subject, fresh] = subjects_.try_emplace(component, 0);
  if (fresh) subject->second = run_->figures.subject(problem, load, component);
  Deployment chosen = problem.before;
  const ComponentSpace& own = space.components[component];
  for (std::size_t i = 0; i < choice.size(); ++i)
    assign(chosen, problem.decisions[own.counts[i]], choice[i]);
  return &run_->figures.of(subject->second, option.replicas, chosen.components[component],
                           toleration, headroom);
}

const OptionSet& Workbench::options(ComponentId component, std::size_t option,
                                    const Allowed& allowed, bool headroom) {
  const ComponentSpace& own = space.components[component];
  std::vector<double> key{static_cast<double>(component), static_cast<double>(option),
                          headroom ? 1.0 : 0.0, static_cast<double>(toleration(allowed))};
  append(key, own.counts, allowed);
  append(key, own.probes, allowed);
  append(key, own.controller, allowed);
  auto [found, fresh] = sets_.try_emplace(std::move(key));
  OptionSet& set = found->second;
  if (!fresh) return set;
  const auto choices = allowed_choices(own, own.options[option], allowed);
  const CountFigures& figures = count_figures(component, option);
  if (choices.empty() || !figures.placeable()) return set;
  // Of choices with the same counts the one that scales out earliest is the most available.
  const auto target = [&](const CountChoice* choice) {
    for (std::size_t i = 0; i < own.counts.size(); ++i)
      if (problem.decisions[own.counts[i]].setting == Setting::autoscale_target)
        return (*choice)[i];
    return 0.0;
  };
  set.choice = **std::ranges::min_element(choices, {}, target);
  set.settings = &settings(component, allowed);
  if (set.settings->probes.empty() || set.settings->controllers.empty()) return set;
  KnownOptions* const known =
      known_options(component, own.options[option], set.choice, toleration(allowed), headroom);
  const std::size_t known_before = known != nullptr ? known->size() : 0;
  const std::size_t units_before = meter.work.units;
  set.figures = figures.figures(*set.settings, own, set.choice, toleration(allowed), headroom,
                                meter.asking_limits(), known);
  // What was known is no work of the run, only of the question.
  if (known != nullptr && known->size() == known_before)
    run_->give_back(meter.work.units - units_before);
  if (!set.figures.empty()) set.ideal = ideal_of(set.figures);
  return set;
}

}  // namespace haplan::solver
