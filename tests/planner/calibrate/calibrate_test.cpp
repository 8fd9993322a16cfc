#include "planner/calibrate/calibrate.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "planner/calibrate/spelling.hpp"
#include "tests/support/calibration_inputs.hpp"
#include "tests/support/near.hpp"

namespace haplan::planner {

namespace {

using test::inputs;
using test::near_relative;

constexpr double kDay = 86400.0;
constexpr double kPeriod = 366.0 * kDay;

std::string codes(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& one : diagnostics) all += (all.empty() ? "" : " ") + one.code;
  return all;
}

const ModeEstimate& only(const Calibration& result) {
  REQUIRE(result.report);
  REQUIRE(result.report->modes.size() == 1);
  return result.report->modes.front();
}

}  // namespace

TEST_CASE("calibrate: replicas times period less the down time is the exposure") {
  // Two crashes of 10 and 20 minutes among four replicas.
  const auto result =
      calibrate(inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash\n"
                       "2024-03-01T00:00:00Z,2024-03-01T00:20:00Z,api,crash\n"));
  const ModeEstimate& crash = only(result);
  CHECK(crash.events == 2);
  CHECK(crash.units == 4.0);
  CHECK(crash.exposure == 4.0 * kPeriod - 1800.0);
  CHECK(near_relative(crash.rate.mean, 2.5 / (4.0 * kPeriod - 1800.0), 1e-15));
  CHECK(crash.repairs.exact == std::vector<double>{600.0, 1200.0});
  CHECK(crash.mode.path == "failures.crash");
  // Kubernetes ends a crash: the spec states no repair, and none is written.
  CHECK_FALSE(crash.writes_repair);
  CHECK(result.diagnostics.empty());
}

TEST_CASE(
    "calibrate: a node of a pool counts for the pool, a common cause for the whole component") {
  const auto result =
      calibrate(inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,worker-3,reboot\n"
                       "2024-02-01T00:05:00Z,2024-02-01T00:10:00Z,worker-1,reboot\n"
                       "2024-03-01T00:00:00Z,2024-03-01T00:20:00Z,api,bad-config\n"
                       "2024-04-01T00:00:00Z,2024-04-02T00:00:00Z,disk,head\n"
                       "2024-05-01T00:00:00Z,2024-05-01T01:00:00Z,zone,power\n"
                       "2024-06-01T00:00:00Z,2024-06-01T01:00:00Z,vendor,whatever it was\n"));
  REQUIRE(result.report);
  REQUIRE(result.report->modes.size() == 5);
  const auto& modes = result.report->modes;  // in the order of the spec: components, nodes, domains
  CHECK(modes[0].mode.path == "commonCause.bad-config");
  CHECK(modes[0].exposure == kPeriod - 1200.0);
  CHECK(modes[1].mode.path == "storage.failures.head");
  CHECK(modes[1].exposure == kPeriod - kDay);
  CHECK(modes[2].subject_path == "components.vendor");
  CHECK(modes[2].mode.path.empty());
  CHECK(modes[3].subject_path == "cluster.nodes.worker");
  CHECK(modes[3].events == 2);
  CHECK(modes[3].exposure == 3.0 * kPeriod - 900.0);
  CHECK(modes[4].subject_path == "cluster.domains.zone");
}

