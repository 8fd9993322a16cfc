#include "solver/verify/series.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>
#include <map>
#include <random>

#include "solver/ownership.hpp"
#include "solver/spending.hpp"
#include "solver/witness.hpp"
#include "tests/solver/certified.hpp"
#include "tests/solver/exhaustive.hpp"
#include "tests/solver/random_problem.hpp"

namespace haplan::test {

using namespace solver;

namespace {

/// Every deployment keeps these.
Problem asking_nothing(Problem problem) {
  problem.objectives.clear();
  for (model::ServiceId s = 0; s < problem.system.services.size(); ++s) {
    Objective objective;
    objective.service = s;
    objective.max_unavailability = 2.0;
    problem.objectives.push_back(objective);
  }
  return problem;
}

/// A domain above the zones, and a third level.
Problem with_more(Problem problem, std::uint64_t seed) {
  model::System& system = problem.system;
  if (!system.domains.empty() && seed % 2 == 0) {
    constexpr double kYear = 365.25 * 86400.0;
    for (model::Domain& zone : system.domains) zone.parent = system.domains.size();
    system.domains.push_back(
        {"north", "region", std::nullopt, {{"outage", 1.0 / (5.0 * kYear), 7200.0}}, false});
  }
  if (system.levels.size() == 2 && seed % 3 == 0) {
    system.levels[1].share = 0.6;
    system.levels.push_back(system.levels[1]);
    system.levels[2].name = "night";
    system.levels[2].share = 0.3;
    system.levels[2].rate = model::Rational{20, 1};
  }
  return problem;
}

/// Money counts, first or last or alone, and budgets of every kind are there to be kept.
Problem with_money(Problem problem, std::uint64_t seed, std::size_t roll) {
  for (model::Component& component : problem.system.components)
    component.uses = {{"licences", model::Rational{1 + static_cast<int>((seed + roll) % 3), 2}}};
  problem.prices = {{"cpu", {20, 1}}, {"memory", {seed % 2 == 0 ? 3 : 7, seed % 2 == 0 ? 1 : 13}}};
  if (seed % 5 > 1) problem.minimize = {Preference::cost};
  if (seed % 5 == 3) problem.minimize.push_back(Preference::replicas);
  if (seed % 5 == 4) problem.minimize.insert(problem.minimize.begin(), Preference::replicas);
  const int most = 2 + static_cast<int>(roll);
  using Kind = Budget::Kind;
  problem.budgets = {{Kind::cost, "cost", {8 * most, 1}},
                     {Kind::cpu, "cpu", {most, 2}},
                     {Kind::uses, "licences", {2 * most, 3}},
                     {Kind::replicas, "replicas", {most, 1}}};
  return problem;
}

/// The largest figure that it says every deployment exceeds, to a thousandth; 0: it says nothing.
double claimed(Series& series, const Box& box, model::ServiceId service, const HostCounts& hosts,
               std::optional<std::size_t> budget) {
  double low = 0.0;
  double high = 0.999;
  for (double figure = 1e-9; figure < high; figure *= 2.0) {
    const auto answer = series.judge(box, service, hosts, figure, budget);
    if (!answer) return 0.0;
    if (!answer->excluded) {
      high = figure;
      break;
    }
    low = figure;
  }
  while (low > 0.0 && high > low * 1.001) {
    const double middle = (low + high) / 2.0;
    (series.judge(box, service, hosts, middle, budget)->excluded ? low : high) = middle;
  }
  return low;
}

}  // namespace

TEST_CASE("series: no deployment of a box that ranks before a plan is below what it claims") {
  std::mt19937_64 random(11);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int compared = 0;
  int near = 0;
  int shared = 0;
  int ranked = 0;
  int drained = 0;
  int zoned = 0;
  int three = 0;
  std::vector<int> limited(4, 0);
  int cheap = 0;
  for (std::uint64_t seed = 1; seed <= 110; ++seed) {
    Problem problem = with_more(asking_nothing(random_problem(seed, seed % 8 == 0)), seed);
    constexpr std::size_t kLimit = 3'000;
    const auto plans = every_plan(problem, kLimit);
    if (!plans || plans->empty()) continue;
    problem = with_money(std::move(problem), seed, below(6));
    const auto witness = unlucky_nodes(problem);
    const auto scattered = scattered_nodes(problem);
    for (int round = 0; round < 8; ++round) {
      Box box(problem);
      for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
        const std::size_t at = below(problem.decisions[d].values.size());
        if (at > 0 && below(3) == 0) box.keep_after(d, at - 1);
        if (at >= box.of(d).first && below(3) == 0) box.keep_up_to(d, at);
      }
      Relaxation relaxation(problem, witness);
      Choices& choices = relaxation.choices;
      std::optional<CountRank> plan;
      if (round % 3 > 0) plan = choices.rank_of((*plans)[below(plans->size())].deployment);
      std::optional<std::size_t> budget;
      if (!plan && below(4) > 0) budget = below(problem.budgets.size());
      const auto keeps = [&](const model::Deployment& one) {
        if (budget) return budget_uses(problem, one)[*budget].kept;
        return !plan || !not_before(choices.rank_of(one), *plan, problem.minimize);
      };
      Series series(relaxation, scattered, plan);
      if (!series.applies(box)) continue;
      for (model::ServiceId s = 0; s < problem.system.services.size(); ++s) {
        double least = 1.0;
        bool any = false;
        for (const FeasiblePlan& one : *plans) {
          if (!holds(problem, box, one.deployment)) continue;
          if (!keeps(one.deployment)) continue;
          least = std::min(least, one.worst[s]);
          any = true;
        }
        if (!any) continue;
        HostCounts hosts = own_nodes(series, choices, scattered, box, s, below(3) > 0);
        if (below(4) == 0)
          for (std::size_t& one : hosts.own) one = std::min<std::size_t>(one, below(3));
        // Whatever is shared is sound; what two share twice is not told.
        const bool any_shared = below(4) == 0;
        for (model::ComponentId c = 0; c < hosts.own.size() && any_shared; ++c)
          if (series.may_own(s, c)) hosts.shared[c] = below(scattered[c].size() - hosts.own[c] + 1);
        const double figure = claimed(series, box, s, hosts, budget);
        CAPTURE(seed);
        CAPTURE(round);
        CAPTURE(s);
        CHECK(figure <= least * (1.0 + 1e-9));
        ++compared;
        ranked += plan.has_value();
        near += figure >= 0.9 * least;
        shared += figure >= 0.9 * least &&
                  std::ranges::any_of(hosts.shared, [](std::size_t n) { return n > 0; });
        drained += problem.system.drain.has_value() && figure >= 0.9 * least;
        if (budget && figure >= 0.9 * least) ++limited[*budget];
        cheap += plan && problem.minimize.front() == Preference::cost && figure >= 0.9 * least;
        three += problem.system.levels.size() == 3 && plan && figure >= 0.9 * least;
        zoned += !problem.system.domains.empty() && figure >= 0.9 * least;
      }
    }
  }
  CHECK(compared > 300);
  CHECK(ranked > 100);
  CHECK(near > 100);
  CHECK(shared > 20);
  CHECK(drained > 10);
  CHECK(zoned > 10);
  CHECK(three > 10);
  for (const int one : limited) CHECK(one > 10);
  CHECK(cheap > 20);
}

