#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "model/availability/placement_space.hpp"
#include "model/availability/reaches.hpp"
#include "model/availability/sum_bound.hpp"
#include "model/base/stop.hpp"
#include "solver/loss_cases.hpp"
#include "solver/node_classes.hpp"
#include "solver/options.hpp"

/// What each option of a component does to figures at one count, bounded over its placements.
namespace haplan::solver {

/// At least, in one placement on nodes of one class that the scheduler may choose as far as this component goes, its nodes
/// changed for equal ones or not, while no domain is down.
struct OwnNodes {
  std::vector<double> plain;  ///< per level: P(down | nothing drained), if nothing were rescheduled
  std::vector<double> credit;  ///< per level: what rescheduling takes away from it, at most
  double drained = 0.0;  ///< P(down and what stood on one of its nodes that is drained is out)
  double absent = 0.0;   ///< P(something of it is out because one of its nodes is drained), at most
  double gain = 0.0;     ///< what nodes add to P(down), mean over levels
  int nodes = 0;         ///< that it uses; 0: there is no such placement
  double zone_lost = 0.0;  ///< P(down | some one domain is down), the domain that hurts most
  /// Per level: P(down by lost nodes, up otherwise | nothing drained), rescheduling as if no other node were lost, at least; empty
  /// unless every replica has another node and none of these takes it down alone.
  std::vector<double> several;
  double plainly = 1.0;  ///< so many times that, at most, if nothing were rescheduled
  int in_domain = 0;     ///< of its nodes, the most in one domain
};

/// Lower and upper ends over placements. `own`: placements that the plan may choose; `worst`: the scheduler may.
struct OptionFigures {
  std::size_t probe = 0;            ///< index into SettingOptions::probes
  std::size_t controller = 0;       ///< index into SettingOptions::controllers
  double checks = 0.0;              ///< [1/s] of one pod
  std::vector<double> calm_low;     ///< per level: P(down | calm world)
  std::vector<double> outside_low;  ///< per level: P(down and not calm), own
  std::vector<double> outside_high;
  std::vector<double>
      misrouted_low;  ///< per level: share of requests that meet a dead replica, own
  std::vector<double> misrouted_high;
  double worst_low = 0.0;   ///< P(down and not calm) over levels, in the most harmless placement
  double worst_sure = 0.0;  ///< a lower bound that some placement reaches (if capacity never binds)
  model::WorstAlone high;   ///< upper bounds over all placements
  std::vector<OwnNodes> alone;  ///< per class of nodes
  /// [s] own: until it is back after any loss of a kind. Only for kinds that an objective limits.
  std::array<Ends, kLimitedLosses> loss{};
};

/// The smallest low end of every figure: no option is better in anything.
OptionFigures ideal_of(const std::vector<OptionFigures>& options);

/// Figures of one option that were computed before.
struct KnownOption {
  OptionFigures
      figures;  ///< without probe, controller, checks, requests to replicas that failed by themselves, and losses
  std::array<std::optional<Ends>, kLimitedLosses> loss;  ///< as far as it was asked for
};

/// Of one component at one count, by settings_key.
using KnownOptions = std::map<std::vector<double>, KnownOption>;

/// A component at one count option: its placements and their reach.
class CountFigures {
 public:
  /// All must outlive it.
  ///   stop  placements that are not looked at by then are bounded by anything
  CountFigures(const Problem& problem, const model::LoadTable& load, const model::Cluster& cluster,
               const NodeClasses& classes, model::Reaches& reaches, model::ComponentId component,
               const CountOption& option, const model::Stop& stop = {});

  /// False: no placement exists even alone.
  [[nodiscard]] bool placeable() const { return placeable_; }

  /// Figures of every combination of probe and controller option.
  ///   choice      gives the counts
  ///   toleration  [s]
  ///   headroom    every placement has headroom
  ///   stop        options that are not looked at by then are missing
  ///   known       of equal problems, the component, counts, toleration and headroom being the same; what is new is
  ///               added. Null: everything is computed
  [[nodiscard]] std::vector<OptionFigures> figures(const SettingOptions& options,
                                                   const ComponentSpace& space,
                                                   const CountChoice& choice, int toleration,
                                                   bool headroom, const model::Stop& stop = {},
                                                   KnownOptions* known = nullptr) const;

 private:
  struct Placement {
    std::vector<model::NodeId> nodes;
    std::vector<std::size_t> reach;               ///< per level: index into reach_
    std::vector<std::vector<std::size_t>> given;  ///< per condition and level
    bool own = false;
    bool scheduled = false;                 ///< among those the scheduler may choose
    int distinct = 0;                       ///< nodes
    int in_domain = 0;                      ///< most replicas in one domain
    std::optional<std::size_t> node_class;  ///< of all its nodes
  };
  /// Of one option.
  struct Timings {
    double settle = 0.0;    ///< [s]
    model::Timing kindly;   ///< replicas are rescheduled
    model::Timing harshly;  ///< only if there is headroom
  };
  /// What one reach makes of one option: P(down and ...).
  struct Outside {
    double plain = 0.0;         ///< not calm and nothing drained, if nothing is rescheduled
    double kindly_quiet = 0.0;  ///< not calm and nothing drained
    double kindly = 0.0;        ///< not calm
    double harshly_quiet = 0.0;
    double harshly_drained = 0.0;
  };
  class Outsides;
  struct Scratch;
  [[nodiscard]] std::size_t index_of(const model::Reach& reach);
  [[nodiscard]] std::vector<std::size_t> reaches_under(std::size_t condition,
                                                       const std::vector<model::NodeId>& nodes);
  [[nodiscard]] Placement placed(const std::vector<model::NodeId>& nodes, bool own,
                                 bool scheduled) const;
  /// False: stopped.
  bool add(const std::vector<std::vector<model::NodeId>>& list, bool own, bool scheduled);
  [[nodiscard]] OptionFigures figures_of(Scratch& scratch, KnownOptions* known) const;
  [[nodiscard]] OptionFigures without_losses(Scratch& scratch) const;
  [[nodiscard]] double out_during_drains(const Placement& placement,
                                         const std::vector<double>& down, double settle) const;
  void add_conditions(const Placement& placement, Outsides& outsides, OptionFigures& figures) const;
  /// After any loss of a kind that objectives limit.
  [[nodiscard]] Ends after_losses(const Scratch& scratch, std::size_t kind) const;

  const Problem& problem_;
  const model::LoadTable& load_;
  const model::Cluster& cluster_;
  const NodeClasses& classes_;
  model::Reaches& reaches_;
  model::ComponentId component_;
  const CountOption& option_;
  model::StopMeter meter_;  ///< of the constructor
  std::vector<Placement> placements_;
  std::vector<const model::Reach*> reach_;  ///< of the placements, distinct
  std::map<const model::Reach*, std::size_t> reach_index_;
  bool own_complete_ = true;
  bool scheduled_complete_ = true;
  bool placeable_ = true;
  bool scatters_ = false;  ///< the scheduler may exchange its nodes for equal ones
  model::Reach nowhere_;   ///< without a cluster
  LossCases losses_;
};

}  // namespace haplan::solver
