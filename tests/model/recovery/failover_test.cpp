#include "model/recovery/failover.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "tests/support/near.hpp"

using namespace haplan::model;
using haplan::test::near_relative;
using Kind = FailoverLoss::Kind;

namespace {

DomainMode mode(double rate, double repair, RepairLaw law = RepairLaw::exponential) {
  return {.name = "m", .rate = rate, .repair = repair, .law = law, .sigma = 0.0};
}

Component database(double success) {
  Component component;
  component.type = ComponentType::primary_replica;
  component.failover = Failover{.controller = Controller::none, .success = success};
  return component;
}

ReplicaModel replica() {
  ReplicaModel model;
  model.modes = {{.name = "crash", .rate = 2e-7, .mean = 8.0, .worst = std::nullopt},
                 {.name = "corrupt", .rate = 1e-8, .mean = 7200.0, .worst = std::nullopt}};
  return model;
}

FailoverSettings thirty_seconds() {
  FailoverSettings settings;
  settings.detect_mean = 20.0;
  settings.promote_mean = 10.0;
  return settings;
}

}  // namespace

TEST_CASE("failover: times of the controllers follow their formulas at the defaults") {
  const FailoverSettings d;
  const NodeDetection node;
  const auto check = [&](Controller c, double mean, double worst) {
    const FailoverTime t = failover_time(c, d, node);
    CHECK(near_relative(t.mean, mean, 1e-14));
    CHECK(near_relative(t.worst, worst, 1e-14));
  };
  check(Controller::patroni, 36.5, 50.0);         // 30 + 6.5; 30 + 10 + 10
  check(Controller::cloudnative_pg, 65.4, 77.0);  // 47.4+0+15+1+2; 55+0+15+2+5
  check(Controller::redis_sentinel, 32.3, 35.0);  // 30 + 2.3; 30 + 5
  check(Controller::redis_cluster, 20.0, 24.5);   // 18.75 + 1.25; 22.5 + 2
  check(Controller::repmgr, 13.0, 21.0);          // 2 * 5.5 + 2; 2 * 8 + 5
  FailoverSettings own = thirty_seconds();
  own.detect_worst = 25.0;
  own.promote_worst = 15.0;
  CHECK(failover_time(Controller::none, own, node).mean == 30.0);
  CHECK(failover_time(Controller::none, own, node).worst == 40.0);
}

TEST_CASE("failover: broken floors are named one by one") {
  FailoverSettings s;
  CHECK(broken_floors(Controller::patroni, s).empty());  // 10 + 2 * 10 <= 30
  s.ttl = 19.0;
  s.loop_wait = 0.5;
  s.retry_timeout = 2.0;
  CHECK(broken_floors(Controller::patroni, s) ==
        std::vector<std::string>{"ttl must be at least 20 s", "loopWait must be at least 1 s",
                                 "retryTimeout must be at least 3 s"});
  s = FailoverSettings{};
  s.ttl = 29.0;
  CHECK(broken_floors(Controller::patroni, s).size() == 1);
  s.lease = 2.4;
  s.retry_period = 2.0;
  CHECK(broken_floors(Controller::cloudnative_pg, s).size() == 1);  // must exceed, not equal
  s.lease = 2.5;
  CHECK(broken_floors(Controller::cloudnative_pg, s).empty());
  s.down_after = 0.9;
  CHECK(broken_floors(Controller::redis_sentinel, s).size() == 1);
  s.node_timeout = 0.9;
  CHECK(broken_floors(Controller::redis_cluster, s).size() == 1);
  CHECK(broken_floors(Controller::repmgr, s).empty());
}

TEST_CASE("failover: two sentinels have no majority left after a loss") {
  Component redis = database(0.99);
  redis.failover->controller = Controller::redis_sentinel;
  CHECK(effective_success(redis, 2) == 0.0);
  CHECK(effective_success(redis, 3) == 0.99);
  redis.failover->sentinels = 3;
  CHECK(effective_success(redis, 2) == 0.99);
  redis.failover->sentinels = 2;
  CHECK(effective_success(redis, 3) == 0.0);
  Component quorum = database(0.5);
  quorum.type = ComponentType::quorum;
  CHECK(effective_success(quorum, 3) == 1.0);
  CHECK(effective_success(database(0.5), 3) == 0.5);
}

TEST_CASE("failover: own modes cost the shorter of recovery, failover and manual work") {
  const auto losses = failover_losses(System{}, database(0.9), replica(), thirty_seconds(), {}, 2);
  REQUIRE(losses.size() == 2);
  CHECK(losses[0].kind == Kind::mode);
  CHECK(losses[0].rate == 2e-7);                       // that of one instance: there is one primary
  CHECK(near_relative(losses[0].outage, 8.0, 1e-14));  // back before any failover
  // 0.9 * 30 + 0.1 * min(1800, 7200).
  CHECK(near_relative(losses[1].outage, 207.0, 1e-14));
  const double s = 2e-7 * 8.0 + 1e-8 * 207.0;
  CHECK(near_relative(failover_unavailability(losses), s / (1 + s), 1e-14));
}

TEST_CASE("failover: nodes and their ancestors lose the primary in proportion to its instances") {
  System system;
  system.domains = {
      {.name = "region", .level = "region", .parent = std::nullopt, .modes = {mode(1e-9, 3600.0)}},
      {.name = "zone-a", .level = "zone", .parent = 0, .modes = {mode(2e-8, 600.0)}},
      {.name = "zone-b", .level = "zone", .parent = 0, .modes = {mode(4e-8, 600.0)}, .down = true}};
  system.nodes = {{.name = "n1",
                   .pool = "",
                   .parent = 1,
                   .modes = {mode(1e-7, 300.0), mode(1e-8, 20.0, RepairLaw::fixed)}},
                  {.name = "n2", .pool = "", .parent = 2, .modes = {mode(3e-7, 300.0)}}};
  system.drain = Drain{.every = 2592000.0, .per_node = 600.0};

  const auto losses =
      failover_losses(system, database(1.0), replica(), thirty_seconds(), {0, 1, 0}, 3);
  // Two own modes, n1 twice, n2, region, zone-a (zone-b is set down), drain.
  REQUIRE(losses.size() == 8);
  CHECK(losses[2].kind == Kind::node);
  CHECK(near_relative(losses[2].rate, 1e-7 * 2 / 3, 1e-14));
  CHECK(near_relative(losses[2].outage, 300.0 * (1 - std::exp(-0.1)), 1e-13));
  CHECK(losses[3].mode == 1);
  CHECK(losses[3].outage == 20.0);
  CHECK(losses[4].index == 1);
  CHECK(near_relative(losses[4].rate, 1e-7, 1e-14));
  CHECK(losses[5].kind == Kind::domain);
  CHECK(losses[5].index == 0);
  CHECK(near_relative(losses[5].rate, 1e-9, 1e-14));  // all three instances are below it
  CHECK(losses[6].index == 1);
  CHECK(near_relative(losses[6].rate, 2e-8 * 2 / 3, 1e-14));
  CHECK(losses[7].kind == Kind::drain);
  CHECK(near_relative(losses[7].rate, 1.0 / 2592000.0, 1e-14));
  CHECK(losses[7].outage == 5.0);
}

TEST_CASE("failover: a single instance has none") {
  CHECK(failover_losses(System{}, database(1.0), replica(), thirty_seconds(), {}, 1).empty());
  CHECK(failover_unavailability({}) == 0.0);
}
