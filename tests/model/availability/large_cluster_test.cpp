#include <cmath>
#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kRate = 1e-6;    // of a replica
constexpr double kOutage = 60.0;  // [s]
constexpr double kU = kRate * kOutage / (1.0 + kRate * kOutage);
constexpr double kNodeRate = 1e-8;
constexpr double kNodeRepair = 3600.0;
constexpr double kLoad = kNodeRate * kNodeRepair;
constexpr double kQ = kLoad / (1.0 + kLoad);
constexpr double kZoneRate = 1e-9;
constexpr double kZoneRepair = 7200.0;
constexpr double kZ = kZoneRate * kZoneRepair / (1.0 + kZoneRate * kZoneRepair);

void divide(System& system, std::size_t zones) {
  for (std::size_t z = 0; z < zones; ++z) {
    Domain zone;
    zone.name = "z" + std::to_string(z);
    zone.level = "zone";
    zone.modes = {{"outage", kZoneRate, kZoneRepair}};
    system.domains.push_back(zone);
  }
  for (NodeId n = 0; n < system.nodes.size(); ++n) system.nodes[n].parent = n % zones;
}

Component movable(const std::string& name) {
  Component component = stateless(name, kRate, kOutage);
  component.movable = true;
  component.start = 3.0;
  return component;
}

Estimate guaranteed(const SmallSystem& small, const GuaranteeOptions& options = {}) {
  const std::vector<CarriedRules> rules(small.system.components.size());
  const auto figures = guaranteed_unavailability(small.system, small.deployment, rules, options);
  REQUIRE(figures.has_value());
  CHECK(figures->at(0).lower <= figures->at(0).upper);
  return figures->at(0);
}

bool contains(const Estimate& estimate, double value) {
  return estimate.lower <= value * (1.0 + 1e-9) && estimate.upper >= value * (1.0 - 1e-9);
}

/// One movable replica in a cluster in which the loss of anything else takes its credit back. It serves again once its
/// node has been down for tau = 47.4 s (detection) + 300 s (toleration) + 3 s (start) + 0.5 s (ready), an exponential
/// outage of mean r lasts longer with probability exp(-tau / r), and the chance that nothing else is lost is that of
/// n - 1 nodes and of all zones but its own.
double one_replica(double nodes, double zones) {
  const double tau = 47.4 + 300.0 + 3.0 + 0.5;
  const double late = kQ * std::exp(-tau / kNodeRepair);
  const double above = zones > 0.0 ? kZ : 0.0;
  const double log_calm =
      (nodes - 1.0) * std::log1p(-kQ) + (zones > 0.0 ? (zones - 1.0) * std::log1p(-kZ) : 0.0);
  const double on_node =
      (1.0 - kQ) * kU + (kQ - late) + late * (std::exp(log_calm) * kU - std::expm1(log_calm));
  return above + (1.0 - above) * on_node;
}

}  // namespace

TEST_CASE("evaluate: a movable replica among many idle nodes has its closed form") {
  for (const std::size_t nodes : {2U, 7U, 200U, 1000U})
    for (const std::size_t zones : {0U, 3U}) {
      SmallSystem small({movable("a")}, nodes, kNodeRate, kNodeRepair);
      if (zones > 0) divide(small.system, zones);
      small.place(0, {1});
      const auto evaluation = evaluate(small.system, small.deployment);
      REQUIRE(evaluation.has_value());
      const ServiceFigures& figures = evaluation->services[0];
      INFO(nodes << " nodes, " << zones << " zones");
      CHECK(figures.unavailability.method == Method::exact);
      // Of two nodes the second zone is the other node's and the third is empty: it cannot be lost.
      const double felt = static_cast<double>(zones == 0 ? 0 : std::min(nodes, zones));
      CHECK(near_relative(figures.unavailability.value,
                          one_replica(static_cast<double>(nodes), felt), 1e-11));
      double shares = 0.0;
      for (const Cause& cause : figures.causes) shares += cause.share;
      CHECK(near_relative(shares, figures.unavailability.value, 1e-9));
      CHECK(evaluation->work.domain_states < 20 * nodes + 100);  // grows with the nodes, not faster
    }
}

TEST_CASE("evaluate: drains of idle nodes change nothing but the credit") {
  // Without movable replicas there is no credit: two replicas on two of 500 nodes, and of the drains only those of
  // these two count, each of which leaves one replica.
  SmallSystem small({stateless("a", kRate, kOutage)}, 500, kNodeRate, kNodeRepair);
  small.system.components[0].movable = false;
  small.system.drain = Drain{.every = 2592000.0, .per_node = 600.0};
  small.place(0, {17, 400});
  const auto evaluation = evaluate(small.system, small.deployment);
  REQUIRE(evaluation.has_value());
  const double out = kQ + (1.0 - kQ) * kU;
  const double drained = 2.0 * 600.0 / 2592000.0;
  CHECK(near_relative(evaluation->services[0].unavailability.value,
                      (1.0 - drained) * out * out + drained * out, 1e-11));
}

