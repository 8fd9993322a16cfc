#include "model/simulate/simulate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/simulate/layout.hpp"
#include "model/simulate/process.hpp"

namespace haplan::model {

namespace {

/// Numbers of paths that no replication uses.
constexpr std::uint64_t kPilotPath = std::uint64_t{1} << 62;
constexpr std::uint64_t kBiasedPaths = std::uint64_t{1} << 61;
constexpr std::uint64_t kMostCycles = std::uint64_t{1} << 20;  ///< biased ones of one replication

/// How far failure biasing goes, the usual first.
constexpr std::array kPushes{0.5, 0.2, 0.8};

/// The length of every replication.
struct Lengths {
  double warm_up = 0.0;       ///< [s]
  std::uint64_t windows = 0;  ///< of a direct replication
  std::uint64_t cycles = 0;   ///< of one with biased cycles
  double window = 0.0;        ///< [s]
};

/// Plays in pieces of about a millisecond; false when the Stop said so.
bool play_until(Process& process, double until, double piece, const Stop& stop) {
  while (process.now() < until) {
    if (stop && stop()) return false;
    process.play(std::min(until, process.now() + piece));
  }
  return true;
}

/// The downtime of one biased cycle, and the requests that fail in it.
void add_downtime(const ServiceTally& tally, RepeatedService& service) {
  service.down += tally.down;
  service.outages += tally.outages;
  service.failed += tally.failed - tally.misrouted;
  if (tally.outages > 0.0) ++service.seen;
}

/// The replications of one system and deployment.
class Stage {
 public:
  Stage(const Layout& layout, std::uint64_t seed, const Lengths& lengths, double piece)
      : layout_(layout), seed_(seed), lengths_(lengths), piece_(piece) {}

  /// A stationary path.
  std::optional<Repeat> direct(std::uint64_t index, const Stop& stop) const {
    Process process(layout_, seed_, index);
    Repeat result;
    if (!play_until(process, lengths_.warm_up, piece_, stop)) return std::nullopt;
    result.events = process.tally().events;
    process.clear_tally();
    const double end = lengths_.warm_up + static_cast<double>(lengths_.windows) * lengths_.window;
    if (!play_until(process, end, piece_, stop)) return std::nullopt;
    take(process.tally(), result);
    for (std::size_t s = 0; s < result.services.size(); ++s) {
      const ServiceTally& tally = process.tally().services[s];
      result.services[s].down = tally.down;
      result.services[s].outages = tally.outages;
      result.services[s].failed = tally.failed;
      result.services[s].seen = static_cast<std::uint64_t>(tally.outages);
    }
    return result;
  }

  /// Cycles between two moments at which all begins to be well: time from cycles as they come, downtime from a biased
  /// copy of each for every service, from the same state on.
  std::optional<Repeat> biased(std::uint64_t index, double push, const Stop& stop) const {
    Process process(layout_, seed_, index);
    Repeat result;
    if (!play_until(process, lengths_.warm_up, piece_, stop)) return std::nullopt;
    process.play_cycle();
    result.events = process.tally().events;
    process.clear_tally();
    Process copy = process;
    std::vector<RepeatedService> sums(process.tally().services.size());
    for (std::uint64_t cycle = 0; cycle < lengths_.cycles; ++cycle) {
      if (stop && stop()) return std::nullopt;
      for (std::size_t s = 0; s < sums.size(); ++s) {
        copy = process;
        copy.clear_tally();
        copy.restream(kBiasedPaths + (index * kMostCycles + cycle) * sums.size() + s);
        copy.play_cycle_biased(push, s);
        result.events += copy.tally().events;
        add_downtime(copy.tally().services[s], sums[s]);
      }
      process.play_cycle();
    }
    take(process.tally(), result);
    for (std::size_t s = 0; s < sums.size(); ++s) {
      sums[s].requests = result.services[s].requests;
      sums[s].failed += process.tally().services[s].misrouted;
      sums[s].windows = std::move(result.services[s].windows);
    }
    result.services = std::move(sums);
    return result;
  }

 private:
  /// What a path gives without weights.
  static void take(const Tally& tally, Repeat& result) {
    result.events += tally.events;
    result.time = tally.time;
    result.services.resize(tally.services.size());
    for (std::size_t s = 0; s < tally.services.size(); ++s) {
      result.services[s].requests = tally.services[s].requests;
      result.services[s].windows = tally.services[s].window_downtime;
    }
  }

