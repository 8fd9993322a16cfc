#pragma once

#include <algorithm>
#include <vector>

#include "solver/bounds.hpp"
#include "solver/frontier.hpp"

namespace haplan::solver {

/// What is chosen from, per member and option.
struct SumLists {
  std::vector<std::size_t> inputs;  ///< per member: of the service functions
  std::vector<std::vector<const OptionFigures*>> options;
  std::vector<std::vector<int>> extras;  ///< replicas beyond the member's fewest
  std::vector<std::vector<RankCost>> costs;
};

/// Follows a search that chooses for one member after the other: whether the members that are left can keep the sums of every
/// service with an availability objective, and at what cost.
class SumWatch {
 public:
  ///   best     ideal figures of every input over all options
  ///   spare    replicas beyond the fewest that all members together have
  ///   crowd    as for Bounds::additive
  ///   besides  sums of which every one has to be kept
  SumWatch(const Problem& problem, const Bounds& bounds, const Selection& best,
           const SumLists& lists, int spare, int crowd, const std::vector<Additive>& besides = {});

  /// False: some objective is missed whatever is chosen.
  [[nodiscard]] bool possible() const { return possible_; }

  /// Members before `depth` have been chosen for.
  void choose(std::size_t depth, std::size_t option);

  /// Whether every service has a sum that the members from `depth` on can keep with so many extra replicas, at a cost that is accepted.
  ///   accept  takes the least cost of those members
  template <class Accept>
  [[nodiscard]] bool promising(std::size_t depth, int extra, const Accept& accept) const {
    return std::ranges::all_of(services_, [&](const std::vector<Sum>& alternatives) {
      return std::ranges::any_of(alternatives, [&](const Sum& sum) {
        RankCost rest;
        const Tally& chosen = sum.chosen[depth];
        return sum.frontier.least(depth, extra, chosen.crippled, sum.budget - chosen.adds, rest) &&
               accept(rest);
      });
    });
  }

  /// Per member the option that adds least to the service with least to spare; empty: there are none.
  [[nodiscard]] std::vector<std::size_t> least_adds() const;

 private:
  struct Tally {
    double adds = 0.0;
    int crippled = 0;
  };
  /// One of a service's sums: one of them has to be kept.
  struct Sum {
    double budget = 0.0;
    std::vector<std::vector<Choice>> choices;  ///< per member
    Frontier frontier;
    std::vector<Tally> chosen;  ///< per depth: before it
  };
  static Sum sum_of(const Additive& sums, const SumLists& lists, int spare);

  bool possible_ = true;
  std::vector<std::vector<Sum>> services_;
};

}  // namespace haplan::solver
