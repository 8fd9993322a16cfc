#include "model/simulate/rounds.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// One number of each replication.
template <class Of>
std::vector<double> column(const std::vector<Repeat>& replications, const Of& of) {
  std::vector<double> values;
  values.reserve(replications.size());
  for (const Repeat& replication : replications) values.push_back(of(replication));
  return values;
}

std::vector<double> column(const std::vector<Repeat>& replications, std::size_t service,
                           double RepeatedService::* member) {
  return column(replications, [&](const Repeat& r) { return r.services[service].*member; });
}

std::uint64_t outages_seen(const std::vector<Repeat>& replications, std::size_t service) {
  std::uint64_t seen = 0;
  for (const Repeat& r : replications) seen += r.services[service].seen;
  return seen;
}

/// With fewer outages the spread that replications show is no measure of the error.
constexpr std::uint64_t kLeastSeen = 30;

void forget_interval(SimulatedFigure& figure) {
  figure.known = false;
  figure.estimate.lower = 0.0;
  figure.estimate.upper = kInfinite;
  figure.deviation = 0.0;
}

/// How many replications to play next: what the precision still lacks, from a quarter of those that there are to three
/// times as many, within the events that are left.
std::uint64_t next_round(const Rounds& rounds, const RoundOptions& options) {
  constexpr double kLeast = 0.25;
  constexpr double kMost = 3.0;
  constexpr double kReserve = 1.1;  // the next estimate of the variance may be larger
  const auto n = static_cast<double>(rounds.replications.size());
  const double missing = rounds.precision / options.precision;
  const double wanted =
      std::isfinite(missing) ? n * (kReserve * missing * missing - 1.0) : kMost * n;
  const double per_replication = static_cast<double>(rounds.events) / n;
  const double left = options.events > rounds.events
                          ? static_cast<double>(options.events - rounds.events) / per_replication
                          : 0.0;
  return static_cast<std::uint64_t>(
      std::min(std::ceil(std::clamp(wanted, kLeast * n, kMost * n)), left));
}

/// Every window's downtime in the order of replications, at most so many: quantiles need them all at once.
std::vector<double> windows_of(const std::vector<Repeat>& replications, std::size_t service) {
  constexpr std::size_t kMost = 2'000'000;
  std::vector<double> all;
  for (const Repeat& r : replications) {
    const auto& windows = r.services[service].windows;
    if (all.size() + windows.size() > kMost) break;
    all.insert(all.end(), windows.begin(), windows.end());
  }
  return all;
}

void add_windows(const std::vector<Repeat>& replications, std::size_t service, double confidence,
                 double budget, SimulatedService& result) {
  constexpr double kHigh = 0.99;
  const auto kept = column(replications, [&](const Repeat& r) {
    return static_cast<double>(std::ranges::count_if(r.services[service].windows,
                                                     [=](double down) { return down <= budget; }));
  });
  const auto windows = column(replications, [&](const Repeat& r) {
    return static_cast<double>(r.services[service].windows.size());
  });
  result.kept = proportion_figure(kept, windows, confidence);
  const std::vector<double> all = windows_of(replications, service);
  const std::size_t group =
      replications.empty()
          ? 1
          : std::max<std::size_t>(1, replications[0].services[service].windows.size());
  result.downtime_p50 = quantile_figure(all, group, 0.5, confidence);
  result.downtime_p99 = quantile_figure(all, group, kHigh, confidence);
  for (const double count : windows) result.windows += static_cast<std::uint64_t>(count);
}

void play_round(const Player& player, std::uint64_t count, const RoundOptions& options,
                Rounds& rounds) {
  SimulationProgress now{rounds.events, options.events, rounds.time, rounds.precision,
                         options.precision};
  const auto done = [&](const Repeat& replication) {
    now.events += replication.events;
    now.time += replication.time;
    if (options.progress) options.progress(now);
  };
  const std::uint64_t first = rounds.replications.size();
  auto played = play_replications(player, first, count, options.threads, options.stop, done);
  rounds.stopped = played.size() < count;
  for (const Repeat& replication : played) {
    rounds.events += replication.events;
    rounds.time += replication.time;
  }
  std::ranges::move(played, std::back_inserter(rounds.replications));
  rounds.precision = worst_precision(rounds.replications, options);
  rounds.reached = rounds.precision <= options.precision;
}

}  // namespace

double worst_precision(const std::vector<Repeat>& replications, const RoundOptions& options) {
  double worst = 0.0;
  const auto time = column(replications, [](const Repeat& r) { return r.time; });
  for (std::size_t s = 0; s < options.targets.size(); ++s) {
    if (!options.targets[s]) continue;
    const auto down = column(replications, s, &RepeatedService::down);
    if (down == time && !time.empty()) continue;  // never up: nothing is left to learn
    if (outages_seen(replications, s) < options.least_outages) return kInfinite;
    worst = std::max(worst, relative_half_width(ratio_figure(down, time, options.confidence)));
  }
  return worst;
}

Rounds play_rounds(const Player& player, const RoundOptions& options, Rounds so_far) {
  HAPLAN_EXPECTS(options.precision > 0.0 && options.first_round >= 2);
  Rounds rounds = std::move(so_far);
  rounds.precision = worst_precision(rounds.replications, options);
  std::uint64_t next =
      rounds.replications.empty() ? options.first_round : next_round(rounds, options);
  for (std::uint64_t round = 0; round < options.most_rounds && next > 0; ++round) {
    play_round(player, next, options, rounds);
    if (options.after_round) options.after_round(rounds);
    if (rounds.stopped || rounds.reached) break;
    next = next_round(rounds, options);
  }
  return rounds;
}

SimulatedService figures_of(const std::vector<Repeat>& replications, std::size_t service,
                            double confidence, double budget) {
  const auto time = column(replications, [](const Repeat& r) { return r.time; });
  const auto down = column(replications, service, &RepeatedService::down);
  const auto outages = column(replications, service, &RepeatedService::outages);
  const auto failed = column(replications, service, &RepeatedService::failed);
  const auto requests = column(replications, service, &RepeatedService::requests);
  SimulatedService result;
  result.unavailability = ratio_figure(down, time, confidence);
  result.outage_frequency = ratio_figure(outages, time, confidence);
  result.mean_outage = ratio_figure(down, outages, confidence);
  result.error_ratio = ratio_figure(failed, requests, confidence);
  result.outages = outages_seen(replications, service);
  if (result.outages < kLeastSeen && down != time)
    for (SimulatedFigure* const figure : {&result.unavailability, &result.outage_frequency,
                                          &result.mean_outage, &result.error_ratio})
      forget_interval(*figure);
  add_windows(replications, service, confidence, budget, result);
  return result;
}

}  // namespace haplan::model
