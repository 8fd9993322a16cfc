#include "solver/verify/verify.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/headroom.hpp"
#include "solver/verify/enumeration.hpp"
#include "solver/verify/judged.hpp"
#include "solver/verify/room.hpp"

namespace haplan::solver {

using namespace model;

namespace {

bool near(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return a == b;
  return std::abs(a - b) <= Relaxation::kMargin * std::max(std::abs(a), std::abs(b));
}

}  // namespace

bool same_rank(const CountRank& a, const CountRank& b) {
  return a.peak == b.peak && near(a.mean, b.mean) && a.cpu == b.cpu && a.memory == b.memory;
}

Verifier::Verifier(const Problem& problem, const CertificateHead& head, model::Stop stop)
    : problem_(problem), head_(head), relaxation_(problem, head.witness) {
  // A yes is remembered: what was computed with it in between is worth nothing.
  if (stop)
    stop_ = [this, ask = std::move(stop)] {
      stopped_ = stopped_ || ask();
      return stopped_;
    };
  relaxation_.stop_by(stop_);
  waiting_.emplace_back(problem);
}

std::optional<std::string> Verifier::check_head() {
  const System& system = problem_.system;
  if (head_.witness.size() != system.components.size())
    return "the witness is not one of this system";
  for (const auto& nodes : head_.witness)
    for (const NodeId node : nodes)
      if (node >= system.nodes.size()) return "the witness names a node that does not exist";
  return head_.has_plan ? check_plan() : std::nullopt;
}

std::optional<std::string> Verifier::check_plan() {
  const System& system = problem_.system;
  const Deployment& plan = head_.plan;
  if (plan.components.size() != system.components.size())
    return "the plan is not one of this system";
  Deployment rebuilt = problem_.before;
  for (const Decision& decision : problem_.decisions) {
    const double value = assigned(plan, decision);
    if (std::ranges::find(decision.values, value) == decision.values.end())
      return "the plan's " + decision.path + " is not in its range";
    assign(rebuilt, decision, value);
  }
  for (ComponentId c = 0; c < system.components.size(); ++c)
    if (problem_.placement_open[c]) rebuilt.components[c].nodes = plan.components[c].nodes;
  if (rebuilt != plan) return "the plan differs from the spec in what no decision leaves open";
  if (!system.nodes.empty()) {
    const PlacementCheck placed = check_placement(system, plan);
    if (!placed.ok) return "the plan cannot be placed: " + placed.why.front();
  }
  const auto checks = judged(problem_, plan, stop_);
  if (!checks) return "the plan cannot be judged: " + checks.error().message;
  for (const ObjectiveCheck& check : *checks)
    if (!check.met)
      return "the plan misses " + system.services[check.service].name + " " + check.field;
  if (!same_rank(relaxation_.choices.rank_of(plan), head_.rank))
    return "the plan's rank is not the one that is claimed";
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const CertificateEntry& entry) {
  if (waiting_.empty()) return "an entry after the last box";
  if (stop_ && stop_()) return "the check was ended";
  return std::visit([this](const auto& what) { return check(what); }, entry);
}

std::optional<std::string> Verifier::check_end() const {
  if (waiting_.empty()) return std::nullopt;
  return "the boxes do not cover the decision space: " + std::to_string(waiting_.size()) +
         (waiting_.size() == 1 ? " is" : " are") + " missing";
}

void Verifier::close() {
  waiting_.pop_back();
  ++proved_.boxes;
}

std::optional<std::string> Verifier::check(const Split& split) {
  if (split.decision >= problem_.decisions.size()) return "a split of no decision";
  const Decision& decision = problem_.decisions[split.decision];
  const auto found = std::ranges::find(decision.values, split.at);
  const auto index = static_cast<std::size_t>(found - decision.values.begin());
  Box low = waiting_.back();
  const Box::Interval& interval = low.of(split.decision);
  if (found == decision.values.end() || index < interval.first || index >= interval.last)
    return "a split of " + decision.path + " that leaves one side empty";
  Box high = low;
  low.keep_up_to(split.decision, index);
  high.keep_after(split.decision, index);
  waiting_.back() = high;
  waiting_.push_back(low);
  ++proved_.splits;
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const RankReason& reason) {
  if (!head_.has_plan) return "a rank without a plan";
  Choices& choices = relaxation_.choices;
  if (choices.empty(waiting_.back())) return "a rank of a box without deployments";
  const CountRank least = choices.least_rank(waiting_.back());
  if (!same_rank(least, reason.least))
    return "the least rank of a box is not the one that is claimed";
  if (!not_before(least, head_.rank)) return "a box that may hold a plan of a smaller rank";
  close();
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const RoomReason&) {
  if (!fewest_do_not_fit(relaxation_.choices, waiting_.back(), stop_))
    return "a box whose fewest replicas fit, or may fit";
  close();
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const MissReason& reason) {
  if (reason.service >= problem_.system.services.size()) return "a limit of no service";
  const std::string& service = problem_.system.services[reason.service].name;
  if (!relaxation_.limit(reason.service, reason.limit))
    return "a limit that nobody asked for, of " + service;
  const auto figure = relaxation_.figure(waiting_.back(), reason);
  if (!figure) return "a figure of " + service + " that says nothing of its box";
  if (!near(*figure, reason.figure)) return "a figure of " + service + " that is another one";
  if (!relaxation_.exceeds(reason, *figure)) return "a figure of " + service + " within its limit";
  close();
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const PlacementsReason& reason) {
  const auto missing = all_placements_miss(relaxation_.choices, waiting_.back(), stop_);
  if (!missing) return "a box whose placements do not all miss an objective, or are too many";
  if (*missing != reason.placements) return "a box with another number of placements";
  close();
  return std::nullopt;
}

std::optional<std::string> Verifier::check(const OpenReason& reason) {
  Choices& choices = relaxation_.choices;
  const CountRank least =
      choices.empty(waiting_.back()) ? head_.rank : choices.least_rank(waiting_.back());
  if (!same_rank(least, reason.least))
    return "the least rank of a box is not the one that is claimed";
  ++proved_.open;
  if (!proved_.least_open || !not_before(least, *proved_.least_open)) proved_.least_open = least;
  close();
  return std::nullopt;
}

Verdict verify(const Problem& problem, const CertificateHead& head,
               const std::vector<CertificateEntry>& entries) {
  Verifier verifier(problem, head);
  std::optional<std::string> rejected = verifier.check_head();
  for (auto entry = entries.begin(); entry != entries.end() && !rejected; ++entry)
    rejected = verifier.check(*entry);
  if (!rejected) rejected = verifier.check_end();
  return {rejected, verifier.proved()};
}

}  // namespace haplan::solver
