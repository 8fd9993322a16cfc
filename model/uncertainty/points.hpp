#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace haplan::model {

/// Points of the unit cube that fill it evenly: Sobol's sequence, its digits scrambled at random by Owen's nested
/// permutations, so that each point is uniform and averages over them are unbiased. Any point can be asked for
/// alone, which makes results independent of who computes which.
///   source  direction numbers [JK08] from Boost.Random; nested uniform scrambling [Owe95] by a hash [LK11], [Bur20]
class Points {
 public:
  /// Equal arguments give equal points everywhere. Different seeds give independent scramblings.
  ///   cost  O(dimensions) words times 32
  Points(std::size_t dimensions, std::uint64_t seed);

  [[nodiscard]] std::size_t dimensions() const { return key_.size(); }

  /// More dimensions than there are direction numbers for: the points are plain (counter-based) random ones.
  [[nodiscard]] bool low_discrepancy() const { return !direction_.empty() || key_.empty(); }

  /// Coordinates of one point, each strictly within (0, 1).
  ///   index  < 2^32
  ///   x      out: dimensions() entries
  void at(std::uint64_t index, std::span<double> x) const;

  /// Most dimensions with low discrepancy.
  static std::size_t most_dimensions();

 private:
  std::vector<std::uint64_t> key_;        ///< per dimension: of its scrambling
  std::vector<std::uint32_t> direction_;  ///< [bit][dimension]; empty: random points
};

}  // namespace haplan::model
