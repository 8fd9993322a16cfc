#include <algorithm>
#include <array>
#include <cmath>
#include <doctest/doctest.h>
#include <map>
#include <random>

#include "model/availability/breakdown.hpp"
#include "model/availability/cut_sets.hpp"
#include "model/availability/evaluate.hpp"
#include "model/availability/guarantee.hpp"
#include "model/availability/importance.hpp"
#include "tests/support/near.hpp"

namespace haplan::model {

using test::near_relative;

namespace {

/// A component of two kinds of replicas and an external, both required or either, at two loads.
struct Mixed {
  System system;
  Deployment deployment;
  std::vector<double> u;          ///< per variant
  std::vector<double> rate;       ///< [1/s] per variant, while up
  std::vector<int> count;         ///< per variant
  std::vector<Rational> carries;  ///< throughput times maxUtilization, per variant
  bool by_throughput = false;
  bool either = false;
};

Requirement of(ComponentId component) {
  return {.kind = Requirement::Kind::component, .component = component};
}

Mixed random_mixed(std::mt19937_64& random) {
  const auto pick = [&random](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  Mixed mixed;
  System& system = mixed.system;
  system.levels = {
      {.name = "low", .share = 0.7, .rate = Rational{pick(0, 20), 1}},
      {.name = "high", .share = 0.3, .rate = Rational{pick(21, 60), 1}, .every = 7200}};
  mixed.by_throughput = pick(0, 2) > 0;
  mixed.either = pick(0, 1) == 1;
  Component component;
  component.name = "a";
  component.mix = true;
  if (!mixed.by_throughput) component.need = {pick(1, 2), pick(1, 3)};
  component.common_causes = {{"bad", 1e-6, 600.0}};
  ComponentPlan plan;
  plan.replicas = 0;
  const int kinds = pick(2, 3);
  for (int v = 0; v < kinds; ++v) {
    Component variant = component;
    variant.mix = false;
    variant.variants.clear();
    variant.name = "v" + std::to_string(v);
    const double repair = 60.0 * pick(1, 200);
    variant.modes = {{.name = "crash",
                      .rate = 1e-5 * pick(1, 300),
                      .detection = Detection::manual,
                      .repair = repair}};
    variant.retry = 0.1 * v;
    mixed.carries.push_back({pick(1, 40) * 9, 20});
    if (mixed.by_throughput) variant.throughput = Rational{mixed.carries.back().num, 18};
    const double load = variant.modes[0].rate * repair;
    mixed.u.push_back(load / (1.0 + load));
    mixed.rate.push_back(variant.modes[0].rate);
    mixed.count.push_back(pick(v == 0 ? 1 : 0, 3));
    component.variants.push_back(std::move(variant));
    ComponentPlan own;
    own.replicas = mixed.count.back();
    plan.replicas += own.replicas;
    plan.variants.push_back(own);
  }
  if (std::ranges::count_if(mixed.count, [](int n) { return n > 0; }) < 2) {
    mixed.count[1] = plan.variants[1].replicas = 1;
    plan.replicas = 0;
    for (const int n : mixed.count) plan.replicas += n;
  }
  Component other;
  other.name = "b";
  other.type = ComponentType::external;
  other.external = External{.unavailability = 0.01, .rate = 0.01 / (0.99 * 3600.0), .repair = 3600};
  system.components = {component, other};
  Requirement needed;
  Requirement gate{.kind = mixed.either ? Requirement::Kind::any : Requirement::Kind::all};
  gate.of = {of(0), of(1)};
  needed.of = {gate};
  system.services = {{.name = "s", .requires_ = needed, .load = std::nullopt}};
  mixed.deployment.components.resize(2);
  mixed.deployment.components[0] = plan;
  return mixed;
}

/// Which replicas there are, one after another.
std::vector<std::size_t> replicas_of(const Mixed& mixed) {
  std::vector<std::size_t> kinds;
  for (std::size_t v = 0; v < mixed.count.size(); ++v)
    kinds.insert(kinds.end(), static_cast<std::size_t>(mixed.count[v]), v);
  return kinds;
}

/// Enough replicas serve at a level; by fractions of whole numbers.
bool serves(const Mixed& mixed, LevelId level, std::size_t serving) {
  const auto kinds = replicas_of(mixed);
  std::int64_t carried = 0;  // in twentieths
  int number = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if ((serving >> i & 1U) == 0) continue;
    carried += mixed.carries[kinds[i]].num;
    ++number;
  }
  if (!mixed.by_throughput) return number >= *mixed.system.components[0].need[level];
  // The external's rate is that of the level too; in `either` it is a's, the first member.
  return number >= 1 && carried >= 20 * mixed.system.levels[level].rate->num;
}

struct Witness {
  std::array<double, 2> down{};
  double frequency = 0.0;  ///< [1/s] with entries
  std::map<std::string, double> birnbaum;
};

/// P(service down at the level) by listing all states, with some of the unavailabilities replaced.
double listed(const Mixed& mixed, LevelId level, const std::vector<double>& u, double cause,
              double external) {
  const auto kinds = replicas_of(mixed);
  double total = 0.0;
  for (std::size_t serving = 0; serving < (std::size_t{1} << kinds.size()); ++serving) {
    double p = 1.0;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      p *= (serving >> i & 1U) != 0 ? 1.0 - u[kinds[i]] : u[kinds[i]];
    const double a = serves(mixed, level, serving) ? cause : 1.0;
    total += p * (mixed.either ? a * external : a + external - a * external);
  }
  return total;
}

Witness witness_of(const Mixed& mixed) {
  constexpr double kCauseLoad = 1e-6 * 600.0;
  const double cause = kCauseLoad / (1.0 + kCauseLoad);
  const External& external = *mixed.system.components[1].external;
  Witness witness;
  for (LevelId l = 0; l < 2; ++l) {
    const double share = mixed.system.levels[l].share;
    witness.down[l] = listed(mixed, l, mixed.u, cause, external.unavailability);
    const double c = cause;
    const double e = external.unavailability;
    // In a state in which a would serve but for the cause; in one in which a alone decides or does not.
    double by_cause = 0.0;
    double by_external = 0.0;
    const auto kinds = replicas_of(mixed);
    for (std::size_t serving = 0; serving < (std::size_t{1} << kinds.size()); ++serving) {
      double p = 1.0;
      for (std::size_t i = 0; i < kinds.size(); ++i)
        p *= (serving >> i & 1U) != 0 ? 1.0 - mixed.u[kinds[i]] : mixed.u[kinds[i]];
      const bool enough = serves(mixed, l, serving);
      const double down = enough ? c : 1.0;
      if (enough) by_cause += p * (mixed.either ? e : 1.0 - e);
      by_external += p * (mixed.either ? down : enough ? 1.0 - c : 0.0);
    }
    witness.birnbaum["bad"] += share * by_cause;
    witness.birnbaum["b"] += share * by_external;
    witness.frequency +=
        share * (1e-6 * (1.0 - cause) * by_cause + external.rate * (1.0 - e) * by_external);
    // Of like replicas one at a time: a kind of its own.
    for (std::size_t v = 0; v < mixed.u.size(); ++v) {
      if (mixed.count[v] == 0) continue;
      Mixed apart = mixed;
      --apart.count[v];
      apart.count.push_back(1);
      apart.u.push_back(0.0);
      apart.carries.push_back(mixed.carries[v]);
      const double kept = listed(apart, l, apart.u, c, e);
      apart.u.back() = 1.0;
      const double lost = listed(apart, l, apart.u, c, e);
      const double deciding = mixed.count[v] * (lost - kept);
      witness.birnbaum["v" + std::to_string(v)] += share * deciding;
      witness.frequency += share * mixed.rate[v] * (1.0 - mixed.u[v]) * deciding;
    }
  }
  // Entry of the high level: up at the low load, down at the high one, in the same state.
  const auto kinds = replicas_of(mixed);
  double entered = 0.0;
  for (std::size_t serving = 0; serving < (std::size_t{1} << kinds.size()); ++serving) {
    double p = 1.0;
    for (std::size_t i = 0; i < kinds.size(); ++i)
      p *= (serving >> i & 1U) != 0 ? 1.0 - mixed.u[kinds[i]] : mixed.u[kinds[i]];
    if (!serves(mixed, 0, serving) || serves(mixed, 1, serving)) continue;
    entered += p * (1.0 - cause) *
               (mixed.either ? external.unavailability : 1.0 - external.unavailability);
  }
  witness.frequency += entered / mixed.system.levels[1].every;
  return witness;
}

}  // namespace

TEST_CASE("mixed: unavailability, frequency and importance are those of a list of all states") {
  std::mt19937_64 random(17);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const Mixed mixed = random_mixed(random);
    const Witness witness = witness_of(mixed);
    const auto evaluation = evaluate(mixed.system, mixed.deployment);
    REQUIRE(evaluation);
    const ServiceFigures& figures = evaluation->services[0];
    const double all = 0.7 * witness.down[0] + 0.3 * witness.down[1];
    CHECK(near_relative(figures.unavailability.value, all, 1e-12));
    CHECK(near_relative(figures.level_unavailability[0], witness.down[0], 1e-12));
    CHECK(near_relative(figures.level_unavailability[1], witness.down[1], 1e-12));
    CHECK(near_relative(figures.independent, all, 1e-12));  // nothing is shared
    // Derivatives of what is all but certainly down are differences without digits.
    if (all > 0.999) continue;
    CHECK(near_relative(figures.outage_frequency, witness.frequency, 1e-9));
    double shares = 0.0;
    double frequencies = 0.0;
    for (const Cause& cause : figures.causes) {
      shares += cause.share;
      frequencies += cause.frequency;
    }
    CHECK(near_relative(shares, all, 1e-9));
    for (const double entry : figures.entry_frequency) frequencies += entry;
    CHECK(near_relative(frequencies, witness.frequency, 1e-9));
    const auto guaranteed =
        guaranteed_unavailability(mixed.system, mixed.deployment, std::vector<CarriedRules>(2));
    REQUIRE(guaranteed);
    CHECK(near_relative((*guaranteed)[0].value, all, 1e-12));

    const auto weights = importance(mixed.system, mixed.deployment);
    REQUIRE(weights);
    for (const Importance& one : (*weights)[0]) {
      const std::string& name = one.mode.empty() ? one.subject : one.mode;
      CAPTURE(name);
      CHECK(near_relative(one.birnbaum, witness.birnbaum.at(name), 1e-9));
    }
  }
}

