#include "solver/verify/picked.hpp"

#include <algorithm>

namespace haplan::solver {

using namespace model;

bool can_pick(const Problem& problem) {
  constexpr double kMost = 100'000.0;
  bool any = false;
  for (const Component& component : problem.system.components) {
    if (component.mix) return false;
    any = any || !component.variants.empty();
  }
  double ways = 1.0;
  for (const VariantChoice& choice : problem.choices)
    ways *= static_cast<double>(choice.allowed.size());
  return any && ways <= kMost;
}

Picks first_picks(const Problem& problem) {
  Picks picks;
  for (const VariantChoice& choice : problem.choices) picks.push_back(choice.allowed.front());
  return picks;
}

std::optional<Picks> next_picks(const Problem& problem, const Picks& picks) {
  Picks next = picks;
  for (std::size_t i = next.size(); i-- > 0;) {
    const std::vector<std::size_t>& allowed = problem.choices[i].allowed;
    const auto at = std::ranges::find(allowed, next[i]);
    if (at + 1 != allowed.end()) {
      next[i] = *(at + 1);
      return next;
    }
    next[i] = allowed.front();
  }
  return std::nullopt;
}

PickChecker::PickChecker(const Problem& problem, const CertificateHead& head,
                         const model::Stop& stop)
    : problem_(problem), head_(head), stop_(stop), next_(first_picks(problem)) {}

std::optional<std::string> PickChecker::check_head() {
  if (!head_.has_plan) return std::nullopt;
  if (head_.picks.size() != problem_.choices.size())
    return "variants that are not those of the spec";
  for (std::size_t i = 0; i < head_.picks.size(); ++i)
    if (std::ranges::count(problem_.choices[i].allowed, head_.picks[i]) == 0)
      return "a variant that may not run";
  const Problem picked = picked_problem(problem_, head_.picks);
  return BoxChecker(picked, head_, {}, {}, stop_).check_plan();
}

std::optional<std::string> PickChecker::check(const CertificateEntry& entry) {
  if (const auto* pick = std::get_if<PickEntry>(&entry)) return begin(*pick);
  if (!boxes_) return "a box of no choice of variants";
  const auto* split = std::get_if<Split>(&entry);
  if (split == nullptr) return boxes_->check(entry);
  if (split->decision >= problem_.decisions.size()) return "a split of no decision";
  const auto own = std::ranges::find(picked_.decisions, problem_.decisions[split->decision].path,
                                     &Decision::path);
  if (own == picked_.decisions.end()) return "a split of a decision of other variants";
  return boxes_->check(Split{static_cast<std::size_t>(own - picked_.decisions.begin()), split->at});
}

std::optional<std::string> PickChecker::begin(const PickEntry& entry) {
  if (boxes_)
    if (auto wrong = boxes_->check_end()) return wrong;
  if (!next_ || *next_ != entry.picks) return "a choice of variants that is not the next one";
  proved_ = proved();
  picked_ = picked_problem(problem_, entry.picks);
  boxes_ = std::make_unique<BoxChecker>(picked_, head_, entry.witness, entry.scattered, stop_);
  next_ = next_picks(problem_, entry.picks);
  return boxes_->check_witness();
}

Proved PickChecker::proved() const {
  Proved sum = proved_;
  if (boxes_) add(sum, boxes_->proved(), problem_.minimize);
  return sum;
}

std::optional<std::string> PickChecker::check_end() const {
  if (boxes_)
    if (auto wrong = boxes_->check_end()) return wrong;
  if (next_) return "not every choice of variants has its boxes";
  return std::nullopt;
}

}  // namespace haplan::solver
