#include "model/availability/service_functions.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "tests/support/near.hpp"
#include "tests/support/small_systems.hpp"

using namespace haplan::model;
using namespace haplan::test;

namespace {

/// The service needs a, and b or c, and two of b, c, d.
SmallSystem gated() {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0),
                     stateless("c", 1e-6, 60.0), stateless("d", 1e-6, 60.0)},
                    0);
  Requirement two = gate(Requirement::Kind::at_least, {leaf(1), leaf(2), leaf(3)});
  two.n = 2;
  small.system.services[0].requires_ = gate(
      Requirement::Kind::all, {leaf(0), gate(Requirement::Kind::any, {leaf(1), leaf(2)}), two});
  for (auto& plan : small.deployment.components) plan.replicas = 1;
  return small;
}

bool is_down(unsigned failed) {
  const auto down = [failed](unsigned c) { return ((failed >> c) & 1U) != 0; };
  const int lost = int{down(1)} + int{down(2)} + int{down(3)};
  return down(0) || (down(1) && down(2)) || lost > 1;
}

ServiceFunctions functions_of(const SmallSystem& small) {
  const auto numbers = component_numbers(small.system, small.deployment);
  REQUIRE(numbers.has_value());
  return service_functions(small.system, *numbers);
}

}  // namespace

TEST_CASE("service_functions: the value is the sum over all states of the inputs") {
  const ServiceFunctions functions = functions_of(gated());
  REQUIRE(functions.functions.size() == 1);
  REQUIRE(functions.inputs == std::vector<ComponentId>{0, 1, 2, 3});
  std::vector<double> scratch;
  for (const std::vector<double>& q :
       {std::vector<double>{1e-9, 1e-3, 2e-4, 0.5}, {0.3, 0.2, 0.1, 0.0}, {0.0, 1.0, 0.0, 1e-12}}) {
    double expected = 0.0;
    for (unsigned failed = 0; failed < 16; ++failed) {
      double p = 1.0;
      for (unsigned c = 0; c < 4; ++c) p *= ((failed >> c) & 1U) != 0 ? q[c] : 1.0 - q[c];
      if (is_down(failed)) expected += p;
    }
    CHECK(near_relative(functions.value(functions.functions[0], q, scratch), expected, 1e-13));
    CHECK(functions.union_bound(functions.functions[0], q) >= expected * (1.0 - 1e-12));
  }
}

TEST_CASE("service_functions: names its series inputs and its minimal cuts") {
  const ServiceFunctions functions = functions_of(gated());
  const ServiceFunction& function = functions.functions[0];
  CHECK(function.series == std::vector<std::size_t>{0});
  CHECK(function.gated == std::vector<std::size_t>{1, 2, 3});
  auto cuts = function.cuts;
  std::ranges::sort(cuts);
  CHECK(cuts == std::vector<std::vector<int>>{{0}, {1, 2}, {1, 3}, {2, 3}});
  // Whatever they share, each cut is at most as likely as its likeliest-to-hold input allows.
  const std::vector<double> worst{0.01, 0.2, 0.1, 0.05};
  CHECK(near_relative(functions.union_bound(function, worst), 0.01 + 0.1 + 0.05 + 0.05, 1e-14));
}
