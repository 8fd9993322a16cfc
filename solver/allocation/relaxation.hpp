#pragma once

#include <functional>
#include <vector>

#include "solver/allocation/table.hpp"
#include "solver/allocation/tangent.hpp"

/// Bounds over a box of columns: multipliers on amounts and on the tangents of goals make all limits one sum, whose
/// least value is found subsystem by subsystem. Where that is positive, no choice in the box keeps all limits.
namespace haplan::solver::allocation {

/// Rows of the table that each subsystem may take: those from begin[j] to below begin[j + 1], ascending.
struct Box {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> begin;
};

/// Everything in the table.
Box whole_box(const Table& table);

/// Any values give a bound; good ones a tight one.
struct Multipliers {
  Contact contact;
  std::vector<double> amount;  ///< >= 0 per unit
  std::vector<double> goal;    ///< >= 0, sum 1
};

/// What must be kept: the problem's limits, and those that a better choice than the best so far has to keep.
struct Bars {
  std::vector<std::int64_t> amounts;
  std::vector<double> goals;  ///< infinite: none
  /// Some goal's bar cannot be exceeded yet: it guides and refutes nothing.
  bool vacuous = false;
};

/// How a box ended.
enum class Fate {
  open,
  room,     ///< its least amounts exceed a limit
  worse,    ///< its least unavailabilities exceed a goal's bar
  refuted,  ///< the multipliers prove that no choice keeps all bars
  single,   ///< it holds one choice, which was proposed
};

struct Relaxed {
  Fate fate = Fate::open;
  double excess = 0.0;     ///< proved of the weighted sum; positive where refuted
  std::size_t branch = 0;  ///< subsystem to split, if open
  std::uint32_t at = 0;    ///< where in the rows of the box its second half begins
};

/// Told of choices, a row per subsystem, that may keep all limits; may tighten the bars.
using Propose = std::function<void(const std::vector<std::uint32_t>& rows)>;

/// Told of parts of a box that are closed while the rest stays open.
using Closed = std::function<void(const Box& part, Fate fate, const Multipliers& multipliers)>;

class Relaxation {
 public:
  /// Both must outlive it.
  Relaxation(const Problem& problem, const Table& table);

  /// Raises the bound of a box until it is refuted or no longer worth it.
  ///   box          in: not empty; out, if open: without rows that no choice which keeps the bars takes
  ///   multipliers  in: where to start; out: those of the best bound
  ///   bars         may change within `propose`
  ///   error        refuted boxes hold nothing that keeps the bars: every rounding is taken off the sum
  ///   cost         O(steps + rows in the box) for each of some tens of iterations
  Relaxed run(Box& box, const Bars& bars, Multipliers& multipliers, const Propose& propose,
              const Closed& closed = {});

  /// Multipliers to start with.
  [[nodiscard]] Multipliers start() const;

  /// Elementary operations so far.
  [[nodiscard]] double operations() const { return operations_ + tangents_.operations(); }

 private:
  /// An amount that not every choice in the box keeps.
  struct Scarce {
    std::size_t amount = 0;
    double slack = 1.0;        ///< limit less the least sum
    std::vector<double> part;  ///< per row (amount - least of the subsystem) / slack, in [0, 1]
    double multiplier = 0.0;   ///< per slack
    double excess = 0.0;       ///< of what was chosen, relative to the slack
  };

  bool fit(const Bars& bars);
  void copy_rows(const Bars& bars);
  [[nodiscard]] bool hopeless(const Bars& bars);
  [[nodiscard]] bool single() const;
  double ascend(const Bars& bars, const Multipliers& point);
  void move(const Bars& bars, Multipliers& point, double excess, int iteration);
  void offer(const Propose& propose);
  void remember();
  void take_out(double excess, const Multipliers& point, const Closed& closed);
  void keep_rows();
  void choose_branch(Relaxed& result) const;

  const Problem& problem_;
  const Table& table_;
  Tangents tangents_;
  std::size_t n_;
  double operations_ = 0.0;

  // The box without what cannot fit, as arrays over its rows.
  std::vector<std::uint32_t> row_;    ///< in the table
  std::vector<std::uint32_t> begin_;  ///< per subsystem, n + 1
  std::vector<bool> kept_;
  std::vector<std::vector<double>> log_down_, log_up_;
  std::vector<double> most_down_, most_up_;  ///< [world n + subsystem] largest |log|
  std::vector<Scarce> scarce_;

  std::vector<Tangent> of_goal_;
  std::vector<std::size_t> goals_;  ///< those with a bar
  std::vector<double> goal_excess_;
  std::vector<double> down_, up_;  ///< weighted sum of tangents
  std::vector<double> cost_;
  double error_ = 0.0;               ///< of the last bound
  std::vector<std::size_t> chosen_;  ///< row of the copy, per subsystem
  std::vector<std::uint32_t> proposal_;
  std::vector<double> best_down_, value_;
  // Of what was chosen lately: weighted sums of the table's rank, for the branching.
  double weight_ = 0.0;
  std::vector<double> mean_, square_;
};

}  // namespace haplan::solver::allocation
