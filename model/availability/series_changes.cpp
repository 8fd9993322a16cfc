#include "model/availability/series_changes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "model/availability/series_worlds.hpp"
#include "model/base/contract.hpp"
#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

/// A number per part and option.
using Table = std::vector<std::vector<double>>;

/// Of the chord of 1 - exp(-y) from 0 to `most`.
double slope_to(double most) { return most > 1e-15 ? -std::expm1(-most) / most : 1.0; }

double most_of(const std::vector<double>& shares) {
  return shares.empty() ? 0.0 : std::max(0.0, std::ranges::max(shares));
}

/// Share of what is up that is taken away.
double taken(double up, double up_instead) {
  return up > 0.0 ? std::max(0.0, 1.0 - up_instead / up) : 0.0;
}

class Changes {
 public:
  Changes(const System& system, const std::vector<SeriesPart>& parts,
          const std::vector<std::vector<SeriesOption>>& options, SeriesWorlds& worlds)
      : system_(system), parts_(parts), options_(options), worlds_(worlds) {
    for (std::size_t p = 0; p < parts.size(); ++p)
      if (!options[p].empty()) open_.push_back(p);
  }

  SeriesChanges sum(const std::vector<double>& weights) {
    result_.adds = zeros();
    // What settings do during drains is left out.
    for (LevelId l = 0; l < weights.size(); ++l)
      result_.down += weights[l] * drained_down(system_, parts_, l);
    const double quiet = undrained(system_);
    for (std::size_t set = 0; set < worlds_.domain_sets(); ++set) {
      const double mass = quiet * worlds_.enter(set);
      const std::vector<SeriesGroup> groups = worlds_.groups();
      for (LevelId l = 0; l < weights.size(); ++l) {
        add_groups(groups, l, mass * weights[l]);
        if (set == 0) add_credit(l, mass * weights[l]);
      }
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] Table zeros() const {
    Table table;
    for (const auto& options : options_) table.emplace_back(options.size(), 0.0);
    return table;
  }

  /// Nothing rescheduled: groups are independent, so that what each loses of its own availability is once more a share.
  void add_groups(const std::vector<SeriesGroup>& groups, LevelId level, double weight) {
    Table shares = zeros();
    double down = 0.0;
    for (const SeriesGroup& group : groups) {
      down =
          either(down, worlds_.surely_down(group, level) ? 1.0 : group_down(group, level, shares));
      if (down >= 1.0) break;
    }
    result_.down += weight * down;
    if (down >= 1.0) return;
    double most = 0.0;
    for (const std::size_t p : open_) most += most_of(shares[p]);
    add(shares, weight * (1.0 - down) * slope_to(most));
  }

  void add(const Table& shares, double factor) {
    for (const std::size_t p : open_)
      for (std::size_t o = 0; o < shares[p].size(); ++o)
        result_.adds[p][o] += factor * shares[p][o];
  }

  /// P(some part of the group down); `shares` of its parts are set.
  double group_down(const SeriesGroup& group, LevelId level, Table& shares) {
    std::vector<std::size_t> open;  // of the group
    for (std::size_t i = 0; i < group.parts.size(); ++i)
      if (!options_[group.parts[i]].empty()) open.push_back(i);
    double sum = 0.0;
    Table here = shares;
    worlds_.each_world(group, level, [&](double mass, const std::vector<std::size_t>& left) {
      double down = 0.0;
      for (std::size_t i = 0; i < group.parts.size(); ++i)
        down = either(down, parts_[group.parts[i]].down[level][left[i]]);
      sum += mass * down;
      if (down >= 1.0) return;
      double most = 0.0;
      for (const std::size_t i : open) {
        const std::size_t p = group.parts[i];
        const double up = 1.0 - parts_[p].down[level][left[i]];
        for (std::size_t o = 0; o < options_[p].size(); ++o)
          here[p][o] = taken(up, 1.0 - options_[p][o].down[level][left[i]]);
        most += most_of(here[p]);
      }
      const double factor = mass * (1.0 - down) * slope_to(most);
      for (const std::size_t i : open) {
        const std::size_t p = group.parts[i];
        for (std::size_t o = 0; o < here[p].size(); ++o) shares[p][o] += factor * here[p][o];
      }
    });
    if (sum < 1.0)
      for (const std::size_t i : open)
        for (double& share : shares[group.parts[i]]) share /= 1.0 - sum;
    return sum;
  }

  /// P(part up) while replicas are lost, moved or not.
  static double serves(const std::vector<double>& down, std::size_t lost, bool moved) {
    return 1.0 - down[down.size() - 1 - (moved ? 0 : lost)];
  }

  /// Rescheduling while no domain is down and one node alone is lost: what is up with it, at most, less what is up without it, at least.
  void add_credit(LevelId level, double weight) {
    const double all_up = worlds_.all_up();
    for (NodeId n = 0; n < system_.nodes.size(); ++n) {
      std::vector<std::size_t> lost;  // per part
      std::set<double> times;
      for (std::size_t p = 0; p < parts_.size(); ++p) {
        lost.push_back(worlds_.count_on(p, level, n));
        if (lost.back() == 0) continue;
        times.insert(parts_[p].reschedule);
        for (const SeriesOption& option : options_[p]) times.insert(option.reschedule);
      }
      times.erase(kForever);
      const double factor = weight * all_up / (1.0 - worlds_.lost(n));
      for (auto from = times.begin(); from != times.end(); ++from) {
        const double until = std::next(from) == times.end() ? kForever : *std::next(from);
        add_stage(level, lost, *from,
                  factor * down_between(system_.nodes[n].modes, false, *from, until));
      }
    }
  }

  void add_stage(LevelId level, const std::vector<std::size_t>& lost, double age, double mass) {
    Table moved = zeros();
    Table stays = zeros();
    double up = 1.0;
    double before = 1.0;
    double most = 0.0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const auto& down = parts_[p].down[level];
      const double with = serves(down, lost[p], parts_[p].reschedule <= age);
      const double without = serves(down, lost[p], false);
      up *= with;
      before *= without;
      for (std::size_t o = 0; o < options_[p].size(); ++o) {
        const SeriesOption& option = options_[p][o];
        moved[p][o] = taken(with, serves(option.down[level], lost[p], option.reschedule <= age));
        stays[p][o] = taken(without, serves(option.down[level], lost[p], false));
      }
      most += most_of(moved[p]);
    }
    result_.down -= mass * (up - before);
    add(moved, mass * up * slope_to(most));
    add(stays, -mass * before);
  }

  const System& system_;
  const std::vector<SeriesPart>& parts_;
  const std::vector<std::vector<SeriesOption>>& options_;
  SeriesWorlds& worlds_;
  std::vector<std::size_t> open_;  ///< parts with options
  SeriesChanges result_;
};

}  // namespace

std::optional<SeriesChanges> series_changes(const System& system,
                                            const std::vector<SeriesPart>& parts,
                                            const std::vector<std::vector<SeriesOption>>& options,
                                            const std::vector<double>& weights,
                                            std::size_t most_states) {
  HAPLAN_EXPECTS(options.size() == parts.size() && weights.size() == system.levels.size());
  SeriesWorlds worlds(system, parts, most_states);
  if (!worlds.possible()) return std::nullopt;
  return Changes(system, parts, options, worlds).sum(weights);
}

}  // namespace haplan::model
