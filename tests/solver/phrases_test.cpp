#include "solver/phrases.hpp"

#include <doctest/doctest.h>
#include <limits>

namespace haplan::solver {

TEST_CASE("significant: shows so many digits, also where rounding adds one") {
  CHECK(significant(1234.4, 3) == "1234");
  CHECK(significant(12.34, 3) == "12.3");
  CHECK(significant(-0.001234, 3) == "-0.00123");
  CHECK(significant(9.994, 3) == "9.99");
  CHECK(significant(9.996, 3) == "10.0");
  CHECK(significant(0.09996, 3) == "0.100");
  CHECK(significant(99.96, 3) == "100");
  CHECK(significant(0.0, 3) == "0");
  CHECK(significant(std::numeric_limits<double>::infinity(), 3) == "infinite");
  CHECK(significant(std::numeric_limits<double>::quiet_NaN(), 3) == "unknown");
}

TEST_CASE("availability_text: has as many nines as the unavailability asks for") {
  CHECK(availability_text(2.3e-5) == "99.9977 %");
  CHECK(availability_text(2.34e-5) == "99.9977 %");
  CHECK(availability_text(2.3e-12) == "99.99999999977 %");
  CHECK(availability_text(1e-4) == "99.99 %");
  CHECK(availability_text(0.5) == "50 %");
  CHECK(availability_text(0.123) == "88 %");
  CHECK(availability_text(0.123, 3) == "87.7 %");
  CHECK(availability_text(0.999) == "0.1 %");
  CHECK(availability_text(1.0) == "0 %");
  CHECK(availability_text(0.0) == "100 %");
  CHECK(availability_text(1e-25) != "100 %");  // never rounded up to it
}

TEST_CASE("duration_text: takes the unit in which people write such a time") {
  CHECK(duration_text(0.0) == "0 s");
  CHECK(duration_text(2.5e-7) == "250 ns");
  CHECK(duration_text(0.85) == "850 ms");
  CHECK(duration_text(119.0) == "119 s");
  CHECK(duration_text(120.0) == "2.00 min");
  CHECK(duration_text(7199.0) == "120 min");
  CHECK(duration_text(7200.0) == "2.00 h");
  CHECK(duration_text(2 * 86400.0) == "2.00 d");
  CHECK(duration_text(90.0, 2) == "90 s");
}

TEST_CASE("durations_text: one unit for all, and a floor for what is far below") {
  using Texts = std::vector<std::string>;
  CHECK(durations_text({30.0, 600.0}, UnitOf::largest) == Texts{"0.50 min", "10.0 min"});
  CHECK(durations_text({30.0, 600.0}, UnitOf::smallest) == Texts{"30.0 s", "600 s"});
  CHECK(durations_text({0.0, 0.01, 600.0}, UnitOf::largest) ==
        Texts{"0 min", "<0.001 min", "10.0 min"});
  // 1e6 s has seven digits in seconds: minutes.
  CHECK(durations_text({6.0, 1e6}, UnitOf::smallest) == Texts{"0.10 min", "16667 min"});
}

TEST_CASE("missed_text: has the digits that tell the figure from its target") {
  CHECK(missed_text("availability", 1.2e-4, 1e-4) == "99.988 %");
  CHECK(missed_text("availability", 1.0004e-4, 1e-4) == "99.989996 %");
  CHECK(missed_text("errorRate", 0.001004, 0.001) == "0.1004 %");
  CHECK(figure_text("recoveryTime", 60.004, 60.0) == "60.004 s");
  CHECK(figure_text("recoveryTime", 59.996, 60.0) == "60.0 s");
  CHECK(figure_text("recoveryTime", 600.0, 60.0) == "600 s");  // in the target's unit
}

TEST_CASE("target_text: is what was asked for, without digits that say nothing") {
  CHECK(target_text("availability", 1.25e-4) == "99.9875 %");
  CHECK(target_text("availability", 1e-4) == "99.99 %");
  CHECK(target_text("errorRate", 0.001) == "0.1 %");
  CHECK(target_text("recoveryTime", 90.0) == "90 s");
  CHECK(target_text("loss.node", 150.0) == "2.5 min");
  CHECK(target_text("dataLoss", 0.0) == "0 s");
}

TEST_CASE("plain_number: is the shortest decimal without an exponent") {
  CHECK(plain_number(2.0) == "2");
  CHECK(plain_number(0.1) == "0.1");
  CHECK(plain_number(1e15) == "1000000000000000");
}

TEST_CASE("cause_text: names the cause with its mode and place") {
  using model::CauseKind;
  CHECK(cause_text({CauseKind::replica, "api", "crash", 0.0}) == "api: crash");
  CHECK(cause_text({CauseKind::node, "n1", "reboot", 0.0}) == "node n1: reboot");
  CHECK(cause_text({CauseKind::external, "llm", "", 0.0}) == "llm: external outage");
  CHECK(cause_text({CauseKind::drain, "", "", 0.0}) == "drain");
  CHECK(cause_text({CauseKind::drain, "n1", "", 0.0}) == "drain of n1");
  CHECK(cause_text({CauseKind::capacity, "api", "peak", 0.0}) == "api: too few at peak");
}

TEST_CASE("count_text: one thing, more things") {
  CHECK(count_text(1, "node") == "1 node");
  CHECK(count_text(0, "node") == "0 nodes");
  CHECK(count_text(2, "node") == "2 nodes");
}

}  // namespace haplan::solver
