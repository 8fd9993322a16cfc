#include "model/availability/recurrence.hpp"

#include <algorithm>

#include <Eigen/LU>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// What is always down, or never, has no rates: so many times faster than the failure is at once.
constexpr double kAtOnce = 1e7;

/// Rates between down (2 level) and up (2 level + 1) states.
class Chain {
 public:
  Chain(const System& system, const std::vector<std::optional<LevelId>>& below,
        const std::vector<LevelDowns>& downs, double left)
      : downs_(downs), rates_(Eigen::MatrixXd::Zero(size(), size())) {
    for (LevelId l = 0; l < downs.size(); ++l) {
      const LevelDowns& here = downs[l];
      const double at_once = kAtOnce / left;
      rate(down(l), up(l)) = here.share > 0.0 ? std::min(at_once, here.rate / here.share) : at_once;
      rate(up(l), down(l)) =
          here.share < 1.0 ? std::min(at_once, here.rate / (1.0 - here.share)) : at_once;
      if (!below[l]) continue;
      const Level& level = system.levels[l];
      const double enter = 1.0 / (level.every * system.levels[*below[l]].share);
      const double leave = 1.0 / (level.share * level.every);
      const double from = downs[*below[l]].share;
      const double both = std::max(0.0, here.share - here.entry);
      switch_level(*below[l], l, enter, ratio(both, from), ratio(here.entry, 1.0 - from));
      switch_level(l, *below[l], leave, ratio(both, here.share),
                   ratio(from - both, 1.0 - here.share));
    }
  }

  /// Expected time in down states before the failure ends; only until the first up state if so wanted.
  [[nodiscard]] std::vector<double> downtime(double left, bool this_one) const {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(size(), size());
    Eigen::VectorXd reward = Eigen::VectorXd::Zero(size());
    for (Eigen::Index i = 0; i < size(); ++i) {
      matrix(i, i) = 1.0 / left + rates_.row(i).sum();
      if (is_down(i)) reward(i) = 1.0;
      for (Eigen::Index j = 0; j < size(); ++j)
        if (!this_one || (is_down(i) && is_down(j))) matrix(i, j) -= rates_(i, j);
    }
    const Eigen::VectorXd time = matrix.partialPivLu().solve(reward);
    std::vector<double> result;
    for (LevelId l = 0; l < downs_.size(); ++l) result.push_back(time(down(l)));
    return result;
  }

 private:
  static Eigen::Index down(LevelId level) { return static_cast<Eigen::Index>(2 * level); }
  static Eigen::Index up(LevelId level) { return down(level) + 1; }
  static bool is_down(Eigen::Index state) { return state % 2 == 0; }
  static double ratio(double part, double whole) {
    return whole > 0.0 ? std::clamp(part / whole, 0.0, 1.0) : 0.0;
  }

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(2 * downs_.size()); }
  double& rate(Eigen::Index from, Eigen::Index to) { return rates_(from, to); }

  void switch_level(LevelId from, LevelId to, double at, double stays_down, double goes_down) {
    rate(down(from), down(to)) += at * stays_down;
    rate(down(from), up(to)) += at * (1.0 - stays_down);
    rate(up(from), down(to)) += at * goes_down;
    rate(up(from), up(to)) += at * (1.0 - goes_down);
  }

  const std::vector<LevelDowns>& downs_;
  Eigen::MatrixXd rates_;
};

}  // namespace

std::vector<Recurrence> recurrences(const System& system,
                                    const std::vector<std::optional<LevelId>>& below,
                                    const std::vector<LevelDowns>& downs, double left) {
  HAPLAN_EXPECTS(left > 0.0 && below.size() == downs.size());
  const Chain chain(system, below, downs, left);
  const std::vector<double> all = chain.downtime(left, false);
  const std::vector<double> one = chain.downtime(left, true);
  std::vector<Recurrence> result(downs.size());
  for (LevelId l = 0; l < downs.size(); ++l)
    if (downs[l].share > 0.0) result[l] = {std::max(0.0, 1.0 - one[l] / all[l]), all[l]};
  return result;
}

}  // namespace haplan::model
