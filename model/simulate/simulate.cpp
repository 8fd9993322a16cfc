#include "model/simulate/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/simulate/layout.hpp"
#include "model/simulate/path_player.hpp"
#include "model/simulate/process.hpp"

namespace haplan::model {

namespace {

/// What a first look at one path says: how much happens, and whether all is well now and then.
struct Pace {
  double events = 0.0;  ///< per second
  bool cycles = false;  ///< failures come and go, and all is well in between
};

Pace pace_of(const Layout& layout, const SimulateOptions& options, double warm_up) {
  constexpr double kEvents = 20'000.0;
  constexpr int kMostDoublings = 20;
  constexpr int kLooks = 64;
  Process process(layout, options.seed, PathPlayer::kPilotPath);
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

/// P(Poisson(mean) >= k).
double poisson_at_least(double k, double mean) {
  double below = 0.0;
  double term = std::exp(-mean);
  for (double n = 0.0; n < k; n += 1.0) {
    below += term;
    term *= mean / (n + 1.0);
  }
  return std::max(0.0, 1.0 - below);
}

/// Events that a precision is likely to need, after what a few replications say; infinite while nothing was seen.
double events_needed(const Rounds& rounds, const RoundOptions& options) {
  RoundOptions any = options;
  any.least_outages = 1;
  const double precision = worst_precision(rounds.replications, any);
  const double times = precision / options.precision;
  return static_cast<double>(rounds.events) * times * times;
}

/// Whether plain paths could have seen what they saw if the frequencies of biased cycles are true: replications with
/// outages are at most as many as a Poisson number of outages. What biased cycles never come across makes them too low, with an
/// interval that does not tell.
bool compatible(const Rounds& direct, const Rounds& biased, const RoundOptions& options) {
  constexpr double kWide = 0.9999;
  constexpr double kUnlikely = 1e-4;
  for (std::size_t s = 0; s < options.targets.size(); ++s) {
    if (!options.targets[s]) continue;
    const SimulatedService plain = figures_of(direct.replications, s, kWide, 0.0);
    const SimulatedService pushed = figures_of(biased.replications, s, kWide, 0.0);
    const SimulatedFigure& a = plain.unavailability;
    const SimulatedFigure& b = pushed.unavailability;
    if (a.known && b.known &&
        (a.estimate.lower > b.estimate.upper || b.estimate.lower > a.estimate.upper))
      return false;
    if (!pushed.outage_frequency.known) continue;
    const auto with_outages = std::ranges::count_if(
        direct.replications,
        [s](const Repeat& replication) { return replication.services[s].seen > 0; });
    const double expected = pushed.outage_frequency.estimate.upper * direct.time;
    if (with_outages > 0 &&
        poisson_at_least(static_cast<double>(with_outages), expected) < kUnlikely)
      return false;
  }
  return true;
}

/// Targets that are up at all and whose outages are too rare to wait for, or all of them; the others are not pushed.
std::vector<bool> pushed_services(const Rounds& direct, const RoundOptions& options, bool all) {
  constexpr double kFew = 3e6;  // events for a precise figure
  std::vector<bool> pushed = options.targets;
  for (std::size_t s = 0; s < pushed.size(); ++s) {
    if (!pushed[s]) continue;
    RoundOptions alone = options;
    alone.targets.assign(pushed.size(), false);
    alone.targets[s] = true;
    const bool never_up = std::ranges::all_of(
        direct.replications, [s](const Repeat& r) { return r.services[s].down == r.time; });
    pushed[s] = !never_up && (all || events_needed(direct, alone) > kFew);
  }
  return pushed;
}

/// What takes the services down, from some rounds of biased cycles, each with what those before have taught.
///   pushed  the services that are to be pushed
Preferences taught(const PathPlayer& paths, const std::vector<bool>& pushed,
                   const RoundOptions& options, Rounds& work) {
  constexpr int kRounds = 4;
  constexpr std::uint64_t kReplications = 64;
  constexpr double kPart = 0.05;  // of the events, for each round
  const auto affordable = static_cast<std::uint64_t>(kPart * static_cast<double>(options.events) /
                                                     static_cast<double>(20 * kReplications));
  const std::uint64_t cycles = std::clamp<std::uint64_t>(affordable, 20, 500);
  Preferences preferences(pushed.size());
  for (std::size_t s = 0; s < pushed.size(); ++s)
    if (pushed[s]) preferences[s] = paths.untaught();
  for (int round = 0; round < kRounds; ++round) {
    const Preferences now = preferences;
    const Player player = [&paths, &now, cycles](std::uint64_t index, const Stop& stop) {
      return paths.biased(PathPlayer::kLessons + index, now, cycles, true, stop);
    };
    const auto lessons =
        play_replications(player, kReplications * static_cast<std::uint64_t>(round), kReplications,
                          options.threads, options.stop, {});
    work.stopped = work.stopped || lessons.size() < kReplications;
    for (const Repeat& lesson : lessons) {
      work.events += lesson.events;
      for (std::size_t s = 0; s < preferences.size(); ++s)
        for (const Fall& fall : lesson.services[s].falls) preferences[s]->learn(fall);
    }
    if (work.stopped) break;
  }
  return preferences;
}

/// Events that biased cycles are likely to need; infinite where they say too little of their own variance, or what they
/// say cannot be what plain paths say.
double biased_need(const PathPlayer& paths, const Rounds& direct, const Preferences& preferences,
                   const RoundOptions& options) {
  // A first look that is less precise says little of its own variance; but where plain paths say nothing at all, it may.
  const double rough = std::isfinite(direct.precision) ? 0.5 : 2.0;
  RoundOptions look = options;
  look.most_rounds = 1;
  look.progress = {};
  const Player player = [&](std::uint64_t index, const Stop& stop) {
    return paths.biased(PathPlayer::kTrials + index, preferences, stop);
  };
  const Rounds rounds = play_rounds(player, look);
  if (rounds.stopped || !(rounds.precision < rough) || !compatible(direct, rounds, options))
    return std::numeric_limits<double>::infinity();
  return events_needed(rounds, options);
}

/// Told after each round: all so far, how they were played, and paths as they come where those are not.
using Teller =
    std::function<void(const Rounds&, SimulationMethod, const std::vector<Repeat>& stationary)>;

struct Played {
  Rounds rounds;
  SimulationMethod method = SimulationMethod::direct;
  std::vector<Repeat>
      stationary;        ///< of failure biasing: paths as they come, for figures of windows
  bool refused = false;  ///< failure biasing was asked for, and does not fit
};

Played play_biased(const PathPlayer& paths, const Preferences& preferences, RoundOptions options,
                   const std::vector<Repeat>& stationary, const Teller& tell) {
  const Player player = [&](std::uint64_t index, const Stop& stop) {
    return paths.biased(index, preferences, stop);
  };
  if (tell)
    options.after_round = [&](const Rounds& rounds) {
      tell(rounds, SimulationMethod::failure_biasing, stationary);
    };
  return {play_rounds(player, options), SimulationMethod::failure_biasing, {}, false};
}

Played play(const PathPlayer& paths, const SimulateOptions& options, bool cycles,
            const RoundOptions& silent, const Teller& tell) {
  constexpr double kCheap = 1e8;      // events; below it direct paths are not worth doubting
  constexpr double kFarFewer = 0.25;  // events than direct paths are worth changing the method for
  const Player direct = [&paths](std::uint64_t index, const Stop& stop) {
    return paths.direct(index, stop);
  };
  RoundOptions round_options = silent;
  if (tell)
    round_options.after_round = [&tell](const Rounds& rounds) {
      tell(rounds, SimulationMethod::direct, {});
    };
  RoundOptions first = round_options;
  first.most_rounds = 1;
  Rounds rounds = play_rounds(direct, first);
  const bool over = rounds.stopped || rounds.reached;
  const double need = events_needed(rounds, round_options);
  const bool asked = options.method == SimulationMethod::failure_biasing;
  const bool rare =
      !options.method && !over && need > std::min(kCheap, static_cast<double>(options.events));
  if (cycles && !rounds.stopped && (asked || rare)) {
    Rounds work;
    const std::vector<bool> pushed = pushed_services(rounds, round_options, asked);
    const Preferences preferences = taught(paths, pushed, round_options, work);
    if (asked ||
        (!work.stopped && biased_need(paths, rounds, preferences, silent) < kFarFewer * need)) {
      Played played = play_biased(paths, preferences, silent, rounds.replications, tell);
      if (compatible(rounds, played.rounds, round_options)) {
        played.stationary = std::move(rounds.replications);
        return played;
      }
    }
  }
  if (!over) rounds = play_rounds(direct, round_options, std::move(rounds));
  return {std::move(rounds), SimulationMethod::direct, {}, asked};
}

/// All figures; of biased cycles with the windows of stationary paths.
Simulation simulation_of(const Rounds& rounds, SimulationMethod method,
                         const std::vector<Repeat>& stationary, double confidence,
                         const std::vector<double>& budgets) {
  Simulation result;
  for (std::size_t s = 0; s < budgets.size(); ++s) {
    SimulatedService figures = figures_of(rounds.replications, s, confidence, budgets[s]);
    if (method == SimulationMethod::failure_biasing) {
      const SimulatedService windows = figures_of(stationary, s, confidence, budgets[s]);
      figures.kept = windows.kept;
      figures.downtime_p50 = windows.downtime_p50;
      figures.downtime_p99 = windows.downtime_p99;
      figures.windows = windows.windows;
    }
    result.services.push_back(figures);
  }
  result.time = rounds.time;
  result.events = rounds.events;
  result.replications = rounds.replications.size();
  result.precision = rounds.precision;
  result.method = method;
  result.reached = rounds.reached;
  result.stopped = rounds.stopped;
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
  const PathPlayer paths(*layout, options.seed, lengths_of(options, warm_up, pace),
                         kPiece / std::max(pace.events, 1e-12));
  const auto figures = [&](const Rounds& all, SimulationMethod method,
                           const std::vector<Repeat>& stationary) {
    Simulation result = simulation_of(all, method, stationary, options.confidence, budgets);
    result.warm_up = warm_up;
    return result;
  };
  Teller tell;
  if (options.so_far)
    tell = [&](const Rounds& all, SimulationMethod method, const std::vector<Repeat>& stationary) {
      Simulation now = figures(all, method, stationary);
      now.stopped = !now.reached;
      options.so_far(now);
    };
  const Played played = play(paths, options, pace.cycles, rounds, tell);
  Simulation result = figures(played.rounds, played.method, played.stationary);
  result.refused = played.refused;
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
