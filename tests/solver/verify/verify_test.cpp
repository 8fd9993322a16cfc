#include "solver/verify/verify.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "tests/solver/certified.hpp"
#include "tests/solver/random_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Short certificates of random problems.
std::vector<Certified> make_certificates(std::size_t count) {
  std::vector<Certified> all;
  for (std::uint64_t seed = 1; all.size() < count; ++seed) {
    const Problem problem = random_problem(seed);
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal && outcome->status != Status::infeasible) continue;
    Certified one = certified(problem, *outcome);
    if (one.entries.size() > 20 || one.entries.size() < 3) continue;
    all.push_back(std::move(one));
  }
  return all;
}

const std::vector<Certified>& certificates() {
  static const std::vector<Certified> all = make_certificates(30);
  return all;
}

bool accepted(const Certified& one) { return rejected(one).empty(); }

/// Each of these says something else than before, and nothing that is true.
std::vector<CertificateEntry> lies(const Certified& one, const CertificateEntry& entry) {
  std::vector<CertificateEntry> result;
  if (const auto* split = std::get_if<Split>(&entry)) {
    result.push_back(Split{split->decision, one.problem.decisions[split->decision].values.back()});
    result.push_back(Split{split->decision, split->at + 0.25});
    result.push_back(Split{one.problem.decisions.size(), split->at});
    result.push_back(Split{split->decision, split->at - 1e6});
  }
  if (const auto* rank = std::get_if<RankReason>(&entry)) {
    CountRank other = rank->least;
    ++other.peak;
    result.push_back(RankReason{other});
    other = rank->least;
    other.mean += 1e-3;
    result.push_back(RankReason{other});
    other = rank->least;
    other.memory += 1;
    result.push_back(RankReason{other});
  }
  if (const auto* miss = std::get_if<MissReason>(&entry)) {
    MissReason other = *miss;
    other.figure = miss->figure * (1.0 + 1e-6) + 1e-300;
    if (!std::isinf(miss->figure)) result.push_back(other);
    other = *miss;
    other.figure = 0.0;
    result.push_back(other);
    other = *miss;
    other.service = one.problem.system.services.size();
    result.push_back(other);
    other = *miss;
    other.limit = miss->limit == LimitKind::data_loss ? LimitKind::loss_zone : LimitKind::data_loss;
    result.push_back(other);
    other = *miss;
    other.component = one.problem.system.components.size();
    other.basis = Basis::component;
    result.push_back(other);
  }
  if (const auto* all = std::get_if<PlacementsReason>(&entry))
    result.push_back(PlacementsReason{all->placements + 1});
  return result;
}

}  // namespace

TEST_CASE("verify: a check that was stopped says so and calls nothing wrong") {
  for (const Certified& one : certificates()) {
    for (const int asked : {0, 1, 3}) {
      int left = asked;
      Verifier verifier(one.problem, one.head, [&] { return left-- <= 0; });
      std::optional<std::string> wrong = verifier.check_head();
      for (auto entry = one.entries.begin(); entry != one.entries.end() && !wrong; ++entry)
        wrong = verifier.check(*entry);
      if (!wrong) wrong = verifier.check_end();
      CHECK(wrong.has_value() == verifier.stopped());
    }
    Verifier verifier(one.problem, one.head, [] { return false; });
    CHECK_FALSE(verifier.check_head().has_value());
    CHECK_FALSE(verifier.stopped());
  }
}

