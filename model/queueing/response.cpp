#include "model/queueing/response.hpp"

#include <cmath>
#include <cstddef>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// P(an arrival waits) in M/M/m with offered load a = rate * service < m, from Erlang's B by its
/// recursion B_i = a B_{i-1} / (i + a B_{i-1}): only positive terms, no factorials.
double erlang_c(int servers, double load) {
  double blocked = 1.0;
  for (int i = 1; i <= servers; ++i) blocked = load * blocked / (i + load * blocked);
  return servers * blocked / ((servers - load) + load * blocked);
}

}  // namespace

double closed_response_time(const std::vector<Station>& stations, double customers,
                            double think_time) {
  HAPLAN_EXPECTS(customers >= 1.0 && think_time >= 0.0);
  double delay = 0.0;
  std::vector<double> demand;
  for (const Station& station : stations) {
    HAPLAN_EXPECTS(station.service >= 0.0);
    if (!station.servers || station.service == 0.0) {
      delay += station.service;
      continue;
    }
    HAPLAN_EXPECTS(*station.servers >= 1);
    const double m = *station.servers;
    demand.push_back(station.service / m);
    delay += station.service * (m - 1.0) / m;
  }
  std::vector<double> queue(demand.size(), 0.0);
  std::vector<double> residence(demand.size(), 0.0);
  double response = delay;
  const auto population = std::llround(customers);
  for (long long n = 1; n <= population; ++n) {
    response = delay;
    for (std::size_t i = 0; i < demand.size(); ++i) {
      residence[i] = demand[i] * (1.0 + queue[i]);
      response += residence[i];
    }
    if (response == 0.0) return 0.0;  // nothing takes time
    const double throughput = static_cast<double>(n) / (think_time + response);
    for (std::size_t i = 0; i < demand.size(); ++i) queue[i] = throughput * residence[i];
  }
  return response;
}

std::optional<double> open_response_time(const std::vector<Station>& stations, double rate) {
  HAPLAN_EXPECTS(rate >= 0.0);
  double response = 0.0;
  for (const Station& station : stations) {
    HAPLAN_EXPECTS(station.service >= 0.0);
    response += station.service;
    if (!station.servers || station.service == 0.0) continue;
    const int m = *station.servers;
    HAPLAN_EXPECTS(m >= 1);
    const double load = rate * station.service;
    if (load >= m) return std::nullopt;
    response += erlang_c(m, load) * station.service / (m - load);
  }
  return response;
}

}  // namespace haplan::model
