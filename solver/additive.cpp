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

NodeShare larger(const NodeShare& a, const NodeShare& b) {
  return {std::max(a.nodes, b.nodes), std::max(a.in_domain, b.in_domain)};
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
  if (!rooms_.empty()) where = places(series, inputs, options, crowd);
  const bool scatter = !rooms_.empty() && where.fit;
  if (!scatter) {
    where.of.clear();
    for (const auto& list : options) where.of.emplace_back(list.size(), Place::anywhere);
  }
  const auto own = [&](std::size_t m, std::size_t o) { return where.of[m][o] == Place::own; };
  const auto alone_of = [&](std::size_t m, std::size_t o) -> const OwnNodes& {
    return options[m][o]->alone[where.node_class[m]];
  };

  double crippling = 1.0;
  for (std::size_t m = 0; m < members; ++m)
    for (std::size_t o = 0; o < options[m].size(); ++o) {
      const double lost = scatter && series[m] ? worst_zone(*options[m][o]) : 0.0;
      sums.crippled[m][o] = lost >= kSurely;
      if (sums.crippled[m][o]) crippling = std::min(crippling, lost);
    }
  double zones_up = 1.0;
  for (const double down : classes_.zones_down) {
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
          down = own(m, o) ? alone_of(m, o).plain[l] : option.calm_low[l];
          if (where.of[m][o] == Place::shared)
            shared = where.counted[where.node_class[m]][l] * alone_of(m, o).several[l];
          if (own(m, o) && option.calm_low[l] < kAlmostSurely)
            credit = up * alone_of(m, o).credit[l] / (1.0 - option.calm_low[l]);
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
      const OwnNodes* alone = own(m, o) ? &alone_of(m, o) : nullptr;
      double beside = 0.0;
      double most = 0.0;
      for (LevelId l = 0; l < levels.size(); ++l) {
        const double down = alone != nullptr ? alone->plain[l] : options[m][o]->calm_low[l];
        const double log = -std::log1p(-std::min(down, kAlmostSurely));
        const double x = parts[l].most;
        most = std::max(most, x);
        beside += levels[l].share * (1.0 - quiet_) * (x > 0.0 ? -std::expm1(-x) / x * log : 0.0);
        if (alone != nullptr) beside -= levels[l].share * alone->absent * alone->plain[l];
      }
      sums.adds[m][o] += beside + (alone != nullptr ? alone->drained * std::exp(-most) : 0.0);
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
  const std::size_t classes = rooms_.size();
  std::vector<Dealt> dealt;
  for (const Room& room : rooms_) dealt.push_back({room, {}});
  std::vector<std::vector<double>> gain(options.size(), std::vector<double>(classes, 0.0));
  std::vector<std::vector<bool>> resists(options.size(), std::vector<bool>(classes, false));
  std::vector<std::size_t> order;
  for (std::size_t m = 0; m < options.size(); ++m) {
    places.of.emplace_back(options[m].size(), Place::anywhere);
    for (std::size_t k = 0; k < classes && series[m]; ++k)
      for (const OptionFigures* option : options[m]) {
        const OwnNodes& alone = option->alone[k];
        if (alone.nodes == 0) continue;
        gain[m][k] = std::max(gain[m][k], alone.gain / alone.nodes);
        if (!alone.several.empty()) resists[m][k] = true;
      }
    if (classes > 0 && std::ranges::max(gain[m]) > 0.0) order.push_back(m);
  }
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t m) { return std::ranges::max(gain[m]); });
  const auto worthwhile = [&](std::size_t m, std::size_t k, const OptionFigures* option) {
    return option->alone[k].nodes > 0 && option->alone[k].gain * kWorthwhile >= gain[m][k];
  };
  // What shares nodes does so in the class in which it has, or could have, nodes of its own, or in the largest.
  for (std::size_t m = 0; m < options.size(); ++m) {
    std::size_t largest = 0;
    for (std::size_t k = 1; k < classes; ++k)
      if (resists[m][k] && (!resists[m][largest] || rooms_[largest].nodes() < rooms_[k].nodes()))
        largest = k;
    places.node_class.push_back(largest);
  }
  for (const std::size_t m : order) {
    std::size_t best = classes;
    NodeShare taken;
    for (std::size_t k = 0; k < classes; ++k) {
      if (gain[m][k] == 0.0 || (best < classes && gain[m][k] <= gain[m][best])) continue;
      NodeShare most;
      for (const OptionFigures* option : options[m])
        if (worthwhile(m, k, option)) most = larger(most, share(k, option->alone[k]));
      if (!dealt[k].room.fits(most)) continue;
      best = k;
      taken = most;
    }
    if (best == classes) continue;
    dealt[best].room.take(taken);
    places.node_class[m] = best;
    for (std::size_t o = 0; o < options[m].size(); ++o)
      if (worthwhile(m, best, options[m][o])) places.of[m][o] = Place::own;
  }
  for (std::size_t m = 0; m < options.size(); ++m) {
    const std::size_t k = places.node_class[m];
    bool counted = false;
    for (const OptionFigures* option : options[m])
      if (series[m] && option->alone[k].nodes > 0 && !option->alone[k].several.empty()) {
        if (!counted) dealt[k].resisting.push_back(m);
        counted = true;
        dealt[k].in_domain = std::max(dealt[k].in_domain, share(k, option->alone[k]).in_domain);
        dealt[k].plainly = std::max(dealt[k].plainly, option->alone[k].plainly);
      }
  }
  for (std::size_t k = 0; k < classes; ++k) {
    Dealt& one = dealt[k];
    one.shared = !one.resisting.empty() &&
                 static_cast<int>(one.resisting.size()) <= one.room.sharing(one.in_domain);
    std::vector<double> sums(problem_.system.levels.size(), 0.0);
    for (const std::size_t m : one.resisting) {
      std::vector<double> most(sums.size(), 0.0);
      for (std::size_t o = 0; o < options[m].size() && one.shared; ++o) {
        const OwnNodes& alone = options[m][o]->alone[k];
        if (places.of[m][o] == Place::own || alone.several.empty()) continue;
        places.of[m][o] = Place::shared;
        for (LevelId l = 0; l < sums.size(); ++l) most[l] = std::max(most[l], alone.several[l]);
      }
      for (LevelId l = 0; l < sums.size(); ++l) sums[l] += most[l];
    }
    // Concave and 0 at 0: no smaller a part of smaller sums.
    auto& counted = places.counted.emplace_back();
    for (const double sum : sums)
      counted.push_back(sum > 0.0 ? some_down(sum, one.plainly, classes_.classes[k].lost) / sum
                                  : 0.0);
  }
  // With fewer replicas everybody stays in its layer.
  Crowd others(rooms_);
  for (std::size_t m = 0; m < options.size(); ++m) {
    if (inputs[m] >= placed_.size() || std::ranges::count(places.of[m], Place::anywhere) == 0)
      continue;
    others.add([&](std::size_t k) {
      NodeShare most;
      for (const OptionFigures* option : options[m]) {
        const NodeShare own = share(k, option->alone[k]);
        if (own.nodes == 0) return NodeShare{};
        most = larger(most, own);
      }
      return most;
    });
  }
  places.fit = others.most([&](std::size_t k) { return dealt[k].busiest(); }) + outsiders_ <= crowd;
  return places;
}

}  // namespace haplan::solver
