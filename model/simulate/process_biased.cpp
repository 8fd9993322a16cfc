#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/simulate/process.hpp"

/// Failure biasing: a likelihood ratio keeps the expectations.
namespace haplan::model {

namespace {

constexpr double kEven = 0.2;  ///< of the bias, that prefers nothing

}  // namespace

void Process::play_cycle_biased(double push, const Preference& preference,
                                std::optional<ServiceId> target) {
  HAPLAN_EXPECTS(push >= 0.0 && push < 1.0);
  fell_with_.clear();
  if (layout_->failable == 0) return;
  settle();
  weight_ = 1.0;
  fallen_ = false;
  target_ = target;
  pushes_.assign(choices(), 0.0);
  pushed_until_.assign(choices(), 0.0);
  const std::uint32_t bias = slots_.count;
  // Where no service goes down, pushing on and on would never let a cycle end.
  constexpr int kMostPushed = 8;
  int pushed = 0;
  bool away = failed_ > 0;
  while (!away || failed_ > 0) {
    push_rate_ = 0.0;
    even_ways_ = !fallen_;
    if (!fallen_) {
      find_failed();
      const double rate = push_of_failed(push);
      if (rate > 0.0 && pushed < kMostPushed && weigh_choices(preference)) push_rate_ = rate;
    }
    std::uint32_t slot = clocks_.first_entity();
    const double extra = push_rate_ > 0.0 ? now_ + exponential(bias, 1.0 / push_rate_) : kNever;
    if (extra < clocks_.first_time()) {
      slot = slot_of(choose());
      ++pushed;
    }
    now_ = std::min(extra, clocks_.first_time());
    HAPLAN_EXPECTS(now_ < kNever);
    settle();
    if (!away && !fallen_ && failed_now_.empty() && slot < slots_.ages && exposed_rate(slot) > 0.0)
      slot = first_to_fail(slot, push, preference);
    const double rate = push_rate_ > 0.0 ? exposed_rate(slot) : 0.0;
    if (rate > 0.0) {
      const double chance = chances_[slot < slots_.ages ? slot : slots_.ages];
      weight_ *= rate / (rate + push_rate_ * chance);
    }
    push_rate_ = 0.0;
    ++tally_.events;
    clocks_.set(slot, now_);
    const bool fallen_before = fallen_;
    dispatch(slot);
    away = away || failed_ > 0;
    if (fallen_ && !fallen_before) {
      find_failed();
      fell_with_ = failed_now_;
    }
  }
  settle();
  even_ways_ = false;
  tally_.cycles += weight_;
  weight_ = 1.0;
}

/// [s] how long what has failed is out on average, known by its mode; of a chain or drain what is left of this stage.
double Process::usual_outage(std::uint32_t choice) const {
  if (choice >= slots_.chains) return clocks_.at(slot_of(choice)) - now_;
  return layout_->modes[mode_of_[choice]].law.mean;
}

/// [1/s] at which something works that the bias may end sooner: an element, a chain that is well, the time between
/// drains; 0 for all else.
double Process::exposed_rate(std::uint32_t slot) const {
  if (slot < slots_.chains)
    return up_[slot] != 0 && clocks_.at(slot) < kNever ? layout_->elements[slot].rate : 0.0;
  if (slot < slots_.ages) {
    const std::uint32_t c = slot - slots_.chains;
    const StateChain& chain = *layout_->system.components[layout_->chains[c]].chain;
    double rate = 0.0;
    if (chain_state_[c] == chain_home_[c])
      for (const ChainTransition& t : chain.transitions)
        rate += t.from == chain_state_[c] ? t.rate : 0.0;
    return rate;
  }
  const bool may_drain = slot == slots_.drain && drained_ == kNowhere && layout_->system.drain &&
                         layout_->assumptions.memoryless_calendar;
  if (!may_drain) return 0.0;
  const Drain& drain = *layout_->system.drain;
  return 1.0 / (drain.every / static_cast<double>(layout_->system.nodes.size()) - drain.per_node);
}

/// The choices are the slots of elements and chains, and the start of a drain.
std::uint32_t Process::slot_of(std::uint32_t choice) const {
  return choice < slots_.ages ? choice : slots_.drain;
}

bool Process::has_failed(std::uint32_t choice) const {
  if (choice < slots_.chains) return up_[choice] == 0 && !layout_->elements[choice].lost;
  if (choice == slots_.ages) return drained_ != kNowhere;
  const std::uint32_t c = choice - slots_.chains;
  return chain_state_[c] != chain_home_[c];
}

void Process::find_failed() {
  failed_now_.clear();
  for (std::uint32_t choice = 0; choice <= slots_.ages; ++choice)
    if (has_failed(choice)) failed_now_.push_back(choice);
}

/// [1/s] Each thing that has failed pushes another failure before its own repair with probability `push`. What fails so
/// often that it will do so anyway before the last repair pushes nothing: it would push all day, and those failures that
/// come between would hardly be seen.
double Process::push_of_failed(double push) {
  constexpr double kOften = 0.3;
  double last = 0.0;
  const auto left = [&](std::uint32_t choice) { return clocks_.at(slot_of(choice)) - now_; };
  for (const std::uint32_t choice : failed_now_)
    if (left(choice) < kNever) last = std::max(last, left(choice));
  double rate = 0.0;
  std::size_t next = 0;
  for (std::uint32_t choice = 0; choice < choices(); ++choice) {
    if (next == failed_now_.size() || failed_now_[next] != choice) {
      pushes_[choice] = 0.0;
      continue;
    }
    ++next;
    const double end = clocks_.at(slot_of(choice));
    if (pushes_[choice] == 0.0 || pushed_until_[choice] != end) {  // chains and drains have stages
      pushed_until_[choice] = end;
      const double own = choice < slots_.chains ? layout_->elements[choice].rate : 0.0;
      const bool pushing = left(choice) > 0.0 && left(choice) < kNever && own * last <= kOften;
      // Long outages push more failures than short ones, so that likelihood ratios vary less.
      const double length = std::max(usual_outage(choice), 0.2 * left(choice));
      pushes_[choice] = pushing ? -std::log1p(-push) / length : -1.0;
    }
    rate += std::max(0.0, pushes_[choice]);
  }
  return rate;
}

/// Chances of everything that may fail now; false when nothing may.
bool Process::weigh_choices(const Preference& preference) {
  chances_.assign(choices(), 0.0);
  double count = 0.0;
  double sum = 0.0;
  for (std::uint32_t choice = 0; choice < choices(); ++choice) {
    // Drains do not come first: cycles begin with what fails.
    if (failed_now_.empty() && choice == slots_.ages) continue;
    if (exposed_rate(slot_of(choice)) <= 0.0) continue;
    const double preferred = preference.of(choice, failed_now_);
    chances_[choice] = -1.0 - preferred;
    count += 1.0;
    sum += preferred;
  }
  const double even = sum > 0.0 ? kEven : 1.0;
  for (double& chance : chances_)
    if (chance < 0.0)
      chance = even / count + (sum > 0.0 ? (1.0 - kEven) * (-1.0 - chance) / sum : 0.0);
  return count > 0.0;
}

std::uint32_t Process::choose() {
  double left = streams_[slots_.count].uniform();
  std::uint32_t last = slots_.ages;
  for (std::uint32_t choice = 0; choice <= slots_.ages; ++choice) {
    if (chances_[choice] <= 0.0) continue;
    last = choice;
    left -= chances_[choice];
    if (left <= 0.0) break;
  }
  return last;
}

/// The first failure of a cycle comes when it comes, but with probability `push` it is that of any element or chain: else
/// what rarely fails first would hardly be seen.
std::uint32_t Process::first_to_fail(std::uint32_t natural, double push,
                                     const Preference& preference) {
  failed_now_.clear();
  weigh_choices(preference);
  double total = 0.0;
  for (std::uint32_t slot = 0; slot < slots_.ages; ++slot) total += exposed_rate(slot);
  std::uint32_t first = natural;
  if (streams_[slots_.count].uniform() < push) {
    clocks_.set(natural, now_ + exponential(natural, 1.0 / exposed_rate(natural)));
    first = choose();
  }
  const double usual = exposed_rate(first) / total;
  weight_ *= usual / ((1.0 - push) * usual + push * chances_[first]);
  return first;
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
