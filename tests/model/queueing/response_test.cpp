#include "model/queueing/response.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

/// Buzen's convolution: G(n) of single-server demands and one delay; the throughput is G(N-1) /
/// G(N).
double response_by_convolution(const std::vector<double>& demands, double delay, int customers,
                               double think_time) {
  const double pause = delay + think_time;
  std::vector<double> g(static_cast<std::size_t>(customers) + 1, 0.0);
  g[0] = 1.0;
  for (std::size_t n = 1; n < g.size(); ++n) g[n] = g[n - 1] * pause / static_cast<double>(n);
  for (const double demand : demands) {
    for (std::size_t n = 1; n < g.size(); ++n) g[n] += demand * g[n - 1];
  }
  const auto last = static_cast<std::size_t>(customers);
  return customers * g[last] / g[last - 1] - think_time;
}

/// The textbook sum with factorials, for small m.
double erlang_c_by_sum(int m, double a) {
  double sum = 0.0;
  double term = 1.0;
  for (int i = 0; i < m; ++i) {
    sum += term;
    term *= a / (i + 1);
  }
  const double waiting = term * m / (m - a);
  return waiting / (sum + waiting);
}

}  // namespace

TEST_CASE("response: a closed network of single servers equals Buzen's convolution") {
  const std::vector<Station> stations{{0.02, 1}, {0.05, 1}, {0.3, std::nullopt}, {0.01, 1}};
  for (const int customers : {1, 2, 7, 40}) {
    CAPTURE(customers);
    CHECK(near_relative(closed_response_time(stations, customers, 1.5),
                        response_by_convolution({0.02, 0.05, 0.01}, 0.3, customers, 1.5), 1e-12));
  }
}

TEST_CASE("response: several servers are a faster queue and a delay") {
  // m = 4: queue of demand s/4 and delay 3s/4.
  const std::vector<Station> stations{{0.2, 4}, {0.03, 1}};
  CHECK(near_relative(closed_response_time(stations, 25, 0.5),
                      response_by_convolution({0.05, 0.03}, 0.15, 25, 0.5), 1e-12));
}

TEST_CASE("response: one customer never waits, and many wait for the slowest station") {
  const std::vector<Station> stations{{0.2, 4}, {0.03, 1}, {0.7, std::nullopt}};
  CHECK(near_relative(closed_response_time(stations, 1, 3.0), 0.93, 1e-14));
  // Asymptote N D_max - Z with D_max = 0.05: 10000 * 0.05 - 3.
  CHECK(near_relative(closed_response_time(stations, 10000, 3.0), 497.0, 1e-9));
}

TEST_CASE("response: users are whole, rounded to the nearest") {
  const std::vector<Station> stations{{0.2, 1}};
  CHECK(closed_response_time(stations, 10.4, 1.0) == closed_response_time(stations, 10.0, 1.0));
  CHECK(closed_response_time(stations, 9.6, 1.0) == closed_response_time(stations, 10.0, 1.0));
}

TEST_CASE("response: without stations nothing takes time") {
  CHECK(closed_response_time({}, 5, 1.0) == 0.0);
  CHECK(closed_response_time({{0.0, 1}}, 5, 0.0) == 0.0);
  CHECK(open_response_time({}, 5.0) == 0.0);
}

TEST_CASE("response: one open server is s / (1 - rho)") {
  CHECK(near_relative(*open_response_time({{0.02, 1}}, 40.0), 0.02 / 0.2, 1e-14));
}

TEST_CASE("response: open stations wait with Erlang's C") {
  // Table value: m = 2, a = 1: C = 1/3; W = s + C s / (m - a) = 1 + 1/3.
  CHECK(near_relative(*open_response_time({{1.0, 2}}, 1.0), 4.0 / 3.0, 1e-14));
  for (const int m : {1, 3, 10, 20}) {
    const double a = 0.85 * m;
    CAPTURE(m);
    CHECK(near_relative(*open_response_time({{1.0, m}, {0.7, std::nullopt}}, a),
                        1.7 + erlang_c_by_sum(m, a) / (m - a), 1e-12));
  }
}

TEST_CASE("response: a thousand servers do not overflow") {
  // Halfin and Whitt: with m = a + sqrt(a), C is near 1 / (1 + Phi(1)/phi(1)) = 0.2234.
  const double a = 10000.0;
  const double wait = *open_response_time({{1.0, 10100}}, a) - 1.0;
  CHECK(near_relative(wait * 100.0, 0.2234, 0.01));
}

TEST_CASE("response: a saturated station has no mean") {
  CHECK_FALSE(open_response_time({{0.5, 2}}, 4.0).has_value());
  CHECK_FALSE(open_response_time({{0.1, 1}, {0.5, 2}}, 5.0).has_value());
}
