#include "solver/allocation/relaxation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace haplan::solver::allocation {

namespace {

constexpr int kIterations = 30;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

}  // namespace

Relaxation::Relaxation(const Problem& problem, const Table& table)
    : problem_(problem),
      table_(table),
      tangents_(problem),
      n_(table.subsystems()),
      log_down_(problem.worlds),
      log_up_(problem.worlds),
      of_goal_(problem.goals.size()),
      goal_excess_(problem.goals.size()),
      chosen_(n_),
      proposal_(n_),
      mean_(n_),
      square_(n_) {}

Multipliers Relaxation::start() const {
  Multipliers start;
  start.contact.log_down.resize(problem_.worlds * n_);
  start.contact.log_up.resize(problem_.worlds * n_);
  for (std::size_t w = 0; w < problem_.worlds; ++w)
    for (std::size_t j = 0; j < n_; ++j) {
      const std::size_t middle = table_.first(j) + table_.size(j) / 2;
      start.contact.log_down[w * n_ + j] = table_.log_down(w)[middle];
      start.contact.log_up[w * n_ + j] = table_.log_up(w)[middle];
    }
  start.amount.assign(problem_.limits.size(), 0.0);
  start.goal.assign(problem_.goals.size(), 1.0 / static_cast<double>(problem_.goals.size()));
  return start;
}

Relaxed Relaxation::run(Box& box, const Bars& bars, Multipliers& multipliers,
                        const Propose& propose, const Closed& closed) {
  Relaxed result;
  row_ = box.rows;
  begin_ = box.begin;
  if (!fit(bars)) {
    result.fate = Fate::room;
    return result;
  }
  copy_rows(bars);
  if (scarce_.empty()) {
    for (std::size_t j = 0; j < n_; ++j) proposal_[j] = row_[begin_[j]];
    propose(proposal_);
  }
  if (hopeless(bars)) {
    result.fate = Fate::worse;
    return result;
  }
  if (single()) {
    result.fate = Fate::single;
    return result;
  }
  for (Scarce& scarce : scarce_)
    scarce.multiplier = multipliers.amount[scarce.amount] * scarce.slack;
  Multipliers point = multipliers;
  result.excess = -std::numeric_limits<double>::infinity();
  weight_ = 0.0;
  std::ranges::fill(mean_, 0.0);
  std::ranges::fill(square_, 0.0);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    const double excess = ascend(bars, point);
    if (excess > result.excess) {
      result.excess = excess;
      multipliers.contact = point.contact;
      multipliers.goal = point.goal;
      for (const Scarce& scarce : scarce_)
        multipliers.amount[scarce.amount] = scarce.multiplier / scarce.slack;
      if (excess > 0.0 && !bars.vacuous) {
        result.fate = Fate::refuted;
        return result;
      }
    }
    offer(propose);
    remember();
    const bool improved = excess == result.excess;
    move(bars, point, excess, iteration);
    if (improved && !bars.vacuous) take_out(excess, multipliers, closed);
  }
  box = {row_, begin_};
  if (single()) {
    propose(row_);
    result.fate = Fate::single;
    return result;
  }
  choose_branch(result);
  return result;
}

Box whole_box(const Table& table) {
  Box box;
  for (std::size_t j = 0; j < table.subsystems(); ++j) {
    box.begin.push_back(static_cast<std::uint32_t>(table.first(j)));
    for (std::size_t row = table.first(j); row < table.first(j + 1); ++row)
      box.rows.push_back(static_cast<std::uint32_t>(row));
  }
  box.begin.push_back(static_cast<std::uint32_t>(box.rows.size()));
  return box;
}

/// Takes out rows that fit with nothing of the others; false when some subsystem has none left.
bool Relaxation::fit(const Bars& bars) {
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t r = 0; r < bars.amounts.size(); ++r) {
      if (bars.amounts[r] == kNoLimit) continue;
      const std::vector<std::int64_t>& amount = table_.amount(r);
      std::vector<std::int64_t> least(n_, kNoLimit);
      std::int64_t sum = 0;
      operations_ += static_cast<double>(2 * row_.size());
      for (std::size_t j = 0; j < n_; ++j) {
        for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k)
          least[j] = std::min(least[j], amount[row_[k]]);
        sum += least[j];
      }
      if (sum > bars.amounts[r]) return false;
      std::uint32_t kept = 0;
      for (std::size_t j = 0; j < n_; ++j) {
        const std::int64_t most = bars.amounts[r] - sum + least[j];
        const std::uint32_t from = begin_[j];
        begin_[j] = kept;
        for (std::size_t k = from; k < begin_[j + 1]; ++k)
          if (amount[row_[k]] <= most) row_[kept++] = row_[k];
      }
      begin_[n_] = kept;
      row_.resize(kept);
    }
  }
  return true;
}

