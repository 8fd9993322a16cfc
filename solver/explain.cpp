#include "solver/explain.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/service_figures.hpp"
#include "solver/binding.hpp"
#include "solver/breaking.hpp"
#include "solver/floors.hpp"
#include "solver/judge.hpp"
#include "solver/no_room.hpp"
#include "solver/objectives.hpp"
#include "solver/phrases.hpp"
#include "solver/placement.hpp"
#include "solver/reliefs.hpp"
#include "solver/remedies.hpp"
#include "solver/run.hpp"
#include "solver/widening.hpp"
#include "solver/wishes.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// A deployment that was looked at, with all its figures.
struct Candidate {
  Deployment deployment;
  Evaluation evaluation;
  std::vector<ObjectiveCheck> checks;  ///< per wish
};

class Explainer {
 public:
  Explainer(const Problem& problem, const SolveOptions& options)
      : problem_(problem), options_(limited(options)), wishes_(single_wishes(problem.objectives)) {}

  Explanation run() {
    Problem free = problem_;
    free.objectives.clear();
    const Reply any = has_plan(free, options_);
    if (any.answer == Answer::no) {
      const NoRoom why = no_room(problem_);
      result_.why.reason = why.reason;
      result_.why.would_help = why.would_help;
      result_.why.reliefs = reliefs(problem_, options_, result_.why);
      result_.closest = problem_.before;
      return std::move(result_);
    }
    gather(any.answer == Answer::yes ? any.plan : problem_.before);
    if (candidates_.empty()) {
      result_.why.reason = "no deployment within the ranges keeps every objective";
      result_.closest = problem_.before;
      return std::move(result_);
    }
    for (std::size_t w = 0; w < wishes_.size(); ++w) result_.why.best.push_back(achievable(w));
    result_.why.conflict = smallest_conflict(problem_, options_, wishes_, answers_);
    const Candidate& closest = *std::ranges::min_element(candidates_, {}, distance);
    result_.closest = closest.deployment;
    explain_reason();
    explain_causes(closest);
    explain_remedies();
    result_.why.reliefs = reliefs(problem_, options_, result_.why);
    return std::move(result_);
  }

 private:
  /// A search that ran into its time limit must not be explained for a multiple of it.
  static SolveOptions limited(const SolveOptions& options) {
    constexpr double kPart = 0.1;
    SolveOptions result = options;
    result.time_limit *= kPart;
    return result;
  }

  /// Missed wishes, then by how much.
  static std::pair<int, double> distance(const Candidate& candidate) {
    std::pair<int, double> result{0, 0.0};
    for (const ObjectiveCheck& check : candidate.checks) {
      if (check.met) continue;
      ++result.first;
      constexpr double kMost = 1e9;
      result.second += std::min(kMost, check.actual / std::max(check.target, 1.0 / kMost));
    }
    return result;
  }

  void look_at(const Deployment& deployment) {
    const auto known = [&](const Candidate& c) { return c.deployment == deployment; };
    if (std::ranges::any_of(candidates_, known)) return;
    if (is_over(options_)) return;
    const model::Stop stop = options_.run != nullptr ? options_.run->asking() : model::Stop{};
    WantedFigures wanted;  // causes explain
    wanted.independent = false;
    wanted.down_for = judged_figures(problem_).down_for;
    auto evaluation = evaluate(problem_.system, deployment, {.wanted = wanted, .stop = stop});
    if (!evaluation) return;
    std::vector<Estimate> guaranteed;
    if (std::ranges::any_of(wishes_, [](const Objective& w) { return !!w.max_unavailability; })) {
      auto figures = guaranteed_figures(problem_, deployment, options_.threads, stop);
      if (!figures || is_over(options_)) return;  // figures of a search that was ended are too wide
      guaranteed = std::move(*figures);
    }
    Candidate candidate{deployment, std::move(*evaluation), {}};
    Problem alone = problem_;
    for (const Objective& wish : wishes_) {
      alone.objectives = {wish};
      candidate.checks.push_back(checks_of(alone, candidate.evaluation, guaranteed).back());
    }
    candidates_.push_back(std::move(candidate));
  }