TEST_CASE("series: what it claims of one choice is below that choice on the nodes of its witness") {
  std::mt19937_64 random(5);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int compared = 0;
  int shared = 0;
  int near = 0;
  int drained = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Problem problem = asking_nothing(random_problem(seed));
    model::System& system = problem.system;
    if (system.nodes.empty()) continue;
    for (model::Domain& domain : system.domains) domain.modes.clear();  // nobody moves then
    for (model::Node& node : system.nodes)
      for (model::DomainMode& mode : node.modes) mode.rate *= 30.0;
    Box box(problem);
    model::Deployment plan = problem.before;
    for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
      const std::size_t at = below(problem.decisions[d].values.size());
      if (at > 0) box.keep_after(d, at - 1);
      box.keep_up_to(d, at);
      assign(plan, problem.decisions[d], problem.decisions[d].values[at]);
    }
    const auto scattered = scattered_nodes(problem);
    Relaxation relaxation(problem, unlucky_nodes(problem));
    Series series(relaxation, scattered, std::nullopt);
    if (!series.applies(box)) continue;
    for (model::ComponentId c = 0; c < system.components.size(); ++c)
      if (system.components[c].replicated())
        plan.components[c].nodes.assign(
            scattered[c].begin(),
            scattered[c].begin() + model::largest_replicas(system, plan.components[c], c));
    const auto exact = model::evaluate(system, plan);
    if (!exact) continue;
    for (model::ServiceId s = 0; s < system.services.size(); ++s) {
      HostCounts hosts = own_nodes(series, relaxation.choices, scattered, box, s, false);
      for (model::ComponentId c = 0; c < hosts.own.size(); ++c)
        if (series.may_own(s, c)) {
          hosts.own[c] = below(hosts.own[c] + 1);
          hosts.shared[c] = below(scattered[c].size() - hosts.own[c] + 1);
        }
      const double figure = claimed(series, box, s, hosts, std::nullopt);
      const double truth = exact->services[s].unavailability.upper;
      CAPTURE(seed);
      CAPTURE(s);
      CHECK(figure <= truth * (1.0 + 1e-9));
      ++compared;
      const bool any = std::ranges::any_of(hosts.shared, [](std::size_t n) { return n > 0; });
      shared += any && figure > 0.0;
      near += any && figure >= 0.98 * truth;
      drained += any && system.drain && figure >= 0.98 * truth;
    }
  }
  CHECK(compared > 200);
  CHECK(shared > 100);
  CHECK(near > 50);
  CHECK(drained > 10);
}

