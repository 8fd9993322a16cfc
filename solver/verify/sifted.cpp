#include "solver/verify/sifted.hpp"

#include <algorithm>
#include <cmath>

#include "model/system/variants.hpp"
#include "solver/kind.hpp"

namespace haplan::solver {

using namespace model;

namespace {

const Way* way_of(const Ways& ways, ComponentId c, const std::vector<int>& counts) {
  const auto found = std::ranges::find(ways.of[c], counts, &Way::counts);
  return found == ways.of[c].end() ? nullptr : &*found;
}

/// What the counts come to; nothing when they are no ways.
std::optional<PlanFigures> figures_of(const Problem& problem, const Equipping& equipping,
                                      const std::vector<std::vector<int>>& counts) {
  const Ways& ways = equipping.ways;
  if (counts.size() != ways.of.size()) return std::nullopt;
  PlanFigures figures{std::vector<std::int64_t>(ways.measures.size(), 0), {}};
  std::vector<const Way*> running;
  for (ComponentId c = 0; c < counts.size(); ++c) {
    running.push_back(way_of(ways, c, counts[c]));
    if (running.back() == nullptr) return std::nullopt;
    for (std::size_t m = 0; m < figures.amounts.size(); ++m)
      figures.amounts[m] += running.back()->amounts[m];
  }
  for (const Failing& failing : equipping.structures.of) {
    double sum = 0.0;
    for (LevelId level = 0; level < problem.system.levels.size(); ++level) {
      std::vector<double> down;
      for (const Way* way : running) down.push_back(way->down[level]);
      down.insert(down.end(), equipping.structures.fixed.begin(), equipping.structures.fixed.end());
      sum += problem.system.levels[level].share * failing.whole.unavailability(down);
    }
    figures.unavailability.push_back(sum);
  }
  return figures;
}

}  // namespace

std::optional<Equipping> equipping_of(const Problem& problem, const CertificateHead& head) {
  if (!is_redundancy(problem)) return std::nullopt;
  auto ways = ways_of(problem);
  if (!ways) return std::nullopt;
  auto structures = structures_of(problem);
  if (!structures) return std::nullopt;
  Equipping equipping{std::move(*ways), std::move(*structures), std::nullopt};
  if (head.has_plan) equipping.plan = figures_of(problem, equipping, head.counts);
  return equipping;
}

std::unique_ptr<SiftChecker> SiftChecker::of(const Problem& problem, const CertificateHead& head,
                                             const model::Stop& stop) {
  auto equipping = equipping_of(problem, head);
  if (!equipping) return nullptr;
  return std::make_unique<SiftChecker>(problem, head, stop, std::move(*equipping));
}

SiftChecker::SiftChecker(const Problem& problem, const CertificateHead& head,
                         const model::Stop& stop, Equipping equipping)
    : problem_(problem),
      head_(head),
      stop_(stop),
      equipping_(std::move(equipping)),
      questions_(questions_of(problem, equipping_.ways, equipping_.plan)) {}

std::optional<std::string> SiftChecker::check_head() {
  if (!head_.has_plan) return std::nullopt;
  if (!equipping_.plan) return "the plan is not one of the ways to run the components";
  const Deployment plan = deployment_of(problem_, head_.counts);
  const PlanVerdict verdict = judge_plan(problem_, plan, stop_);
  if (verdict.wrong) return verdict.wrong;
  if (problem_.maximize_availability != head_.worst.has_value() ||
      (head_.worst && !agree(*head_.worst, verdict.worst)))
    return "the plan's availability is not the one that is claimed";
  // The whole system, evaluated, against components that were evaluated one by one.
  const Resolved plain = resolve(problem_.system, plan);
  const auto evaluation =
      evaluate(plain.system, plain.deployment, {.figures = false, .stop = stop_});
  if (!evaluation) return "the plan cannot be evaluated: " + evaluation.error().message;
  constexpr double kSame = 1e-12;
  for (std::size_t s = 0; s < problem_.objectives.size(); ++s) {
    const double whole = evaluation->services[problem_.objectives[s].service].unavailability.value;
    const double parts = equipping_.plan->unavailability[s];
    if (std::abs(whole - parts) > kSame * std::max(whole, parts))
      return "the plan's components do not fail independently of each other";
  }
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check(const CertificateEntry& entry) {
  return std::visit(
      [this](const auto& what) -> std::optional<std::string> {
        if constexpr (requires { check_one(what); }) return check_one(what);
        return "an entry of another form of certificate";
      },
      entry);
}

std::optional<std::string> SiftChecker::check_end() const {
  if (!waiting_.empty()) return "the boxes do not cover the ways to run the components";
  if (next_ != questions_.size()) return "not every question has its boxes";
  return std::nullopt;
}

void SiftChecker::close() {
  waiting_.pop_back();
  ++proved_.boxes;
}

std::optional<std::string> SiftChecker::check_one(const QuestionEntry& entry) {
  if (!waiting_.empty()) return "the boxes do not cover the ways to run the components";
  if (entry.question != next_ || next_ == questions_.size()) return "not the next question";
  sieve_ = std::make_unique<Sieve>(problem_, equipping_.ways, equipping_.structures,
                                   questions_[next_++].bars);
  waiting_.push_back(sieve_->whole());
  sieve_->fit(waiting_.back());
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check_one(const WaySplit& split) {
  if (waiting_.empty()) return "an entry after the last box";
  if (split.component >= problem_.system.components.size()) return "a split of no component";
  WayBox low = waiting_.back();
  WayBox high = low;
  std::erase_if(low.left[split.component], [&](std::uint32_t k) { return k > split.at; });
  std::erase_if(high.left[split.component], [&](std::uint32_t k) { return k <= split.at; });
  if (low.empty() || high.empty()) return "a split that leaves one side empty";
  sieve_->fit(low);
  sieve_->fit(high);
  waiting_.back() = std::move(high);
  waiting_.push_back(std::move(low));
  ++proved_.splits;
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check_one(const SiftEntry& entry) {
  if (waiting_.empty()) return "an entry after the last box";
  WayBox& box = waiting_.back();
  if (box.empty()) return "a box without ways, of which more is said";
  const Weights& weights = entry.weights;
  const auto positive = [](const std::vector<double>& list, std::size_t size) {
    return list.size() == size &&
           std::ranges::all_of(list, [](double w) { return w >= 0.0 && std::isfinite(w); });
  };
  if (!positive(weights.measures, sieve_->bars().amounts.size()) ||
      !positive(weights.goals, sieve_->bars().goals.size()) ||
      weights.place.size() != sieve_->place_size() ||
      !std::ranges::all_of(weights.place, [](double log) { return std::isfinite(log); }))
    return "weights that are none";
  if (sieve_->sift(box, weights) == 0) return "weights that take nothing out";
  sieve_->fit(box);
  if (box.empty()) close();
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check_one(const RoomReason&) {
  if (waiting_.empty()) return "an entry after the last box";
  if (!waiting_.back().empty()) return "a box in which something may fit the limits";
  close();
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check_one(const WorseReason& reason) {
  if (waiting_.empty()) return "an entry after the last box";
  if (reason.objective >= problem_.objectives.size()) return "a figure of no objective";
  if (waiting_.back().empty()) return "a figure of a box without ways";
  const double figure = sieve_->best(waiting_.back(), reason.objective);
  if (!agree(figure, reason.figure)) return "a figure of a service that is another one";
  if (!sieve_->beyond(reason.objective, figure)) return "a figure that is good enough";
  close();
  return std::nullopt;
}

std::optional<std::string> SiftChecker::check_one(const OpenReason& reason) {
  if (waiting_.empty()) return "an entry after the last box";
  if (reason.least != CountRank{}) return "a rank where none is claimed";
  ++proved_.open;
  close();
  return std::nullopt;
}

}  // namespace haplan::solver
