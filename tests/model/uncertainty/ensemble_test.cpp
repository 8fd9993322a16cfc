#include "model/uncertainty/ensemble.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <memory>
#include <random>

#include "model/availability/reevaluate.hpp"
#include "tests/model/uncertainty/studies.hpp"
#include "tests/support/near.hpp"
#include "tests/support/reference.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan;
using namespace haplan::model;
using namespace haplan::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// One replica that fails with an uncertain mtbf and is out for 100 s: u = 100 / (mtbf + 100).
class SingleComponent {
 public:
  explicit SingleComponent(double limit) {
    study.inputs = {law_of({.value = 9e4, .low = 3e4, .high = 3e5})};
    study.figures = 1;
    study.objectives = 1;
    study.evaluator = [this, limit]() -> Evaluator {
      workers_.push_back(std::make_unique<Worker>());
      return [worker = workers_.back().get(), limit](std::span<const double> x) -> Result<Outcome> {
        worker->small.system.components[0].modes[0].rate = 1.0 / x[0];
        return worker->engine.evaluate(worker->small.system, worker->small.deployment)
            .map([&](const Evaluation& e) {
              const double u = e.services[0].unavailability.value;
              return Outcome{{u}, {u <= limit}};
            });
      };
    };
  }
  SingleComponent(const SingleComponent&) = delete;
  SingleComponent& operator=(const SingleComponent&) = delete;

  Study study;

 private:
  struct Worker {
    SmallSystem small{{stateless("api", 1.0, 100.0)}, 0};
    Reevaluator engine;
  };
  std::vector<std::unique_ptr<Worker>> workers_;
};

double u_of(double mtbf) { return 100.0 / (mtbf + 100.0); }

}  // namespace

TEST_CASE("ensemble: quantiles of one component are those of its mtbf") {
  const Law mtbf = law_of({.value = 9e4, .low = 3e4, .high = 3e5});
  // The unavailability falls with the mtbf, so its p-quantile is at the (1-p)-quantile of the mtbf; the objective
  // holds where the mtbf is above its 20 % quantile.
  const SingleComponent single(u_of(mtbf.quantile(0.2)));
  const auto answer =
      ensemble(single.study, {.draws = 16384, .quantiles = {0.05, 0.5, 0.95, 0.999}});
  REQUIRE(answer.has_value());
  CHECK(answer->draws == 16384);
  CHECK(answer->failed == 0);
  const FigureSpread& u = answer->figures[0];
  CHECK(near_relative(u.nominal, u_of(9e4), 1e-14));
  CHECK(near_relative(u.quantiles[0].value, u_of(3e5), 1e-3));
  CHECK(near_relative(u.quantiles[1].value, u_of(std::sqrt(9e9)), 1e-3));
  CHECK(near_relative(u.quantiles[2].value, u_of(3e4), 1e-3));
  CHECK(near_relative(u.quantiles[3].value, u_of(mtbf.quantile(0.001)), 2e-2));
  for (std::size_t q = 0; q < 3; ++q) {
    CHECK(u.quantiles[q].error > 0.0);
    CHECK(u.quantiles[q].error < 2e-3 * u.quantiles[q].value);
  }
  CHECK(std::abs(answer->kept[0].value - 0.8) < 1e-3);
  CHECK(answer->kept[0].lower < 0.8);
  CHECK(answer->kept[0].upper > 0.8);
  CHECK(answer->holds_nominally == std::vector{true});
}

TEST_CASE("ensemble: a product of ten lognormals is lognormal") {
  std::vector<Law> inputs;
  double mu = 0.0;
  double variance = 0.0;
  for (int i = 0; i < 10; ++i) {
    const double factor = 1.5 + 0.3 * i;
    inputs.push_back(law_of({.value = 2, .low = 2 / factor, .high = 2 * factor}));
    const double sigma = std::log(factor) / 1.6448536269514722;
    mu += std::log(2.0);
    variance += sigma * sigma;
  }
  const auto product = [](std::span<const double> x) -> Result<Outcome> {
    double result = 1.0;
    for (const double factor : x) result *= factor;
    return Outcome{{result}, {}};
  };
  const auto answer = ensemble(study_of(inputs, 1, 0, product), {.draws = 65536});
  REQUIRE(answer.has_value());
  const double sigma = std::sqrt(variance);
  const std::vector<double> z{-1.6448536269514722, 0.0, 1.6448536269514722};
  for (std::size_t q = 0; q < 3; ++q)
    CHECK(near_relative(answer->figures[0].quantiles[q].value, std::exp(mu + z[q] * sigma), 0.01));
  // Mean exp(mu + sigma^2 / 2).
  const Sampled& mean = answer->figures[0].mean;
  CHECK(std::abs(mean.value - std::exp(mu + variance / 2)) < 2.0 * mean.error);
  CHECK(mean.error < 0.15 * mean.value);
}

