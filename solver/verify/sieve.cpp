#include "solver/verify/sieve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Relative to the terms of a sum: some thousand roundings of long doubles, which have 64 digits or more.
constexpr long double kRounding = 1e-13L;
static_assert(std::numeric_limits<long double>::digits >= 64);
/// Figures are zero or larger.
constexpr double kLeastFigure = 1e-290;

/// Whether a way is as good as another one in everything that counts.
bool as_good(const Way& a, const Way& b, const std::vector<std::int64_t>& limits) {
  for (std::size_t l = 0; l < a.down.size(); ++l)
    if (a.down[l] > b.down[l]) return false;
  for (std::size_t m = 0; m < limits.size(); ++m)
    if (limits[m] != kUnlimited && a.amounts[m] > b.amounts[m]) return false;
  return true;
}

}  // namespace

bool WayBox::empty() const {
  return std::ranges::any_of(left, [](const auto& list) { return list.empty(); });
}

bool WayBox::single() const {
  return std::ranges::all_of(left, [](const auto& list) { return list.size() == 1; });
}

std::size_t WayBox::size() const {
  std::size_t sum = 0;
  for (const auto& list : left) sum += list.size();
  return sum;
}

Sieve::Sieve(const Problem& problem, const Ways& ways, const Structures& structures, Bars bars)
    : problem_(problem),
      structures_(structures),
      bars_(std::move(bars)),
      levels_(problem.system.levels.size()) {
  for (const double down : structures.fixed)
    fixed_.push_back({{{1},
                       std::vector<std::int64_t>(ways.measures.size(), 0),
                       std::vector<double>(levels_, down)}});
  for (const std::vector<Way>& list : ways.of) add_columns(list);
  for (const std::vector<Way>& list : fixed_) add_columns(list);
}

void Sieve::add_columns(const std::vector<Way>& ways) {
  std::vector<const Way*> order;
  for (const Way& way : ways) order.push_back(&way);
  const auto sum = [this](const Way& way) {
    std::int64_t all = 0;
    for (std::size_t m = 0; m < bars_.amounts.size(); ++m)
      if (bars_.amounts[m] != kUnlimited) all += way.amounts[m];
    return all;
  };
  // What is as good as another one stands before it.
  std::ranges::stable_sort(order, [&](const Way* a, const Way* b) {
    if (a->down != b->down) return a->down < b->down;
    return sum(*a) < sum(*b);
  });
  std::vector<const Way*> kept;
  for (const Way* way : order)
    if (std::ranges::none_of(
            kept, [&](const Way* other) { return as_good(*other, *way, bars_.amounts); }))
      kept.push_back(way);
  if (kept.size() > 1) open_.push_back(columns_.size());
  auto& down = log_down_.emplace_back();
  auto& up = log_up_.emplace_back();
  for (const Way* way : kept)
    for (const double u : way->down) {
      down.push_back(std::log(static_cast<long double>(u)));
      up.push_back(std::log1p(-static_cast<long double>(u)));
    }
  columns_.push_back(std::move(kept));
}

WayBox Sieve::whole() const {
  WayBox box;
  for (const auto& columns : columns_) {
    auto& list = box.left.emplace_back();
    for (std::uint32_t k = 0; k < columns.size(); ++k) list.push_back(k);
  }
  return box;
}

void Sieve::fit(WayBox& box) const {
  for (bool again = true; again && !box.empty();) {
    again = false;
    for (std::size_t m = 0; m < bars_.amounts.size(); ++m) {
      if (bars_.amounts[m] == kUnlimited) continue;
      std::int64_t sum = 0;
      std::vector<std::int64_t> least;
      for (std::size_t e = 0; e < columns_.size(); ++e) {
        std::int64_t fewest = kUnlimited;
        for (const std::uint32_t k : box.left[e])
          fewest = std::min(fewest, columns_[e][k]->amounts[m]);
        least.push_back(fewest);
        sum += fewest;
      }
      for (std::size_t e = 0; e < columns_.size(); ++e) {
        const std::int64_t most = bars_.amounts[m] - sum + least[e];
        const auto out = std::erase_if(
            box.left[e], [&](std::uint32_t k) { return columns_[e][k]->amounts[m] > most; });
        again = again || out > 0;
        if (box.left[e].empty()) return;
      }
    }
  }
}

