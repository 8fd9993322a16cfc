#include "model/markov/poisson.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <utility>
#include <vector>

#include "model/numerics/sum.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {
namespace {

using test::near_relative;

struct Known {
  double mean;
  std::uint64_t k;
  double weight;
  double at_least;
};

// mpmath 1.3, 40 digits: exp(-mean + k log mean - loggamma(k + 1)) and the regularised incomplete
// gamma function P(k, mean); for 1e8 the series of the tail.
const std::vector<Known> kKnown = {
    {0.5, 0, 0.606530659712633424, 1.0},
    {0.5, 3, 0.012636055410679863, 0.0143876779669706866},
    {0.5, 20, 2.37754217118834575e-25, 2.43546542992531432e-25},
    {25, 0, 1.38879438649640206e-11, 1.0},
    {25, 10, 0.000364984991504297175, 0.999778523361751216},
    {25, 25, 0.079522951468065446, 0.526601531443650643},
    {25, 60, 1.25563560854395485e-9, 2.11205844112268899e-9},
    {25, 120, 1.1750196944102028e-42, 1.48019934281906342e-42},
    {400, 200, 6.27071213294953268e-29, 1.0},
    {400, 400, 0.0199429588050330496, 0.506649129838905471},
    {400, 700, 2.18786154348961551e-42, 5.0826895230206405e-42},
    {1e4, 9000, 1.40190289530835841e-25, 1.0},
    {1e4, 10000, 0.00398938955896282565, 0.5013298083399552},
    {1e4, 12000, 9.44773410026073979e-85, 5.6545807500086134e-84},
    {1e8, 99920000, 5.0113296177532133064e-19, 0.99999999999999938344},
    {1e8, 100000000, 0.000039894228006898077774, 0.50001329807601411987},
    {1e8, 100060000, 6.095960344900516161e-13, 9.9044205914720392791e-10},
    {1e8, 100300000, 2.3061239024852656735e-200, 7.7016025176346342242e-198},
};

TEST_CASE("poisson: weights and upper tails have the stated relative accuracy") {
  for (const Known& known : kKnown) {
    CAPTURE(known.mean);
    CAPTURE(known.k);
    const Result<PoissonWeights> poisson = poisson_weights(known.mean);
    REQUIRE(poisson);
    CHECK(poisson->relative_error() < 3e-13);
    CHECK(near_relative(poisson->weight(known.k), known.weight, poisson->relative_error()));
    CHECK(near_relative(poisson->at_least(known.k), known.at_least, poisson->relative_error()));
  }
}

TEST_CASE("poisson: lower tails keep their digits") {
  // mpmath: regularised upper incomplete gamma function Q(k, mean).
  const auto below = [](double mean, std::uint64_t k) { return poisson_weights(mean)->below(k); };
  CHECK(near_relative(below(25, 10), 0.000221476638248783581, 1e-14));
  CHECK(near_relative(below(400, 200), 6.20951184299608858e-29, 1e-14));
  CHECK(near_relative(below(1e4, 9000), 1.24944480112858845e-24, 1e-14));
  CHECK(below(25, 0) == 0.0);
}

TEST_CASE("poisson: a mean of nothing, of next to nothing and beyond the limit") {
  const PoissonWeights none = *poisson_weights(0.0);
  CHECK(none.first() == 0);
  CHECK(none.last() == 0);
  CHECK(none.weight(0) == 1.0);
  CHECK(none.at_least(1) == 0.0);
  CHECK(none.excess(0) == 0.0);
  CHECK(none.omitted_above() == 0.0);

  const PoissonWeights rare = *poisson_weights(1e-200);
  CHECK(rare.weight(0) == 1.0);
  CHECK(near_relative(rare.at_least(1), 1e-200, 1e-15));
  CHECK(rare.omitted_above() > 0.0);
  CHECK(rare.omitted_above() < 1e-300);

  CHECK(poisson_weights(std::numeric_limits<double>::denorm_min()));
  for (const double wrong : {-1.0, 1.1e10, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
    REQUIRE(!poisson_weights(wrong));
    CHECK(poisson_weights(wrong).error().fault == Fault::invalid_input);
  }
}

// The finder of [FG88] switches formulas at means of 25 and 400, and exp(-mean) leaves the range of
// a double near 745.
TEST_CASE("poisson: weights sum to 1 and have the right mean across the whole range") {
  for (const double mean : {1e-8, 0.1, 0.99, 1.0, 24.9, 25.0, 25.1, 399.0, 400.0, 401.0, 744.0,
                            746.0, 1e5, 1.5e6, 1e8}) {
    CAPTURE(mean);
    const PoissonWeights poisson = *poisson_weights(mean);
    CompensatedSum total;
    CompensatedSum weighted;
    for (std::uint64_t k = poisson.first(); k <= poisson.last(); ++k) {
      total.add(poisson.weight(k));
      weighted.add(static_cast<double>(k) * poisson.weight(k));
    }
    CHECK(near_relative(total.value(), 1.0, 1e-15));
    CHECK(near_relative(weighted.value(), mean, poisson.relative_error()));
    // E[max(N - 0, 0)] is the mean again, from sums of tails.
    CHECK(near_relative(poisson.excess(0), mean, poisson.relative_error()));
    CHECK(poisson.omitted_below() <= 1e-280);
    CHECK(poisson.omitted_above() <= 1e-280);
  }
}

TEST_CASE("poisson: the two tails meet and the excess falls by a tail a step") {
  const PoissonWeights poisson = *poisson_weights(123.4);
  for (std::uint64_t k = 0; k <= poisson.last() + 1; ++k) {
    CHECK(near_relative(poisson.below(k) + poisson.at_least(k), 1.0, 1e-15));
    CHECK(near_relative(poisson.excess(k), poisson.excess(k + 1) + poisson.at_least(k + 1), 1e-14));
    CHECK(near_relative(poisson.shortfall(k + 1), poisson.shortfall(k) + poisson.below(k + 1),
                        1e-14));
    // E[N - k] = E[max(N - k, 0)] - E[max(k - N, 0)].
    CHECK(near_relative(poisson.excess(k) + static_cast<double>(k), poisson.shortfall(k) + 123.4,
                        1e-14));
  }
}

TEST_CASE("poisson: work grows with the square root of the mean") {
  const PoissonWeights poisson = *poisson_weights(1e8);
  CHECK(poisson.last() - poisson.first() < 740'000);
}

}  // namespace
}  // namespace haplan::model
