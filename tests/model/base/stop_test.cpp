#include "model/base/stop.hpp"

#include <doctest/doctest.h>

namespace haplan::test {

using namespace model;

TEST_CASE("stop: takes answers that are told of work and answers that are not, and none") {
  const Stop never;
  CHECK_FALSE(never);
  const Stop holds_none = std::function<bool()>();
  CHECK_FALSE(holds_none);
  const Stop at_once = [] { return true; };
  REQUIRE(at_once);
  CHECK(at_once());
  const Stop after_much = [](double operations) { return operations > 1e7; };
  CHECK_FALSE(after_much());
  CHECK(after_much(2e7));
}

TEST_CASE(
    "stop meter: asks at once, then after every million operations, and tells what was done") {
  int asked = 0;
  double told = 0.0;
  StopMeter meter([&](double operations) {
    ++asked;
    told += operations;
    return false;
  });
  constexpr double kStep = 1e5;
  CHECK_FALSE(meter.spend(kStep));
  CHECK(asked == 1);
  CHECK(told == kStep);
  for (int step = 0; step < 100; ++step) CHECK_FALSE(meter.spend(kStep));
  CHECK(asked == 11);
  CHECK(told == 101 * kStep);
  // Not yet.
  CHECK_FALSE(meter.spend(kStep));
  CHECK(told == 101 * kStep);
}

TEST_CASE("stop meter: remembers a yes") {
  bool over = true;
  StopMeter meter([&] { return over; });
  CHECK(meter.spend(1.0));
  over = false;
  CHECK(meter.stopped());
  CHECK(meter.spend(1e9));
}

}  // namespace haplan::test