TEST_CASE("series: a certificate with a sum is accepted, and rejected where the sum lies") {
  int certificates = 0;
  int told = 0;
  int collisions = 0;
  for (std::uint64_t seed = 1; certificates < 15; ++seed) {
    const Problem problem = random_problem(seed);
    const auto outcome = solve(problem, {.explain = false});
    REQUIRE(outcome.has_value());
    if (outcome->status != Status::optimal && outcome->status != Status::infeasible) continue;
    const Certified one = certified(problem, *outcome);
    constexpr std::size_t kMost = 40;
    const auto found = std::ranges::find_if(one.entries, [](const CertificateEntry& entry) {
      return std::holds_alternative<SeriesReason>(entry);
    });
    if (found == one.entries.end() || one.entries.size() > kMost) continue;
    ++certificates;
    CAPTURE(seed);
    REQUIRE(rejected(one) == "");
    const auto at = static_cast<std::size_t>(found - one.entries.begin());
    const auto& truth = std::get<SeriesReason>(*found);
    const auto reject = [&](const SeriesReason& lie) {
      Certified other = one;
      other.entries[at] = lie;
      CHECK(rejected(other) != "");
      ++told;
    };
    SeriesReason lie = truth;
    lie.service = problem.system.services.size();
    reject(lie);
    lie = truth;
    lie.figure *= 1.0 - 1e-8;  // within the limit
    reject(lie);
    lie.figure = 1.0;
    reject(lie);
    lie.figure = std::numeric_limits<double>::quiet_NaN();
    reject(lie);
    lie = truth;
    lie.hosts.own.pop_back();
    reject(lie);
    lie = truth;
    lie.hosts.shared.pop_back();
    reject(lie);
    for (model::ComponentId c = 0; c < truth.hosts.own.size(); ++c)
      for (auto* replicas : {&lie.hosts.own, &lie.hosts.shared}) {
        lie = truth;
        (*replicas)[c] = std::numeric_limits<std::size_t>::max();
        reject(lie);
      }
    lie = truth;
    lie.scattered.assign(truth.hosts.own.size() + 1, {});
    reject(lie);
    lie.scattered.assign(truth.hosts.own.size(), {});
    lie.scattered[0] = {problem.system.nodes.size()};
    reject(lie);
    // Nodes that two components call their own.
    std::map<model::NodeId, model::ComponentId> owner;
    for (model::ComponentId c = 0; c < truth.hosts.own.size(); ++c)
      for (std::size_t i = 0; i < truth.hosts.own[c] && truth.scattered.empty(); ++i)
        owner[one.head.scattered[c][i]] = c;
    for (model::ComponentId c = 0; c < truth.hosts.own.size(); ++c)
      for (std::size_t i = 0; i < one.head.scattered[c].size(); ++i) {
        const auto other = owner.find(one.head.scattered[c][i]);
        if (other == owner.end() || other->second == c || i < truth.hosts.own[c]) continue;
        lie = truth;
        lie.hosts.own[c] = i + 1;
        lie.hosts.shared[c] = 0;
        reject(lie);
        ++collisions;
      }
    // Another witness: all on one node, on nodes that do not exist, on none.
    if (problem.system.nodes.empty() || !truth.scattered.empty()) continue;
    Certified other = one;
    other.head.scattered.clear();
    CHECK(rejected(other) != "");
    other = one;
    other.head.scattered.back().push_back(problem.system.nodes.size());
    CHECK(rejected(other) != "");
    other = one;
    for (auto& nodes : other.head.scattered) nodes.clear();
    CHECK(rejected(other) != "");
  }
  CHECK(told > 100);
  CHECK(collisions > 10);
}

}  // namespace haplan::test
