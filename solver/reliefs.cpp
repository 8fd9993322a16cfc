#include "solver/reliefs.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "solver/better_units.hpp"
#include "solver/kind.hpp"
#include "solver/larger_budgets.hpp"
#include "solver/phrases.hpp"
#include "solver/remedies.hpp"
#include "solver/run.hpp"
#include "solver/wishes.hpp"

namespace haplan::solver {

using namespace model;

std::optional<Relief> solved_relief(ReliefKind kind, const Problem& changed,
                                    const std::string& change, const SolveOptions& options) {
  if (is_over(options)) return std::nullopt;
  const auto outcome = solve(changed, options);
  if (!outcome || !outcome->has_plan) return std::nullopt;
  return Relief{kind, change, outcome->criteria.peak_replicas, outcome->status == Status::optimal};
}

namespace {

/// Requirements in which a second vendor stands beside the first.
void put_beside(Requirement& requirement, ComponentId first, ComponentId second) {
  for (Requirement& member : requirement.of) put_beside(member, first, second);
  if (requirement.kind != Requirement::Kind::component || requirement.component != first) return;
  Requirement either{.kind = Requirement::Kind::any};
  for (const ComponentId c : {first, second})
    either.of.push_back({.kind = Requirement::Kind::component, .component = c});
  requirement = std::move(either);
}

/// The next node of a pool, where it would stand: behind the others, in the next of their domains.
NodeId next_of_pool(const System& system, const std::string& pool, Node& node) {
  std::vector<NodeId> members;
  for (NodeId n = 0; n < system.nodes.size(); ++n)
    if (system.nodes[n].pool == pool) members.push_back(n);
  node = system.nodes[members.front()];
  node.name = pool + "-" + std::to_string(members.size() + 1);
  node.down = false;
  std::set<std::optional<DomainId>> parents;
  for (const NodeId member : members) parents.insert(system.nodes[member].parent);
  node.parent = system.nodes[members[members.size() % parents.size()]].parent;
  return members.back() + 1;
}

void shift(std::vector<NodeId>& nodes, NodeId from) {
  for (NodeId& node : nodes)
    if (node >= from) ++node;
}

void add_node(Problem& problem, const std::string& pool) {
  System& system = problem.system;
  Node node;
  const NodeId at = next_of_pool(system, pool, node);
  for (ComponentId c = 0; c < system.components.size(); ++c) {
    // What may be on some nodes of the pool only was given their names, and not that of the new one.
    std::vector<NodeId>& allowed = system.components[c].allowed;
    bool whole = true;
    for (NodeId n = 0; n < system.nodes.size(); ++n)
      if (system.nodes[n].pool == pool) whole = whole && std::ranges::binary_search(allowed, n);
    shift(allowed, at);
    if (whole) allowed.insert(std::ranges::lower_bound(allowed, at), at);
    shift(problem.before.components[c].nodes, at);
  }
  system.nodes.insert(system.nodes.begin() + static_cast<std::ptrdiff_t>(at), std::move(node));
}

class Reliefs {
 public:
  Reliefs(const Problem& problem, const SolveOptions& options, const Infeasibility& why)
      : problem_(problem), options_(options), why_(why) {
    constexpr std::size_t kWork = 1'000'000;
    options_.explain = false;
    options_.work_limit = kWork;
    for (const Objective& objective : problem.objectives)
      for (const ComponentId c : reach_of(problem.system, objective.service)) reach_.insert(c);
  }

  std::vector<Relief> run() {
    if (!why_.best.empty()) {
      restores();
      vendors();
    }
    append(larger_budgets(problem_, options_));
    if (is_redundancy(problem_)) append(better_units(problem_, options_, reach_));
    nodes();
    targets();
    std::ranges::stable_sort(found_, [](const Relief& a, const Relief& b) {
      return a.kind != b.kind ? a.kind < b.kind : a.peak_replicas < b.peak_replicas;
    });
    return std::move(found_);
  }

