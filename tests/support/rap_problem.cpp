#include "tests/support/rap_problem.hpp"

#include <algorithm>
#include <numeric>

#include "tests/support/small_systems.hpp"

namespace haplan::test {

using namespace model;
using namespace solver;

namespace {

constexpr int kMostUnits = 20;

std::string budget_name(std::size_t r) { return "b" + std::to_string(r + 1); }

Component component_of(const RapInstance& instance, std::size_t j) {
  Component component;
  component.name = "s" + std::to_string(j + 1);
  component.mix = instance.mixing;
  for (std::size_t k = 0; k < instance.reliability[j].size(); ++k) {
    Component variant;
    variant.name = "k" + std::to_string(k + 1);
    variant.replica_unavailability = 1.0 - instance.reliability[j][k];
    for (std::size_t r = 0; r < instance.budgets.size(); ++r)
      variant.uses[budget_name(r)] = {instance.use[j][k][r], 1000};
    component.variants.push_back(std::move(variant));
  }
  return component;
}

VariantChoice choice_of(const RapInstance& instance, std::size_t j) {
  const int most = std::min(instance.most, kMostUnits);
  VariantChoice choice{.component = j, .allowed = {}, .counts = {}, .totals = {}};
  std::vector<int> counts(static_cast<std::size_t>(most) + (instance.mixing ? 1 : 0));
  std::iota(counts.begin(), counts.end(), instance.mixing ? 0 : 1);
  for (std::size_t k = 0; k < instance.reliability[j].size(); ++k) {
    choice.allowed.push_back(k);
    choice.counts.push_back(counts);
  }
  if (instance.mixing)
    for (int n = 1; n <= most; ++n) choice.totals.push_back(n);
  return choice;
}

}  // namespace

Problem placed_nowhere(const RapInstance& instance) {
  Problem problem;
  problem.maximize_availability = true;
  problem.system.levels = {{.name = "always"}};
  for (std::size_t r = 0; r < instance.budgets.size(); ++r)
    problem.budgets.push_back(
        {.kind = Budget::Kind::uses, .name = budget_name(r), .limit = {instance.budgets[r], 1000}});
  for (std::size_t j = 0; j < instance.subsystems; ++j) {
    problem.system.components.push_back(component_of(instance, j));
    problem.choices.push_back(choice_of(instance, j));
    ComponentPlan plan;
    plan.variants.resize(instance.reliability[j].size());
    for (std::size_t k = 0; k < plan.variants.size(); ++k) plan.variants[k].replicas = k == 0;
    problem.before.components.push_back(std::move(plan));
    problem.placement_open.push_back(false);
    problem.rules.emplace_back();
  }
  std::vector<Requirement> paths;
  for (const auto& path : instance.paths) {
    std::vector<Requirement> members;
    for (const std::size_t j : path) members.push_back(leaf(j));
    paths.push_back(gate(Requirement::Kind::all, std::move(members)));
  }
  Service service;
  service.name = "system";
  service.requires_.of = {gate(Requirement::Kind::any, std::move(paths))};
  problem.system.services.push_back(std::move(service));
  problem.objectives.push_back({.service = 0});
  return problem;
}

}  // namespace haplan::test
