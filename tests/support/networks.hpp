#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/network/graph.hpp"

/// Networks for tests, and two ways to their reliability that share nothing with the engine.
namespace haplan::test {

struct NetworkCase {
  model::NetworkGraph network;
  std::vector<std::size_t> terminals;
  /// Each link's probability of working, and that of all terminals being connected; vertices are perfect.
  std::vector<std::pair<double, long double>> expected;
};

/// A file of tests/data/network: lines `vertices n`, `terminals v...`, `expect p R`, `link a b`, # comments.
NetworkCase read_network(const std::string& path);

/// Uniform numbers in [0, 1), the same on every machine (SplitMix64).
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  double uniform();
  std::size_t below(std::size_t n);

 private:
  std::uint64_t state_;
};

/// Any links, parallel ones and loops too, over a connected or a torn network.
model::NetworkGraph random_network(std::uint64_t seed, std::size_t vertices, std::size_t links);

/// A backbone: points of a square (each the most remote of twelve draws), joined by a shortest tree and then by the
/// shortest links that cross none before, as long as a vertex has at most six. Planar and connected.
model::NetworkGraph backbone(std::uint64_t seed, std::size_t vertices, std::size_t links);

/// P(some terminal is down or apart from another) by looking at every state of every element: 2^elements.
long double apart_by_enumeration(const model::NetworkGraph& network,
                                 const std::vector<std::size_t>& terminals,
                                 const std::vector<double>& unavailability);

/// The same by factoring: an element of a path that is not decided is tried up and down.
long double apart_by_factoring(const model::NetworkGraph& network,
                               const std::vector<std::size_t>& terminals,
                               const std::vector<double>& unavailability);

}  // namespace haplan::test
