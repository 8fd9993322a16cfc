#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/drill.hpp"
#include "planner/explain/explanation.hpp"
#include "planner/front.hpp"
#include "planner/lower.hpp"
#include "planner/plan.hpp"
#include "planner/simulation.hpp"
#include "planner/spec/read.hpp"

/// From texts to a plan: what the command line and Python share. No input or output of its own.
namespace haplan::planner {

struct Inputs {
  std::vector<Source> sources;    ///< layers, later wins
  std::vector<std::string> sets;  ///< "path=value", over all layers
  std::optional<std::string> scenario;
  std::optional<Source> plan;    ///< a JSON result of solve, its `plan` alone, or the same in YAML
  std::vector<Source> profiles;  ///< of charts, beside the built-in ones; one of the same name wins
};

struct Loaded {
  std::optional<Lowered> lowered;  ///< absent when there are errors
  Diagnostics diagnostics;         ///< by file, line and column
  std::vector<Source> texts;       ///< what diagnostics may quote
};

/// Reads, lowers, checks the releases and applies the plan.
Loaded load(const Inputs& inputs);

/// What a render works on.
struct Rendering {
  std::optional<Plan> plan;  ///< absent when there are errors; its figures are not computed
  Inputs inputs;             ///< from which the plan was read
  Diagnostics diagnostics;
  std::vector<Source> texts;
};

/// The plan of a JSON result of solve, with the spec that it carries, or with `layers` where it
/// carries none; nothing is solved or evaluated.
///   result  a JSON result of solve or evaluate
///   layers  sources laid over the spec of the result; sets, scenario and profiles apply as in load
Rendering load_result(const Source& result, Inputs layers);

/// Figures of the spec's "before" deployment, in which a plan has fixed what it fixes. Status
/// `evaluated`.
model::Result<Plan> evaluated_plan(Lowered lowered);

/// The best plan, or what is known of it, with the figures before and after.
/// With a confidence among the objectives and uncertain inputs: one whose objectives hold in that share of the draws that
/// draw_inputs makes with standard options.
///   threads   that may be used, whatever the options say; results never depend on it
///   searched  called with the outcome of the search, before its figures are computed
model::Result<Plan> solved_plan(Lowered lowered, const solver::SolveOptions& options = {},
                                unsigned threads = 1,
                                const std::function<void(const solver::Outcome&)>& searched = {});

/// The best plan within so many changes to a running one; see solver/near.hpp. With a confidence as in solved_plan.
///   lowered  the spec without its plan
///   running  the same spec with the plan that runs
model::Result<Plan> near_plan(Lowered lowered, const Lowered& running, int most_changes,
                              const solver::SolveOptions& options = {});

/// The front of replicas against availability.
///   options  of each of its searches
///   so_far   told what is known before each of them
model::Result<FrontReport> front_report(Lowered lowered, const solver::SolveOptions& options = {},
                                        const std::function<void(const FrontReport&)>& so_far = {});

/// How a certificate is made.
struct CertifyOptions {
  bool check = false;       ///< read every line back and hold it against the model
  double time_limit = 0.0;  ///< [s]; then boxes stay open; 0: none
  std::size_t work_limit = solver::kStandardWork;  ///< units of solver::SolveOptions; the same
  std::function<bool()> interrupted;
};

/// Why no certificate can be made of a plan: what is asked for goes beyond what certificates speak of, or nothing is claimed.
std::optional<std::string> not_certifiable(const Plan& plan);

/// Proves the plan's claim anew, line by line, and adds what became of it.
///   sink   gets every line with its LF, in order; see planner/certificate/lines.hpp
///   fails  not_converged when a line does not stand the check: a bug
model::Result<void> certify(Plan& plan, const std::function<void(const std::string&)>& sink,
                            const CertifyOptions& options = {});

/// What a certificate proves of a spec.
struct CertificateVerdict {
  std::optional<std::string> rejected;  ///< why, one sentence without a period
  bool stopped = false;  ///< the check was ended at `line`: nothing is known of the rest
  std::size_t line = 0;  ///< that was rejected, from 1
  solver::Claim claim;
  solver::Proved proved;
};
///   stop  ends the check
CertificateVerdict verify_certificate(const Lowered& lowered, const std::string& text,
                                      const model::Stop& stop = {});

/// Every figure of one deployment.
///   threads     that may be used; figures never depend on it
///   guaranteed  of this deployment, by `guaranteed_unavailability` with the problem's rules, where they are known; else empty
model::Result<Assessment> assess(const Lowered& lowered, const model::Deployment& deployment,
                                 unsigned threads = 1,
                                 const std::vector<model::Estimate>& guaranteed = {});

/// With importance and minimal cut sets, which take longer than the other figures.
model::Result<Assessment> assess_with_causes(const Lowered& lowered,
                                             const model::Deployment& deployment,
                                             unsigned threads = 1,
                                             const std::vector<model::Estimate>& guaranteed = {});

/// How inputs are drawn.
struct UncertaintyOptions {
  std::size_t draws = 4096;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  std::vector<double> quantiles{0.05, 0.5, 0.95};
  std::function<bool()> stop{};  ///< ends the draws; asked by one thread at a time
};

/// Whether an objective asks for a share of draws in which it holds.
bool asks_for_confidence(const Lowered& lowered);

/// Adds what the uncertainty of the spec's inputs does to the plan; nothing when there are no uncertain inputs or no
/// plan. The settings and placement are those of the plan in every draw.
///   fails  budget_exhausted when stopped
model::Result<void> draw_inputs(Plan& plan, const UncertaintyOptions& options);

/// Whether every confidence that is asked for is reached, as far as draws were made.
bool keeps_confidence(const Plan& plan);

/// What each service's downtime rests on, the weakest source first; empty when the spec says of no number where it
/// is from. A cause rests on the numbers that stand at its failure mode, external, release and so on; a failover also
/// on the failures of its instances and of what they stand on.
std::vector<std::vector<Provenance>> provenance_of(const Lowered& lowered,
                                                   const Assessment& assessment);

/// Every single loss, and every scenario of the spec, drilled on its "before" deployment. With a scenario among the
/// inputs, in that and with that alone.
///   lowered  what load(inputs) gave
model::Result<DrillReport> drill_report(const Inputs& inputs, Lowered lowered);

/// What explanations of an evaluated plan are drawn from: with a plan among the inputs, what the spec leaves open without
/// it, and what that plan says binds it.
///   plan    of evaluated_plan(what load(inputs) gave); must outlive what is returned
model::Result<Evidence> evidence_of(const Plan& plan, const Inputs& inputs);

/// What a simulation is asked for. Goals (budgets, targets) come from the objectives.
struct SimulationRequest {
  model::SimulateOptions options;
  std::optional<double> window;  ///< [s]; absent: that of the objectives, else 30 days
  std::function<void(const SimulationReport&)>
      so_far;  ///< told what is known at first, with the analytic figures, and after each round
};

/// The spec's "before" deployment, simulated, with the analytic figures beside.
model::Result<SimulationReport> simulation_report(Lowered lowered,
                                                  const SimulationRequest& request);

/// One path of it from the beginning, a line for every event.
///   until  [s]
model::Result<std::string> simulation_trace(const Lowered& lowered,
                                            const SimulationRequest& request, double until);

}  // namespace haplan::planner
