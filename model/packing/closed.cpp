#include "model/packing/closed.hpp"

#include <algorithm>

namespace haplan::model {

std::size_t most_closed(const std::vector<std::vector<std::int64_t>>& room,
                        const std::vector<std::int64_t>& total,
                        const std::vector<std::int64_t>& size) {
  std::size_t closed = 0;
  for (std::size_t r = 0; r < size.size(); ++r) {
    if (size[r] == 0) continue;
    std::vector<std::int64_t> needed;  // to close a bin
    for (const auto& bin : room) needed.push_back(std::max<std::int64_t>(0, bin[r] - size[r] + 1));
    std::ranges::sort(needed);
    std::int64_t left = total[r];
    for (auto least = needed.begin(); least != needed.end() && *least <= left; ++least) {
      left -= *least;
      ++closed;
    }
  }
  return std::min(closed, room.size());
}

}  // namespace haplan::model
