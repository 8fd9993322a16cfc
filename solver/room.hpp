#pragma once

#include <algorithm>

/// Nodes that the scheduler may give to components one by one, on clusters of equal nodes in equal zones.
namespace haplan::solver {

/// Over zones nodes are dealt out evenly, each component's largest part to the emptiest zone, so that no zone gets more than its part
/// and what one component has; one node stays free.
struct Room {
  int zones = 1;
  int size = 0;  ///< nodes of the smallest zone
  int taken = 0;
  int largest = 0;

  /// False: they do not fit any more.
  bool take(int nodes) {
    const int most = std::max(largest, nodes);
    const int there = zones > 1 ? zones * (size - most) : size;
    if (taken + nodes > there - 1) return false;
    taken += nodes;
    largest = most;
    return true;
  }

  /// How many components of several replicas find place on the nodes that are left, no two of them sharing more than one. The
  /// nodes of each domain are dealt into columns of a prime length p, and the i-th component takes node i + c floor(i / p) modulo p
  /// of column c: the nodes of two agree in one column at most, for a product of two factors below p is no multiple of it.
  ///   in_domain  most replicas of one of them in a domain
  [[nodiscard]] int sharing(int in_domain) const {
    const int busiest = (taken + (zones - 1) * largest + zones - 1) / zones;
    const int length = (size - busiest) / std::max(1, in_domain);
    int prime = length;
    while (prime > 1 && !is_prime(prime)) --prime;
    return prime >= zones * in_domain ? prime * prime : 0;
  }

 private:
  static bool is_prime(int n) {
    for (int d = 2; d * d <= n; ++d)
      if (n % d == 0) return false;
    return n > 1;
  }
};

/// P(some of them is down), at least, of components that share nodes like that. By Bonferroni's inequality it is the sum less that over
/// pairs. If nothing were rescheduled, two of them would be independent given whether the node that they share is lost, and each one down
/// with it at most as often as at all. Each may be taken for less than it is, so that the result grows with the sum.
///   sum      of P(down by lost nodes)
///   plainly  so many times that, at most, if nothing were rescheduled
///   lost     P(a node is lost)
inline double some_down(double sum, double plainly, double lost) {
  if (lost <= 0.0) return 0.0;
  const double twice = plainly * plainly * (1.0 + 1.0 / lost);
  const double counted = std::min(sum, 1.0 / twice);
  return counted - 0.5 * twice * counted * counted;
}

}  // namespace haplan::solver
