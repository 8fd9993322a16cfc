#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <memory>

#include "model/base/stop.hpp"
#include "solver/bounds.hpp"
#include "solver/run.hpp"
#include "solver/solve.hpp"

/// What all searches of one problem share: tables, options and their figures, each computed once.
namespace haplan::solver {

/// Counts work and says when to stop.
class Meter {
 public:
  explicit Meter(const SolveOptions& options);
  /// One search node. False: stop.
  bool spend();
  /// Work that is no search node. False: stop.
  bool charge(std::size_t units);
  /// As if the work limit had been reached: what comes next would not fit into memory.
  void give_up() {
    if (!ended()) stop_ = Stop::work_limit;
  }
  /// A limit ended the search, or an allowance this part of it.
  [[nodiscard]] bool stopped() const { return ended() || work.units >= allowed_; }
  /// A limit ended the search.
  [[nodiscard]] bool ended() const { return stop_ != Stop::none; }
  [[nodiscard]] Stop stop() const { return stop_; }

  /// For the model's calculations, which ask once per million elementary operations or so.
  [[nodiscard]] model::Stop asking();
  /// The same, deaf to allowances: for what is kept beyond them.
  [[nodiscard]] model::Stop asking_limits();

  /// Units that are left by the limits, as far as they tell; at most `most`.
  [[nodiscard]] std::size_t left(std::size_t most) const;

  /// What the caller is told from now on.
  void enter(SearchProgress::Phase phase);
  void found(int replicas);
  void excluded_below(int replicas);

  SearchWork work;

 private:
  friend class Allowance;
  void tell();

  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_;
  Stop stop_ = Stop::none;
  SearchProgress progress_;
  std::size_t told_ = 0;    ///< units at the last progress
  std::size_t polled_ = 0;  ///< units at the last look at clock and signals
  std::size_t allowed_ = std::numeric_limits<std::size_t>::max();
};

/// While it lives a part of the search may do this much work and no more.
class Allowance {
 public:
  Allowance(Meter& meter, std::size_t units) : meter_(meter), before_(meter.allowed_) {
    meter.allowed_ = std::min(before_, meter.work.units + units);
  }
  Allowance(const Allowance&) = delete;
  Allowance& operator=(const Allowance&) = delete;
  ~Allowance() { meter_.allowed_ = before_; }

 private:
  Meter& meter_;
  std::size_t before_;
};

/// Options of one component at one count, with their figures.
struct OptionSet {
  const SettingOptions* settings = nullptr;
  CountChoice choice;                  ///< gives the count
  std::vector<OptionFigures> figures;  ///< empty: nothing is possible
  OptionFigures ideal;
};

class Workbench {
 public:
  ///   numbers  of the problem's `before`: what does not depend on settings is taken from there
  Workbench(const Problem& problem, const SolveOptions& options,
            const model::ComponentNumbers& numbers);

 private:
  std::unique_ptr<model::Reaches> own_reaches_;  ///< unless the run has them

 public:
  const Problem& problem;
  const model::LoadTable load;
  const Space space;
  const model::Cluster cluster;
  model::Reaches& reaches;
  const model::ComponentNumbers before;
  const model::ServiceFunctions functions;
  const NodeClasses classes;
  const Bounds bounds;
  std::vector<model::ComponentId> replicated;  ///< components with counts, ascending
  int crowd = 0;                               ///< as in PlacementSpace, with any counts
  Meter meter;
  const unsigned threads;  ///< that may be used

  /// Index into functions.inputs; its size for components that no service needs.
  [[nodiscard]] std::size_t input_of(model::ComponentId component) const;

  /// Options within the allowed values.
  ///   option    index into space.components[component].options
  ///   headroom  every placement has headroom
  const OptionSet& options(model::ComponentId component, std::size_t option, const Allowed& allowed,
                           bool headroom);

  /// tolerationSeconds that a search for feasibility takes: the smallest allowed.
  [[nodiscard]] int toleration(const Allowed& allowed) const;

  /// Plans that were turned down because their guaranteed figures are known as intervals only, with a limit inside.
  std::size_t unknown_verdicts = 0;

  /// Whether the answer is yes; counts unknown ones that no limit caused.
  bool accepts(const model::Result<model::Kept>& answer) {
    if (answer && *answer == model::Kept::unknown && !meter.stopped()) ++unknown_verdicts;
    return answer && *answer == model::Kept::yes;
  }

  /// Whether no settings and placements of these counts keep the objectives, as far as the run knows from before.
  [[nodiscard]] bool known_refused(const std::vector<std::size_t>& counts) const;
  ///   counts  of CountVector::option
  /// That is proved now.
  void refuse(const std::vector<std::size_t>& counts);

  /// First error of any component's settings.
  std::optional<model::Error> error;

 private:
  [[nodiscard]] int fewest_crowding() const;
  const SettingOptions& settings(model::ComponentId component, const Allowed& allowed);
  const CountFigures& count_figures(model::ComponentId component, std::size_t option);
  /// Null: nothing is shared.
  KnownOptions* known_options(model::ComponentId component, const CountOption& option,
                              const CountChoice& choice, int toleration, bool headroom);

  Run* run_;
  std::optional<RefusedCounts::Question> refused_;  ///< what this is among the run's refused counts
  std::map<model::ComponentId, std::size_t> subjects_;  ///< their numbers in its figures
  std::vector<double> most_recovery_;                   ///< [s] per component
  std::map<std::vector<double>, SettingOptions> settings_;
  std::map<std::pair<model::ComponentId, std::size_t>, std::unique_ptr<CountFigures>> counts_;
  std::map<std::vector<double>, OptionSet> sets_;
};

}  // namespace haplan::solver
