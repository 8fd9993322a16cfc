#include "solver/prove_ways.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "solver/verify/sifted.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr int kIterations = 30;
constexpr double kNever = std::numeric_limits<double>::infinity();

/// Any weights are a proof as good as their sum: few digits make a short one.
double rounded(double value) {
  constexpr double kDigits = 5.0;
  if (value == 0.0) return 0.0;
  const double scale = std::pow(10.0, kDigits - std::ceil(std::log10(std::abs(value))));
  const double short_value = std::round(value * scale) / scale;
  return std::isfinite(short_value) ? short_value : value;
}

Weights rounded(Weights weights) {
  for (auto* list : {&weights.measures, &weights.goals, &weights.place})
    for (double& value : *list) value = rounded(value);
  return weights;
}

double finite_log(long double log) {
  constexpr long double kLeast = -200.0L;
  return static_cast<double>(std::max(log, kLeast));
}

/// Which columns the least sums took lately, as an ordering by unavailability.
struct Memory {
  explicit Memory(std::size_t elements)
      : mean(elements, 0.0), square(elements, 0.0), effect(elements, 0.0) {}
  double weight = 0.0;
  std::vector<double> mean, square, effect;
};

class WayProver {
 public:
  WayProver(const Problem& problem, const CertificateSink& sink, const ProveOptions& options,
            Equipping equipping)
      : problem_(problem), sink_(sink), options_(options), equipping_(std::move(equipping)) {}

  Proof run() {
    const std::vector<Question> questions =
        questions_of(problem_, equipping_.ways, equipping_.plan);
    for (std::size_t q = 0; q < questions.size(); ++q) {
      if (sink_) sink_(QuestionEntry{q});
      const Sieve sieve(problem_, equipping_.ways, equipping_.structures, questions[q].bars);
      sieve_ = &sieve;
      WayBox box = sieve.whole();
      sieve.fit(box);
      cover(std::move(box), start());
    }
    return {proved_, proved_.open > 0 && stopped()};
  }

 private:
  void emit(const CertificateEntry& entry) {
    if (sink_) sink_(entry);
  }
  void close(const CertificateEntry& entry) {
    ++proved_.boxes;
    emit(entry);
  }

  bool stopped() {
    stopped_ = stopped_ ||
               (options_.work_limit > 0 &&
                operations_ >= 1e3 * static_cast<double>(options_.work_limit)) ||
               (options_.stop && options_.stop());
    return stopped_;
  }

  [[nodiscard]] Weights start() const {
    Weights weights;
    weights.measures.assign(sieve_->bars().amounts.size(), 0.0);
    weights.goals.assign(sieve_->bars().goals.size(), 0.0);
    const auto goals = static_cast<double>(
        std::ranges::count_if(sieve_->bars().goals, [](double bar) { return bar != kNever; }));
    for (std::size_t s = 0; s < weights.goals.size(); ++s)
      if (sieve_->bars().goals[s] != kNever) weights.goals[s] = 1.0 / goals;
    const WayBox whole = sieve_->whole();
    for (const std::size_t e : sieve_->open())
      for (LevelId level = 0; level < problem_.system.levels.size(); ++level) {
        const std::uint32_t middle = whole.left[e][whole.left[e].size() / 2];
        weights.place.push_back(finite_log(sieve_->log_down(e, middle, level)));
        weights.place.push_back(finite_log(sieve_->log_up(e, middle, level)));
      }
    return weights;
  }

  bool close_without_weights(const WayBox& box) {
    if (box.empty()) {
      close(RoomReason{});
      return true;
    }
    for (std::size_t s = 0; s < problem_.objectives.size(); ++s) {
      if (sieve_->bars().goals[s] == kNever) continue;
      const double figure = sieve_->best(box, s);
      if (!sieve_->beyond(s, figure)) continue;
      close(WorseReason{s, figure});
      return true;
    }
    return false;
  }

