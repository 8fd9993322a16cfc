#include "model/availability/alone.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/random_system.hpp"
#include "tests/support/small_systems.hpp"

namespace haplan::test {

namespace {

using namespace model;

constexpr double kRate = 1e-5;
constexpr double kOutage = 100.0;
constexpr double kNodeRate = 1e-6;
constexpr double kRepair = 3600.0;

double share(double load) { return load / (1.0 + load); }

/// One replica each of a and b on one node; the vendor c beside them.
SmallSystem series() {
  Component vendor;
  vendor.name = "c";
  vendor.type = ComponentType::external;
  vendor.external = External{1e-3, 1e-3 / (0.999 * 3600.0), 3600.0, false};
  Component a = stateless("a", kRate, kOutage);
  a.modes.push_back({"slow", kRate, Detection::manual, 3.0 * kOutage});
  SmallSystem small({a, stateless("b", kRate, kOutage), vendor}, 1, kNodeRate, kRepair);
  small.place(0, {0});
  small.place(1, {0});
  return small;
}

bool is(const Cause& cause, CauseKind kind, const std::string& subject) {
  return cause.kind == kind && cause.subject == subject;
}

}  // namespace

TEST_CASE("causes alone: each cause by itself is its own unavailability") {
  const SmallSystem small = series();
  const auto alone = CausesAlone::make(small.system, small.deployment);
  REQUIRE(alone);
  const auto only = [&](CauseKind kind, const std::string& subject) {
    return alone->unavailability(
        0, [&](const Cause& cause) { return is(cause, kind, subject) ? 1.0 : 0.0; });
  };
  CHECK(near_relative(only(CauseKind::node, "n1"), share(kNodeRate * kRepair), 1e-13));
  CHECK(near_relative(only(CauseKind::replica, "b"), share(kRate * kOutage), 1e-13));
  CHECK(near_relative(only(CauseKind::replica, "a"), share(4.0 * kRate * kOutage), 1e-13));
  CHECK(near_relative(only(CauseKind::external, "c"), 1e-3, 1e-13));
  CHECK(alone->unavailability(0, [](const Cause&) { return 0.0; }) == 0.0);
}

TEST_CASE("causes alone: a cause that strikes less often has its odds scaled, mode by mode") {
  const SmallSystem small = series();
  const auto alone = CausesAlone::make(small.system, small.deployment);
  REQUIRE(alone);
  const auto at = [&](CauseKind kind, const std::string& subject, double weight) {
    return alone->unavailability(
        0, [&](const Cause& cause) { return is(cause, kind, subject) ? weight : 0.0; });
  };
  CHECK(near_relative(at(CauseKind::node, "n1", 0.25), share(0.25 * kNodeRate * kRepair), 1e-13));
  CHECK(near_relative(at(CauseKind::external, "c", 0.5), share(0.5 * 1e-3 / 0.999), 1e-13));
  // Without its longer mode a fails for a fourth of the time that it failed.
  const double fault = alone->unavailability(0, [](const Cause& cause) {
    return cause.subject == "a" && cause.mode == "fault" ? 1.0 : 0.0;
  });
  CHECK(near_relative(fault, share(kRate * kOutage), 1e-13));
}

TEST_CASE("causes alone: all drains are one cause, as likely as its weight says") {
  SmallSystem small({stateless("a", kRate, kOutage)}, 1);
  small.place(0, {0});
  small.system.drain = Drain{30.0 * 86400.0, 600.0};  // a's only node is away for 10 min in 30 d
  const auto alone = CausesAlone::make(small.system, small.deployment);
  REQUIRE(alone);
  const auto at = [&](double weight) {
    return alone->unavailability(
        0, [&](const Cause& cause) { return is(cause, CauseKind::drain, "") ? weight : 0.0; });
  };
  CHECK(at(0.0) == 0.0);
  CHECK(near_relative(at(1.0), 600.0 / (30.0 * 86400.0), 1e-13));
  CHECK(near_relative(at(0.5), 300.0 / (30.0 * 86400.0), 1e-13));
}

TEST_CASE("causes alone: all at full weight are the figure itself, and more is never less") {
  int compared = 0;
  for (std::uint64_t seed = 1; compared < 150; ++seed) {
    const Sample sample = random_sample(seed, {.most_states = 400});
    const auto whole = evaluate(sample.system, sample.deployment);
    const auto alone = CausesAlone::make(sample.system, sample.deployment);
    if (!whole || !alone) continue;
    CAPTURE(seed);
    for (ServiceId s = 0; s < sample.system.services.size(); ++s) {
      const auto with = [&](double weight) {
        return alone->unavailability(s, [&](const Cause&) { return weight; });
      };
      if (whole->services[s].unavailability.method != Method::exact) continue;
      CHECK(near_relative(with(1.0), whole->services[s].unavailability.value, 1e-12));
      double last = with(0.0);
      for (const double weight : {0.25, 0.5, 0.75, 1.0}) {
        const double next = with(weight);
        CHECK(next >= last * (1.0 - 1e-12));
        last = next;
      }
      ++compared;
    }
  }
}

}  // namespace haplan::test
