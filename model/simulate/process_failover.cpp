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

void Process::failover_due(std::uint32_t k) {
  const ComponentId component = layout_->primaries[k].component;
  const std::uint32_t first = layout_->first_replica[component];
  for (std::uint32_t r = first; r < first + layout_->replica_count[component]; ++r)
    if (bad_[r] == 0) {
      primary_[k] = r;
      end_failover(k);
      return;
    }
  recovering_[k] = 2;
  clocks_.set(slots_.primaries + k, kNever);
}

}  // namespace haplan::model
