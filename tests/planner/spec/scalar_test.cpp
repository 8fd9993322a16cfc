#include "planner/spec/scalar.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace haplan::planner {

namespace {

using model::Rational;

std::string suggestion(const Reading<Measure>& reading) {
  return reading ? "(none: it was read)" : reading.error().suggestion;
}

}  // namespace

TEST_CASE("decimal: sums, products and complements are exact") {
  const Decimal third = *Decimal::parse("0.333");
  CHECK(third.plus(*Decimal::parse("0.667")).text() == "1");
  CHECK(third.times(3).text() == "0.999");
  CHECK(third.complement().text() == "0.667");
  CHECK(Decimal::parse("0.9999999999999999999999")->complement().text() ==
        "0.0000000000000000000001");
  CHECK(Decimal::parse("0")->complement().text() == "1");
  CHECK(Decimal::parse("1.0")->complement().is_zero());
  CHECK(Decimal::parse("00120.500")->text() == "120.5");
  CHECK(Decimal::parse("1.5e3")->text() == "1500");
  CHECK(Decimal::parse("9")->compare(*Decimal::parse("10")) == -1);
  CHECK(Decimal::parse("0.10")->compare(*Decimal::parse("0.1")) == 0);
  CHECK_FALSE(Decimal::parse(""));
  CHECK_FALSE(Decimal::parse("."));
  CHECK_FALSE(Decimal::parse("1e999"));
  CHECK_FALSE(Decimal::parse("1e++5"));
  CHECK_FALSE(Decimal::parse("-1"));
}

TEST_CASE("decimal: fractions of 64 bits round correctly") {
  // 2^53 + 1 lies halfway between two doubles and rounds to the even one.
  CHECK(rounded({9007199254740993, 1}) == 9007199254740992.0);
  // (2^53 + 1) + 1/3 lies above the midpoint: up.
  CHECK(rounded({27021597764222980, 3}) == 9007199254740994.0);
  CHECK(rounded({1, 3}) == 1.0 / 3.0);
  CHECK(rounded({0, 1}) == 0.0);
  CHECK(nearest_rational(0.75) == Rational{3, 4});
  CHECK(nearest_rational(3.0) == Rational{3, 1});
  // 0.1 as a double is 3602879701896397 / 2^55.
  CHECK(nearest_rational(0.1) == Rational{3602879701896397, 36028797018963968});
}

