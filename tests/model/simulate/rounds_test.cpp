#include "model/simulate/rounds.hpp"

#include <atomic>
#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"

using namespace haplan::model;
using haplan::test::near_relative;
using haplan::test::Random;

namespace {

constexpr double kUp = 100.0;
constexpr double kDown = 5.0;
constexpr double kWindow = 1000.0;

double exponential(Random& random, double mean) {
  return -mean * std::log((static_cast<double>(random.next() >> 11) + 0.5) * 0x1p-53);
}

/// One alternating process in its stationary state, ten windows long: U = 5 / 105.
Repeat alternate(std::uint64_t index) {
  Random random(Random(index).next());  // or streams would be shifts of each other
  Repeat result;
  result.time = 10 * kWindow;
  RepeatedService service;
  service.windows.assign(10, 0.0);
  bool up = exponential(random, 1.0) < std::log1p(kUp / kDown);  // P = 1 - kDown / (kUp + kDown)
  for (double now = 0.0; now < result.time; up = !up) {
    const double end = std::min(result.time, now + exponential(random, up ? kUp : kDown));
    ++result.events;
    if (!up)
      for (std::size_t w = 0; w < 10; ++w) {
        const double from = std::max(now, static_cast<double>(w) * kWindow);
        const double until = std::min(end, static_cast<double>(w + 1) * kWindow);
        if (until > from) service.windows[w] += until - from;
      }
    if (!up) service.down += end - now;
    if (up && end < result.time) {
      service.outages += 1.0;
      ++service.seen;
    }
    now = end;
  }
  service.requests = 10.0 * result.time;
  service.failed = 10.0 * service.down;
  result.services = {service};
  return result;
}

const Player kPlayer = [](std::uint64_t index, const Stop&) {
  return std::optional<Repeat>(alternate(index));
};

RoundOptions options_of(double precision, unsigned threads) {
  RoundOptions options;
  options.precision = precision;
  options.events = 1'000'000'000;
  options.threads = threads;
  options.targets = {true};
  return options;
}

}  // namespace

TEST_CASE("rounds: the number of threads changes no number") {
  const Rounds one = play_rounds(kPlayer, options_of(0.01, 1));
  const Rounds three = play_rounds(kPlayer, options_of(0.01, 3));
  CHECK(one.reached);
  CHECK(one.events == three.events);
  CHECK(one.time == three.time);
  CHECK(one.precision == three.precision);
  REQUIRE(one.replications.size() == three.replications.size());
  for (std::size_t i = 0; i < one.replications.size(); ++i)
    CHECK(one.replications[i].services[0].down == three.replications[i].services[0].down);
}

TEST_CASE(
    "rounds: figures of an alternating process lie within their intervals, which are as narrow as "
    "asked for") {
  const Rounds rounds = play_rounds(kPlayer, options_of(0.01, 2));
  const SimulatedService s = figures_of(rounds.replications, 0, 0.999, 60.0);
  const auto holds = [](const SimulatedFigure& f, double truth) {
    return f.known && f.estimate.lower <= truth && truth <= f.estimate.upper;
  };
  CHECK(rounds.precision <= 0.01);
  CHECK(holds(s.unavailability, kDown / (kUp + kDown)));
  CHECK(holds(s.outage_frequency, 1 / (kUp + kDown)));
  CHECK(holds(s.mean_outage, kDown));
  CHECK(near_relative(s.error_ratio.estimate.value, s.unavailability.estimate.value, 1e-12));
  CHECK(s.windows == 10 * rounds.replications.size());
  CHECK(s.outages > 200);
  // [Tak57]: P(downtime of a stationary alternating process within a window <= budget); the value of 99 % is checked by
  // asking how many windows keep to it.
  const double p99 = s.downtime_p99.estimate.value;
  const SimulatedService again = figures_of(rounds.replications, 0, 0.999, p99);
  CHECK(again.kept.estimate.lower <= 0.99);
  CHECK(again.kept.estimate.upper >= 0.99);
}

TEST_CASE("rounds: the limit of events ends them, and what is known so far is told") {
  RoundOptions options = options_of(0.0001, 1);
  options.events = 200'000;
  const Rounds rounds = play_rounds(kPlayer, options);
  CHECK_FALSE(rounds.reached);
  CHECK_FALSE(rounds.stopped);
  CHECK(rounds.events <= 210'000);
  CHECK(rounds.events >= 150'000);
  CHECK(rounds.precision > 0.0001);
}

TEST_CASE("rounds: a service without outages is not precise, however long it is watched") {
  RoundOptions options = options_of(0.05, 1);
  options.events = 100'000;
  const Player quiet = [](std::uint64_t index, const Stop&) {
    Repeat r = alternate(index);
    r.services[0].down = 0.0;
    r.services[0].outages = 0.0;
    r.services[0].seen = 0;
    return std::optional<Repeat>(r);
  };
  const Rounds rounds = play_rounds(quiet, options);
  CHECK_FALSE(rounds.reached);
  CHECK(rounds.precision == std::numeric_limits<double>::infinity());
}

TEST_CASE("rounds: a stop keeps what comes before the first replication that was cut") {
  for (const unsigned threads : {1U, 2U}) {
    RoundOptions options = options_of(0.0001, threads);
    std::atomic<int> asked{0};
    options.stop = [&asked] { return ++asked > 100; };
    const Player player = [](std::uint64_t index, const Stop& stop) {
      return stop() ? std::nullopt : std::optional<Repeat>(alternate(index));
    };
    const Rounds rounds = play_rounds(player, options);
    CHECK(rounds.stopped);
    CHECK(rounds.replications.size() <= 100);
    CHECK(rounds.replications.size() >= 100 - threads);
    for (std::size_t i = 0; i < rounds.replications.size(); ++i)
      CHECK(rounds.replications[i].services[0].down == alternate(i).services[0].down);
  }
}

TEST_CASE("rounds: progress is told one at a time, and a player's failure reaches the caller") {
  RoundOptions options = options_of(0.02, 2);
  std::uint64_t last = 0;
  bool ascending = true;
  options.progress = [&](const SimulationProgress& progress) {
    ascending = ascending && progress.events > last && progress.wanted == 0.02;
    last = progress.events;
  };
  const Rounds rounds = play_rounds(kPlayer, options);
  CHECK(ascending);
  CHECK(last == rounds.events);
  const Player broken = [](std::uint64_t, const Stop&) -> std::optional<Repeat> {
    throw std::runtime_error("broken");
  };
  CHECK_THROWS_AS(play_rounds(broken, options_of(0.1, 2)), std::runtime_error);
}
