#include "solver/no_room.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

struct Asked {
  int replicas;
  std::int64_t millicores;
};

/// Components a, b, ... on equal nodes of 4 cpu.
Problem on_nodes(std::size_t nodes, const std::vector<Asked>& asked) {
  std::vector<model::Component> components;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    components.push_back(stateless(std::string(1, static_cast<char>('a' + i)), 1e-6, 60.0));
    components.back().requests = {{"cpu", asked[i].millicores}};
  }
  SmallSystem small(std::move(components), nodes);
  for (model::Node& node : small.system.nodes) node.capacity = {{"cpu", 4000}};
  for (std::size_t i = 0; i < asked.size(); ++i)
    small.deployment.components[i].replicas = asked[i].replicas;
  return problem_of(small);
}

}  // namespace

TEST_CASE("no_room: a replica that is larger than any node it may use") {
  Problem problem = on_nodes(2, {{1, 5000}});
  const NoRoom whole = no_room(problem);
  CHECK(whole.reason == "a replica of a requests 5 cpu, and no node has more than 4 cpu");
  CHECK(whole.would_help ==
        std::vector<std::string>{"a node with 5 cpu for a, or a smaller request"});
  problem.system.nodes[1].capacity = {{"cpu", 8000}};
  problem.system.components[0].allowed = {0};
  CHECK(no_room(problem).reason ==
        "a replica of a requests 5 cpu, and no node that it may use has more than 4 cpu");
}

TEST_CASE("no_room: requests beyond all nodes together") {
  // 3 x 2.5 + 1 = 8.5 cpu on 8.
  const NoRoom sum = no_room(on_nodes(2, {{3, 2500}, {1, 1000}}));
  CHECK(sum.reason == "the smallest counts request 8.5 cpu together, and all nodes have 8 cpu");
  CHECK(sum.would_help ==
        std::vector<std::string>{"0.5 cpu more on the nodes, smaller requests, or smaller counts"});
}

TEST_CASE("no_room: one component whose rules leave it too little") {
  // Three of 1.5 cpu on one node of 4; on both they would fit.
  Problem problem = on_nodes(2, {{3, 1500}});
  problem.system.components[0].allowed = {1};
  CHECK(no_room(problem).reason ==
        "the 3 replicas of a cannot be placed even on empty nodes (spread over node with maxSkew 1 "
        "and pin and forbid leave 1 node)");
}

TEST_CASE("no_room: components that fit one by one but not together") {
  // 2.5 + 2.5 + 2.5 cpu are less than 8, but no node of 4 holds two: with both of a placed b
  // finds no room. c is not part of it.
  const NoRoom room = no_room(on_nodes(2, {{2, 2500}, {1, 2500}, {1, 100}}));
  CHECK(room.reason ==
        "the 2 replicas of a and 1 replica of b do not fit on the nodes together: no node has 2.5 "
        "cpu left for b");
  CHECK(room.would_help ==
        std::vector<std::string>{
            "more or larger nodes, or smaller requests or looser rules for a and b"});
}

}  // namespace haplan::test
