#include "tests/solver/exhaustive.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "model/availability/headroom.hpp"
#include "model/system/load.hpp"
#include "solver/problem.hpp"

namespace haplan::test {

namespace {

using namespace model;
using solver::Decision;
using solver::Problem;

/// The system as the scheduler sees it: rules that are not written do not exist.
System as_written(const System& system, const std::vector<CarriedRules>& rules) {
  System written = system;
  std::vector<NodeId> all(system.nodes.size());
  std::iota(all.begin(), all.end(), NodeId{0});
  for (ComponentId c = 0; c < written.components.size(); ++c) {
    if (!rules[c].spread) written.components[c].spread.hard = false;
    if (!rules[c].allowed) written.components[c].allowed = all;
  }
  return written;
}

/// All lists of n nodes whose blocks (what each larger level adds) are in ascending order.
std::vector<std::vector<NodeId>> lists(const std::set<int>& counts, std::size_t nodes) {
  const int n = *counts.rbegin();
  std::vector<std::vector<NodeId>> all{{}};
  for (int i = 0; i < n; ++i) {
    std::vector<std::vector<NodeId>> longer;
    for (const auto& list : all)
      for (NodeId node = 0; node < nodes; ++node) {
        if (i > 0 && !counts.contains(i) && node < list.back()) continue;
        longer.push_back(list);
        longer.back().push_back(node);
      }
    all = std::move(longer);
  }
  return all;
}

/// Only this component is there.
System alone(const System& system, ComponentId component) {
  System one = system;
  for (ComponentId c = 0; c < one.components.size(); ++c) {
    if (c == component) continue;
    one.components[c].type = ComponentType::gate;
    one.components[c].storage = {};
  }
  return one;
}

}  // namespace

std::optional<std::vector<Deployment>> every_placement(const System& system,
                                                       const Deployment& deployment,
                                                       const std::vector<CarriedRules>& rules,
                                                       const std::vector<bool>& fixed,
                                                       std::size_t limit) {
  if (system.nodes.empty()) return std::vector<Deployment>{deployment};
  const System written = as_written(system, rules);
  const LoadTable load = load_table(system);
  std::vector<Deployment> all{deployment};
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    if (!system.components[c].replicated() || fixed[c]) continue;
    std::set<int> counts;
    for (LevelId level = 0; level < system.levels.size(); ++level)
      counts.insert(replicas_at(system, load, deployment.components[c], c, level));
    const System one = alone(written, c);
    std::vector<std::vector<NodeId>> possible;
    for (auto& list : lists(counts, system.nodes.size())) {
      Deployment trial = deployment;
      trial.components[c].nodes = list;
      if (check_placement(one, load, trial).ok) possible.push_back(list);
    }
    if (all.size() * possible.size() > limit) return std::nullopt;
    std::vector<Deployment> longer;
    for (const Deployment& base : all)
      for (const auto& list : possible) {
        longer.push_back(base);
        longer.back().components[c].nodes = list;
      }
    all = std::move(longer);
  }
  std::erase_if(all, [&](const Deployment& d) {
    // Fixed components may stand outside what is written; they are not the question here.
    System seen = written;
    for (ComponentId c = 0; c < fixed.size(); ++c) {
      if (!fixed[c]) continue;
      seen.components[c].spread.hard = false;
      seen.components[c].allowed =
          as_written(system, std::vector<CarriedRules>(fixed.size(), {false, false, false}))
              .components[c]
              .allowed;
    }
    return !check_placement(seen, load, d).ok;
  });
  return all;
}

std::optional<std::vector<double>> worst_unavailability(const System& system,
                                                        const Deployment& deployment,
                                                        const std::vector<CarriedRules>& rules,
                                                        std::size_t limit,
                                                        std::size_t* evaluations) {
  std::vector<bool> fixed;
  for (ComponentId c = 0; c < rules.size(); ++c)
    fixed.push_back(system.components[c].pinned && rules[c].pinned);
  const auto all = every_placement(system, deployment, rules, fixed, limit);
  if (!all) return std::nullopt;
  if (evaluations) *evaluations += all->size();
  std::vector<double> worst(system.services.size(), all->empty() ? 1.0 : 0.0);
  for (const Deployment& d : *all) {
    const auto evaluation = evaluate(system, d, {.figures = false});
    for (ServiceId s = 0; s < worst.size(); ++s)
      worst[s] = std::max(worst[s], evaluation->services[s].unavailability.value);
  }
  return worst;
}

namespace {

/// The preference up to criterion 3: smaller is better, entry by entry.
class Preference {
 public:
  Preference(const Problem& problem, const Deployment& d)
      : system_(problem.system), load_(load_table(system_)) {
    add_counts(d);
    add_probes(d);
    for (const Decision& decision : problem.decisions) add_nearest(d, decision);
  }

