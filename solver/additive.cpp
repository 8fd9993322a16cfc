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
  double weight = 0.0;   ///< P(level, and the rest up)
  Table logs;            ///< -log P(up) without rescheduling
  Table credits;         ///< what rescheduling takes away, at most, but for what is certain
  double certain = 0.0;  ///< taken away besides, whatever is chosen
  double least = 0.0;    ///< sum of logs
  double most = 0.0;     ///< the same where the objective is kept
};

/// A credit is for worlds in which everything else is up, so that all together are K exp(-y), with K the sum of credits and y that of
/// calm logarithms. (K - least K)(exp(-y) - exp(-least y)) <= 0, and exp is below its chord: a sum again.
///   calm           -log P(up while no node is lost)
///   y              the least sum of it
///   least_credits  the least sum of credits
void scale_credits(Level& level, const Table& calm, double y, double least_credits) {
  double most = 0.0;
  for (const auto& list : calm) most += list.empty() ? 0.0 : std::ranges::max(list);
  const double up = std::exp(-y);
  const double slope = most > y ? (up - std::exp(-most)) / (most - y) : 0.0;
  level.certain = least_credits * slope * y;
  for (std::size_t m = 0; m < calm.size(); ++m)
    for (std::size_t o = 0; o < calm[m].size(); ++o)
      level.credits[m][o] = level.credits[m][o] * up - least_credits * slope * calm[m][o];
}

}  // namespace

