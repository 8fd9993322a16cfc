#include "model/availability/lone_replicas.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <random>
#include <ranges>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;

namespace {

/// P(some replica is down) when replica i is on node `on[i]`.
double joint(const DownVector& mass, const std::vector<std::vector<DownVector>>& down,
             const std::vector<std::size_t>& on) {
  double sum = 0.0;
  for (std::size_t w = 0; w < mass.size(); ++w) {
    double up = 1.0;
    for (std::size_t i = 0; i < down.size(); ++i) up *= 1.0 - down[i][on[i]][w];
    sum += mass[w] * (1.0 - up);
  }
  return sum;
}

/// The worst of all ways to put replicas on nodes.
double worst(const DownVector& mass, const std::vector<std::vector<DownVector>>& down) {
  std::vector<std::size_t> on(down.size(), 0);
  double most = 0.0;
  for (;;) {
    if (std::ranges::none_of(std::views::iota(std::size_t{0}, on.size()),
                             [&](std::size_t i) { return down[i][on[i]].empty(); }))
      most = std::max(most, joint(mass, down, on));
    std::size_t i = 0;
    while (i < on.size() && ++on[i] == down[i].size()) on[i++] = 0;
    if (i == on.size()) return most;
  }
}

std::vector<LoneReplica> replicas(const std::vector<std::vector<DownVector>>& down) {
  std::vector<LoneReplica> list;
  for (const auto& one : down) list.push_back({one});
  return list;
}

}  // namespace

TEST_CASE("most_added: no placement of random replicas on random nodes adds more") {
  std::mt19937_64 random(3);
  const auto uniform = [&] { return std::uniform_real_distribution<double>(0.0, 1.0)(random); };
  for (int sample = 0; sample < 300; ++sample) {
    const std::size_t nodes = 1 + random() % 4;
    const std::size_t count = 1 + random() % 5;
    const std::size_t worlds = 1 + random() % 12;
    DownVector mass(worlds);
    double total = 0.0;
    for (double& m : mass) total += m = std::pow(uniform(), 6.0);
    for (double& m : mass) m /= total;
    std::vector<std::vector<DownVector>> down(count, std::vector<DownVector>(nodes));
    for (auto& one : down)
      for (std::size_t n = 0; n < nodes; ++n) {
        if (n > 0 && random() % 5 == 0) continue;  // not allowed there
        for (std::size_t w = 0; w < worlds; ++w)
          one[n].push_back(random() % 3 == 0 ? 1.0 : uniform() * 1e-3);
      }
    CAPTURE(sample);
    const double bound = most_added(mass, replicas(down), std::vector<std::size_t>(nodes, 1)).most;
    CHECK(bound >= worst(mass, down) * (1.0 - 1e-12));
  }
}

TEST_CASE("most_added: many replicas on few nodes that take them down add what the nodes do") {
  // World 0: all is well; world n: node n - 1 is down. Each of eight replicas is down when its node is.
  constexpr std::size_t kNodes = 3;
  constexpr double kDown = 1e-4;
  DownVector mass(kNodes + 1, kDown);
  mass[0] = 1.0 - kNodes * kDown;
  std::vector<std::vector<DownVector>> down(8, std::vector<DownVector>(kNodes));
  for (auto& one : down)
    for (std::size_t n = 0; n < kNodes; ++n) {
      one[n].assign(kNodes + 1, 0.0);
      one[n][n + 1] = 1.0;
    }
  const double bound = most_added(mass, replicas(down), {1, 1, 1}).most;
  CHECK(near_relative(bound, kNodes * kDown, 1e-12));
  CHECK(near_relative(bound, worst(mass, down), 1e-12));
  // All nodes are of one kind: a vector for one of them, and three to choose from.
  std::vector<LoneReplica> alike(8);
  for (LoneReplica& one : alike) one.down = {down.front().front()};
  CHECK(near_relative(most_added(mass, alike, {3}).most, kNodes * kDown, 1e-12));
  // Fewer than nodes: every one has its own.
  alike.resize(2);
  CHECK(near_relative(most_added(mass, alike, {3}).most, 2 * kDown, 1e-12));
}

