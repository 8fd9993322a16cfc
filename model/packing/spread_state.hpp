#pragma once

#include <cstddef>
#include <vector>

#include "model/packing/packing.hpp"

namespace haplan::model {

/// The spread rule of one group while items are put: counts per domain, and how far they may still
/// go. Invariant: the counts are those placed before plus all added.
class SpreadState {
 public:
  SpreadState(const ItemGroup& group, std::size_t bins);

  void add(std::size_t bin, int items);

  /// Items in the domain of a bin; 0 when no rule counts it.
  [[nodiscard]] int count(std::size_t bin) const;

  /// How many more the domain of a bin may take at most, whatever else happens.
  [[nodiscard]] int room(std::size_t bin) const;

  /// Whether `remaining` more items can still lift all domains to within the skew of the fullest.
  [[nodiscard]] bool possible(int remaining) const;

 private:
  int skew_;
  int most_ = 0;
  std::vector<std::size_t> index_;  ///< per bin: its domain, renumbered from 0
  std::vector<int> counts_;
};

}  // namespace haplan::model