TEST_CASE("duration: sums of numbers with units") {
  CHECK(duration("1h30m")->exact == Rational{5400, 1});
  CHECK(duration("28m36s")->exact == Rational{1716, 1});   // 28 * 60 + 36
  CHECK(duration("11.1d")->exact == Rational{959040, 1});  // 11.1 * 86400
  CHECK(duration("500ms")->exact == Rational{1, 2});
  CHECK(duration("1ns")->exact == Rational{1, 1'000'000'000});
  CHECK(duration("3us")->exact == Rational{3, 1'000'000});
  CHECK(duration("2w")->exact == Rational{1'209'600, 1});      // 2 * 7 * 86400
  CHECK(duration("1y")->exact == Rational{31'557'600, 1});     // 365.25 * 86400
  CHECK(duration("1month")->exact == Rational{2'629'800, 1});  // a twelfth of it
  CHECK(duration("1 h 30 m")->exact == Rational{5400, 1});
  CHECK(duration("0")->exact == Rational{0, 1});
  CHECK(duration("0.1s")->value == 0.1);  // the double nearest to the decimal
}

TEST_CASE("duration: what is none says why") {
  CHECK(suggestion(duration("3")) == "did you mean \"3s\"?");
  CHECK(suggestion(duration("5min")) == "did you mean \"5m\"?");
  CHECK(suggestion(duration("5x")) == "units are ns us ms s m h d w month y");
  CHECK(duration("-5s").error().message == "a duration must not be negative");
  for (const char* wrong : {"", "s", "1.2.3s", "1h30", "1e3s", "5 s s", "soon", "1s,2s"}) {
    CAPTURE(wrong);
    CHECK_FALSE(duration(wrong));
  }
}

TEST_CASE("rate: a number per time, in any usual spelling") {
  CHECK(rate("300/s")->exact == Rational{300, 1});
  CHECK(rate("2/year")->exact == Rational{1, 15'778'800});  // 2 / 31557600
  CHECK(rate("2/y")->exact == rate("2 per years")->exact);
  CHECK(rate("1 per 90d")->exact == Rational{1, 7'776'000});
  CHECK(rate("10/5m")->exact == Rational{1, 30});
  CHECK(rate("6/min")->exact == Rational{1, 10});
  CHECK(rate("2/month")->exact == Rational{1, 1'314'900});
  CHECK(rate("1/3s")->value == 1.0 / 3.0);
  CHECK(suggestion(rate("500")) == "did you mean \"500/s\"?");
  for (const char* wrong : {"", "/s", "5/", "5/fortnight", "5/0s", "five/s", "5 pers"}) {
    CAPTURE(wrong);
    CHECK_FALSE(rate(wrong));
  }
}

TEST_CASE("probability: the complement comes from the decimal, not from a subtraction") {
  CHECK(probability("99.99%")->exact == Rational{9999, 10000});
  CHECK(probability("99.99%")->complement == 1e-4);
  CHECK(probability("99.9999999%")->complement == 1e-9);
  CHECK(probability("0.999999999999")->complement == 1e-12);
  CHECK(probability("100%")->complement == 0.0);
  CHECK(probability("0%")->complement == 1.0);
  CHECK(suggestion(probability("99.99")) == "did you mean \"99.99%\"?");
  CHECK(suggestion(probability("101")) == "");
  CHECK_FALSE(probability("100.1%"));
  CHECK_FALSE(probability("-1%"));
  CHECK_FALSE(probability("%"));
}

TEST_CASE("downtime: the share of time is the unavailability") {
  // 4m19s = 259 s of 30 d = 2592000 s.
  CHECK(downtime("4m19s per 30d")->exact == Rational{259, 2'592'000});
  CHECK(downtime("52m/year")->exact == Rational{13, 131'490});  // 3120 / 31557600
  CHECK(downtime("1s per 4s")->complement == 0.75);
  CHECK(suggestion(downtime("4m19s")) == "did you mean \"4m19s per 30d\"?");
  CHECK_FALSE(downtime("2d per 1d"));
  CHECK_FALSE(downtime("1s per 0"));
}

TEST_CASE("quantity: Kubernetes suffixes") {
  CHECK(quantity("500m")->exact == Rational{1, 2});
  CHECK(quantity("1Gi")->exact == Rational{1'073'741'824, 1});
  CHECK(quantity("32Gi")->exact == Rational{34'359'738'368, 1});
  CHECK(quantity("1e3")->exact == Rational{1000, 1});
  CHECK(quantity("1E")->exact == Rational{1'000'000'000'000'000'000, 1});
  CHECK(quantity("100k")->exact == Rational{100'000, 1});
  CHECK(quantity("8")->exact == Rational{8, 1});
  CHECK(quantity("0.5")->exact == Rational{1, 2});
  CHECK(suggestion(quantity("1GB")) == "did you mean \"1G\"?");
  CHECK(suggestion(quantity("1gib")) == "did you mean \"1Gi\"?");
  CHECK(suggestion(quantity("1K")) == "did you mean \"1k\"?");
  CHECK_FALSE(quantity("-1"));
  CHECK_FALSE(quantity("1 Gi"));
  CHECK_FALSE(quantity("16Ei"));  // beyond 64 bits
}

TEST_CASE("integer: decimal unless it says otherwise, and without unit") {
  CHECK(integer("010")->exact == Rational{10, 1});  // not octal
  CHECK(integer("0o10")->exact == Rational{8, 1});
  CHECK(integer("0x10")->exact == Rational{16, 1});
  CHECK(integer("+3")->exact == Rational{3, 1});
  CHECK(suggestion(integer("10s")) == "did you mean 10?");
  CHECK(suggestion(integer("1m")) == "did you mean 60?");
  CHECK(suggestion(integer("3.0")) == "did you mean 3?");
  for (const char* wrong : {"", "0x", "2.5", "-1", "1_000", "99999999999", "ten"}) {
    CAPTURE(wrong);
    CHECK_FALSE(integer(wrong));
  }
}

TEST_CASE("boolean: true and false only") {
  CHECK(*boolean("true"));
  CHECK_FALSE(*boolean("False"));
  for (const char* wrong : {"yes", "no", "on", "off", "y", "tRue", "1", ""}) {
    CAPTURE(wrong);
    CHECK_FALSE(boolean(wrong));
  }
  CHECK(boolean("yes").error().suggestion == "did you mean true?");
}

}  // namespace haplan::planner
