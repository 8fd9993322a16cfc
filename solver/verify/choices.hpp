#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/system/load.hpp"
#include "solver/certificate.hpp"
#include "solver/verify/box.hpp"

/// What a box leaves of a component: its counts, and its settings at their best.
namespace haplan::solver {

/// Replicas per level, and the decisions that give them.
struct Counts {
  std::vector<int> replicas;
  model::ComponentPlan
      plan;  ///< replicas or autoscaler; of equal counts the one that scales out earliest
};

/// As good in everything as the best setting of the box, which no setting need be.
struct BestSettings {
  bool any =
      true;  ///< false: no setting keeps the recovery times asked for and the controller's floors
  double unavailability = 0.0;            ///< of one replica
  double restart = 0.0;                   ///< [s] start + ready, mean
  std::vector<model::FailureMode> modes;  ///< with mean outages as `repair`
  double recovery = 0.0;  ///< [s] worst automatic recovery, of any setting of the box
  double exposure =
      0.0;  ///< share of requests that meet a replica failed by itself, retries taken off
  model::FailoverSettings quickest;           ///< least mean time of a failover
  model::FailoverSettings quickest_at_worst;  ///< least worst time
};

class Choices {
 public:
  explicit Choices(const Problem& problem);

  const Problem& problem;
  const model::LoadTable load;
  std::vector<model::ComponentId> replicated;  ///< ascending

  /// Decisions on replicas and the autoscaler.
  [[nodiscard]] const std::vector<std::size_t>& count_decisions(model::ComponentId c) const {
    return counts_of_[c];
  }
  [[nodiscard]] bool is_count(std::size_t decision) const;

  /// Different counts of a component in a box, ascending; empty: its minimum exceeds its maximum everywhere.
  const std::vector<Counts>& counts(const Box& box, model::ComponentId c);

  /// No counts at all: a box without deployments.
  bool empty(const Box& box);

  const BestSettings& best(const Box& box, model::ComponentId c);

  /// [s] The shortest of the box.
  [[nodiscard]] int toleration(const Box& box) const;

  /// No deployment of the box ranks before it.
  CountRank least_rank(const Box& box);

  /// Of one deployment.
  [[nodiscard]] CountRank rank_of(const model::Deployment& deployment) const;

 private:
  BestSettings find_best(const Box& box, model::ComponentId c) const;
  [[nodiscard]] double standing_cost() const;
  void find_quickest(const Box& box, model::ComponentId c, BestSettings& best) const;

  std::vector<std::vector<std::size_t>> counts_of_;
  std::vector<std::vector<std::size_t>> probes_of_;
  std::vector<std::vector<std::size_t>> controller_of_;
  std::optional<std::size_t> toleration_;
  std::vector<double>
      most_recovery_;  ///< [s] per component: the strictest objective of a service that can depend on it
  std::map<std::vector<std::size_t>, std::vector<Counts>> known_counts_;
  std::map<std::vector<std::size_t>, BestSettings> known_best_;
  std::vector<double>
      cost_;  ///< per component: of a replica, or of what has none; zero where cost is not minimised
};

/// A rank that is at least `least` is not before the plan's: what is minimised in its order, and, where that is replicas alone,
/// requested CPU and memory. Costs that are equal to 1e-11 of them are equal.
bool not_before(const CountRank& least, const CountRank& plan,
                const std::vector<Preference>& minimize = {Preference::replicas});

}  // namespace haplan::solver