TEST_CASE("verify: rejects a certificate with an entry left out, twice, or at the wrong place") {
  for (const Certified& one : certificates()) {
    REQUIRE(accepted(one));
    for (std::size_t i = 0; i < one.entries.size(); ++i) {
      CAPTURE(i);
      Certified other = one;
      other.entries.erase(other.entries.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK_FALSE(accepted(other));
      other = one;
      other.entries.insert(other.entries.begin() + static_cast<std::ptrdiff_t>(i), one.entries[i]);
      CHECK_FALSE(accepted(other));
      other = one;
      other.entries.push_back(one.entries[i]);
      CHECK_FALSE(accepted(other));
      other = one;
      other.entries.resize(i);
      CHECK_FALSE(accepted(other));
    }
  }
}

TEST_CASE("verify: rejects a certificate of which one entry lies") {
  int told = 0;
  for (const Certified& one : certificates())
    for (std::size_t i = 0; i < one.entries.size(); ++i)
      for (const CertificateEntry& lie : lies(one, one.entries[i])) {
        CAPTURE(i);
        Certified other = one;
        other.entries[i] = lie;
        CHECK_FALSE(accepted(other));
        ++told;
      }
  CHECK(told > 200);
}

TEST_CASE("verify: rejects any reason where another one was needed") {
  int told = 0;
  for (const Certified& one : certificates())
    for (std::size_t i = 0; i < one.entries.size(); ++i) {
      if (!std::holds_alternative<MissReason>(one.entries[i])) continue;
      for (const CertificateEntry& lie :
           {CertificateEntry{RankReason{one.head.rank}}, CertificateEntry{RoomReason{}},
            CertificateEntry{PlacementsReason{1}}}) {
        Certified other = one;
        other.entries[i] = lie;
        if (std::holds_alternative<PlacementsReason>(lie) && one.problem.system.nodes.empty())
          continue;  // without nodes there is one placement, and a single choice does miss
        CHECK_FALSE(accepted(other));
        ++told;
      }
    }
  CHECK(told > 50);
}

TEST_CASE("verify: rejects a plan that is not one, or not of the rank that is claimed") {
  int looked_at = 0;
  for (const Certified& one : certificates()) {
    if (!one.head.has_plan) continue;
    ++looked_at;
    Certified other = one;
    --other.head.rank.peak;
    CHECK_FALSE(accepted(other));
    other = one;
    ++other.head.rank.cpu;
    CHECK_FALSE(accepted(other));
    other = one;
    other.head.plan.components.pop_back();
    CHECK_FALSE(accepted(other));
    other = one;
    other.head.plan.toleration_seconds += 100'000;
    CHECK_FALSE(accepted(other));
    other = one;
    other.head.witness.clear();
    CHECK_FALSE(accepted(other));
    other = one;
    other.head.has_plan = false;
    CHECK_FALSE(accepted(other));
    // Objectives that the plan does not keep.
    other = one;
    bool stricter = false;
    for (Objective& objective : other.problem.objectives)
      if (objective.max_unavailability) {
        *objective.max_unavailability *= 1e-9;
        stricter = true;
      }
    if (stricter) CHECK_FALSE(accepted(other));
    for (std::size_t d = 0; d < one.problem.decisions.size(); ++d) {
      other = one;
      assign(other.head.plan, one.problem.decisions[d],
             one.problem.decisions[d].values.back() + 1000.0);
      CHECK_FALSE(accepted(other));
    }
  }
  CHECK(looked_at > 5);
}

TEST_CASE("verify: rejects the certificate of a problem whose limits were stricter") {
  int looked_at = 0;
  for (const Certified& one : certificates()) {
    bool misses = false;
    for (const CertificateEntry& entry : one.entries)
      misses = misses || std::holds_alternative<MissReason>(entry);
    if (!misses) continue;
    Certified other = one;
    for (Objective& objective : other.problem.objectives) {
      objective.max_unavailability.reset();
      objective.max_error_ratio.reset();
      objective.max_recovery_time.reset();
      objective.max_response_time.reset();
      objective.max_node_loss.reset();
      objective.max_zone_loss.reset();
      objective.max_replica_loss.reset();
      objective.max_primary_loss.reset();
      objective.max_data_loss.reset();
    }
    CHECK_FALSE(accepted(other));
    ++looked_at;
  }
  CHECK(looked_at > 15);
}

}  // namespace haplan::test
