#include <algorithm>
#include <cmath>
#include <limits>

#include "solver/bounds.hpp"
#include "solver/room.hpp"
#include "solver/solve.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr double kSurely = 0.99;               ///< down without a domain: the least of them counts
constexpr double kAlmostSurely = 1.0 - 1e-12;  ///< a probability with a logarithm
constexpr double kWorthwhile =
    50.0;                  ///< options that add much less than another get no nodes of their own
constexpr int kParts = 4;  ///< of the interval of a chord

/// A number per member and option.
using Table = std::vector<std::vector<double>>;

/// Least sum of one value per member whose extras add up to `spare`, and of the loss of as many crippled ones as there are; infinite
/// when there are none.
double least_sum(const Table& values, const std::vector<std::vector<int>>& extras, int spare,
                 const std::vector<std::vector<bool>>& crippled,
                 const std::vector<double>& losses) {
  const std::size_t width = losses.size();
  std::vector<double> least((static_cast<std::size_t>(spare) + 1) * width, kNone);
  least[0] = 0.0;
  for (std::size_t m = 0; m < values.size(); ++m) {
    std::vector<double> next(least.size(), kNone);
    for (std::size_t at = 0; at < least.size(); ++at)
      for (std::size_t o = 0; o < values[m].size() && least[at] < kNone; ++o) {
        const std::size_t used = at / width + static_cast<std::size_t>(extras[m][o]);
        if (used > static_cast<std::size_t>(spare)) continue;
        const std::size_t hit = std::min(width - 1, at % width + (crippled[m][o] ? 1 : 0));
        double& to = next[used * width + hit];
        to = std::min(to, least[at] + values[m][o]);
      }
    least = std::move(next);
  }
  double sum = kNone;
  for (std::size_t hit = 0; hit < width; ++hit)
    sum = std::min(sum, least[static_cast<std::size_t>(spare) * width + hit] + losses[hit]);
  return sum;
}

/// The largest x up to `most` for which 1 - exp(-x) - credit x is within the limit. That is concave and 0 at 0: when it
/// exceeds the limit at `most`, it does from where it first does.
double largest_within(double limit, double credit, double most) {
  const auto exceeds = [&](double x) { return -std::expm1(-x) - credit * x > limit; };
  if (!exceeds(most)) return most;
  double low = 0.0;
  double high = credit > 0.0 ? std::min(most, -std::log(credit)) : most;
  if (!exceeds(high)) return most;
  for (int halvings = 0; halvings < 60; ++halvings) {
    const double middle = (low + high) / 2.0;
    (exceeds(middle) ? high : low) = middle;
  }
  return high;
}

/// Sum over members of how much more an option has in one table than in the other, at most.
double most_more(const Table& a, const Table& b) {
  double sum = 0.0;
  for (std::size_t m = 0; m < a.size(); ++m) {
    double most = 0.0;
    for (std::size_t o = 0; o < a[m].size(); ++o) most = std::max(most, a[m][o] - b[m][o]);
    sum += most;
  }
  return sum;
}

/// What is summed at a level.
struct Level {
  double weight = 0.0;  ///< P(level, and the rest up)
  Table logs;           ///< -log P(up) without rescheduling
  Table credits;        ///< what rescheduling takes away
  double least = 0.0;   ///< sum of logs
  double most = 0.0;    ///< the same where the objective is kept
};

}  // namespace