  const Layout& layout_;
  std::uint64_t seed_;
  Lengths lengths_;
  double piece_;
};

/// What a first look at one path says: how much happens, and whether all is well now and then.
struct Pace {
  double events = 0.0;  ///< per second
  bool cycles = false;  ///< failures come and go, and all is well in between
};

Pace pace_of(const Layout& layout, const SimulateOptions& options, double warm_up) {
  constexpr double kEvents = 20'000.0;
  constexpr int kMostDoublings = 20;
  constexpr int kLooks = 64;
  Process process(layout, options.seed, kPilotPath);
  process.play(warm_up);
  process.clear_tally();
  const double begin = process.now();
  double length = warm_up;
  int looks = 0;
  int well = 0;
  for (int doubling = 0; doubling < kMostDoublings; ++doubling, length *= 2.0) {
    const double from = process.now();
    for (int look = 1; look <= kLooks; ++look) {
      process.play(from + (begin + length - from) * look / kLooks);
      ++looks;
      well += process.all_well() ? 1 : 0;
    }
    if (static_cast<double>(process.tally().events) >= kEvents || (options.stop && options.stop()))
      break;
  }
  constexpr double kOften = 0.01;  // a cycle must not take for ever
  const double time = process.now() - begin;
  return {static_cast<double>(process.tally().events) / time,
          well > kOften * looks && layout.failable > 0};
}

/// A replication is a hundred times as long as the longest repair, two dozen windows and some ten thousand events; shorter
/// where the limit would otherwise allow too few of them.
Lengths lengths_of(const SimulateOptions& options, double warm_up, const Pace& pace) {
  constexpr double kEvents = 20'000.0;
  constexpr double kWarmUps = 10.0;
  constexpr double kWindows = 24.0;
  constexpr double kLeastReplications = 64.0;
  const double rate = std::max(pace.events, 1e-12);
  double length = std::max({kWarmUps * warm_up, kWindows * options.window, kEvents / rate});
  const double affordable =
      static_cast<double>(options.events) / kLeastReplications / rate - warm_up;
  length = std::max(options.window, std::min(length, affordable));
  Lengths lengths;
  lengths.warm_up = warm_up;
  lengths.window = options.window;
  lengths.windows = static_cast<std::uint64_t>(std::ceil(length / options.window));
  // A cycle and its biased copy take some twenty events.
  lengths.cycles = static_cast<std::uint64_t>(
      std::clamp(static_cast<double>(options.events) / kLeastReplications / 20.0, 50.0, 1000.0));
  return lengths;
}

RoundOptions round_options(const SimulateOptions& options, std::size_t services) {
  RoundOptions rounds;
  rounds.precision = options.precision;
  rounds.confidence = options.confidence;
  rounds.events = options.events;
  rounds.threads = options.threads;
  rounds.targets = options.targets.empty() ? std::vector<bool>(services, true) : options.targets;
  rounds.stop = options.stop;
  rounds.progress = options.progress;
  return rounds;
}

/// Events that a precision is likely to need, after what a few replications say; infinite while nothing was seen.
double events_needed(const Rounds& rounds, const RoundOptions& options) {
  RoundOptions any = options;
  any.least_outages = 1;
  const double precision = worst_precision(rounds.replications, any);
  const double times = precision / options.precision;
  return static_cast<double>(rounds.events) * times * times;
}

/// Whether two methods could mean the same numbers: their wide intervals meet.
bool compatible(const Rounds& direct, const Rounds& biased, const RoundOptions& options) {
  constexpr double kWide = 0.9999;
  for (std::size_t s = 0; s < options.targets.size(); ++s) {
    const SimulatedFigure a = figures_of(direct.replications, s, kWide, 0.0).unavailability;
    const SimulatedFigure b = figures_of(biased.replications, s, kWide, 0.0).unavailability;
    if (!a.known || !b.known) continue;
    if (a.estimate.lower > b.estimate.upper || b.estimate.lower > a.estimate.upper) return false;
  }
  return true;
}

/// The push that is likely to need the least events, or none when none needs far fewer than direct paths.
std::optional<double> chosen_push(const Stage& stage, const Rounds& direct, double direct_need,
                                  const RoundOptions& options) {
  constexpr double kFarFewer = 0.5;
  constexpr double kRough = 0.5;  // a pilot that is less precise says little of its own variance
  std::optional<double> best;
  double least = kFarFewer * direct_need;
  for (const double push : kPushes) {
    RoundOptions look = options;
    look.most_rounds = 1;
    look.progress = {};
    const Player player = [&stage, push](std::uint64_t index, const Stop& stop) {
      return stage.biased(kPilotPath + index, push, stop);
    };
    const Rounds rounds = play_rounds(player, look);
    const double need = events_needed(rounds, options);
    if (rounds.stopped || need >= least || !(rounds.precision < kRough) ||
        !compatible(direct, rounds, options))
      continue;
    least = need;
    best = push;
  }
  return best;
}

struct Played {
  Rounds rounds;
  SimulationMethod method = SimulationMethod::direct;
  std::vector<Repeat>
      stationary;  ///< of failure biasing: paths as they come, for figures of windows
};

Played play_biased(const Stage& stage, double push, const RoundOptions& options, Rounds direct) {
  const Player player = [&stage, push](std::uint64_t index, const Stop& stop) {
    return stage.biased(index, push, stop);
  };
  return {play_rounds(player, options), SimulationMethod::failure_biasing,
          std::move(direct.replications)};
}

Played play(const Stage& stage, const SimulateOptions& options, bool cycles,
            const RoundOptions& round_options) {
  constexpr double kCheap = 1e8;  // events; below it direct paths are not worth doubting
  const Player direct = [&stage](std::uint64_t index, const Stop& stop) {
    return stage.direct(index, stop);
  };
  RoundOptions first = round_options;
  first.most_rounds = 1;
  Rounds rounds = play_rounds(direct, first);
  const bool over = rounds.stopped || rounds.reached;
  if (options.method == SimulationMethod::failure_biasing && cycles && !rounds.stopped)
    return play_biased(stage, kPushes.front(), round_options, std::move(rounds));
  const double need = events_needed(rounds, round_options);
  if (!over && !options.method && cycles &&
      need > std::min(kCheap, static_cast<double>(options.events)))
    if (const auto push = chosen_push(stage, rounds, need, round_options))
      return play_biased(stage, *push, round_options, std::move(rounds));
  if (!over) rounds = play_rounds(direct, round_options, std::move(rounds));
  return {std::move(rounds), SimulationMethod::direct, {}};
}

/// Windows of stationary paths beside the rest of biased cycles.
SimulatedService figures_of(const Played& played, std::size_t service, double confidence,
                            double budget) {
  SimulatedService result = figures_of(played.rounds.replications, service, confidence, budget);
  if (played.method == SimulationMethod::direct) return result;
  const SimulatedService windows = figures_of(played.stationary, service, confidence, budget);
  result.kept = windows.kept;
  result.downtime_p50 = windows.downtime_p50;
  result.downtime_p99 = windows.downtime_p99;
  result.windows = windows.windows;
  return result;
}

}  // namespace

Result<Simulation> simulate(const System& system, const Deployment& deployment,
                            const SimulateOptions& options) {
  HAPLAN_EXPECTS(options.precision > 0.0 && options.window > 0.0 && options.threads >= 1);
  HAPLAN_EXPECTS(options.confidence > 0.0 && options.confidence < 1.0);
  const std::size_t services = system.services.size();
  const std::vector<double> budgets =
      options.budgets.empty() ? std::vector<double>(services, 0.0) : options.budgets;
  HAPLAN_EXPECTS(budgets.size() == services);
  const auto layout = Layout::of(system, deployment, options.assumptions, options.window);
  if (!layout) return tl::unexpected(layout.error());
  const double warm_up = settling_time(system, deployment);
  const Pace pace = pace_of(*layout, options, warm_up);
  const RoundOptions rounds = round_options(options, services);
  constexpr double kPiece = 1000.0;  // events between two looks at the Stop
  const Stage stage(*layout, options.seed, lengths_of(options, warm_up, pace),
                    kPiece / std::max(pace.events, 1e-12));
  const Played played = play(stage, options, pace.cycles, rounds);
  Simulation result;
  for (std::size_t s = 0; s < services; ++s)
    result.services.push_back(figures_of(played, s, options.confidence, budgets[s]));
  result.time = played.rounds.time;
  result.events = played.rounds.events;
  result.replications = played.rounds.replications.size();
  result.warm_up = warm_up;
  result.precision = played.rounds.precision;
  result.method = played.method;
  result.reached = played.rounds.reached;
  result.stopped = played.rounds.stopped;
  return result;
}

Result<void> trace_path(const System& system, const Deployment& deployment,
                        const SimulateOptions& options, double until, const TraceSink& sink) {
  const auto layout = Layout::of(system, deployment, options.assumptions, options.window);
  if (!layout) return tl::unexpected(layout.error());
  Process process(*layout, options.seed, 0);
  process.trace(sink);
  process.play(until);
  return {};
}

}  // namespace haplan::model