TEST_CASE("ensemble: intervals hold what they should about as often as they say") {
  // 60 seeds; the truth lies in a 95 % interval of each in 57 of them on average, and in less than 50 with
  // probability 0.0005.
  const Law a = law_of({.value = 1, .low = 0.5, .high = 2});
  const Study study = study_of({a, a, a}, 1, 1, [](std::span<const double> x) -> Result<Outcome> {
    const double product = x[0] * x[1] * x[2];
    return Outcome{{product}, {product <= 1.0}};
  });
  // Of the product of three: median 1; 95 % quantile 2^sqrt(3); half of it below 1.
  int median = 0;
  int high = 0;
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto answer = ensemble(study, {.draw = {.seed = seed}, .draws = 2048});
    REQUIRE(answer.has_value());
    const auto& q = answer->figures[0].quantiles;
    median += std::abs(q[1].value - 1.0) <= q[1].error ? 1 : 0;
    high += std::abs(q[2].value - std::exp2(std::sqrt(3.0))) <= q[2].error ? 1 : 0;
    kept += answer->kept[0].lower <= 0.5 && 0.5 <= answer->kept[0].upper ? 1 : 0;
  }
  CHECK(median >= 50);
  CHECK(high >= 50);
  CHECK(kept >= 50);
}

TEST_CASE("ensemble: agrees with plain random draws on a function that is not monotone") {
  const Law a = law_of({.value = 1, .low = 0.3, .high = 3});
  const auto f = [](std::span<const double> x) {
    return std::sin(3.0 * x[0]) + x[1] * std::abs(x[2] - 1.0);
  };
  const auto answer = ensemble(
      study_of({a, a, a}, 1, 0,
               [&](std::span<const double> x) -> Result<Outcome> { return Outcome{{f(x)}, {}}; }),
      {.draws = 16384, .quantiles = {0.05, 0.25, 0.5, 0.75, 0.95}});
  REQUIRE(answer.has_value());
  std::mt19937_64 random(3);
  constexpr int kDraws = 40'000;
  std::vector<int> below(5, 0);
  for (int i = 0; i < kDraws; ++i) {
    std::array<double, 3> x{};
    for (double& value : x)
      value = a.quantile((static_cast<double>(random() >> 11U) + 0.5) * 0x1p-53);
    for (std::size_t q = 0; q < 5; ++q)
      below[q] += f(x) <= answer->figures[0].quantiles[q].value ? 1 : 0;
  }
  // Four standard errors of a binomial share.
  for (std::size_t q = 0; q < 5; ++q) {
    const double p = answer->levels[q];
    CHECK(std::abs(below[q] - p * kDraws) < 4.0 * std::sqrt(p * (1 - p) * kDraws));
  }
}

TEST_CASE("ensemble: is the same to the last bit at any number of threads") {
  const SingleComponent single(1e-3);
  const Study& study = single.study;
  const auto one = ensemble(study, {.draws = 5000});
  REQUIRE(one.has_value());
  CHECK(one->draws == 5008);  // a multiple of 16
  for (const unsigned threads : {2U, 3U, 8U}) {
    const auto many = ensemble(study, {.draw = {.threads = threads}, .draws = 5000});
    REQUIRE(many.has_value());
    for (std::size_t q = 0; q < 3; ++q) {
      CHECK(many->figures[0].quantiles[q].value == one->figures[0].quantiles[q].value);
      CHECK(many->figures[0].quantiles[q].error == one->figures[0].quantiles[q].error);
    }
    CHECK(many->figures[0].mean.value == one->figures[0].mean.value);
    CHECK(many->kept[0].value == one->kept[0].value);
    CHECK(many->kept[0].lower == one->kept[0].lower);
  }
  const auto other = ensemble(study, {.draw = {.seed = 2}, .draws = 5000});
  CHECK(other->figures[0].mean.value != one->figures[0].mean.value);
}

