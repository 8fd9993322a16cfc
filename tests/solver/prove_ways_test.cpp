#include "solver/prove_ways.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <random>

#include "model/system/variants.hpp"
#include "solver/kind.hpp"
#include "solver/spending.hpp"
#include "solver/verify/sifted.hpp"
#include "tests/solver/certified.hpp"
#include "tests/solver/random_redundancy.hpp"
#include "tests/support/near.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Certificates of random problems of redundancy allocation; made once.
const std::vector<Certified>& certificates() {
  static const std::vector<Certified> all = [] {
    std::vector<Certified> list;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      const Problem problem = random_redundancy(seed);
      if (!is_redundancy(problem)) continue;
      const auto outcome = solve(problem, {.explain = false});
      REQUIRE(outcome.has_value());
      list.push_back(certified(problem, *outcome));
    }
    return list;
  }();
  return all;
}

/// Weights such as a search may try: some zero, places anywhere.
Weights random_weights(std::mt19937_64& random, const Sieve& sieve) {
  const auto uniform = [&](double from, double to) {
    return std::uniform_real_distribution<double>(from, to)(random);
  };
  Weights weights;
  for (const std::int64_t limit : sieve.bars().amounts)
    weights.measures.push_back(limit == kUnlimited || uniform(0, 1) < 0.5
                                   ? 0.0
                                   : uniform(0, 2) /
                                         static_cast<double>(std::max<std::int64_t>(1, limit)));
  for (const double goal : sieve.bars().goals)
    weights.goals.push_back(std::isinf(goal) || uniform(0, 1) < 0.2 ? 0.0 : uniform(0, 1));
  for (std::size_t i = 0; i < sieve.place_size(); ++i)
    weights.place.push_back(i % 2 == 0 ? uniform(-9.0, 0.0) : uniform(-0.3, 0.0));
  return weights;
}

/// Per element the columns of choices that keep all bars, by going through every choice.
std::vector<std::vector<bool>> good_columns(const Sieve& sieve) {
  const WayBox whole = sieve.whole();
  const Bars& bars = sieve.bars();
  std::vector<std::vector<bool>> good;
  for (const auto& list : whole.left) good.emplace_back(list.size(), false);
  std::vector<std::size_t> at(whole.left.size(), 0);
  for (bool more = true; more;) {
    WayBox choice;
    for (const std::size_t k : at) choice.left.push_back({static_cast<std::uint32_t>(k)});
    bool keeps = true;
    for (std::size_t m = 0; m < bars.amounts.size(); ++m) {
      if (bars.amounts[m] == kUnlimited) continue;
      std::int64_t sum = 0;
      for (std::size_t e = 0; e < at.size(); ++e)
        sum += sieve.way(e, choice.left[e].front()).amounts[m];
      keeps = keeps && sum <= bars.amounts[m];
    }
    for (std::size_t s = 0; s < bars.goals.size(); ++s)
      keeps = keeps && sieve.best(choice, s) <= bars.goals[s];
    for (std::size_t e = 0; keeps && e < at.size(); ++e) good[e][at[e]] = true;
    more = false;
    for (std::size_t e = 0; e < at.size() && !more; ++e) {
      more = ++at[e] < whole.left[e].size();
      if (!more) at[e] = 0;
    }
  }
  return good;
}

