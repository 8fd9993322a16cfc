#include "model/diagram/diagram.hpp"

#include <array>
#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

using haplan::model::Diagram;
using haplan::test::near_relative;

namespace {

/// The function of three binary variables whose truth table is the byte `table` (bit x0 + 2 x1 + 4 x2).
Diagram::Ref from_table(Diagram& diagram, unsigned table) {
  const auto bit = [&](unsigned i) {
    return (table >> i & 1U) != 0 ? Diagram::kTrue : Diagram::kFalse;
  };
  std::array<Diagram::Ref, 4> low{};
  for (unsigned i = 0; i < 4; ++i) low[i] = diagram.node(2, std::array{bit(i), bit(i + 4)});
  std::array<Diagram::Ref, 2> middle{};
  for (unsigned i = 0; i < 2; ++i) middle[i] = diagram.node(1, std::array{low[i], low[i + 2]});
  return diagram.node(0, middle);
}

double by_truth_table(unsigned table, const std::vector<double>& p) {
  double sum = 0.0;
  for (unsigned i = 0; i < 8; ++i)
    if ((table >> i & 1U) != 0) sum += p[i & 1U] * p[2 + (i >> 1U & 1U)] * p[4 + (i >> 2U & 1U)];
  return sum;
}

struct ThreeVariables {
  Diagram diagram;
  std::vector<double> p{0.9, 0.1, 0.7, 0.3, 0.999, 0.001};
  std::vector<Diagram::Ref> function;
  ThreeVariables() {
    for (int v = 0; v < 3; ++v) diagram.add_variable(2);
    for (unsigned table = 0; table < 256; ++table) function.push_back(from_table(diagram, table));
  }
};

}  // namespace

TEST_CASE(
    "diagram: all 256 functions of three variables are distinct and have their truth table's "
    "probability") {
  ThreeVariables all;
  std::vector<double> value;
  all.diagram.probability(all.p, 0.0, value);
  for (unsigned table = 0; table < 256; ++table) {
    CHECK(near_relative(value[all.function[table]], by_truth_table(table, all.p), 1e-15));
    for (unsigned other = 0; other < table; ++other)
      REQUIRE(all.function[table] != all.function[other]);
  }
}

TEST_CASE("diagram: and, or, not of all pairs are the functions of the combined truth tables") {
  ThreeVariables all;
  for (unsigned a = 0; a < 256; ++a) {
    CHECK(all.diagram.negation(all.function[a]) == all.function[~a & 255U]);
    for (unsigned b = 0; b < 256; ++b) {
      REQUIRE(all.diagram.conjunction(all.function[a], all.function[b]) == all.function[a & b]);
      REQUIRE(all.diagram.disjunction(all.function[a], all.function[b]) == all.function[a | b]);
    }
  }
}

TEST_CASE("diagram: a restriction is the cofactor of the truth table") {
  ThreeVariables all;
  constexpr std::array<unsigned, 3> kOnes{0xAA, 0xCC, 0xF0};  // rows where the variable is 1
  for (unsigned a = 0; a < 256; ++a)
    for (std::size_t v = 0; v < 3; ++v) {
      const unsigned ones = a & kOnes[v];
      const unsigned zeros = a & ~kOnes[v] & 255U;
      const unsigned shift = 1U << v;
      CHECK(all.diagram.restricted(all.function[a], v, 1) == all.function[ones | ones >> shift]);
      CHECK(all.diagram.restricted(all.function[a], v, 0) ==
            all.function[zeros | (zeros << shift & 255U)]);
    }
}

TEST_CASE("diagram: derivatives equal the difference of the cofactors' probabilities") {
  ThreeVariables all;
  constexpr std::array<unsigned, 3> kOnes{0xAA, 0xCC, 0xF0};
  std::vector<double> value;
  all.diagram.probability(all.p, 0.0, value);
  for (unsigned a = 0; a < 256; a += 3) {
    std::vector<double> adjoint(all.diagram.size(), 0.0);
    adjoint[all.function[a]] = 1.0;
    std::vector<double> dp;
    all.diagram.derivatives(all.p, value, adjoint, dp);
    for (std::size_t v = 0; v < 3; ++v) {
      const unsigned ones = a & kOnes[v];
      const unsigned zeros = a & ~kOnes[v] & 255U;
      const double expected = by_truth_table(ones | ones >> (1U << v), all.p) -
                              by_truth_table(zeros | (zeros << (1U << v) & 255U), all.p);
      CHECK(std::abs(dp[2 * v + 1] - dp[2 * v] - expected) <= 1e-15);
    }
  }
}

TEST_CASE("diagram: at_least of independent variables is the binomial tail") {
  Diagram diagram;
  std::vector<Diagram::Ref> literals;
  for (int v = 0; v < 5; ++v) literals.push_back(diagram.literal(diagram.add_variable(2), 0b10));
  std::vector<double> p;
  for (int v = 0; v < 5; ++v) p.insert(p.end(), {0.99, 0.01});
  const Diagram::Ref three = diagram.at_least(3, literals);
  CHECK(diagram.at_least(0, literals) == Diagram::kTrue);
  CHECK(diagram.at_least(6, literals) == Diagram::kFalse);
  std::vector<double> value;
  diagram.probability(p, 0.0, value);
  // 10 * 0.01^3 * 0.99^2 + 5 * 0.01^4 * 0.99 + 0.01^5
  CHECK(near_relative(value[three], 9.8506e-06, 1e-13));
}

TEST_CASE("diagram: variables with several values weigh each child by its own probability") {
  Diagram diagram;
  const std::size_t v = diagram.add_variable(3);
  const std::size_t w = diagram.add_variable(2);
  const Diagram::Ref low = diagram.literal(w, 0b10);
  const Diagram::Ref f = diagram.node(v, std::array{Diagram::kFalse, low, Diagram::kTrue});
  const std::vector<double> p{0.5, 0.3, 0.2, 0.75, 0.25};
  std::vector<double> value;
  diagram.probability(p, 0.0, value);
  CHECK(near_relative(value[f], 0.3 * 0.25 + 0.2, 1e-15));
  CHECK(diagram.support(f) == std::vector<std::size_t>{v, w});
}

TEST_CASE("diagram: unknown parts span the interval between their extremes") {
  Diagram diagram;
  const std::size_t v = diagram.add_variable(2);
  const Diagram::Ref f = diagram.node(v, std::array{Diagram::kFalse, Diagram::kUnknown});
  std::vector<double> value;
  diagram.probability(std::vector<double>{0.999, 0.001}, 0.0, value);
  CHECK(value[f] == 0.0);
  diagram.probability(std::vector<double>{0.999, 0.001}, 1.0, value);
  CHECK(value[f] == 0.001);
}

TEST_CASE("diagram: tiny unavailabilities keep their digits") {
  // Twelve elements in parallel, each down with 1e-9: the product is 1e-108, far below what 1 - A could hold.
  Diagram diagram;
  std::vector<Diagram::Ref> literals;
  std::vector<double> p;
  for (int v = 0; v < 12; ++v) {
    literals.push_back(diagram.literal(diagram.add_variable(2), 0b10));
    p.insert(p.end(), {1.0 - 1e-9, 1e-9});
  }
  const Diagram::Ref all = diagram.at_least(12, literals);
  std::vector<double> value;
  diagram.probability(p, 0.0, value);
  CHECK(near_relative(value[all], 1e-108, 1e-12));
}
