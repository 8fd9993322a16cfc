#pragma once

#include <optional>
#include <vector>

/// Response times of queueing networks; knows no cluster. All times [s], rates [1/s].
namespace haplan::model {

/// One station: `servers` parallel servers, each visit taking `service` on average; no servers: a
/// pure delay.
struct Station {
  double service = 0.0;
  std::optional<int> servers;  ///< nullopt: delay
};

/// Mean response time of a closed network with `customers` (>= 1, rounded to the nearest whole) and
/// think time, by exact mean-value analysis with Seidmann's pair: queue of demand s/m and delay
/// s(m-1)/m.
///   returns [s], without the think time
///   error   only non-negative terms; held to 1e-12 of Buzen's convolution, to 1e-9 of the asymptote at 10 000 customers
///   cost    O(customers * stations), memory O(stations)
///   source  [RL80], [Sei87]
double closed_response_time(const std::vector<Station>& stations, double customers,
                            double think_time);

/// Mean response time of an open network with Poisson arrivals at `rate` at every station: M/M/m
/// each.
///   returns nullopt when a station is saturated (rate * service >= servers)
///   error   Erlang's B by a recursion of positive terms; the distance to saturation is one difference
///   cost    O(servers), no factorials
///   source  Erlang's C
std::optional<double> open_response_time(const std::vector<Station>& stations, double rate);

}  // namespace haplan::model
