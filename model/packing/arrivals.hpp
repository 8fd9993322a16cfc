#pragma once

#include "model/packing/packing.hpp"

/// Items that arrive one after another and are put, each for good, into any bin that takes them: what a scheduler does
/// that nobody can tell in advance. Knows no cluster, like packing.
namespace haplan::model {

enum class EveryOrder {
  fits,     ///< proved: whatever the order, and whichever bin each gets, all get one
  strands,  ///< some order and choice of bins leaves an item without a bin, for good
  unknown,  ///< neither was found within the work limit
};

struct ArrivalResult {
  EveryOrder answer = EveryOrder::unknown;
  std::size_t stranded = 0;  ///< answer `strands`: a group with an item left
  std::size_t work = 0;      ///< states looked at
};

/// An item goes to a bin of its group's `allowed` with room for it whose domain holds at most max_skew - 1 more of the group
/// than the emptiest domain, with `hard_spread`. What finds none waits and is tried again after every arrival. Groups
/// with the same `together` all go to the bin of the first of their items.
///   free   [bin][resource] capacity left
///   error  none: a proof by counting room, else every state is looked at
///   work_limit  states; fewer where groups times bins are so many that they would not fit into memory
ArrivalResult arrivals(const std::vector<std::vector<std::int64_t>>& free,
                       const std::vector<ItemGroup>& groups, std::size_t work_limit = 100'000);

}  // namespace haplan::model
