#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/simulate/process.hpp"

/// Failure biasing: a likelihood ratio keeps the expectations.
namespace haplan::model {

void Process::play_cycle_biased(double push) {
  HAPLAN_EXPECTS(push >= 0.0 && push < 1.0);
  if (layout_->failable == 0) return;
  settle();
  weight_ = 1.0;
  fallen_ = false;
  const std::uint32_t bias = slots_.count;
  const auto elements = static_cast<std::uint32_t>(layout_->elements.size());
  // Where no service goes down, pushing on and on would never let a cycle end.
  constexpr int kMostPushed = 8;
  int pushed = 0;
  bool away = failed_ > 0;
  while (!away || failed_ > 0) {
    double next_repair = kNever;
    if (failed_ > 0 && pushed < kMostPushed && !fallen_ && exposed_ > 0 && push > 0.0)
      for (std::uint32_t e = 0; e < elements; ++e)
        if (up_[e] == 0) next_repair = std::min(next_repair, clocks_.at(e));
    const double left = next_repair - now_;
    settle();
    push_rate_ = left > 0.0 && next_repair < kNever ? -std::log1p(-push) / left : 0.0;
    const double share = push_rate_ / static_cast<double>(std::max<std::int64_t>(1, exposed_));
    std::uint32_t slot = clocks_.first_entity();
    double extra = kNever;
    if (push_rate_ > 0.0) extra = now_ + exponential(bias, 1.0 / push_rate_);
    if (extra < clocks_.first_time()) {
      do slot = static_cast<std::uint32_t>(streams_[bias].uniform() * elements);
      while (up_[slot] == 0 || clocks_.at(slot) == kNever);
      now_ = extra;
      ++pushed;
    } else {
      now_ = clocks_.first_time();
    }
    HAPLAN_EXPECTS(now_ < kNever);
    settle();
    const bool fails = slot < elements && up_[slot] != 0;
    if (fails && push_rate_ > 0.0) {
      const double rate = layout_->elements[slot].rate;
      weight_ *= rate / (rate + share);
    }
    push_rate_ = 0.0;
    ++tally_.events;
    dispatch(slot);
    away = away || failed_ > 0;
  }
  settle();
  tally_.cycles += weight_;
  weight_ = 1.0;
}

void Process::restream(std::uint64_t path) {
  for (std::uint32_t slot = 0; slot < streams_.size(); ++slot)
    streams_[slot] = PhiloxStream(seed_, path, slot);
  for (std::uint32_t e = 0; e < layout_->elements.size(); ++e)
    if (up_[e] != 0 && clocks_.at(e) < kNever)
      clocks_.set(e, now_ + exponential(e, layout_->elements[e].mean_up));
  for (std::uint32_t c = 0; c < layout_->chains.size(); ++c) {
    const StateChain& chain = *layout_->system.components[layout_->chains[c]].chain;
    double rate = 0.0;
    for (const ChainTransition& t : chain.transitions)
      rate += t.from == chain_state_[c] ? t.rate : 0.0;
    const std::uint32_t slot = slots_.chains + c;
    if (rate > 0.0) clocks_.set(slot, now_ + exponential(slot, 1.0 / rate));
  }
  if (!layout_->assumptions.memoryless_calendar) return;
  if (layout_->system.drain && drained_ == kNowhere) schedule_drain();
  double next = kNever;
  for (LevelId level = 0; level < gap_.size(); ++level) {
    const LevelClock& clock = layout_->level_clocks[level];
    if (!clock.below) continue;
    gap_[level] = exponential(slots_.level_up, clock.mean_gap);
    if (*clock.below != level_) continue;
    gap_[level] += now_ - arrived_;
    next = std::min(next, gap_[level]);
  }
  if (next < kNever) clocks_.set(slots_.level_up, arrived_ + next);
}

}  // namespace haplan::model
