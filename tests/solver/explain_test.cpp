#include "solver/explain.hpp"

#include <doctest/doctest.h>

#include "tests/support/reference_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

/// The reference with a target that its failovers exceed; its proof takes a fraction of the work of its explanation.
Problem out_of_reach() {
  Problem problem = reference_problem();
  for (Objective& objective : problem.objectives) objective.max_unavailability = 1e-5;
  return problem;
}

/// How often a solve asks whether to go on, once it explains; true from then on if wanted.
struct Asked {
  std::size_t times = 0;
  bool explaining = false;

  Outcome solve(const Problem& problem, SolveOptions options, bool interrupt = false) {
    options.progress = [this](const SearchProgress& progress) {
      explaining = explaining || progress.phase == SearchProgress::Phase::explanation;
    };
    options.interrupted = [this, interrupt] {
      if (explaining) ++times;
      return explaining && interrupt;
    };
    auto outcome = solver::solve(problem, options);
    REQUIRE(outcome.has_value());
    return std::move(*outcome);
  }
};

void check_sound(const Outcome& outcome) {
  CHECK(outcome.status == Status::infeasible);
  REQUIRE(outcome.infeasibility.has_value());
  CHECK(!outcome.infeasibility->reason.empty());
  for (const Achievable& best : outcome.infeasibility->best) {
    CHECK(best.bound <= best.check.actual);
    CHECK(!(best.out_of_reach && best.check.met));
  }
}

}  // namespace

TEST_CASE("explanations: the work limit ends one, which says so and is the same at every run") {
  const Problem problem = out_of_reach();
  Asked whole;
  const Outcome full = whole.solve(problem, {});
  check_sound(full);
  CHECK(full.stop == Stop::none);
  CHECK(full.infeasibility->best.size() == 12);
  CHECK(!full.infeasibility->reliefs.empty());
  Asked part;
  // That it is not known whether each alone can be met is said; the first cannot be.
  CHECK(full.infeasibility->reason.starts_with("at best"));
  const SolveOptions limited{.work_limit = full.work.units + 200'000};
  const Outcome first = part.solve(problem, limited);
  check_sound(first);
  CHECK(first.stop == Stop::work_limit);
  CHECK(first.infeasibility->reliefs.empty());
  CHECK(!first.infeasibility->reason.starts_with("each"));
  CHECK(part.times < whole.times / 2);
  SolveOptions two = limited;
  two.threads = 2;
  const Outcome second = Asked().solve(problem, two);
  CHECK(second.infeasibility->reason == first.infeasibility->reason);
  CHECK(second.infeasibility->would_help == first.infeasibility->would_help);
  CHECK(second.deployment == first.deployment);
}

TEST_CASE("explanations: an interrupt ends one at once, and the proof before it stays") {
  Asked asked;
  const Outcome outcome = asked.solve(out_of_reach(), {}, true);
  check_sound(outcome);
  CHECK(outcome.stop == Stop::interrupted);
  CHECK(asked.times < 10);
}

}  // namespace haplan::test
