#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/random_system.hpp"

/// The same system with its nodes in another order: no figure may depend on it.
namespace haplan::test {

/// A random order of 0 to n - 1.
inline std::vector<std::size_t> shuffled(std::size_t n, Random& random) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

/// Node i becomes number to[i], with a name of that place in the order.
inline Sample relabelled(const Sample& sample, const std::vector<std::size_t>& to) {
  Sample out = sample;
  for (std::size_t i = 0; i < to.size(); ++i) {
    out.system.nodes[to[i]] = sample.system.nodes[i];
    out.system.nodes[to[i]].name = "other-" + std::to_string(to[i] + 1);
  }
  for (std::size_t c = 0; c < out.system.components.size(); ++c) {
    auto& allowed = out.system.components[c].allowed;
    for (model::NodeId& node : allowed) node = to[node];
    std::ranges::sort(allowed);
    for (model::NodeId& node : out.deployment.components[c].nodes) node = to[node];
  }
  return out;
}

}  // namespace haplan::test
