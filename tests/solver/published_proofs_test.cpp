#include <cmath>
#include <doctest/doctest.h>

#include "solver/prove.hpp"
#include "solver/verify/verify.hpp"
#include "tests/support/rap_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// The certificate of an instance's optimum, which others proved, is complete and accepted.
///   returns  its entries
std::size_t check_certificate(const RapInstance& instance) {
  CAPTURE(instance.name);
  const Problem problem = placed_nowhere(instance);
  const auto outcome = solve(problem, {.explain = false});
  REQUIRE(outcome.has_value());
  REQUIRE(outcome->status == Status::optimal);
  const CertificateHead head = certificate_head(problem, *outcome);
  REQUIRE(head.form == CertificateForm::ways);
  CHECK(std::abs(*head.worst - instance.optimum) <= instance.digits);
  std::vector<CertificateEntry> entries;
  const Proof proof =
      prove(problem, head, [&](const CertificateEntry& e) { entries.push_back(e); });
  CHECK(proof.proved.complete());
  CHECK(verify(problem, head, entries).rejected.value_or("") == "");
  return entries.size();
}

}  // namespace

// One in sixteen of the bridges, one in four of the series; `./dev bench allocation` does all.

TEST_CASE("prove: certifies published bridge-like instances, in some hundred lines each") {
  const auto instances = feng_instances(HAPLAN_DATA "/rap/feng2025.json");
  for (std::size_t i = 0; i < instances.size(); i += 16)
    CHECK(check_certificate(instances[i]) < 2000);
}

TEST_CASE("prove: certifies published series instances with and without mixing") {
  for (const bool mixing : {true, false}) {
    const auto instances = fyffe_instances(HAPLAN_DATA "/rap/fyffe33.json", mixing);
    for (std::size_t i = 0; i < instances.size(); i += 4)
      CHECK(check_certificate(instances[i]) < 2000);
  }
}

}  // namespace haplan::test