TEST_CASE("ensemble: is the same at any number of threads where draws change the structure") {
  // Users, and with them replicas and needs; starts, and with them the order of stages.
  struct Worker {
    Reference reference = reference_system();
    Reevaluator engine;
  };
  std::vector<std::unique_ptr<Worker>> workers;
  Study study;
  study.inputs = {law_of({.value = 10'000, .low = 5'000, .high = 20'000}),
                  law_of({.value = 3, .low = 1, .high = 9}),
                  law_of({.value = 3, .low = 1, .high = 9})};
  study.figures = 3;
  study.evaluator = [&workers]() -> Evaluator {
    workers.push_back(std::make_unique<Worker>());
    return [worker = workers.back().get()](std::span<const double> x) -> Result<Outcome> {
      auto& [system, deployment] = worker->reference;
      system.levels[0].users = Rational{static_cast<std::int64_t>(x[0]), 1};
      system.components[api].start = x[1];
      system.components[keycloak].start = x[2];
      std::vector<NodeId>& nodes = deployment.components[api].nodes;
      while (nodes.size() < 10) nodes.push_back(nodes.size() % system.nodes.size());
      return worker->engine.evaluate(system, deployment).map([](const Evaluation& e) {
        const ServiceFigures& s = e.services[0];
        return Outcome{{s.unavailability.value, s.outage_frequency, s.worst_response_time}, {}};
      });
    };
  };
  const auto one = ensemble(study, {.draws = 320});
  const auto three = ensemble(study, {.draw = {.threads = 3}, .draws = 320});
  REQUIRE(one.has_value());
  REQUIRE(three.has_value());
  CHECK(workers[1]->engine.counts().compilations > 5);
  for (std::size_t f = 0; f < 3; ++f) {
    CHECK(one->figures[f].mean.value == three->figures[f].mean.value);
    CHECK(one->figures[f].mean.error == three->figures[f].mean.error);
    for (std::size_t q = 0; q < 3; ++q)
      CHECK(one->figures[f].quantiles[q].value == three->figures[f].quantiles[q].value);
  }
}

TEST_CASE("ensemble: a draw that cannot be evaluated keeps no objective and is counted") {
  const auto fails_above = [](double limit) {
    return [limit](std::span<const double> x) -> Result<Outcome> {
      if (x[0] > limit)
        return tl::unexpected(Error{Fault::invalid_input, "too large", "components.x"});
      return Outcome{{x[0]}, {true, x[0] > 0.25}};
    };
  };
  const auto answer = ensemble(study_of({uniform(0, 1)}, 1, 2, fails_above(0.75)), {.draws = 4096});
  REQUIRE(answer.has_value());
  CHECK(answer->failed == 1024);
  REQUIRE(answer->why.has_value());
  CHECK(answer->why->where == "components.x");
  CHECK(answer->kept[0].value == 0.75);
  CHECK(answer->kept[1].value == 0.5);
  CHECK(answer->all_kept.value == 0.5);
  CHECK(near_relative(answer->figures[0].mean.value, 0.375, 1e-3));
  // At the nominal value nothing may fail.
  const auto nominal = ensemble(study_of({uniform(0, 1)}, 1, 2, fails_above(0.4)), {.draws = 64});
  REQUIRE(!nominal.has_value());
  CHECK(nominal.error().message == "too large");
}

TEST_CASE("ensemble: infinite figures have finite quantiles where these are") {
  const auto saturates = [](std::span<const double> x) -> Result<Outcome> {
    return Outcome{{x[0] < 0.75 ? x[0] : kInfinity}, {}};
  };
  const auto answer = ensemble(study_of({uniform(0, 1)}, 1, 0, saturates), {.draws = 4096});
  REQUIRE(answer.has_value());
  CHECK(near_relative(answer->figures[0].quantiles[1].value, 0.5, 1e-3));
  CHECK(answer->figures[0].quantiles[2].value == kInfinity);
  CHECK(answer->figures[0].quantiles[2].error == 0.0);
  CHECK(answer->figures[0].mean.value == kInfinity);
}

TEST_CASE("ensemble: what always or never holds has the interval of independent draws") {
  const auto study = study_of(
      {uniform(0, 1)}, 0, 2,
      [](std::span<const double>) -> Result<Outcome> { return Outcome{{}, {true, false}}; });
  const auto answer = ensemble(study, {.draws = 1600});
  REQUIRE(answer.has_value());
  // Wilson's interval at 0 of n ends at z^2 / (n + z^2) = 3.8415 / 1603.8415.
  CHECK(answer->kept[0].value == 1.0);
  CHECK(answer->kept[0].upper == 1.0);
  CHECK(near_relative(1.0 - answer->kept[0].lower, 3.841458820694124 / 1603.841458820694, 1e-9));
  CHECK(answer->kept[1].lower == 0.0);
  CHECK(near_relative(answer->kept[1].upper, 3.841458820694124 / 1603.841458820694, 1e-9));
  CHECK(answer->all_kept.value == 0.0);
}

TEST_CASE("ensemble: stops when asked to") {
  const SingleComponent single(1.0);
  int asked = 0;
  const auto answer =
      ensemble(single.study,
               {.draw = {.threads = 2, .stop = [&] { return ++asked > 3; }}, .draws = 100'000});
  REQUIRE(!answer.has_value());
  CHECK(answer.error().fault == Fault::budget_exhausted);
}