 private:
  void append(std::vector<Relief> more) {
    found_.insert(found_.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
  }

  /// The plan of a changed problem.
  bool gives_plan(ReliefKind kind, const Problem& changed, const std::string& change) {
    auto relief = solved_relief(kind, changed, change, options_);
    if (relief) found_.push_back(std::move(*relief));
    return relief.has_value();
  }

  [[nodiscard]] bool has_any(const Problem& changed) const {
    return has_plan(changed, options_).answer == Answer::yes;
  }

  // ---- outages that end sooner ----------------------------------------------------------------

  void restores() {
    for (const ComponentId c : reach_) {
      const Component& component = problem_.system.components[c];
      for (std::size_t i = 0; i < component.common_causes.size(); ++i) {
        const CommonCause& cause = component.common_causes[i];
        const std::string what = cause.name == "releases"
                                     ? "a restore of bad releases of " + component.name
                                     : "an end of " + cause.name + " of " + component.name;
        shorten(what, cause.outage, [c, i](Problem& p, double part) {
          p.system.components[c].common_causes[i].outage *= part;
        });
      }
      if (component.failover && component.failover->success < 1.0)
        shorten("a promotion of " + component.name + " by hand", component.failover->manual,
                [c](Problem& p, double part) { p.system.components[c].failover->manual *= part; });
      if (component.external && !component.external->repair_is_default &&
          component.external->unavailability > 0.0 && component.external->rate > 0.0)
        shorten("repairs of " + component.name, component.external->repair,
                [c](Problem& p, double part) {
                  External& external = *p.system.components[c].external;
                  // P(down) of rate and repair: MODEL 3.
                  const double load = external.rate * external.repair * part;
                  external.repair *= part;
                  external.unavailability = load / (1.0 + load);
                });
    }
    std::set<std::pair<std::string, std::string>> pools;
    for (const Node& node : problem_.system.nodes)
      for (const DomainMode& mode : node.modes) {
        if (!pools.insert({node.pool, mode.name}).second) continue;
        shorten("repairs of " + mode.name + " of the nodes " + node.pool, mode.repair,
                [pool = node.pool, name = mode.name](Problem& p, double part) {
                  for (Node& other : p.system.nodes)
                    for (DomainMode& own : other.modes)
                      if (other.pool == pool && own.name == name) own.repair *= part;
                });
      }
    for (DomainId d = 0; d < problem_.system.domains.size(); ++d) {
      const Domain& domain = problem_.system.domains[d];
      for (std::size_t m = 0; m < domain.modes.size(); ++m)
        shorten("repairs of " + domain.modes[m].name + " of " + domain.name, domain.modes[m].repair,
                [d, m](Problem& p, double part) { p.system.domains[d].modes[m].repair *= part; });
    }
  }

  void shorten(const std::string& what, double now,
               const std::function<void(Problem&, double)>& scale) {
    const auto scaled = [&](double part) {
      Problem changed = problem_;
      scale(changed, part);
      return changed;
    };
    constexpr double kLeast = 0.1;
    if (now <= 0.0 || !has_any(scaled(kLeast))) return;
    for (const double part : {0.75, 0.5, 0.25, kLeast})
      if (gives_plan(
              ReliefKind::restore, scaled(part),
              what + " within " + duration_text(now * part) + " instead of " + duration_text(now)))
        return;
  }

  // ---- more of something ----------------------------------------------------------------------

  void vendors() {
    for (const ComponentId c : reach_) {
      const Component& component = problem_.system.components[c];
      if (!component.external || component.external->unavailability <= 0.0) continue;
      Problem changed = problem_;
      System& system = changed.system;
      const ComponentId second = system.components.size();
      system.components.push_back(component);
      system.components.back().name += "-2";
      for (Component& other : system.components) {
        put_beside(other.depends_on, c, second);
        put_beside(other.gate, c, second);
      }
      for (Service& service : system.services) put_beside(service.requires_, c, second);
      changed.before.components.push_back(problem_.before.components[c]);
      changed.placement_open.push_back(problem_.placement_open[c]);
      changed.rules.push_back(problem_.rules[c]);
      gives_plan(ReliefKind::vendor, changed,
                 "a second vendor beside " + component.name +
                     ", as good and independent of it: {any: [" + component.name + ", ...]}");
    }
  }

  void nodes() {
    std::map<std::string, std::size_t> pools;
    for (const Node& node : problem_.system.nodes) ++pools[node.pool];
    for (const auto& [pool, count] : pools) {
      constexpr int kMostMore = 3;
      Problem changed = problem_;
      for (int more = 1; more <= kMostMore; ++more) {
        const System& system = problem_.system;
        const auto all = static_cast<double>(changed.system.nodes.size() + 1);
        if (system.drain && all * system.drain->per_node >= system.drain->every) break;
        add_node(changed, pool);
        if (gives_plan(ReliefKind::node, changed,
                       std::to_string(more) + (more == 1 ? " more node " : " more nodes ") + pool +
                           " (" + std::to_string(count + static_cast<std::size_t>(more)) +
                           " instead of " + std::to_string(count) + ")"))
          break;
      }
    }
  }

  // ---- less of what is asked for -----------------------------------------------------------------

  void targets() {
    std::vector<std::size_t> out_of_reach;
    for (std::size_t w = 0; w < why_.best.size(); ++w)
      if (why_.best[w].out_of_reach) out_of_reach.push_back(w);
    if (out_of_reach.size() > 1) {
      ease(out_of_reach);
      return;
    }
    for (const std::size_t w : why_.conflict) ease({w});
  }

  /// The strictest targets for these wishes together, of two digits at the most.
  void ease(const std::vector<std::size_t>& eased) {
    for (const double factor : {1.0, 1.5, 3.0, 10.0}) {
      std::vector<Objective> wishes = single_wishes(problem_.objectives);
      std::string change;
      bool finite = true;
      for (const std::size_t w : eased) {
        ObjectiveCheck check = why_.best[w].check;
        finite = finite && std::isfinite(check.actual);
        if (!finite) break;
        check.actual = rounded_up(
            std::max(check.actual, eased.size() == 1 && check.met ? check.target : 0.0) * factor);
        if (check.actual <= check.target) check.actual = rounded_up(check.target * factor * 1.01);
        set_limit(wishes[w], check);
        change += (change.empty() ? "" : ", and ") + smaller_ask(problem_, check);
      }
      if (!finite) return;
      Problem changed = problem_;
      changed.objectives = joined(wishes);
      if (gives_plan(ReliefKind::target, changed, change)) return;
    }
  }

  static double rounded_up(double value) {
    if (value <= 0.0) return value;
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1.0);
    constexpr double kRounding = 1e-9;
    return std::ceil(value / unit - kRounding) * unit;
  }

  static void set_limit(Objective& wish, const ObjectiveCheck& check) {
    for (auto limit :
         {&Objective::max_unavailability, &Objective::max_error_ratio,
          &Objective::max_recovery_time, &Objective::max_response_time, &Objective::max_node_loss,
          &Objective::max_zone_loss, &Objective::max_replica_loss, &Objective::max_primary_loss,
          &Objective::max_data_loss})
      if (wish.*limit == check.target) wish.*limit = check.actual;
  }

  const Problem& problem_;
  SolveOptions options_;
  const Infeasibility& why_;
  std::set<ComponentId> reach_;
  std::vector<Relief> found_;
};

}  // namespace

std::vector<Relief> reliefs(const Problem& problem, const SolveOptions& options,
                            const Infeasibility& why) {
  if (options.run != nullptr) options.run->explain();
  return Reliefs(problem, options, why).run();
}

}  // namespace haplan::solver