/// The certificate with this entry replaced by what is not true.
std::vector<Certified> lies_about(const Certified& one, std::size_t i) {
  std::vector<Certified> lies;
  const auto replace = [&](const CertificateEntry& entry) {
    lies.push_back(one);
    lies.back().entries[i] = entry;
  };
  if (const auto* question = std::get_if<QuestionEntry>(&one.entries[i])) {
    replace(QuestionEntry{question->question + 1});
  } else if (const auto* split = std::get_if<WaySplit>(&one.entries[i])) {
    replace(WaySplit{split->component, 100'000});
    replace(WaySplit{one.problem.system.components.size(), split->at});
  } else if (const auto* sift = std::get_if<SiftEntry>(&one.entries[i])) {
    const auto otherwise = [&](auto change) {
      SiftEntry other = *sift;
      change(other.weights);
      replace(other);
    };
    otherwise([](Weights& w) {
      std::ranges::fill(w.goals, 0.0);
      std::ranges::fill(w.measures, 0.0);
    });
    otherwise([](Weights& w) { w.measures.front() = -1.0; });
    otherwise([](Weights& w) { w.goals.front() = std::numeric_limits<double>::infinity(); });
    otherwise([](Weights& w) { w.place.push_back(0.0); });
    otherwise([](Weights& w) { w.measures.pop_back(); });
    if (!sift->weights.place.empty())
      otherwise([](Weights& w) { w.place.front() = std::numeric_limits<double>::quiet_NaN(); });
    replace(RoomReason{});
    replace(WorseReason{0, 0.5});
  } else if (const auto* worse = std::get_if<WorseReason>(&one.entries[i])) {
    replace(WorseReason{worse->objective, worse->figure * (1.0 + 1e-6)});
    replace(WorseReason{99, worse->figure});
    replace(RoomReason{});
  } else if (std::holds_alternative<RoomReason>(one.entries[i])) {
    replace(WorseReason{0, 0.5});
    replace(RankReason{});
  }
  return lies;
}

}  // namespace

TEST_CASE("prove: certifies random problems of redundancy allocation") {
  int plans = 0;
  int none = 0;
  for (const Certified& one : certificates()) {
    CHECK(one.head.form == CertificateForm::ways);
    CHECK(one.proved.complete());
    CHECK(rejected(one) == "");
    CHECK(verify(one.problem, one.head, one.entries).proved == one.proved);
    ++(one.head.has_plan ? plans : none);
  }
  CHECK(plans > 30);
  CHECK(none > 5);
}

TEST_CASE("ways: components one by one come to what evaluate says of the whole system") {
  std::mt19937_64 random(3);
  int compared = 0;
  for (const Certified& one : certificates()) {
    const auto equipping = equipping_of(one.problem, {});
    REQUIRE(equipping.has_value());
    const bool all =
        std::ranges::all_of(equipping->ways.of, [](const auto& list) { return !list.empty(); });
    for (int trial = 0; all && trial < 5; ++trial) {
      std::vector<std::vector<int>> counts;
      std::vector<std::vector<double>> down(one.problem.system.levels.size());
      std::vector<std::int64_t> amounts(equipping->ways.measures.size(), 0);
      for (const auto& list : equipping->ways.of) {
        const Way& way = list[random() % list.size()];
        counts.push_back(way.counts);
        for (std::size_t l = 0; l < down.size(); ++l) down[l].push_back(way.down[l]);
        for (std::size_t m = 0; m < amounts.size(); ++m) amounts[m] += way.amounts[m];
      }
      for (auto& list : down)
        list.insert(list.end(), equipping->structures.fixed.begin(),
                    equipping->structures.fixed.end());
      const model::Deployment deployment = deployment_of(one.problem, counts);
      CHECK(counts_of(one.problem, deployment) == counts);
      const model::Resolved plain = model::resolve(one.problem.system, deployment);
      const auto evaluation = model::evaluate(plain.system, plain.deployment, {.figures = false});
      REQUIRE(evaluation.has_value());
      for (std::size_t s = 0; s < one.problem.objectives.size(); ++s) {
        const Failing& failing = equipping->structures.of[s];
        double u = 0.0;
        for (std::size_t l = 0; l < down.size(); ++l) {
          const double whole = failing.whole.unavailability(down[l]);
          u += one.problem.system.levels[l].share * whole;
          if (failing.parts.empty()) continue;
          // Parts in series: down when one of them is.
          double of_parts = 0.0;
          for (const Paths& part : failing.parts)
            of_parts += (1.0 - of_parts) * part.unavailability(down[l]);
          CHECK(near_relative(of_parts, whole, 1e-12));
        }
        const model::ServiceId service = one.problem.objectives[s].service;
        CHECK(near_relative(u, evaluation->services[service].unavailability.value, 1e-12));
      }
      // Budgets in whole numbers and in exact fractions agree.
      const auto uses = budget_uses(one.problem, deployment);
      for (std::size_t b = 0; b < uses.size(); ++b)
        CHECK(uses[b].kept == (amounts[b] <= equipping->ways.measures[b].limit));
      ++compared;
    }
  }
  CHECK(compared > 150);
}

TEST_CASE("sieve: no weights take out a way of a choice that keeps all bars") {
  std::mt19937_64 random(7);
  std::size_t out = 0;
  std::size_t kept = 0;
  for (const Certified& one : certificates()) {
    const auto equipping = equipping_of(one.problem, {});
    Bars bars = questions_of(one.problem, equipping->ways, std::nullopt).front().bars;
    // Some choices keep these, others do not.
    for (double& goal : bars.goals)
      goal = std::pow(10.0, -0.25 * static_cast<double>(random() % 16));
    const Sieve sieve(one.problem, equipping->ways, equipping->structures, bars);
    const WayBox whole = sieve.whole();
    if (whole.empty()) continue;
    const std::vector<std::vector<bool>> good = good_columns(sieve);
    for (int trial = 0; trial < 40; ++trial) {
      WayBox box = whole;
      if (trial % 2 == 0) sieve.fit(box);
      if (!box.empty()) out += sieve.sift(box, random_weights(random, sieve));
      for (std::size_t e = 0; e < box.left.size(); ++e) {
        for (std::uint32_t k = 0; k < good[e].size(); ++k)
          if (good[e][k]) CHECK(std::ranges::count(box.left[e], k) == 1);
        kept += box.left[e].size();
      }
    }
  }
  CHECK(out > 1000);
  CHECK(kept > 1000);
}

TEST_CASE("prove: never completes the claim that a worse choice of ways is best") {
  int asked = 0;
  for (const Certified& one : certificates()) {
    if (!one.head.has_plan) continue;
    CertificateHead head = one.head;
    head.has_plan = false;
    CHECK_FALSE(prove(one.problem, head, {}).proved.complete());
    const auto best = equipping_of(one.problem, one.head)->plan;
    REQUIRE(best.has_value());
    std::size_t number = 0;
    each_deployment(one.problem, [&](const model::Deployment& deployment) {
      if (number++ % 37 != 0) return;
      head = one.head;
      head.counts = counts_of(one.problem, deployment);
      const auto other = equipping_of(one.problem, head);
      if (!other->plan) return;
      const auto questions = questions_of(one.problem, other->ways, other->plan);
      const bool better = std::ranges::any_of(questions, [&](const Question& question) {
        bool keeps = true;
        for (std::size_t m = 0; m < best->amounts.size(); ++m)
          keeps = keeps && best->amounts[m] <= question.bars.amounts[m];
        for (std::size_t s = 0; s < best->unavailability.size(); ++s)
          keeps = keeps && best->unavailability[s] <= question.bars.goals[s];
        return keeps;
      });
      if (!better) return;
      CHECK_FALSE(prove(one.problem, head, {}).proved.complete());
      ++asked;
    });
  }
  CHECK(asked > 100);
}

TEST_CASE("verify: rejects certificates of ways with an entry left out, too much or that lies") {
  int told = 0;
  for (const Certified& one : certificates()) {
    if (one.entries.size() > 60) continue;
    for (std::size_t i = 0; i < one.entries.size(); ++i) {
      CAPTURE(i);
      std::vector<Certified> lies = lies_about(one, i);
      lies.insert(lies.end(), 2, one);
      lies[lies.size() - 2].entries.resize(i);
      lies[lies.size() - 1].entries.push_back(one.entries[i]);
      // Of what later entries take out as well the certificate can do without.
      if (!std::holds_alternative<SiftEntry>(one.entries[i])) {
        lies.push_back(one);
        lies.back().entries.erase(lies.back().entries.begin() + static_cast<std::ptrdiff_t>(i));
      }
      for (const Certified& lie : lies) {
        CHECK(rejected(lie) != "");
        ++told;
      }
    }
  }
  CHECK(told > 1000);
}

TEST_CASE("verify: rejects a plan of ways that is none, or is not as good as is claimed") {
  int looked_at = 0;
  for (const Certified& one : certificates()) {
    if (!one.head.has_plan) continue;
    ++looked_at;
    Certified other = one;
    other.head.counts.front().front() += 50;
    CHECK(rejected(other) != "");
    other = one;
    other.head.counts.pop_back();
    CHECK(rejected(other) != "");
    if (one.head.worst) {
      other = one;
      *other.head.worst *= 0.999;
      if (*one.head.worst > 0.0) CHECK(rejected(other) != "");
      other.head.worst.reset();
      CHECK(rejected(other) != "");
    }
    other = one;
    for (Objective& objective : other.problem.objectives) objective.max_unavailability = 1e-12;
    if (one.head.worst && *one.head.worst > 1e-11) CHECK(rejected(other) != "");
  }
  CHECK(looked_at > 30);
}

}  // namespace haplan::test