void Relaxation::copy_rows(const Bars& bars) {
  const std::size_t size = row_.size();
  cost_.resize(size);
  most_down_.assign(problem_.worlds * n_, 0.0);
  most_up_.assign(problem_.worlds * n_, 0.0);
  for (std::size_t w = 0; w < problem_.worlds; ++w) {
    log_down_[w].resize(size);
    log_up_[w].resize(size);
    for (std::size_t j = 0; j < n_; ++j)
      for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k) {
        log_down_[w][k] = table_.log_down(w)[row_[k]];
        log_up_[w][k] = table_.log_up(w)[row_[k]];
        most_down_[w * n_ + j] = std::max(most_down_[w * n_ + j], -log_down_[w][k]);
        most_up_[w * n_ + j] = std::max(most_up_[w * n_ + j], -log_up_[w][k]);
      }
  }
  scarce_.clear();
  for (std::size_t r = 0; r < bars.amounts.size(); ++r) {
    if (bars.amounts[r] == kNoLimit) continue;
    const std::vector<std::int64_t>& amount = table_.amount(r);
    Scarce scarce;
    scarce.amount = r;
    std::vector<std::int64_t> least(n_, kNoLimit);
    std::int64_t sum = 0;
    std::int64_t most = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      std::int64_t largest = 0;
      for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k) {
        least[j] = std::min(least[j], amount[row_[k]]);
        largest = std::max(largest, amount[row_[k]]);
      }
      sum += least[j];
      most += largest;
    }
    if (most <= bars.amounts[r]) continue;
    scarce.slack = static_cast<double>(bars.amounts[r] - sum);
    if (!(scarce.slack > 0.0)) continue;  // what is left has the least amount
    scarce.part.resize(size);
    for (std::size_t j = 0; j < n_; ++j)
      for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k)
        scarce.part[k] = static_cast<double>(amount[row_[k]] - least[j]) / scarce.slack;
    scarce_.push_back(std::move(scarce));
  }
  operations_ += static_cast<double>(size * (2 * problem_.worlds + 3 * scarce_.size()));
}

/// Whether some goal is missed even where every subsystem is as good as its best row, world by world.
bool Relaxation::hopeless(const Bars& bars) {
  best_down_.assign(problem_.worlds * n_, 1.0);
  for (std::size_t w = 0; w < problem_.worlds; ++w)
    for (std::size_t j = 0; j < n_; ++j)
      for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k)
        best_down_[w * n_ + j] = std::min(best_down_[w * n_ + j], table_.down(w, row_[k]));
  for (std::size_t s = 0; s < problem_.goals.size(); ++s) {
    if (std::isinf(bars.goals[s])) continue;
    double sum = 0.0;
    double roundings = 0.0;
    for (const Term& term : problem_.goals[s].terms) {
      const Questions& questions = problem_.structures[term.structure].whole;
      const std::span<const double> down(best_down_.data() + term.world * n_, n_);
      sum += term.weight * questions.unavailability(down, value_);
      operations_ += static_cast<double>(4 * questions.steps.size());
      roundings = std::max(roundings, static_cast<double>(4 * questions.depth + 16));
    }
    if (sum * (1.0 - roundings * kEpsilon) > bars.goals[s]) return true;
  }
  return false;
}

bool Relaxation::single() const { return row_.size() == n_; }

