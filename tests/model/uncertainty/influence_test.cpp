#include "model/uncertainty/influence.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <numbers>

#include "tests/model/uncertainty/studies.hpp"
#include "tests/support/near.hpp"

using namespace haplan::model;
using namespace haplan::test;

TEST_CASE("influences: of a sum each input has its share of the variance and nothing jointly") {
  const std::vector<double> weight{1.0, 2.0, 3.0, 0.0};
  const auto sum = [&](std::span<const double> x) -> Result<Outcome> {
    double result = 5.0;
    for (std::size_t i = 0; i < x.size(); ++i) result += weight[i] * x[i];
    return Outcome{{result, 7.0}, {}};
  };
  const auto answer =
      influences(study_of({uniform(0, 1), uniform(0, 1), uniform(0, 1), uniform(0, 1)}, 2, 0, sum),
                 {.base = 4096});
  REQUIRE(answer.has_value());
  CHECK(answer->evaluations == 4096 * 6);
  // Variances of w x are w^2 / 12, of 14 / 12 in total.
  CHECK(near_relative(answer->variance[0], 14.0 / 12.0, 1e-3));
  for (std::size_t i = 0; i < 4; ++i) {
    const double share = weight[i] * weight[i] / 14.0;
    CHECK(std::abs(answer->of[0][i].first.value - share) < 5e-3);
    CHECK(std::abs(answer->of[0][i].total.value - share) < 5e-3);
    CHECK(std::abs(answer->of[0][i].first.value - share) <=
          2.0 * answer->of[0][i].first.error + 1e-15);
    CHECK(std::abs(answer->of[0][i].total.value - share) <=
          2.0 * answer->of[0][i].total.error + 1e-15);
  }
  // A figure that does not vary has no causes of variation.
  CHECK(answer->variance[1] == 0.0);
  for (const Influence& input : answer->of[1]) {
    CHECK(input.first.value == 0.0);
    CHECK(input.total.value == 0.0);
  }
}

TEST_CASE("influences: are those of Ishigami and Homma's function") {
  // f = sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi)^3, a = 7, b = 0.1 [IH90]: closed forms of the parts of the
  // variance. Laws are not negative, so the inputs are drawn on (0, 2 pi).
  using std::numbers::pi;
  constexpr double kA = 7.0;
  constexpr double kB = 0.1;
  const double pi4 = std::pow(pi, 4);
  const double v1 = 0.5 * (1.0 + kB * pi4 / 5.0) * (1.0 + kB * pi4 / 5.0);
  const double v2 = kA * kA / 8.0;
  const double v13 = 8.0 * kB * kB * pi4 * pi4 / 225.0;
  const double v = v1 + v2 + v13;
  const auto f = [](std::span<const double> x) -> Result<Outcome> {
    const double x1 = x[0] - pi;
    const double x2 = x[1] - pi;
    const double x3 = x[2] - pi;
    return Outcome{
        {std::sin(x1) + kA * std::sin(x2) * std::sin(x2) + kB * std::pow(x3, 4) * std::sin(x1)},
        {}};
  };
  const Law angle = uniform(0, 2 * pi);
  const auto answer = influences(study_of({angle, angle, angle}, 1, 0, f), {.base = 16384});
  REQUIRE(answer.has_value());
  CHECK(near_relative(answer->variance[0], v, 5e-3));
  const std::vector<double> first{v1 / v, v2 / v, 0.0};
  const std::vector<double> total{(v1 + v13) / v, v2 / v, v13 / v};
  for (std::size_t i = 0; i < 3; ++i) {
    const Influence& input = answer->of[0][i];
    CHECK(std::abs(input.first.value - first[i]) < 0.01);
    CHECK(std::abs(input.total.value - total[i]) < 0.01);
    CHECK(std::abs(input.first.value - first[i]) < 2.0 * input.first.error);
    CHECK(std::abs(input.total.value - total[i]) < 2.0 * input.total.error);
    CHECK(input.first.error < 0.05);
  }
}

TEST_CASE("influences: are the same to the last bit at any number of threads") {
  const auto f = [](std::span<const double> x) -> Result<Outcome> {
    return Outcome{{x[0] * x[1] + x[2]}, {}};
  };
  const Law of = law_of({.value = 1, .low = 0.5, .high = 2});
  const Study study = study_of({of, of, of}, 1, 0, f);
  const auto one = influences(study);
  const auto three = influences(study, {.draw = {.threads = 3}});
  REQUIRE(one.has_value());
  REQUIRE(three.has_value());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(one->of[0][i].first.value == three->of[0][i].first.value);
    CHECK(one->of[0][i].total.error == three->of[0][i].total.error);
  }
}

TEST_CASE("influences: leave out sets with draws that have no finite figure") {
  const auto f = [](std::span<const double> x) -> Result<Outcome> {
    if (x[0] > 0.9) return tl::unexpected(Error{Fault::invalid_input, "too large", ""});
    return Outcome{{x[0] + x[1]}, {}};
  };
  const auto answer = influences(study_of({uniform(0, 1), uniform(0, 1)}, 1, 0, f), {.base = 4096});
  REQUIRE(answer.has_value());
  // A set is left out when the first coordinate of A or of B is above 0.9: 1 - 0.9^2 of them.
  CHECK(std::abs(static_cast<double>(answer->skipped) / 4096 - 0.19) < 0.005);
  // What is left are a uniform number below 0.9 and one below 1: variances 0.81 / 12 and 1 / 12.
  CHECK(std::abs(answer->of[0][0].first.value - 0.81 / 1.81) < 0.01);
  CHECK(std::abs(answer->of[0][1].total.value - 1.0 / 1.81) < 0.01);
  const auto never =
      influences(study_of({uniform(0, 1)}, 1, 0, [](std::span<const double>) -> Result<Outcome> {
        return tl::unexpected(Error{Fault::invalid_input, "never", ""});
      }));
  REQUIRE(!never.has_value());
  CHECK(never.error().message == "never");
}
