#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/diagram/diagram.hpp"

/// A coherent structure function of subsystems that are up or down, as a list of questions.
namespace haplan::solver::allocation {

/// One question: is this subsystem down? The answer leads to an earlier step or an end.
struct Step {
  std::uint32_t subsystem = 0;
  std::uint32_t up = 0;
  std::uint32_t down = 0;
};

/// Questions that lead to one of two ends. Children stand before their parents, so one pass in either direction
/// follows all paths.
struct Questions {
  static constexpr std::uint32_t kWorks = 0;
  static constexpr std::uint32_t kFails = 1;

  std::vector<Step> steps;  ///< the first two are the ends, without meaning
  std::uint32_t root = kWorks;
  /// The longest path, which bounds how roundings add up.
  std::size_t depth = 0;

  /// P(fails) for independent subsystems.
  ///   down   per subsystem its unavailability, in [0, 1]
  ///   value  workspace
  ///   error  relative O(depth epsilon): sums of products of non-negative numbers
  [[nodiscard]] double unavailability(std::span<const double> down,
                                      std::vector<double>& value) const;
};

struct Structure {
  Questions whole;
  /// The structure fails when one of these does; no two share a subsystem, and none can be taken apart further where
  /// the order of questions shows it. Empty: it never fails, or always.
  std::vector<Questions> parts;
};

/// The questions of a diagram that is true where the structure is down.
///   down       monotone, of variables with two values, 1 for a subsystem that is down; ascending on every path
///   subsystem  per variable of the diagram
///   cost       O(nodes log nodes)
Structure structure_of(model::Diagram& diagram, model::Diagram::Ref down,
                       std::span<const std::size_t> subsystem);

}  // namespace haplan::solver::allocation
