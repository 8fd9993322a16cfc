#include <doctest/doctest.h>
#include <sstream>

#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/field_changes.hpp"
#include "tests/support/near.hpp"

using namespace haplan;
using namespace haplan::test;

namespace {

std::vector<double> guaranteed(const Sample& sample) {
  const std::vector<model::CarriedRules> rules(sample.system.components.size());
  const auto found = model::guaranteed_unavailability(sample.system, sample.deployment, rules,
                                                      {.work_limit = 2000});
  std::vector<double> out;
  if (!found) return out;
  for (const auto& estimate : *found) out.push_back(estimate.upper);
  return out;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return a.empty() || b.empty();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!near_relative(a[i], b[i], 1e-9)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("random systems: every field occurs in five whose figures change with it") {
  const auto fields = field_changes();
  std::vector<int> occurs(fields.size(), 0), matters(fields.size(), 0);
  for (std::uint64_t seed = 1; seed <= 240; ++seed) {
    const Sample sample = random_sample(seed);
    const auto before = model::evaluate(sample.system, sample.deployment);
    REQUIRE(before.has_value());
    for (std::size_t f = 0; f < fields.size(); ++f) {
      Sample changed = sample;
      if (!fields[f].change(changed)) continue;
      ++occurs[f];
      const auto after = model::evaluate(changed.system, changed.deployment);
      if (!after) continue;  // the changed value may have no meaning together with the others
      const bool figures = !changes(*before, *after, 1e-9).empty();
      if (figures || (fields[f].rule && !same(guaranteed(sample), guaranteed(changed))))
        ++matters[f];
    }
  }
  std::ostringstream report;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    report << fields[f].path << ": changes figures of " << matters[f] << " of " << occurs[f]
           << " systems\n";
    INFO(fields[f].path);
    CHECK(matters[f] >= 5);
  }
  MESSAGE(report.str());
}
