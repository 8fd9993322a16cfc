#include <algorithm>
#include <doctest/doctest.h>

#include "tests/solver/certified.hpp"
#include "tests/solver/random_goals.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Certificates of random problems with goals, with variants and with the choice made; made once.
const std::vector<Certified>& certificates() {
  static const std::vector<Certified> all = [] {
    std::vector<Certified> list;
    for (std::uint64_t seed = 1; list.size() < 75; ++seed) {
      const auto choosing = random_goals(seed);
      if (!choosing) continue;
      for (const Problem& problem : {choosing->open, choosing->plain[0], choosing->plain[1]}) {
        const auto outcome = solve(problem, {.explain = false});
        REQUIRE(outcome.has_value());
        if (outcome->status != Status::optimal && outcome->status != Status::infeasible) continue;
        list.push_back(certified(problem, *outcome));
      }
    }
    return list;
  }();
  return all;
}

}  // namespace

TEST_CASE("prove: certifies variants, budgets, cost and most availability on clusters") {
  int plans = 0;
  int none = 0;
  int picked = 0;
  int maximised = 0;
  int costs = 0;
  int budgets = 0;
  for (const Certified& one : certificates()) {
    CHECK(one.proved.complete());
    CHECK(rejected(one) == "");
    CHECK(verify(one.problem, one.head, one.entries).proved == one.proved);
    ++(one.head.has_plan ? plans : none);
    picked += one.head.form == CertificateForm::picks ? 1 : 0;
    maximised += one.head.worst ? 1 : 0;
    costs += std::ranges::count(one.problem.minimize, Preference::cost) > 0 ? 1 : 0;
    for (const CertificateEntry& entry : one.entries)
      budgets += std::holds_alternative<BudgetReason>(entry) ? 1 : 0;
  }
  CHECK(plans > 30);
  CHECK(none > 10);
  CHECK(picked > 15);
  CHECK(maximised > 5);
  CHECK(costs > 10);
  CHECK(budgets > 5);
}

TEST_CASE("verify: rejects certificates of goals with an entry left out, twice or that lies") {
  int told = 0;
  for (const Certified& one : certificates()) {
    if (one.entries.size() > 60) continue;
    for (std::size_t i = 0; i < one.entries.size(); ++i) {
      CAPTURE(i);
      std::vector<Certified> lies(2, one);
      const auto at = static_cast<std::ptrdiff_t>(i);
      lies[0].entries.erase(lies[0].entries.begin() + at);
      lies[1].entries.insert(lies[1].entries.begin() + at, one.entries[i]);
      const auto replace = [&](const CertificateEntry& entry) {
        lies.push_back(one);
        lies.back().entries[i] = entry;
      };
      if (const auto* budget = std::get_if<BudgetReason>(&one.entries[i])) {
        replace(BudgetReason{budget->budget, budget->least * 1.001});
        replace(BudgetReason{99, budget->least});
      } else if (std::holds_alternative<MissReason>(one.entries[i]) &&
                 !one.problem.budgets.empty()) {
        replace(BudgetReason{0, one.problem.budgets[0].limit.value() * 2.0});
      } else if (const auto* pick = std::get_if<PickEntry>(&one.entries[i])) {
        PickEntry other = *pick;
        other.picks.front() = 1 - other.picks.front();
        replace(other);
        other = *pick;
        other.witness.clear();
        replace(other);
      } else if (const auto* rank = std::get_if<RankReason>(&one.entries[i])) {
        CountRank other = rank->least;
        other.peak_cost = other.peak_cost * 1.001 + 1e-3;
        replace(RankReason{other});
      }
      for (const Certified& lie : lies) {
        CHECK(rejected(lie) != "");
        ++told;
      }
    }
  }
  CHECK(told > 300);
}

TEST_CASE(
    "verify: rejects a plan of goals that spends, costs or serves otherwise than is claimed") {
  int looked_at = 0;
  for (const Certified& one : certificates()) {
    if (!one.head.has_plan) continue;
    ++looked_at;
    Certified other = one;
    if (one.head.worst) {
      *other.head.worst *= 0.999;
      if (*one.head.worst > 0.0) CHECK(rejected(other) != "");
      other.head.worst.reset();
      CHECK(rejected(other) != "");
    } else {
      other.head.worst = 1e-3;
      CHECK(rejected(other) != "");
    }
    other = one;
    other.head.rank.mean_cost += 1.0;
    CHECK(rejected(other) != "");
    other = one;
    other.problem.budgets = {{Budget::Kind::cpu, "cpu", {0, 1}}};
    if (one.head.rank.cpu > 0) CHECK(rejected(other) != "");
    other = one;
    other.head.form =
        one.head.form == CertificateForm::boxes ? CertificateForm::picks : CertificateForm::boxes;
    CHECK(rejected(other) != "");
    if (!one.head.picks.empty()) {
      other = one;
      other.head.picks.front() = 2;
      CHECK(rejected(other) != "");
    }
  }
  CHECK(looked_at > 30);
}

TEST_CASE("prove: never completes the claim that a worse plan is best") {
  int asked = 0;
  for (const Certified& one : certificates()) {
    if (!one.head.has_plan || asked == 20) continue;
    // That there is no plan at all is false.
    CertificateHead head = one.head;
    head.has_plan = false;
    CHECK_FALSE(prove(one.problem, head, {}, {.figures = 500}).proved.complete());
    if (one.head.worst && *one.head.worst > 0.0) {
      head = one.head;
      *head.worst *= 1.001;
      CHECK_FALSE(prove(one.problem, head, {}, {.figures = 500}).proved.complete());
    }
    ++asked;
  }
  CHECK(asked == 20);
}

}  // namespace haplan::test
