#pragma once

#include <chrono>
#include <map>
#include <memory>

#include "solver/bounds.hpp"
#include "solver/solve.hpp"

/// What all searches of one problem share: tables, options and their figures, each computed once.
namespace haplan::solver {

/// Counts work and says when to stop.
class Meter {
 public:
  explicit Meter(const SolveOptions& options);
  /// One search node; polls the limits now and then.
  bool spend();
  [[nodiscard]] bool stopped() const { return stop_ != Stop::none; }
  [[nodiscard]] Stop stop() const { return stop_; }

  SearchWork work;

 private:
  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_;
  Stop stop_ = Stop::none;
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

  const Problem& problem;
  const model::LoadTable load;
  const Space space;
  const Cluster cluster;
  const model::ComponentNumbers before;
  const model::ServiceFunctions functions;
  const Bounds bounds;
  std::vector<model::ComponentId> replicated;  ///< components with counts, ascending
  Meter meter;

  /// Index into functions.inputs; its size for components that no service needs.
  [[nodiscard]] std::size_t input_of(model::ComponentId component) const;

  /// Options within the allowed values.
  ///   option    index into space.components[component].options
  ///   headroom  every placement has headroom
  const OptionSet& options(model::ComponentId component, std::size_t option, const Allowed& allowed,
                           bool headroom);

  /// tolerationSeconds that a search for feasibility takes: the smallest allowed.
  [[nodiscard]] int toleration(const Allowed& allowed) const;

  /// First error of any component's settings.
  std::optional<model::Error> error;

 private:
  const SettingOptions& settings(model::ComponentId component, const Allowed& allowed);
  const CountFigures& count_figures(model::ComponentId component, std::size_t option);

  std::vector<double> most_recovery_;  ///< [s] per component
  std::map<std::vector<double>, SettingOptions> settings_;
  std::map<std::pair<model::ComponentId, std::size_t>, std::unique_ptr<CountFigures>> counts_;
  std::map<std::vector<double>, OptionSet> sets_;
};

}  // namespace haplan::solver
