#include "solver/prove.hpp"

#include <algorithm>
#include <memory>

#include "model/system/variants.hpp"
#include "solver/misses.hpp"
#include "solver/ownership.hpp"
#include "solver/prove_ways.hpp"
#include "solver/spending.hpp"
#include "solver/verify/enumeration.hpp"
#include "solver/verify/picked.hpp"
#include "solver/verify/relaxation.hpp"
#include "solver/verify/room.hpp"
#include "solver/verify/sifted.hpp"
#include "solver/verify/spends.hpp"
#include "solver/witness.hpp"

namespace haplan::solver {

using namespace model;

namespace {

class Prover {
 public:
  ///   problem  what a better plan has to keep
  ///   ranked   a better plan is one that ranks before
  Prover(const Problem& problem, const CertificateHead& head,
         const std::vector<std::vector<NodeId>>& witness,
         const std::vector<std::vector<NodeId>>& scattered, bool ranked,
         const CertificateSink& sink, const ProveOptions& options)
      : problem_(problem),
        head_(head),
        ranked_(ranked),
        sink_(sink),
        options_(options),
        stop_([this](double operations) {
          units_ += units_of(operations);
          return stopped();
        }),
        scattered_(scattered),
        relaxation_(problem, witness),
        misses_(problem, relaxation_) {
    relaxation_.stop_by(stop_);
    scatter(scattered);
    for (std::size_t d = 0; d < problem.decisions.size(); ++d)
      (relaxation_.choices.is_count(d) ? counts_ : settings_).push_back(d);
  }

  /// Of work done.
  [[nodiscard]] std::size_t units() const { return units_; }

  Proof run() {
    cover(Box(problem_));
    return {proved_, proved_.open > 0 && exhausted()};
  }

 private:
  [[nodiscard]] bool exhausted() {
    constexpr std::size_t kFiguresOfSum = 10;  // what takes as long
    const std::size_t asked = misses_.asked() + kFiguresOfSum * sums_;
    return (options_.figures > 0 && asked >= options_.figures) || stopped();
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
    if (!choices.empty(box) && ranked_) {
      const CountRank least = choices.least_rank(box);
      if (not_before(least, head_.rank, problem_.minimize)) return RankReason{least};
    }
    for (std::size_t b = 0; b < problem_.budgets.size(); ++b)
      if (const auto least = least_beyond(choices, box, b)) return BudgetReason{b, *least};
    if (fewest_do_not_fit(choices, box, stop_)) return RoomReason{};
    if (exhausted()) return std::nullopt;
    if (ranked_ || problem_.budgets.empty())
      if (const auto together = all_miss(box, std::nullopt)) return *together;
    for (std::size_t b = 0; b < problem_.budgets.size(); ++b)
      if (const auto together = all_miss(box, b)) return *together;
    if (const auto miss = misses_.find(box, nearest)) return *miss;
    return std::nullopt;
  }

  void scatter(std::vector<std::vector<NodeId>> nodes) {
    if (series_ && nodes == scattered_now_) return;
    scattered_now_ = std::move(nodes);
    series_ = std::make_unique<Series>(relaxation_, scattered_now_,
                                       ranked_ ? std::optional(head_.rank) : std::nullopt);
    series_->stop = stop_;
  }

  /// Of what the components of a service do together in what ranks before the plan, or keeps a budget.
  std::optional<SeriesReason> all_miss(const Box& box, std::optional<std::size_t> budget) {
    for (ServiceId s = 0; s < problem_.system.services.size(); ++s) {
      const auto limit = relaxation_.limit(s, LimitKind::availability);
      if (!limit || *limit <= 0.0) continue;
      // Where few replicas are, in a choice that may be none, decides which of them should be far from each other.
      constexpr int kTries = 3;
      for (int i = 0; i < kTries; ++i) {
        if (!series_->applies(box)) break;
        std::optional<Series::Answer> answer;
        for (const bool spare : {true, false}) {
          if (!spare && series_->domains().empty()) continue;
          SeriesReason reason{
              .service = s,
              .hosts = own_nodes(*series_, relaxation_.choices, scattered_now_, box, s, spare),
              .figure = Relaxation::just_beyond(*limit),
              .budget = budget};
          ++sums_;
          answer = series_->judge(box, s, reason.hosts, reason.figure, budget);
          if (answer && answer->excluded) {
            name_nodes(reason);
            return reason;
          }
        }
        if (!answer) break;
        if (problem_.system.nodes.empty()) break;
        auto other = scattered_nodes(problem_, fewest_first(box, s, answer->counts));
        if (other == scattered_now_) break;
        scatter(std::move(other));
      }
    }
    return std::nullopt;
  }

  /// Components that a service needs, in the order of how many replicas they have.
  std::vector<ComponentId> fewest_first(const Box& box, ServiceId service,
                                        const std::vector<std::size_t>& counts) {
    std::vector<ComponentId> order;
    std::vector<int> replicas(counts.size(), 0);
    for (const ComponentId c : relaxation_.choices.replicated) {
      if (!relaxation_.needs(service, c)) continue;
      order.push_back(c);
      replicas[c] = std::ranges::max(relaxation_.choices.counts(box, c)[counts[c]].replicas);
    }
    std::ranges::stable_sort(order, {}, [&](ComponentId c) { return replicas[c]; });
    return order;
  }

