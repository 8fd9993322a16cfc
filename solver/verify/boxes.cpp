#include "solver/verify/boxes.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/headroom.hpp"
#include "solver/verify/enumeration.hpp"
#include "solver/verify/room.hpp"
#include "solver/verify/spends.hpp"

namespace haplan::solver {

using namespace model;

bool same_rank(const CountRank& a, const CountRank& b) {
  return a.peak == b.peak && agree(a.mean, b.mean) && a.cpu == b.cpu && a.memory == b.memory &&
         agree(a.peak_cost, b.peak_cost) && agree(a.mean_cost, b.mean_cost);
}

BoxChecker::BoxChecker(const Problem& problem, const CertificateHead& head,
                       const std::vector<std::vector<NodeId>>& witness,
                       const std::vector<std::vector<NodeId>>& scattered, const model::Stop& stop)
    : problem_(problem),
      asked_(head.has_plan && head.worst ? more_available(problem, *head.worst) : problem),
      head_(head),
      witness_(witness),
      scattered_(scattered),
      ranked_(head.has_plan && !head.worst),
      stop_(stop),
      relaxation_(asked_, witness_) {
  relaxation_.stop_by(stop_);
  waiting_.emplace_back(asked_);
}

std::optional<std::string> BoxChecker::check_head() {
  if (auto wrong = check_witness()) return wrong;
  return head_.has_plan ? check_plan() : std::nullopt;
}

std::optional<std::string> BoxChecker::check_witness() {
  const System& system = problem_.system;
  for (const auto* witness : {&witness_, &scattered_}) {
    if (witness->size() != system.components.size()) return "the witness is not one of this system";
    for (const auto& nodes : *witness)
      for (const NodeId node : nodes)
        if (node >= system.nodes.size()) return "the witness names a node that does not exist";
  }
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_plan() {
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
  const PlanVerdict verdict = judge_plan(problem_, plan, stop_);
  if (verdict.wrong) return verdict.wrong;
  if (problem_.maximize_availability != head_.worst.has_value() ||
      (head_.worst && !agree(*head_.worst, verdict.worst)))
    return "the plan's availability is not the one that is claimed";
  if (!same_rank(relaxation_.choices.rank_of(plan), head_.rank))
    return "the plan's rank is not the one that is claimed";
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check(const CertificateEntry& entry) {
  if (waiting_.empty()) return "an entry after the last box";
  if (stop_ && stop_()) return "the check was ended";
  return std::visit(
      [this](const auto& what) -> std::optional<std::string> {
        if constexpr (requires { check_one(what); }) return check_one(what);
        return "an entry of another form of certificate";
      },
      entry);
}

std::optional<std::string> BoxChecker::check_end() const {
  if (waiting_.empty()) return std::nullopt;
  return "the boxes do not cover the decision space: " + std::to_string(waiting_.size()) +
         (waiting_.size() == 1 ? " is" : " are") + " missing";
}

void BoxChecker::close() {
  waiting_.pop_back();
  ++proved_.boxes;
}

std::optional<std::string> BoxChecker::check_one(const Split& split) {
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

std::optional<std::string> BoxChecker::check_one(const RankReason& reason) {
  if (!ranked_) return "a rank where nothing is claimed of ranks";
  Choices& choices = relaxation_.choices;
  if (choices.empty(waiting_.back())) return "a rank of a box without deployments";
  const CountRank least = choices.least_rank(waiting_.back());
  if (!same_rank(least, reason.least))
    return "the least rank of a box is not the one that is claimed";
  if (!not_before(least, head_.rank, problem_.minimize))
    return "a box that may hold a plan of a smaller rank";
  close();
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_one(const RoomReason&) {
  if (!fewest_do_not_fit(relaxation_.choices, waiting_.back(), stop_))
    return "a box whose fewest replicas fit, or may fit";
  close();
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_one(const BudgetReason& reason) {
  if (reason.budget >= problem_.budgets.size()) return "a budget that nobody gave";
  const auto least = least_beyond(relaxation_.choices, waiting_.back(), reason.budget);
  if (!least) return "a box whose fewest replicas are within the budget";
  if (!agree(*least, reason.least)) return "an amount of a budget that is another one";
  close();
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_one(const MissReason& reason) {
  if (reason.service >= problem_.system.services.size()) return "a limit of no service";
  const std::string& service = problem_.system.services[reason.service].name;
  if (!relaxation_.limit(reason.service, reason.limit))
    return "a limit that nobody asked for, of " + service;
  const auto figure = relaxation_.figure(waiting_.back(), reason);
  if (!figure) return "a figure of " + service + " that says nothing of its box";
  if (!agree(*figure, reason.figure)) return "a figure of " + service + " that is another one";
  if (!relaxation_.exceeds(reason, *figure)) return "a figure of " + service + " within its limit";
  close();
  return std::nullopt;
}

Series* BoxChecker::series_with(const SeriesReason& reason) {
  auto nodes = scattered_;
  if (!reason.scattered.empty() && reason.scattered.size() != nodes.size()) return nullptr;
  for (ComponentId c = 0; c < reason.scattered.size(); ++c)
    if (!reason.scattered[c].empty()) nodes[c] = reason.scattered[c];
  for (const auto& list : nodes)
    for (const NodeId node : list)
      if (node >= problem_.system.nodes.size()) return nullptr;
  if (!series_ || nodes != scattered_now_) {
    scattered_now_ = std::move(nodes);
    series_ = std::make_unique<Series>(relaxation_, scattered_now_,
                                       ranked_ ? std::optional(head_.rank) : std::nullopt);
    series_->stop = stop_;
  }
  return series_.get();
}

std::optional<std::string> BoxChecker::check_one(const SeriesReason& reason) {
  if (reason.service >= problem_.system.services.size()) return "a limit of no service";
  const std::string& service = problem_.system.services[reason.service].name;
  const auto limit = relaxation_.limit(reason.service, LimitKind::availability);
  if (!limit || !agree(Relaxation::just_beyond(*limit), reason.figure))
    return "a figure of " + service + " that is not the one to be exceeded";
  Series* series = series_with(reason);
  if (series == nullptr) return "nodes that do not exist";
  const auto answer = series->judge(waiting_.back(), reason.service, reason.hosts,
                                    Relaxation::just_beyond(*limit), reason.budget);
  if (!answer) return "a sum of " + service + " that says nothing of its box";
  if (!answer->excluded) return "a sum of " + service + " that is smaller than is claimed";
  close();
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_one(const PlacementsReason& reason) {
  const auto missing = all_placements_miss(relaxation_.choices, waiting_.back(), stop_);
  if (!missing) return "a box whose placements do not all miss an objective, or are too many";
  if (*missing != reason.placements) return "a box with another number of placements";
  close();
  return std::nullopt;
}

std::optional<std::string> BoxChecker::check_one(const OpenReason& reason) {
  Choices& choices = relaxation_.choices;
  const CountRank least =
      choices.empty(waiting_.back()) ? head_.rank : choices.least_rank(waiting_.back());
  if (!same_rank(least, reason.least))
    return "the least rank of a box is not the one that is claimed";
  ++proved_.open;
  if (!proved_.least_open || !not_before(least, *proved_.least_open, problem_.minimize))
    proved_.least_open = least;
  close();
  return std::nullopt;
}

}  // namespace haplan::solver
