#pragma once

#include <optional>
#include <vector>

#include "solver/problem.hpp"

namespace haplan::solver {

/// What the components that are not decided yet spend at least, so that a search leaves early what no budget allows.
class SpendingBound {
 public:
  /// Replicas that a component may have.
  struct Range {
    model::ComponentId component = 0;
    std::vector<int> fewest;  ///< per level
    int most = 0;             ///< at the main level
  };

  ///   problem  without variants; must outlive this
  ///   ranges   in the order in which components are decided
  ///   main     the level at which all replicas are counted; none: no number of them is known
  SpendingBound(const Problem& problem, const std::vector<Range>& ranges,
                std::optional<model::LevelId> main);

  /// A component gets these replicas, per level.
  ///   times  -1 takes them back
  void add(std::size_t depth, const std::vector<int>& replicas, int times = 1);

  /// False: the components from `depth` on exceed a budget even with the fewest replicas, `extra` more of them at the main
  /// level, wherever those cost least.
  [[nodiscard]] bool possible(std::size_t depth, int extra) const;

 private:
  struct Account {
    double limit = 0.0;
    bool mean = false;                       ///< over levels, else the largest of a level
    std::vector<double> each;                ///< per depth: of one replica
    std::vector<double> spent;               ///< per level, so far
    std::vector<std::vector<double>> least;  ///< [depth][level]: of the components from there on
    std::vector<std::size_t> cheapest;       ///< depths, those with the least of one replica first
  };

  [[nodiscard]] double of_extra(const Account& account, std::size_t depth, int extra) const;

  const Problem& problem_;
  std::vector<int> room_;  ///< per depth: replicas beyond the fewest, at the main level
  std::optional<model::LevelId> main_;
  std::vector<Account> accounts_;  ///< per budget
};

}  // namespace haplan::solver
