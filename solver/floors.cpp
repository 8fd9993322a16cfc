#include "solver/floors.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/service_levels.hpp"
#include "model/availability/stages.hpp"
#include "model/recovery/failover.hpp"
#include "solver/options.hpp"
#include "solver/phrases.hpp"

namespace haplan::solver {

using namespace model;

namespace {

struct Part {
  std::string name;
  double time = 0.0;  ///< [s]
};

/// "detection 11 s + stop 30 s", parts of zero left out.
std::string sum_of(const std::vector<Part>& parts) {
  std::vector<double> times;
  for (const Part& part : parts) times.push_back(part.time);
  const auto texts = durations_text(times, UnitOf::smallest);
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].time > 0.0) text += (text.empty() ? "" : " + ") + parts[i].name + " " + texts[i];
  return text;
}

/// "; start alone exceeds the limit", of the parts that do.
std::string alone_too_long(const std::vector<Part>& parts, double limit) {
  std::string names;
  for (const Part& part : parts)
    if (!within(part.time, limit)) names += (names.empty() ? "" : " or ") + part.name;
  return names.empty() ? "" : "; " + names + " alone exceeds the limit";
}

const Part& longest(const std::vector<Part>& parts) {
  return *std::ranges::max_element(parts, {}, &Part::time);
}

class Floors {
 public:
  Floors(const Problem& problem, const Deployment& deployment, const Evaluation& evaluation,
         const ObjectiveCheck& check)
      : system_(problem.system),
        deployment_(deployment),
        figures_(evaluation.services[check.service]),
        check_(check) {}

  Floor find() const {
    if (check_.field == "recoveryTime") return recovery();
    if (check_.field == "loss.node") return node_loss();
    if (check_.field == "responseTime") return response();
    if (check_.field == "dataLoss") return data_loss();
    if (check_.field == "errorRate") return error_ratio();
    return {};
  }

 private:
  Floor recovery() const {
    if (!figures_.recovery) return {};
    const ComponentId c = figures_.recovery->component;
    const Component& component = system_.components[c];
    const auto replica = replica_model(component, deployment_.components[c].probes);
    if (!replica) return {};
    const auto mode = std::ranges::find(replica->modes, figures_.recovery->mode, &ModeOutage::name);
    if (mode == replica->modes.end() || !mode->worst) return {};
    const auto& liveness = deployment_.components[c].probes.liveness;
    const bool hang = mode->detection == Detection::liveness && liveness;
    const double detection = hang ? detection_worst(*liveness) : 1.0;
    const std::vector<Part> parts = {
        {"detection", detection},
        {"stop", *mode->worst - detection - replica->start - replica->ready_worst},
        {"start", replica->start},
        {"readiness", replica->ready_worst}};
    const std::string what = "mode " + mode->name + " of " + component.name;
    Floor floor{what + " takes " + sum_of(parts) + alone_too_long(parts, check_.target), {}};
    const bool one_is = std::ranges::any_of(
        parts, [this](const Part& part) { return !within(part.time, check_.target); });
    for (const Part& part : parts) {
      if (one_is ? within(part.time, check_.target) : part.name != longest(parts).name) continue;
      floor.remedy += (floor.remedy.empty() ? "" : ", and ") + quicker(part.name, component);
    }
    return floor;
  }

  static std::string quicker(const std::string& part, const Component& component) {
    if (part == "detection") return "a quicker liveness probe of " + component.name;
    if (part == "stop")
      return "a shorter terminationGracePeriodSeconds of " + component.name +
             ", or a process that ends on SIGTERM (ignoresSigterm: false, shutdown)";
    if (part == "start") return "a faster start of " + component.name;
    return "a quicker readiness probe of " + component.name;
  }

