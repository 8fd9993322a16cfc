#include "solver/widening.hpp"

#include <algorithm>
#include <set>

#include "solver/phrases.hpp"
#include "solver/space.hpp"
#include "solver/wishes.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// A setting and the values that a wider range would add.
struct Wider {
  Decision decision;            ///< as it would be, old values included
  std::vector<double> present;  ///< values of today: one when the spec fixes it
};

class Widening {
 public:
  Widening(const Problem& problem, const SolveOptions& options)
      : problem_(problem), options_(options) {
    std::set<ComponentId> reach;
    for (const Objective& objective : problem.objectives)
      for (const ComponentId c : reach_of(problem.system, objective.service)) reach.insert(c);
    for (const ComponentId c : reach)
      if (problem.system.components[c].replicated()) widen(c);
    if (!problem.system.nodes.empty())
      add(0, "", Setting::toleration_seconds, ProbeKind::none, {1, 30});
  }

  std::vector<std::string> find() {
    std::vector<bool> on(wider_.size(), true);
    bool room = false;
    Reply reply = has_plan(made(on, room), options_);
    if (reply.answer != Answer::yes && limited()) {
      room = true;
      reply = has_plan(made(on, room), options_);
    }
    if (reply.answer != Answer::yes) return {};
    // What the plan does not use is not needed; of the rest, leave out one after another.
    for (std::size_t i = 0; i < on.size(); ++i) on[i] = used(i, reply.plan);
    for (std::size_t i = 0; i < on.size(); ++i) {
      if (!on[i]) continue;
      on[i] = false;
      const Reply without = has_plan(made(on, room), options_);
      if (without.answer == Answer::yes)
        reply = without;
      else
        on[i] = true;
    }
    std::vector<std::string> phrases;
    for (std::size_t i = 0; i < on.size(); ++i)
      if (on[i] && used(i, reply.plan)) phrases.push_back(phrase(i, reply.plan));
    if (room) phrases.push_back("more room on the nodes, for " + counts(reply.plan));
    return phrases;
  }

 private:
  void widen(ComponentId c) {
    const Component& component = problem_.system.components[c];
    const ComponentPlan& plan = problem_.before.components[c];
    const std::string base = "components." + component.name + ".";
    if (plan.autoscale) {
      add(c, base + "autoscale.max", Setting::autoscale_max, ProbeKind::none, {});
      add(c, base + "autoscale.min", Setting::autoscale_min, ProbeKind::none, {});
    } else if (component.type == ComponentType::stateless || component.failover) {
      add(c, base + "replicas", Setting::replicas, ProbeKind::none, {});
    }
    if (plan.probes.liveness)
      probe(c, base + "probes.liveness.", ProbeKind::liveness,
            plan.probes.liveness->grace.has_value());
    if (plan.probes.readiness) probe(c, base + "probes.readiness.", ProbeKind::readiness, false);
    if (component.failover) controller(c, base + "failover.", component.failover->controller);
  }

  void probe(ComponentId c, const std::string& base, ProbeKind kind, bool grace) {
    add(c, base + "periodSeconds", Setting::period, kind, {1, 2, 5});
    add(c, base + "failureThreshold", Setting::failure_threshold, kind, {1, 2});
    add(c, base + "timeoutSeconds", Setting::timeout, kind, {1});
    add(c, base + "initialDelaySeconds", Setting::initial_delay, kind, {0});
    if (grace) add(c, base + "terminationGracePeriodSeconds", Setting::grace, kind, {1, 5});
  }

  void controller(ComponentId c, const std::string& base, Controller controller) {
    const auto one = [&](const char* name, Setting setting, const std::vector<double>& values) {
      add(c, base + name, setting, ProbeKind::none, values);
    };
    switch (controller) {
      case Controller::patroni:
        one("ttl", Setting::ttl, {20, 25});
        one("loopWait", Setting::loop_wait, {5});
        one("retryTimeout", Setting::retry_timeout, {5});
        return;
      case Controller::cloudnative_pg:
        one("failoverDelay", Setting::failover_delay, {0});
        one("lease", Setting::lease, {5});
        one("retryPeriod", Setting::retry_period, {1, 2});
        return;
      case Controller::redis_sentinel: one("downAfter", Setting::down_after, {1, 5}); return;
      case Controller::redis_cluster: one("nodeTimeout", Setting::node_timeout, {1, 5}); return;
      case Controller::repmgr:
        one("reconnectAttempts", Setting::reconnect_attempts, {1});
        one("reconnectInterval", Setting::reconnect_interval, {1});
        return;
      case Controller::none: return;
    }
  }

