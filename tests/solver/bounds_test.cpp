#include "solver/bounds.hpp"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/availability/guarantee.hpp"
#include "model/availability/headroom.hpp"
#include "tests/solver/dice.hpp"
#include "tests/solver/random_problem.hpp"
#include "tests/solver/small_problem.hpp"

namespace haplan::test {

namespace {

using namespace solver;

/// One setting of everything, picked by a number, with its figures and its deployment.
struct Picked {
  Selection selection;
  model::Deployment deployment;
  bool possible = true;
};

Picked pick(Workbench& bench, Dice& random) {
  const Problem& problem = bench.problem;
  Allowed allowed = all_values(problem);
  Picked picked{Selection(bench.functions.inputs.size(), nullptr), problem.before, true};
  for (std::size_t d = 0; d < allowed.size(); ++d)
    allowed[d] = {allowed[d][random.below(allowed[d].size())]};
  for (std::size_t d = 0; d < allowed.size(); ++d)
    assign(picked.deployment, problem.decisions[d], allowed[d].front());
  for (const model::ComponentId c : bench.replicated) {
    const auto& options = bench.space.components[c].options;
    std::vector<int> replicas;
    for (model::LevelId l = 0; l < problem.system.levels.size(); ++l)
      replicas.push_back(
          model::replicas_at(problem.system, bench.load, picked.deployment.components[c], c, l));
    const auto option = std::ranges::find(options, replicas, &CountOption::replicas);
    if (option == options.end()) return {{}, {}, false};
    const OptionSet& set =
        bench.options(c, static_cast<std::size_t>(option - options.begin()), allowed, false);
    if (set.figures.size() != 1) return {{}, {}, false};
    if (problem.placement_open[c]) place_round_robin(problem.system, picked.deployment, c);
    if (bench.input_of(c) < picked.selection.size())
      picked.selection[bench.input_of(c)] = set.figures.data();
  }
  return picked;
}

/// Components in series on equal nodes, in zones or not, with drains.
///   crowded  more components of several replicas than nodes for all of them
///   tight    no node has room for everything
///   mixed    nodes fail differently, or components may use some of them only
Problem many_nodes(std::uint64_t seed, bool crowded = false, bool tight = false,
                   bool mixed = false) {
  Dice random(seed);
  const int zones = random.pick({0, 2, 3});
  const std::size_t nodes = crowded ? 12 : zones == 0 ? 8 : 9;
  std::vector<model::Component> components;
  const int count = crowded ? random.between(6, 9) : random.between(2, 4);
  for (int c = 0; c < count; ++c)
    components.push_back(stateless("c" + std::to_string(c), 1e-7, 60.0));
  SmallSystem small(components, nodes);
  model::System& system = small.system;
  for (int z = 0; z < zones; ++z) {
    model::Domain& zone = system.domains.emplace_back();
    zone.name = "zone-" + std::to_string(z);
    zone.level = "zone";
    zone.modes = {{.name = "outage", .rate = 1e-6, .repair = 3600.0}};
  }
  for (std::size_t n = 0; n < nodes; ++n) {
    system.nodes[n].modes = {{.name = "reboot", .rate = 1e-5, .repair = 300.0},
                             {.name = "hardware", .rate = 1e-7, .repair = 14'400.0}};
    if (zones > 0) system.nodes[n].parent = n % static_cast<std::size_t>(zones);
  }
  if (random.chance(60)) system.drain = model::Drain{.every = 1e6, .per_node = 600.0};
  for (model::ComponentId c = 0; c < system.components.size(); ++c) {
    model::Component& component = system.components[c];
    component.movable = random.chance(60);
    component.start = random.between(1, 20);
    component.need = {crowded ? 1 : random.pick({1, 1, 2})};
    if (zones > 0 && random.chance(50)) component.spread.over = "zone";
    small.deployment.components[c].replicas =
        crowded && c > 0 ? random.pick({2, 2, 3}) : random.between(*component.need.front(), 3);
  }
  const bool differ = mixed && random.chance(50);
  for (std::size_t n = 0; n < nodes; ++n)
    if (differ && n >= nodes / 3) system.nodes[n].modes[0].rate *= 3.0;
  for (model::Component& component : system.components) {
    if (!mixed || differ || random.chance(40)) continue;
    const bool few = random.chance(50);
    std::erase_if(component.allowed, [&](model::NodeId n) { return (n < nodes / 2) != few; });
  }
  for (model::Component& component : system.components)
    if (tight) component.requests = {{"cpu", random.between(200, 900)}};
  for (model::Node& node : system.nodes)
    if (tight) node.capacity = {{"cpu", crowded ? 3000 : 1500}};
  return problem_of(small);
}

int compare_with_guarantee(const Problem& problem, std::uint64_t seed, int& raised,
                           int* narrow = nullptr) {
  const SolveOptions options;
  Workbench bench(problem, options, numbers_before(problem));
  Dice random(seed);
  const Picked picked = pick(bench, random);
  if (!picked.possible) return 0;
  const auto guaranteed =
      model::guaranteed_unavailability(problem.system, picked.deployment, problem.rules, {});
  if (!guaranteed) return 0;
  int compared = 0;
  for (const Objective& objective : problem.objectives) {
    const model::Estimate& figure = (*guaranteed)[objective.service];
    if (figure.lower == 1.0) continue;  // there is no placement
    const Interval with = bench.bounds.availability(objective, picked.selection, bench.crowd);
    const Interval without = bench.bounds.availability(objective, picked.selection, 0);
    CHECK(with.low <= figure.upper * (1.0 + 1e-9));
    CHECK(with.high >= figure.lower * (1.0 - 1e-9));
    CHECK(without.low <= figure.upper * (1.0 + 1e-9));
    // What a search takes for kept, an evaluation of its plan says, too.
    if (model::check_placement(problem.system, picked.deployment).ok)
      CHECK(figure.upper <= with.high * (1.0 + 1e-9));
    raised += with.low > without.low * (1.0 + 1e-9);
    if (narrow != nullptr) *narrow += with.low > figure.lower * (1.0 - 1e-2);
    ++compared;
  }
  return compared;
}

}  // namespace

TEST_CASE("Bounds: contain the guaranteed figures of random problems") {
  int compared = 0;
  int raised = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    compared += compare_with_guarantee(random_problem(seed), seed, raised);
  }
  CHECK(compared > 100);
}

TEST_CASE("Bounds: contain the guaranteed figures on more nodes than replicas, often narrowly") {
  int compared = 0;
  int raised = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Problem problem = many_nodes(seed);
    problem.objectives.push_back({.service = 0, .max_unavailability = 0.5});
    compared += compare_with_guarantee(problem, seed, raised);
  }
  CHECK(compared > 50);
  CHECK(raised > 10);
}

TEST_CASE("Bounds: contain the guaranteed figures where resisting components share nodes") {
  int compared = 0;
  int raised = 0;
  int narrow = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Problem problem = many_nodes(seed, true);
    problem.objectives.push_back({.service = 0, .max_unavailability = 0.5});
    compared += compare_with_guarantee(problem, seed, raised, &narrow);
  }
  CHECK(compared > 50);
  CHECK(narrow > 5);
}

