#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model/uncertainty/study.hpp"
#include "planner/lower.hpp"
#include "planner/lower/inputs.hpp"
#include "planner/uncertainty.hpp"
#include "solver/solve.hpp"

/// A spec with uncertain numbers as a function from their values to figures and verdicts.
namespace haplan::planner {

/// The laws of the inputs.
///   fails  invalid_input: an interval that no law of the kind has, with the input's name
model::Result<std::vector<model::Law>> laws_of(const std::vector<UncertainInput>& inputs);

/// Names of a service's figures that can be followed, as in JSON: "unavailability", "outagesPerYear", ...
std::span<const char* const> followed_figures();

/// Their values, in the same order, at the end of `figures`.
void add_figures(const model::ServiceFigures& service, std::vector<double>& figures);

std::vector<DrawnFigure> drawn_figures(const model::System& system);

/// Every objective of every service, and behind those of a service all of them together.
std::vector<DrawnObjective> drawn_objectives(const solver::Problem& problem,
                                             const std::vector<solver::ObjectiveCheck>& checks);

/// The spec's figures and verdicts of one deployment, whose settings and placement stay. Owns its evaluators.
class SpecStudy {
 public:
  ///   lowered     with its document; must outlive this
  ///   factor      per service: guaranteed over own unavailability
  ///   objectives  of drawn_objectives; the figures are those of drawn_figures
  SpecStudy(const Lowered& lowered, const model::Deployment& deployment,
            std::vector<model::Law> laws, std::vector<double> factor,
            const std::vector<DrawnObjective>& objectives);
  ~SpecStudy();
  SpecStudy(const SpecStudy&) = delete;
  SpecStudy& operator=(const SpecStudy&) = delete;

  [[nodiscard]] const model::Study& study() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Draws in which the guaranteed figure's excess over the own one is looked at.
inline constexpr std::size_t kGuaranteeDraws = 16;

/// Guaranteed over own unavailability per service: the largest of the nominal one and those of `draws` draws.
///   fails  as the figures at the nominal values
model::Result<std::vector<double>> guarantee_factors(const Lowered& lowered,
                                                     const model::Deployment& deployment,
                                                     const std::vector<model::Law>& laws,
                                                     std::uint64_t seed,
                                                     std::size_t draws = kGuaranteeDraws);

}  // namespace haplan::planner
