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
    const int prime = column(in_domain);
    return prime >= zones * in_domain ? prime * prime : 0;
  }

  /// Most of so many components that share nodes in this way on one node.
  [[nodiscard]] int crowding(int components, int in_domain) const {
    const int prime = column(in_domain);
    return (components + prime - 1) / prime;
  }

 private:
  [[nodiscard]] int column(int in_domain) const {
    const int busiest = (taken + (zones - 1) * largest + zones - 1) / zones;
    int prime = std::max(1, (size - busiest) / std::max(1, in_domain));
    while (prime > 1 && !is_prime(prime)) --prime;
    return prime;
  }
  static bool is_prime(int n) {
    for (int d = 2; d * d <= n; ++d)
      if (n % d == 0) return false;
    return n > 1;
  }
};

/// Components that are put anywhere, in layers of components of which no two share a node.
class Layers {
 public:
  ///   empty  room of all nodes
  explicit Layers(const Room& empty) : empty_(empty), width_(empty.size) {}

  ///   nodes      that it uses; 0: it may be anywhere, and nothing else counts on room in its layer
  ///   in_domain  of these, the most in one domain
  void add(int nodes, int in_domain) {
    if (nodes > 0 && fits(nodes, in_domain)) return;
    ++count_;
    layer_ = empty_;
    even_ = true;
    width_ = 0;
    if (nodes > 0 && fits(nodes, in_domain)) return;
    even_ = false;
    width_ = empty_.size;
  }

  /// No node has more components than that.
  [[nodiscard]] int count() const { return count_; }

 private:
  /// Dealt out evenly, or with as many nodes in every domain as it has in any.
  bool fits(int nodes, int in_domain) {
    const bool even = even_ && layer_.take(nodes);
    if (!even && width_ + in_domain > empty_.size) return false;
    even_ = even;
    width_ += in_domain;
    return true;
  }

  Room empty_;
  Room layer_{};  ///< while all were dealt out evenly
  bool even_ = false;
  int width_;  ///< sum of the most in one domain
  int count_ = 0;
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