  void cover(WayBox box, Weights weights) {
    if (close_without_weights(box)) return;
    if (box.single() || stopped()) {
      ++proved_.open;
      close(OpenReason{});
      return;
    }
    Memory memory(box.left.size());
    if (ascend(box, weights, memory)) return;
    if (box.single()) {
      cover(std::move(box), std::move(weights));
      return;
    }
    const auto [element, at] = branch(box, memory);
    WayBox low = box;
    WayBox high = std::move(box);
    std::erase_if(low.left[element], [at = at](std::uint32_t k) { return k > at; });
    std::erase_if(high.left[element], [at = at](std::uint32_t k) { return k <= at; });
    sieve_->fit(low);
    sieve_->fit(high);
    ++proved_.splits;
    emit(WaySplit{element, at});
    cover(std::move(low), weights);
    cover(std::move(high), std::move(weights));
  }

  /// Makes the sum large, and takes out what it can on the way. True: nothing is left.
  bool ascend(WayBox& box, Weights& best, Memory& memory) {
    Weights point = best;
    long double highest = -std::numeric_limits<long double>::infinity();
    for (int iteration = 0; iteration < kIterations; ++iteration) {
      operations_ += static_cast<double>(box.size() * (4 * problem_.system.levels.size() + 4));
      const auto weighed = sieve_->weigh(box, point);
      if (!weighed) return false;
      remember(box, *weighed, memory);
      const bool higher = weighed->excess > highest;
      if (higher) {
        highest = weighed->excess;
        best = point;
      }
      Weights next = point;
      move(box, *weighed, next, iteration);
      if (higher && sift(box, point, *weighed)) return true;
      if (box.single()) return false;
      point = std::move(next);
    }
    return false;
  }

  /// Takes out what these weights allow where that is worth a line of the certificate. True: nothing is left.
  bool sift(WayBox& box, const Weights& weights, const Weighed& weighed) {
    WayBox less = box;
    const std::size_t out = sieve_->sift(less, weighed);
    constexpr std::size_t kPart = 8;
    if (out == 0 || (!less.empty() && kPart * out < box.size() && !less.single())) return false;
    Weights shown = rounded(weights);
    WayBox same = box;
    if (sieve_->sift(same, shown) < out)
      shown = weights;
    else
      less = std::move(same);
    emit(SiftEntry{shown});
    sieve_->fit(less);
    box = std::move(less);
    if (!box.empty()) return false;
    ++proved_.boxes;
    return true;
  }

  void remember(const WayBox& box, const Weighed& weighed, Memory& memory) const {
    constexpr double kFading = 0.9;
    memory.weight = memory.weight * kFading + 1.0;
    for (const std::size_t e : sieve_->open()) {
      const double rank = rank_of(e, box.left[e][weighed.chosen[e]]);
      memory.mean[e] = memory.mean[e] * kFading + rank;
      memory.square[e] = memory.square[e] * kFading + rank * rank;
      memory.effect[e] = static_cast<double>(weighed.effect[e]);
    }
  }

  [[nodiscard]] double rank_of(std::size_t element, std::uint32_t column) const {
    double rank = 0.0;
    for (LevelId level = 0; level < problem_.system.levels.size(); ++level)
      rank += finite_log(sieve_->log_down(element, column, level));
    return rank;
  }

  /// A step along the subgradient, as long as reaching zero would need; the place follows what was chosen.
  void move(const WayBox& box, const Weighed& weighed, Weights& point, int iteration) const {
    const double pace = iteration < 4 ? 1.0 / (iteration + 2) : 1.0 / (6.0 + 0.15 * iteration);
    std::size_t at = 0;
    for (const std::size_t e : sieve_->open())
      for (LevelId level = 0; level < problem_.system.levels.size(); ++level) {
        const std::uint32_t column = box.left[e][weighed.chosen[e]];
        for (const long double log :
             {sieve_->log_down(e, column, level), sieve_->log_up(e, column, level)}) {
          point.place[at] += pace * (finite_log(log) - point.place[at]);
          ++at;
        }
      }
    move_goals(box, weighed, point, iteration);
    move_measures(box, weighed, point, iteration);
  }

