#include <algorithm>

#include "model/simulate/process.hpp"

/// Replicas that are really placed: evicted from lost and drained nodes, bound where there is room.
namespace haplan::model {

/// [s] by which a loss is noticed later than on average: the node monitor looks every 5 s, and the last lease is up to
/// 10.4 s old.
double Process::draw_notice() {
  const NodeDetection& detection = layout_->system.node_detection;
  const double width = 2.0 * (detection.worst - detection.mean);
  PhiloxStream& stream = streams_[slots_.ages];
  const double drawn = (5.0 * stream.uniform() + 10.4 * stream.uniform()) / 15.4;
  return width * (drawn - 0.5);
}

void Process::node_lost(std::uint32_t node) {
  const double noticed =
      layout_->system.node_detection.mean + notice_[node] + layout_->deployment.toleration_seconds;
  for (std::uint32_t r = 0; r < place_.size(); ++r) {
    const bool movable = layout_->system.components[layout_->replicas[r].component].movable;
    if (place_[r] == node && movable) set_pod(r, Pod::running, node, now_ + noticed);
  }
}

void Process::node_returned(std::uint32_t node) {
  for (std::uint32_t r = 0; r < place_.size(); ++r)
    if (place_[r] == node && pod_[r] == Pod::running) {
      due_[r] = 0;
      clocks_.set(slots_.pods + r, kNever);
    }
  if (drained_ != node) return_pods(node);
}

/// A node may be used again.
void Process::return_pods(std::uint32_t node) {
  if (layout_->assumptions.instant_rebalancing && reachable_[node] != 0)
    for (const std::uint32_t r : layout_->home[node])
      if (place_[r] != node) set_pod(r, Pod::running, node, kNever);
  update_places(node);
  bind_pending();
}

void Process::set_pod(std::uint32_t r, Pod pod, std::uint32_t place, double due) {
  if (pod_[r] == Pod::starting) --failed_;
  if (pod == Pod::starting) ++failed_;
  pod_[r] = pod;
  place_[r] = place;
  due_[r] = 0;
  clocks_.set(slots_.pods + r, due);
  update_place(r);
}

/// A replica that the level adds.
void Process::place_new(std::uint32_t r) {
  const std::uint32_t home = layout_->replicas[r].home;
  const bool at_home =
      layout_->assumptions.instant_rebalancing && reachable_[home] != 0 && home != drained_;
  const std::uint32_t node = at_home ? home : choose_node(r);
  set_pod(r, node == kNowhere ? Pod::pending : Pod::running, node, kNever);
}

/// Replicas that share a node go first when there are too many: those that stay change places with them.
void Process::keep_spread(std::uint32_t component, int keep) {
  if (layout_->assumptions.instant_rebalancing || layout_->system.nodes.empty()) return;
  const std::uint32_t first = layout_->first_replica[component];
  const std::uint32_t stay = first + static_cast<std::uint32_t>(keep);
  const std::uint32_t end = first + static_cast<std::uint32_t>(count_[component]);
  const auto kept_on = [&](std::uint32_t node) {
    return std::count(place_.begin() + first, place_.begin() + stay, node);
  };
  for (std::uint32_t r = first; r < stay; ++r) {
    if (pod_[r] != Pod::running || place_[r] == kNowhere || kept_on(place_[r]) < 2) continue;
    for (std::uint32_t other = stay; other < end; ++other) {
      const bool better = pod_[other] == Pod::running && place_[other] != kNowhere &&
                          place_bad_[other] == 0 && kept_on(place_[other]) == 0;
      if (!better) continue;
      const std::uint32_t node = place_[r];
      set_pod(r, Pod::running, place_[other], kNever);
      set_pod(other, Pod::running, node, kNever);
      break;
    }
  }
}

bool Process::exists(std::uint32_t r) const {
  const Replica& replica = layout_->replicas[r];
  return static_cast<int>(replica.index) < count_[replica.component];
}

void Process::pod_due(std::uint32_t r) {
  clocks_.set(slots_.pods + r, kNever);
  if (pod_[r] == Pod::starting) {
    set_pod(r, Pod::running, place_[r], kNever);
  } else {
    evict(r);
  }
}

void Process::evict(std::uint32_t r) {
  if (!exists(r)) return;
  due_[r] = may_evict(r) ? 0 : 1;
  if (due_[r] != 0) return;
  const ComponentId id = layout_->replicas[r].component;
  const Component& component = layout_->system.components[id];
  const ReplicaTimes& times = layout_->times[id];
  const double attach =
      component.storage.kind == StorageKind::network ? component.storage.reattach : 0.0;
  bind(r, attach + times.start + times.ready_mean);
}

void Process::bind(std::uint32_t r, double delay) {
  const std::uint32_t node = choose_node(r);
  if (node == kNowhere)
    set_pod(r, Pod::pending, kNowhere, kNever);
  else
    set_pod(r, Pod::starting, node, now_ + delay);
}

/// What waits for room or for leave tries again.
void Process::bind_pending() {
  for (std::uint32_t r = 0; r < place_.size(); ++r)
    if (exists(r) && (pod_[r] == Pod::pending || due_[r] != 0)) evict(r);
}

/// With many nodes lost at once evictions stop; with one zone that is half of them and more than two.
bool Process::may_evict(std::uint32_t r) const {
  const Assumptions& assume = layout_->assumptions;
  if (drained_ != kNowhere && assume.drains_ignore_failures && pod_[r] != Pod::pending)
    return false;
  if (assume.one_lost_node)
    return pod_[r] == Pod::pending ||
           (layout_->headroom && unreachable_ == 1 && blocked_[unreachable_sum_] == 0);
  constexpr double kMostLost = 0.55;
  const auto nodes = static_cast<double>(reachable_.size());
  return unreachable_ <= 2 || unreachable_ < kMostLost * nodes;
}

void Process::drain_pods() {
  for (std::uint32_t r = 0; r < place_.size(); ++r) {
    if (place_[r] != drained_ || pod_[r] == Pod::pending || !exists(r)) continue;
    const ComponentId id = layout_->replicas[r].component;
    if (!layout_->system.components[id].movable) continue;
    const std::uint32_t node = choose_node(r);
    if (node != kNowhere) set_pod(r, Pod::starting, node, now_ + layout_->times[id].settle);
  }
  update_places(drained_);
}

bool Process::may_hold(std::uint32_t component, std::uint32_t node) const {
  const std::vector<NodeId>& allowed = layout_->system.components[component].allowed;
  return reachable_[node] != 0 && node != drained_ &&
         std::binary_search(allowed.begin(), allowed.end(), NodeId{node});
}

bool Process::fits(std::uint32_t component, std::uint32_t node) const {
  const RoomTable& room = layout_->room;
  for (std::size_t i = 0; i < room.capacity[node].size(); ++i) {
    const std::int64_t asked = room.request[component][i];
    if (asked == 0) continue;
    std::int64_t used = layout_->bystanders[node][i];
    for (std::uint32_t r = 0; r < place_.size(); ++r) {
      if (place_[r] == node && exists(r)) used += room.request[layout_->replicas[r].component][i];
    }
    if (used + asked > room.capacity[node][i]) return false;
  }
  return true;
}

/// The emptiest node of the emptiest spread domain that may take one more; lost and drained nodes do not count.
std::uint32_t Process::choose_node(std::uint32_t r) const {
  const std::uint32_t c = layout_->replicas[r].component;
  const Component& component = layout_->system.components[c];
  const std::vector<std::uint32_t>& domain = layout_->spread[c];
  const bool together = stands_together(layout_->system, component);
  const bool hard = component.spread.hard && !together;
  const auto others_in = [&](auto&& inside) {
    int others = 0;
    for (std::uint32_t i = 0; i < layout_->replica_count[c]; ++i) {
      const std::uint32_t other = layout_->first_replica[c] + i;
      const std::uint32_t at = place_[other];
      if (other != r && exists(other) && at != kNowhere && inside(at)) ++others;
    }
    return others;
  };
  const auto in_domain = [&](std::uint32_t node) {
    return others_in([&](std::uint32_t at) { return domain[at] == domain[node]; });
  };
  int least = std::numeric_limits<int>::max();
  for (std::uint32_t node = 0; node < reachable_.size(); ++node)
    if (may_hold(c, node) && domain[node] != kNowhere) least = std::min(least, in_domain(node));
  std::uint32_t best = kNowhere;
  std::pair<int, int> fewest{};
  for (std::uint32_t node = 0; node < reachable_.size(); ++node) {
    if (!may_hold(c, node) || (hard && domain[node] == kNowhere) || !fits(c, node)) continue;
    if (hard && in_domain(node) + 1 - least > component.spread.max_skew) continue;
    std::pair<int, int> count{domain[node] == kNowhere ? 0 : in_domain(node),
                              others_in([&](std::uint32_t at) { return at == node; })};
    if (together) count = {-count.second, 0};  // where the others are
    if (best == kNowhere || count < fewest) {
      best = node;
      fewest = count;
    }
  }
  return best;
}

}  // namespace haplan::model
