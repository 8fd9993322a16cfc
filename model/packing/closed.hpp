#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haplan::model {

/// Bins that other items can close to one more item, at most: of some resource they leave less than it needs. Each resource closes
/// the bins with least room first, as far as what there is of it goes.
///   room   [bin][resource] that is free for the others
///   total  per resource: of all others together
///   size   per resource: of the item
std::size_t most_closed(const std::vector<std::vector<std::int64_t>>& room,
                        const std::vector<std::int64_t>& total,
                        const std::vector<std::int64_t>& size);

}  // namespace haplan::model
