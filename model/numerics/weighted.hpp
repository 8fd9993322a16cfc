#pragma once

#include <array>
#include <cstdint>
#include <vector>

/// Weighted k-out-of-n in unavailability space: like replicas in groups, each replica with a weight; what serves must
/// weigh enough. Only positive terms are added.
namespace haplan::model {

struct WeightedGroup {
  int count = 0;
  std::int64_t weight = 1;  ///< > 0
  double u = 0.0;           ///< unavailability of one replica
};

/// P(the weights of what serves sum to less than `need`), all replicas independent.
///   returns  0 for need <= 0, 1 when all together weigh less
///   error    relative O(replicas epsilon)
///   cost     O(distinct sums below need * replicas): for weights of 1 that of k-out-of-n
double weigh_less_than(std::int64_t need, const std::vector<WeightedGroup>& groups);

/// Its derivative by the unavailability that all replicas of one group share.
double weigh_less_than_derivative(std::int64_t need, const std::vector<WeightedGroup>& groups,
                                  std::size_t group);

/// A need, and what a replica of each group weighs in it.
struct WeighedNeed {
  std::int64_t need = 1;
  std::vector<std::int64_t> weight;  ///< per group
};

/// P(what serves weighs less than each of two needs): index bit 0 for the first, bit 1 for the second.
///   cost  O(distinct pairs of sums * replicas)
std::array<double, 4> weigh_less_than_both(const WeighedNeed& first, const WeighedNeed& second,
                                           const std::vector<WeightedGroup>& groups);

}  // namespace haplan::model
