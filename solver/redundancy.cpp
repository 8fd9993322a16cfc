#include "solver/redundancy.hpp"

#include <algorithm>
#include <utility>

#include "solver/redundancy_reasons.hpp"
#include "solver/reliefs.hpp"
#include "solver/workbench.hpp"

namespace haplan::solver {

using namespace model;

namespace {

class Redundancy {
 public:
  Redundancy(const Problem& problem, const SolveOptions& options, Translation translation)
      : problem_(problem),
        options_(options),
        meter_(options),
        found_(std::move(translation)),
        asking_([this](const allocation::Problem& asked) { return answer_to(asked); }) {}

  Outcome run() {
    outcome_.deployment = one_variant_each(problem_);
    if (found_.no_room) {
      outcome_.status = Status::infeasible;
      outcome_.infeasibility = nothing_fits();
      if (options_.explain) add_reliefs();
      return std::move(outcome_);
    }
    const allocation::Answer answer = asking_(found_.core);
    report(answer);
    if (outcome_.status == Status::optimal && options_.explain)
      outcome_.binding = binding_budgets(problem_, found_, answer.choice, asking_);
    outcome_.work.units = meter_.work.units;
    // Explanations that a limit cut short are left out: what is proved before stays so.
    outcome_.stop = outcome_.status == Status::optimal ? Stop::none : meter_.stop();
    return std::move(outcome_);
  }

 private:
  void add_reliefs() {
    Infeasibility& why = *outcome_.infeasibility;
    why.reliefs = reliefs(problem_, options_, why);
  }

  allocation::Answer answer_to(const allocation::Problem& problem) {
    allocation::Answer answer =
        allocation::allocate(problem, {.stop = meter_.asking(), .sink = {}});
    outcome_.work.search_nodes += answer.work.boxes;
    return answer;
  }

  void report(const allocation::Answer& answer) {
    if (!answer.choice.empty())
      outcome_.deployment = deployment_of(problem_, found_, answer.choice);
    switch (answer.verdict) {
      case allocation::Verdict::optimal: outcome_.status = Status::optimal; break;
      case allocation::Verdict::feasible: outcome_.status = Status::feasible; break;
      case allocation::Verdict::undecided: outcome_.status = Status::undecided; return;
      case allocation::Verdict::infeasible:
        outcome_.status = Status::infeasible;
        if (!options_.explain) return;
        outcome_.infeasibility = why_none(problem_, found_, asking_);
        add_reliefs();
        return;
    }
    outcome_.has_plan = true;
    const auto sums = allocation::amounts_of(found_.core, answer.choice);
    Criteria& criteria = outcome_.criteria;
    for (std::size_t r = found_.first_criterion; r < found_.measures.size(); ++r) {
      if (found_.measures[r].checks)
        criteria.probe_rate = static_cast<double>(sums[r]) * found_.unit[r];
      if (found_.measures[r].checks || found_.measures[r].counted.kind != Budget::Kind::replicas)
        continue;
      criteria.peak_replicas = static_cast<int>(sums[r]);
      criteria.mean_replicas = static_cast<double>(sums[r]);
    }
    for (ComponentId c = 0; c < found_.ways.size(); ++c) {
      if (found_.ways[c].empty()) continue;
      const Component& component = problem_.system.components[c];
      if (!component.replicated()) continue;
      for (const auto& [body, replicas] : found_.ways[c][answer.choice[c]].running) {
        const Resources& requests = body_of(component, body).requests;
        if (const auto cpu = requests.find("cpu"); cpu != requests.end())
          criteria.cpu += replicas * cpu->second;
        if (const auto memory = requests.find("memory"); memory != requests.end())
          criteria.memory += replicas * memory->second;
      }
    }
    criteria.unavailability =
        allocation::unavailability_of(found_.core, found_.core.goals.back(), answer.choice);
    if (outcome_.status == Status::optimal)
      outcome_.bound_peak_replicas = static_cast<double>(criteria.peak_replicas);
    if (!problem_.maximize_availability || problem_.objectives.empty()) return;
    double worst = 0.0;
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s)
      worst = std::max(
          worst, allocation::unavailability_of(found_.core, found_.core.goals[s], answer.choice));
    criteria.worst_unavailability = worst;
    outcome_.bound_unavailability = answer.bound;
  }

  const Problem& problem_;
  const SolveOptions& options_;
  Meter meter_;
  Translation found_;
  Asking asking_;
  Outcome outcome_;
};

}  // namespace

std::optional<Result<Outcome>> solve_redundancy(const Problem& problem, const SolveOptions& options,
                                                const Nearness* near) {
  auto translation = translated(problem, near);
  if (!translation) return tl::unexpected(translation.error());
  if (!*translation) return std::nullopt;
  return Redundancy(problem, options, std::move(**translation)).run();
}

}  // namespace haplan::solver
