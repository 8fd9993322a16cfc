#include "model/markov/chain.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "model/base/contract.hpp"

using namespace haplan::model;

namespace {

std::vector<std::uint32_t> targets(const Chain& chain, std::size_t from) {
  const auto row = chain.targets(from);
  return {row.begin(), row.end()};
}

std::vector<double> rates(const Chain& chain, std::size_t from) {
  const auto row = chain.rates(from);
  return {row.begin(), row.end()};
}

}  // namespace

TEST_CASE("chain: rows are sorted, parallel edges added, self loops dropped") {
  const std::vector<RatedEdge> edges{{2, 0, 4}, {0, 2, 1}, {0, 1, 2}, {0, 0, 9}, {0, 2, 8}};
  const auto chain = chain_of(3, edges);
  REQUIRE(chain.has_value());
  CHECK(chain->state_count() == 3);
  CHECK(chain->transition_count() == 3);
  CHECK(targets(*chain, 0) == std::vector<std::uint32_t>{1, 2});
  CHECK(rates(*chain, 0) == std::vector<double>{2, 9});
  CHECK(chain->exit_rate(0) == 11);
  CHECK(targets(*chain, 1).empty());
  CHECK(chain->exit_rate(1) == 0);
  CHECK(rates(*chain, 2) == std::vector<double>{4});
  CHECK(chain->fastest_exit() == 11);
}

TEST_CASE("chain: reversed holds in row i what enters i") {
  const std::vector<RatedEdge> edges{{0, 1, 2}, {0, 2, 9}, {2, 0, 4}, {1, 2, 3}};
  const Chain back = chain_of(3, edges)->reversed();
  CHECK(targets(back, 0) == std::vector<std::uint32_t>{2});
  CHECK(rates(back, 0) == std::vector<double>{4});
  CHECK(targets(back, 2) == std::vector<std::uint32_t>{0, 1});
  CHECK(rates(back, 2) == std::vector<double>{9, 3});
  CHECK(back.exit_rate(2) == 12);
}

TEST_CASE("chain: no states and rates that are none are bad input, unknown states a bug") {
  CHECK(chain_of(0, {}).error().fault == Fault::invalid_input);
  for (const double rate : {0.0, -1.0, double{NAN}, double{INFINITY}}) {
    const std::vector<RatedEdge> edges{{0, 1, rate}};
    const auto chain = chain_of(2, edges);
    REQUIRE_FALSE(chain.has_value());
    CHECK(chain.error().fault == Fault::invalid_input);
  }
  const std::vector<RatedEdge> unknown{{0, 2, 1.0}};
  CHECK_THROWS_AS((void)chain_of(2, unknown), ContractViolation);
  ChainBuilder builder;
  builder.add(7, 1.0);
  builder.close_row();
  CHECK_THROWS_AS((void)std::move(builder).finish(), ContractViolation);
}

TEST_CASE("chain: one state alone absorbs") {
  const auto chain = chain_of(1, {});
  REQUIRE(chain.has_value());
  CHECK(chain->state_count() == 1);
  CHECK(chain->transition_count() == 0);
}