TEST_CASE("calibrate: incidents across the ends of the period") {
  const auto result = calibrate(inputs(
      "2023-12-31T12:00:00Z,2024-01-01T12:00:00Z,zone,power\n"  // began before: half a day down
      "2024-12-31T18:00:00Z,2025-01-01T06:00:00Z,zone,power\n"  // ends later: 12 h in all
      "2024-06-01T00:00:00Z,2024-06-01T06:00:00Z,zone,power\n"
      "2023-06-01T00:00:00Z,2023-06-02T00:00:00Z,zone,power\n"          // outside
      "2025-06-01T00:00:00Z,2025-06-02T00:00:00Z,zone,power\n"          // outside
      "2024-12-31T00:00:00Z,,worker-1,reboot\n"                         // still on: a day at least
      "2024-07-01T00:00:00Z,2024-07-01T00:00:00Z,worker-1,reboot\n"));  // no length: at most 1 s
  REQUIRE(result.report);
  CHECK(result.report->outside == 2);
  CHECK(codes(result.diagnostics) == "HA117");
  REQUIRE(result.report->modes.size() == 2);
  const ModeEstimate& reboot = result.report->modes[0];
  CHECK(reboot.events == 2);
  CHECK(reboot.repairs.at_least == std::vector<double>{kDay});
  CHECK(reboot.repairs.at_most == std::vector<double>{1.0});
  CHECK(reboot.exposure == 3.0 * kPeriod - kDay);
  CHECK_FALSE(reboot.repair);  // nothing was timed from begin to end
  const ModeEstimate& power = result.report->modes[1];
  CHECK(power.events == 2);
  CHECK(power.carried_in == 1);
  CHECK(power.repairs.exact == std::vector<double>{6 * 3600.0, 12 * 3600.0});
  CHECK(power.exposure == kPeriod - 0.5 * kDay - 0.25 * kDay - 0.25 * kDay);
}

TEST_CASE("calibrate: overlaps beyond the replicas count as one outage") {
  // One zone: 12:00 to 14:00 and 13:00 to 15:00 are one of three hours.
  const auto zone =
      calibrate(inputs("2024-03-01T12:00:00Z,2024-03-01T14:00:00Z,zone,power\n"
                       "2024-03-01T13:00:00Z,2024-03-01T15:00:00Z,zone,power\n"
                       "2024-03-01T15:00:00Z,2024-03-01T16:00:00Z,zone,power\n"));
  CHECK(codes(zone.diagnostics) == "HA115");
  CHECK_FALSE(has_errors(zone.diagnostics));
  CHECK(zone.diagnostics[0].where.line == 3);
  CHECK(only(zone).events == 2);
  CHECK(only(zone).repairs.exact == std::vector<double>{3 * 3600.0, 3600.0});
  CHECK(only(zone).exposure == kPeriod - 4 * 3600.0);
  // One inside another ends nothing earlier.
  const auto inside =
      calibrate(inputs("2024-03-01T12:00:00Z,2024-03-01T14:00:00Z,zone,power\n"
                       "2024-03-01T12:30:00Z,2024-03-01T12:40:00Z,zone,power\n"));
  CHECK(only(inside).repairs.exact == std::vector<double>{2 * 3600.0});
  // Four replicas: four may fail at once, the fifth is one of them.
  std::string rows;
  for (int i = 0; i < 5; ++i)
    rows += "2024-03-01T12:0" + std::to_string(i) + ":00Z,2024-03-01T13:00:00Z,api,crash\n";
  const auto api = calibrate(inputs(rows));
  CHECK(codes(api.diagnostics) == "HA115");
  CHECK(only(api).events == 4);
  CHECK(only(api).exposure == 4.0 * kPeriod - 60.0 * (60 + 59 + 58 + 57));
}

TEST_CASE("calibrate: down time of one mode is no exposure of another") {
  const auto result =
      calibrate(inputs("2024-03-01T00:00:00Z,2024-03-02T00:00:00Z,worker-1,reboot\n"
                       "2024-04-01T00:00:00Z,2024-04-03T00:00:00Z,worker-2,hardware\n"));
  REQUIRE(result.report);
  REQUIRE(result.report->modes.size() == 2);
  for (const ModeEstimate& one : result.report->modes)
    CHECK(one.exposure == 3.0 * kPeriod - 3.0 * kDay);
}

TEST_CASE("calibrate: what is down for two reasons is down once") {
  // A component of one replica, 12:00 to 14:00 and 13:00 to 15:00: three hours.
  const auto result =
      calibrate(inputs("2024-03-01T12:00:00Z,2024-03-01T14:00:00Z,twin,crash\n"
                       "2024-03-01T13:00:00Z,2024-03-01T15:00:00Z,twin,hang\n",
                       false));
  REQUIRE(result.report);
  CHECK(result.diagnostics.empty());
  for (const ModeEstimate& one : result.report->modes) CHECK(one.exposure == kPeriod - 3 * 3600.0);
}

