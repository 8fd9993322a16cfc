#include "tests/support/rap.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "model/base/contract.hpp"
#include "solver/allocation/mixtures.hpp"

namespace haplan::test {

using nlohmann::json;
using namespace solver::allocation;

namespace {

json parsed(const std::string& file) {
  std::ifstream in(file);
  HAPLAN_EXPECTS(in.good());
  return json::parse(in);
}

std::int64_t thousandths(double value) { return std::llround(value * 1000.0); }

/// 1 - a decimal with at most 15 digits, without losing any: "0.986811015872851".
double complement(const std::string& decimal) {
  const std::size_t point = decimal.find('.');
  const std::string digits = decimal.substr(point + 1);
  const double scale = std::pow(10.0, static_cast<double>(digits.size()));
  return (scale - std::stod(digits)) / scale;
}

}  // namespace

std::vector<RapInstance> feng_instances(const std::string& file) {
  const json data = parsed(file);
  std::vector<RapInstance> instances;
  for (const json& entry : data["instances"]) {
    const json& system = data["systems"][std::to_string(entry["system"].get<int>())];
    RapInstance instance;
    instance.name =
        std::to_string(entry["system"].get<int>()) + "/" + entry["instance"].get<std::string>();
    instance.subsystems = system["n"].get<std::size_t>();
    for (const json& path : system["minimal_path_sets"]) {
      auto members = path.get<std::vector<std::size_t>>();
      for (std::size_t& member : members) --member;
      instance.paths.push_back(std::move(members));
    }
    instance.reliability = entry["reliability"].get<std::vector<std::vector<double>>>();
    for (const double budget : entry["budgets"]) instance.budgets.push_back(thousandths(budget));
    for (std::size_t j = 0; j < instance.subsystems; ++j) {
      instance.use.emplace_back();
      for (std::size_t k = 0; k < instance.reliability[j].size(); ++k) {
        instance.use[j].emplace_back();
        for (const json& budget : entry["use"])
          instance.use[j][k].push_back(thousandths(budget[j][k].get<double>()));
      }
    }
    instance.optimum = 1.0 - entry["optimum"].get<double>();
    instance.digits = 1e-12;
    instances.push_back(std::move(instance));
  }
  return instances;
}

std::vector<RapInstance> fyffe_instances(const std::string& file, bool mixing) {
  const json data = parsed(file);
  RapInstance base;
  base.mixing = mixing;
  base.most = data["n_max"].get<int>();
  base.paths.emplace_back();
  for (const json& subsystem : data["subsystems"]) {
    base.paths[0].push_back(base.subsystems++);
    base.reliability.emplace_back();
    base.use.emplace_back();
    for (const json& kind : subsystem) {
      base.reliability.back().push_back(kind["r"].get<double>());
      base.use.back().push_back(
          {thousandths(kind["c"].get<double>()), thousandths(kind["w"].get<double>())});
    }
  }
  std::vector<RapInstance> instances;
  for (const json& entry : data["instances"]) {
    RapInstance instance = base;
    instance.name = "W=" + std::to_string(entry["W"].get<int>());
    instance.budgets = {thousandths(entry["C"].get<double>()),
                        thousandths(entry["W"].get<double>())};
    instance.optimum =
        complement(entry[mixing ? "mixing" : "no_mixing"]["optimum"].get<std::string>());
    instance.digits = 1e-15;
    instances.push_back(std::move(instance));
  }
  return instances;
}

Problem problem_of(const RapInstance& instance) {
  Problem problem;
  const std::size_t n = instance.subsystems;
  model::Diagram diagram;
  std::vector<std::size_t> subsystem(n);
  std::iota(subsystem.begin(), subsystem.end(), std::size_t{0});
  for (std::size_t j = 0; j < n; ++j) diagram.add_variable(2);
  model::Diagram::Ref down = model::Diagram::kTrue;
  for (const auto& path : instance.paths) {
    model::Diagram::Ref cut = model::Diagram::kFalse;
    for (const std::size_t j : path) cut = diagram.disjunction(cut, diagram.literal(j, 2));
    down = diagram.conjunction(down, cut);
  }
  problem.structures.push_back(structure_of(diagram, down, subsystem));
  problem.goals.push_back({.terms = {{}}});
  problem.limits = instance.budgets;
  problem.limits.push_back(kNoLimit);
  const std::size_t units = instance.budgets.size();
  problem.stages.push_back({.kind = Stage::Kind::goals, .goals = {0}});
  problem.stages.push_back({.kind = Stage::Kind::amount, .amount = units});

  std::vector<std::vector<Kind>> kinds(n);
  std::vector<std::int64_t> left = problem.limits;  // what the others leave at least
  std::vector<std::vector<std::int64_t>> least(n);
  for (std::size_t j = 0; j < n; ++j) {
    least[j].assign(problem.limits.size(), kNoLimit);
    for (std::size_t k = 0; k < instance.reliability[j].size(); ++k) {
      Kind kind{.unavailability = 1.0 - instance.reliability[j][k],
                .amounts = instance.use[j][k],
                .most = instance.most};
      kind.amounts.push_back(1);
      for (std::size_t r = 0; r < kind.amounts.size(); ++r)
        least[j][r] = std::min(least[j][r], kind.amounts[r]);
      kinds[j].push_back(std::move(kind));
    }
    for (std::size_t r = 0; r < units; ++r) left[r] -= least[j][r];
  }
  for (std::size_t j = 0; j < n; ++j) {
    std::vector<std::int64_t> limits = left;
    for (std::size_t r = 0; r < units; ++r) limits[r] += least[j][r];
    std::vector<std::vector<Kind>> groups;
    if (instance.mixing)
      groups.push_back(kinds[j]);
    else
      for (const Kind& kind : kinds[j]) groups.push_back({kind});
    problem.subsystems.emplace_back();
    for (const auto& group : groups)
      for (Mixture& mixture : mixtures(group, {1}, limits, instance.most))
        problem.subsystems[j].push_back({std::move(mixture.amounts), std::move(mixture.down)});
  }
  return problem;
}

}  // namespace haplan::test
