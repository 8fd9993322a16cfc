#include "planner/calibrate/instant.hpp"

#include <doctest/doctest.h>

namespace haplan::planner {

TEST_CASE("instant: the ways to write a time give the same second") {
  // 2024-03-01T12:34:56Z is 1709296496 s after 1970: 19783 days and 45296 s.
  for (const char* text :
       {"2024-03-01T12:34:56Z", "2024-03-01 12:34:56", "2024-03-01T13:34:56+01:00",
        "2024-03-01T13:34:56+01", "2024-03-01T07:04:56-0530", "20240301T123456Z",
        "2024-03-01t12:34:56z", " 2024-03-01 12:34:56 UTC ", "1709296496"}) {
    CAPTURE(text);
    const auto read = instant(text);
    REQUIRE(read);
    CHECK(read->seconds == 1709296496.0);
    CHECK(read->resolution == 1.0);
  }
  CHECK(instant("2024-03-01T12:34:56.25Z")->seconds == 1709296496.25);
  CHECK(instant("2024-03-01T12:34:56,5Z")->seconds == 1709296496.5);
  CHECK(instant("1709296496.5")->seconds == 1709296496.5);
}

TEST_CASE("instant: what is not written is not known") {
  CHECK(instant("2024-03-01T12:34Z")->resolution == 60.0);
  CHECK(instant("2024-03-01")->resolution == 86400.0);
  CHECK(instant("2024-03-01")->seconds == 1709251200.0);
  CHECK_FALSE(instant("2024-03-01 12:34")->zoned);
  CHECK(instant("2024-03-01 12:34Z")->zoned);
  CHECK(instant("1709296496")->zoned);
}

TEST_CASE("instant: leap days and leap seconds") {
  CHECK(instant("2024-02-29")->seconds + 86400.0 == instant("2024-03-01")->seconds);
  CHECK_FALSE(instant("2023-02-29").has_value());
  CHECK(instant("2016-12-31T23:59:60Z")->seconds == instant("2017-01-01T00:00:00Z")->seconds);
}

TEST_CASE("instant: what is no time is refused with advice") {
  for (const char* text : {"",
                           "yesterday",
                           "03/04/2024",
                           "2024-13-01",
                           "2024-00-01",
                           "2024-3-1",
                           "2024-03-01T",
                           "2024-03-01T25:00Z",
                           "2024-03-01T12:60Z",
                           "2024-03-01T12",
                           "2024-03-01T12:00:00+1",
                           "2024-03-01T12:00:00+01:99",
                           "2024-03-01T12:00:00Zulu",
                           "2024-03-01T12:00:00.Z",
                           "20240301",
                           "1709296496000",
                           "-5",
                           "1e9",
                           "1.2.3",
                           "1960-01-01",
                           "9999-99-99"}) {
    CAPTURE(text);
    const auto read = instant(text);
    CHECK_FALSE(read.has_value());
    if (!read) CHECK_FALSE(read.error().suggestion.empty());
  }
  CHECK(instant("20240301").error().suggestion == "as a date it is written 2024-03-01");
}

TEST_CASE("instant_text: reads back as the same time") {
  CHECK(instant_text(1709296496.0) == "2024-03-01T12:34:56Z");
  CHECK(instant_text(1709251200.0) == "2024-03-01");
  CHECK(instant_text(1709296496.25) == "2024-03-01T12:34:56.250Z");
  for (double seconds = 1e8; seconds < 9e10; seconds += 123456789.0)
    CHECK(instant(instant_text(seconds))->seconds == seconds);
}

}  // namespace haplan::planner
