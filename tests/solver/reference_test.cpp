#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/evaluate.hpp"
#include "model/availability/headroom.hpp"
#include "solver/binding.hpp"
#include "solver/objectives.hpp"
#include "solver/placement.hpp"
#include "solver/solve.hpp"
#include "tests/support/near.hpp"
#include "tests/support/reference_problem.hpp"

namespace haplan::test {

namespace {

using solver::Status;

/// Every objective, judged anew from the plan alone.
bool meets_every_objective(const solver::Problem& problem, const model::Deployment& plan) {
  const auto evaluation = model::evaluate(problem.system, plan);
  const auto guaranteed = model::guaranteed_unavailability(problem.system, plan, problem.rules);
  REQUIRE(evaluation.has_value());
  REQUIRE(guaranteed.has_value());
  return std::ranges::all_of(solver::checks_of(problem, *evaluation, *guaranteed),
                             &solver::ObjectiveCheck::met);
}

int replicas_of(const solver::Outcome& outcome, model::ComponentId component) {
  return static_cast<int>(outcome.deployment.components[component].nodes.size());
}

}  // namespace

TEST_CASE("solve: the reference system has its known optimum") {
  const solver::Problem problem = reference_problem();
  const auto outcome = solver::solve(problem);
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == Status::optimal);
  CHECK(outcome->stop == solver::Stop::none);
  CHECK(outcome->unproved.empty());
  // The plan that README.md shows, component by component in name order: api, ingress, keycloak, postgres,
  // prometheus, redis, weather-plugin.
  CHECK(replicas_of(*outcome, 0) == 8);
  CHECK(replicas_of(*outcome, 3) == 2);
  CHECK(replicas_of(*outcome, 4) == 2);
  CHECK(replicas_of(*outcome, 6) == 2);
  CHECK(replicas_of(*outcome, 7) == 2);
  CHECK(replicas_of(*outcome, 8) == 3);
  CHECK(replicas_of(*outcome, 9) == 1);
  CHECK(outcome->criteria.peak_replicas == 20);
  CHECK(outcome->bound_peak_replicas == 20);
  CHECK(model::check_placement(problem.system, outcome->deployment).ok);
  CHECK(meets_every_objective(problem, outcome->deployment));
  // Criterion 4 is the sum over services of what the evaluation says of the plan.
  const auto evaluation = model::evaluate(problem.system, outcome->deployment, {.figures = false});
  double sum = 0.0;
  for (const auto& service : evaluation->services) sum += service.unavailability.value;
  CHECK(near_relative(outcome->criteria.unavailability, sum, 1e-12));
  CHECK(outcome->work.units < 1'000'000);
}

TEST_CASE(
    "solve: on 20 nodes, and on six in three zones, everything is proved within a limited search") {
  struct Case {
    std::size_t nodes, zones, work_limit;
  };
  for (const Case& one : {Case{20, 0, 4'000'000}, Case{6, 3, 6'000'000}}) {
    CAPTURE(one.nodes);
    const solver::Problem problem = reference_problem(one.nodes, one.zones);
    const auto outcome = solver::solve(problem, {.work_limit = one.work_limit});
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->has_plan);
    CHECK(outcome->status == Status::optimal);
    CHECK(outcome->stop == solver::Stop::none);
    CHECK(outcome->criteria.peak_replicas == outcome->bound_peak_replicas);
    CHECK(model::check_placement(problem.system, outcome->deployment).ok);
    CHECK(meets_every_objective(problem, outcome->deployment));
  }
}

TEST_CASE("solve: the first plan, where any is enough, meets every objective and takes less work") {
  const solver::Problem problem = reference_problem(6, 3);
  const auto best = solver::solve(problem);
  const auto any = solver::solve(problem, {.any_plan = true});
  REQUIRE(best.has_value());
  REQUIRE(any.has_value());
  REQUIRE(any->has_plan);
  CHECK(any->status == Status::feasible);
  CHECK(model::check_placement(problem.system, any->deployment).ok);
  CHECK(meets_every_objective(problem, any->deployment));
  CHECK(any->fewest);
  CHECK(any->criteria.peak_replicas == best->criteria.peak_replicas);
  CHECK(any->work.units < best->work.units);
}