/// P(some member down) is 1 - exp(-x), x the sum of -log(1 - P(member down)), less what rescheduling takes away, member by
/// member: sums but for the exponential, which is concave. In its place its chord is taken, between the least and the most that x can be
/// where the objective is kept, in some parts.
std::vector<Additive> Bounds::additive(
    const Objective& objective, const Selection& best, const std::vector<std::size_t>& inputs,
    const std::vector<std::vector<const OptionFigures*>>& options,
    const std::vector<std::vector<int>>& extras, int spare, int crowd) const {
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
  Places where;
  if (scatters_) where = places(series, inputs, options, crowd);
  const bool scatter = scatters_ && where.fit;
  if (!scatter) {
    where.of.clear();
    for (const auto& list : options) where.of.emplace_back(list.size(), Place::anywhere);
  }
  const auto own = [&](std::size_t m, std::size_t o) { return where.of[m][o] == Place::own; };

  double crippling = 1.0;
  for (std::size_t m = 0; m < members; ++m)
    for (std::size_t o = 0; o < options[m].size(); ++o) {
      const OwnNodes& alone = options[m][o]->alone;
      sums.crippled[m][o] = scatter && series[m] && alone.zone_lost >= kSurely;
      if (sums.crippled[m][o]) crippling = std::min(crippling, alone.zone_lost);
    }
  double zones_up = 1.0;
  for (const double down : zones_down_) {
    if (!scatter) break;
    sums.losses.push_back(sums.losses.back() + zones_up * down * std::max(0.0, crippling - limit));
    zones_up *= 1.0 - down;
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
    double up = 1.0;  // while no node is lost, what is none of the members
    for (const std::size_t i : function.series)
      if (std::ranges::count(inputs, i) == 0) up *= 1.0 - best[i]->calm_low[l];
    Table calm;
    double part = 0.0;  // of x that credit takes away, at most
    double few =
        0.0;  // the most that x can be with fewer crippled members than domains that can be lost
    std::vector<double> more;
    for (std::size_t m = 0; m < members; ++m) {
      auto& logs = level.logs.emplace_back();
      auto& credits = level.credits.emplace_back();
      auto& calms = calm.emplace_back();
      double largest = 0.0;
      double uncrippled = 0.0;
      for (std::size_t o = 0; o < options[m].size(); ++o) {
        const OptionFigures& option = *options[m][o];
        double down = 0.0;
        double credit = 0.0;
        double shared = 0.0;
        if (series[m]) {
          down = own(m, o) ? option.alone.plain[l] : option.calm_low[l];
          if (where.of[m][o] == Place::shared) shared = where.counted[l] * option.alone.several[l];
          if (own(m, o) && option.calm_low[l] < kAlmostSurely)
            credit = up * option.alone.credit[l] / (1.0 - option.calm_low[l]);
        }
        calms.push_back(series[m] ? -std::log1p(-std::min(option.calm_low[l], kAlmostSurely))
                                  : 0.0);
        const double log = shared - std::log1p(-std::min(down, kAlmostSurely));
        logs.push_back(log);
        credits.push_back(credit);
        largest = std::max(largest, log);
        if (!sums.crippled[m][o]) uncrippled = std::max(uncrippled, log);
      }
      level.most += largest;
      if (sums.losses.size() > 1) few += uncrippled;
      more.push_back(largest - uncrippled);
    }
    const auto least = [&](const Table& values) {
      return least_sum(values, extras, spare, sums.crippled, std::vector(1, 0.0));
    };
    level.least = least(level.logs);
    if (level.least == kNone) return {};
    scale_credits(level, calm, least(calm), least(level.credits));
    for (std::size_t m = 0; m < members; ++m)
      for (std::size_t o = 0; o < level.logs[m].size(); ++o)
        if (level.credits[m][o] > 0.0)
          part = std::max(part, level.credits[m][o] / level.logs[m][o]);
    if (level.weight <= 0.0) continue;
    std::ranges::sort(more, std::ranges::greater{});
    for (std::size_t k = 0; k + 2 < sums.losses.size() && k < more.size(); ++k) few += more[k];
    const double left = limit - sums.losses.back() - levels[l].share * mass * others;
    level.most = std::min(
        level.most,
        std::max(few, largest_within(left / level.weight + level.certain, part, level.most)));
  }
  // As in Bounds::scattered: what is out, and what is down besides.
  for (std::size_t m = 0; m < members && scatter; ++m)
    for (std::size_t o = 0; o < options[m].size() && series[m]; ++o) {
      const OwnNodes& alone = options[m][o]->alone;
      double beside = 0.0;
      double most = 0.0;
      for (LevelId l = 0; l < levels.size(); ++l) {
        const double down = own(m, o) ? alone.plain[l] : options[m][o]->calm_low[l];
        const double log = -std::log1p(-std::min(down, kAlmostSurely));
        const double x = parts[l].most;
        most = std::max(most, x);
        beside += levels[l].share * (1.0 - quiet_) * (x > 0.0 ? -std::expm1(-x) / x * log : 0.0);
        if (own(m, o)) beside -= levels[l].share * alone.absent * alone.plain[l];
      }
      sums.adds[m][o] += beside + (own(m, o) ? alone.drained * std::exp(-most) : 0.0);
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
      one.budget += level.weight * (std::expm1(-least) + slope * least + level.certain);
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
Bounds::Places Bounds::places(const std::vector<bool>& series,
                              const std::vector<std::size_t>& inputs,
                              const std::vector<std::vector<const OptionFigures*>>& options,
                              int crowd) const {
  Places places;
  std::vector<double> gain(options.size(), 0.0);
  std::vector<std::size_t> order;
  int resisting = 0;
  int in_domain = 0;
  int most_nodes = 0;
  double plainly = 1.0;
  for (std::size_t m = 0; m < options.size(); ++m) {
    places.of.emplace_back(options[m].size(), Place::anywhere);
    bool resists = false;
    for (const OptionFigures* option : options[m]) {
      const OwnNodes& alone = option->alone;
      if (!series[m] || alone.nodes == 0) continue;
      gain[m] = std::max(gain[m], alone.gain / alone.nodes);
      if (alone.several.empty()) continue;
      resists = true;
      in_domain = std::max(in_domain, alone.in_domain);
      most_nodes = std::max(most_nodes, alone.nodes);
      plainly = std::max(plainly, alone.plainly);
    }
    if (resists) ++resisting;
    if (gain[m] > 0.0) order.push_back(m);
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t m) { return gain[m]; });
  const auto worthwhile = [&](std::size_t m, const OptionFigures* option) {
    return option->alone.nodes > 0 && option->alone.gain * kWorthwhile >= gain[m];
  };
  Room room{zones_, zone_size_};
  for (const std::size_t m : order) {
    int nodes = 0;
    for (const OptionFigures* option : options[m])
      if (worthwhile(m, option)) nodes = std::max(nodes, option->alone.nodes);
    if (!room.take(nodes)) continue;
    for (std::size_t o = 0; o < options[m].size(); ++o)
      if (worthwhile(m, options[m][o])) places.of[m][o] = Place::own;
  }
  const int width = zones_ > 1 ? in_domain : most_nodes;
  if (resisting == 0 || resisting > room.sharing(width)) resisting = 0;
  std::vector<double> sums(problem_.system.levels.size(), 0.0);
  for (std::size_t m = 0; m < options.size() && resisting > 0; ++m) {
    std::vector<double> most(sums.size(), 0.0);
    for (std::size_t o = 0; o < options[m].size(); ++o) {
      const OwnNodes& alone = options[m][o]->alone;
      if (!series[m] || places.of[m][o] == Place::own || alone.several.empty()) continue;
      places.of[m][o] = Place::shared;
      for (LevelId l = 0; l < sums.size(); ++l) most[l] = std::max(most[l], alone.several[l]);
    }
    for (LevelId l = 0; l < sums.size(); ++l) sums[l] += most[l];
  }
  // Concave and 0 at 0: no smaller a part of smaller sums.
  for (const double sum : sums)
    places.counted.push_back(sum > 0.0 ? some_down(sum, plainly, lost_) / sum : 0.0);
  const int busiest =
      std::max(room.taken > 0 ? 1 : 0, resisting > 0 ? room.crowding(resisting, width) : 0);
  // With fewer replicas everybody stays in its layer.
  Layers others(Room{zones_, zone_size_});
  for (std::size_t m = 0; m < options.size(); ++m) {
    if (inputs[m] >= placed_.size() || std::ranges::count(places.of[m], Place::anywhere) == 0)
      continue;
    int nodes = 0;
    int share = 0;
    bool known = true;
    for (const OptionFigures* option : options[m]) {
      nodes = std::max(nodes, option->alone.nodes);
      share = std::max(share, domain_share(option->alone));
      known = known && option->alone.nodes > 0;
    }
    others.add(known ? nodes : 0, share);
  }
  places.fit = busiest + others.count() + outsiders_ <= crowd;
  return places;
}

}  // namespace haplan::solver
