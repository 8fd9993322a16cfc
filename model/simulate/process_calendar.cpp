#include <algorithm>

#include "model/simulate/process.hpp"

/// Load levels and drains.
namespace haplan::model {

void Process::start_calendar() {
  const Layout& layout = *layout_;
  const bool memoryless = layout.assumptions.memoryless_calendar;
  PhiloxStream& stream = streams_[slots_.level_up];
  double draw = stream.uniform();
  level_ = 0;
  while (level_ + 1 < layout.system.levels.size() && draw >= layout.system.levels[level_].share) {
    draw -= layout.system.levels[level_].share;
    ++level_;
  }
  for (LevelId level = 0; level < gap_.size(); ++level) {
    const LevelClock& clock = layout.level_clocks[level];
    stay_[level] = clock.below ? clock.stay * stream.uniform() : kNever;
    gap_[level] = memoryless ? exponential(slots_.level_up, clock.mean_gap)
                             : clock.mean_gap * stream.uniform();
  }
  for (std::uint32_t r = 0; r < ramp_short_.size(); ++r) begin_ramp(r);
  arrive_at(level_);
  if (!layout.system.drain) return;
  const Drain& drain = *layout.system.drain;
  const auto nodes = static_cast<double>(layout.system.nodes.size());
  PhiloxStream& chance = streams_[slots_.drain];
  drain_turn_ = static_cast<std::uint32_t>(chance.uniform() * nodes);
  if (chance.uniform() < nodes * drain.per_node / drain.every)
    begin_drain(drain_turn_, drain.per_node * chance.uniform());
  else if (memoryless)
    schedule_drain();
  else
    clocks_.set(slots_.drain, (drain.every / nodes - drain.per_node) * chance.uniform());
}

// ---- load levels -------------------------------------------------------------------------------

void Process::leave_level() {
  settle();
  const double spent = now_ - arrived_;
  for (const LevelId above : layout_->level_clocks[level_].above)
    gap_[above] = std::max(0.0, gap_[above] - spent);
  if (layout_->level_clocks[level_].below) stay_[level_] = std::max(0.0, stay_[level_] - spent);
  for (std::uint32_t r = 0; r < ramp_short_.size(); ++r)
    if (layout_->ramps[r].level == level_) {
      if (ramp_short_[r] != 0)
        add_bad(layout_->gates.of_component[layout_->ramps[r].component], -1);
      clocks_.set(slots_.ramps + r, kNever);
    }
}

void Process::arrive_at(LevelId level) {
  level_ = level;
  arrived_ = now_;
  const LevelClock& clock = layout_->level_clocks[level];
  double next = kNever;
  for (const LevelId above : clock.above) next = std::min(next, gap_[above]);
  clocks_.set(slots_.level_up, now_ + next);
  clocks_.set(slots_.level_back, clock.below ? now_ + stay_[level] : kNever);
  for (std::uint32_t r = 0; r < ramp_short_.size(); ++r)
    if (layout_->ramps[r].level == level) {
      if (ramp_short_[r] != 0) add_bad(layout_->gates.of_component[layout_->ramps[r].component], 1);
      schedule_ramp(r);
    }
  clocks_.set(slots_.ramp_step, kNever);
  apply_level();
  if (layout_->credit) place_drained();
}

void Process::enter_level(LevelId level) {
  leave_level();
  const LevelClock& clock = layout_->level_clocks[level];
  gap_[level] = layout_->assumptions.memoryless_calendar
                    ? exponential(slots_.level_up, clock.mean_gap)
                    : clock.mean_gap;
  stay_[level] = clock.stay;
  // At the entry itself every component with a ramp is short of replicas.
  std::vector<std::uint8_t>& is_short = ramp_short_;
  for (std::uint32_t r = 0; r < is_short.size(); ++r) {
    if (layout_->ramps[r].level != level) continue;
    begin_ramp(r);
    if (is_short[r] == 0) is_short[r] = 2;
  }
  arrive_at(level);
  ramp_at_ = 0;
  if (!layout_->ramp_steps[level].empty()) play_ramp_steps();
  if (primaries_dirty_) check_primaries();
  if (dirty_) commit(Counted::yes, &clock.counts);
  for (std::uint32_t r = 0; r < is_short.size(); ++r)
    if (is_short[r] == 2) {
      is_short[r] = 0;
      add_bad(layout_->gates.of_component[layout_->ramps[r].component], -1);
    }
  finish(Counted::no);
}

void Process::return_from_level() {
  leave_level();
  const LevelId below = *layout_->level_clocks[level_].below;
  arrive_at(below);
}

void Process::apply_level() {
  const Layout& layout = *layout_;
  const Demand& demand = layout.demand;
  for (const std::uint32_t c : layout.varying)
    if (count_[c] != demand.replicas[level_][c] || need_[c] != demand.need[level_][c])
      set_counts(c, demand.need[level_][c], demand.replicas[level_][c]);
  for (const std::uint32_t e : layout.level_factors) {
    const ComponentFactor& factor = layout.factors[layout.elements[e].subject];
    const std::uint8_t active = factor.replicas == demand.replicas[level_][factor.component];
    if (active == active_[e]) continue;
    active_[e] = active;
    if (up_[e] == 0) set_gate_inputs(e, active == 0);
  }
}

// ---- ramps -------------------------------------------------------------------------------------

/// When in a stay in its level a ramp is short of replicas: of several ramps of a level the first one is so right after
/// the entry, the others as long but at random, because MODEL takes them as independent.
void Process::begin_ramp(std::uint32_t r) {
  const Ramp& ramp = layout_->ramps[r];
  const double stay = layout_->level_clocks[ramp.level].stay;
  const double length = std::min(ramp.length, stay);
  const double from = ramp.first ? 0.0 : stay * streams_[slots_.ramps + r].uniform();
  const bool wraps = from + length > stay;
  const bool at_once = ramp.first || wraps;
  ramp_short_[r] = at_once ? 1 : 0;
  ramp_next_[r] = !at_once ? from : wraps ? from + length - stay : from + length;
  ramp_then_[r] = !at_once ? from + length : wraps ? from : kNever;
  const double position = stay - stay_[ramp.level];  // later than the entry at the start of a path
  while (ramp_next_[r] < position) {
    ramp_short_[r] = ramp_short_[r] != 0 ? 0 : 1;
    ramp_next_[r] = ramp_then_[r];
    ramp_then_[r] = kNever;
  }
}

void Process::schedule_ramp(std::uint32_t r) {
  const LevelId level = layout_->ramps[r].level;
  const double position = layout_->level_clocks[level].stay - stay_[level];
  clocks_.set(slots_.ramps + r, arrived_ + (ramp_next_[r] - position));
}

void Process::set_ramp(std::uint32_t r, bool is_short) {
  if (is_short == (ramp_short_[r] != 0)) return;
  ramp_short_[r] = is_short ? 1 : 0;
  add_bad(layout_->gates.of_component[layout_->ramps[r].component], is_short ? 1 : -1);
}

void Process::toggle_ramp(std::uint32_t r) {
  set_ramp(r, ramp_short_[r] == 0);
  ramp_next_[r] = ramp_then_[r];
  ramp_then_[r] = kNever;
  schedule_ramp(r);
}

/// Steps of the entry that are due; the level's own counts hold after the last.
void Process::play_ramp_steps() {
  const std::vector<RampStep>& steps = layout_->ramp_steps[level_];
  for (; ramp_at_ < steps.size() && arrived_ + steps[ramp_at_].at <= now_; ++ramp_at_)
    set_counts(steps[ramp_at_].component, steps[ramp_at_].need, steps[ramp_at_].replicas);
  const bool more = ramp_at_ < steps.size();
  clocks_.set(slots_.ramp_step, more ? arrived_ + steps[ramp_at_].at : kNever);
}

// ---- drains ------------------------------------------------------------------------------------

void Process::schedule_drain() {
  const Drain& drain = *layout_->system.drain;
  const auto nodes = static_cast<double>(layout_->system.nodes.size());
  const double gap = drain.every / nodes - drain.per_node;
  clocks_.set(
      slots_.drain,
      now_ + (layout_->assumptions.memoryless_calendar ? exponential(slots_.drain, gap) : gap));
}

void Process::begin_drain(std::uint32_t node, double elapsed) {
  const std::vector<double>& ends = layout_->settles[node];
  drained_ = node;
  ++failed_;
  drain_began_ = now_ - elapsed;
  drain_stage_ = 0;
  while (drain_stage_ < ends.size() && ends[drain_stage_] <= elapsed) ++drain_stage_;
  const double end =
      drain_stage_ < ends.size() ? ends[drain_stage_] : layout_->system.drain->per_node;
  clocks_.set(slots_.drain, drain_began_ + end);
  planned_ = true;
  set_reach(node);
  if (layout_->credit) {
    place_drained();
    update_credit();
  } else {
    drain_stage_ = static_cast<std::uint32_t>(ends.size());
    clocks_.set(slots_.drain, drain_began_ + layout_->system.drain->per_node);
    drain_pods();
  }
  check_primaries();
  planned_ = false;
}

void Process::drain_event() {
  const Layout& layout = *layout_;
  if (drained_ == kNowhere) {
    constexpr double kRetry = 60.0;  // [s] until who waits for lost nodes looks again
    if (unreachable_ > 0 && !layout.assumptions.drains_ignore_failures) {
      clocks_.set(slots_.drain, now_ + kRetry);
      return;
    }
    const std::size_t nodes = layout.system.nodes.size();
    drain_turn_ = layout.assumptions.memoryless_calendar
                      ? static_cast<std::uint32_t>(streams_[slots_.drain].uniform() *
                                                   static_cast<double>(nodes))
                      : static_cast<std::uint32_t>((drain_turn_ + 1) % nodes);
    begin_drain(drain_turn_, 0.0);
    finish(Counted::yes);
    return;
  }
  const std::vector<double>& ends = layout.settles[drained_];
  if (drain_stage_ < ends.size()) {
    ++drain_stage_;
    const double end =
        drain_stage_ < ends.size() ? ends[drain_stage_] : layout.system.drain->per_node;
    clocks_.set(slots_.drain, drain_began_ + end);
    place_drained();
    finish(Counted::no);
    return;
  }
  const std::uint32_t node = drained_;
  if (layout.credit)
    for (const std::uint32_t r : layout.home[node]) place_[r] = node;
  drained_ = kNowhere;
  --failed_;
  set_reach(node);
  if (layout.credit)
    for (const std::uint32_t r : layout.home[node]) update_place(r);
  else
    return_pods(node);
  update_credit();
  schedule_drain();
  finish(Counted::no);
}

}  // namespace haplan::model
