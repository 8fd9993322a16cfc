#include "solver/verify/relaxation.hpp"

#include <doctest/doctest.h>
#include <map>
#include <random>

#include "model/availability/guarantee.hpp"
#include "model/availability/headroom.hpp"
#include "solver/placement.hpp"
#include "solver/witness.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

const char* field_of(LimitKind kind) {
  switch (kind) {
    case LimitKind::availability: return "availability";
    case LimitKind::error_rate: return "errorRate";
    case LimitKind::recovery_time: return "recoveryTime";
    case LimitKind::response_time: return "responseTime";
    case LimitKind::loss_node: return "loss.node";
    case LimitKind::loss_zone: return "loss.zone";
    case LimitKind::loss_replica: return "loss.replica";
    case LimitKind::loss_primary: return "loss.primary";
    case LimitKind::data_loss: return "dataLoss";
  }
  return "";
}

/// Limits of every kind, so loose that each deployment keeps them.
Problem asking_everything(Problem problem) {
  std::vector<Objective> all;
  for (model::ServiceId s = 0; s < problem.system.services.size(); ++s) {
    Objective o;
    o.service = s;
    o.max_unavailability = o.max_error_ratio = 2.0;
    o.max_recovery_time = o.max_response_time = o.max_node_loss = o.max_zone_loss = 1e30;
    o.max_replica_loss = o.max_primary_loss = o.max_data_loss = 1e30;
    all.push_back(o);
  }
  problem.objectives = all;
  return problem;
}

}  // namespace

TEST_CASE("relaxation: no deployment of a box falls below its figures") {
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  using enum LimitKind;
  std::map<std::pair<LimitKind, Basis>, int> compared;
  std::map<std::pair<LimitKind, Basis>, int> near;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Problem problem = asking_everything(random_problem(seed, seed % 4 == 0));
    Box box(problem);
    model::Deployment deployment = problem.before;
    // A random choice and a random box around it; often of one value, so that all bases have something to say.
    for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
      const Decision& decision = problem.decisions[d];
      const std::size_t at = below(decision.values.size());
      assign(deployment, decision, decision.values[at]);
      const bool tight = below(3) > 0;
      if (at > 0 && (tight || below(2) == 0)) box.keep_after(d, at - 1);
      if (tight || below(2) == 0) box.keep_up_to(d, at);
    }
    bool valid = true;
    for (const model::ComponentPlan& plan : deployment.components)
      valid = valid && (!plan.autoscale || plan.autoscale->min <= plan.autoscale->max);
    if (!valid) continue;
    const model::LoadTable load = model::load_table(problem.system);
    const auto placed = any_placement(problem, load, deployment);
    if (!placed) continue;
    const auto evaluation = model::evaluate(problem.system, *placed);
    if (!evaluation) continue;
    const auto checks = check_objectives(problem, *placed, *evaluation);
    REQUIRE(checks.has_value());
    const auto witness = unlucky_nodes(problem);
    Relaxation relaxation(problem, witness);
    for (const ObjectiveCheck& check : *checks)
      for (const LimitKind kind : {availability, error_rate, recovery_time, response_time,
                                   loss_node, loss_zone, loss_replica, loss_primary, data_loss}) {
        if (check.field != field_of(kind)) continue;
        std::vector<MissReason> questions;
        for (const Basis basis : {Basis::calm, Basis::placement})
          questions.push_back({kind, check.service, basis, std::nullopt, 0.0});
        for (const model::ComponentId c : relaxation.choices.replicated)
          questions.push_back({kind, check.service, Basis::component, c, 0.0});
        for (const MissReason& question : questions) {
          const auto figure = relaxation.figure(box, question);
          if (!figure) continue;
          CAPTURE(seed);
          CAPTURE(check.field);
          CAPTURE(static_cast<int>(question.basis));
          CAPTURE(question.component.value_or(99));
          CHECK(*figure <= check.actual * (1.0 + 1e-9));
          ++compared[{kind, question.basis}];
          near[{kind, question.basis}] += *figure >= 0.5 * check.actual && check.actual > 0.0;
        }
      }
  }
  // Each basis was asked, and says something.
  for (const auto& [what, count] : compared) {
    CAPTURE(static_cast<int>(what.first));
    CAPTURE(static_cast<int>(what.second));
    CHECK(count > 15);
    CHECK(near[what] > 0);
  }
  CHECK(compared.size() == 11);
}

}  // namespace haplan::test