  /// Those that are not the head's.
  void name_nodes(SeriesReason& reason) const {
    if (scattered_now_ == scattered_) return;
    reason.scattered.resize(scattered_.size());
    for (ComponentId c = 0; c < scattered_.size(); ++c)
      if (scattered_now_[c] != scattered_[c]) reason.scattered[c] = scattered_now_[c];
  }

  void leave_open(const Box& box) {
    const CountRank least = relaxation_.choices.least_rank(box);
    ++proved_.open;
    if (!proved_.least_open || !not_before(least, *proved_.least_open, problem_.minimize))
      proved_.least_open = least;
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
  bool ranked_;
  const CertificateSink& sink_;
  const ProveOptions& options_;
  model::Stop stop_;  ///< for the model, which asks once per million elementary operations
  std::size_t units_ = 0;
  bool stopped_ = false;
  const std::vector<std::vector<NodeId>>& scattered_;
  Relaxation relaxation_;
  std::vector<std::vector<NodeId>> scattered_now_;  ///< of series_
  std::unique_ptr<Series> series_;
  Misses misses_;
  std::size_t sums_ = 0;                ///< that were asked for
  std::vector<std::size_t> counts_;     ///< decisions on counts
  std::vector<std::size_t> settings_;   ///< all others
  std::optional<std::size_t> hardest_;  ///< whose smallest count comes nearest to missing something
  Proved proved_;
};

}  // namespace

std::optional<std::string> beyond_certificates(const Problem& problem) {
  const bool mixes = std::ranges::any_of(problem.system.components, &Component::mix);
  if (has_variants(problem.system) && !can_pick(problem) && !equipping_of(problem, {}))
    return mixes ? "certificates do not speak of variants that mix in more ways than can be listed"
                 : "there are more choices of variants than a certificate can go through";
  return std::nullopt;
}

CertificateHead certificate_head(const Problem& problem, const Outcome& outcome) {
  CertificateHead head;
  head.has_plan = outcome.has_plan;
  const std::optional<Equipping> equipping = equipping_of(problem, {});
  const bool variants = has_variants(problem.system);
  head.form = equipping  ? CertificateForm::ways
              : variants ? CertificateForm::picks
                         : CertificateForm::boxes;
  if (head.form == CertificateForm::boxes) {
    head.witness = unlucky_nodes(problem);
    head.scattered = scattered_nodes(problem);
  }
  if (!outcome.has_plan) return head;
  const auto measure = [&head](const Problem& plain, const Deployment& plan) {
    if (plain.maximize_availability) head.worst = judge_plan(plain, plan, {}).worst;
    if (head.form != CertificateForm::ways) head.rank = Choices(plain).rank_of(plan);
  };
  switch (head.form) {
    case CertificateForm::ways:
      head.counts = counts_of(problem, outcome.deployment);
      measure(problem, outcome.deployment);
      break;
    case CertificateForm::picks: {
      head.picks = picks_of(problem, outcome.deployment);
      head.plan = without_variants(problem, outcome.deployment);
      measure(picked_problem(problem, head.picks), head.plan);
      break;
    }
    case CertificateForm::boxes:
      head.plan = outcome.deployment;
      measure(problem, head.plan);
      break;
  }
  return head;
}

Claim claim_of(const Problem& problem, const CertificateHead& head) {
  Claim claim{.has_plan = head.has_plan,
              .most_available = head.worst.has_value(),
              .first = problem.minimize.front(),
              .rank = std::nullopt};
  if (head.has_plan && !head.worst && head.form != CertificateForm::ways) claim.rank = head.rank;
  return claim;
}

Proof prove(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
            const ProveOptions& options) {
  const bool ranked = head.has_plan && !head.worst;
  const auto asked = [&](const Problem& plain) {
    return head.has_plan && head.worst ? more_available(plain, *head.worst) : plain;
  };
  if (head.form == CertificateForm::ways) return prove_ways(problem, head, sink, options);
  if (head.form == CertificateForm::boxes)
    return Prover(asked(problem), head, head.witness, head.scattered, ranked, sink, options).run();
  Proof sum;
  ProveOptions rest = options;
  for (std::optional<Picks> picks = first_picks(problem); picks;
       picks = next_picks(problem, *picks)) {
    const Problem picked = asked(picked_problem(problem, *picks));
    const PickEntry entry{*picks, unlucky_nodes(picked), scattered_nodes(picked)};
    if (sink) sink(entry);
    const auto translated = [&](const CertificateEntry& what) {
      const auto* split = std::get_if<Split>(&what);
      if (split == nullptr) return sink(what);
      const auto own = std::ranges::find(problem.decisions, picked.decisions[split->decision].path,
                                         &Decision::path);
      sink(Split{static_cast<std::size_t>(own - problem.decisions.begin()), split->at});
    };
    const CertificateSink told = sink ? CertificateSink(translated) : CertificateSink();
    Prover prover(picked, head, entry.witness, entry.scattered, ranked, told, rest);
    const Proof one = prover.run();
    add(sum.proved, one.proved, problem.minimize);
    sum.limited = sum.limited || one.limited;
    if (rest.work_limit > 0) rest.work_limit -= std::min(rest.work_limit - 1, prover.units());
  }
  return sum;
}

}  // namespace haplan::solver