TEST_CASE("mixed: minimal cut sets cover what is down, and each is one") {
  std::mt19937_64 random(18);
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    const Mixed mixed = random_mixed(random);
    const auto sets = minimal_cut_sets(
        mixed.system, mixed.deployment,
        {.most_events = 12, .least_share = 0.0, .most_sets = 100'000, .work_limit = 10'000'000});
    REQUIRE(sets);
    const auto kinds = replicas_of(mixed);
    // What is down with nothing failed is in no cut set.
    const std::size_t all = (std::size_t{1} << kinds.size()) - 1;
    if (serves(mixed, 0, all) && serves(mixed, 1, all)) CHECK((*sets)[0].remainder <= 1e-12);
    for (const CutSet& set : (*sets)[0].sets) {
      std::vector<int> out(mixed.count.size(), 0);
      bool external = false;
      bool cause = false;
      for (const CutEvent& event : set.events) {
        if (event.kind == CauseKind::external) external = true;
        if (event.kind == CauseKind::common_cause) cause = true;
        if (event.kind == CauseKind::replica)
          ++out[static_cast<std::size_t>(event.mode.back() - '0')];
      }
      std::size_t serving = 0;
      std::vector<int> gone = out;
      for (std::size_t i = 0; i < kinds.size(); ++i)
        if (gone[kinds[i]]-- <= 0) serving |= std::size_t{1} << i;
      for (const LevelId level : set.levels) {
        const bool a_down = cause || !serves(mixed, level, serving);
        CHECK((mixed.either ? a_down && external : a_down || external));
      }
    }
  }
}

TEST_CASE("mixed: variants that do not differ are replicas of one kind, in every figure") {
  std::mt19937_64 random(19);
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    Mixed mixed = random_mixed(random);
    Component& component = mixed.system.components[0];
    for (Component& variant : component.variants) {
      const std::string name = variant.name;
      variant = component.variants.front();
      variant.name = name;
      variant.service_time = component.service_time = {1, 50};
    }
    System plain = mixed.system;
    Component alike = component.variants.front();
    alike.name = component.name;
    plain.components[0] = alike;
    Deployment deployment = mixed.deployment;
    deployment.components[0].variants.clear();
    const auto a = evaluate(mixed.system, mixed.deployment);
    const auto b = evaluate(plain, deployment);
    REQUIRE(a);
    REQUIRE(b);
    const ServiceFigures& x = a->services[0];
    const ServiceFigures& y = b->services[0];
    CHECK(near_relative(x.unavailability.value, y.unavailability.value, 1e-12));
    CHECK(near_relative(x.independent, y.independent, 1e-12));
    if (x.unavailability.value < 0.999) {  // as above
      CHECK(near_relative(x.outage_frequency, y.outage_frequency, 1e-9));
      CHECK(near_relative(x.mean_outage, y.mean_outage, 1e-9));
    }
    CHECK(near_relative(x.error_ratio, y.error_ratio, 1e-12));
    CHECK(x.recovery.has_value() == y.recovery.has_value());
    CHECK(near_relative(x.worst_response_time, y.worst_response_time, 1e-12));
    REQUIRE(x.losses.size() == y.losses.size());
    for (std::size_t i = 0; i < x.losses.size(); ++i) {
      CHECK(near_relative(x.losses[i].until_up, y.losses[i].until_up, 1e-12));
      CHECK(near_relative(x.losses[i].until_avoided, y.losses[i].until_avoided, 1e-12));
      CHECK(near_relative(x.losses[i].failed_share, y.losses[i].failed_share, 1e-12));
      CHECK(x.losses[i].already_down == y.losses[i].already_down);
    }
  }
}

TEST_CASE("mixed: the terms of the error ratio are those of each variant, and sum to it") {
  std::mt19937_64 random(20);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    const Mixed mixed = random_mixed(random);
    const auto evaluation = evaluate(mixed.system, mixed.deployment);
    const auto parts = breakdown(mixed.system, mixed.deployment);
    REQUIRE(evaluation);
    REQUIRE(parts);
    double sum = 0.0;
    for (const auto& level : (*parts)[0].error_levels) sum += level.weight * level.down;
    for (const auto& term : (*parts)[0].error_terms)
      sum += (*parts)[0].error_levels[term.level].weight * term.failed;
    CHECK(near_relative(evaluation->services[0].error_ratio, sum, 1e-12));
  }
}

}  // namespace haplan::model
