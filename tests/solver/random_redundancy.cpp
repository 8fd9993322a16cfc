#include "tests/solver/random_redundancy.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/small_systems.hpp"

namespace haplan::test {

using namespace model;
using namespace solver;

namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Problem make() {
    System& system = problem_.system;
    system.levels = {{.name = "low", .share = 1.0, .rate = Rational{pick(1, 20), 1}}};
    if (pick(0, 1) == 1) {
      system.levels[0].share = 0.75;
      system.levels.push_back({.name = "high", .share = 0.25, .rate = Rational{pick(21, 60), 1}});
    }
    const int count = pick(2, 4);
    for (int c = 0; c < count; ++c) add_component("c" + std::to_string(c));
    add_service("first");
    if (pick(0, 2) == 0) add_service("second");
    add_limits();
    for (ComponentId c = 0; c < system.components.size(); ++c) {
      problem_.placement_open.push_back(false);
      problem_.rules.emplace_back();
    }
    return std::move(problem_);
  }

 private:
  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  void fail(Component& component) {
    component.modes = {{"fault", 1e-6 * pick(1, 300), Detection::manual, 60.0 * pick(1, 300)}};
    component.requests["cpu"] = 250 * pick(0, 4);
    component.requests["memory"] = std::int64_t{1000} * 1024 * pick(0, 4);
    if (pick(0, 2) > 0) component.uses["money"] = {pick(1, 400), 100};
  }

  void add_component(const std::string& name) {
    Component component;
    component.name = name;
    fail(component);
    if (pick(0, 3) == 0) component.common_causes = {{"bad", 1e-7 * pick(1, 50), 600.0}};
    const bool by_throughput = pick(0, 1) == 1;
    if (by_throughput)
      component.throughput = Rational{pick(10, 60), 1};
    else if (pick(0, 1) == 1)
      component.need.assign(problem_.system.levels.size(), pick(1, 2));
    ComponentPlan plan;
    const ComponentId id = problem_.system.components.size();
    const int kind = pick(0, 3);
    if (kind == 0) {
      Decision decision;
      decision.path = "components." + name + ".replicas";
      decision.component = id;
      decision.setting = Setting::replicas;
      decision.values = {1, 2, static_cast<double>(pick(3, 4))};
      problem_.decisions.push_back(decision);
    } else if (kind == 1) {
      component.external = External{.unavailability = 1e-3 * pick(0, 5)};
      component.type = ComponentType::external;
      component.modes.clear();
      component.throughput.reset();
      component.need.clear();
    } else {
      add_variants(component, plan, id, kind == 2, by_throughput);
    }
    if (id > 0 && pick(0, 3) == 0) {
      component.depends_on.kind = Requirement::Kind::all;
      component.depends_on.of = {leaf(static_cast<ComponentId>(pick(0, static_cast<int>(id) - 1)))};
    }
    problem_.system.components.push_back(std::move(component));
    problem_.before.components.push_back(std::move(plan));
  }

  void add_variants(Component& component, ComponentPlan& plan, ComponentId id, bool mix,
                    bool by_throughput) {
    component.mix = mix;
    VariantChoice choice{.component = id, .allowed = {}, .counts = {}, .totals = {}};
    const int variants = pick(2, 3);
    for (int v = 0; v < variants; ++v) {
      Component variant = component;
      variant.variants.clear();
      variant.mix = false;
      variant.name = "v" + std::to_string(v);
      fail(variant);
      if (by_throughput) variant.throughput = Rational{pick(10, 60), 1};
      component.variants.push_back(std::move(variant));
      ComponentPlan own;
      own.replicas = v == 0 ? 1 : 0;
      plan.variants.push_back(own);
      choice.allowed.push_back(static_cast<std::size_t>(v));
      std::vector<int> counts;
      for (int n = mix ? 0 : 1; n <= pick(2, 3); ++n) counts.push_back(n);
      choice.counts.push_back(counts);
    }
    if (mix)
      for (int n = pick(1, 2); n <= 4; ++n) choice.totals.push_back(n);
    if (mix && choice.totals.front() == 2) plan.variants[0].replicas = plan.replicas = 2;
    problem_.choices.push_back(std::move(choice));
  }

