#include "tests/solver/random_goals.hpp"

#include <algorithm>
#include <random>

#include "tests/solver/random_problem.hpp"

namespace haplan::test {

using namespace model;
using solver::Budget;
using solver::Objective;
using solver::Problem;

namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed), base_(random_problem(seed)) {}

  std::optional<Choosing> make() {
    for (ComponentId c = 0; c < base_.system.components.size(); ++c)
      if (base_.system.components[c].replicated() && !base_.system.components[c].storage.claim)
        able_.push_back(c);
    if (able_.empty()) return std::nullopt;
    for (Component& component : base_.system.components)
      component.uses = {{"money", {pick(1, 3), 2}}};
    base_.prices = {{"cpu", {20, 1}}, {"memory", {3, 1}}};
    add_goal();
    return with_variants();
  }

 private:
  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  void add_goal() {
    if (pick(0, 1) == 0) base_.budgets.push_back({Budget::Kind::uses, "money", {pick(2, 8), 1}});
    if (pick(0, 2) == 0)
      base_.budgets.push_back({Budget::Kind::replicas, "replicas", {pick(2, 7), 1}});
    switch (pick(0, 3)) {
      case 0: base_.minimize = {solver::Preference::cost}; break;
      case 1: base_.minimize = {solver::Preference::replicas, solver::Preference::cost}; break;
      case 2:
        base_.maximize_availability = true;
        if (pick(0, 1) == 0)
          for (Objective& objective : base_.objectives) objective = {.service = objective.service};
        break;
      default: base_.budgets.push_back({Budget::Kind::cpu, "cpu", {pick(1, 6), 2}}); break;
    }
    std::ranges::sort(base_.budgets, {}, &Budget::name);
  }

  Choosing with_variants() {
    const ComponentId c =
        able_[static_cast<std::size_t>(pick(0, static_cast<int>(able_.size()) - 1))];
    Choosing result{base_, {base_, base_}};
    Component& other = result.plain[1].system.components[c];
    for (FailureMode& mode : other.modes) mode.rate *= 0.25;
    if (other.replica_unavailability) *other.replica_unavailability *= 0.25;
    other.requests["cpu"] += 250;
    other.uses["money"] = {5, 2};
    Component& open = result.open.system.components[c];
    open.variants = {open, other};
    open.variants[0].name = "large";
    open.variants[1].name = "small";
    ComponentPlan& plan = result.open.before.components[c];
    std::vector<int> counts{plan.replicas};
    for (solver::Decision& decision : result.open.decisions) {
      if (decision.component != c) continue;
      decision.variants = {0, 1};
      if (decision.setting != solver::Setting::replicas) continue;
      counts.clear();
      for (const double value : decision.values) counts.push_back(static_cast<int>(value));
    }
    if (plan.autoscale) counts = {1};
    const ComponentPlan one = plan;
    plan.variants = {one, one};
    for (ComponentPlan& variant : plan.variants) variant.nodes.clear();
    plan.variants[0].replicas = counts.front();
    plan.variants[1].replicas = 0;
    result.open.choices = {{c, {0, 1}, {counts, counts}, {}}};
    return result;
  }

  std::mt19937_64 random_;
  Problem base_;
  std::vector<ComponentId> able_;
};

}  // namespace

std::optional<Choosing> random_goals(std::uint64_t seed) { return Maker(seed).make(); }

}  // namespace haplan::test