TEST_CASE("binding_counts: on many nodes, too, it says what exact figures say") {
  const solver::Problem problem = reference_problem(12);
  const auto plan = solver::solve(problem, {.explain = false});
  REQUIRE(plan.has_value());
  const solver::SolveOptions options;
  const auto numbers = model::component_numbers(problem.system, problem.before);
  REQUIRE(numbers.has_value());
  solver::Workbench bench(problem, options, *numbers);
  const std::vector<std::string> said = solver::binding_counts(bench, plan->deployment).sentences;
  int compared = 0;
  for (const solver::Decision& decision : problem.decisions) {
    if (decision.setting != solver::Setting::replicas) continue;
    model::Deployment fewer = plan->deployment;
    const double now = solver::assigned(fewer, decision);
    if (now <= decision.values.front()) continue;
    solver::assign(fewer, decision, now - 1.0);
    const auto placed = solver::any_placement(problem, bench.load, fewer);
    REQUIRE(placed.has_value());
    const auto evaluation = model::evaluate(problem.system, *placed);
    REQUIRE(evaluation.has_value());
    const auto checks = solver::check_objectives(problem, *placed, *evaluation);
    REQUIRE(checks.has_value());
    const std::string change = problem.system.components[*decision.component].name + " " +
                               std::to_string(static_cast<int>(now)) + " -> " +
                               std::to_string(static_cast<int>(now) - 1) + ": ";
    const auto missed = std::ranges::find(*checks, false, &solver::ObjectiveCheck::met);
    if (missed == checks->end()) continue;
    const std::string expected = solver::missed_sentence(problem, *missed);
    CAPTURE(change);
    CAPTURE(expected);
    CHECK(std::ranges::any_of(said, [&](const std::string& sentence) {
      return sentence.starts_with(change) && sentence.find(expected) != std::string::npos;
    }));
    ++compared;
  }
  CHECK(compared > 1);
}

TEST_CASE("solve: a limit on work is kept and cuts the search in the same place every time") {
  const solver::Problem problem = reference_problem(20, 3);
  for (const std::size_t limit : {1UL, 1'000UL, 100'000UL, 300'000UL}) {
    CAPTURE(limit);
    const auto first = solver::solve(problem, {.work_limit = limit});
    const auto again = solver::solve(problem, {.work_limit = limit});
    REQUIRE(first.has_value());
    REQUIRE(again.has_value());
    CHECK(first->stop == solver::Stop::work_limit);
    CHECK((first->status == Status::undecided || first->status == Status::feasible));
    CHECK(first->deployment == again->deployment);
    CHECK(first->work.units == again->work.units);
    // The last question before the end adds a thousand units.
    CHECK(first->work.units <= limit + 1'000);
    if (first->has_plan) CHECK(meets_every_objective(problem, first->deployment));
  }
}

TEST_CASE("solve: an interrupt ends the search wherever it comes") {
  const solver::Problem problem = reference_problem(12, 3);
  for (const int after : {0, 1, 10, 50}) {
    CAPTURE(after);
    int asked = 0;
    const auto outcome = solver::solve(problem, {.interrupted = [&] { return ++asked > after; }});
    REQUIRE(outcome.has_value());
    CHECK(outcome->stop == solver::Stop::interrupted);
    CHECK((outcome->status == Status::undecided || outcome->status == Status::feasible));
    CHECK(asked == after + 1);
  }
}

TEST_CASE(
    "solve: the most available plan of twenty replicas is known within what guaranteed figures "
    "tell") {
  solver::Problem problem = reference_problem();
  problem.maximize_availability = true;
  problem.budgets = {{solver::Budget::Kind::replicas, "replicas", {20, 1}}};
  const auto outcome = solver::solve(problem);
  REQUIRE(outcome.has_value());
  REQUIRE(outcome->has_plan);
  REQUIRE(outcome->bound_unavailability.has_value());
  CHECK(outcome->criteria.peak_replicas <= 20);
  CHECK(meets_every_objective(problem, outcome->deployment));
  const double worst = *outcome->criteria.worst_unavailability;
  CHECK(worst < 4e-5);  // 6.7e-5 with the fewest replicas
  CHECK(*outcome->bound_unavailability <= worst);
  CHECK(*outcome->bound_unavailability > worst * (1.0 - 1e-3));
  CHECK(outcome->work.units < solver::kStandardWork / 3);
}

}  // namespace haplan::test
