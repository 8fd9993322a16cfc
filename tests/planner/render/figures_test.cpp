#include "planner/render/figures.hpp"

#include <doctest/doctest.h>

using namespace haplan::planner;

TEST_CASE("availability_text: shows as many nines as the unavailability has") {
  CHECK(availability_text(2.3e-5) == "99.9977 %");  // 100 - 0.0023
  CHECK(availability_text(1e-4) == "99.99 %");
  CHECK(availability_text(1.79e-3) == "99.82 %");  // 100 - 0.179, two digits: 0.18
  CHECK(availability_text(1e-12) == "99.9999999999 %");
  CHECK(availability_text(0.5) == "50 %");
  CHECK(availability_text(0.9999) == "0.01 %");
}

TEST_CASE("availability_text: 100 % is only for zero and 0 % only for one") {
  CHECK(availability_text(0) == "100 %");
  CHECK(availability_text(1) == "0 %");
  CHECK(availability_text(1e-20) != "100 %");
}

TEST_CASE("availability_text: what rounding leaves of no availability is none") {
  CHECK(availability_text(1 - 2.2e-16) == "0 %");
  CHECK(availability_text(1 - 1e-6) == "0.0001 %");
}

TEST_CASE("missed_text: a figure that misses its target never reads like it") {
  CHECK(objective_text("availability", 1.001e-4) == "99.99 %");
  CHECK(missed_text("availability", 1.001e-4, 1e-4) == "99.98999 %");  // 100 - 0.01001
  CHECK(missed_text("availability", 1.79e-3, 1e-4) == "99.82 %");      // the usual digits tell
  CHECK(missed_text("recoveryTime", 10.002, 10) == "10.002 s");
  CHECK(missed_text("errorRate", 0.001001, 0.001) == "0.1001 %");
}

TEST_CASE("target_text: shows a target as it was written") {
  CHECK(target_text("availability", 1.25e-4) == "99.9875 %");
  CHECK(target_text("availability", 1e-4) == "99.99 %");
  CHECK(target_text("recoveryTime", 10) == "10 s");
}

TEST_CASE("availability_text: keeps rounding inside the unavailability") {
  // 0.99999 % rounds to 1.0 %, and 99 % is right for it.
  CHECK(availability_text(0.0099999) == "99 %");
}

TEST_CASE("duration_text: picks a unit that a person would") {
  CHECK(duration_text(0) == "0 s");
  CHECK(duration_text(0.00035) == "350 us");
  CHECK(duration_text(0.9) == "900 ms");
  CHECK(duration_text(47.4) == "47.4 s");
  CHECK(duration_text(738) == "12.3 min");
  CHECK(duration_text(4 * 3600) == "4.00 h");
  CHECK(duration_text(10 * 86400) == "10.0 d");
}

TEST_CASE("significant: never prints an exponent and names what is no number") {
  CHECK(significant(123456, 3) == "123456");
  CHECK(significant(0.000123, 2) == "0.00012");
  CHECK(significant(1.0 / 0.0, 3) == "infinite");
  CHECK(significant(0.0 / 0.0, 3) == "unknown");
}

TEST_CASE("printable: control bytes are shown, not sent to the terminal") {
  CHECK(printable("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(printable("\u0085") == "\\x85");
  CHECK(printable("\u00e4\u4e2d") == "\u00e4\u4e2d");
}

TEST_CASE("figure_text: is in the unit of its target and tells a miss from it") {
  CHECK(figure_text("loss.node", 1370, 60) == "1370 s");
  CHECK(figure_text("loss.node", 0, 60) == "0 s");
  CHECK(figure_text("recoveryTime", 10.0004, 10) == "10.0004 s");
  CHECK(figure_text("responseTime", 0.7312, 0.9) == "731 ms");
  CHECK(figure_text("availability", 1.00004e-4, 1e-4) == "99.9899996 %");
}

TEST_CASE("durations_text: writes all in one unit") {
  using namespace haplan;
  // 4.41 h and 17.2 min: the smallest decides on minutes, the largest on hours.
  CHECK(planner::durations_text({15876, 1032, 0}, solver::UnitOf::smallest) ==
        std::vector<std::string>{"265 min", "17.2 min", "0 min"});
  CHECK(planner::durations_text({15876, 1032, 0.1}, solver::UnitOf::largest) ==
        std::vector<std::string>{"4.41 h", "0.29 h", "<0.001 h"});
  CHECK(planner::durations_text({}, solver::UnitOf::largest).empty());
}
