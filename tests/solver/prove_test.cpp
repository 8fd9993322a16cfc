#include "solver/prove.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "solver/verify/boxes.hpp"
#include "solver/verify/verify.hpp"
#include "tests/solver/certified.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/support/reference_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Calls `visit(box, entry)` for every leaf.
template <class Visit>
void for_each_leaf(const Problem& problem, const std::vector<CertificateEntry>& entries,
                   const Visit& visit) {
  std::vector<Box> waiting{Box(problem)};
  for (const CertificateEntry& entry : entries) {
    Box box = waiting.back();
    waiting.pop_back();
    if (const auto* split = std::get_if<Split>(&entry)) {
      const auto& values = problem.decisions[split->decision].values;
      const auto at = std::ranges::find(values, split->at);
      Box low = box;
      low.keep_up_to(split->decision, static_cast<std::size_t>(at - values.begin()));
      box.keep_after(split->decision, static_cast<std::size_t>(at - values.begin()));
      waiting.push_back(box);
      waiting.push_back(low);
    } else {
      visit(box, entry);
    }
  }
  CHECK(waiting.empty());
}

}  // namespace

TEST_CASE("prove: covers the space of 120 random problems by boxes that a checker accepts") {
  int plans = 0;
  int none = 0;
  for (std::uint64_t seed = 1; plans + none < 120; ++seed) {
    const Problem problem = random_problem(seed, seed % 4 == 0);
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal && outcome->status != Status::infeasible) continue;
    CAPTURE(seed);
    const CertificateHead head = certificate_head(problem, *outcome);
    std::vector<CertificateEntry> entries;
    const Proved proved = prove(problem, head, [&](const CertificateEntry& entry) {
                            entries.push_back(entry);
                          }).proved;
    CHECK(proved.complete());
    const Verdict verdict = verify(problem, head, entries);
    CHECK(verdict.rejected.value_or("") == "");
    CHECK(verdict.proved == proved);
    ++(outcome->has_plan ? plans : none);
  }
  CHECK(plans > 30);
  CHECK(none > 30);
}

TEST_CASE("prove: leaves every box open that holds a plan which it is asked to exclude") {
  int asked = 0;
  for (std::uint64_t seed = 1; asked < 25; ++seed) {
    const Problem problem = random_problem(seed, seed % 5 == 0);
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (!outcome->has_plan) continue;
    CAPTURE(seed);
    // That there is no plan at all is false.
    CertificateHead head = certificate_head(problem, *outcome);
    head.has_plan = false;
    std::vector<CertificateEntry> entries;
    const Proved proved =
        prove(problem, head, [&](const CertificateEntry& entry) { entries.push_back(entry); },
              {.figures = 1'000})
            .proved;
    CHECK_FALSE(proved.complete());
    for_each_leaf(problem, entries, [&](const Box& box, const CertificateEntry& entry) {
      if (holds(problem, box, outcome->deployment))
        CHECK(std::holds_alternative<OpenReason>(entry));
    });
    ++asked;
  }
}

TEST_CASE("prove: the reference in three zones has no plan on nine nodes, and no box stays open") {
  // Two replicas of anything may all be in one zone, which is enough to miss the target.
  const Problem problem = reference_problem(9, 3);
  const auto outcome = solve(problem, {.explain = false});
  REQUIRE(outcome.has_value());
  REQUIRE(outcome->status == Status::infeasible);
  const Certified one = certified(problem, *outcome);
  CHECK(one.proved.complete());
  CHECK(one.proved.boxes < 20);
  CHECK(rejected(one).empty());
}

TEST_CASE("prove: ends at its limit with open boxes and the bound that is left") {
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    const Problem problem = random_problem(seed);
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal) continue;
    const CertificateHead head = certificate_head(problem, *outcome);
    std::vector<CertificateEntry> entries;
    const Proof proof =
        prove(problem, head, [&](const CertificateEntry& entry) { entries.push_back(entry); },
              {.figures = 1});
    const Proved& proved = proof.proved;
    CHECK(proof.limited != proved.complete());
    const Verdict verdict = verify(problem, head, entries);
    CHECK(verdict.rejected.value_or("") == "");
    CHECK(verdict.proved == proved);
    if (!proved.complete()) {
      // The bound is one: the plan does not rank before it.
      CHECK(not_before(head.rank, *proved.least_open));
      return;
    }
  }
  FAIL("no problem needed more than one figure");
}

}  // namespace haplan::test