TEST_CASE("Bounds: contain the guaranteed figures where no node has room for everything") {
  int compared = 0;
  int raised = 0;
  int narrow = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    Problem problem = many_nodes(seed, seed % 2 == 0, true);
    problem.objectives.push_back({.service = 0, .max_unavailability = 0.5});
    const SolveOptions options;
    const Workbench bench(problem, options, numbers_before(problem));
    if (bench.crowd == static_cast<int>(bench.replicated.size())) continue;
    compared += compare_with_guarantee(problem, seed, raised, &narrow);
  }
  CHECK(compared > 50);
  CHECK(raised > 20);
  CHECK(narrow > 5);
}

TEST_CASE("Bounds: contain the guaranteed figures on nodes of several classes") {
  int compared = 0;
  int raised = 0;
  int narrow = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    Problem problem = many_nodes(seed, seed % 3 == 0, seed % 2 == 0, true);
    problem.objectives.push_back({.service = 0, .max_unavailability = 0.5});
    const SolveOptions options;
    const Workbench bench(problem, options, numbers_before(problem));
    if (bench.classes.classes.size() < 2) continue;
    compared += compare_with_guarantee(problem, seed, raised, &narrow);
  }
  CHECK(compared > 80);
  CHECK(raised > 40);
  CHECK(narrow > 15);
}

TEST_CASE("Bounds: sums never exceed the bound that they stand for") {
  // Whatever is chosen: what choices add beyond the best case, and the best case, are within the lower end.
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    Problem problem = many_nodes(seed, false, seed > 60 && seed <= 90, seed > 90);
    const Objective objective{.service = 0, .max_unavailability = 0.5};
    problem.objectives.push_back(objective);
    const SolveOptions options;
    Workbench bench(problem, options, numbers_before(problem));
    Dice random(seed);
    const Picked picked = pick(bench, random);
    if (!picked.possible) continue;
    std::vector<std::size_t> inputs;
    std::vector<std::vector<const OptionFigures*>> lists;
    for (std::size_t i = 0; i < picked.selection.size(); ++i) {
      inputs.push_back(i);
      lists.push_back({picked.selection[i]});
    }
    const std::vector<std::vector<int>> extras(lists.size(), std::vector<int>(lists[0].size(), 0));
    const auto alternatives =
        bench.bounds.additive(objective, picked.selection, inputs, lists, extras, 0, bench.crowd);
    double low = bench.bounds.availability(objective, picked.selection, bench.crowd).low;
    if (bench.classes.classes.size() > 1) {
      // The bound may deal out nodes of other classes than sums do: neither exceeds the figure.
      const auto figures =
          model::guaranteed_unavailability(problem.system, picked.deployment, problem.rules, {});
      if (!figures || (*figures)[0].lower == 1.0) continue;
      low = (*figures)[0].upper;
    }
    double least = 1.0;  // of what they say
    for (const Additive& sums : alternatives) {
      double added = 0.0;
      std::size_t crippled = 0;
      for (std::size_t m = 0; m < lists.size(); ++m) {
        added += sums.adds[m].front();
        crippled += sums.crippled[m].front() ? 1 : 0;
      }
      added += sums.losses[std::min(crippled, sums.losses.size() - 1)];
      least = std::min(least, added - sums.budget + 0.5);
    }
    if (alternatives.empty())
      CHECK(low > 0.5);
    else
      CHECK(least <= low * (1.0 + 1e-6));
    ++compared;
  }
  CHECK(compared > 50);
}

}  // namespace haplan::test
