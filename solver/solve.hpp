#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/availability/evaluate.hpp"
#include "solver/problem.hpp"
#include "solver/relief.hpp"

namespace haplan::solver {

enum class Status { optimal, feasible, infeasible, undecided, evaluated };

/// What ended a search before its proof.
enum class Stop { none, work_limit, time_limit, interrupted };

/// Whether a figure keeps its limit. Figures are sums of roundings: one that exceeds the limit by less than 1e-12 of it
/// is equal to it, as when a vendor promises exactly what the objective asks for.
inline double largest_within(double limit) {
  constexpr double kEqual = 1e-12;
  return limit * (1.0 + kEqual);
}
inline bool within(double actual, double limit) { return actual <= largest_within(limit); }

/// How one objective stands. `actual` and `target` in the objective's unit (probability or seconds).
struct ObjectiveCheck {
  model::ServiceId service = 0;
  std::string field;  ///< as in the spec: "availability", "errorRate", "recoveryTime", ...
  double target = 0.0;
  double actual =
      0.0;  ///< availability: the judged (guaranteed or pinned) unavailability, safe end
  bool met = false;
  std::string decided_by;  ///< component, node or cause that decides it, or empty
};

/// Criteria of the preference, in order; compared lexicographically.
struct Criteria {
  int peak_replicas = 0;
  double mean_replicas = 0.0;
  std::int64_t cpu = 0;         ///< milli at the level with most replicas
  std::int64_t memory = 0;      ///< milli-bytes there
  double probe_rate = 0.0;      ///< [1/s] checks over all probes and pods there
  double unavailability = 0.0;  ///< sum over services with objectives
  /// The largest judged one of the services with objectives, where the least availability is maximised.
  std::optional<double> worst_unavailability;
};

/// The best figure that was found for one limit, whatever becomes of the others.
struct Achievable {
  ObjectiveCheck check;       ///< `actual`: of a deployment that fits the nodes
  double bound = 0.0;         ///< proved: no deployment has a smaller figure
  bool exact = false;         ///< proved: no deployment has a smaller one than `actual`
  bool out_of_reach = false;  ///< proved: no deployment keeps this limit
};

/// Why no plan exists.
struct Infeasibility {
  std::string reason;            ///< one sentence without a period
  std::vector<Achievable> best;  ///< every limit by itself; empty when nothing can be placed
  std::vector<std::size_t>
      conflict;  ///< of `best`: no plan keeps these together; none can be left out
  /// The fewest causes that exceed the service's budget when nothing else fails; see breaking_causes.
  std::vector<model::Cause> causes;
  bool unavoidable = false;      ///< no decision changes the causes: true of every deployment
  model::ServiceId service = 0;  ///< whose budget that is
  std::vector<std::string>
      would_help;               ///< what would have to change, each enough unless it says otherwise
  std::vector<Relief> reliefs;  ///< changes that were made and solved, the most easily made first
};

struct SearchWork {
  std::size_t count_vectors = 0;  ///< replica vectors examined
  std::size_t evaluations = 0;    ///< exact evaluations
  std::size_t search_nodes = 0;   ///< nodes of all branch-and-bound trees
  std::size_t units = 0;          ///< of work, see SolveOptions
};

struct Outcome {
  Status status = Status::undecided;
  /// Undecided, or feasible without proof: what came first; infeasible: what ended the explanation.
  Stop stop = Stop::none;
  model::Deployment
      deployment;  ///< the plan; else the closest attempt (infeasible) or `before` (undecided)
  bool has_plan = false;
  Criteria criteria;
  bool fewest = false;  ///< proved: no plan comes before this one by criteria 1 and 2
  std::optional<Infeasibility> infeasibility;
  double bound_peak_replicas = 0.0;  ///< proved lower bound on criterion 1
  /// Where availability is maximised: no plan has a smaller Criteria::worst_unavailability, proved.
  std::optional<double> bound_unavailability;
  /// Feasible although no limit ended the search: what is not proved, one sentence; else empty.
  std::string unproved;
  std::vector<std::string> binding;  ///< what binds, one sentence each
  /// Of the plan under the problem's rules, by `guaranteed_unavailability`, where they are known; else empty.
  std::vector<model::Estimate> guaranteed;
  SearchWork work;
};

/// How far a search is, for people who wait. Counted in work, so that it is the same at every run.
struct SearchProgress {
  enum class Phase {
    proof,        ///< from the fewest replicas up
    plan,         ///< looks for a plan to have something in hand
    placement,    ///< of the plan that was found
    explanation,  ///< what binds, or why there is no plan
  };
  Phase phase = Phase::proof;
  std::optional<int> incumbent;  ///< replicas at peak of the best plan so far
  int bound = 0;                 ///< proved: no plan has fewer
  double done = 0.0;             ///< share of the work limit, in [0, 1]; 0 without one
};

/// Units of work after which a search ends unless told otherwise: about a minute.
inline constexpr std::size_t kStandardWork = 60'000'000;

/// Units of work, of what the model says that it has done.
///   operations  elementary ones, see model::Stop
inline std::size_t units_of(double operations) {
  constexpr double kOperations = 1e3;
  return static_cast<std::size_t>(std::ceil(operations / kOperations));
}

class Run;

struct SolveOptions {
  double time_limit = 0.0;  ///< [s], 0: none; the one non-deterministic stop
  /// Units of a thousand elementary operations, about a microsecond each, counted the same way on every machine; 0: none.
  std::size_t work_limit = kStandardWork;
  std::function<bool()> interrupted;  ///< polled; true stops with the best so far
  unsigned threads = 1;               ///< that may be used; results never depend on it
  /// Called from the searching thread when the phase, the incumbent or the bound changes, and after every hundredth of the work limit.
  /// Where other things than replicas are preferred, and where inputs are uncertain, several searches follow each other.
  std::function<void(const SearchProgress&)> progress;
  bool explain = true;  ///< also say why there is no plan, and what binds one
  /// The first plan is enough: its counts, settings and placement are not improved, and nothing else is proved of it than
  /// Outcome::fewest, perhaps.
  bool any_plan = false;
  /// What these searches are part of; null: solve() begins one.
  Run* run = nullptr;
};

/// The best deployment by the preference of MODEL 6, with proof, or why there is none.
model::Result<Outcome> solve(const Problem& problem, const SolveOptions& options = {});

/// Every objective of the problem, judged for one deployment.
model::Result<std::vector<ObjectiveCheck>> check_objectives(const Problem& problem,
                                                            const model::Deployment& deployment,
                                                            const model::Evaluation& evaluation);

}  // namespace haplan::solver
