#include "solver/breaking.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

namespace haplan::test {

namespace {

using namespace solver;
using model::Cause;
using model::CauseKind;

/// Components in series without nodes, each down for its share of the time.
struct Series {
  SmallSystem small;
  model::Evaluation evaluation;
  model::CausesAlone alone;

  explicit Series(const std::vector<double>& down)
      : small(components(down), 0),
        evaluation(*model::evaluate(small.system, small.deployment)),
        alone(*model::CausesAlone::make(small.system, small.deployment)) {}

  static std::vector<model::Component> components(const std::vector<double>& down) {
    std::vector<model::Component> result;
    for (std::size_t i = 0; i < down.size(); ++i) {
      const double rate = down[i] / ((1.0 - down[i]) * 60.0);
      result.push_back(stateless(std::string(1, static_cast<char>('a' + i)), rate, 60.0));
    }
    return result;
  }

  /// Names of the causes that break a budget.
  [[nodiscard]] std::string breaking(double budget) const {
    std::string names;
    for (const Cause& cause : breaking_causes(alone, 0, evaluation.services[0].causes, budget))
      names += cause.subject;
    return names;
  }
};

}  // namespace

TEST_CASE("breaking_causes: one alone where one is enough, the fewest otherwise") {
  // 1 - (1 - .04)(1 - .03)(1 - .02)(1 - .01): together 0.0966.
  const Series series({0.04, 0.03, 0.02, 0.01});
  CHECK(series.breaking(0.035) == "a");
  CHECK(series.breaking(0.045) == "ab");   // 1 - .96 .97 = 0.0688
  CHECK(series.breaking(0.07) == "abc");   // 0.0874 with c, 0.0780 with d instead
  CHECK(series.breaking(0.09) == "abcd");  // all of it
  CHECK(series.breaking(0.1).empty());
}

TEST_CASE("breaking_causes: a pair that comes later in the order is found") {
  // Two replicas fail together only: pairs of modes do not matter, pairs of components do.
  SmallSystem small(
      {stateless("a", 1e-3, 60.0), stateless("b", 1e-3, 60.0), stateless("c", 1e-5, 60.0)}, 0);
  small.system.services[0].requires_ =
      gate(model::Requirement::Kind::all,
           {gate(model::Requirement::Kind::any, {leaf(0), leaf(1)}), leaf(2)});
  const auto alone = model::CausesAlone::make(small.system, small.deployment);
  const auto evaluation = model::evaluate(small.system, small.deployment);
  REQUIRE(alone);
  REQUIRE(evaluation);
  // a and b: (0.06 / 1.06)^2 = 0.0032; c: 0.0006.
  const auto found = breaking_causes(*alone, 0, evaluation->services[0].causes, 0.003);
  REQUIRE(found.size() == 2);
  CHECK(found[0].subject + found[1].subject == "ab");
}

TEST_CASE("rate_allowed: the odds that the rest of the budget leaves to one cause") {
  const Series series({0.04, 0.03});
  const Cause a{CauseKind::replica, "a", "fault", 0.0};
  const auto allowed = rate_allowed(series.alone, 0, a, 0.05);
  REQUIRE(allowed.has_value());
  // 1 - (1 - u)(1 - .03) = .05 gives u = 1 - .95 / .97; its odds against those of .04.
  const double u = 1.0 - 0.95 / 0.97;
  CHECK(near_relative(*allowed, (u / (1.0 - u)) / (0.04 / 0.96), 1e-5));
  CHECK_FALSE(rate_allowed(series.alone, 0, a, 0.029).has_value());  // b alone is too much
  CHECK(near_relative(rate_allowed(series.alone, 0, a, 0.9).value_or(0.0), 1.0, 1e-5));
}

TEST_CASE("with_joint_drains: drains of all nodes become one cause") {
  const auto joint = with_joint_drains({{CauseKind::drain, "n1", "", 2e-6},
                                        {CauseKind::replica, "a", "crash", 3e-6},
                                        {CauseKind::drain, "n2", "", 2e-6}});
  REQUIRE(joint.size() == 2);
  CHECK(joint[0].kind == CauseKind::drain);
  CHECK(joint[0].subject.empty());
  CHECK(near_relative(joint[0].share, 4e-6, 1e-15));
  CHECK(joint[1].subject == "a");
}

}  // namespace haplan::test
