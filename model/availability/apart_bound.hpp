#pragma once

#include <limits>
#include <vector>

#include "model/system/system.hpp"

/// Components in series on a number of nodes, at most: as if each had nodes of its own, but for those that find none.
namespace haplan::model {

/// One component while no domain fails and nothing is drained.
struct ApartPart {
  /// In one placement.
  struct Placed {
    double plain = 0.0;   ///< P(down), if nothing were rescheduled
    double credit = 0.0;  ///< what rescheduling takes away from that
  };
  /// What lost nodes take away; of placements that are all rescheduled alike.
  struct Loss {
    /// Counts one placement.
    ///   down   P(down | k of its replicas reachable), k = 0 .. replicas
    ///   nodes  one per replica
    ///   lost   P(a node is lost), at most
    void include(const std::vector<double>& down, const std::vector<NodeId>& nodes, double lost);

    /// P(down | its vital nodes are up, and of the others all but so many), at most.
    [[nodiscard]] double given_up(std::size_t others) const;

    /// Nodes that take it down when one of them is lost, in every placement and in some.
    int vital = std::numeric_limits<int>::max();
    int vital_most = 0;
    double rest = 0.0;  ///< share of what is up that one of the others takes away, summed over them
    std::vector<double> few_lost;  ///< see given_up
    bool paired = true;  ///< in every placement two of the others take it down when both are lost
    double one_lost =
        0.0;  ///< P(down | at most one of the others is lost and nothing else), at most
  };
  double calm = 0.0;   ///< P(down) while all nodes are up
  double plain = 0.0;  ///< P(down), if nothing were rescheduled, in its worst placement
  double reschedule =
      0.0;  ///< [s] until replicas of a lost node serve again; at least, where no loss is known
  std::vector<Placed> placed;  ///< those of which none is better
  const Loss* loss = nullptr;  ///< null: not known, or nodes are down together
};

/// P(some part down), at most, wherever they are.
///
/// Let q be P(a node is lost), r_c the share of what is up of c that a lost node takes away while all others are up. P(all up) without
/// rescheduling is the product over components and what is added by covariances of products F of some with the next one, f. By
/// martingale differences over the N nodes, cov(F, f) >= sum over n of q (1 - q)^(2 N - 1) D_n F D_n f, where D_n is what losing n
/// alone takes away. Over the components on n these add up to sum r - 1 + prod(1 - r), times what the others are up. Rescheduling of
/// those in M gives for n alone lost prod over others of (1 - r) - prod(1 - r), which is short of the sum over M of r by no more than
/// that. It happens with q (1 - q)^(N - 1) and the share of lost time that comes after the shortest delay. So nothing is worse than
/// nodes of their own, unless nearly every lost node stays lost until its replicas are rescheduled.
///
/// Where n takes f down, and something before it, cov(F, f) >= q / (1 - q) E[F] E[f]: of m such components on a node m - 1 have that, and
/// make E[F] larger for those that come after them. They are back together with the slowest of them: rescheduling is short by what it
/// does for the other m - 1. All are up only while the nodes with such a component are: what else is there depends on the few other
/// nodes alone, or one more of them has to share.
///
/// Components that a pair of lost nodes takes down, and no single one, stand on the N - V nodes without a vital component, or one of them
/// is beside such. Two are neighbours when their pairs share a node. A group of neighbours has at least two nodes, and v nodes have
/// v (v - 1) / 2 pairs, so that P components make no more groups than the largest g with g - 1 + C(N - V - 2 (g - 1), 2) >= P, or two of
/// them have the same pair. In P - g of them f shares a node n with something before it. Taken first, n changes F where only its
/// neighbour's other node is lost besides, and f where only its own is, each with q (1 - q)^(N - 2) times what is up then, and other terms
/// stay as they are: cov(F, f) is larger by q^3, and by q^2 where the pair is the same or n has a vital component.
///
///   nodes    those that may host them; fail independently
///   returns  1 where nothing is known
double apart_bound(const std::vector<Node>& nodes, const std::vector<ApartPart>& parts);

}  // namespace haplan::model