  [[nodiscard]] bool operator<(const Preference& other) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const double a = keys_[i];
      const double b = other.keys_[i];
      if (std::abs(a - b) > 1e-12 * std::max(std::abs(a), std::abs(b))) return a < b;
    }
    return false;
  }

 private:
  [[nodiscard]] int replicas(const Deployment& d, ComponentId c, LevelId level) const {
    return system_.components[c].replicated()
               ? replicas_at(system_, load_, d.components[c], c, level)
               : 0;
  }

  void add_counts(const Deployment& d) {
    double mean = 0.0;
    double most = -1.0;
    for (LevelId level = 0; level < system_.levels.size(); ++level) {
      double sum = 0.0;
      for (ComponentId c = 0; c < system_.components.size(); ++c) sum += replicas(d, c, level);
      mean += system_.levels[level].share * sum;
      if (sum > most) {
        most = sum;
        peak_ = level;
      }
    }
    keys_ = {most, mean, requested(d, "cpu"), requested(d, "memory")};
  }

  double requested(const Deployment& d, const std::string& name) {
    double sum = 0.0;
    for (ComponentId c = 0; c < system_.components.size(); ++c) {
      const auto& requests = system_.components[c].requests;
      if (const auto found = requests.find(name); found != requests.end())
        sum += static_cast<double>(found->second) * replicas(d, c, peak_);
    }
    return sum;
  }

  void add_probes(const Deployment& d) {
    double rate = 0.0;
    std::vector<double> settings;
    for (ComponentId c = 0; c < system_.components.size(); ++c) {
      const Probes& probes = d.components[c].probes;
      const std::vector<std::optional<Probe>> three{probes.liveness, probes.readiness,
                                                    probes.startup};
      for (const auto& probe : three)
        if (probe) rate += static_cast<double>(replicas(d, c, peak_)) / probe->period;
      for (const auto& probe : three) settings.push_back(probe ? -probe->failure_threshold : 0);
      for (const auto& probe : three) settings.push_back(probe ? -probe->timeout : 0);
    }
    keys_.push_back(rate);
    keys_.insert(keys_.end(), settings.begin(), settings.end());
  }

  void add_nearest(const Deployment& d, const Decision& decision) {
    const double value = solver::assigned(d, decision);
    if (decision.standard) keys_.push_back(std::abs(value - *decision.standard));
    keys_.push_back(value);
  }

  const System& system_;
  LoadTable load_;
  LevelId peak_ = 0;
  std::vector<double> keys_;
};

/// Up to rounding.
bool keeps(double actual, double limit) { return actual <= limit * (1.0 + 1e-12); }

bool other_objectives_met(const Problem& problem, const Evaluation& evaluation) {
  for (const solver::Objective& o : problem.objectives) {
    const ServiceFigures& figures = evaluation.services[o.service];
    if (o.max_error_ratio && !keeps(figures.error_ratio, *o.max_error_ratio)) return false;
    if (o.max_recovery_time && figures.recovery &&
        !keeps(figures.recovery->worst, *o.max_recovery_time))
      return false;
    if (o.max_response_time && !keeps(figures.worst_response_time, *o.max_response_time))
      return false;
    if (o.max_data_loss && !keeps(figures.data_loss, *o.max_data_loss)) return false;
    for (const NodeLoss& loss : figures.node_losses)
      if (o.max_node_loss && !keeps(loss.until_up, *o.max_node_loss)) return false;
    for (const LossFigures& loss : figures.losses) {
      const auto limit = solver::max_loss(o, loss.kind);
      if (limit && !keeps(loss.until_up, *limit)) return false;
    }
  }
  return true;
}

/// Anything but availability is asked for.
bool asks_for_more(const Problem& problem) {
  return std::ranges::any_of(problem.objectives, [](const solver::Objective& o) {
    return o.max_error_ratio || o.max_recovery_time || o.max_response_time || o.max_data_loss ||
           o.max_node_loss || o.max_zone_loss || o.max_replica_loss || o.max_primary_loss;
  });
}

/// What is pinned decides the judged figure; the rest is the scheduler's choice.
std::vector<std::vector<NodeId>> pinned_nodes(const System& system, const Deployment& d) {
  std::vector<std::vector<NodeId>> pinned;
  for (ComponentId c = 0; c < system.components.size(); ++c)
    pinned.push_back(system.components[c].pinned ? d.components[c].nodes : std::vector<NodeId>{});
  return pinned;
}

class Exhaustive {
 public:
  Exhaustive(const Problem& problem, std::size_t limit)
      : problem_(problem), limit_(limit), more_(asks_for_more(problem)) {}