  /// Values below today's; of counts the next larger ones.
  void add(ComponentId c, std::string path, Setting setting, ProbeKind kind,
           const std::vector<double>& smaller) {
    Wider wider{
        {.path = path.empty() ? "cluster.tolerationSeconds" : std::move(path),
         .component = setting == Setting::toleration_seconds ? std::nullopt : std::optional(c),
         .setting = setting,
         .probe = kind,
         .values = {},
         .standard = std::nullopt},
        {}};
    const auto open = std::ranges::find(problem_.decisions, wider.decision.path, &Decision::path);
    if (open != problem_.decisions.end())
      wider.decision = *open;
    else
      wider.decision.values = {assigned(problem_.before, wider.decision)};
    wider.present = wider.decision.values;
    std::vector<double>& values = wider.decision.values;
    const double least = values.front();
    const double most = values.back();
    for (const double value : smaller)
      if (value < least) values.push_back(value);
    if (smaller.empty() || setting == Setting::replicas)
      for (int more = 1; more <= kMoreReplicas; ++more) values.push_back(most + more);
    std::ranges::sort(values);
    if (values.size() > wider.present.size()) wider_.push_back(std::move(wider));
  }

  [[nodiscard]] bool limited() const {
    return std::ranges::any_of(problem_.system.nodes,
                               [](const Node& node) { return !node.capacity.empty(); });
  }

  [[nodiscard]] Problem made(const std::vector<bool>& on, bool room) const {
    Problem result = problem_;
    if (room)
      for (Node& node : result.system.nodes) node.capacity.clear();
    for (std::size_t i = 0; i < wider_.size(); ++i) {
      if (!on[i]) continue;
      std::erase_if(result.decisions,
                    [&](const Decision& d) { return d.path == wider_[i].decision.path; });
      result.decisions.push_back(wider_[i].decision);
      // Nodes that are given are those of today's replicas.
      if (is_count(wider_[i].decision.setting))
        result.placement_open[*wider_[i].decision.component] = true;
    }
    std::ranges::sort(result.decisions, {}, &Decision::path);
    return result;
  }

  [[nodiscard]] bool used(std::size_t i, const Deployment& plan) const {
    const double value = assigned(plan, wider_[i].decision);
    return std::ranges::find(wider_[i].present, value) == wider_[i].present.end();
  }

  /// "api 3, db 2": replicas at the largest level of what objectives depend on.
  [[nodiscard]] std::string counts(const Deployment& plan) const {
    std::set<ComponentId> reach;
    for (const Objective& objective : problem_.objectives)
      for (const ComponentId c : reach_of(problem_.system, objective.service)) reach.insert(c);
    std::string text;
    for (const ComponentId c : reach)
      if (problem_.system.components[c].replicated())
        text += (text.empty() ? "" : ", ") + problem_.system.components[c].name + " " +
                std::to_string(largest_replicas(problem_.system, plan.components[c], c));
    return text;
  }

  [[nodiscard]] std::string phrase(std::size_t i, const Deployment& plan) const {
    const Wider& wider = wider_[i];
    const auto& now = wider.present;
    return wider.decision.path + " " + plain_number(assigned(plan, wider.decision)) + " (now " +
           (now.size() == 1 ? "fixed at " + plain_number(now.front())
                            : plain_number(now.front()) + " to " + plain_number(now.back())) +
           ")";
  }

  static constexpr int kMoreReplicas = 3;
  const Problem& problem_;
  const SolveOptions& options_;
  std::vector<Wider> wider_;
};

}  // namespace

std::vector<std::string> widening(const Problem& problem, const SolveOptions& options) {
  return Widening(problem, options).find();
}

}  // namespace haplan::solver
