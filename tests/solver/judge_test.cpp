#include "solver/judge.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

constexpr double kRate = 1e-5;
constexpr double kOutage = 100.0;
constexpr double kU = kRate * kOutage / (1.0 + kRate * kOutage);
constexpr double kNodeRate = 1e-6;
constexpr double kRepair = 3600.0;
constexpr double kQ = kNodeRate * kRepair / (1.0 + kNodeRate * kRepair);

/// Two replicas on two nodes without a hard spread rule: the scheduler may put both on one.
Problem loose() {
  SmallSystem small({stateless("a", kRate, kOutage)}, 2, kNodeRate, kRepair);
  small.system.components[0].spread.hard = false;
  small.place(0, {0, 1});
  return problem_of(small);
}

constexpr double kTogether = kQ + (1 - kQ) * kU * kU;
constexpr double kApart = (kQ + (1 - kQ) * kU) * (kQ + (1 - kQ) * kU);

model::Kept judged(const Problem& problem) { return *meets_all(problem, problem.before); }

}  // namespace

TEST_CASE("meets_all: availability is that of the worst placement, the rest that of the plan") {
  Problem problem = loose();
  CHECK(kApart < kTogether / 100);
  problem.objectives = {{.service = 0, .max_unavailability = kTogether * (1 + 1e-9)}};
  CHECK(judged(problem) == model::Kept::yes);
  problem.objectives[0].max_unavailability = kTogether * (1 - 1e-6);
  CHECK(judged(problem) == model::Kept::no);
  // With a hard rule the scheduler keeps them apart.
  problem.system.components[0].spread.hard = true;
  CHECK(judged(problem) == model::Kept::yes);
  problem.objectives[0].max_unavailability = kApart * (1 - 1e-6);
  CHECK(judged(problem) == model::Kept::no);
  // A lost node leaves the other replica: no time is needed.
  problem.objectives = {{.service = 0, .max_node_loss = 0.0}};
  CHECK(judged(problem) == model::Kept::yes);
  problem.before.components[0].nodes = {0, 0};
  CHECK(judged(problem) == model::Kept::no);
}

TEST_CASE("exceeds_limits: only where some placement is proved to miss") {
  Problem problem = loose();
  Suspects suspects;
  const auto exceeds = [&](double limit, Look look = Look::searched) {
    problem.objectives = {{.service = 0, .max_unavailability = limit}};
    const model::LoadTable load = model::load_table(problem.system);
    const auto space =
        model::placement_space(problem.system, load, problem.before, problem.rules,
                               model::pinned_components(problem.system, problem.rules));
    return exceeds_limits(problem, load, problem.before, numbers_before(problem), space, suspects,
                          look);
  };
  CHECK_FALSE(exceeds(kTogether * (1 - 1e-6), Look::suspects));
  CHECK(exceeds(kTogether * (1 - 1e-6)));
  CHECK_FALSE(exceeds(kTogether * (1 + 1e-9)));
  // What missed with other settings is held against the limit and the rules again.
  suspects = {{{0, 0}}};
  CHECK(exceeds(kTogether * (1 - 1e-6), Look::suspects));
  CHECK_FALSE(exceeds(kTogether * (1 + 1e-9), Look::suspects));
  problem.system.components[0].spread.hard = true;
  CHECK_FALSE(exceeds(kApart, Look::suspects));
  CHECK_FALSE(exceeds(kTogether * (1 - 1e-6)));
  CHECK(exceeds(kApart * (1 - 1e-6)));
}

TEST_CASE("counts_suffice: data lost in a failover, and a response that is too slow") {
  SmallSystem small({stateless("db", kRate, kOutage)}, 0);
  model::Component& db = small.system.components[0];
  db.type = model::ComponentType::primary_replica;
  db.failover = model::Failover{};
  db.replication = model::Replication{.lag = 5.0};
  small.deployment.components[0].replicas = 2;
  Problem problem = problem_of(small);
  const auto suffice = [&problem] {
    return counts_suffice(problem, model::load_table(problem.system), problem.before);
  };
  problem.objectives = {{.service = 0, .max_data_loss = 5.0}};
  CHECK(suffice());
  problem.objectives = {{.service = 0, .max_data_loss = 4.0}};
  CHECK_FALSE(suffice());
  problem.before.components[0].replicas = 1;  // nothing to fail over to
  CHECK(suffice());
  // Without load a request takes its service time.
  problem.system.components[0].service_time = model::Rational{1, 2};
  problem.objectives = {{.service = 0, .max_response_time = 0.5}};
  CHECK(suffice());
  problem.objectives = {{.service = 0, .max_response_time = 0.4}};
  CHECK_FALSE(suffice());
}

}  // namespace haplan::test
