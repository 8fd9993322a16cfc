#include "solver/allocation/structure.hpp"

#include <doctest/doctest.h>
#include <numeric>

#include "tests/support/near.hpp"

using namespace haplan;
using namespace haplan::solver::allocation;
using haplan::test::near_relative;
using model::Diagram;

namespace {

std::vector<std::size_t> counted(std::size_t n) {
  std::vector<std::size_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

}  // namespace

TEST_CASE("structure: parts in series are found, and what is not in series stays whole") {
  Diagram diagram;
  for (int j = 0; j < 7; ++j) diagram.add_variable(2);
  const auto down = [&](std::size_t j) { return diagram.literal(j, 2); };
  // 0 in series with (1 parallel 2), 3 and a two-of-three of 4, 5, 6.
  const auto middle = diagram.conjunction(down(1), down(2));
  const std::vector<Diagram::Ref> members{down(4), down(5), down(6)};
  const auto last = diagram.at_least(2, members);
  const auto whole =
      diagram.disjunction(diagram.disjunction(down(0), middle), diagram.disjunction(down(3), last));
  const Structure structure = structure_of(diagram, whole, counted(7));
  REQUIRE(structure.parts.size() == 4);
  const std::vector<double> u{0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5};
  std::vector<double> value;
  CHECK(near_relative(structure.parts[0].unavailability(u, value), 0.1, 1e-15));
  CHECK(near_relative(structure.parts[1].unavailability(u, value), 0.2 * 0.3, 1e-15));
  CHECK(near_relative(structure.parts[2].unavailability(u, value), 0.4, 1e-15));
  // Two or three of three fair coins: 4 of 8.
  CHECK(near_relative(structure.parts[3].unavailability(u, value), 0.5, 1e-15));
  CHECK(
      near_relative(structure.whole.unavailability(u, value), 1.0 - 0.9 * 0.94 * 0.6 * 0.5, 1e-14));
}

TEST_CASE("structure: a bridge is one part") {
  Diagram diagram;
  for (int j = 0; j < 5; ++j) diagram.add_variable(2);
  const auto cut = [&](const std::vector<std::size_t>& members) {
    Diagram::Ref all = Diagram::kTrue;
    for (const std::size_t j : members) all = diagram.conjunction(all, diagram.literal(j, 2));
    return all;
  };
  const auto down = diagram.disjunction(diagram.disjunction(cut({0, 1}), cut({3, 4})),
                                        diagram.disjunction(cut({0, 2, 4}), cut({1, 2, 3})));
  const Structure structure = structure_of(diagram, down, counted(5));
  CHECK(structure.parts.size() == 1);
  const std::vector<double> u(5, 0.5);
  std::vector<double> value;
  // Of the 32 states of a bridge 16 are down: it is self-dual.
  CHECK(near_relative(structure.whole.unavailability(u, value), 0.5, 1e-15));
}

TEST_CASE("structure: constants have no parts") {
  Diagram diagram;
  diagram.add_variable(2);
  const std::vector<double> u{0.5};
  std::vector<double> value;
  for (const Diagram::Ref constant : {Diagram::kFalse, Diagram::kTrue}) {
    const Structure structure = structure_of(diagram, constant, counted(1));
    CHECK(structure.parts.empty());
    CHECK(structure.whole.unavailability(u, value) == (constant == Diagram::kTrue ? 1.0 : 0.0));
  }
}