/// The bound at a point, less all roundings.
double Relaxation::ascend(const Bars& bars, const Multipliers& point) {
  goals_.clear();
  double share = 0.0;
  for (std::size_t s = 0; s < problem_.goals.size(); ++s)
    if (!std::isinf(bars.goals[s])) {
      goals_.push_back(s);
      share += point.goal[s];
    }
  down_.assign(problem_.worlds * n_, 0.0);
  up_.assign(problem_.worlds * n_, 0.0);
  double sum = 0.0;
  double error = 0.0;
  double roundings = 8.0 + static_cast<double>(2 * n_);
  for (const std::size_t s : goals_) {
    const double weight = share > 0.0 ? point.goal[s] / share : 0.0;
    Tangent& tangent = of_goal_[s];
    tangents_.at(point.contact, problem_.goals[s], std::max(bars.goals[s], kLeastFigure), tangent);
    sum += weight * tangent.constant;
    error += weight * tangent.size;
    roundings = std::max(roundings, tangent.roundings + static_cast<double>(goals_.size()));
    for (std::size_t k = 0; k < down_.size(); ++k) {
      down_[k] += weight * tangent.down[k];
      up_[k] += weight * tangent.up[k];
    }
  }
  for (std::size_t k = 0; k < down_.size(); ++k)
    error += std::abs(down_[k]) * most_down_[k] + std::abs(up_[k]) * most_up_[k];
  for (Scarce& scarce : scarce_) {
    sum -= scarce.multiplier;
    error += scarce.multiplier * static_cast<double>(n_ + 1);
    scarce.excess = -1.0;
  }
  for (std::size_t j = 0; j < n_; ++j) {
    const std::size_t first = begin_[j];
    const std::size_t last = begin_[j + 1];
    double* const cost = cost_.data();
    for (std::size_t w = 0; w < problem_.worlds; ++w) {
      const double down = down_[w * n_ + j];
      const double up = up_[w * n_ + j];
      const double* const log_down = log_down_[w].data();
      const double* const log_up = log_up_[w].data();
      if (w == 0)
        for (std::size_t k = first; k < last; ++k) cost[k] = down * log_down[k] + up * log_up[k];
      else
        for (std::size_t k = first; k < last; ++k) cost[k] += down * log_down[k] + up * log_up[k];
    }
    for (const Scarce& scarce : scarce_) {
      const double multiplier = scarce.multiplier;
      const double* const part = scarce.part.data();
      for (std::size_t k = first; k < last; ++k) cost[k] += multiplier * part[k];
    }
    std::size_t best = first;
    for (std::size_t k = first + 1; k < last; ++k)
      if (cost[k] < cost[best]) best = k;
    chosen_[j] = best;
    sum += cost[best];
    for (Scarce& scarce : scarce_) scarce.excess += scarce.part[best];
  }
  operations_ += static_cast<double>(row_.size() * (2 * problem_.worlds + scarce_.size() + 1));
  error_ = error * roundings * kEpsilon;
  return sum - error_;
}

/// A step along the subgradient, as long as reaching zero would need; the contact follows what was chosen.
void Relaxation::move(const Bars& bars, Multipliers& point, double excess, int iteration) {
  const double pace = iteration < 4 ? 1.0 / (iteration + 2) : 1.0 / (6.0 + 0.15 * iteration);
  for (std::size_t w = 0; w < problem_.worlds; ++w)
    for (std::size_t j = 0; j < n_; ++j) {
      double& down = point.contact.log_down[w * n_ + j];
      double& up = point.contact.log_up[w * n_ + j];
      down += pace * (log_down_[w][chosen_[j]] - down);
      up += pace * (log_up_[w][chosen_[j]] - up);
    }
  if (goals_.size() > 1) {
    double largest = -std::numeric_limits<double>::infinity();
    for (const std::size_t s : goals_) {
      const Tangent& tangent = of_goal_[s];
      goal_excess_[s] = tangent.constant;
      for (std::size_t w = 0; w < problem_.worlds; ++w)
        for (std::size_t j = 0; j < n_; ++j)
          goal_excess_[s] += tangent.down[w * n_ + j] * log_down_[w][chosen_[j]] +
                             tangent.up[w * n_ + j] * log_up_[w][chosen_[j]];
      largest = std::max(largest, goal_excess_[s]);
    }
    // Weights move towards what is exceeded most, and never to nothing.
    double sum = 0.0;
    const double rate = 1.0 / (1.0 + 0.2 * iteration);
    for (const std::size_t s : goals_) {
      point.goal[s] = std::max(
          point.goal[s] * std::exp(rate * std::max(goal_excess_[s] - largest, -3.0)), 1e-6);
      sum += point.goal[s];
    }
    for (const std::size_t s : goals_) point.goal[s] /= sum;
  }
  double square = 0.0;
  for (const Scarce& scarce : scarce_) square += scarce.excess * scarce.excess;
  if (!(square > 0.0)) return;
  const double gap = bars.vacuous ? 1.0 : std::max(1e-4, -excess);
  const double step = 0.7 * gap / (1.0 + 0.15 * iteration) / square;
  for (Scarce& scarce : scarce_)
    scarce.multiplier = std::max(0.0, scarce.multiplier + step * scarce.excess);
}

