#pragma once

#include <vector>

#include "model/availability/probabilities.hpp"
#include "model/availability/service_levels.hpp"
#include "model/numerics/mixture.hpp"
#include "model/recovery/failover.hpp"

/// The numbers of a structure when only failures of a certain age count.
namespace haplan::model {

/// In place of every elementary unavailability: P(failed at least `age` ago and not back since). An element that has been
/// out for so long will be out for so long once more with the same probability, for its process looks the same backwards.
/// Drains are left as they are.
class AgedNumbers {
 public:
  /// All references must outlive this object.
  ///   cost  O(modes of all components)
  explicit AgedNumbers(const ServiceContext& context);

  /// Age 0: the numbers themselves, but for rounding.
  ///   age     [s] >= 0, or infinity: what is down for good
  ///   source  MODEL 5, downtime in a window
  ///   cost    O(elements), and as not_reached_within() for a chain with several states that do not serve
  [[nodiscard]] Numbers at(double age) const;

  /// [s] the lengths of outages that are fixed, ascending and distinct.
  [[nodiscard]] std::vector<double> lengths() const;
  /// [s] of the means of all elements' outages; 0 of none.
  [[nodiscard]] double shortest() const { return shortest_; }
  [[nodiscard]] double longest() const { return longest_; }

 private:
  /// How what is left of an element's outage falls with its age: 1 at age 0.
  struct Replica {
    std::vector<double> loads;  ///< rate times mean of each mode, divided by their sum
    std::vector<DelayMixture> laws;
    std::vector<double> means;

    [[nodiscard]] double left(double core, double flow, double age) const;
  };
  struct Failover {
    std::vector<FailoverLoss> losses;
    double load = 0.0;  ///< sum of rate times outage
    int replicas = 0;
  };

  void add_replicas(ComponentId component);
  [[nodiscard]] Replica replica_of(const Component& component, const Probes& probes,
                                   const ReplicaModel& model);
  void add_table(std::size_t table);
  void add_modes(const std::vector<DomainMode>& modes);
  void add_length(double length);
  void add_mean(double mean);
  [[nodiscard]] double core_left(std::size_t table, double age) const;
  [[nodiscard]] double factor_left(std::size_t table, std::size_t factor, double age) const;
  [[nodiscard]] double chain_left(ComponentId component, double age) const;

  const ServiceContext& context_;
  std::vector<std::vector<Replica>>
      replicas_;                     ///< per component: one, or one per variant that mixes
  std::vector<Failover> failovers_;  ///< per table
  std::vector<double> lengths_;
  double shortest_ = 0.0;
  double longest_ = 0.0;
};

}  // namespace haplan::model
