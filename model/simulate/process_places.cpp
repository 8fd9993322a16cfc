#include <algorithm>

#include "model/simulate/process.hpp"

/// Nodes, what is around them, and the replicas on them.
namespace haplan::model {

void Process::node_changed(std::uint32_t node, bool up) {
  const std::vector<double>& ages = layout_->ages[node];
  const std::uint32_t clock = slots_.ages + node;
  if (layout_->elements[layout_->node_element + node].lost) {
    age_[node] = static_cast<std::uint32_t>(ages.size());
  } else {
    age_[node] = 0;
    if (!up && !layout_->assumptions.mean_detection) notice_[node] = draw_notice();
    const double first = ages.empty() ? kNever : std::max(0.0, ages.front() + notice_[node]);
    clocks_.set(clock, up ? kNever : now_ + first);
  }
  set_reach(node);
  update_credit();
}

void Process::age_node(std::uint32_t node) {
  const std::vector<double>& ages = layout_->ages[node];
  const std::uint32_t stage = age_[node]++;
  const bool more = age_[node] < ages.size();
  clocks_.set(slots_.ages + node, more ? now_ + (ages[age_[node]] - ages[stage]) : kNever);
  update_credit();
}

void Process::domain_changed(std::uint32_t domain, bool up) {
  for (const std::uint32_t node : layout_->beneath[domain]) {
    blocked_[node] += up ? -1 : 1;
    set_reach(node);
  }
  update_credit();
}

void Process::set_reach(std::uint32_t node) {
  // A node that is drained counts as up itself.
  const bool own = up_[layout_->node_element + node] != 0 || drained_ == node;
  const std::uint8_t reachable = own && blocked_[node] == 0 ? 1 : 0;
  if (reachable == reachable_[node]) return;
  reachable_[node] = reachable;
  unreachable_ += reachable != 0 ? -1U : 1U;
  unreachable_sum_ += reachable != 0 ? -node : node;
  update_places(node);
  if (layout_->credit) return;
  if (reachable != 0)
    node_returned(node);
  else
    node_lost(node);
}

void Process::update_places(std::uint32_t node) {
  if (!layout_->credit) {
    for (std::uint32_t r = 0; r < place_.size(); ++r)
      if (place_[r] == node) update_place(r);
    return;
  }
  for (const std::uint32_t r : layout_->home[node])
    if (place_[r] == node) update_place(r);
  if (drained_ == kNowhere) return;
  for (const std::uint32_t r : layout_->home[drained_])
    if (place_[r] == node) update_place(r);
}

void Process::update_place(std::uint32_t r) {
  const std::uint32_t node = place_[r];
  bool good = node != kNowhere && reachable_[node] != 0;
  if (!good && node != kNowhere && node == credited_)
    good = credited_age_ >= layout_->replicas[r].serves_from;
  if (!layout_->credit) good = good && pod_[r] == Pod::running && node != drained_;
  if (good == (place_bad_[r] == 0)) return;
  place_bad_[r] = good ? 0 : 1;
  replica_bad(r, good ? -1 : 1);
  if (!layout_->assumptions.undisturbed_replicas) freeze(r, !good);
}

/// A replica that does not run neither fails nor recovers; it starts anew.
void Process::freeze(std::uint32_t r, bool frozen) {
  const Element& element = layout_->elements[r];
  if (element.rate <= 0.0) return;
  if (!frozen) {
    clocks_.set(r, now_ + exponential(r, element.mean_up));
    return;
  }
  clocks_.set(r, kNever);
  if (up_[r] != 0) return;
  up_[r] = 1;
  --failed_;
  replica_bad(r, -1);
}

void Process::update_credit() {
  if (!layout_->credit || !layout_->headroom) return;
  std::uint32_t node = kNowhere;
  const bool meanwhile = drained_ == kNowhere || !layout_->assumptions.drains_ignore_failures;
  if (meanwhile && unreachable_ == 1 && blocked_[unreachable_sum_] == 0) node = unreachable_sum_;
  const std::uint32_t age = node == kNowhere ? 0 : age_[node];
  if (node == credited_ && age == credited_age_) return;
  const std::uint32_t before = credited_;
  credited_ = node;
  credited_age_ = age;
  if (before != kNowhere && before != node) update_places(before);
  if (node != kNowhere) update_places(node);
}

void Process::place_drained() {
  if (drained_ == kNowhere) return;
  const auto home = layout_->home[drained_];
  for (std::size_t i = 0; i < home.size(); ++i) {
    const std::uint32_t r = home[i];
    const bool settled = drain_stage_ >= layout_->replicas[r].settles_from;
    place_[r] = settled ? layout_->moves[level_][drained_][i] : kNowhere;
    update_place(r);
  }
}

}  // namespace haplan::model