TEST_CASE("most_added: nodes that are down at once count once") {
  // Worlds 1 and 2: one node of two is down; world 3: both are.
  const DownVector mass{0.9, 0.04, 0.05, 0.01};
  const std::vector<std::vector<DownVector>> down(3, {{0.0, 1.0, 0.0, 1.0}, {0.0, 0.0, 1.0, 1.0}});
  const double bound = most_added(mass, replicas(down), {1, 1}).most;
  CHECK(near_relative(bound, 0.1, 1e-12));
  CHECK(near_relative(bound, worst(mass, down), 1e-12));
}

/// Every state of nodes that are up or down, of which each is down with its own probability.
DownVector states_of(const std::vector<double>& node_down) {
  DownVector mass(std::size_t{1} << node_down.size());
  for (std::size_t w = 0; w < mass.size(); ++w) {
    mass[w] = 1.0;
    for (std::size_t n = 0; n < node_down.size(); ++n)
      mass[w] *= (w >> n & 1U) != 0 ? node_down[n] : 1.0 - node_down[n];
  }
  return mass;
}

TEST_CASE(
    "most_added: no placement on random nodes, some of them alike, adds more, and hardly less") {
  std::mt19937_64 random(11);
  const auto uniform = [&] { return std::uniform_real_distribution<double>(0.0, 1.0)(random); };
  double closest = 1.0;
  for (int sample = 0; sample < 300; ++sample) {
    std::vector<std::size_t> nodes;  // of each kind
    std::vector<double> node_down;
    std::vector<std::size_t> first;
    for (std::size_t kind = 0; kind < 3; ++kind) {
      first.push_back(node_down.size());
      nodes.push_back(1 + random() % 2);
      node_down.insert(node_down.end(), nodes.back(), std::pow(10.0, -1.0 - 3.0 * uniform()));
    }
    const DownVector mass = states_of(node_down);
    const std::size_t count = 1 + random() % 5;
    std::vector<std::vector<DownVector>> down(count);
    for (auto& one : down) {
      const double lost = random() % 2 == 0 ? 1.0 : uniform();  // replaced elsewhere before long
      const double own = random() % 2 == 0 ? 0.0 : 1e-4 * uniform();
      for (std::size_t n = 0; n < node_down.size(); ++n) {
        DownVector& on = one.emplace_back(mass.size(), own);
        for (std::size_t w = 0; w < mass.size(); ++w)
          if ((w >> n & 1U) != 0) on[w] += (1.0 - own) * lost;
      }
    }
    std::vector<LoneReplica> by_kind(count);
    for (std::size_t i = 0; i < count; ++i)
      for (const std::size_t n : first) by_kind[i].down.push_back(down[i][n]);
    CAPTURE(sample);
    const double truth = worst(mass, down);
    const double bound = most_added(mass, by_kind, nodes).most;
    CHECK(bound >= truth * (1.0 - 1e-12));
    const std::vector<std::size_t> apart(node_down.size(), 1);
    const double told_apart = most_added(mass, replicas(down), apart).most;
    CHECK(told_apart >= truth * (1.0 - 1e-12));
    if (count > 1) closest = std::min(closest, told_apart / truth - 1.0);
  }
  CHECK(closest < 1e-9);
}

TEST_CASE("most_added: replicas that fail by themselves add up") {
  const DownVector mass{1.0};
  const std::vector<LoneReplica> list{{{DownVector{1e-3}}}, {{DownVector{2e-3}}}};
  // Together on the only node: 1 - (1 - 1e-3)(1 - 2e-3).
  CHECK(near_relative(most_added(mass, list, {1}).most, 3e-3 - 2e-6, 1e-12));
  CHECK(most_added(mass, {}, {1}).most == 0.0);
}
