#pragma once

#include <algorithm>
#include <vector>

/// Nodes that the scheduler may give to components one by one, of one class of equal nodes in equal zones.
namespace haplan::solver {

/// Nodes of one class that a component uses where it is put there.
struct NodeShare {
  int nodes = 0;      ///< 0: it is not put there as a whole
  int in_domain = 0;  ///< of these, the most in one domain; all of them without domains
};

/// Over zones nodes are dealt out evenly, each component's largest part to the emptiest zone, the next one to the next: then no zone ever has
/// more than another one and the largest part of any component. One node stays free.
struct Room {
  int zones = 1;
  int size = 0;  ///< nodes of the smallest zone
  int taken = 0;
  int largest = 0;  ///< part of a component in one zone

  /// In all.
  [[nodiscard]] int nodes() const { return zones * size; }

  [[nodiscard]] bool fits(const NodeShare& share) const {
    const Room after = with(share);
    return after.taken < nodes() && after.busiest_zone() <= size;
  }

  /// False: they do not fit any more.
  bool take(const NodeShare& share) {
    if (!fits(share)) return false;
    *this = with(share);
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
  [[nodiscard]] Room with(const NodeShare& share) const {
    return {zones, size, taken + share.nodes, std::max(largest, share.in_domain)};
  }
  /// Nodes taken in one zone, at most: the others have no fewer than that less the largest part.
  [[nodiscard]] int busiest_zone() const { return (taken + (zones - 1) * largest) / zones; }
  [[nodiscard]] int column(int in_domain) const {
    int prime = std::max(1, (size - busiest_zone()) / std::max(1, in_domain));
    while (prime > 1 && !is_prime(prime)) --prime;
    return prime;
  }
  static bool is_prime(int n) {
    for (int d = 2; d * d <= n; ++d)
      if (n % d == 0) return false;
    return n > 1;
  }
};

/// Components that are put anywhere on nodes of one class, in layers of components of which no two share a node.
class Layers {
 public:
  ///   empty  room of all nodes
  explicit Layers(const Room& empty) : empty_(empty), width_(empty.size) {}

  void add(const NodeShare& share) {
    if (fits(share)) return;
    ++count_;
    layer_ = empty_;
    even_ = true;
    width_ = 0;
    if (fits(share)) return;
    even_ = false;
    width_ = empty_.size;
  }

  /// No node has more components than that.
  [[nodiscard]] int count() const { return count_; }

  /// Nodes in all.
  [[nodiscard]] int nodes() const { return empty_.nodes(); }

 private:
  /// Dealt out evenly, or with as many nodes in every domain as it has in any.
  bool fits(const NodeShare& share) {
    const bool even = even_ && layer_.take(share);
    if (!even && width_ + share.in_domain > empty_.size) return false;
    even_ = even;
    width_ += share.in_domain;
    return true;
  }

  Room empty_;
  Room layer_{};  ///< while all were dealt out evenly
  bool even_ = false;
  int width_;  ///< sum of the most in one domain
  int count_ = 0;
};

/// Components that are put anywhere beside others: how many any node has at most.
class Crowd {
 public:
  /// One room of all nodes per class.
  explicit Crowd(const std::vector<Room>& rooms) {
    for (const Room& room : rooms) layers_.emplace_back(room);
  }

  /// Puts a component into the largest class that it may use as a whole.
  ///   share  (class) -> NodeShare
  template <class Share>
  void add(const Share& share) {
    std::size_t best = layers_.size();
    for (std::size_t k = 0; k < layers_.size(); ++k)
      if (share(k).nodes > 0 &&
          (best == layers_.size() || layers_[best].nodes() < layers_[k].nodes()))
        best = k;
    if (best == layers_.size()) {
      ++anywhere_;
      return;
    }
    layers_[best].add(share(best));
  }

  /// On one node.
  ///   busiest  (class) -> components that nodes of the class have besides
  template <class Busiest>
  [[nodiscard]] int most(const Busiest& busiest) const {
    int most = 0;
    for (std::size_t k = 0; k < layers_.size(); ++k)
      most = std::max(most, busiest(k) + layers_[k].count());
    return most + anywhere_;
  }

 private:
  std::vector<Layers> layers_;  ///< per class
  int anywhere_ = 0;
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
