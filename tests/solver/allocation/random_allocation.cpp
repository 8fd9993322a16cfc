#include "tests/solver/allocation/random_allocation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/numerics/philox.hpp"

namespace haplan::test {

using namespace solver::allocation;
using model::Diagram;

namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed, 0, 0) {}

  Problem make() {
    Problem problem;
    n_ = 2 + pick(4);
    problem.worlds = 1 + (pick(3) == 0 ? 1 + pick(2) : 0);
    amounts_ = pick(4);
    // Many figures from few values, so that there are ties.
    coarse_ = pick(3) == 0;
    for (std::size_t j = 0; j < n_; ++j) problem.subsystems.push_back(columns(problem.worlds));
    if (pick(4) == 0) problem.subsystems[n_ - 1] = problem.subsystems[0];
    add_goals(problem);
    add_limits(problem);
    add_stages(problem);
    return problem;
  }

 private:
  std::size_t pick(std::size_t below) {
    return static_cast<std::size_t>(random_.uniform() * static_cast<double>(below));
  }
  double uniform() { return random_.uniform(); }

  double unavailability() {
    if (pick(20) == 0) return static_cast<double>(pick(2));
    if (coarse_) return std::pow(10.0, -1.0 - static_cast<double>(pick(3)));
    return std::pow(10.0, -6.0 * uniform());
  }

  std::vector<Column> columns(std::size_t worlds) {
    std::vector<Column> columns(1 + pick(7));
    for (Column& column : columns) {
      const double base = unavailability();
      for (std::size_t w = 0; w < worlds; ++w)
        column.down.push_back(pick(4) == 0 ? unavailability() : base);
      for (std::size_t r = 0; r < amounts_; ++r)
        column.amounts.push_back(static_cast<std::int64_t>(pick(coarse_ ? 4 : 1000)));
    }
    return columns;
  }

  Diagram::Ref tree(Diagram& diagram, int depth) {
    if (depth == 0 || pick(3) == 0) return diagram.literal(pick(n_), 2);
    std::vector<Diagram::Ref> members(2 + pick(3));
    for (Diagram::Ref& member : members) member = tree(diagram, depth - 1);
    return diagram.at_least(static_cast<int>(1 + pick(members.size())), members);
  }

  void add_goals(Problem& problem) {
    std::vector<std::size_t> subsystem(n_);
    std::iota(subsystem.begin(), subsystem.end(), std::size_t{0});
    const std::size_t services = 1 + (pick(3) == 0 ? 1 + pick(2) : 0);
    for (std::size_t s = 0; s < services; ++s) {
      Diagram diagram;
      for (std::size_t j = 0; j < n_; ++j) diagram.add_variable(2);
      Diagram::Ref down = tree(diagram, 3);
      if (pick(3) == 0) {  // in series
        down = Diagram::kFalse;
        for (std::size_t j = 0; j < n_; ++j)
          down = diagram.disjunction(down, diagram.literal(j, 2));
      }
      problem.structures.push_back(structure_of(diagram, down, subsystem));
      Goal goal;
      for (std::size_t w = 0; w < problem.worlds; ++w)
        goal.terms.push_back(
            {.structure = s, .world = w, .weight = 1.0 / static_cast<double>(problem.worlds)});
      if (pick(3) == 0) goal.limit = pick(10) == 0 ? 0.0 : std::pow(10.0, -5.0 * uniform());
      problem.goals.push_back(goal);
    }
  }

  void add_limits(Problem& problem) {
    for (std::size_t r = 0; r < amounts_; ++r) {
      double mean = 0.0;
      double least = 0.0;
      for (const auto& columns : problem.subsystems) {
        double smallest = 1e9;
        double sum = 0.0;
        for (const Column& column : columns) {
          sum += static_cast<double>(column.amounts[r]);
          smallest = std::min(smallest, static_cast<double>(column.amounts[r]));
        }
        mean += sum / static_cast<double>(columns.size());
        least += smallest;
      }
      const double between = -0.1 + 1.4 * uniform();
      problem.limits.push_back(pick(5) == 0 ? kNoLimit
                                            : std::llround(least + between * (mean - least)));
    }
  }

  void add_stages(Problem& problem) {
    std::vector<Stage> stages;
    for (std::size_t r = 0; r < amounts_; ++r)
      if (pick(2) == 0) stages.push_back({.kind = Stage::Kind::amount, .goals = {}, .amount = r});
    Stage goals{.kind = Stage::Kind::goals, .goals = {}, .amount = 0};
    for (std::size_t s = 0; s < problem.goals.size(); ++s) goals.goals.push_back(s);
    stages.insert(stages.begin() + static_cast<std::ptrdiff_t>(pick(stages.size() + 1)), goals);
    if (pick(5) == 0)
      std::erase_if(stages, [](const Stage& s) { return s.kind == Stage::Kind::goals; });
    problem.stages = std::move(stages);
  }

  model::PhiloxStream random_;
  std::size_t n_ = 0;
  std::size_t amounts_ = 0;
  bool coarse_ = false;
};

}  // namespace

Problem random_allocation(std::uint64_t seed) { return Maker(seed).make(); }

}  // namespace haplan::test
