#pragma once

#include <map>
#include <utility>
#include <vector>

#include "model/availability/occupancy.hpp"
#include "solver/verify/choices.hpp"

namespace haplan::solver {

/// The witness's placements, held against the rules in the written files and the capacities.
class Scheduled {
 public:
  /// Refers to both.
  Scheduled(Choices& choices, const std::vector<std::vector<model::NodeId>>& witness);

  /// Whatever the counts of the box are, the scheduler may place all components as the witness does.
  bool may_choose(const Box& box);

  /// One replica of a component, the only one, may be on this node besides, wherever the others are.
  bool may_stand(const Box& box, model::ComponentId c, model::NodeId node);

  /// The first nodes of a component's witness.
  [[nodiscard]] std::vector<model::NodeId> nodes(model::ComponentId c, int n) const {
    return {witness_[c].begin(), witness_[c].begin() + n};
  }

  /// Some component is pinned and the files say so.
  [[nodiscard]] bool any_pinned() const { return any_pinned_; }

 private:
  void find_legal();
  [[nodiscard]] bool legal_alone(model::ComponentId c,
                                 const std::vector<model::NodeId>& nodes) const;
  [[nodiscard]] std::vector<std::vector<std::int64_t>> used(const Box& box);
  [[nodiscard]] bool pinned(model::ComponentId c) const;

  Choices& choices_;
  const Problem& problem_;
  const std::vector<std::vector<model::NodeId>>& witness_;
  std::vector<std::vector<bool>> legal_;  ///< [component][n]; empty: nothing is
  bool mates_agree_ = true;               ///< users of a ReadWriteOnce claim
  bool any_pinned_ = false;
  model::Amounts amounts_;
  std::map<std::pair<model::ComponentId, model::NodeId>, bool> stands_;
};

}  // namespace haplan::solver