TEST_CASE("calibrate: columns in any order and case, other columns are named") {
  CalibrationInputs given = inputs("");
  given.table = Source{"t.csv", "ticket;Cause;COMPONENT;End;Start\nA-1;crash;api;;1709296496\n"};
  const auto result = calibrate(given);
  CHECK(only(result).events == 1);
  CHECK(result.report->unused_columns == std::vector<std::string>{"ticket"});
}

TEST_CASE("calibrate: failures of the same second are two when any column tells them apart") {
  CalibrationInputs given = inputs("");
  const std::string header = "start,end,component,cause,pod\n";
  const std::string same = "2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash,";
  given.table = Source{"t.csv", header + same + "api-1\n" + same + "api-2\n"};
  CHECK(only(calibrate(given)).events == 2);
  given.table = Source{"t.csv", header + same + "api-1\n" + same + "api-1\n"};
  CHECK(codes(calibrate(given).diagnostics) == "HA114");
}

TEST_CASE("calibrate: no event is an observation of every mode when the table is complete") {
  CalibrationInputs given = inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash\n");
  given.options.complete = true;
  given.options.replicas = {{"elastic", 2.5}};
  const auto result = calibrate(given);
  REQUIRE(result.report);
  std::string all;
  for (const ModeEstimate& one : result.report->modes)
    all += title_of(one) + "=" + std::to_string(one.events) + " ";
  // All of the spec but the vendor, which states its availability.
  CHECK(all ==
        "api crash=1 api hang=0 api bad-config=0 elastic crash=0 disk head=0 twin crash=0 "
        "worker reboot=0 worker hardware=0 zone power=0 ");
  const ModeEstimate& elastic = result.report->modes[3];
  CHECK(elastic.exposure == 2.5 * kPeriod);
  CHECK(near_relative(elastic.rate.mean, 0.5 / (2.5 * kPeriod), 1e-15));
}

TEST_CASE("calibrate: the prior may be the spec's own number, worth half an event") {
  CalibrationInputs given = inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,zone,power\n");
  given.options.prior.kind = PriorChoice::Kind::spec;
  const auto result = calibrate(given);
  // Shape 1/2 and mean 1 / 2 y, so that its time is 1 y: [Atwood 1996].
  CHECK(near_relative(only(result).prior.time, 365.25 * kDay, 1e-12));
  CHECK(near_relative(only(result).rate.mean, 1.5 / (365.25 * kDay + kPeriod - 600.0), 1e-12));
  given.table = test::table("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,worker,hardware\n");
  CHECK(
      near_relative(only(calibrate(given)).prior.time, 1.5 * 365.25 * kDay, 1e-12));  // from a rate
  given.table = test::table("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,vendor,\n");
  const auto vendor = calibrate(given);
  CHECK(only(vendor).prior.time == 0.0);
  REQUIRE_FALSE(vendor.report->warnings.empty());
  CHECK(vendor.report->warnings[0].find("states no mtbf") != std::string::npos);
}

TEST_CASE("calibrate: counts without a table, and both together") {
  CalibrationInputs given;
  given.options.observations = {*observation("api.crash=3/90d"), *observation("7")};
  given.options.time = 10.0 * kDay;
  given.options.replicas = {{"api", 2.0}};
  const auto alone = calibrate(given);
  REQUIRE(alone.report);
  REQUIRE(alone.report->modes.size() == 2);
  CHECK(alone.report->modes[0].exposure == 180.0 * kDay);
  CHECK(alone.report->modes[1].exposure == 10.0 * kDay);
  CHECK(near_relative(alone.report->modes[1].rate.mean, 7.5 / (10.0 * kDay), 1e-15));
  CalibrationInputs both = inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash\n");
  both.options.observations = {*observation("api.crash=3/90d")};
  CHECK(only(calibrate(both)).events == 4);
  CHECK(only(calibrate(both)).exposure == 4.0 * (kPeriod + 90.0 * kDay) - 600.0);
  both.options.observations = {*observation("apj.crash=3/90d")};
  const auto wrong = calibrate(both);
  CHECK(codes(wrong.diagnostics) == "HA116");
  CHECK(wrong.diagnostics[0].where.file == "--events 1");
  CHECK(wrong.diagnostics[0].suggestion == "did you mean \"api\"?");
}