  void add_service(const std::string& name) {
    Service service;
    service.name = name;
    std::vector<Requirement> parts;
    for (ComponentId c = 0; c < problem_.system.components.size(); ++c)
      if (pick(0, 3) > 0 || parts.empty()) parts.push_back(leaf(c));
    const int shape = pick(0, 2);
    if (shape == 0 || parts.size() < 2) {
      service.requires_.of = std::move(parts);
    } else {
      Requirement gate = test::gate(
          shape == 1 ? Requirement::Kind::any : Requirement::Kind::at_least, std::move(parts));
      gate.n = pick(1, static_cast<int>(gate.of.size()));
      service.requires_.of = {std::move(gate)};
      if (pick(0, 1) == 1) service.requires_.of.push_back(leaf(0));
    }
    Objective objective;
    objective.service = problem_.system.services.size();
    if (pick(0, 1) == 1) objective.max_unavailability = std::pow(10.0, -0.5 * pick(1, 8));
    problem_.objectives.push_back(objective);
    problem_.system.services.push_back(std::move(service));
  }

  void add_limits() {
    problem_.maximize_availability = pick(0, 1) == 1;
    if (pick(0, 1) == 1)
      problem_.budgets.push_back(
          {.kind = Budget::Kind::cpu, .name = "cpu", .limit = {pick(2, 14), 2}});
    if (pick(0, 1) == 1)
      problem_.budgets.push_back(
          {.kind = Budget::Kind::uses, .name = "money", .limit = {pick(50, 2000), 100}});
    if (pick(0, 2) == 0)
      problem_.budgets.push_back(
          {.kind = Budget::Kind::replicas, .name = "replicas", .limit = {pick(3, 12), 1}});
    problem_.prices = {{"cpu", {pick(1, 30), 7}}, {"memory", {pick(0, 9), 4}}};
    switch (pick(0, 3)) {
      case 0: problem_.minimize = {Preference::cost}; break;
      case 1: problem_.minimize = {Preference::cost, Preference::replicas}; break;
      case 2: problem_.minimize = {Preference::replicas, Preference::cost}; break;
      default: break;
    }
  }

  std::mt19937_64 random_;
  Problem problem_;
};

}  // namespace

Problem random_redundancy(std::uint64_t seed) { return Maker(seed).make(); }

void each_deployment(const Problem& problem, const std::function<void(const Deployment&)>& visit) {
  std::vector<std::vector<ComponentPlan>> plans;
  for (ComponentId c = 0; c < problem.system.components.size(); ++c) {
    const ComponentPlan& before = problem.before.components[c];
    std::vector<ComponentPlan>& mine = plans.emplace_back();
    const auto choice = std::ranges::find(problem.choices, c, &VariantChoice::component);
    if (choice == problem.choices.end()) {
      mine.push_back(before);
      for (const Decision& decision : problem.decisions) {
        if (decision.component != c) continue;
        mine.clear();
        for (const double value : decision.values) {
          mine.push_back(before);
          mine.back().replicas = static_cast<int>(value);
        }
      }
      continue;
    }
    const bool mix = problem.system.components[c].mix;
    std::vector<int> counts(choice->counts.size(), 0);
    const std::function<void(std::size_t)> next = [&](std::size_t v) {
      if (v == counts.size()) {
        ComponentPlan plan = before;
        plan.replicas = 0;
        int used = 0;
        for (std::size_t k = 0; k < counts.size(); ++k) {
          plan.variants[k].replicas = counts[k];
          plan.replicas += counts[k];
          used += counts[k] > 0 ? 1 : 0;
        }
        if (mix ? std::ranges::count(choice->totals, plan.replicas) > 0 : used == 1)
          mine.push_back(plan);
        return;
      }
      if (!mix) {
        counts[v] = 0;
        next(v + 1);
      }
      for (const int count : choice->counts[v]) {
        counts[v] = count;
        next(v + 1);
      }
      counts[v] = 0;
    };
    next(0);
  }
  Deployment deployment = problem.before;
  const std::function<void(ComponentId)> fill = [&](ComponentId c) {
    if (c == plans.size()) return visit(deployment);
    for (const ComponentPlan& plan : plans[c]) {
      deployment.components[c] = plan;
      fill(c + 1);
    }
  };
  fill(0);
}

}  // namespace haplan::test
