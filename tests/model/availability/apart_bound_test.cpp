#include "model/availability/apart_bound.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kRate = 1e-6;
constexpr double kRepair = 400.0;
constexpr double kQ = kRate * kRepair / (1.0 + kRate * kRepair);  ///< P(a node is lost)
constexpr double kNever = std::numeric_limits<double>::infinity();

std::vector<Node> nodes(std::size_t count) {
  Node node;
  node.modes = {{"reboot", kRate, kRepair}};
  return std::vector<Node>(count, node);
}

/// Components on nodes of their own, and what they are given.
struct Parts {
  std::vector<ApartPart::Loss> losses;
  std::vector<ApartPart> parts;

  /// One replica; back after so long.
  ///   others  nodes besides its own
  void single(double down, double reschedule, double others) {
    const double plain = kQ + (1.0 - kQ) * down;
    const double late = kQ * std::exp(-reschedule / kRepair) * std::pow(1.0 - kQ, others);
    losses.emplace_back().include({1.0, down}, {0}, kQ);
    parts.push_back({down, plain, reschedule, {{plain, late * (1.0 - down)}}, nullptr});
  }

  /// Two replicas, of which one suffices; down as often with one as with two.
  void pair(double down) {
    const double plain = kQ * kQ + (1.0 - kQ * kQ) * down;
    losses.emplace_back().include({1.0, down, down}, {0, 1}, kQ);
    parts.push_back({down, plain, kNever, {{plain, 0.0}}, nullptr});
  }

  double bound(std::size_t count) {
    for (std::size_t p = 0; p < parts.size(); ++p) parts[p].loss = &losses[p];
    return apart_bound(nodes(count), parts);
  }
};

}  // namespace

TEST_CASE("apart_bound: single replicas on every node are up while all nodes are") {
  Parts three;
  for (const double down : {1e-5, 2e-5, 3e-5}) three.single(down, kNever, 1.0);
  three.pair(4e-5);  // beside them its lost nodes do not count
  const double own = (1.0 - 1e-5) * (1.0 - 2e-5) * (1.0 - 3e-5) * (1.0 - 4e-5);
  CHECK(near_relative(three.bound(2), 1.0 - own * (1.0 - kQ) * (1.0 - kQ), 1e-12));
  // With nodes for all of them each has its own, and the pair the other two.
  CHECK(
      near_relative(three.bound(5), 1.0 - own * std::pow(1.0 - kQ, 3.0) * (1.0 - kQ * kQ), 1e-12));
  // With one node besides one of the pair is on a node with another.
  CHECK(near_relative(three.bound(4), 1.0 - own * std::pow(1.0 - kQ, 3.0), 1e-12));
}

TEST_CASE("apart_bound: pairs of few nodes are down together where two of them share one") {
  // On three nodes each pair is another one, and two lost nodes take one of them down.
  Parts three;
  for (int p = 0; p < 3; ++p) three.pair(0.0);
  const double any_two = 3.0 * kQ * kQ * (1.0 - kQ) + kQ * kQ * kQ;
  CHECK(three.bound(3) >= any_two);
  CHECK(near_relative(three.bound(3), any_two, 1e-6));
  // On four nodes no more than two of them share none, and the third is beside both. On six none has to share.
  const double own = 1.0 - std::pow(1.0 - kQ * kQ, 3.0);
  CHECK(near_relative(three.bound(4), own - 2.0 * kQ * kQ * kQ, 1e-6));
  CHECK(near_relative(three.bound(6), own, 1e-9));
  // The most rarely lost ones may be those that they share.
  std::vector<Node> unequal = nodes(3);
  unequal[0].modes[0].rate *= 1e-3;
  CHECK(apart_bound(unequal, three.parts) > own - 2.001e-3 * kQ * kQ * kQ);
  // The same with a single replica on a node of its own.
  three.single(0.0, kNever, 1.0);
  const double beside = 1.0 - (1.0 - kQ) * (1.0 - own);
  CHECK(near_relative(three.bound(5), beside - 2.0 * kQ * kQ * kQ, 1e-8));
  CHECK(three.bound(5) < beside * (1.0 - 1e-8));
  CHECK(near_relative(three.bound(7), beside, 1e-12));
}

TEST_CASE("apart_bound: those on one node are back together with the slowest") {
  Parts three;
  for (const double delay : {100.0, 10.0, 20.0}) three.single(1e-5, delay, 1.0);
  const double up = std::pow(1.0 - 1e-5, 3.0);
  const auto credit = [&](double delay) {
    return kQ * (1.0 - kQ) * std::exp(-delay / kRepair) * up;
  };
  const double plain = 1.0 - up * (1.0 - kQ) * (1.0 - kQ);
  CHECK(near_relative(three.bound(2), plain - credit(100.0) - credit(20.0), 1e-9));
}

TEST_CASE(
    "apart_bound: where a loss is not known each has nodes of its own, however few there are") {
  Parts three;
  for (const double down : {1e-5, 2e-5, 3e-5}) three.single(down, kNever, 1.0);
  const double own = (1.0 - 1e-5) * (1.0 - 2e-5) * (1.0 - 3e-5);
  CHECK(near_relative(apart_bound(nodes(2), three.parts), 1.0 - own * std::pow(1.0 - kQ, 3.0),
                      1e-12));
  CHECK(near_relative(apart_bound({}, three.parts), apart_bound(nodes(2), three.parts), 1e-12));
  // The same where it may be on one node or on two.
  three.losses[0].include({1.0, 1e-5, 1e-5}, {0, 1}, kQ);
  CHECK(near_relative(three.bound(2), 1.0 - own * std::pow(1.0 - kQ, 3.0), 1e-12));
}

TEST_CASE("ApartPart::Loss: the worst of the nodes that may be lost") {
  ApartPart::Loss loss;
  // Three replicas on two nodes, of which two are needed: the node with two of them is vital.
  loss.include({1.0, 1.0, 0.1, 0.01}, {3, 3, 5}, kQ);
  CHECK(loss.vital == 1);
  CHECK(loss.vital_most == 1);
  CHECK(near_relative(loss.rest, (0.1 - 0.01) / 0.99, 1e-12));
  CHECK(near_relative(loss.given_up(0), 0.01, 1e-12));
  CHECK(near_relative(loss.given_up(1), (1.0 - kQ) * 0.01 + kQ * 0.1, 1e-12));
  CHECK(loss.given_up(7) == loss.given_up(1));
  CHECK(loss.one_lost == 0.1);
  CHECK_FALSE(loss.paired);
  // Too many to be listed.
  loss.include({1.0, 1.0, 0.9, 0.5, 0.1, 0.01}, {0, 1, 2, 3, 4}, kQ);
  CHECK(loss.vital == 0);
  CHECK(loss.given_up(0) == 1.0);
  CHECK(loss.one_lost == 0.1);
  CHECK_FALSE(loss.paired);  // in the first placement
}
