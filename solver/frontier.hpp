#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

/// Lower bounds on what components that are not chosen yet add, from the choices that are left to them.
namespace haplan::solver {

/// What a choice costs by criteria 1b and 2: time-weighted replicas, then requested CPU.
struct RankCost {
  double mean = 0.0;
  std::int64_t cpu = 0;
};

/// -1, 0 or 1, means being equal within rounding.
int compare(const RankCost& a, const RankCost& b);

/// One choice of one component.
struct Choice {
  int extra = 0;  ///< replicas beyond the component's fewest
  RankCost cost;
  double adds = 0.0;      ///< to the service's unavailability, at least
  bool crippled = false;  ///< one domain's loss takes it down
};

/// For every suffix of a list of components: the best trade-offs between rank and unavailability.
/// Exact for sums; long lists are thinned so that they stay lower bounds.
class Frontier {
 public:
  ///   choices  per component
  ///   spare    replicas beyond the fewest that all components together may have
  ///   losses   P(the k domains that are lost are enough for some crippled component), k = 0, 1, ... crippled ones;
  ///            non-decreasing, more crippled ones count as the last
  ///   budget   no more than this is ever asked for, all components together
  Frontier(const std::vector<std::vector<Choice>>& choices, int spare, std::vector<double> losses,
           double budget);

  /// Least cost of the components from `depth` on that use exactly `extra` replicas more than their fewest and together
  /// with `crippled` earlier ones add at most `budget`; none when nothing does.
  ///   returns  whether something does; then `cost` is set
  [[nodiscard]] bool least(std::size_t depth, int extra, int crippled, double budget,
                           RankCost& cost) const;

  /// The least that all components add together with all spare replicas; infinite when nothing uses them up.
  [[nodiscard]] double least_adds() const;

  /// Choices that add as little, one per component; empty when there are none.
  ///   choices  as constructed with
  [[nodiscard]] std::vector<std::size_t> least_adds(
      const std::vector<std::vector<Choice>>& choices) const;

 private:
  struct Point {
    RankCost cost;
    double adds = 0.0;
  };
  using List = std::vector<Point>;
  [[nodiscard]] const List& at(std::size_t depth, int extra, int crippled) const {
    const auto row = depth * static_cast<std::size_t>(spare_ + 1) + static_cast<std::size_t>(extra);
    return lists_[row * width_ + static_cast<std::size_t>(crippled)];
  }
  [[nodiscard]] int after(int crippled, const Choice& choice) const {
    return std::min(static_cast<int>(width_) - 1, crippled + (choice.crippled ? 1 : 0));
  }
  static List thinned(List points);

  int spare_;
  std::size_t width_;
  std::vector<List> lists_;  ///< [depth][extra][crippled], ascending cost, descending adds
};

}  // namespace haplan::solver
