#include "model/packing/packing.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"
#include "model/packing/spread_state.hpp"

namespace haplan::model {

namespace {

using Amounts = std::vector<std::int64_t>;
using Signature = std::vector<std::int64_t>;

/// Remembered dead ends: enough to stop most repetition, little memory.
constexpr std::size_t kMostDeadEnds = 50'000;

/// What is decided in one step: one group over many bins, or groups that share one bin.
struct Unit {
  std::vector<std::size_t> groups;
  bool together = false;
};

class Packer {
 public:
  Packer(const std::vector<Amounts>& free, const std::vector<ItemGroup>& groups,
         std::size_t work_limit, const Stop& stop)
      : groups_(groups), work_limit_(work_limit), meter_(stop), free_(free) {
    reset();
    order_units();
    find_static_classes();
  }

  PackingResult run(const std::vector<Amounts>& free) {
    PackingResult result;
    result.fits = greedy();
    if (!result.fits) {
      free_ = free;
      reset();
      result.fits = search(0);
      result.exact = !exhausted_;
    }
    result.work = work_;
    if (result.fits) result.placement = placement_;
    return result;
  }

 private:
  void reset() {
    placement_.assign(groups_.size(), std::vector<int>(free_.size(), 0));
    spread_.clear();
    for (const ItemGroup& group : groups_) spread_.emplace_back(group, free_.size());
  }

  /// Items of a group that a bin still holds, `most` at most.
  [[nodiscard]] std::int64_t most_of(const ItemGroup& group, std::size_t bin,
                                     std::int64_t most) const {
    for (std::size_t r = 0; r < group.size.size(); ++r) {
      if (group.size[r] > 0) {
        most = std::min(most, std::max<std::int64_t>(0, free_[bin][r]) / group.size[r]);
      }
    }
    return most;
  }

  [[nodiscard]] int fit(std::size_t g, std::size_t bin) const {
    return static_cast<int>(most_of(groups_[g], bin, groups_[g].count));
  }

  void put(std::size_t g, std::size_t bin, int items) {
    for (std::size_t r = 0; r < groups_[g].size.size(); ++r) {
      free_[bin][r] -= groups_[g].size[r] * items;
    }
    placement_[g][bin] += items;
    spread_[g].add(bin, items);
  }

  // ---- order ------------------------------------------------------------------------------------

