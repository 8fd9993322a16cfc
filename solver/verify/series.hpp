#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "solver/certificate.hpp"
#include "solver/verify/knapsack.hpp"
#include "solver/verify/part.hpp"
#include "solver/verify/relaxation.hpp"
#include "solver/verify/sizes.hpp"

namespace haplan::solver {

/// What the components together do to a service that needs them all. While all domains are up, components on nodes of their own are
/// independent, so the logarithms of their availabilities add up, and a dynamic programme over counts finds the least sum of those
/// that rank before the plan. Sharing a node makes them available together more often, by no more than their covariances: each falls
/// with the nodes that are lost, nodes fail independently, and so they are associated [Har60].
class Series {
 public:
  /// Refers to both.
  ///   plan  its rank; nothing: nothing ranks before anything
  Series(Relaxation& relaxation, const std::vector<std::vector<model::NodeId>>& witness,
         std::optional<CountRank> plan);

  struct Answer {
    bool excluded = false;  ///< every deployment of the box of those is beyond the figure
    std::vector<std::size_t>
        counts;  ///< else per component: of a choice that may not be, its index in Choices::counts
  };

  /// Whether every deployment of the box that keeps the recovery times, and ranks before the plan or keeps a budget, has a larger
  /// judged unavailability.
  ///   hosts    no two components share a node that is the own one of both, and any two share one of the others at most
  ///   figure   what is compared with
  ///   budget   index into Problem::budgets, of what is kept; nothing: ranks count
  ///   returns  nothing when that cannot be said of this box: nodes that are not one's own, placements that are not allowed, ...
  ///   error    relative to every term 1e-12, and each is taken 1e-11 of it smaller
  std::optional<Answer> judge(const Box& box, model::ServiceId service, const HostCounts& hosts,
                              double figure, std::optional<std::size_t> budget = std::nullopt);

  /// Something can be said of it: wherever the box leaves replicas the scheduler may put them as the witness does.
  bool applies(const Box& box);

  /// Of each count of a box to which this applies, about what the component alone does to a service that needs it.
  std::vector<double> worth(const Box& box, model::ComponentId c, std::size_t own,
                            std::size_t shared = 0);

  /// By how much the loss of a node makes a component less available while no domain is down: per level, the most of all counts.
  /// Two that share the node alone are up together more often than independent ones by q (1 - q) times the product of theirs, q the
  /// node's P(down).
  ///   counted  replicas, the first ones, whose nodes fail
  std::vector<double> swing(const Box& box, model::ComponentId c, std::size_t counted,
                            model::NodeId node);

  [[nodiscard]] double node_down(model::NodeId node) const { return parts_.node_down(node); }

  /// Domains whose loss is looked at.
  [[nodiscard]] const std::vector<model::DomainId>& domains() const { return parts_.domains(); }
  [[nodiscard]] bool below(model::NodeId node, model::DomainId domain) const {
    return parts_.below(node, domain);
  }

  /// It is needed, and nodes can be its own.
  [[nodiscard]] bool may_own(model::ServiceId service, model::ComponentId c) const;

  model::Stop stop;

 private:
  struct Sum;

  [[nodiscard]] bool fits(model::ServiceId service, const HostCounts& hosts) const;
  [[nodiscard]] std::set<model::NodeId> nodes_of(model::ComponentId c, std::size_t count) const;
  bool gather(const Box& box, model::ServiceId service, const HostCounts& hosts, double figure,
              Sum& sum);
  std::optional<std::vector<double>> shared(const Box& box, const HostCounts& hosts);
  void find_spares(const HostCounts& hosts);
  bool moves(const Box& box, model::ComponentId c, std::size_t counted);
  [[nodiscard]] double lost(const Sum& sum, std::size_t set, std::size_t singles) const;
  void find_losses(const Sum& sum);
  void find_ends(double figure, Sum& sum) const;
  /// Of sums of logs.
  struct Piece {
    double from = 0.0;
    double to = 0.0;
  };
  static Piece at_level(const Sum& sum, const Piece& piece, model::LevelId level);
  [[nodiscard]] double off(const Sum& sum, const Piece& piece) const;
  [[nodiscard]] Knapsack between(const Sum& sum, double figure, const Piece& piece) const;

  Relaxation& relaxation_;
  Choices& choices_;
  const model::System& system_;
  const std::vector<std::vector<model::NodeId>>& witness_;
  std::optional<CountRank> plan_;
  std::map<std::optional<std::size_t>, Sizes> known_sizes_;  ///< per budget
  Scheduled scheduled_;
  Parts parts_;
  bool lasting_ = false;             ///< something is down for good
  double undrained_ = 1.0;           ///< share of time
  double all_up_ = 1.0;              ///< P(all domains up)
  std::vector<double> domain_down_;  ///< of those that are looked at
  // Of the box at hand.
  Sizes* sizes_ = nullptr;
  std::vector<model::NodeId>
      spares_;                  ///< one that is nobody's in each domain; empty: some has none
  std::vector<double> losses_;  ///< by the loss of domains, as Knapsack::losses
};

}  // namespace haplan::solver