  /// Towards the goals that are exceeded most, and never to nothing.
  void move_goals(const WayBox& box, const Weighed& weighed, Weights& point, int iteration) const {
    if (std::ranges::count_if(point.goals, [](double w) { return w > 0.0; }) < 2) return;
    WayBox chosen;
    for (std::size_t e = 0; e < box.left.size(); ++e)
      chosen.left.push_back({box.left[e][weighed.chosen[e]]});
    std::vector<double> exceeded(point.goals.size(), -kNever);
    for (std::size_t s = 0; s < exceeded.size(); ++s)
      if (point.goals[s] > 0.0)
        exceeded[s] = std::log(std::max(sieve_->best(chosen, s), 1e-290) / sieve_->bars().goals[s]);
    const double largest = std::ranges::max(exceeded);
    const double rate = 1.0 / (1.0 + 0.2 * iteration);
    double sum = 0.0;
    for (std::size_t s = 0; s < exceeded.size(); ++s) {
      if (!(point.goals[s] > 0.0)) continue;
      point.goals[s] =
          std::max(point.goals[s] * std::exp(rate * std::max(exceeded[s] - largest, -3.0)), 1e-6);
      sum += point.goals[s];
    }
    for (double& goal : point.goals) goal /= sum;
  }

  void move_measures(const WayBox& box, const Weighed& weighed, Weights& point,
                     int iteration) const {
    struct Scarce {
      std::size_t measure = 0;
      double slack = 1.0;
      double excess = 0.0;  ///< of what was chosen, relative to the slack
    };
    std::vector<Scarce> scarce;
    double square = 0.0;
    for (std::size_t m = 0; m < point.measures.size(); ++m) {
      const std::int64_t limit = sieve_->bars().amounts[m];
      if (limit == kUnlimited) continue;
      std::int64_t least = 0;
      std::int64_t most = 0;
      std::int64_t chosen = 0;
      for (std::size_t e = 0; e < box.left.size(); ++e) {
        const auto amount = [&](std::uint32_t k) { return sieve_->way(e, k).amounts[m]; };
        std::int64_t fewest = kUnlimited;
        std::int64_t largest = 0;
        for (const std::uint32_t k : box.left[e]) {
          fewest = std::min(fewest, amount(k));
          largest = std::max(largest, amount(k));
        }
        least += fewest;
        most += largest;
        chosen += amount(box.left[e][weighed.chosen[e]]);
      }
      if (most <= limit || least >= limit) {
        point.measures[m] = 0.0;
        continue;
      }
      const auto slack = static_cast<double>(limit - least);
      scarce.push_back({m, slack, static_cast<double>(chosen - limit) / slack});
      square += scarce.back().excess * scarce.back().excess;
    }
    if (!(square > 0.0)) return;
    const double gap =
        std::isfinite(weighed.excess) ? std::max(1e-4, static_cast<double>(-weighed.excess)) : 1.0;
    const double step = 0.7 * gap / (1.0 + 0.15 * iteration) / square;
    for (const Scarce& one : scarce)
      point.measures[one.measure] =
          std::max(0.0, point.measures[one.measure] + step * one.excess / one.slack);
  }

  /// Where what was chosen varies most in its effect; of equal ones the one with most columns.
  [[nodiscard]] std::pair<std::size_t, std::uint32_t> branch(const WayBox& box,
                                                             const Memory& memory) const {
    std::size_t best = 0;
    double largest = -1.0;
    for (const std::size_t e : sieve_->open()) {
      const std::size_t size = box.left[e].size();
      if (size < 2) continue;
      const double mean = memory.mean[e] / memory.weight;
      const double variance = std::max(0.0, memory.square[e] / memory.weight - mean * mean);
      const double score =
          memory.effect[e] * std::sqrt(variance) + 1e-9 * static_cast<double>(size);
      if (score <= largest) continue;
      largest = score;
      best = e;
    }
    HAPLAN_EXPECTS(largest >= 0.0);
    const std::vector<std::uint32_t>& left = box.left[best];
    const double mean = memory.mean[best] / memory.weight;
    auto lower = static_cast<std::size_t>(
        std::ranges::count_if(left, [&](std::uint32_t k) { return rank_of(best, k) < mean; }));
    if (lower == 0 || lower == left.size()) lower = left.size() / 2;
    return {best, left[lower - 1]};
  }

  const Problem& problem_;
  const CertificateSink& sink_;
  const ProveOptions& options_;
  Equipping equipping_;
  const Sieve* sieve_ = nullptr;
  Proved proved_;
  double operations_ = 0.0;
  bool stopped_ = false;
};

}  // namespace

Proof prove_ways(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
                 const ProveOptions& options) {
  auto equipping = equipping_of(problem, head);
  HAPLAN_EXPECTS(equipping.has_value());
  return WayProver(problem, sink, options, std::move(*equipping)).run();
}

}  // namespace haplan::solver
