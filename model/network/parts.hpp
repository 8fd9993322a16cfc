#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace haplan::model {

/// What a part of a network between two ends does; the three probabilities add up to 1.
struct PartOutcome {
  double joins = 1.0;  ///< it connects its ends
  double parts = 0.0;  ///< it does not
  double lost = 0.0;   ///< it does not, and a terminal inside it is connected to neither end
};

/// Derivatives of some probability: of moving from `joins` to `parts`, and from `parts` to `lost`.
struct PartSlope {
  double parting = 0.0;
  double losing = 0.0;
};

/// Read-once trees that stand for a piece of a network between two vertices: every element occurs once, so
/// outcomes multiply. All figures are sums of products of non-negative numbers.
class Parts {
 public:
  using Id = std::size_t;
  enum class Kind { element, series, parallel, hung };
  struct Part {
    Kind kind = Kind::element;
    std::size_t first = 0;   ///< the element, or a part
    std::size_t second = 0;  ///< a part
    bool may_lose = false;
  };

  Id element(std::size_t element);
  /// One after the other, with nothing to connect in between; neither may lose a terminal.
  Id series(Id first, Id second);
  Id parallel(Id first, Id second);
  /// Two links of a terminal that has no others, to two vertices that are required themselves: the degree-2
  /// reduction of [SW85]. One link up keeps the terminal, none loses it.
  Id hung(Id first, Id second);

  [[nodiscard]] const Part& part(Id id) const { return parts_[id]; }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }

  /// Outcomes of all parts.
  ///   unavailability  per element, in [0, 1]
  ///   outcome         out: size() entries
  ///   error           relative, O(depth * epsilon) of each probability
  ///   cost            O(parts)
  void evaluate(std::span<const double> unavailability, std::vector<PartOutcome>& outcome) const;

  /// One pass from the trees' roots to their elements.
  ///   outcome  from evaluate()
  ///   slope    in: of the roots, zero elsewhere; out: consumed
  ///   du       in, out: per element, its derivative is added
  ///   cost     O(parts)
  void derivatives(std::span<const PartOutcome> outcome, std::vector<PartSlope>& slope,
                   std::span<double> du) const;

 private:
  std::vector<Part> parts_;  ///< children before parents
};

}  // namespace haplan::model
