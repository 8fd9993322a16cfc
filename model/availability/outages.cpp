#include "model/availability/outages.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/availability/aged.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Values of all functions at one age.
struct Aged {
  std::vector<double> all;
  std::vector<double> without_ramps;  ///< empty: as `all`
};

class OutageAges {
 public:
  ///   absent  an element that never fails, or null
  OutageAges(const ServiceContext& context, const LongFailure* absent)
      : context_(context), aged_(context), absent_(absent) {
    for (const TableNumbers& table : context.numbers.tables) ramps_ = ramps_ || table.ramp > 0.0;
  }

  [[nodiscard]] std::vector<std::vector<DownFor>> run() const {
    const std::size_t services = context_.system.services.size();
    std::vector<std::vector<DownFor>> result(services);
    const std::vector<double> never = at(kInfinity);
    const std::vector<double> now = at(0.0);
    const auto add = [&](double age, const std::vector<double>& shares, bool sudden) {
      bool more = false;
      for (ServiceId s = 0; s < services; ++s) {
        result[s].push_back({age, shares[s], sudden});
        more = more || shares[s] - never[s] > kNegligible * now[s];
      }
      return more;
    };
    bool more = add(0.0, now, false);
    for (const auto& [age, sudden] : ages())
      if (more) more = add(age, at(age), sudden);
    for (ServiceId s = 0; s < services; ++s) result[s].back().share = never[s];
    return result;
  }

  /// Per service and level, of all time.
  [[nodiscard]] std::vector<std::vector<double>> by_level(double age) const;

 private:
  [[nodiscard]] std::vector<double> at(double age) const;

  static constexpr double kNegligible = 1e-9;  ///< of the downtime, that lasts even longer
  struct Age {
    double age = 0.0;
    bool sudden = false;
  };

  /// A grid of equal ratios over all lengths that outages may have, and the fixed ones.
  [[nodiscard]] std::vector<Age> ages() const {
    constexpr double kRatio = 1.1;
    constexpr double kShorter = 0.01;  // than any outage
    constexpr double kLonger = 1e4;
    constexpr double kSame = 1e-6;
    std::vector<double> sudden = aged_.lengths();
    for (const NodeStages& stages : context_.compiled.drain_stages)
      for (const double bound : stages.bounds) sudden.push_back(bound);
    if (context_.system.drain) sudden.push_back(context_.system.drain->per_node);
    if (context_.system.levels.size() > 1)
      for (const Level& level : context_.system.levels) sudden.push_back(level.share * level.every);
    std::ranges::sort(sudden);
    double shortest = aged_.shortest();
    double longest = aged_.longest();
    for (const double length : sudden)
      if (length > 0.0) {
        shortest = shortest == 0.0 ? length : std::min(shortest, length);
        longest = std::max(longest, length);
      }
    std::vector<Age> all;
    auto next = std::ranges::begin(sudden);
    if (shortest > 0.0)
      for (double age = kShorter * shortest; age < kLonger * longest; age *= kRatio) {
        for (; next != sudden.end() && *next < age; ++next)
          if (*next > 0.0 && (all.empty() || *next > all.back().age * (1.0 + kSame)))
            all.push_back({*next, true});
        if (all.empty() || age > all.back().age * (1.0 + kSame)) all.push_back({age, false});
      }
    return all;
  }

  [[nodiscard]] Aged values_at(double age) const {
    Numbers numbers = aged_.at(age);
    if (absent_ != nullptr) suppose(context_.compiled, *absent_, false, numbers);
    Aged values;
    std::vector<double> p;
    fill_probabilities(context_.compiled, numbers, 1.0, p);
    context_.compiled.diagram.probability(p, 1.0, values.all);
    if (!ramps_) return values;
    Numbers even = numbers;
    for (TableNumbers& table : even.tables) {
      table.ramp = 0.0;
      std::erase_if(table.factors, [](const Factor& f) { return f.kind == CauseKind::ramp; });
    }
    fill_probabilities(context_.compiled, even, 1.0, p);
    context_.compiled.diagram.probability(p, 1.0, values.without_ramps);
    return values;
  }