TEST_CASE("calibrate: without a spec names are components unless they say what they are") {
  const auto result =
      calibrate(inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash\n"
                       "2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,node/worker,reboot\n"
                       "2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,external/gpt-4o,\n",
                       false));
  REQUIRE(result.report);
  REQUIRE(result.report->modes.size() == 3);
  CHECK(result.report->modes[0].subject_path == "components.api");
  CHECK(result.report->modes[0].units_assumed);
  CHECK(result.report->modes[0].writes_repair);
  CHECK(result.report->modes[1].subject_path == "cluster.nodes.worker");
  CHECK(result.report->modes[2].subject_path == "components.gpt-4o");
  const auto wrong =
      calibrate(inputs("2024-02-01,2024-02-02,server/api,crash\n"
                       "2024-02-01,2024-02-02,Api Server,crash\n"
                       "2024-02-01,2024-02-02,api,Out of memory\n",
                       false));
  CHECK(codes(wrong.diagnostics) == "HA112 HA116 HA116 HA116");  // the first: dates without a zone
}

TEST_CASE("calibrate: bad rows are errors, all at once, or left out and listed") {
  const std::string rows =
      "2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,api,crash\n"
      "yesterday,2024-02-01T00:10:00Z,api,crash\n"
      "2024-03-01T00:00:00Z,2024-02-01T00:10:00Z,apj,crash\n"
      "2024-03-01T00:00:00Z,2024-03-01T00:10:00Z\n"
      "2024-04-01T00:00:00Z,2024-04-01T00:10:00Z,api,crash\n";
  CalibrationInputs given = inputs(rows);
  const auto refused = calibrate(given);
  CHECK_FALSE(refused.report);
  CHECK(codes(refused.diagnostics) == "HA112 HA113 HA116 HA111");
  given.options.skip_bad_rows = true;
  const auto accepted = calibrate(given);
  CHECK(only(accepted).events == 2);
  CHECK(accepted.report->rows == 5);
  REQUIRE(accepted.report->skipped.size() == 3);
  CHECK(accepted.report->skipped[0].line == 3);
  CHECK(accepted.report->skipped[2].line == 5);
  CHECK(codes(accepted.diagnostics) == "HA112 HA113 HA116 HA111");
  CHECK_FALSE(has_errors(accepted.diagnostics));
}

TEST_CASE("calibrate: a period from the incidents alone is said to be too short") {
  CalibrationInputs given = inputs(
      "2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,zone,power\n"
      "2024-02-11T00:00:00Z,2024-02-11T00:10:00Z,zone,power\n");
  given.options.from.reset();
  given.options.to.reset();
  const auto result = calibrate(given);
  CHECK(codes(result.diagnostics) == "HA117");
  CHECK_FALSE(has_errors(result.diagnostics));
  CHECK(result.report->period->length() == 10.0 * kDay + 600.0);
  CHECK(only(result).events == 2);
  given.table = test::table("2024-02-01T00:00:00Z,,zone,power\n");
  CHECK(codes(calibrate(given).diagnostics) == "HA117 HA117");  // no length
}

