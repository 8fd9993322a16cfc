#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"

namespace haplan::solver {

/// One option of each part is taken. Sizes add up number by number and are compared like words; of values, and of what the hits and
/// singles of all together lose, the sum is held against `most`.
struct Knapsack {
  /// The first number is not negative.
  using Size = std::array<std::int64_t, 4>;
  struct Option {
    Size size{};
    double value = 0.0;
    unsigned hits = 0;  ///< a set, of bits
    bool single = false;
  };
  std::vector<std::vector<Option>> parts;  ///< none is empty
  Size before{};                           ///< the sum of the sizes has to be less
  std::size_t sets = 1;                    ///< of hits
  /// Per number of singles, the last one for any that are more, and set of hits; a larger one of either loses no less.
  std::vector<double> losses;
  double most = 0.0;
};

/// Options whose sizes add up to less than `before`, and whose value is at most `most`.
struct KnapsackAnswer {
  bool known = true;  ///< false: there was too much to go through, or it was stopped
  std::optional<std::vector<std::size_t>>
      choice;  ///< per part, of the least value of those that were met; nothing: there are none
  double value = 0.0;  ///< of the choice, with its losses
};

/// A dynamic programme over the parts: of sums with the same hits only those count that no other one is as good as.
///   error  a few roundings of the sum of all values that are taken
///   cost   O(parts * options * sums that are kept), each kept when the rest may still do; at most a million of them
KnapsackAnswer fill(const Knapsack& knapsack, const model::Stop& stop = {});

}  // namespace haplan::solver
