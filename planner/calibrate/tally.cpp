#include "planner/calibrate/tally.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace haplan::planner {

namespace {

constexpr double kStillOn = std::numeric_limits<double>::infinity();

/// One or several rows that count as one.
struct Outage {
  double start = 0.0;
  double end = kStillOn;
  double resolution = 1.0;
  int line = 0;
};

/// Lays together what overlaps more often than it can.
///   incidents  of one mode (and one node of a pool), by start
///   notes      what may be the matter
std::vector<Outage> outages_of(const std::vector<const Incident*>& incidents, std::size_t capacity,
                               const std::vector<std::string>& notes, Tally& tally,
                               Diagnostics& diagnostics) {
  std::vector<Outage> outages;
  std::vector<std::size_t> active;
  for (const Incident* incident : incidents) {
    const double end = incident->end.value_or(kStillOn);
    std::erase_if(active, [&](std::size_t i) { return outages[i].end <= incident->start; });
    if (active.size() < capacity) {
      active.push_back(outages.size());
      outages.push_back({incident->start, end, incident->resolution, incident->where.line});
      continue;
    }
    const std::size_t first =
        *std::ranges::min_element(active, {}, [&](std::size_t i) { return outages[i].end; });
    ++tally.merged;
    diagnostics.push_back({Severity::warning, "HA115",
                           "overlaps the incident of the same component and cause at line " +
                               std::to_string(outages[first].line),
                           incident->where,
                           "both count as one outage, which ends with the later of them", notes});
    outages[first].end = std::max(outages[first].end, end);
  }
  return outages;
}

void count(const std::vector<Outage>& outages, const Period& period, Tally& tally) {
  for (const Outage& outage : outages) {
    if (outage.start < period.from) {
      if (outage.end > period.from) ++tally.carried_in;
      continue;
    }
    if (outage.start > period.to) continue;
    ++tally.events;
    tally.times.push_back(outage.start - period.from);
    const double length = outage.end - outage.start;
    if (outage.end == kStillOn) {
      if (period.to > outage.start) tally.repairs.at_least.push_back(period.to - outage.start);
    } else if (length > 0.0) {
      tally.repairs.exact.push_back(length);
    } else {
      tally.repairs.at_most.push_back(outage.resolution);
    }
  }
}

/// Integral over the period of the number of outages at once, at most `capacity`.
double down_time(const std::vector<Outage>& outages, double capacity, const Period& period) {
  std::vector<std::pair<double, int>> changes;
  for (const Outage& outage : outages) {
    const double start = std::max(outage.start, period.from);
    const double end = std::min(outage.end, period.to);
    if (end <= start) continue;
    changes.emplace_back(start, 1);
    changes.emplace_back(end, -1);
  }
  std::ranges::sort(changes);
  double sum = 0.0;
  double active = 0.0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    active += changes[i].second;
    if (i + 1 < changes.size())
      sum += std::min(active, capacity) * (changes[i + 1].first - changes[i].first);
  }
  return sum;
}

}  // namespace

SubjectTally tally(const Subject& subject, std::vector<Incident> incidents, const Period& period,
                   Diagnostics& diagnostics) {
  SubjectTally result;
  result.modes.resize(subject.modes.size());
  std::ranges::sort(incidents, {},
                    [](const Incident& one) { return std::tuple(one.start, one.where.line); });
  std::map<std::pair<std::size_t, std::string>, std::vector<const Incident*>> groups;
  for (const Incident& one : incidents) groups[{one.mode, one.member}].push_back(&one);
  const double units = subject.units.value_or(1.0);
  std::vector<Outage> of_units;
  std::vector<Outage> of_all;
  for (const auto& [key, group] : groups) {
    const auto& [mode, member] = key;
    const bool of_one = subject.modes[mode].per_unit;
    const bool of_member = member != subject.name;  // one node of a pool
    const auto capacity =
        of_one && !of_member ? static_cast<std::size_t>(std::ceil(units)) : std::size_t{1};
    std::vector<std::string> notes;
    if (capacity == 1 && of_one && subject.kind == SubjectKind::component)
      notes.emplace_back("with several replicas these may be two of them: --replicas " +
                         subject.name + "=N");
    const auto outages = outages_of(group, capacity, notes, result.modes[mode], diagnostics);
    count(outages, period, result.modes[mode]);
    auto& down = of_one ? of_units : of_all;
    down.insert(down.end(), outages.begin(), outages.end());
  }
  for (Tally& one : result.modes) std::ranges::sort(one.times);
  result.unit_down_time = down_time(of_units, units, period);
  result.subject_down_time = down_time(of_all, 1.0, period);
  return result;
}

}  // namespace haplan::planner
