#include "planner/warnings.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "model/availability/headroom.hpp"
#include "model/recovery/failover.hpp"
#include "model/recovery/replica.hpp"
#include "model/system/load.hpp"
#include "planner/render/figures.hpp"

namespace haplan::planner {
namespace {

using model::ComponentId;
using model::ComponentType;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return out;
}

std::string count(int n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

/// "1.4", "18": a factor as people say it.
std::string times(double factor) { return significant(factor, factor < 10 ? 2 : 3); }

class Finder {
 public:
  Finder(const Lowered& lowered, const Assessment& assessment)
      : lowered_(lowered), system_(lowered.problem.system), assessment_(assessment) {
    for (model::ServiceId s = 0; s < system_.services.size(); ++s) {
      const auto reach = model::reach_of(system_, s);
      reach_.insert(reach.begin(), reach.end());
    }
    for (const auto& objective : lowered.problem.objectives) {
      if (objective.max_recovery_time)
        recovery_target_ = std::min(recovery_target_, *objective.max_recovery_time);
    }
  }

  std::vector<std::string> run() {
    impossible_placement();
    single_externals();
    shared_claims();
    missing_failover();
    single_instances();
    slow_hangs();
    unseen_failures();
    node_loss();
    pinned_that_move();
    sets_that_move();
    no_zones();
    loose_spread();
    values_alone();
    releases();
    textbook();
    if (!assessment_.stranded.empty())
      say("Headroom depends on luck: there is room for the pods of any one lost node, but in some "
          "order of "
          "their arrival a pod of " +
          assessment_.stranded + " finds no node that takes it.");
    if (!assessment_.stranded_at_start.empty())
      say("The start depends on luck: all pods fit, but in some order of their arrival a pod of " +
          assessment_.stranded_at_start + " finds no node that takes it" +
          (assessment_.pins_for_start.empty()
               ? "."
               : "; with placement: pinned for " + join(assessment_.pins_for_start) +
                     " every order succeeds, and what is pinned starts on no other node after a "
                     "loss."));
    if (!assessment_.evaluation.headroom)
      say("There is no headroom: when a node is lost, not all of its pods fit on the others, so no "
          "rescheduling is counted on.");
    for (const auto& sentence : assessment_.evaluation.warnings) say(sentence);
    if (system_.nodes.size() > 1)
      say("When a lost node returns, nothing moves replicas back: that is a descheduler's job.");
    return std::move(out_);
  }

 private:
  void say(const std::string& sentence) {
    if (std::find(out_.begin(), out_.end(), sentence) == out_.end()) out_.push_back(sentence);
  }

  [[nodiscard]] const model::ComponentPlan& plan(ComponentId id) const {
    return assessment_.deployment.components[id];
  }

  [[nodiscard]] int replicas(ComponentId id) const {
    return model::largest_replicas(system_, plan(id), id);
  }

  [[nodiscard]] const solver::Objective* objective(model::ServiceId service) const {
    for (const auto& o : lowered_.problem.objectives)
      if (o.service == service) return &o;
    return nullptr;
  }

  /// Whether a component works when only `down` is out; remembered for one `down` at a time.
  bool component_survives(ComponentId id, ComponentId down) {
    if (down != remembered_) {
      survival_.assign(system_.components.size(), Survival::unknown);
      remembered_ = down;
    }
    if (survival_[id] == Survival::unknown) {
      const auto& c = system_.components[id];
      const bool up = id != down && (c.type != ComponentType::gate || survives(c.gate, down)) &&
                      survives(c.depends_on, down);
      survival_[id] = up ? Survival::up : Survival::down;
    }
    return survival_[id] == Survival::up;
  }

  /// Whether a requirement still works when only `down` is out.
  bool survives(const model::Requirement& r, ComponentId down) {
    using Kind = model::Requirement::Kind;
    if (r.kind == Kind::component) return component_survives(r.component, down);
    const auto up = std::count_if(r.of.begin(), r.of.end(),
                                  [&](const auto& member) { return survives(member, down); });
    if (r.kind == Kind::all) return up == static_cast<std::ptrdiff_t>(r.of.size());
    return up >= (r.kind == Kind::any ? 1 : r.n);
  }

  /// Figures of a placement that no scheduler can bring about say nothing of the real system.
  void impossible_placement() {
    if (system_.nodes.empty()) return;
    const auto check = model::check_placement(system_, assessment_.deployment);
    if (check.ok || check.why.empty()) return;
    const std::size_t others = check.why.size() - 1;
    say("This placement is impossible: " + check.why.front() +
        (others > 0 ? " (and " + count(static_cast<int>(others), "more reason") + ")" : "") +
        "; figures of it hold on paper only.");
  }

  /// Point 3: one vendor that everything hangs on.
  void single_externals() {
    for (ComponentId id = 0; id < system_.components.size(); ++id) {
      const auto& c = system_.components[id];
      if (c.type != ComponentType::external || !c.external) continue;
      std::vector<std::string> services;
      double budget = 1;
      for (model::ServiceId s = 0; s < system_.services.size(); ++s) {
        if (survives(system_.services[s].requires_, id)) continue;
        services.push_back(system_.services[s].name);
        const auto* o = objective(s);
        if (o != nullptr && o->max_unavailability)
          budget = std::min(budget, *o->max_unavailability);
      }
      if (services.empty()) continue;
      const double u = c.external->unavailability;
      std::string sentence = join(services) + (services.size() == 1 ? " hangs on " : " hang on ") +
                             c.name + " alone, a single external without a fallback: at " +
                             availability_text(u) + " it costs " + duration_text(u * kYear) +
                             " a year";
      if (budget < 1)
        sentence += ", " + times(u / budget) + " times the whole budget of " +
                    availability_text(budget) +
                    "; no number of replicas helps, a second vendor does";
      say(sentence + ".");
    }
  }

  /// Point 1: pods on one claim are one failure domain.
  void shared_claims() {
    for (model::ClaimId claim = 0; claim < system_.claims.size(); ++claim) {
      std::vector<std::string> users;
      std::vector<std::string> idle;
      int pods = 0;
      for (ComponentId id = 0; id < system_.components.size(); ++id) {
        const auto& c = system_.components[id];
        if (c.storage.claim != claim) continue;
        users.push_back(c.name);
        pods += replicas(id);
        if (!reach_.count(id)) idle.push_back(c.name);
      }
      if (pods < 2) continue;
      say("The " + std::to_string(pods) + " pods of " + join(users) + " share the claim \"" +
          system_.claims[claim].name + "\": one disk" +
          (system_.claims[claim].read_write_once ? ", and being ReadWriteOnce one node," : "") +
          " so they are one failure domain.");
      if (!idle.empty())
        say("Nothing promotes " + join(idle) +
            ": without a failover controller its replicas add nothing to write availability.");
    }
  }

  void missing_failover() {
    for (const auto id : reach_) {
      const auto& c = system_.components[id];
      if (c.type != ComponentType::primary_replica || replicas(id) < 2) continue;
      const bool sentinel =
          c.failover && c.failover->controller == model::Controller::redis_sentinel;
      const int sentinels = sentinel ? c.failover->sentinels.value_or(replicas(id)) : 3;
      if (sentinels < 3)
        say(c.name + ": " + count(sentinels, "Sentinel") +
            " have no majority once one is lost, so no failover is counted on; run at least 3.");
      else if (!c.failover || model::effective_success(c, replicas(id)) == 0)
        say(c.name + " has " + std::to_string(replicas(id)) +
            " instances but no failover controller: the replicas add nothing to write "
            "availability.");
    }
  }

  /// Point 2.
  void single_instances() {
    std::vector<std::string> names;
    for (const auto id : reach_)
      if (system_.components[id].replicated() && replicas(id) == 1 && needed(id))
        names.push_back(system_.components[id].name);
    if (names.size() == 1)
      say("Single instance on the request path: " + names[0] +
          "; each of its failures is an outage.");
    if (names.size() > 1)
      say("Single instances on the request path: " + join(names) +
          "; each of their failures is an outage.");
  }

  bool needed(ComponentId id) {
    return std::any_of(system_.services.begin(), system_.services.end(),
                       [&](const auto& service) { return !survives(service.requires_, id); });
  }

  /// Point 5: detection by liveness, then the grace period.
  void slow_hangs() {
    if (std::isinf(recovery_target_)) return;
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto id : reach_) {
      const auto& c = system_.components[id];
      const auto& liveness = plan(id).probes.liveness;
      const bool hangs = std::any_of(c.modes.begin(), c.modes.end(), [](const auto& mode) {
        return mode.detection == model::Detection::liveness && !mode.repair;
      });
      if (!c.replicated() || !liveness || !hangs) continue;
      const double latest = model::detection_worst(*liveness);
      const double earliest = latest - liveness->period;
      const double grace = liveness->grace ? *liveness->grace : c.grace;
      const auto replica = model::replica_model(c, plan(id).probes);
      double worst = latest + grace + c.start;
      if (replica)
        for (const auto& mode : replica->modes)
          if (mode.detection == model::Detection::liveness && mode.worst)
            worst = std::max(worst, *mode.worst);
      if (worst <= recovery_target_) continue;
      found.emplace_back(
          c.name, ": a hang is seen after " + plain_number(earliest) + " to " +
                      plain_number(latest) + " s and then waits up to " + plain_number(grace) +
                      " s of grace period" +
                      (grace > recovery_target_ ? ", itself longer than the target" : "") +
                      "; recovery within " + duration_text(recovery_target_) +
                      " holds only for a pod that ends or is deleted.");
    }
    say_grouped(found);
  }

  void unseen_failures() {
    std::vector<std::string> names;
    for (const auto id : reach_) {
      const auto& c = system_.components[id];
      if (c.replicated() && std::any_of(c.modes.begin(), c.modes.end(), [](const auto& mode) {
            return mode.detection == model::Detection::manual;
          }))
        names.push_back(c.name);
    }
    if (!names.empty())
      say("Nothing automatic ends the manually detected failures of " + join(names) +
          ": they last until someone acts, and no recovery time counts them.");
  }

  /// Point 6.
  void node_loss() {
    if (system_.nodes.empty()) return;
    double back = 0;
    std::vector<std::string> stuck;
    for (const auto id : reach_) {
      const auto& c = system_.components[id];
      if (!c.replicated()) continue;
      if (!c.movable) stuck.push_back(c.name);
      const auto replica = model::replica_model(c, plan(id).probes);
      if (c.movable && replica)
        back =
            std::max(back, system_.node_detection.mean + assessment_.deployment.toleration_seconds +
                               replica->start + replica->ready_mean);
    }
    std::string sentence = "Losing a node is noticed after about " +
                           duration_text(system_.node_detection.mean) + ", whatever the probes say";
    if (back > 0)
      sentence += ", and its pods run elsewhere after about " + duration_text(back) +
                  " (tolerationSeconds " +
                  std::to_string(assessment_.deployment.toleration_seconds) + ")";
    sentence += stuck.empty() ? "."
                              : "; " + join(stuck) + (stuck.size() == 1 ? " returns" : " return") +
                                    " only with the node.";
    say(sentence);
  }

  /// A pinned pod starts on no other node than the plan's, which the figures do not know.
  void pinned_that_move() {
    std::vector<std::string> names;
    for (const auto id : reach_)
      if (system_.components[id].pinned && system_.components[id].movable)
        names.push_back(system_.components[id].name);
    if (!names.empty())
      say("The figures let pods of a lost node start on any other (movable), but " + join(names) +
          (names.size() == 1 ? " is" : " are") +
          " pinned to the nodes of the plan: say movable: false to count on none.");
  }

  /// A StatefulSet has at most one pod of a name, so none is replaced while the old one may still run.
  void sets_that_move() {
    const auto& names = assessment_.sets_that_move;
    if (!names.empty())
      say("The figures let pods of a lost node start on any other (movable), but " + join(names) +
          (names.size() == 1 ? " is" : " are") +
          " deployed as a StatefulSet, whose pods wait until the node is back, removed or tainted "
          "out-of-service: say movable: false where nothing does that.");
  }

  /// A limit that nothing can break says nothing.
  void no_zones() {
    if (!system_.domains.empty()) return;
    for (const auto& objective : lowered_.problem.objectives)
      if (objective.max_zone_loss)
        say(system_.services[objective.service].name +
            ": loss.zone is met because the spec has no zones (cluster.domains).");
  }

  /// Point 4.
  void loose_spread() {
    for (const auto id : reach_) {
      const auto& c = system_.components[id];
      if (!c.replicated() || replicas(id) < 2 || system_.nodes.empty()) continue;
      const bool together = c.storage.claim && system_.claims[*c.storage.claim].read_write_once;
      if (together || (c.spread.hard && c.spread.max_skew < replicas(id))) continue;
      say(c.name + ": without a hard spread rule its " + std::to_string(replicas(id)) +
          " replicas may share one " + c.spread.over +
          ", which 1 - prod(1 - A) does not see; the guaranteed figure does.");
    }
  }

  /// One sentence for all that it is true of: "chat and weather" + text.
  void say_grouped(const std::vector<std::pair<std::string, std::string>>& name_and_text) {
    std::vector<std::string> texts;
    std::map<std::string, std::vector<std::string>> names;
    for (const auto& [name, text] : name_and_text) {
      if (!names.count(text)) texts.push_back(text);
      names[text].push_back(name);
    }
    for (const auto& text : texts) say(join(names[text]) + text);
  }

  void values_alone() {
    if (lowered_.releases.empty()) return;  // nothing is written as values
    std::vector<std::pair<std::string, std::string>> found;
    for (model::ServiceId s = 0; s < assessment_.values_only.size(); ++s) {
      if (s >= assessment_.guaranteed.size()) continue;
      const double more = assessment_.values_only[s].upper - assessment_.guaranteed[s].upper;
      if (more * kYear < 1 || more < 0.01 * assessment_.guaranteed[s].upper) continue;
      found.emplace_back(system_.services[s].name,
                         ": the Helm values alone leave up to " + duration_text(more * kYear) +
                             " a year more downtime than values and patch together; apply the "
                             "patch as well.");
    }
    say_grouped(found);
  }

  /// Point 7.
  void releases() {
    std::vector<std::pair<std::string, std::string>> found;
    for (model::ServiceId s = 0; s < system_.services.size(); ++s) {
      const auto& figures = assessment_.evaluation.services[s];
      double share = 0;
      for (const auto& cause : figures.causes)
        if (cause.kind == model::CauseKind::common_cause) share += cause.share;
      const auto* o = objective(s);
      const bool target = o != nullptr && o->max_unavailability && *o->max_unavailability > 0;
      const double whole = target ? *o->max_unavailability : figures.unavailability.value;
      if (whole <= 0 || share < 0.01 * whole) continue;
      found.emplace_back(system_.services[s].name,
                         ": bad releases and other common causes take " +
                             duration_text(share * kYear) + " a year, " +
                             percent_text(share / whole) + " of the " +
                             (target ? "budget" : "downtime") +
                             "; replicas do not help, smaller exposure and faster rollback do.");
    }
    say_grouped(found);
    std::vector<std::string> without;
    for (const auto id : reach_)
      if (system_.components[id].type == ComponentType::stateless &&
          system_.components[id].common_causes.empty())
        without.push_back(system_.components[id].name);
    if (!without.empty())
      say("No bad releases are counted for " + join(without) +
          ": they usually dominate the budget, and replicas do not help.");
  }

  void textbook() {
    std::vector<std::pair<std::string, std::string>> found;
    for (model::ServiceId s = 0; s < system_.services.size(); ++s) {
      const auto& figures = assessment_.evaluation.services[s];
      const double u = figures.unavailability.value;
      const double off = figures.independent - u;
      if (std::abs(off) < 0.02 * u || std::abs(off) * kYear < 1) continue;
      found.emplace_back(system_.services[s].name,
                         ": the textbook formula 1 - prod(1 - A) gives " +
                             availability_text(figures.independent) + ", which is " +
                             duration_text(std::abs(off) * kYear) + " a year too " +
                             (off < 0 ? "optimistic" : "pessimistic") + ".");
    }
    say_grouped(found);
  }

  const Lowered& lowered_;
  const model::System& system_;
  const Assessment& assessment_;
  enum class Survival { unknown, up, down };
  ComponentId remembered_ = static_cast<ComponentId>(-1);
  std::vector<Survival> survival_;
  std::set<ComponentId> reach_;
  double recovery_target_ = INFINITY;
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> warnings_for(const Lowered& lowered, const Assessment& assessment) {
  return Finder(lowered, assessment).run();
}

}  // namespace haplan::planner
