#include "model/availability/headroom.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace haplan::model;

namespace {

struct Case {
  System system;
  Deployment deployment;

  explicit Case(std::size_t nodes) {
    system.levels = {{.name = "only", .share = 1.0}};
    for (std::size_t i = 0; i < nodes; ++i) {
      system.nodes.push_back({.name = "n" + std::to_string(i), .pool = "", .parent = std::nullopt});
    }
  }

  /// A movable component with a cpu request [cores] and its replicas.
  Component& add(const char* name, std::int64_t cpu, std::vector<NodeId> nodes) {
    Component c;
    c.name = name;
    c.movable = true;
    c.requests = {{"cpu", cpu * 1000}};
    for (NodeId node = 0; node < system.nodes.size(); ++node) c.allowed.push_back(node);
    system.components.push_back(c);
    ComponentPlan plan;
    plan.replicas = static_cast<int>(nodes.size());
    plan.nodes = std::move(nodes);
    deployment.components.push_back(plan);
    return system.components.back();
  }

  void capacity(std::int64_t cpu) {
    for (Node& node : system.nodes) node.capacity = {{"cpu", cpu * 1000}};
  }

  [[nodiscard]] bool headroom() const { return has_headroom(system, deployment); }
  [[nodiscard]] std::vector<std::string> why() const {
    const PlacementCheck check = check_placement(system, deployment);
    CHECK(check.ok == check.why.empty());
    return check.why;
  }
};

/// Every way to send the refugees of one node to the others, tried from the definitions;
/// single-level spread over nodes and cpu only.
bool fits_elsewhere(const Case& c, NodeId lost, const std::vector<ComponentId>& refugees,
                    std::size_t next, std::vector<std::vector<int>>& counts) {
  const std::size_t nodes = c.system.nodes.size();
  if (next == refugees.size()) {
    for (NodeId node = 0; node < nodes; ++node) {
      std::int64_t used = 0;
      for (ComponentId id = 0; id < counts.size(); ++id) {
        used += counts[id][node] * c.system.components[id].requests.at("cpu");
      }
      if (node != lost && used > c.system.nodes[node].capacity.at("cpu")) return false;
    }
    for (const ComponentId id : refugees) {
      const Component& component = c.system.components[id];
      if (!component.spread.hard) continue;
      int least = 1 << 20;
      int most = 0;
      for (const NodeId node : component.allowed) {
        if (node == lost) continue;
        least = std::min(least, counts[id][node]);
        most = std::max(most, counts[id][node]);
      }
      if (most - least > component.spread.max_skew) return false;
    }
    return true;
  }
  for (const NodeId node : c.system.components[refugees[next]].allowed) {
    if (node == lost) continue;
    ++counts[refugees[next]][node];
    const bool fits = fits_elsewhere(c, lost, refugees, next + 1, counts);
    --counts[refugees[next]][node];
    if (fits) return true;
  }
  return false;
}

bool headroom_by_force(const Case& c) {
  for (NodeId lost = 0; lost < c.system.nodes.size(); ++lost) {
    std::vector<std::vector<int>> counts;
    std::vector<ComponentId> refugees;
    for (ComponentId id = 0; id < c.system.components.size(); ++id) {
      counts.emplace_back(c.system.nodes.size(), 0);
      for (const NodeId node : c.deployment.components[id].nodes) {
        if (c.system.components[id].movable && node == lost) {
          refugees.push_back(id);
        } else {
          ++counts[id][node];
        }
      }
    }
    // On the lost node nothing counts any more.
    if (!fits_elsewhere(c, lost, refugees, 0, counts)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("headroom: is there without nodes or without anything that moves") {
  CHECK(Case(0).headroom());
  Case fixed(2);
  fixed.capacity(1);
  fixed.add("db", 1, {0, 1}).movable = false;
  CHECK(fixed.headroom());
  fixed.system.components[0].movable = true;
  CHECK_FALSE(fixed.headroom());
}

TEST_CASE("headroom: one node's replicas must fit on the others together") {
  Case c(3);
  c.capacity(4);
  c.add("api", 2, {0, 1, 2});
  CHECK(c.headroom());  // 2 free on each of the others
  c.add("web", 2, {0, 1, 2});
  CHECK_FALSE(c.headroom());  // 4 leave, nothing is free
}

TEST_CASE("headroom: the spread rule is kept over the nodes that are left") {
  Case c(3);
  c.add("api", 0, {0, 1, 2});
  // The lost node no longer counts: 2 + 1 on two nodes keeps a skew of one.
  CHECK(c.headroom());
  c.system.components[0].allowed = {0, 1};
  c.deployment.components[0].nodes = {0, 1, 0};
  CHECK(c.headroom());  // all three on the other one, which is the only domain left
  c.system.components[0].allowed = {0, 1, 2};
  c.deployment.components[0].nodes = {0, 0, 1, 2};
  c.deployment.components[0].replicas = 4;
  c.capacity(2);
  c.system.components[0].requests["cpu"] = 1000;
  CHECK(c.headroom());  // 0 lost: both go to 1 and 2, one each
  c.system.nodes[1].capacity["cpu"] = 1000;
  CHECK_FALSE(c.headroom());  // 0 lost: 1 is full and 2 has room for one
  c.system.nodes[2].capacity["cpu"] = 4000;
  CHECK_FALSE(c.headroom());                 // room on 2, but 3 next to 1 breaks the skew
  c.system.nodes[0].capacity["cpu"] = 3000;  // for those of 1 and 2
  CHECK_FALSE(c.headroom());
  c.system.components[0].spread.hard = false;
  CHECK(c.headroom());
}

TEST_CASE("headroom: pods run out like any other resource, and what no node has is zero") {
  Case c(2);
  c.add("api", 0, {0, 1});
  for (Node& node : c.system.nodes) node.capacity = {{"pods", 1000}};
  CHECK_FALSE(c.headroom());
  for (Node& node : c.system.nodes) node.capacity = {{"pods", 2000}};
  CHECK(c.headroom());
  c.system.components[0].requests["nvidia.com/gpu"] = 1000;
  CHECK_FALSE(c.headroom());
  for (Node& node : c.system.nodes) node.capacity.clear();  // nothing said: nothing limits
  CHECK(c.headroom());
}

TEST_CASE("headroom: users of a ReadWriteOnce claim move to one node") {
  Case c(3);
  c.capacity(4);
  c.system.claims = {{.name = "files"}};
  c.add("api", 2, {0}).storage = {.kind = StorageKind::network, .claim = 0};
  c.add("worker", 2, {0}).storage = {.kind = StorageKind::network, .claim = 0};
  c.add("x", 2, {1}).movable = false;
  CHECK(c.headroom());  // both go to n2
  c.add("y", 2, {2}).movable = false;
  CHECK_FALSE(c.headroom());  // 2 + 2 are free, but apart
  c.system.claims[0].read_write_once = false;
  CHECK(c.headroom());
}

TEST_CASE("headroom: is judged at the level with most replicas") {
  Case c(2);
  c.capacity(3);
  c.system.levels = {{.name = "peak", .share = 0.5, .rate = Rational{20, 1}},
                     {.name = "rest", .share = 0.5, .rate = Rational{5, 1}}};
  c.add("api", 1, {0, 1, 0, 1}).throughput = Rational{10, 1};
  Requirement leaf;
  leaf.kind = Requirement::Kind::component;
  Service service{.name = "s"};
  service.requires_.of = {leaf};
  c.system.services = {service};
  // 20 / (10 * 0.5) = 4 replicas at the peak: two more do not fit next to two.
  c.deployment.components[0].autoscale = Autoscale{.min = 1, .max = 4, .target = 50};
  CHECK_FALSE(c.headroom());
  // 20 / (10 * 0.7) = 2.9, so 3: at most two move, to one beside them.
  c.deployment.components[0].autoscale->target = 70;
  c.deployment.components[0].nodes = {0, 1, 0};
  CHECK(c.headroom());
}

TEST_CASE("headroom: equals brute force on random small deployments") {
  std::mt19937 random(11);
  const auto below = [&random](std::size_t n) { return random() % n; };
  int yes = 0;
  for (int round = 0; round < 600; ++round) {
    Case c(2 + below(3));
    for (Node& node : c.system.nodes) {
      node.capacity = {{"cpu", static_cast<std::int64_t>(3 + below(6)) * 1000}};
    }
    for (std::size_t i = 1 + below(3); i > 0; --i) {
      std::vector<NodeId> nodes;
      for (std::size_t r = 1 + below(3); r > 0; --r) nodes.push_back(below(c.system.nodes.size()));
      Component& added = c.add("c", static_cast<std::int64_t>(1 + below(2)), nodes);
      added.movable = below(5) != 0;
      added.spread.hard = below(2) == 0;
      added.spread.max_skew = static_cast<int>(1 + below(2));
    }
    // What starts overfull is not a deployment.
    if (std::ranges::any_of(c.why(), [](const std::string& s) {
          return s.find("is requested on it") != std::string::npos;
        })) {
      continue;
    }
    CAPTURE(round);
    const bool expected = headroom_by_force(c);
    REQUIRE(c.headroom() == expected);
    yes += expected;
  }
  CHECK(yes > 50);
  CHECK(yes < 550);
}

TEST_CASE("check_placement: says in a sentence what does not fit") {
  Case c(2);
  c.capacity(3);
  c.add("api", 1, {0, 1, 0});
  CHECK(c.why().empty());
  c.add("db", 2, {0});
  CHECK(c.why() == std::vector<std::string>{"n0 has 3 cpu, but 4 is requested on it"});
  c.deployment.components[1].nodes = {1};
  CHECK(c.why().empty());
  c.deployment.components[0].nodes = {0, 0, 0};
  CHECK(c.why() == std::vector<std::string>{"api has 3 replicas on n0 and 0 on n1: maxSkew is 1"});
  c.system.components[0].spread.hard = false;
  CHECK(c.why().empty());
  c.system.components[0].allowed = {1};
  CHECK(c.why() == std::vector<std::string>{"api may not run on n0"});
  c.deployment.components[0].nodes = {1};
  CHECK(c.why() == std::vector<std::string>{"api has 3 replicas and 1 node to put them on"});
}

TEST_CASE("check_placement: amounts are written as people write them") {
  Case c(1);
  c.add("api", 0, {0}).requests = {{"cpu", 8500}, {"memory", 34'359'738'368'000}};
  c.system.nodes[0].capacity = {{"cpu", 8250}, {"memory", 17'179'869'184'000}};
  CHECK(c.why() ==
        std::vector<std::string>{"n0 has 8.25 cpu, but 8.5 is requested on it",
                                 "n0 has 16384Mi memory, but 32768Mi is requested on it"});
}

TEST_CASE("check_placement: a spread over zones needs nodes that lie in one") {
  Case c(3);
  c.system.domains = {{.name = "a", .level = "zone"}, {.name = "b", .level = "zone"}};
  c.system.nodes[0].parent = 0;
  c.system.nodes[1].parent = 1;
  c.add("api", 0, {0, 1, 0}).spread.over = "zone";
  CHECK(c.why().empty());
  c.deployment.components[0].nodes = {0, 0, 0};
  CHECK(c.why() == std::vector<std::string>{"api has 3 replicas on a and 0 on b: maxSkew is 1"});
  c.deployment.components[0].nodes = {0, 1, 2};
  CHECK(c.why() == std::vector<std::string>{"api spreads over zone, but n2 is in none"});
}

TEST_CASE(
    "check_placement: a ReadWriteOnce claim keeps its users on one node, whatever the spread") {
  Case c(2);
  c.system.claims = {{.name = "files"}};
  c.add("api", 0, {0, 0}).storage = {.kind = StorageKind::network, .claim = 0};
  CHECK(c.why().empty());
  c.deployment.components[0].nodes = {0, 1};
  CHECK(c.why() ==
        std::vector<std::string>{"claim files is ReadWriteOnce, but its replicas are on 2 nodes"});
}

TEST_CASE("start_in_every_order: is no question without nodes") {
  Case c(0);
  c.add("web", 1, {});
  c.deployment.components[0].replicas = 2;
  CHECK(start_in_every_order(c.system, load_table(c.system), c.deployment) == EveryOrder::fits);
}

TEST_CASE("start_in_every_order: small pods may spread over what a large one needs") {
  Case c(2);
  c.capacity(4);
  c.add("large", 4, {0});
  c.add("small", 1, {1, 1}).spread.hard = false;
  ComponentId stranded = 9;
  const auto start = [&] {
    return start_in_every_order(c.system, load_table(c.system), c.deployment, &stranded);
  };
  REQUIRE(check_placement(c.system, c.deployment).ok);
  CHECK(start() == EveryOrder::strands);
  CHECK(stranded == 0);
  // Pinned to the nodes of the plan nobody is in the way of anybody.
  for (Component& component : c.system.components) component.pinned = true;
  CHECK(start() == EveryOrder::fits);
  for (Component& component : c.system.components) component.pinned = false;
  // On one disk they go together.
  c.system.claims = {{"disk", {}, true}};
  c.system.components[1].storage = {StorageKind::network, 0, 360.0};
  CHECK(start() == EveryOrder::fits);
  c.capacity(6);
  c.system.components[1].storage = {};
  CHECK(start() == EveryOrder::fits);
}

TEST_CASE("headroom_in_every_order: what is replaced without being counted takes room") {
  Case c(3);
  c.capacity(3);
  c.add("moves", 2, {0});
  c.add("stays", 2, {0, 2}).movable = false;
  c.system.nodes[0].capacity = {{"cpu", 4000}};
  const auto table = load_table(c.system);
  // Lost node 0: node 1 has room for one pod of two cores, node 2 for none.
  CHECK(headroom_in_every_order(c.system, table, c.deployment) == EveryOrder::fits);
  ComponentId stranded = 9;
  NodeId lost = 9;
  CHECK(headroom_in_every_order(c.system, table, c.deployment, {1}, &stranded, &lost) ==
        EveryOrder::strands);
  CHECK(stranded == 0);
  CHECK(lost == 0);
  // It may itself be left over.
  c.system.nodes[1].capacity = {{"cpu", 2000}};
  c.deployment.components[0].nodes = {1};
  CHECK(headroom_in_every_order(c.system, table, c.deployment, {1}) == EveryOrder::fits);
}

TEST_CASE("headroom_in_every_order: what is pinned goes to the nodes of its plan only") {
  Case c(3);
  c.capacity(4);
  c.add("web", 1, {0, 1}).pinned = true;
  const auto table = load_table(c.system);
  CHECK(headroom_in_every_order(c.system, table, c.deployment) == EveryOrder::fits);
  c.deployment.components[0].nodes = {0};
  c.deployment.components[0].replicas = 1;
  NodeId lost = 9;
  CHECK(headroom_in_every_order(c.system, table, c.deployment, {}, nullptr, &lost) ==
        EveryOrder::strands);
  CHECK(lost == 0);
}

TEST_CASE("pins_for_start: names what has to be pinned, and no more") {
  Case c(2);
  c.capacity(4);
  c.add("large", 3, {0});
  c.add("small", 2, {1, 1}).spread.hard = false;
  c.add("tiny", 0, {0, 1});
  const auto table = load_table(c.system);
  REQUIRE(start_in_every_order(c.system, table, c.deployment) == EveryOrder::strands);
  // Either alone may still take the other's room: large on the second node, small on the first.
  CHECK(pins_for_start(c.system, table, c.deployment) == std::vector<ComponentId>{0, 1});
  // Where small ones may not share a node with large, small alone has to be held.
  c.system.nodes[1].capacity = {{"cpu", 2000}};
  c.deployment.components[1].nodes = {1};
  c.deployment.components[1].replicas = 1;
  REQUIRE(start_in_every_order(c.system, table, c.deployment) == EveryOrder::strands);
  CHECK(pins_for_start(c.system, table, c.deployment) == std::vector<ComponentId>{1});
}

TEST_CASE(
    "start_in_every_order: the even spread of pinned pods counts the nodes of their plan only") {
  Case c(3);
  c.capacity(4);
  c.add("web", 1, {0, 0, 1, 1}).pinned = true;
  CHECK(start_in_every_order(c.system, load_table(c.system), c.deployment) == EveryOrder::fits);
}