  std::optional<ExhaustiveAnswer> run() {
    std::vector<Deployment> settings{problem_.before};
    for (const Decision& decision : problem_.decisions) {
      std::vector<Deployment> longer;
      for (const Deployment& base : settings)
        for (const double value : decision.values) {
          longer.push_back(base);
          solver::assign(longer.back(), decision, value);
        }
      settings = std::move(longer);
    }
    // Settings with the most replicas have the most placements: do not start what cannot end.
    const std::vector<CarriedRules> all_rules(problem_.system.components.size());
    const auto largest = every_placement(problem_.system, settings.back(), all_rules,
                                         std::vector<bool>(all_rules.size(), false), limit_);
    if (!largest || largest->size() * settings.size() > 20 * limit_) return std::nullopt;
    std::vector<Preference> preference;
    for (const Deployment& d : settings) preference.emplace_back(problem_, d);
    std::vector<std::size_t> order(settings.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return preference[a] < preference[b]; });
    // Different values of a decision differ in the preference: no two settings are equal.
    for (const std::size_t i : order) {
      std::optional<Deployment> best = best_placement(settings[i]);
      if (too_large_) return std::nullopt;
      if (best) return ExhaustiveAnswer{best, evaluations_};
    }
    return ExhaustiveAnswer{std::nullopt, evaluations_};
  }

 private:
  std::optional<Deployment> best_placement(const Deployment& settings) {
    const System& system = problem_.system;
    const std::vector<CarriedRules> all_rules(system.components.size());
    std::vector<bool> fixed;
    for (const bool open : problem_.placement_open) fixed.push_back(!open);
    const auto placements = every_placement(system, settings, all_rules, fixed, limit_);
    if (!placements) {
      too_large_ = true;
      return std::nullopt;
    }
    std::optional<Deployment> best;
    double least = 0.0;
    std::map<std::vector<std::vector<NodeId>>, std::vector<double>> judged;
    for (const Deployment& d : *placements) {
      if (++evaluations_ > limit_) too_large_ = true;  // the scheduler's choices count as well
      if (too_large_) return std::nullopt;
      const auto evaluation = evaluate(system, d, {.figures = false});
      double sum = 0.0;
      for (const solver::Objective& o : problem_.objectives)
        sum += evaluation->services[o.service].unavailability.value;
      if (best && sum >= least * (1.0 - 1e-12)) continue;
      const auto [found, fresh] = judged.try_emplace(pinned_nodes(system, d));
      if (fresh) {
        const auto worst = worst_unavailability(system, d, problem_.rules, limit_, &evaluations_);
        if (!worst) {
          too_large_ = true;
          return std::nullopt;
        }
        found->second = *worst;
      }
      const bool available = std::ranges::all_of(problem_.objectives, [&](const auto& o) {
        return !o.max_unavailability || keeps(found->second[o.service], *o.max_unavailability);
      });
      if (!available || (more_ && !other_objectives_met(problem_, *evaluate(system, d)))) continue;
      best = d;
      least = sum;
    }
    return best;
  }

  const Problem& problem_;
  std::size_t limit_;
  bool more_;
  bool too_large_ = false;
  std::size_t evaluations_ = 0;
};

}  // namespace

std::optional<std::vector<FeasiblePlan>> every_plan(const Problem& problem, std::size_t limit) {
  const System& system = problem.system;
  std::vector<Deployment> settings{problem.before};
  for (const Decision& decision : problem.decisions) {
    std::vector<Deployment> longer;
    for (const Deployment& base : settings)
      for (const double value : decision.values) {
        longer.push_back(base);
        solver::assign(longer.back(), decision, value);
      }
    settings = std::move(longer);
    if (settings.size() > limit) return std::nullopt;
  }
  const std::vector<CarriedRules> all_rules(system.components.size());
  std::vector<bool> fixed;
  for (const bool open : problem.placement_open) fixed.push_back(!open);
  if (!every_placement(system, settings.back(), all_rules, fixed, limit)) return std::nullopt;
  std::vector<FeasiblePlan> plans;
  const bool more = asks_for_more(problem);
  std::size_t evaluations = 0;
  for (const Deployment& base : settings) {
    const auto placements = every_placement(system, base, all_rules, fixed, limit);
    if (!placements) return std::nullopt;
    std::map<std::vector<std::vector<NodeId>>, std::vector<double>> judged;
    for (const Deployment& d : *placements) {
      if (++evaluations > limit) return std::nullopt;
      const auto [found, fresh] = judged.try_emplace(pinned_nodes(system, d));
      if (fresh) {
        const auto worst = worst_unavailability(system, d, problem.rules, limit, &evaluations);
        if (!worst || evaluations > limit) return std::nullopt;
        found->second = *worst;
      }
      const bool available = std::ranges::all_of(problem.objectives, [&](const auto& o) {
        return !o.max_unavailability || keeps(found->second[o.service], *o.max_unavailability);
      });
      if (available && (!more || other_objectives_met(problem, *evaluate(system, d))))
        plans.push_back({d, found->second});
    }
  }
  return plans;
}

std::optional<ExhaustiveAnswer> exhaustive_search(const Problem& problem, std::size_t limit) {
  return Exhaustive(problem, limit).run();
}

}  // namespace haplan::test