  /// The same limit of a service that is the same in all but its name.
  [[nodiscard]] std::optional<std::size_t> asked_before(std::size_t wish) const {
    const auto twin = twin_of(problem_.system, wishes_[wish].service);
    for (std::size_t w = 0; twin && w < wish; ++w)
      if (wishes_[w].service == *twin && same_limits(wishes_[w], wishes_[wish])) return w;
    return std::nullopt;
  }

  void gather(const Deployment& start) {
    for (std::size_t w = 0; w < wishes_.size(); ++w) {
      const Objective& wish = wishes_[w];
      if (const auto same = asked_before(w)) {
        answers_.push_back(answers_[*same]);
        bounds_.push_back(bounds_[*same]);
        continue;
      }
      Problem alone = problem_;
      alone.objectives = {wish};
      const Reply reply = has_plan(alone, options_);
      answers_.push_back(reply.answer);
      if (reply.answer == Answer::yes) look_at(reply.plan);
      const auto attempt = best_attempt(problem_, options_, start, wish);
      bounds_.push_back(attempt ? attempt->bound : 0.0);
      if (attempt) look_at(attempt->deployment);
    }
    if (candidates_.empty()) look_at(start);
  }

  [[nodiscard]] const Candidate& best_for(std::size_t wish) const {
    return *std::ranges::min_element(candidates_, {},
                                     [&](const Candidate& c) { return c.checks[wish].actual; });
  }

  [[nodiscard]] Achievable achievable(std::size_t wish) const {
    const ObjectiveCheck& check = best_for(wish).checks[wish];
    Achievable result;
    result.check = check;
    result.bound = std::min(bounds_[wish], check.actual);
    constexpr double kSame = 1e-9;
    result.exact = check.actual - result.bound <= kSame * std::abs(check.actual);
    result.out_of_reach =
        !check.met && (answers_[wish] == Answer::no || result.bound * (1.0 - kSame) > check.target);
    return result;
  }

  [[nodiscard]] Floor floor(std::size_t wish) const {
    const Candidate& best = best_for(wish);
    return floor_of(problem_, best.deployment, best.evaluation, best.checks[wish]);
  }

  /// Known to be kept by some deployment; unknown where a limit ended its question.
  [[nodiscard]] bool reachable(std::size_t wish) const {
    return answers_[wish] == Answer::yes ||
           std::ranges::any_of(candidates_, [&](const Candidate& c) { return c.checks[wish].met; });
  }

  void explain_reason() {
    const auto& conflict = result_.why.conflict;
    std::string& reason = result_.why.reason;
    if (conflict.size() == 1) {
      const Achievable& only = result_.why.best[conflict.front()];
      const std::string& service = problem_.system.services[only.check.service].name;
      reason = "at best " + missed_sentence(problem_, only.check);
      if (std::isinf(only.check.actual))
        reason = service + " never reaches its " + only.check.field;
      if (const std::string parts = floor(conflict.front()).sentence; !parts.empty())
        reason += ": " + parts;
      return;
    }
    const bool each = std::ranges::all_of(conflict, [this](std::size_t w) { return reachable(w); });
    if (conflict.size() == wishes_.size() && conflict.size() > 2) {
      reason =
          each ? "each objective can be met, but not all of them together"
               : "no plan meets every objective; whether each alone can be met was not found out";
      return;
    }
    reason = each ? "each of these can be kept, but not together:"
                  : "nothing keeps these together, perhaps not even each alone:";
    for (std::size_t i = 0; i < conflict.size(); ++i) {
      const ObjectiveCheck& check = result_.why.best[conflict[i]].check;
      reason += (i == 0 ? " " : "; ") + problem_.system.services[check.service].name + " " +
                check.field + " " + target_text(check.field, check.target);
    }
  }

