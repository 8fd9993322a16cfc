#pragma once

#include <optional>
#include <vector>

#include "solver/verify/relaxation.hpp"

namespace haplan::solver {

/// Every way to show that all deployments of a box miss something, the one that answered last first.
class Misses {
 public:
  /// Refers to the relaxation.
  Misses(const Problem& problem, Relaxation& relaxation);

  /// A limit that every deployment of the box misses.
  ///   nearest  raised to the largest ratio of an availability's figure to its limit
  std::optional<MissReason> find(const Box& box, double* nearest = nullptr);

  /// Figures that were asked for so far.
  [[nodiscard]] std::size_t asked() const { return asked_; }

 private:
  void add_components(LimitKind kind, model::ServiceId service, bool all);

  Relaxation& relaxation_;
  std::vector<MissReason> questions_;
  std::size_t asked_ = 0;
};

}  // namespace haplan::solver