  Floor node_loss() const {
    const auto worst = std::ranges::max_element(figures_.node_losses, {}, &NodeLoss::until_up);
    if (worst == figures_.node_losses.end()) return {};
    const auto c = std::ranges::find(system_.components, worst->decided_by, &Component::name);
    if (c == system_.components.end()) return {};
    const std::string lost = "losing " + system_.nodes[worst->node].name;
    const std::string enough = "enough replicas of " + c->name + " on other nodes";
    if (worst->already_down)
      return {c->name + " has fewer replicas than it needs before anything is lost", enough};
    if (worst->is_mean)
      return {lost + " takes " + c->name + " away until the node is repaired" +
                  (std::isinf(worst->until_up)
                       ? ", of which the spec gives no time"
                       : " (" + duration_text(worst->until_up) + " on average)"),
              enough};
    const auto id = static_cast<ComponentId>(c - system_.components.begin());
    const auto replica = replica_model(*c, deployment_.components[id].probes);
    if (!replica) return {};
    const double tau = reschedule_delay_worst(system_, deployment_, id, *replica);
    if (c->movable && worst->until_up == tau) {
      std::vector<Part> parts = {
          {"node detection", system_.node_detection.worst},
          {"tolerationSeconds", static_cast<double>(deployment_.toleration_seconds)},
          {"start", replica->start},
          {"readiness", replica->ready_worst}};
      if (c->storage.kind == StorageKind::network)
        parts.push_back({"reattaching the volume", c->storage.reattach});
      return {
          lost + " moves " + c->name + ": " + sum_of(parts) + alone_too_long(parts, check_.target),
          enough};
    }
    return {lost + " makes " + c->name + " fail over, at worst in " +
                duration_text(worst->until_up) + " with the quickest settings",
            "quicker settings or another controller for the failover of " + c->name};
  }

  Floor response() const {
    std::vector<Part> parts;
    double sum = 0.0;
    for (const ComponentId c : path_of(system_, check_.service)) {
      const double time = system_.components[c].service_time.value();
      if (time <= 0.0) continue;
      parts.push_back({system_.components[c].name, time});
      sum += time;
    }
    if (parts.empty()) return {};
    std::ranges::stable_sort(parts, std::ranges::greater{}, &Part::time);
    const std::string& first = parts.front().name;
    if (!within(sum, check_.target))
      return {"the service times on the path alone are " + sum_of(parts),
              "a shorter serviceTime of " + first};
    return {"service times without any waiting are " + duration_text(sum) + " (" + sum_of(parts) +
                "); the rest is waiting for busy replicas",
            "more replicas or throughput of what is busy, or less load"};
  }

  Floor data_loss() const {
    for (const ComponentId c : reach_of(system_, check_.service)) {
      const Component& component = system_.components[c];
      if (!component.replication || component.replication->mode != Replication::Mode::async ||
          component.replication->lag != check_.actual)
        continue;
      return {component.name + " replicates asynchronously with a lag of " +
                  duration_text(check_.actual) + ", which a failover loses",
              "replication of " + component.name + " with mode sync, or a lag of at most " +
                  duration_text(check_.target)};
    }
    return {};
  }

  Floor error_ratio() const {
    double largest = 0.0;
    std::string who;
    for (const ComponentId c : path_of(system_, check_.service)) {
      const Component& component = system_.components[c];
      if (!component.replicated()) continue;
      const Probes& probes = deployment_.components[c].probes;
      const auto replica = replica_model(component, probes);
      if (!replica) continue;
      double share = own_exposure(system_, *replica, probes);
      const auto& nodes = deployment_.components[c].nodes;
      for (const NodeId node : nodes)
        share += node_exposure(system_, node) / static_cast<double>(nodes.size());
      share *= 1.0 - component.retry;
      if (share <= largest) continue;
      largest = share;
      who = component.name;
    }
    const double down = figures_.unavailability.value;
    const double windows = std::max(0.0, check_.actual - down);
    constexpr double kNothing = 1e-3;
    Floor floor{(down < kNothing * windows
                     ? std::string("requests to")
                     : "outages fail " + percent_text(down) + " of the requests, and requests to") +
                    " replicas that traffic does not avoid yet " + percent_text(windows),
                {}};
    if (down >= windows || who.empty()) {
      floor.remedy = "less downtime of " + system_.services[check_.service].name +
                     ": outages are most of its failed requests";
      return floor;
    }
    floor.sentence += " (most of it " + who + ": " + percent_text(largest) + ")";
    floor.remedy = "a readiness probe of " + who +
                   " that reacts faster, rarer failures of it, or retries (retry)";
    return floor;
  }

  const System& system_;
  const Deployment& deployment_;
  const ServiceFigures& figures_;
  const ObjectiveCheck& check_;
};

}  // namespace

Floor floor_of(const Problem& problem, const Deployment& deployment, const Evaluation& evaluation,
               const ObjectiveCheck& check) {
  return Floors(problem, deployment, evaluation, check).find();
}

}  // namespace haplan::solver