  /// Causes of the availability that misses its target most: at its own best, else in the closest attempt.
  void explain_causes(const Candidate& closest) {
    const Candidate* where = nullptr;
    std::size_t wish = 0;
    double worst = 0.0;
    for (std::size_t w = 0; w < wishes_.size(); ++w) {
      if (!wishes_[w].max_unavailability || wishes_[w].max_window_miss) continue;
      const bool alone = result_.why.best[w].out_of_reach;
      const Candidate& candidate = alone ? best_for(w) : closest;
      const ObjectiveCheck& check = candidate.checks[w];
      if (check.met || check.actual / check.target <= worst) continue;
      worst = check.actual / check.target;
      where = &candidate;
      wish = w;
    }
    if (where == nullptr) return;
    const auto alone = CausesAlone::make(problem_.system, where->deployment);
    if (!alone) return;
    const ObjectiveCheck& check = where->checks[wish];
    const auto& figures = where->evaluation.services[check.service];
    Infeasibility& why = result_.why;
    why.service = check.service;
    why.causes = breaking_causes(*alone, check.service, figures.causes, check.target);
    why.unavoidable = !why.causes.empty() && std::ranges::all_of(why.causes, decided_by_spec);
    if (why.causes.size() == 1)
      why.causes.front().share = alone->unavailability(check.service, [&](const Cause& cause) {
        return same_cause(cause, why.causes.front()) ? 1.0 : 0.0;
      });
    remedies_ =
        cause_remedies(problem_.system, *alone, check, figures.unavailability.value, why.causes);
  }

  void say(const std::string& what) {
    auto& help = result_.why.would_help;
    if (!what.empty() && std::ranges::find(help, what) == help.end()) help.push_back(what);
  }

  void explain_remedies() {
    const std::vector<std::string> wider = widening(problem_, options_);
    std::string all;
    for (const std::string& one : wider) all += (all.empty() ? "" : ", ") + one;
    if (!wider.empty())
      say((wider.size() == 1 ? "this gives a plan: " : "these together give a plan: ") + all);
    // Where ranges decide, rarer failures are the longer way round.
    if (wider.empty() || result_.why.unavoidable || remedies_enough_)
      for (const std::string& remedy : remedies_) say(remedy);
    std::vector<std::string> asks;
    for (std::size_t w = 0; w < wishes_.size(); ++w) {
      const Achievable& best = result_.why.best[w];
      if (!best.out_of_reach) continue;
      say(floor(w).remedy);
      if (std::isfinite(best.check.actual)) asks.push_back(smaller_ask(problem_, best.check));
    }
    constexpr std::size_t kListed = 3;
    if (asks.size() > kListed) asks = {"targets no stricter than the best figures found"};
    for (const std::string& ask : asks) say(ask);
    if (result_.why.conflict.size() > 1) explain_conflict();
  }

  /// Of each of the wishes that exclude each other: what it lacks in a deployment that keeps the others.
  void explain_conflict() {
    std::string names;
    const auto& conflict = result_.why.conflict;
    for (std::size_t i = 0; i < conflict.size(); ++i) {
      const std::size_t wish = conflict[i];
      const ObjectiveCheck& check = result_.why.best[wish].check;
      names += (i == 0                     ? ""
                : i + 1 == conflict.size() ? " or "
                                           : ", ") +
               problem_.system.services[check.service].name + " " + check.field;
      if (wishes_[wish].max_node_loss) continue;  // more replicas are what the others exclude
      for (const Candidate& candidate : candidates_) {
        const bool others = std::ranges::all_of(conflict, [&](std::size_t other) {
          return candidate.checks[other].met == (other != wish);
        });
        if (!others) continue;
        say(floor_of(problem_, candidate.deployment, candidate.evaluation, candidate.checks[wish])
                .remedy);
        break;
      }
    }
    say("a looser " + names);
  }

  const Problem& problem_;
  SolveOptions options_;
  std::vector<Objective> wishes_;
  std::vector<Answer> answers_;
  std::vector<double> bounds_;
  std::vector<Candidate> candidates_;
  std::vector<std::string> remedies_;
  bool remedies_enough_ = false;  ///< each of them alone
  Explanation result_;
};

}  // namespace

Explanation explain_infeasible(const Problem& problem, const SolveOptions& options) {
  if (options.run != nullptr) options.run->explain();
  return Explainer(problem, options).run();
}

}  // namespace haplan::solver
