#include "model/availability/recurrence.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace {

using namespace haplan::model;
using haplan::test::near_relative;

System with_levels(const std::vector<Level>& levels) {
  System system;
  system.levels = levels;
  return system;
}

Level level(double share, double every) {
  Level result;
  result.share = share;
  result.every = every;
  return result;
}

TEST_CASE("recurrences: at one level, in closed form") {
  // Up for 1200 s and down for 300 s at a time, in a failure of 36000 s.
  constexpr double kFails = 1.0 / 1200;
  constexpr double kReturns = 1.0 / 300;
  constexpr double kEnds = 1.0 / 36000;
  constexpr double kShare = kFails / (kFails + kReturns);
  const auto found = recurrences(with_levels({level(1.0, 86400.0)}), {std::nullopt},
                                 {{kShare, kShare * kReturns, 0.0}}, 1.0 / kEnds);
  REQUIRE(found.size() == 1);
  const double q = kReturns / (kReturns + kEnds) * kFails / (kFails + kEnds);
  const double mean = 1.0 / ((kReturns + kEnds) * (1.0 - q));
  CHECK(near_relative(found[0].again, q, 1e-12));
  CHECK(near_relative(found[0].mean, mean, 1e-12));
}

TEST_CASE("recurrences: down for all of the failure is one outage, and never is none") {
  const System system = with_levels({level(1.0, 86400.0)});
  const auto all = recurrences(system, {std::nullopt}, {{1.0, 0.0, 0.0}}, 3600.0);
  CHECK(near_relative(all[0].mean, 3600.0, 1e-6));
  CHECK(all[0].again < 1e-6);
  CHECK(recurrences(system, {std::nullopt}, {{0.0, 0.0, 0.0}}, 3600.0)[0].mean == 0.0);
}

TEST_CASE("recurrences: a level that returns takes the service down again") {
  // Down at the peak, whose stays last 1 h and come every 5 h, so 4 h apart; the failure lasts 8 h. From the peak: down
  // until it ends (1 h) or the failure does; the next one starts in 4 h unless the failure ends first.
  constexpr double kHour = 3600.0;
  const System system = with_levels({level(0.8, 5 * kHour), level(0.2, 5 * kHour)});
  const auto found = recurrences(system, {std::nullopt, LevelId{0}},
                                 {{0.0, 0.0, 0.0}, {1.0, 0.0, 1.0}}, 8 * kHour);
  const double leaves = 1.0;
  const double enters = 1.0 / 4;
  const double ends = 1.0 / 8;
  const double q = leaves / (leaves + ends) * enters / (enters + ends);
  CHECK(near_relative(found[1].again, q, 1e-5));
  CHECK(near_relative(found[1].mean, kHour / (leaves + ends) / (1.0 - q), 1e-5));
  CHECK(found[0].mean == 0.0);
}

}  // namespace
