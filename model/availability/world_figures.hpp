#pragma once

#include <span>
#include <vector>

#include "model/availability/drain_moves.hpp"
#include "model/availability/numbers.hpp"
#include "model/availability/service_functions.hpp"
#include "model/availability/worlds.hpp"

/// Unavailability of many placements of one deployment: worlds are listed once, then a placement of a component is a
/// vector of its down probabilities over worlds, and a service's figure a weighted sum over them.
namespace haplan::model {

/// Levels at which every component has the same replicas, need and ramp count as one.
struct LevelClass {
  LevelId level = 0;  ///< its first level
  double share = 0.0;
};

struct WorldFiguresOptions {
  double most_worlds =
      20'000;  ///< per level class; beyond it states with many failures at once are dropped
  /// When there are too many, fewer failures are followed during drains than without, and the stages of a drain
  /// that meets a failure become one world: the first of them for Moves::fewest, else the last, so that vectors of
  /// `exact` are then too small. See merged().
  bool merge_drains = false;
  std::vector<Bystanders> beside;  ///< nodes that the system does not list
  Stop stop;                       ///< then no worlds are listed: all mass is dropped
};

class WorldFigures {
 public:
  /// `deployment` gives every setting and the counts; its nodes matter only for has-it-nodes.
  WorldFigures(const System& system, const Deployment& deployment, const LoadTable& load,
               const ComponentNumbers& numbers, const WorldFiguresOptions& options = {});

  /// The components whose state the functions read: those that run as replicas and that a service can depend on.
  [[nodiscard]] const std::vector<ComponentId>& placed() const { return functions_.inputs; }
  [[nodiscard]] const std::vector<ServiceFunction>& functions() const {
    return functions_.functions;
  }
  /// Figures are upper ends, because the network was too large to be followed through all its failures.
  [[nodiscard]] bool network_bounded() const { return functions_.network_bounded; }
  [[nodiscard]] const std::vector<LevelClass>& classes() const { return classes_; }
  /// Worlds times level classes: the length of every vector below, class by class.
  [[nodiscard]] std::size_t size() const { return mass_.size(); }
  [[nodiscard]] std::span<const double> mass() const { return mass_; }
  /// Mass of the worlds left out: a service may be down in all of them, or in none.
  [[nodiscard]] double dropped() const { return worlds_.dropped; }
  [[nodiscard]] bool merged() const { return worlds_.merged; }
  /// The system does not list all nodes.
  [[nodiscard]] bool reduced() const { return !beside_.empty(); }
  [[nodiscard]] const Worlds& worlds() const { return worlds_; }

  /// P(component down | world) of a placement.
  ///   placed   index into placed()
  ///   nodes    one per replica at the largest level; empty without a cluster
  ///   credit   rescheduling counts (the plan has headroom)
  [[nodiscard]] std::vector<double> down(std::size_t placed, const std::vector<NodeId>& nodes,
                                         bool credit, Moves moves) const;

  /// P(service down | world) with the gated components as given and every series component up.
  ///   down  per placed component; only those of `gated` are read
  [[nodiscard]] std::vector<double> base(const ServiceFunction& function,
                                         const std::vector<const std::vector<double>*>& down) const;

  /// P(service down | world) with every component as given.
  [[nodiscard]] std::vector<double> joint(
      const ServiceFunction& function, const std::vector<const std::vector<double>*>& down) const;

  /// P(service down) with every component as given.
  [[nodiscard]] double unavailability(const ServiceFunction& function,
                                      const std::vector<const std::vector<double>*>& down) const;

  /// See ServiceFunctions::union_bound; worst is per placed component.
  [[nodiscard]] double union_bound(const ServiceFunction& function,
                                   const std::vector<double>& worst) const;

 private:
  struct Timing {
    double reschedule = 0.0;  ///< [s] infinite: never serves again
    double settle = 0.0;      ///< [s] out during a drain; infinite: the whole time
  };
  void find_timing();
  void make_classes();
  [[nodiscard]] FailureLimits failure_limits(std::size_t reschedule, std::size_t drain,
                                             const WorldFiguresOptions& options) const;
  void list_worlds(const WorldFiguresOptions& options);
  [[nodiscard]] TableKey key(ComponentId component, const LevelClass& level) const;
  [[nodiscard]] std::vector<int> reachable(std::size_t placed, const std::vector<NodeId>& nodes,
                                           bool credit, Moves moves) const;

  const System& system_;
  const LoadTable& load_;
  const ComponentNumbers& numbers_;
  mutable Deployment deployment_;  ///< scratch for placements whose failover depends on nodes
  ServiceFunctions functions_;
  std::vector<Timing> timing_;  ///< per placed component
  std::vector<LevelClass> classes_;
  std::vector<Bystanders> beside_;
  Worlds worlds_;
  std::vector<double> mass_;
};

}  // namespace haplan::model