void Relaxation::offer(const Propose& propose) {
  for (const Scarce& scarce : scarce_)
    if (scarce.excess > 1e-9) return;
  for (std::size_t j = 0; j < n_; ++j) proposal_[j] = row_[chosen_[j]];
  propose(proposal_);
}

void Relaxation::remember() {
  constexpr double kFading = 0.9;
  weight_ = weight_ * kFading + 1.0;
  for (std::size_t j = 0; j < n_; ++j) {
    const double rank = table_.rank(row_[chosen_[j]]);
    mean_[j] = mean_[j] * kFading + rank;
    square_[j] = square_[j] * kFading + rank * rank;
  }
}

/// Takes out rows with which alone the bound is positive: what the sum grows by when a subsystem takes another row than
/// the chosen one is known.
void Relaxation::take_out(double excess, const Multipliers& point, const Closed& closed) {
  kept_.assign(row_.size(), true);
  std::size_t out = 0;
  for (std::size_t j = 0; j < n_; ++j) {
    const double most = cost_[chosen_[j]] - excess + 2.0 * error_;
    for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k)
      if (cost_[k] > most) {
        kept_[k] = false;
        ++out;
      }
  }
  // Moving the others costs as much as looking at them once.
  if (16 * out < row_.size()) return;
  if (closed)
    for (std::size_t j = 0; j < n_; ++j) {
      Box part;
      for (std::size_t i = 0; i < n_; ++i) {
        part.begin.push_back(static_cast<std::uint32_t>(part.rows.size()));
        for (std::size_t k = begin_[i]; k < begin_[i + 1]; ++k)
          if (i == j ? !kept_[k] : i > j || kept_[k]) part.rows.push_back(row_[k]);
      }
      part.begin.push_back(static_cast<std::uint32_t>(part.rows.size()));
      if (part.begin[j] < part.begin[j + 1]) closed(part, Fate::refuted, point);
    }
  keep_rows();
}

void Relaxation::keep_rows() {
  std::uint32_t kept = 0;
  std::uint32_t from = 0;
  for (std::size_t j = 0; j < n_; ++j) {
    const std::uint32_t last = begin_[j + 1];
    for (std::uint32_t k = from; k < last; ++k) {
      if (!kept_[k]) continue;
      row_[kept] = row_[k];
      for (std::size_t w = 0; w < problem_.worlds; ++w) {
        log_down_[w][kept] = log_down_[w][k];
        log_up_[w][kept] = log_up_[w][k];
      }
      for (Scarce& scarce : scarce_) scarce.part[kept] = scarce.part[k];
      ++kept;
    }
    from = last;
    begin_[j + 1] = kept;
  }
  operations_ += static_cast<double>(row_.size() * (2 * problem_.worlds + scarce_.size()));
  row_.resize(kept);
}

/// Where what was chosen varies most in its effect; of equal ones the one with most rows.
void Relaxation::choose_branch(Relaxed& result) const {
  double largest = -1.0;
  for (std::size_t j = 0; j < n_; ++j) {
    const std::size_t size = begin_[j + 1] - begin_[j];
    if (size < 2) continue;
    const double mean = mean_[j] / weight_;
    const double variance = std::max(0.0, square_[j] / weight_ - mean * mean);
    double effect = 0.0;
    for (std::size_t w = 0; w < problem_.worlds; ++w) effect += down_[w * n_ + j];
    const double score = effect * std::sqrt(variance) + 1e-9 * static_cast<double>(size);
    if (score <= largest) continue;
    largest = score;
    result.branch = j;
    std::size_t middle = begin_[j];
    while (middle < begin_[j + 1] && table_.rank(row_[middle]) < mean) ++middle;
    if (middle == begin_[j] || middle == begin_[j + 1]) middle = begin_[j] + size / 2;
    result.at = static_cast<std::uint32_t>(middle);
  }
}

}  // namespace haplan::solver::allocation