  /// First what has fewest places to go, then the bulkiest.
  void order_units() {
    std::map<std::size_t, std::size_t> shared;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].count == 0) continue;
      if (!groups_[g].together) {
        units_.push_back({{g}, false});
        continue;
      }
      const auto [at, added] = shared.emplace(*groups_[g].together, units_.size());
      if (added) units_.push_back({{}, true});
      units_[at->second].groups.push_back(g);
    }
    std::vector<std::pair<std::int64_t, std::size_t>> keys;
    for (std::size_t u = 0; u < units_.size(); ++u) keys.emplace_back(places(units_[u]), u);
    std::sort(keys.begin(), keys.end());
    std::vector<Unit> sorted;
    for (const auto& key : keys) sorted.push_back(units_[key.second]);
    units_ = std::move(sorted);
  }

  /// How many items of a unit the bins could hold if they were alone: few means hard to place.
  [[nodiscard]] std::int64_t places(const Unit& unit) const {
    if (unit.together) {
      return static_cast<std::int64_t>(shared_bins(unit).size());
    }
    const std::size_t g = unit.groups.front();
    std::int64_t sum = 0;
    for (const std::size_t bin : groups_[g].allowed) {
      sum += most_of(groups_[g], bin, 1000);  // beyond this all are equally easy
    }
    return sum;
  }

  /// Bins that take all items of a unit that must share one, as things stand.
  [[nodiscard]] std::vector<std::size_t> shared_bins(const Unit& unit) const {
    std::vector<std::size_t> bins;
    for (std::size_t bin = 0; bin < free_.size(); ++bin) {
      const bool fits = std::all_of(unit.groups.begin(), unit.groups.end(), [&](std::size_t g) {
        const ItemGroup& group = groups_[g];
        if (!std::binary_search(group.allowed.begin(), group.allowed.end(), bin)) return false;
        for (std::size_t other = 0; other < free_.size(); ++other) {
          if (other != bin && group.placed[other] > 0) return false;
        }
        return true;
      });
      if (fits && fits_together(unit, bin)) bins.push_back(bin);
    }
    return bins;
  }

  [[nodiscard]] bool fits_together(const Unit& unit, std::size_t bin) const {
    for (std::size_t r = 0; r < free_[bin].size(); ++r) {
      std::int64_t sum = 0;
      for (const std::size_t g : unit.groups) sum += groups_[g].size[r] * groups_[g].count;
      if (sum > 0 && sum > free_[bin][r]) return false;
    }
    return true;
  }

  // ---- symmetry ---------------------------------------------------------------------------------

  /// Numbers the bins by what units u, u + 1, ... can tell apart about them, capacity left aside.
  void find_static_classes() {
    class_.assign(units_.size(), std::vector<std::int64_t>(free_.size(), 0));
    std::vector<Signature> signature(free_.size());
    for (std::size_t u = units_.size(); u-- > 0;) {
      for (const std::size_t g : units_[u].groups) {
        for (std::size_t bin = 0; bin < free_.size(); ++bin) describe(g, bin, signature[bin]);
      }
      std::map<Signature, std::int64_t> known;
      for (std::size_t bin = 0; bin < free_.size(); ++bin) {
        class_[u][bin] =
            known.emplace(signature[bin], static_cast<std::int64_t>(known.size())).first->second;
      }
    }
  }

  void describe(std::size_t g, std::size_t bin, Signature& signature) const {
    const ItemGroup& group = groups_[g];
    signature.push_back(std::binary_search(group.allowed.begin(), group.allowed.end(), bin));
    signature.push_back(group.placed[bin]);
    std::int64_t domain = -1;
    if (group.hard_spread && group.domain[bin] != kNoDomain) {
      // Domains of a single bin are alike; a shared one is known by its number.
      const auto members = std::count(group.domain.begin(), group.domain.end(), group.domain[bin]);
      domain = members == 1 ? -2 : static_cast<std::int64_t>(group.domain[bin]);
    }
    signature.push_back(domain);
  }

  [[nodiscard]] std::vector<Signature> signatures(std::size_t u) const {
    std::vector<Signature> all(free_.size());
    for (std::size_t bin = 0; bin < free_.size(); ++bin) {
      all[bin] = free_[bin];
      all[bin].push_back(class_[u][bin]);
    }
    return all;
  }

  // ---- greedy -----------------------------------------------------------------------------------

  bool greedy() {
    return std::all_of(units_.begin(), units_.end(), [this](const Unit& unit) {
      return unit.together ? greedy_together(unit) : greedy_apart(unit.groups.front());
    });
  }

  bool greedy_together(const Unit& unit) {
    for (const std::size_t bin : shared_bins(unit)) {
      put_all(unit, bin, 1);
      if (spread_possible(unit)) return true;
      put_all(unit, bin, -1);
    }
    return false;
  }

  /// Every item to the emptiest domain, there to the bin with most of what the item takes left
  /// over.
  bool greedy_apart(std::size_t g) {
    for (int item = 0; item < groups_[g].count; ++item) {
      ++work_;
      std::size_t best = kNoDomain;
      for (const std::size_t bin : groups_[g].allowed) {
        if (fit(g, bin) < 1 || spread_[g].room(bin) < 1) continue;
        if (best == kNoDomain || preferred(g, bin, best)) best = bin;
      }
      if (best == kNoDomain) return false;
      put(g, best, 1);
    }
    return spread_[g].possible(0);
  }

  [[nodiscard]] bool preferred(std::size_t g, std::size_t a, std::size_t b) const {
    if (spread_[g].count(a) != spread_[g].count(b))
      return spread_[g].count(a) < spread_[g].count(b);
    return most_of(groups_[g], a, 1000) > most_of(groups_[g], b, 1000);
  }

  // ---- exact ------------------------------------------------------------------------------------

  bool search(std::size_t u) {
    if (u == units_.size()) return true;
    if (out_of_work() || !can_still_fit(u)) return false;
    const std::vector<Signature> signature = signatures(u);
    std::vector<Signature> state = signature;
    std::sort(state.begin(), state.end());
    if (dead_ends_.contains({u, state})) return false;
    const bool found =
        units_[u].together ? search_together(u, signature) : search_apart(u, signature);
    if (!found && !exhausted_ && dead_ends_.size() < kMostDeadEnds) {
      dead_ends_.insert({u, std::move(state)});
    }
    return found;
  }

  bool out_of_work() {
    constexpr double kOperations = 1'000;  // of a step: it looks at every bin and group
    may_abandon();
    if (++work_ > work_limit_ || meter_.spend(kOperations)) exhausted_ = true;
    return exhausted_;
  }

  /// Whether every unit from u on fits by itself.
  [[nodiscard]] bool can_still_fit(std::size_t u) const {
    for (; u < units_.size(); ++u) {
      if (units_[u].together) {
        if (shared_bins(units_[u]).empty()) return false;
        continue;
      }
      const std::size_t g = units_[u].groups.front();
      if (!spread_[g].possible(groups_[g].count)) return false;
      std::int64_t sum = 0;
      for (const std::size_t bin : groups_[g].allowed) sum += fit(g, bin);
      if (sum < groups_[g].count) return false;
    }
    return true;
  }

  void put_all(const Unit& unit, std::size_t bin, int sign) {
    for (const std::size_t g : unit.groups) put(g, bin, sign * groups_[g].count);
  }

  [[nodiscard]] bool spread_possible(const Unit& unit) const {
    return std::all_of(unit.groups.begin(), unit.groups.end(),
                       [this](std::size_t g) { return spread_[g].possible(0); });
  }

  bool search_together(std::size_t u, const std::vector<Signature>& signature) {
    std::set<Signature> tried;
    for (const std::size_t bin : shared_bins(units_[u])) {
      if (!tried.insert(signature[bin]).second) continue;
      put_all(units_[u], bin, 1);
      if (spread_possible(units_[u]) && search(u + 1)) return true;
      put_all(units_[u], bin, -1);
    }
    return false;
  }

  /// How one group is dealt out to its bins, in their order.
  struct Deal {
    std::size_t unit = 0;
    std::size_t group = 0;
    std::vector<int> fit;            ///< per allowed bin
    std::vector<std::int64_t> rest;  ///< what the bins from here on hold at most
    std::vector<std::size_t> twin;   ///< previous allowed bin that is alike, or kNoDomain
  };

  bool search_apart(std::size_t u, const std::vector<Signature>& signature) {
    Deal deal{.unit = u, .group = units_[u].groups.front()};
    const std::vector<std::size_t>& allowed = groups_[deal.group].allowed;
    std::map<Signature, std::size_t> last;
    for (const std::size_t bin : allowed) {
      deal.fit.push_back(fit(deal.group, bin));
      const auto [at, added] = last.emplace(signature[bin], bin);
      deal.twin.push_back(added ? kNoDomain : at->second);
      at->second = bin;
    }
    deal.rest.assign(allowed.size() + 1, 0);
    for (std::size_t i = allowed.size(); i-- > 0;) deal.rest[i] = deal.rest[i + 1] + deal.fit[i];
    return deal_out(deal, 0, groups_[deal.group].count);
  }

  bool deal_out(const Deal& deal, std::size_t i, int remaining) {
    const std::size_t g = deal.group;
    if (!spread_[g].possible(remaining)) return false;
    if (remaining == 0) return search(deal.unit + 1);
    if (deal.rest[i] < remaining || out_of_work()) return false;
    const std::size_t bin = groups_[g].allowed[i];
    int most = std::min({remaining, deal.fit[i], spread_[g].room(bin)});
    // Of bins that are alike the earlier one takes at least as many: any packing can be permuted
    // so.
    if (deal.twin[i] != kNoDomain) most = std::min(most, placement_[g][deal.twin[i]]);
    for (int items = most; items >= 0; --items) {
      put(g, bin, items);
      if (deal_out(deal, i + 1, remaining - items)) return true;
      put(g, bin, -items);
    }
    return false;
  }

  const std::vector<ItemGroup>& groups_;
  std::size_t work_limit_;
  StopMeter meter_;
  std::vector<Amounts> free_;
  std::vector<Unit> units_;
  std::vector<std::vector<std::int64_t>> class_;  ///< [unit][bin]
  std::vector<std::vector<int>> placement_;
  std::vector<SpreadState> spread_;
  std::set<std::pair<std::size_t, std::vector<Signature>>> dead_ends_;
  std::size_t work_ = 0;
  bool exhausted_ = false;
};

}  // namespace

PackingResult pack(const std::vector<std::vector<std::int64_t>>& free,
                   const std::vector<ItemGroup>& groups, std::size_t work_limit, const Stop& stop) {
  for (const ItemGroup& group : groups) {
    HAPLAN_EXPECTS(group.count >= 0 && group.placed.size() == free.size());
    HAPLAN_EXPECTS(!group.hard_spread || group.domain.size() == free.size());
    HAPLAN_EXPECTS(std::is_sorted(group.allowed.begin(), group.allowed.end()));
    HAPLAN_EXPECTS(group.allowed.empty() || group.allowed.back() < free.size());
    for (const auto& bin : free) HAPLAN_EXPECTS(bin.size() == group.size.size());
  }
  return Packer(free, groups, work_limit, stop).run(free);
}

}  // namespace haplan::model
