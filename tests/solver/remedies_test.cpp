#include "solver/remedies.hpp"

#include <doctest/doctest.h>

#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;
using model::Cause;
using model::CauseKind;
using Remedies = std::vector<std::string>;

/// A replica that is out for 1 % of the time and a vendor that is out for 0.1 %.
SmallSystem with_vendor() {
  model::Component vendor;
  vendor.name = "v";
  vendor.type = model::ComponentType::external;
  vendor.external = model::External{1e-3, 1e-3 / (0.999 * 3600.0), 3600.0, false};
  return SmallSystem({stateless("a", 0.01 / (0.99 * 60.0), 60.0), vendor}, 0);
}

Remedies remedies(const SmallSystem& small, double target, const std::vector<Cause>& causes) {
  const auto alone = model::CausesAlone::make(small.system, small.deployment);
  REQUIRE(alone);
  const double actual = alone->unavailability(0, [](const Cause&) { return 1.0; });
  const ObjectiveCheck check{
      .service = 0, .field = "availability", .target = target, .actual = actual};
  return cause_remedies(small.system, *alone, check, actual, causes);
}

const Cause kVendor{CauseKind::external, "v", "", 1e-3};
const Cause kFault{CauseKind::replica, "a", "fault", 0.01};

}  // namespace

TEST_CASE("remedies: a vendor's availability that would do, with a little to spare") {
  // The replica takes 1 %; a budget of 1.05 % leaves the vendor 0.0005 / 0.99 = 0.0505 %, less 5 %: 0.048 %.
  CHECK(remedies(with_vendor(), 0.0105, {kVendor}) ==
        Remedies{"v at 99.952 % instead of 99.9 %, or another vendor beside it: {any: [v, ...]}"});
}

TEST_CASE("remedies: a poor vendor's availability is scaled by its odds") {
  // v at 50 %: a budget of 20.8 % leaves 0.2 beside the replica's 1 %, odds 0.25 of 1. Less 5 % it is
  // 0.19.
  SmallSystem small = with_vendor();
  small.system.components[1].external->unavailability = 0.5;
  CHECK(remedies(small, 0.208, {{CauseKind::external, "v", "", 0.5}}) ==
        Remedies{"v at 81 % instead of 50 %, or another vendor beside it: {any: [v, ...]}"});
}

TEST_CASE("remedies: how much rarer failures of a replica would have to be") {
  // A budget of 0.6 % leaves the replica 1 - 0.994 / 0.999 = 0.5005 %, odds 0.50302 % of 1.0101 %: of its
  // 3.65 d a year 49.8 %, less 1 %: 43.2 h.
  const Remedies found = remedies(with_vendor(), 0.006, {kFault});
  CHECK(found ==
        Remedies{"failures of a (fault) that cost at most 43.2 h a year instead of 3.65 d: "
                 "more replicas, or a faster recovery"});
}

TEST_CASE("remedies: a cause that is not enough by itself is said to be so") {
  CHECK(remedies(with_vendor(), 5e-4, {kFault}) ==
        Remedies{"less downtime from failures of a (fault) (more replicas, or a faster recovery); "
                 "not enough by itself: without it all still misses its target"});
}

TEST_CASE("remedies: a plan that is only good where it is placed") {
  const SmallSystem small = with_vendor();
  const auto alone = model::CausesAlone::make(small.system, small.deployment);
  REQUIRE(alone);
  const ObjectiveCheck check{.service = 0, .field = "availability", .target = 0.02, .actual = 0.03};
  const Remedies found = cause_remedies(small.system, *alone, check, 0.011, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].rfind("placement: pinned, or stricter spread rules", 0) == 0);
}

TEST_CASE("decided_by_spec: what no count, probe or placement touches") {
  CHECK(decided_by_spec(kVendor));
  CHECK(decided_by_spec({CauseKind::common_cause, "a", "releases", 0.0}));
  CHECK_FALSE(decided_by_spec(kFault));
  CHECK_FALSE(decided_by_spec({CauseKind::node, "n1", "reboot", 0.0}));
  CHECK_FALSE(decided_by_spec({CauseKind::capacity, "a", "", 0.0}));
}

TEST_CASE("smaller_ask: a target that the best figure keeps") {
  const Problem problem = problem_of(with_vendor());
  const auto ask = [&problem](const std::string& field, double actual, double target) {
    return smaller_ask(problem, {.service = 0, .field = field, .target = target, .actual = actual});
  };
  // Rounded up, so that the figure is within it.
  CHECK(ask("availability", 1.01e-3, 5e-4) ==
        "a target of 99.89 % for all availability instead of 99.95 %");
  CHECK(ask("errorRate", 0.00291, 0.001) == "a target of 0.3 % for all errorRate instead of 0.1 %");
  CHECK(ask("recoveryTime", 70.91, 10.0) ==
        "a target of 71.0 s for all recoveryTime instead of 10 s");
}

}  // namespace haplan::test