TEST_CASE("calibrate: trends and clusters become warnings") {
  std::string later;
  for (int day = 10; day < 31; day += 2)
    later += "2024-12-" + std::to_string(day) + "T00:00:00Z,2024-12-" + std::to_string(day) +
             "T00:01:00Z,zone,power\n";
  const auto result = calibrate(inputs(later));
  const ModeEstimate& power = only(result);
  REQUIRE(power.trend);
  CHECK(power.trend->statistic > 4.0);
  REQUIRE(power.dispersion);
  CHECK(power.dispersion->p_value < 0.001);
  std::string all;
  for (const std::string& one : result.report->warnings) all += one + "\n";
  CHECK(all.find("more frequent") != std::string::npos);
  CHECK(all.find("clusters") != std::string::npos);
  const auto even =
      calibrate(inputs("2024-02-01T00:00:00Z,2024-02-01T00:01:00Z,zone,power\n"
                       "2024-05-01T00:00:00Z,2024-05-01T00:01:00Z,zone,power\n"
                       "2024-08-01T00:00:00Z,2024-08-01T00:01:00Z,zone,power\n"
                       "2024-11-01T00:00:00Z,2024-11-01T00:01:00Z,zone,power\n"));
  CHECK(std::abs(only(even).trend->statistic) < 0.5);
  CHECK_FALSE(only(even).dispersion);
}

TEST_CASE("calibrate: repairs that no lognormal law describes are doubted") {
  // Six of 10 minutes, and six without length: half of them below a second, the others above 400 times that.
  std::string rows;
  for (int day = 1; day <= 12; ++day) {
    const std::string date = "2024-06-" + std::string(day < 10 ? "0" : "") + std::to_string(day);
    rows += date + "T00:00:00Z," + date + (day % 2 ? "T00:10:00Z" : "T00:00:00Z") + ",zone,power\n";
  }
  const auto result = calibrate(inputs(rows));
  CHECK(*observed_mean_repair(only(result)) == (6 * 600.0 + 6 * 1.0) / 12);
  std::string all;
  for (const std::string& one : result.report->warnings) all += one + "\n";
  CHECK(all.find("do not look lognormal") != std::string::npos);
}

TEST_CASE("observation: the forms of a count") {
  CHECK(observation("12")->events == 12);
  CHECK(observation("0/3y")->time == 3 * 365.25 * kDay);
  const auto full = observation("web.commonCause.bad-config=2/1y");
  CHECK(full->subject == "web");
  CHECK(full->mode == "commonCause.bad-config");
  CHECK(observation("node/worker.reboot=1/1y")->subject == "node/worker");
  for (const char* text : {"", "-1", "1.5", "a=", "=3", ".crash=1", "api.=1", "3/", "3/0s", "3/90",
                           "api.crash=3/x", "99999999999"})
    CHECK_FALSE(observation(text).has_value());
}

TEST_CASE("prior_choice and replica_count: what is none is refused") {
  CHECK(prior_choice("0.5/90d")->given.time == 90.0 * kDay);
  for (const char* text : {"", "uniform", "1", "0/90d", "1/0s", "1/90", "-1/90d"})
    CHECK_FALSE(prior_choice(text).has_value());
  CHECK(replica_count("api=3.6")->second == 3.6);
  for (const char* text : {"", "api", "=3", "api=", "api=0", "api=-1", "api=x"})
    CHECK_FALSE(replica_count(text).has_value());
}

TEST_CASE("spelt_duration: units of a spec, significant digits, and no exponent") {
  CHECK(spelt_duration(0.0, 4) == "0s");
  CHECK(spelt_duration(90.0 * kDay, 4) == "90d");
  CHECK(spelt_duration(8136000.0, 4) == "94.17d");
  CHECK(spelt_duration(0.0123456, 3) == "12.3ms");
  CHECK(spelt_duration(1e-12, 3) == "0.001ns");
  CHECK(spelt_duration(365.25 * kDay * 12345.6, 3) == "12346y");
  for (double seconds = 1.7e-9; seconds < 1e12; seconds *= 1.37) {
    const auto read = duration(spelt_duration(seconds, 4));
    REQUIRE(read);
    CHECK(near_relative(read->value, seconds, 5.1e-4));
  }
}

}  // namespace haplan::planner