TEST_CASE("guaranteed_unavailability: of many equal nodes is the closed form") {
  for (const std::size_t nodes : {70U, 1000U}) {
    SmallSystem small({movable("a")}, nodes, kNodeRate, kNodeRepair);
    small.place(0, {1});
    const Estimate worst = guaranteed(small);
    const double exact = one_replica(static_cast<double>(nodes), 0.0);
    INFO(nodes << " nodes");
    CHECK(contains(worst, exact));
    CHECK(near_relative(worst.upper, exact, 1e-6));
  }
}

TEST_CASE("guaranteed_unavailability: of a spread over nodes only is that of a single zone") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 300, kNodeRate, kNodeRepair);
  divide(small.system, 3);
  small.system.components[0].movable = false;
  small.system.components[0].spread = {.over = "node", .max_skew = 1, .hard = true};
  small.place(0, {0, 1});
  // On two nodes of one zone: nothing of the rule keeps them apart.
  const double out = kQ + (1.0 - kQ) * kU;
  const double exact = kZ + (1.0 - kZ) * out * out;
  const Estimate worst = guaranteed(small);
  CHECK(contains(worst, exact));
  CHECK(near_relative(worst.upper, exact, 1e-6));
  CHECK(near_relative(worst.lower, exact, 1e-6));
  // Spread over zones they are never together.
  small.system.components[0].spread.over = "zone";
  const double apart = kZ + (1.0 - kZ) * out;
  const Estimate spread = guaranteed(small);
  CHECK(contains(spread, apart * apart));
  CHECK(near_relative(spread.upper, apart * apart, 1e-6));
}

TEST_CASE("guaranteed_unavailability: a reduced cluster contains what the whole one gives") {
  int cut = 0;
  for (const bool drains : {false, true})
    for (const bool one_moves : {false, true})
      for (const std::size_t zones : {0U, 2U}) {
        SmallSystem small({movable("a"), stateless("b", 2e-6, 300.0)}, zones == 0 ? 8 : 16,
                          30.0 * kNodeRate, kNodeRepair);
        small.system.components[0].movable = one_moves;
        small.system.components[1].movable = false;
        if (drains) small.system.drain = Drain{.every = 2592000.0, .per_node = 600.0};
        if (zones > 0) divide(small.system, zones);
        small.place(0, {0, 1});
        small.place(1, {2});
        const Estimate whole = guaranteed(small);
        const Estimate reduced =
            guaranteed(small, {.most_nodes = zones == 0 ? std::size_t{7} : std::size_t{12}});
        INFO("drains " << drains << " moves " << one_moves << " zones " << zones);
        CHECK(reduced.lower <= whole.upper * (1.0 + 1e-9));
        CHECK(reduced.upper >= whole.lower * (1.0 - 1e-9));
        CHECK(near_relative(reduced.upper, whole.upper, 1e-3));
        cut += reduced.method == Method::bounded ? 1 : 0;
      }
  CHECK(cut > 0);
}

TEST_CASE("guaranteed_unavailability: is bounded from above when too many nodes can be in use") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 100, kNodeRate, kNodeRepair);
  std::vector<NodeId> nodes;
  for (NodeId n = 0; n < 70; ++n) nodes.push_back(n);
  small.place(0, nodes);
  const Estimate figure = guaranteed(small);
  CHECK(figure.method == Method::bounded);
  CHECK(figure.lower < figure.upper);
  // One replica on each of 70 nodes wherever they are: it is down when all 70 are.
  CHECK(near_relative(figure.upper, std::pow(kQ + (1.0 - kQ) * kU, 70), 1e-9));
}

TEST_CASE("guaranteed_unavailability: single replicas whose nodes are lost together count once") {
  constexpr double kMany = 70.0;
  std::vector<Component> components;
  for (int c = 0; c < static_cast<int>(kMany); ++c) {
    components.push_back(stateless("c" + std::to_string(c), kRate, kOutage));
    components.back().movable = false;
  }
  SmallSystem small(components, 100, 100.0 * kNodeRate, kNodeRepair);
  for (NodeId n = 0; n < components.size(); ++n) small.place(n, {n});
  const double load = 100.0 * kLoad;
  const double q = load / (1.0 + load);
  const double out = q + (1.0 - q) * kU;
  // The worst is that each has a node of its own.
  const Estimate figure = guaranteed(small);
  CHECK(figure.method == Method::exact);
  CHECK(near_relative(figure.value, -std::expm1(kMany * std::log1p(-out)), 1e-9));
}

TEST_CASE("guaranteed_unavailability: promises nothing where no placement is known to fit") {
  // Two of 600 millicores do not share a node of 1000: twelve replicas on ten nodes, too many combinations to list.
  std::vector<Component> components;
  for (int c = 0; c < 6; ++c) {
    components.push_back(stateless("c" + std::to_string(c), kRate, kOutage));
    components.back().requests["cpu"] = 600;
  }
  for (const std::size_t replicas : {1U, 2U}) {
    SmallSystem small(components, 10, kNodeRate, kNodeRepair);
    for (Node& node : small.system.nodes) node.capacity["cpu"] = 1000;
    for (NodeId c = 0; c < components.size(); ++c)
      small.place(c, replicas == 1 ? std::vector<NodeId>{c} : std::vector<NodeId>{c, 9 - c});
    INFO(replicas << " replicas");
    CHECK((guaranteed(small).upper == 1.0) == (replicas == 2));
  }
}