/// P(some member down) is 1 - exp(-x), x the sum of -log(1 - P(member down)), less what rescheduling takes away, member by
/// member: sums but for the exponential, which is concave. In its place its chord is taken, between the least and the most that x can be
/// where the objective is kept, in some parts.
std::vector<Additive> Bounds::additive(
    const Objective& objective, const Selection& best, const std::vector<std::size_t>& inputs,
    const std::vector<std::vector<const OptionFigures*>>& options,
    const std::vector<std::vector<int>>& extras, int spare, bool capacity_free) const {
  const ServiceFunction& function = function_of(objective.service);
  const auto& levels = problem_.system.levels;
  const double limit = objective.max_unavailability.value_or(1.0) * (1.0 + kSlack);
  const std::size_t members = options.size();
  Additive sums;
  sums.budget = limit;
  sums.losses.assign(1, 0.0);
  for (const auto& list : options) {
    sums.adds.emplace_back(list.size(), 0.0);
    sums.crippled.emplace_back(list.size(), false);
  }
  if (functions_.network_bounded) return {sums};
  std::vector<bool> series(members);
  for (std::size_t m = 0; m < members; ++m)
    series[m] = std::ranges::count(function.series, inputs[m]) > 0;
  const bool scatter = capacity_free && alike_;
  const std::vector<std::vector<bool>> own =
      scatter ? with_own_nodes(series, options) : sums.crippled;

  double crippling = 1.0;
  for (std::size_t m = 0; m < members; ++m)
    for (std::size_t o = 0; o < options[m].size(); ++o) {
      const OwnNodes& alone = options[m][o]->alone;
      if (own[m][o]) sums.adds[m][o] += alone.drained;
      sums.crippled[m][o] = scatter && series[m] && alone.zone_lost >= kSurely;
      if (sums.crippled[m][o]) crippling = std::min(crippling, alone.zone_lost);
    }
  double zones_up = 1.0;
  for (int zone = 0; scatter && zone_down_ > 0.0 && zone < zones_; ++zone) {
    sums.losses.push_back(sums.losses.back() +
                          zones_up * zone_down_ * std::max(0.0, crippling - limit));
    zones_up *= 1.0 - zone_down_;
  }

  // Without scattering the calm world alone counts.
  const double mass = scatter ? quiet_ : cluster_.calm;
  std::vector<Level> parts(levels.size());
  std::size_t main = 0;
  for (LevelId l = 0; l < levels.size(); ++l) {
    Level& level = parts[l];
    const double others = rest(function, best, l);
    level.weight = levels[l].share * mass * (1.0 - others);
    sums.budget -= levels[l].share * mass * others;
    if (level.weight > parts[main].weight) main = l;
    double up = 1.0;
    for (const std::size_t i : function.series) up *= 1.0 - best[i]->calm_low[l];
    double part = 0.0;  // of x that credit takes away, at most
    double few =
        0.0;  // the most that x can be with fewer crippled members than domains that can be lost
    std::vector<double> more;
    for (std::size_t m = 0; m < members; ++m) {
      auto& logs = level.logs.emplace_back();
      auto& credits = level.credits.emplace_back();
      double largest = 0.0;
      double uncrippled = 0.0;
      for (std::size_t o = 0; o < options[m].size(); ++o) {
        const OptionFigures& option = *options[m][o];
        double down = 0.0;
        double credit = 0.0;
        if (series[m]) {
          down = own[m][o] ? option.alone.plain[l] : option.calm_low[l];
          const double calm = best[inputs[m]]->calm_low[l];
          if (own[m][o] && calm < 1.0) credit = option.alone.credit[l] * up / (1.0 - calm);
        }
        const double log = -std::log1p(-std::min(down, kAlmostSurely));
        if (credit > 0.0) part = std::max(part, credit / log);
        logs.push_back(log);
        credits.push_back(credit);
        largest = std::max(largest, log);
        if (!sums.crippled[m][o]) uncrippled = std::max(uncrippled, log);
      }
      level.most += largest;
      if (sums.losses.size() > 1) few += uncrippled;
      more.push_back(largest - uncrippled);
    }
    level.least = least_sum(level.logs, extras, spare, sums.crippled, std::vector(1, 0.0));
    if (level.least == kNone) return {};
    if (level.weight <= 0.0) continue;
    std::ranges::sort(more, std::ranges::greater{});
    for (std::size_t k = 0; k + 2 < sums.losses.size() && k < more.size(); ++k) few += more[k];
    const double left = limit - sums.losses.back() - levels[l].share * mass * others;
    level.most =
        std::min(level.most, std::max(few, largest_within(left / level.weight, part, level.most)));
  }
  std::vector<Additive> result;
  const double width = std::max(0.0, parts[main].most - parts[main].least);
  const int count = width > 0.0 ? kParts : 1;
  for (int k = 0; k < count; ++k) {
    Additive one = sums;
    const double from = parts[main].least + width * k / count;
    const double to = parts[main].least + width * (k + 1) / count;
    for (const Level& level : parts) {
      // The other levels' sums are not far from that one.
      const double least = std::max(level.least, from - most_more(parts[main].logs, level.logs));
      const double most =
          std::max(least, std::min(level.most, to + most_more(level.logs, parts[main].logs)));
      const double slope = most - least > 1e-12
                               ? (std::exp(-least) - std::exp(-most)) / (most - least)
                               : std::exp(-most);
      one.budget += level.weight * (std::expm1(-least) + slope * least);
      for (std::size_t m = 0; m < members; ++m)
        for (std::size_t o = 0; o < options[m].size(); ++o)
          one.adds[m][o] += level.weight * (slope * level.logs[m][o] - level.credits[m][o]);
    }
    if (least_sum(one.adds, extras, spare, one.crippled, one.losses) <= one.budget)
      result.push_back(std::move(one));
  }
  return result;
}

/// Those members that add most per node first; and of their options none that add next to nothing.
std::vector<std::vector<bool>> Bounds::with_own_nodes(
    const std::vector<bool>& series,
    const std::vector<std::vector<const OptionFigures*>>& options) const {
  std::vector<std::vector<bool>> own;
  std::vector<double> gain(options.size(), 0.0);
  std::vector<std::size_t> order;
  for (std::size_t m = 0; m < options.size(); ++m) {
    own.emplace_back(options[m].size(), false);
    for (const OptionFigures* option : options[m])
      if (series[m] && option->alone.nodes > 0)
        gain[m] = std::max(gain[m], option->alone.gain / option->alone.nodes);
    if (gain[m] > 0.0) order.push_back(m);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t m) { return gain[m]; });
  Room room{zones_, zone_size_};
  for (const std::size_t m : order) {
    const auto worthwhile = [&](const OptionFigures* option) {
      return option->alone.nodes > 0 && option->alone.gain * kWorthwhile >= gain[m];
    };
    int nodes = 0;
    for (const OptionFigures* option : options[m])
      if (worthwhile(option)) nodes = std::max(nodes, option->alone.nodes);
    if (room.take(nodes))
      std::transform(options[m].begin(), options[m].end(), own[m].begin(), worthwhile);
  }
  return own;
}

}  // namespace haplan::solver
