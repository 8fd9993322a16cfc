#pragma once

#include <array>
#include <span>
#include <vector>

#include "model/uncertainty/ensemble.hpp"
#include "model/uncertainty/points.hpp"

/// Several independent scramblings of the same points, whose differences tell how far an estimate is off.
namespace haplan::model {

/// Which point of which replication a draw is.
class Replications {
 public:
  ///   count  rounded up to a multiple of kReplications
  Replications(std::size_t dimensions, std::uint64_t seed, std::size_t count);

  [[nodiscard]] std::size_t count() const { return each_ * kReplications; }
  [[nodiscard]] std::size_t each() const { return each_; }
  [[nodiscard]] std::size_t replication_of(std::size_t index) const { return index / each_; }
  [[nodiscard]] bool low_discrepancy() const { return points_.front().low_discrepancy(); }
  void at(std::size_t index, std::span<double> x) const {
    points_[index / each_].at(index % each_, x);
  }

 private:
  std::size_t each_;
  std::vector<Points> points_;  ///< one per replication
};

/// One estimate per replication.
using Replicated = std::array<double, kReplications>;

/// Half the width of the 95 % interval of the estimates' mean. Infinite when some are not finite and they differ.
double half_width(const Replicated& estimates);

/// 95 % interval of a share: Wilson's, with as many draws as independent ones would be needed for the spread that
/// the replications show (all draws where they agree).
///   source  [Wil27]
Share share_of(const Replicated& shares, std::size_t draws);

/// The p-quantile of sorted values: linear between the midpoints of the steps of the empirical law ([HF96], type 5).
///   sorted  not empty
double quantile_of(std::span<const double> sorted, double p);

}  // namespace haplan::model
