#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

#include "model/availability/evaluate.hpp"
#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/relabelled.hpp"

// What a change of the input must do to the figures, whatever their values.

namespace {

using namespace haplan;
using namespace haplan::model;
using test::near_relative;
using test::Random;
using test::random_sample;
using test::relabelled;
using test::Sample;
using test::shuffled;

constexpr std::uint64_t kSystems = 80;

Evaluation figures_of(const Sample& sample) {
  auto found = evaluate(sample.system, sample.deployment);
  REQUIRE(found.has_value());
  return *found;
}

void for_each_requirement(Sample& sample, const std::function<void(Requirement&)>& change) {
  const std::function<void(Requirement&)> visit = [&](Requirement& r) {
    change(r);
    for (Requirement& member : r.of) visit(member);
  };
  for (Component& c : sample.system.components) visit(c.depends_on), visit(c.gate);
  for (Service& s : sample.system.services) visit(s.requires_);
}

/// Component i becomes number to[i], with a name of that place in the order.
Sample renamed(const Sample& sample, const std::vector<std::size_t>& to) {
  Sample out = sample;
  for (std::size_t i = 0; i < to.size(); ++i) {
    out.system.components[to[i]] = sample.system.components[i];
    out.system.components[to[i]].name = "renamed-" + std::to_string(to[i]);
    out.deployment.components[to[i]] = sample.deployment.components[i];
  }
  for_each_requirement(out, [&](Requirement& r) {
    if (r.kind == Requirement::Kind::component) r.component = to[r.component];
  });
  return out;
}

void check_same(const Evaluation& a, const Evaluation& b, double frequency_ratio = 1.0) {
  CHECK(a.headroom == b.headroom);
  for (std::size_t s = 0; s < a.services.size(); ++s) {
    INFO("service " << s);
    CHECK(near_relative(a.services[s].unavailability.value, b.services[s].unavailability.value,
                        1e-11));
    CHECK(near_relative(a.services[s].independent, b.services[s].independent, 1e-11));
    // Below 1e-18 outages a second a frequency is the rounding of a service that is always down.
    const double nu = a.services[s].outage_frequency * frequency_ratio;
    if (nu > 1e-18) CHECK(near_relative(nu, b.services[s].outage_frequency, 1e-9));
  }
}

void check_not_worse(const Evaluation& before, const Evaluation& after) {
  for (std::size_t s = 0; s < before.services.size(); ++s) {
    INFO("service " << s);
    CHECK(after.services[s].unavailability.value <=
          before.services[s].unavailability.value * (1 + 1e-11));
  }
}

Rational times(Rational r, int num, int den) { return {r.num * num, r.den * den}; }

/// Leaves out what has times of its own: probes, restarts, controllers.
void drop_constants(Sample& sample) {
  for (std::size_t c = 0; c < sample.system.components.size(); ++c) {
    Component& component = sample.system.components[c];
    component.probe_latency.reset();
    component.false_failure.reset();
    component.replica_unavailability.reset();
    for (FailureMode& mode : component.modes) mode.repair = mode.repair.value_or(45.0);
    if (component.failover) component.failover->controller = Controller::none;
    // With a readiness probe nothing waits for the kubelet's relist.
    sample.deployment.components[c].probes =
        Probes{std::nullopt, Probe{0, 4, 1, 3, 1, std::nullopt}, std::nullopt};
  }
}

/// All times twice as long, all rates half.
void stretch(Sample& sample) {
  const auto slow = [](std::vector<DomainMode>& modes) {
    for (DomainMode& mode : modes) mode.rate /= 2, mode.repair *= 2;
  };
  System& s = sample.system;
  for (Domain& d : s.domains) slow(d.modes);
  for (Node& n : s.nodes) slow(n.modes);
  for (Claim& c : s.claims) slow(c.modes);
  for (Vertex& v : s.network.vertices) slow(v.modes);
  for (Link& l : s.network.links) slow(l.modes);
  s.node_detection.mean *= 2;
  if (s.drain) s.drain->every *= 2, s.drain->per_node *= 2;
  sample.deployment.toleration_seconds *= 2;
  for (Level& level : s.levels) {
    level.think_time = times(level.think_time, 2, 1);
    if (level.rate) level.rate = times(*level.rate, 1, 2);
    level.ramp *= 2, level.every *= 2;
  }
  for (std::size_t i = 0; i < s.components.size(); ++i) {
    Component& c = s.components[i];
    for (FailureMode& mode : c.modes) mode.rate /= 2, *mode.repair *= 2;
    for (CommonCause& cause : c.common_causes) cause.rate /= 2, cause.outage *= 2;
    c.start *= 2, c.shutdown *= 2, c.grace *= 2, c.autoscale_lag *= 2, c.storage.reattach *= 2;
    c.service_time = times(c.service_time, 2, 1);
    if (c.throughput) c.throughput = times(*c.throughput, 1, 2);
    if (c.external) c.external->rate /= 2, c.external->repair *= 2;
    if (c.failover) c.failover->manual *= 2, c.failover->switchover *= 2;
    if (c.chain) {
      for (ChainTransition& t : c.chain->transitions) t.rate /= 2;
    }
    ComponentPlan& plan = sample.deployment.components[i];
    plan.failover.detect_mean *= 2, plan.failover.promote_mean *= 2;
    plan.probes.readiness->period *= 2;
  }
  for_each_requirement(sample, [](Requirement& r) {
    if (r.switchover) *r.switchover *= 2;
  });
}

}  // namespace

