#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"
#include "solver/verify/alone.hpp"
#include "solver/verify/scheduled.hpp"

/// Figures that no deployment of a box falls below: of systems that are at least as good as all of them.
namespace haplan::solver {

/// Of `problem`, with the witness's placements for what the scheduler may choose. Refers to both.
class Relaxation {
 public:
  Relaxation(const Problem& problem, const std::vector<std::vector<model::NodeId>>& witness);

  Choices choices;
  /// Ends evaluations, whose figures then exclude nothing.
  void stop_by(const model::Stop& stop) { stop_ = alone_.stop = stop; }

  /// The figure that a miss would have to name; nothing: this basis says nothing of this box.
  ///   figure  of `miss` is not read
  ///   error   sums of products of non-negative numbers: relative, below kMargin
  std::optional<double> figure(const Box& box, const MissReason& miss);

  /// What exceeds it for certain, and hardly anything less does.
  static double just_beyond(double limit) { return limit * (1.0 + 2.0 * kMargin); }

  /// Whether the figure exceeds the limit for certain.
  [[nodiscard]] bool exceeds(const MissReason& miss, double figure) const;

  /// The limit of an objective; nothing: none is asked for.
  [[nodiscard]] std::optional<double> limit(model::ServiceId service, LimitKind kind) const;

  /// Services that are down whenever the component is.
  [[nodiscard]] bool needs(model::ServiceId service, model::ComponentId c) const {
    return needed_by_[service][c];
  }

  /// P(service down) per level while nothing happens to nodes and domains, for what else than these components does.
  ///   perfect  per component: it never fails; the same for a service every time
  const std::vector<double>& rest(const Box& box, model::ServiceId service,
                                  const std::vector<bool>& perfect);

  /// Relative, far above the rounding of sums of non-negative terms, far below what anybody can measure.
  static constexpr double kMargin = 1e-9;

 private:
  struct Relaxed {
    model::System system;
    model::Deployment deployment;
  };

  void find_needs();
  bool all_counts_single(const Box& box);
  const std::vector<double>& calm_unavailability(const Box& box, model::ComponentId c);
  std::vector<double> calm_figures(const Box& box, model::ServiceId service,
                                   const std::vector<bool>& perfect);
  [[nodiscard]] std::vector<bool> only(std::optional<model::ComponentId> c) const;
  std::optional<Relaxed> placed(const Box& box, bool for_scheduler);
  double lowest(const Relaxed& relaxed, model::ServiceId service) const;
  std::optional<double> calm_figure(const Box& box, const MissReason& miss);
  double error_rate(const Box& box, model::ServiceId service);
  double response_time(const Box& box, model::ServiceId service);
  std::optional<double> placement_figure(const Box& box, model::ServiceId service);
  std::optional<double> worst_figure(const Box& box, model::ServiceId service);
  std::optional<double> component_figure(const Box& box, const MissReason& miss);

  const Problem& problem_;
  model::Stop stop_;
  Scheduled scheduled_;
  Alone alone_;
  std::vector<std::vector<bool>> needed_by_;                            ///< [service][component]
  std::vector<std::vector<bool>> reached_by_;                           ///< [service][component]
  std::map<std::vector<std::size_t>, std::vector<double>> known_calm_;  ///< per level
  std::map<std::vector<std::size_t>, std::vector<double>> known_rest_;  ///< the same
};

}  // namespace haplan::solver