  /// P(down at a level), and so for the age: what a drain alone takes down ends with it.
  [[nodiscard]] double at_level(const std::vector<double>& value, ServiceId service, LevelId level,
                                double age) const {
    double undrained = 0.0;
    double down = 0.0;
    for (const Situation& world : context_.compiled.worlds) {
      if (world.before || world.level != level) continue;
      const double here = value[world.service_down[service]];
      const double weight = drain_weight(context_.numbers, world, 1.0);
      if (world.drained == kOut) {
        undrained = here;
        down += weight * here;
        continue;
      }
      const double length = context_.system.drain->per_node;
      const auto& bounds = context_.compiled.drain_stages[world.drained].bounds;
      const double begin = world.stage == 0 ? 0.0 : bounds[world.stage - 1];
      const double end = world.stage < bounds.size() ? bounds[world.stage] : length;
      // Of this stage, the part in which the drain is younger than the outage.
      const double young = std::clamp((age - begin) / (end - begin), 0.0, 1.0);
      down += weight * ((1.0 - young) * here + young * std::min(here, undrained));
    }
    return down;
  }

  /// P(up before the entry of a level and down after it), 0 where the level is not entered.
  [[nodiscard]] double at_entry(const std::vector<double>& value, ServiceId service,
                                LevelId level) const {
    double entered = 0.0;
    for (const Situation& world : context_.compiled.worlds)
      if (world.before && world.level == level)
        entered += drain_weight(context_.numbers, world, 1.0) * value[world.service_down[service]];
    return entered;
  }

  const ServiceContext& context_;
  AgedNumbers aged_;
  const LongFailure* absent_;
  bool ramps_ = false;
};

std::vector<std::vector<double>> OutageAges::by_level(double age) const {
  const Aged values = values_at(age);
  std::vector<std::vector<double>> shares(context_.system.services.size());
  for (ServiceId s = 0; s < shares.size(); ++s)
    for (LevelId l = 0; l < context_.system.levels.size(); ++l) {
      const Level& level = context_.system.levels[l];
      const double whole = at_level(values.all, s, l, age);
      const std::vector<double>& even = ramps_ ? values.without_ramps : values.all;
      const double lasting = ramps_ ? at_level(even, s, l, age) : whole;
      // What is down at this level and was not at the one before ends with the stay.
      const double own = std::min(lasting, at_entry(even, s, l));
      const double left = std::max(0.0, 1.0 - age / (level.share * level.every));
      shares[s].push_back(level.share * (whole - own * (1.0 - left)));
    }
  return shares;
}

std::vector<double> OutageAges::at(double age) const {
  std::vector<double> shares;
  for (const std::vector<double>& levels : by_level(age))
    shares.push_back(std::accumulate(levels.begin(), levels.end(), 0.0));
  return shares;
}

}  // namespace

std::vector<std::vector<DownFor>> outage_ages(const ServiceContext& context) {
  return OutageAges(context, nullptr).run();
}

std::vector<std::vector<std::vector<double>>> outage_shares(const ServiceContext& context,
                                                            const std::vector<double>& ages,
                                                            const LongFailure* absent) {
  const OutageAges outages(context, absent);
  const std::vector<std::vector<double>> levels(context.system.levels.size());
  std::vector<std::vector<std::vector<double>>> shares(context.system.services.size(), levels);
  for (const double age : ages) {
    const auto now = outages.by_level(age);
    for (ServiceId s = 0; s < shares.size(); ++s)
      for (LevelId l = 0; l < levels.size(); ++l) shares[s][l].push_back(now[s][l]);
  }
  return shares;
}

std::vector<DownFor> lower_hull(const std::vector<DownFor>& points) {
  std::vector<DownFor> hull;
  for (const DownFor& point : points) {
    const auto turns = [&](const DownFor& a, const DownFor& b) {
      return (b.share - a.share) * (point.age - b.age) >= (point.share - b.share) * (b.age - a.age);
    };
    while (hull.size() > 1 && turns(hull[hull.size() - 2], hull.back())) hull.pop_back();
    hull.push_back(point);
  }
  return hull;
}

}  // namespace haplan::model
