#include "solver/survival.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>

namespace haplan::solver {

namespace {

using model::Loss;
using model::LossKind;

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Down for 36 s; half of the requests fail for another 24 s.
model::ServiceDrill outage() {
  model::ServiceDrill drill;
  drill.figures.until_up = 36.0;
  drill.figures.until_avoided = 60.0;
  drill.figures.failed_share = 0.5;
  drill.figures.decided_by = "web";
  drill.response_time = 0.2;
  drill.data_loss = 3.0;
  return drill;
}

/// Everything that can be asked for, with `window` seconds to count in.
Objective everything() {
  Objective objective;
  objective.window = 3600.0;
  objective.max_unavailability = 0.01;
  objective.max_error_ratio = 0.01;
  objective.max_recovery_time = 40.0;
  objective.max_response_time = 0.1;
  objective.max_node_loss = 36.0;
  objective.max_zone_loss = 30.0;
  objective.max_replica_loss = 35.0;
  objective.max_primary_loss = 37.0;
  objective.max_data_loss = 3.0;
  return objective;
}

/// Two zones in a region; only zones count as such.
Problem zoned() {
  Problem problem;
  model::Domain region;
  region.name = "region";
  region.level = "region";
  model::Domain zone;
  zone.level = "zone";
  zone.parent = 0;
  problem.system.domains = {region, zone, zone};
  return problem;
}

/// "field met" of every check, in order.
std::vector<std::string> verdicts(const Objective& objective, const Loss& loss,
                                  const model::ServiceDrill& drill) {
  std::vector<std::string> result;
  for (const ObjectiveCheck& check : survivals(zoned(), objective, loss, drill)) {
    CHECK(check.met == (check.actual <= check.target));
    CHECK(check.decided_by == "web");
    result.push_back(check.field + (check.met ? " kept" : " missed"));
  }
  return result;
}

using Verdicts = std::vector<std::string>;

}  // namespace

TEST_CASE("survivals: a node's loss is held against every objective that it touches") {
  // 36 s of 3600 s are exactly 1 %; with half of another 24 s 48 s are 1.33 %.
  CHECK(verdicts(everything(), {LossKind::node, 0}, outage()) ==
        Verdicts{"availability kept", "errorRate missed", "responseTime missed", "loss.node kept",
                 "dataLoss kept"});
}

TEST_CASE("survivals: figures are shares of the window, times and what a failover loses") {
  const auto checks = survivals(zoned(), everything(), {LossKind::replica, 0}, outage());
  REQUIRE(checks.size() == 6);
  CHECK(checks[0].actual == 0.01);           // 36 / 3600
  CHECK(checks[1].actual == 48.0 / 3600.0);  // 36 + 24 / 2
  CHECK(checks[2].field == "recoveryTime");  // of a replica's own failure only
  CHECK(checks[2].actual == 36.0);
  CHECK(checks[3].actual == 0.2);
  CHECK(checks[4].field == "loss.replica");
  CHECK(checks[4].actual == 36.0);
  CHECK(checks[5].actual == 3.0);
}

TEST_CASE("survivals: each kind of loss has a limit of its own") {
  const auto has = [](LossKind kind, const std::string& verdict) {
    const Verdicts all = verdicts(everything(), {kind, 1}, outage());
    return std::ranges::count(all, verdict) == 1;
  };
  CHECK(has(LossKind::domain, "loss.zone missed"));
  CHECK(has(LossKind::replica, "loss.replica missed"));
  CHECK(has(LossKind::primary, "loss.primary kept"));
  for (const std::string& verdict : verdicts(everything(), {LossKind::external, 0}, outage()))
    CHECK(verdict.rfind("loss.", 0) != 0);
}

TEST_CASE("survivals: a domain that is no zone has no loss.zone to keep") {
  for (const std::string& verdict : verdicts(everything(), {LossKind::domain, 0}, outage()))
    CHECK(verdict.rfind("loss.zone", 0) != 0);
}

TEST_CASE("survivals: what nothing brings back takes the whole window") {
  model::ServiceDrill drill = outage();
  drill.figures.until_up = kNever;
  drill.figures.until_avoided = kNever;
  const auto checks = survivals(zoned(), everything(), {LossKind::node, 0}, drill);
  CHECK(checks[0].actual == 1.0);
  CHECK_FALSE(checks[0].met);
  CHECK(checks[1].actual == 1.0);
  drill.figures.until_up = 0.0;  // never avoided, but nobody asks for it
  drill.figures.failed_share = 0.0;
  CHECK(survivals(zoned(), everything(), {LossKind::node, 0}, drill)[1].actual == 0.0);
  drill.figures.until_up = 1e6;  // longer than the window
  CHECK(survivals(zoned(), everything(), {LossKind::node, 0}, drill)[0].actual == 1.0);
}

TEST_CASE("survivals: nothing asked for, nothing checked") {
  CHECK(survivals(zoned(), Objective{}, {LossKind::node, 0}, outage()).empty());
  // Saturated or short of replicas: a response time is not judged.
  model::ServiceDrill drill = outage();
  drill.response_time.reset();
  Objective fast;
  fast.max_response_time = 0.1;
  CHECK(survivals(zoned(), fast, {LossKind::node, 0}, drill).empty());
}

}  // namespace haplan::solver
