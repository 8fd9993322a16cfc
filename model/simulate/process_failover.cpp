#include "model/simulate/process.hpp"

/// Failovers that are played: a primary is lost, a standby takes over if one is there.
namespace haplan::model {

void Process::check_primaries() {
  primaries_dirty_ = false;
  for (std::uint32_t k = 0; k < primary_.size(); ++k) {
    const Primary& primary = layout_->primaries[k];
    const bool serves = bad_[primary_[k]] == 0;
    if (recovering_[k] == 0 && !serves) {
      recovering_[k] = 1;
      ++failed_;
      add_bad(layout_->gates.of_component[primary.component], 1);
      double outage = primary.switchover;
      if (!planned_) {
        const bool works = streams_[slots_.primaries + k].uniform() < primary.success;
        outage = works ? primary.failover : primary.manual;
      }
      clocks_.set(slots_.primaries + k, now_ + outage);
    } else if (recovering_[k] != 0 && serves) {
      end_failover(k);  // it is back before another took over
    } else if (recovering_[k] == 2) {
      failover_due(k);
    }
  }
}

void Process::end_failover(std::uint32_t k) {
  recovering_[k] = 0;
  --failed_;
  clocks_.set(slots_.primaries + k, kNever);
  add_bad(layout_->gates.of_component[layout_->primaries[k].component], -1);
}

/// Any instance that serves takes over, with equal chances; where none does, the first that comes.
void Process::failover_due(std::uint32_t k) {
  const ComponentId component = layout_->primaries[k].component;
  const std::uint32_t first = layout_->first_replica[component];
  const std::uint32_t end = first + layout_->replica_count[component];
  int ready = 0;
  for (std::uint32_t r = first; r < end; ++r) ready += bad_[r] == 0 ? 1 : 0;
  if (ready == 0) {
    recovering_[k] = 2;
    clocks_.set(slots_.primaries + k, kNever);
    return;
  }
  auto chosen = static_cast<int>(streams_[slots_.primaries + k].uniform() * ready);
  for (std::uint32_t r = first; r < end; ++r)
    if (bad_[r] == 0 && chosen-- == 0) primary_[k] = r;
  end_failover(k);
}

}  // namespace haplan::model
