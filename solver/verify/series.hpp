#pragma once

#include <map>
#include <optional>
#include <vector>

#include "solver/verify/knapsack.hpp"
#include "solver/verify/part.hpp"
#include "solver/verify/relaxation.hpp"
#include "solver/verify/sizes.hpp"

namespace haplan::solver {

/// What the components together do to a service that needs them all. While all domains are up, components on nodes of their own are
/// independent, so the logarithms of their availabilities add up, and a dynamic programme over counts finds the least sum of those
/// that rank before the plan.
class Series {
 public:
  /// Refers to both.
  ///   plan  its rank; nothing: nothing ranks before anything
  Series(Relaxation& relaxation, const std::vector<std::vector<model::NodeId>>& witness,
         std::optional<CountRank> plan);

  struct Answer {
    bool excluded = false;  ///< every deployment of the box of those is beyond the figure
    std::vector<std::size_t>
        counts;  ///< else per component: of a choice that may not be, its index in Choices::counts
  };

  /// Whether every deployment of the box that keeps the recovery times, and ranks before the plan or keeps a budget, has a larger
  /// judged unavailability.
  ///   own      per component: its first replicas whose nodes are its own
  ///   figure   what is compared with
  ///   budget   index into Problem::budgets, of what is kept; nothing: ranks count
  ///   returns  nothing when that cannot be said of this box: nodes that are not one's own, placements that are not allowed, ...
  ///   error    relative to every term 1e-12, and each is taken 1e-11 of it smaller
  std::optional<Answer> judge(const Box& box, model::ServiceId service,
                              const std::vector<std::size_t>& own, double figure,
                              std::optional<std::size_t> budget = std::nullopt);

  /// Something can be said of it: wherever the box leaves replicas the scheduler may put them as the witness does.
  bool applies(const Box& box);

  /// Of each count of a box to which this applies, about what the component alone does to a service that needs it.
  std::vector<double> worth(const Box& box, model::ComponentId c, std::size_t own);

  /// Domains whose loss is looked at.
  [[nodiscard]] const std::vector<model::DomainId>& domains() const { return parts_.domains(); }
  [[nodiscard]] bool below(model::NodeId node, model::DomainId domain) const {
    return parts_.below(node, domain);
  }

  /// It is needed, and nodes can be its own.
  [[nodiscard]] bool may_own(model::ServiceId service, model::ComponentId c) const;

  model::Stop stop;

 private:
  struct Sum;

  [[nodiscard]] bool disjoint(model::ServiceId service, const std::vector<std::size_t>& own) const;
  bool gather(const Box& box, model::ServiceId service, const std::vector<std::size_t>& own,
              double figure, Sum& sum);
  void find_spares(const std::vector<std::size_t>& own);
  bool moves(const Box& box, model::ComponentId c, std::size_t own);
  [[nodiscard]] double lost(const Sum& sum, std::size_t set, std::size_t singles) const;
  void find_losses(const Sum& sum);
  void find_ends(double figure, Sum& sum) const;
  [[nodiscard]] Knapsack between(const Sum& sum, double figure, double from, double to) const;

  Relaxation& relaxation_;
  Choices& choices_;
  const model::System& system_;
  const std::vector<std::vector<model::NodeId>>& witness_;
  std::optional<CountRank> plan_;
  std::map<std::optional<std::size_t>, Sizes> known_sizes_;  ///< per budget
  Scheduled scheduled_;
  Parts parts_;
  bool lasting_ = false;             ///< something is down for good
  double undrained_ = 1.0;           ///< share of time
  double all_up_ = 1.0;              ///< P(all domains up)
  std::vector<double> domain_down_;  ///< of those that are looked at
  // Of the box at hand.
  Sizes* sizes_ = nullptr;
  std::vector<model::NodeId>
      spares_;                  ///< one that is nobody's in each domain; empty: some has none
  std::vector<double> losses_;  ///< by the loss of domains, as Knapsack::losses
};

}  // namespace haplan::solver