TEST_CASE("evaluate: does not depend on the names and order of components") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    const Sample sample = random_sample(seed);
    Random random(seed + 500'000);
    const auto to = shuffled(sample.system.components.size(), random);
    check_same(figures_of(sample), figures_of(renamed(sample, to)));
  }
}

TEST_CASE("evaluate: does not depend on the order of nodes where no drain chooses the first") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    sample.system.drain.reset();
    Random random(seed + 600'000);
    const auto to = shuffled(sample.system.nodes.size(), random);
    check_same(figures_of(sample), figures_of(relabelled(sample, to)));
  }
}

TEST_CASE("evaluate: times twice as long at half the rates change frequencies only") {
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    drop_constants(sample);
    Sample slow = sample;
    stretch(slow);
    check_same(figures_of(sample), figures_of(slow), 0.5);
  }
}

TEST_CASE("evaluate: one more replica of a stateless component never hurts at the same need") {
  int helped = 0;
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    // One more replica may cost the headroom, and sends drained ones elsewhere: both are other
    // questions.
    sample.system.drain.reset();
    for (Node& node : sample.system.nodes) node.capacity.clear();
    for (Component& c : sample.system.components) c.spread.hard = false;
    const Evaluation before = figures_of(sample);
    for (std::size_t c = 0; c < sample.system.components.size(); ++c) {
      ComponentPlan& plan = sample.deployment.components[c];
      const Component& component = sample.system.components[c];
      if (component.type != ComponentType::stateless || plan.autoscale) continue;
      ++plan.replicas;
      if (!plan.nodes.empty()) plan.nodes.push_back(plan.nodes.front());
    }
    const Evaluation after = figures_of(sample);
    CHECK(before.headroom == after.headroom);
    check_not_worse(before, after);
    helped += after.services[0].unavailability.value <
                      before.services[0].unavailability.value * (1 - 1e-9)
                  ? 1
                  : 0;
  }
  CHECK(helped > 15);
}

TEST_CASE("evaluate: faster repair never hurts") {
  int helped = 0;
  for (std::uint64_t seed = 1; seed <= kSystems; ++seed) {
    INFO("seed " << seed);
    Sample sample = random_sample(seed);
    const Evaluation before = figures_of(sample);
    const auto quicken = [](std::vector<DomainMode>& modes) {
      for (DomainMode& mode : modes) mode.repair *= 0.6;
    };
    for (Domain& d : sample.system.domains) quicken(d.modes);
    for (Node& n : sample.system.nodes) quicken(n.modes);
    for (Claim& c : sample.system.claims) quicken(c.modes);
    for (Vertex& v : sample.system.network.vertices) quicken(v.modes);
    for (Link& l : sample.system.network.links) quicken(l.modes);
    for (Component& c : sample.system.components) {
      for (FailureMode& mode : c.modes) {
        if (mode.repair) *mode.repair *= 0.6;
      }
      for (CommonCause& cause : c.common_causes) cause.outage *= 0.6;
    }
    const Evaluation after = figures_of(sample);
    check_not_worse(before, after);
    helped += after.services[0].unavailability.value <
                      before.services[0].unavailability.value * (1 - 1e-9)
                  ? 1
                  : 0;
  }
  CHECK(helped > 40);
}

TEST_CASE("evaluate: shares of causes add up to the unavailability") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    for (const ServiceFigures& service : figures_of(random_sample(seed)).services) {
      double sum = 0.0;
      for (const Cause& cause : service.causes) sum += cause.share;
      CHECK(near_relative(sum, service.unavailability.value, 1e-9));
    }
  }
}

TEST_CASE("evaluate: no cause is a mere rounding, and nothing but a drain ever helps") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    for (const ServiceFigures& service : figures_of(random_sample(seed)).services) {
      for (const Cause& cause : service.causes) {
        CHECK(std::abs(cause.share) > 1e-16 * service.unavailability.value);
        CHECK((cause.share > 0.0 || cause.kind == CauseKind::drain));
      }
    }
  }
}