double Sieve::best(const WayBox& box, std::size_t objective) const {
  double figure = 0.0;
  std::vector<double> down(columns_.size());
  for (std::size_t level = 0; level < levels_; ++level) {
    for (std::size_t e = 0; e < columns_.size(); ++e) {
      down[e] = 1.0;
      for (const std::uint32_t k : box.left[e])
        down[e] = std::min(down[e], columns_[e][k]->down[level]);
    }
    figure +=
        problem_.system.levels[level].share * structures_.of[objective].whole.unavailability(down);
  }
  return figure;
}

bool Sieve::beyond(std::size_t objective, double figure) const {
  constexpr double kFigure = 1e-12;  ///< above the rounding of a figure
  return figure * (1.0 - kFigure) > bars_.goals[objective];
}

/// constant + sum over elements and levels of down log u + up log (1 - u).
struct Sieve::Tangent {
  Tangent(std::size_t elements, std::size_t levels)
      : down(elements * levels, 0.0L),
        up(down),
        at_down(down.size()),
        at_up(down.size()),
        share_down(elements),
        share_up(elements) {}

  long double constant = 0.0L;
  long double size = 0.0L;                  ///< of the terms of `constant` without signs
  std::vector<long double> down, up;        ///< [level elements + element]
  std::vector<long double> at_down, at_up;  ///< logarithms of the place, the same
  std::vector<long double> share_down, share_up;

  void add(long double term) {
    constant += term;
    size += std::abs(term);
  }
};

/// weight * (logarithm of the sum of paths, with its tangent).
///   returns  the sum of paths at the place; 0: nothing was added
long double Sieve::tangent(const Paths& paths, std::size_t level, long double weight,
                           Tangent& sum) const {
  const std::size_t n = columns_.size();
  std::vector<long double> down(n);
  std::vector<long double> up(n);
  for (std::size_t e = 0; e < n; ++e) {
    down[e] = std::exp(sum.at_down[level * n + e]);
    up[e] = std::exp(sum.at_up[level * n + e]);
  }
  const long double paths_sum = paths.weigh(down, up, sum.share_down, sum.share_up);
  if (!(paths_sum > 0.0L)) return 0.0L;
  sum.add(weight * std::log(paths_sum));
  for (const std::size_t e : open_) {
    const std::size_t k = level * n + e;
    sum.down[k] += weight * sum.share_down[e];
    sum.up[k] += weight * sum.share_up[e];
    sum.add(-weight * sum.share_down[e] * sum.at_down[k]);
    sum.add(-weight * sum.share_up[e] * sum.at_up[k]);
  }
  return paths_sum;
}

/// weight * (what the goal exceeds its bar by, on a scale on which 0 is the bar): log (U / bar), or, where parts in series
/// are summed, log (1 - U) / log (1 - bar) - 1.
bool Sieve::add_goal(std::size_t objective, long double weight, Tangent& sum) const {
  const Failing& failing = structures_.of[objective];
  const double bar = std::max(bars_.goals[objective], kLeastFigure);
  if (levels_ == 1 && failing.parts.size() > 1 && bar < 1.0) {
    const long double scale = -weight / std::log1p(-static_cast<long double>(bar));
    sum.add(-weight);
    for (const Paths& part : failing.parts) {
      const bool one = part.questions.size() == 3;
      const std::size_t e = part.questions.back().element;
      if (one && columns_[e].size() > 1) {
        sum.up[e] -= scale;
        continue;
      }
      if (one) {
        sum.add(-scale * log_up_[e].front());
        continue;
      }
      // -log (1 - u) of a part is convex in log u: the line that touches it, below kTouch.
      constexpr long double kTouch = 0.999L;
      const long double reached = tangent(part, 0, 0.0L, sum);
      if (!(reached > 0.0L)) continue;
      const long double touch = std::min(reached, kTouch);
      const long double slope = touch / (1.0L - touch);
      tangent(part, 0, scale * slope, sum);
      sum.add(-scale * slope * std::log(touch));
      sum.add(-scale * std::log1p(-touch));
    }
    return true;
  }
  // Levels are more paths: log of their weighted sum, each with its part of it.
  std::vector<long double> parts;
  long double all = 0.0L;
  for (std::size_t level = 0; level < levels_; ++level) {
    parts.push_back(problem_.system.levels[level].share * tangent(failing.whole, level, 0.0L, sum));
    all += parts.back();
  }
  if (!(all > 0.0L)) return false;
  sum.add(-weight * std::log(static_cast<long double>(bar)));
  for (std::size_t level = 0; level < levels_; ++level) {
    const long double part = parts[level] / all;
    if (!(part > 0.0L)) continue;
    tangent(failing.whole, level, weight * part, sum);
    sum.add(weight * part *
            std::log(static_cast<long double>(problem_.system.levels[level].share) / part));
  }
  return true;
}

