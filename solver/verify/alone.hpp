#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/base/stop.hpp"
#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// Figures of one component when nothing else ever fails.
class Alone {
 public:
  explicit Alone(Choices& choices) : choices_(choices), problem_(choices.problem) {}

  /// The least figure over the counts of the box and the placements that are open for it: the scheduler's for an
  /// availability that is judged by the guaranteed figure, else the plan's. Settings at their best.
  ///   kind     availability, a loss or data loss
  ///   returns  nothing when there are too many placements; infinite when no setting is allowed
  std::optional<double> least(const Box& box, LimitKind kind, model::ComponentId c);

  model::Stop stop;  ///< then figures exclude nothing

 private:
  [[nodiscard]] double at(LimitKind kind, model::ComponentId c, const Counts& counts,
                          const BestSettings& best, int toleration,
                          const std::vector<model::NodeId>& nodes) const;
  [[nodiscard]] double at_level(LimitKind kind, model::ComponentId c, model::LevelId level, int n,
                                const BestSettings& best, int toleration,
                                const std::vector<model::NodeId>& nodes, bool movable) const;
  [[nodiscard]] std::optional<std::vector<std::vector<model::NodeId>>> placements(
      LimitKind kind, model::ComponentId c, const Counts& counts) const;

  Choices& choices_;
  const Problem& problem_;
  std::map<std::vector<std::size_t>, std::optional<double>> known_;
};

}  // namespace haplan::solver
