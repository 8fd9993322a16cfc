#include "model/simulate/path_player.hpp"

#include <algorithm>
#include <array>

namespace haplan::model {

namespace {

constexpr std::uint64_t kBiasedPaths = std::uint64_t{1} << 61;
constexpr std::uint64_t kMostCycles = std::uint64_t{1} << 20;  ///< biased ones of one replication

constexpr std::array kPushes{0.5, 0.8};

/// What a path gives without weights.
void take(const Tally& tally, Repeat& result) {
  result.events += tally.events;
  result.time = tally.time;
  result.services.resize(tally.services.size());
  for (std::size_t s = 0; s < tally.services.size(); ++s) {
    result.services[s].requests = tally.services[s].requests;
    result.services[s].windows = tally.services[s].window_downtime;
  }
}

/// The downtime of one biased cycle, and the requests that fail in it.
void add_downtime(const ServiceTally& tally, RepeatedService& service) {
  service.down += tally.down;
  service.outages += tally.outages;
  service.failed += tally.failed - tally.misrouted;
  if (tally.outages > 0.0) ++service.seen;
}

void take_downtime(const ServiceTally& tally, RepeatedService& service) {
  service.down = tally.down;
  service.outages = tally.outages;
  service.failed = tally.failed;
  service.seen = static_cast<std::uint64_t>(tally.outages);
}

}  // namespace

/// Plays in pieces of about a millisecond; false when the Stop said so.
bool PathPlayer::play_until(Process& process, double until, const Stop& stop) const {
  while (process.now() < until) {
    if (stop && stop()) return false;
    process.play(std::min(until, process.now() + piece_));
  }
  return true;
}

std::optional<Repeat> PathPlayer::direct(std::uint64_t index, const Stop& stop) const {
  Process process(layout_, seed_, index);
  Repeat result;
  if (!play_until(process, lengths_.warm_up, stop)) return std::nullopt;
  result.events = process.tally().events;
  process.clear_tally();
  const double end = lengths_.warm_up + static_cast<double>(lengths_.windows) * lengths_.window;
  if (!play_until(process, end, stop)) return std::nullopt;
  take(process.tally(), result);
  for (std::size_t s = 0; s < result.services.size(); ++s)
    take_downtime(process.tally().services[s], result.services[s]);
  return result;
}

std::optional<Repeat> PathPlayer::biased(std::uint64_t index, const Preferences& preferences,
                                         std::uint64_t cycles, bool falls, const Stop& stop) const {
  const double push = kPushes[index % kPushes.size()];
  Process process(layout_, seed_, index);
  Repeat result;
  if (!play_until(process, lengths_.warm_up, stop)) return std::nullopt;
  process.play_cycle();
  result.events = process.tally().events;
  process.clear_tally();
  Process copy = process;
  std::vector<RepeatedService> sums(preferences.size());
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    if (stop && stop()) return std::nullopt;
    for (std::size_t s = 0; s < sums.size(); ++s) {
      if (!preferences[s]) continue;
      copy = process;
      copy.clear_tally();
      copy.restream(kBiasedPaths + (index * kMostCycles + cycle) * sums.size() + s);
      copy.play_cycle_biased(push, *preferences[s], s);
      result.events += copy.tally().events;
      const ServiceTally& tally = copy.tally().services[s];
      add_downtime(tally, sums[s]);
      if (falls && !copy.fell_with().empty())
        sums[s].falls.push_back({tally.down, copy.fell_with()});
    }
    process.play_cycle();
  }
  take(process.tally(), result);
  for (std::size_t s = 0; s < sums.size(); ++s) {
    if (!preferences[s]) {
      take_downtime(process.tally().services[s], result.services[s]);
      continue;
    }
    sums[s].requests = result.services[s].requests;
    sums[s].failed += process.tally().services[s].misrouted;
    sums[s].windows = std::move(result.services[s].windows);
    result.services[s] = std::move(sums[s]);
  }
  return result;
}

Preference PathPlayer::untaught() const {
  return Preference(Process(layout_, seed_, kPilotPath).choices());
}

}  // namespace haplan::model
