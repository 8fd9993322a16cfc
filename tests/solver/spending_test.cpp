#include "solver/spending.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace haplan::solver {

using test::near_relative;

namespace {

/// Two levels; a scales from 2 to 3, b has 2 replicas of its second variant, c is an external.
Problem shop() {
  Problem problem;
  problem.system.levels = {{.name = "low", .share = 0.75, .rate = model::Rational{10, 1}},
                           {.name = "high", .share = 0.25, .rate = model::Rational{30, 1}}};
  model::Component a;
  a.name = "a";
  a.throughput = model::Rational{10, 1};
  a.requests = {{"cpu", 500}, {"memory", std::int64_t{1000} << 30}};
  a.uses = {{"money", {1, 10}}};
  model::Component b;
  b.name = "b";
  b.variants.resize(2);
  b.variants[0].name = "large";
  b.variants[0].requests = {{"cpu", 4000}};
  b.variants[1].name = "small";
  b.variants[1].requests = {{"cpu", 250}, {"gpu", 2000}};
  b.variants[1].uses = {{"money", {1, 3}}};
  model::Component c;
  c.name = "c";
  c.type = model::ComponentType::external;
  c.external = model::External{};
  c.uses = {{"money", {7, 1}}};
  problem.system.components = {a, b, c};
  model::Service site{.name = "site", .requires_ = {}, .load = std::nullopt};
  for (model::ComponentId id = 0; id < 3; ++id)
    site.requires_.of.push_back({.kind = model::Requirement::Kind::component, .component = id});
  problem.system.services = {site};
  problem.before.components.resize(3);
  problem.before.components[0].autoscale = model::Autoscale{.min = 2, .max = 9, .target = 100};
  problem.before.components[1].replicas = 2;
  problem.before.components[1].variants.resize(2);
  problem.before.components[1].variants[0].replicas = 0;
  problem.before.components[1].variants[1].replicas = 2;
  problem.prices = {{"cpu", {20, 1}}, {"memory", {3, 1}}, {"gpu", {101, 2}}};
  return problem;
}

Budget budget(Budget::Kind kind, const char* name, model::Rational limit) {
  return {.kind = kind, .name = name, .limit = limit};
}

}  // namespace

TEST_CASE(
    "spending: what replicas request costs its price, at the level with most and on average") {
  const Problem problem = shop();
  // a: 0.5 * 20 + 1 * 3 = 13 each, 2 and 3 of them; b: 0.25 * 20 + 2 * 50.5 = 106 each, 2.
  const Cost cost = cost_of(problem, problem.before);
  CHECK(cost.peak.value() == 3 * 13.0 + 212.0);
  CHECK(near_relative(cost.mean.value(), 0.75 * 2 * 13.0 + 0.25 * 3 * 13.0 + 212.0, 1e-15));
}

TEST_CASE("spending: budgets are sums over components at the level with most, exactly") {
  Problem problem = shop();
  problem.budgets = {budget(Budget::Kind::cpu, "cpu", {2, 1}),
                     budget(Budget::Kind::memory, "memory", {std::int64_t{3} << 30, 1}),
                     budget(Budget::Kind::uses, "money", {239, 30}),
                     budget(Budget::Kind::replicas, "replicas", {4, 1})};
  const auto uses = budget_uses(problem, problem.before);
  REQUIRE(uses.size() == 4);
  CHECK(uses[0].used == 2.0);  // 3 * 0.5 + 2 * 0.25
  CHECK(uses[0].kept);
  CHECK(uses[1].used == 3221225472.0);
  CHECK(uses[1].kept);
  // 3 / 10 + 2 / 3 + 7 = 239 / 30, the external once: the last digit decides.
  CHECK(uses[2].kept);
  CHECK(uses[3].used == 5.0);
  CHECK_FALSE(uses[3].kept);
  CHECK_FALSE(keeps_budgets(problem, problem.before));
  problem.budgets[2].limit = {2389999999, 300000000};
  CHECK_FALSE(budget_uses(problem, problem.before)[2].kept);
}

TEST_CASE("spending: amounts beyond 128 bits lose digits, not their order") {
  const Amount huge = product_of({std::int64_t{1} << 62, 1}, {std::int64_t{1} << 62, 1});
  const Amount third{1, 3};
  Amount sum = huge;
  for (int i = 0; i < 40; ++i) sum = sum_of(product_of(sum, third), {1, 7});
  CHECK(sum.value() > 0.0);
  CHECK(compare(sum_of(huge, huge), huge) > 0);
  CHECK(compare(third, {1, 3}) == 0);
  CHECK(near_relative(sum_of(third, {1, 6}).value(), 0.5, 1e-15));
}

}  // namespace haplan::solver
