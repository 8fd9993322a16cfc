#include "solver/prove.hpp"

#include <algorithm>

#include "solver/misses.hpp"
#include "solver/verify/enumeration.hpp"
#include "solver/verify/relaxation.hpp"
#include "solver/verify/room.hpp"
#include "solver/witness.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Of work, which the model does between two of its questions whether to go on.
constexpr std::size_t kUnitsPerAsk = 1000;

class Prover {
 public:
  Prover(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
         const ProveOptions& options)
      : problem_(problem),
        head_(head),
        sink_(sink),
        options_(options),
        stop_([this] {
          units_ += kUnitsPerAsk;
          return stopped();
        }),
        relaxation_(problem, head.witness),
        misses_(problem, relaxation_) {
    relaxation_.stop_by(stop_);
    for (std::size_t d = 0; d < problem.decisions.size(); ++d)
      (relaxation_.choices.is_count(d) ? counts_ : settings_).push_back(d);
  }

  Proof run() {
    cover(Box(problem_));
    return {proved_, proved_.open > 0 && exhausted()};
  }

 private:
  [[nodiscard]] bool exhausted() {
    return (options_.figures > 0 && misses_.asked() >= options_.figures) || stopped();
  }

  /// A yes is remembered: figures that it cut short exclude nothing.
  bool stopped() {
    stopped_ = stopped_ || (options_.work_limit > 0 && units_ >= options_.work_limit) ||
               (options_.stop && options_.stop());
    return stopped_;
  }

  void emit(const CertificateEntry& entry) {
    if (std::holds_alternative<Split>(entry))
      ++proved_.splits;
    else
      ++proved_.boxes;
    if (sink_) sink_(entry);
  }

  /// A reason that needs no figures, else a miss.
  std::optional<CertificateEntry> reason(const Box& box, double* nearest = nullptr) {
    Choices& choices = relaxation_.choices;
    if (!choices.empty(box) && head_.has_plan) {
      const CountRank least = choices.least_rank(box);
      if (not_before(least, head_.rank)) return RankReason{least};
    }
    if (fewest_do_not_fit(choices, box, stop_)) return RoomReason{};
    if (exhausted()) return std::nullopt;
    if (const auto miss = misses_.find(box, nearest)) return *miss;
    return std::nullopt;
  }

  void leave_open(const Box& box) {
    const CountRank least = relaxation_.choices.least_rank(box);
    ++proved_.open;
    if (!proved_.least_open || !not_before(least, *proved_.least_open)) proved_.least_open = least;
    emit(OpenReason{least});
  }

  void cover(Box box) {
    for (;;) {
      if (const auto why = reason(box)) {
        emit(*why);
        return;
      }
      if (exhausted()) {
        leave_open(box);
        return;
      }
      if (!shave(box)) break;
    }
    branch(box);
  }

  /// Cuts the smallest counts off where they cannot be enough, whatever the others are.
  bool shave(Box& box) {
    hardest_.reset();
    double hardest = -1.0;
    bool any = false;
    for (const std::size_t d : counts_) {
      std::optional<CertificateEntry> why;
      std::size_t up_to = box.of(d).first;
      double nearest = 0.0;
      while (up_to < box.of(d).last) {
        Box low = box;
        low.keep_up_to(d, up_to);
        auto next = reason(low, &nearest);
        if (!next) break;
        why = next;
        ++up_to;
      }
      if (!why) {
        if (!box.single(d) && nearest > hardest) {
          hardest = nearest;
          hardest_ = d;
        }
        continue;
      }
      any = true;
      --up_to;
      emit(Split{d, problem_.decisions[d].values[up_to]});
      emit(*why);
      box.keep_after(d, up_to);
    }
    return any;
  }

  void branch(const Box& box) {
    std::optional<std::size_t> decision = hardest_;
    std::size_t at = 0;
    if (decision) {
      at = box.of(*decision).first;
    } else {
      decision = widest(box);
      if (!decision) {
        if (const auto all = all_placements_miss(relaxation_.choices, box, stop_))
          emit(PlacementsReason{*all});
        else
          leave_open(box);
        return;
      }
      at = (box.of(*decision).first + box.of(*decision).last) / 2;
    }
    emit(Split{*decision, problem_.decisions[*decision].values[at]});
    Box low = box;
    Box high = box;
    low.keep_up_to(*decision, at);
    high.keep_after(*decision, at);
    cover(std::move(low));
    cover(std::move(high));
  }

  /// The setting with the most values left.
  [[nodiscard]] std::optional<std::size_t> widest(const Box& box) const {
    std::optional<std::size_t> best;
    const auto width = [&](std::size_t d) { return box.of(d).last - box.of(d).first; };
    for (const std::size_t d : settings_)
      if (!box.single(d) && (!best || width(d) > width(*best))) best = d;
    return best;
  }

  const Problem& problem_;
  const CertificateHead& head_;
  const CertificateSink& sink_;
  const ProveOptions& options_;
  model::Stop stop_;  ///< for the model, which asks once per million elementary operations
  std::size_t units_ = 0;
  bool stopped_ = false;
  Relaxation relaxation_;
  Misses misses_;
  std::vector<std::size_t> counts_;     ///< decisions on counts
  std::vector<std::size_t> settings_;   ///< all others
  std::optional<std::size_t> hardest_;  ///< whose smallest count comes nearest to missing something
  Proved proved_;
};

}  // namespace

std::optional<std::string> beyond_certificates(const Problem& problem) {
  if (!problem.choices.empty()) return "certificates do not speak of variants yet";
  if (!problem.budgets.empty()) return "certificates do not speak of budgets yet";
  if (problem.maximize_availability)
    return "certificates speak of the fewest replicas, not of the most availability";
  if (problem.minimize != std::vector{Preference::replicas})
    return "certificates speak of the fewest replicas, not of the least cost";
  return std::nullopt;
}

CertificateHead certificate_head(const Problem& problem, const Outcome& outcome) {
  CertificateHead head;
  head.witness = unlucky_nodes(problem);
  head.has_plan = outcome.has_plan;
  if (!outcome.has_plan) return head;
  head.plan = outcome.deployment;
  head.rank = Choices(problem).rank_of(head.plan);
  return head;
}

Proof prove(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
            const ProveOptions& options) {
  return Prover(problem, head, sink, options).run();
}

}  // namespace haplan::solver