std::optional<Weighed> Sieve::weigh(const WayBox& box, const Weights& weights) const {
  const std::size_t n = columns_.size();
  Tangent sum(n, levels_);
  for (std::size_t e = 0; e < n; ++e)
    for (std::size_t level = 0; level < levels_; ++level) {
      sum.at_down[level * n + e] = log_down_[e][level];
      sum.at_up[level * n + e] = log_up_[e][level];
    }
  for (std::size_t i = 0; i < open_.size(); ++i)
    for (std::size_t level = 0; level < levels_; ++level) {
      sum.at_down[level * n + open_[i]] = weights.place[2 * (i * levels_ + level)];
      sum.at_up[level * n + open_[i]] = weights.place[2 * (i * levels_ + level) + 1];
    }
  Weighed weighed;
  for (std::size_t s = 0; s < bars_.goals.size(); ++s)
    if (bars_.goals[s] != kNever && weights.goals[s] > 0.0 && !add_goal(s, weights.goals[s], sum))
      return std::nullopt;
  for (std::size_t m = 0; m < bars_.amounts.size(); ++m)
    if (weights.measures[m] > 0.0) {
      if (bars_.amounts[m] == kUnlimited) return std::nullopt;
      sum.add(-static_cast<long double>(weights.measures[m]) *
              static_cast<long double>(bars_.amounts[m]));
    }
  weighed.excess = sum.constant;
  long double size = sum.size;
  for (std::size_t e = 0; e < n; ++e) {
    auto& cost = weighed.cost.emplace_back();
    long double largest = 0.0L;
    for (const std::uint32_t k : box.left[e]) {
      long double one = 0.0L;
      const auto add = [&](long double term) {
        one += term;
        if (std::isfinite(term)) largest = std::max(largest, std::abs(term));
      };
      for (std::size_t level = 0; level < levels_; ++level) {
        const std::size_t at = level * n + e;
        if (sum.down[at] != 0.0L) add(sum.down[at] * log_down(e, k, level));
        if (sum.up[at] != 0.0L) add(sum.up[at] * log_up(e, k, level));
      }
      for (std::size_t m = 0; m < bars_.amounts.size(); ++m)
        if (weights.measures[m] > 0.0)
          add(static_cast<long double>(weights.measures[m]) *
              static_cast<long double>(columns_[e][k]->amounts[m]));
      cost.push_back(one);
    }
    size += largest * static_cast<long double>(2 * levels_ + bars_.amounts.size());
    weighed.effect.push_back(0.0L);
    for (std::size_t level = 0; level < levels_; ++level)
      weighed.effect.back() += sum.down[level * n + e];
    const auto least = std::ranges::min_element(cost);
    weighed.chosen.push_back(static_cast<std::size_t>(least - cost.begin()));
    weighed.excess += *least;
  }
  weighed.margin = kRounding * size;
  return weighed;
}

std::size_t Sieve::sift(WayBox& box, const Weighed& weighed) const {
  std::size_t out = 0;
  if (std::isnan(weighed.excess) || weighed.excess == -static_cast<long double>(kNever)) return 0;
  for (std::size_t e = 0; e < columns_.size(); ++e) {
    const std::vector<long double>& cost = weighed.cost[e];
    const long double rest = weighed.excess - cost[weighed.chosen[e]];
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < cost.size(); ++i)
      if (weighed.excess > weighed.margin || rest + cost[i] > weighed.margin)
        ++out;
      else
        kept.push_back(box.left[e][i]);
    box.left[e] = std::move(kept);
  }
  return out;
}

std::size_t Sieve::sift(WayBox& box, const Weights& weights) const {
  const auto weighed = weigh(box, weights);
  return weighed ? sift(box, *weighed) : 0;
}

}  // namespace haplan::solver
