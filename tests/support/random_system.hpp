#pragma once

#include <cstdint>

#include "model/system/deployment.hpp"

/// Small random systems for differential and property tests; the same seed gives the same system
/// everywhere.
namespace haplan::test {

/// SplitMix64: the output function applied to a counter.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Uniform in [0, n).
  std::size_t below(std::size_t n);
  /// True with probability percent / 100.
  bool chance(int percent);
  int between(int low, int high) {
    const int choices = high - low + 1;
    return low + static_cast<int>(below(static_cast<std::size_t>(choices)));
  }
  /// One of the given values.
  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

 private:
  std::uint64_t state_;
};

struct Sample {
  model::System system;
  model::Deployment deployment;
};

struct SampleOptions {
  std::size_t most_states = 2500;  ///< joint states of nodes, domains, claims and drain
  int most_nodes = 4;
  int most_components = 5;  ///< without gates
  int most_replicas = 4;
  int percent_down = 4;  ///< of nodes, and of domains, that are down for good
};

/// Every field of the model that matters occurs in some of the systems of consecutive seeds.
Sample random_sample(std::uint64_t seed, const SampleOptions& options = {});

}  // namespace haplan::test
