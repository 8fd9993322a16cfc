#include "model/recovery/domain.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

DomainMode mode(double rate, double repair, RepairLaw law, double sigma = 0.0) {
  return {.name = "m", .rate = rate, .repair = repair, .law = law, .sigma = sigma};
}

double survival(const DomainMode& m, double t) {
  if (m.law == RepairLaw::exponential) return std::exp(-t / m.repair);
  const double mu = std::log(m.repair) - m.sigma * m.sigma / 2;
  return 0.5 * std::erfc((std::log(t) - mu) / (m.sigma * std::sqrt(2.0)));
}

/// E[min(R, t)] is the integral of P(R > x) over (0, t); Simpson's rule in 200000 steps.
double integrate_survival(const DomainMode& m, double from, double to) {
  const int steps = 200000;
  const double h = (to - from) / steps;
  double sum = 0.0;
  for (int i = 0; i <= steps; ++i) {
    const double x = from + h * i;
    const double weight = i == 0 || i == steps ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    sum += weight * (x == 0.0 ? 1.0 : survival(m, x));
  }
  return sum * h / 3.0;
}

}  // namespace

TEST_CASE("domain: expected_min equals the integral of the survival function") {
  for (const double t : {0.5, 60.0, 350.0, 5000.0, 60000.0}) {
    CAPTURE(t);
    const DomainMode exponential = mode(1.0, 300.0, RepairLaw::exponential);
    CHECK(near_relative(expected_min(exponential, t), integrate_survival(exponential, 0, t), 1e-9));
    const DomainMode lognormal = mode(1.0, 14400.0, RepairLaw::lognormal, 1.2);
    CHECK(near_relative(expected_min(lognormal, t), integrate_survival(lognormal, 0, t), 1e-9));
  }
}

TEST_CASE("domain: expected_min of a fixed repair is the smaller of the two") {
  const DomainMode fixed = mode(1.0, 300.0, RepairLaw::fixed);
  CHECK(expected_min(fixed, 100.0) == 100.0);
  CHECK(expected_min(fixed, 1000.0) == 300.0);
  CHECK(expected_min(mode(1.0, 300.0, RepairLaw::lognormal, 0.0), 100.0) == 100.0);
}

TEST_CASE("domain: expected_min is 0 at 0 and the mean at infinity for every law") {
  for (const RepairLaw law : {RepairLaw::exponential, RepairLaw::fixed, RepairLaw::lognormal}) {
    const DomainMode m = mode(1.0, 300.0, law, 1.2);
    CHECK(expected_min(m, 0.0) == 0.0);
    CHECK(expected_min(m, kInfinity) == 300.0);
    CHECK(near_relative(expected_min(m, 1e15), 300.0, 1e-12));
  }
}

TEST_CASE("domain: down_probability adds the modes") {
  // 0.001 * 100 + 0.0002 * 500 = 0.2; 0.2 / 1.2 = 1/6.
  const std::vector<DomainMode> modes{mode(0.001, 100.0, RepairLaw::exponential),
                                      mode(0.0002, 500.0, RepairLaw::fixed)};
  CHECK(near_relative(down_probability(modes, false), 1.0 / 6.0, 1e-15));
  CHECK(down_probability(modes, true) == 1.0);
  CHECK(down_probability({}, false) == 0.0);
}

TEST_CASE("domain: down_between splits the down time into ages that add up") {
  const std::vector<DomainMode> modes{mode(1e-6, 300.0, RepairLaw::exponential),
                                      mode(2e-7, 14400.0, RepairLaw::lognormal, 1.2),
                                      mode(3e-7, 400.0, RepairLaw::fixed)};
  const double parts = down_between(modes, false, 0.0, 50.0) +
                       down_between(modes, false, 50.0, 353.0) +
                       down_between(modes, false, 353.0, kInfinity);
  CHECK(near_relative(parts, down_probability(modes, false), 1e-12));
}

TEST_CASE("domain: down_between of one mode equals the integral of its survival function") {
  const double rate = 1e-6;
  const DomainMode lognormal = mode(rate, 14400.0, RepairLaw::lognormal, 1.2);
  const double total = 1.0 + rate * 14400.0;
  CHECK(near_relative(down_between({lognormal}, false, 350.0, 380.0),
                      rate * integrate_survival(lognormal, 350.0, 380.0) / total, 1e-9));
  CHECK(near_relative(down_between({lognormal}, false, 200000.0, 210000.0),
                      rate * integrate_survival(lognormal, 200000.0, 210000.0) / total, 1e-9));
  const DomainMode exponential = mode(rate, 300.0, RepairLaw::exponential);
  // Far beyond the mean nothing is left of a difference of two minima; exp(-20) still has all
  // digits.
  CHECK(near_relative(down_between({exponential}, false, 6000.0, kInfinity),
                      rate * 300.0 * std::exp(-20.0) / (1.0 + rate * 300.0), 1e-14));
}

TEST_CASE("domain: a domain set down has an infinite age") {
  const std::vector<DomainMode> modes{mode(1e-6, 300.0, RepairLaw::exponential)};
  CHECK(down_between(modes, true, 0.0, 350.0) == 0.0);
  CHECK(down_between(modes, true, 350.0, kInfinity) == 1.0);
}
