#pragma once

#include <map>
#include <utility>
#include <vector>

#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// One of the components that a service needs, where the witness puts it, in one of its counts and with its best settings. Only the
/// first replicas meet failures of nodes. During drains nodes that are not its own do not fail.
struct PartFigures {
  /// Unavailabilities, right to a few roundings.
  struct AtLevel {
    double calm = 0.0;  ///< while all nodes are up
    double down = 0.0;  ///< while all domains are up and nobody is rescheduled
    double credit =
        0.0;  ///< of all time in which domains are up, what rescheduling saves of `down` at most
    /// What drains of its nodes add, at least: sum over them of P(drained) (P(down | drained) - down) / (1 - down).
    double drained = 0.0;
    double shared = 0.0;  ///< of -log(1 - down), what comes from nodes that are not its own
  };
  std::vector<AtLevel> levels;
  /// Per domain that is looked at: P(down | it is down, and nothing is drained), over the levels by their share of time.
  std::vector<double> without;
  bool falling = true;  ///< it is up no more often with more nodes lost
};

class Parts {
 public:
  /// Refers to both. No node and no domain is down for good.
  ///   witness  of the system; its placements are legal wherever figures are asked for
  Parts(Choices& choices, const std::vector<std::vector<model::NodeId>>& witness);

  /// Domains that are looked at: those that fail most.
  [[nodiscard]] const std::vector<model::DomainId>& domains() const { return domains_; }

  [[nodiscard]] bool below(model::NodeId node, model::DomainId domain) const;

  /// Of each count of the box.
  ///   own     replicas, the first ones, whose nodes are its own
  ///   shared  the next ones, whose nodes fail, too
  const std::vector<PartFigures>& figures(const Box& box, model::ComponentId c, std::size_t own,
                                          std::size_t shared);

  /// By how much the loss of a node makes it less available while no domain is down, per count and level.
  ///   counted  replicas, the first ones, whose nodes fail
  std::vector<std::vector<double>> swings(const Box& box, model::ComponentId c, std::size_t counted,
                                          model::NodeId node);

  [[nodiscard]] double node_down(model::NodeId node) const { return node_down_[node]; }

 private:
  /// Nodes and how many of the replicas are on each.
  using Hosts = std::vector<std::pair<model::NodeId, int>>;

  /// In one of its counts at one level.
  struct Placed {
    std::vector<model::NodeId> nodes;
    std::vector<double> down_given_lost;  ///< per number of replicas on lost nodes
  };
  [[nodiscard]] Placed placed(model::ComponentId c, const Counts& counts, const BestSettings& best,
                              model::LevelId level) const;
  [[nodiscard]] static Hosts first(const std::vector<model::NodeId>& nodes, std::size_t count);
  [[nodiscard]] PartFigures at(const Box& box, model::ComponentId c, const Counts& counts,
                               const BestSettings& best, std::size_t own, std::size_t shared) const;
  [[nodiscard]] PartFigures::AtLevel at_level(model::ComponentId c, const BestSettings& best,
                                              int toleration, const Hosts& own, const Hosts& hosts,
                                              const std::vector<double>& down_given_lost) const;
  [[nodiscard]] double drained(model::ComponentId c, const BestSettings& best, const Hosts& hosts,
                               const std::vector<double>& down_given_lost, double down) const;
  [[nodiscard]] double down_without(const Hosts& hosts, const std::vector<double>& down_given_lost,
                                    model::NodeId left_out, int lost) const;

  Choices& choices_;
  const model::System& system_;
  const std::vector<std::vector<model::NodeId>>& witness_;
  model::System nowhere_;          ///< without a cluster, for what is pinned or not placed
  std::vector<double> node_down_;  ///< per node, by itself
  std::vector<model::DomainId> domains_;
  std::map<std::vector<std::size_t>, std::vector<PartFigures>> known_;
};

}  // namespace haplan::solver
