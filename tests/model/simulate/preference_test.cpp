#include "model/simulate/preference.hpp"

#include <doctest/doctest.h>

#include "tests/support/near.hpp"

namespace {

using namespace haplan::model;
using haplan::test::near_relative;

TEST_CASE("preference: what was never seen to fall is not preferred") {
  Preference preference(3);
  CHECK(preference.of(0, {}) == 0.0);
  preference.learn({4.0, {0, 2}});
  CHECK(near_relative(preference.of(0, {}), 2.0, 1e-15));  // the root of what it was worth
  CHECK(preference.of(1, {}) == 0.0);
}

TEST_CASE("preference: after a failure those that fell with it are preferred") {
  Preference preference(4);
  preference.learn({1.0, {0, 1}});
  preference.learn({9.0, {2, 3}});
  preference.learn({16.0, {0, 3}});
  const std::vector<std::uint32_t> failed{0};
  CHECK(preference.of(1, failed) == 1.0);
  CHECK(preference.of(2, failed) == 0.0);
  CHECK(preference.of(3, failed) == 4.0);
}

TEST_CASE("preference: of nothing prefers nothing") { CHECK(Preference().of(7, {}) == 0.0); }

}  // namespace
