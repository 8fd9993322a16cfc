#include "model/packing/arrivals.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "model/base/abandon.hpp"
#include "model/packing/closed.hpp"

namespace haplan::model {

namespace {

constexpr std::size_t kMostNumbers = 50'000'000;  ///< in all states together
constexpr std::size_t kFewest = 500;              ///< states, however large

class Arrivals {
 public:
  Arrivals(const std::vector<std::vector<std::int64_t>>& free, const std::vector<ItemGroup>& groups,
           std::size_t limit)
      : groups_(groups), limit_(limit), free_(free) {
    // States are remembered: many groups and bins make them large.
    const std::size_t numbers = std::max<std::size_t>(1, groups.size() * free.size());
    limit_ = std::min(limit_, std::max(kFewest, kMostNumbers / numbers));
    for (const ItemGroup& group : groups) {
      left_.push_back(group.count);
      placed_.push_back(group.placed);
      placed_.back().resize(free.size(), 0);
    }
  }

  ArrivalResult run() {
    bool surely = true;
    for (std::size_t g = 0; g < groups_.size() && surely; ++g)
      surely = groups_[g].optional || never_stranded(g);
    if (surely) return {EveryOrder::fits, 0, 0};
    const bool done = visit();
    ArrivalResult result{EveryOrder::fits, 0, seen_.size()};
    if (!done) result.answer = EveryOrder::unknown;
    if (stranded_) result = {EveryOrder::strands, *stranded_, seen_.size()};
    return result;
  }

 private:
  /// Domains that take the last item of a group as far as its spread goes, at least: of those that hold fewest of it each item
  /// before it left one out.
  [[nodiscard]] static std::size_t open_domains(const ItemGroup& group) {
    if (!group.hard_spread) return 1;
    std::map<std::size_t, int> held;
    for (std::size_t bin = 0; bin < group.domain.size(); ++bin)
      if (group.domain[bin] != kNoDomain)
        held[group.domain[bin]] += bin < group.placed.size() ? group.placed[bin] : 0;
    if (held.empty()) return 0;
    const int fewest =
        std::ranges::min_element(held, {}, [](const auto& d) { return d.second; })->second;
    const auto emptiest =
        std::ranges::count_if(held, [&](const auto& d) { return d.second == fewest; });
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, emptiest - (group.count - 1)));
  }

  /// The others together cannot fill all bins of domains that would take one more item of the group so far that it finds no room: either
  /// they close fewer bins, or, to close a bin taking a share of what arrives of some resource and there being one whole of each, the shares
  /// do not suffice.
  [[nodiscard]] bool never_stranded(std::size_t g) const {
    const ItemGroup& group = groups_[g];
    if (group.count == 0) return true;
    if (group.together) return false;
    const std::size_t resources = group.size.size();
    std::vector<std::int64_t> others(resources, 0);
    for (const ItemGroup& other : groups_)
      for (std::size_t r = 0; r < resources; ++r) others[r] += other.size[r] * other.count;
    for (std::size_t r = 0; r < resources; ++r) others[r] -= group.size[r];
    std::map<std::size_t, std::vector<std::vector<std::int64_t>>> room;  // per domain
    if (group.hard_spread)
      for (const std::size_t domain : group.domain)
        if (domain != kNoDomain) room[domain];
    for (const std::size_t bin : group.allowed)
      room[group.hard_spread ? group.domain[bin] : 0].push_back(free_[bin]);
    const std::size_t open = open_domains(group);
    if (room.empty() || open == 0) return false;
    if (open == 1)
      return std::ranges::all_of(room, [&](const auto& domain) {
        return most_closed(domain.second, others, group.size) < domain.second.size() ||
               shares(domain.second, others, group.size);
      });
    std::vector<std::vector<std::int64_t>> all;
    std::vector<std::size_t> sizes;
    for (const auto& [domain, bins] : room) {
      sizes.push_back(bins.size());
      all.insert(all.end(), bins.begin(), bins.end());
    }
    std::ranges::sort(sizes);
    return most_closed(all, others, group.size) <
           std::accumulate(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(open),
                           std::size_t{0});
  }

  /// Whether closing all these bins takes more than one whole of what there is of each resource.
  [[nodiscard]] static bool shares(const std::vector<std::vector<std::int64_t>>& bins,
                                   const std::vector<std::int64_t>& others,
                                   const std::vector<std::int64_t>& size) {
    double wholes = 0.0;
    for (const std::int64_t amount : others) wholes += amount > 0 ? 1.0 : 0.0;
    double closing = 0.0;
    for (const auto& bin : bins) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t r = 0; r < size.size(); ++r) {
        if (size[r] == 0) continue;
        const std::int64_t room = bin[r] - size[r];
        if (room < 0) least = 0.0;
        if (others[r] > 0)
          least = std::min(least, static_cast<double>(room + 1) / static_cast<double>(others[r]));
      }
      closing += least;
    }
    constexpr double kRounding = 1e-9;
    return closing > wholes + kRounding;
  }

  [[nodiscard]] bool takes(std::size_t g, std::size_t bin) const {
    const ItemGroup& group = groups_[g];
    for (std::size_t r = 0; r < group.size.size(); ++r)
      if (group.size[r] > 0 && free_[bin][r] < group.size[r]) return false;
    if (group.together) {
      const auto chosen = together_.find(*group.together);
      return chosen == together_.end() || chosen->second == bin;
    }
    if (!group.hard_spread) return true;
    std::map<std::size_t, int> counts;
    for (std::size_t b = 0; b < free_.size(); ++b)
      if (group.domain[b] != kNoDomain) counts[group.domain[b]] += placed_[g][b];
    int fewest = std::numeric_limits<int>::max();
    for (const auto& [domain, count] : counts) fewest = std::min(fewest, count);
    return counts.at(group.domain[bin]) + 1 - fewest <= group.max_skew;
  }

  /// False: the limit was hit, or something is stranded.
  bool visit() {
    may_abandon();
    if (!seen_.insert(placed_).second) return true;
    if (seen_.size() > limit_) return false;
    bool moved = false;
    std::optional<std::size_t> waiting;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (left_[g] == 0) continue;
      bool taken = false;
      for (const std::size_t bin : groups_[g].allowed) {
        if (!takes(g, bin)) continue;
        taken = moved = true;
        const auto before = together_;
        put(g, bin, 1);
        if (groups_[g].together) together_[*groups_[g].together] = bin;
        const bool fine = visit();
        together_ = before;
        put(g, bin, -1);
        if (!fine) return false;
      }
      if (!taken && !groups_[g].optional) waiting = g;
    }
    if (moved || !waiting) return true;
    stranded_ = waiting;
    return false;
  }

  void put(std::size_t g, std::size_t bin, int items) {
    left_[g] -= items;
    placed_[g][bin] += items;
    for (std::size_t r = 0; r < groups_[g].size.size(); ++r)
      free_[bin][r] -= groups_[g].size[r] * items;
  }

  const std::vector<ItemGroup>& groups_;
  std::size_t limit_;
  std::vector<std::vector<std::int64_t>> free_;
  std::vector<int> left_;                 ///< per group: items that are still to come
  std::vector<std::vector<int>> placed_;  ///< [group][bin]
  std::map<std::size_t, std::size_t> together_;
  std::set<std::vector<std::vector<int>>> seen_;
  std::optional<std::size_t> stranded_;
};

}  // namespace

ArrivalResult arrivals(const std::vector<std::vector<std::int64_t>>& free,
                       const std::vector<ItemGroup>& groups, std::size_t work_limit) {
  return Arrivals(free, groups, work_limit).run();
}

}  // namespace haplan::model
