#include "solver/known_figures.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "solver/workbench.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

void put(std::vector<double>& all, const std::vector<double>& more) {
  all.push_back(static_cast<double>(more.size()));
  all.insert(all.end(), more.begin(), more.end());
}

/// Every number of an option's figures.
std::vector<double> numbers_of(const OptionFigures& f) {
  std::vector<double> all{static_cast<double>(f.probe),
                          static_cast<double>(f.controller),
                          f.checks,
                          f.worst_low,
                          f.worst_sure,
                          f.high.whole,
                          f.high.zones,
                          static_cast<double>(f.high.nodes),
                          f.high.reschedule};
  for (const auto* list : {&f.calm_low, &f.outside_low, &f.outside_high, &f.misrouted_low,
                           &f.misrouted_high, &f.high.calm})
    put(all, *list);
  for (const OwnNodes& alone : f.alone) {
    for (const auto* list : {&alone.plain, &alone.credit, &alone.several}) put(all, *list);
    put(all, {alone.drained, alone.absent, alone.gain, static_cast<double>(alone.nodes),
              alone.zone_lost, alone.plainly, static_cast<double>(alone.in_domain)});
  }
  for (const auto& levels : f.high.given)
    for (const auto& g : levels) put(all, {g.quiet, g.plain, g.credit, g.lost, g.drained});
  for (const auto& list : f.high.apart)
    for (const auto& apart : list) put(all, {apart.plain, apart.credit});
  for (const Ends& ends : f.loss) put(all, {ends.low, ends.high});
  return all;
}

/// Of every component at every count, with headroom and without.
std::vector<double> all_figures(const Problem& problem, Run* run) {
  SolveOptions options;
  options.run = run;
  Workbench bench(problem, options, numbers_before(problem));
  const Allowed allowed = all_values(problem);
  std::vector<double> all;
  for (const model::ComponentId c : bench.replicated)
    for (std::size_t o = 0; o < bench.space.components[c].options.size(); ++o)
      for (const bool headroom : {false, true})
        for (const OptionFigures& figures : bench.options(c, o, allowed, headroom).figures)
          put(all, numbers_of(figures));
  return all;
}

/// Changes of everything that figures depend on, and of some things that they do not.
std::vector<Problem> changed(const Problem& problem) {
  std::vector<Problem> all{problem};
  const auto change = [&](const auto& how) {
    Problem other = problem;
    how(other);
    all.push_back(std::move(other));
  };
  using model::LossKind;
  change([](Problem& p) { p.objectives.clear(); });
  for (const auto limit : {&Objective::max_node_loss, &Objective::max_zone_loss,
                           &Objective::max_replica_loss, &Objective::max_primary_loss})
    change([&](Problem& p) {
      if (p.objectives.empty()) p.objectives.emplace_back();
      p.objectives.front().*limit = 100.0;
    });
  change([](Problem& p) {
    for (model::Node& node : p.system.nodes)
      for (model::DomainMode& mode : node.modes) mode.repair *= 0.5;
  });
  change([](Problem& p) {
    for (model::Domain& domain : p.system.domains)
      for (model::DomainMode& mode : domain.modes) mode.rate *= 2.0;
  });
  change([](Problem& p) { p.system.drain = model::Drain{864000.0, 700.0}; });
  change([](Problem& p) { p.system.node_detection.mean += 5.0; });
  change([](Problem& p) { p.system.propagation += 1.0; });
  change([](Problem& p) {
    for (model::Component& component : p.system.components) {
      component.start += 1.0;
      component.retry = 0.5;
    }
  });
  change([](Problem& p) {
    for (model::Component& component : p.system.components)
      component.common_causes.push_back({"releases", 1e-6, 60.0});
  });
  change([](Problem& p) {
    for (model::Component& component : p.system.components)
      for (model::FailureMode& mode : component.modes) mode.rate *= 3.0;
  });
  change([](Problem& p) {
    for (model::Component& component : p.system.components)
      if (component.failover) component.failover->manual *= 0.5;
  });
  change([](Problem& p) {
    for (model::Component& component : p.system.components)
      component.need.assign(p.system.levels.size(), 2);
  });
  // Nodes that only one of the others may not use are no longer alike for any.
  change([](Problem& p) {
    if (p.system.nodes.size() < 2) return;
    model::Component& last = p.system.components.back();
    if (last.allowed.size() > 1) last.allowed.pop_back();
  });
  for (const auto rule : {&model::CarriedRules::spread, &model::CarriedRules::allowed})
    change([&](Problem& p) {
      for (model::CarriedRules& rules : p.rules) rules.*rule = !(rules.*rule);
    });
  change([](Problem& p) {
    // Where replicas stay their number is no decision.
    for (std::size_t c = 0; c < p.placement_open.size(); ++c)
      if (std::ranges::none_of(p.decisions, [c](const Decision& d) { return d.component == c; }))
        p.placement_open[c] = false;
  });
  change([](Problem& p) { p.before.toleration_seconds += 10; });
  change([](Problem& p) {
    for (model::Level& level : p.system.levels) level.ramp *= 2.0;
  });
  return all;
}

}  // namespace

TEST_CASE("known figures: are those that every problem computes for itself") {
  std::size_t compared = 0;
  std::size_t different = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Problem problem = random_problem(seed);
    const std::vector<double> unchanged = all_figures(problem, nullptr);
    Run run({});
    // The second time everything is known.
    for (int round = 0; round < 2; ++round)
      for (const Problem& other : changed(problem)) {
        const std::vector<double> own = all_figures(other, nullptr);
        CHECK(all_figures(other, &run) == own);
        ++compared;
        different += own != unchanged ? 1 : 0;
      }
  }
  CHECK(compared == 40 * 2 * changed(random_problem(0)).size());
  CHECK(different > compared / 3);  // what is changed matters
}

TEST_CASE("known figures: rules of a component count for those with which it shares a claim") {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0)}, 3);
  Problem apart = problem_of(small);
  Problem together = apart;
  together.system.claims.push_back({.name = "data", .modes = {}});
  for (model::Component& component : together.system.components) component.storage.claim = 0;
  for (Problem* problem : {&apart, &together}) {
    const model::LoadTable load = model::load_table(problem->system);
    KnownFigures known;
    const std::size_t a = known.subject(*problem, load, 0);
    problem->rules[1].allowed = false;
    CHECK((known.subject(*problem, load, 0) == a) == (problem == &apart));
  }
}

TEST_CASE("known figures: an objective, another's settings and dependencies change no subject") {
  SmallSystem small({stateless("a", 1e-6, 60.0), stateless("b", 1e-6, 60.0)}, 3);
  const Problem problem = problem_of(small);
  const model::LoadTable load = model::load_table(problem.system);
  KnownFigures known;
  const std::size_t a = known.subject(problem, load, 0);
  const std::size_t b = known.subject(problem, load, 1);
  CHECK(a != b);
  Problem other = problem;
  other.objectives.push_back({.service = 0, .max_unavailability = 1e-3});
  other.system.components[1].start += 1.0;
  other.system.components[0].depends_on.of.push_back(
      {.kind = model::Requirement::Kind::component, .component = 1});
  CHECK(known.subject(other, load, 0) == a);
  CHECK(known.subject(other, load, 1) != b);
  other.system.nodes.front().modes.push_back({"fire", 1e-9, 3600.0});
  CHECK(known.subject(other, load, 0) != a);
  CHECK(known.subject(problem, load, 0) == a);
}

}  // namespace haplan::test
