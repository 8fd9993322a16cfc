#include "model/packing/spread_state.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace haplan::model {

SpreadState::SpreadState(const ItemGroup& group, std::size_t bins) : skew_(group.max_skew) {
  index_.assign(bins, kNoDomain);
  if (!group.hard_spread) return;
  std::map<std::size_t, std::size_t> known;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    if (group.domain[bin] == kNoDomain) continue;
    index_[bin] = known.emplace(group.domain[bin], known.size()).first->second;
  }
  counts_.assign(known.size(), 0);
  if (counts_.empty()) return;
  for (std::size_t bin = 0; bin < bins; ++bin) add(bin, group.placed[bin]);
  // The least count is at most the mean, so no domain may end with more than this.
  const int total = std::accumulate(counts_.begin(), counts_.end(), group.count);
  most_ = total / static_cast<int>(counts_.size()) + skew_;
}

void SpreadState::add(std::size_t bin, int items) {
  if (index_[bin] != kNoDomain) counts_[index_[bin]] += items;
}

int SpreadState::count(std::size_t bin) const {
  return index_[bin] == kNoDomain ? 0 : counts_[index_[bin]];
}

int SpreadState::room(std::size_t bin) const {
  if (index_[bin] == kNoDomain) return std::numeric_limits<int>::max();
  return std::max(0, most_ - counts_[index_[bin]]);
}

bool SpreadState::possible(int remaining) const {
  if (counts_.empty()) return true;
  const int floor = *std::max_element(counts_.begin(), counts_.end()) - skew_;
  int missing = 0;
  for (const int count : counts_) missing += std::max(0, floor - count);
  return missing <= remaining;
}

}  // namespace haplan::model
