#include "model/diagram/diagram.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {
constexpr std::uint32_t kTerminal = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kTerminals = 3;
}  // namespace

Diagram::Diagram()
    : variable_(kTerminals, kTerminal), child_(kTerminals, 0), table_(1U << 12U, 0) {}

std::size_t Diagram::add_variable(int arity) {
  HAPLAN_EXPECTS(arity >= 2 && arity <= 31);
  arity_.push_back(arity);
  first_.push_back(probability_count_);
  probability_count_ += static_cast<std::size_t>(arity);
  return arity_.size() - 1;
}

std::size_t Diagram::hash(std::size_t variable, std::span<const Ref> children) const {
  std::uint64_t h = variable * 0x9E3779B97F4A7C15ULL;
  for (const Ref child : children) {
    h ^= child + 0x9E3779B97F4A7C15ULL + (h << 6U) + (h >> 2U);
    h *= 0xFF51AFD7ED558CCDULL;
  }
  return static_cast<std::size_t>(h ^ (h >> 31U));
}

void Diagram::grow() {
  std::vector<Ref> bigger(table_.size() * 2, 0);
  const std::size_t mask = bigger.size() - 1;
  for (Ref f = kTerminals; f < size(); ++f) {
    std::size_t slot = hash(variable_[f], children_of(f)) & mask;
    while (bigger[slot] != 0) slot = (slot + 1) & mask;
    bigger[slot] = f;
  }
  table_.swap(bigger);
}

Diagram::Ref Diagram::node(std::size_t variable, std::span<const Ref> children) {
  HAPLAN_EXPECTS(variable < arity_.size());
  HAPLAN_EXPECTS(children.size() == static_cast<std::size_t>(arity_[variable]));
  if (std::all_of(children.begin(), children.end(),
                  [&](Ref child) { return child == children[0]; }))
    return children[0];
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = hash(variable, children) & mask;
  for (; table_[slot] != 0; slot = (slot + 1) & mask) {
    const Ref f = table_[slot];
    if (variable_[f] == variable && std::ranges::equal(children_of(f), children)) return f;
  }
  may_abandon();
  const Ref made = static_cast<Ref>(size());
  variable_.push_back(static_cast<std::uint32_t>(variable));
  child_.push_back(static_cast<std::uint32_t>(children_.size()));
  children_.insert(children_.end(), children.begin(), children.end());
  table_[slot] = made;
  if (size() * 2 > table_.size()) grow();
  return made;
}

Diagram::Ref Diagram::literal(std::size_t variable, std::uint32_t mask) {
  std::vector<Ref> children(static_cast<std::size_t>(arity_[variable]));
  for (std::size_t x = 0; x < children.size(); ++x)
    children[x] = ((mask >> x) & 1U) != 0 ? kTrue : kFalse;
  return node(variable, children);
}

Diagram::Ref Diagram::conjunction(Ref a, Ref b) { return apply(Operation::conjunction, a, b); }
Diagram::Ref Diagram::disjunction(Ref a, Ref b) { return apply(Operation::disjunction, a, b); }

Diagram::Ref Diagram::apply(Operation operation, Ref a, Ref b) {
  const Ref absorbing = operation == Operation::conjunction ? kFalse : kTrue;
  const Ref neutral = operation == Operation::conjunction ? kTrue : kFalse;
  if (a == absorbing || b == absorbing) return absorbing;
  if (a == neutral || a == b) return b;
  if (b == neutral) return a;
  if (a > b) std::swap(a, b);
  auto& memo = operation == Operation::conjunction ? conjunctions_ : disjunctions_;
  const std::uint64_t key = (static_cast<std::uint64_t>(a) << 32U) | b;
  if (const auto found = memo.find(key); found != memo.end()) return found->second;
  if (exhausted()) return kFalse;
  const std::uint32_t top = std::min(variable_[a], variable_[b]);
  std::vector<Ref> children(static_cast<std::size_t>(arity_[top]));
  for (std::size_t x = 0; x < children.size(); ++x)
    children[x] = apply(operation, variable_[a] == top ? children_of(a)[x] : a,
                        variable_[b] == top ? children_of(b)[x] : b);
  return memo[key] = node(top, children);
}

Diagram::Ref Diagram::negation(Ref a) {
  if (a == kFalse) return kTrue;
  if (a == kTrue) return kFalse;
  if (a == kUnknown) return kUnknown;
  if (const auto found = negations_.find(a); found != negations_.end()) return found->second;
  std::vector<Ref> children(static_cast<std::size_t>(arity_[variable_[a]]));
  for (std::size_t x = 0; x < children.size(); ++x) children[x] = negation(children_of(a)[x]);
  return negations_[a] = node(variable_[a], children);
}

Diagram::Ref Diagram::at_least(int n, std::span<const Ref> of) {
  // least[j]: at least j of the functions seen so far, from the last to the first.
  if (n <= 0) return kTrue;
  if (static_cast<std::size_t>(n) > of.size()) return kFalse;
  std::vector<Ref> least(static_cast<std::size_t>(n) + 1, kFalse);
  least[0] = kTrue;
  for (std::size_t i = of.size(); i-- > 0;)
    for (std::size_t j = static_cast<std::size_t>(n); j >= 1; --j)
      least[j] = disjunction(least[j], conjunction(of[i], least[j - 1]));
  return least[static_cast<std::size_t>(n)];
}

Diagram::Ref Diagram::restricted(Ref f, std::size_t variable, int value) {
  std::unordered_map<Ref, Ref> memo;
  const std::function<Ref(Ref)> walk = [&](Ref g) -> Ref {
    if (g < kTerminals || variable_[g] > variable) return g;
    if (variable_[g] == variable) return children_of(g)[static_cast<std::size_t>(value)];
    if (const auto found = memo.find(g); found != memo.end()) return found->second;
    std::vector<Ref> children(children_of(g).begin(), children_of(g).end());
    for (Ref& child : children) child = walk(child);
    return memo[g] = node(variable_[g], children);
  };
  return walk(f);
}

Diagram::Ref Diagram::upward_closure(Ref f, std::span<const std::vector<int>> badness) {
  std::unordered_map<Ref, Ref> memo;
  const std::function<Ref(Ref)> walk = [&](Ref g) -> Ref {
    if (g < kTerminals || exhausted()) return g;
    if (const auto found = memo.find(g); found != memo.end()) return found->second;
    const std::vector<int>& rank = badness[variable_[g]];
    std::vector<Ref> own(children_of(g).begin(), children_of(g).end());
    for (Ref& child : own) child = walk(child);
    std::vector<Ref> closed(own);
    for (std::size_t x = 0; x < own.size(); ++x)
      for (std::size_t y = 0; y < own.size(); ++y)
        if (rank[y] < rank[x]) closed[x] = disjunction(closed[x], own[y]);
    return memo[g] = node(variable_[g], closed);
  };
  return walk(f);
}

bool Diagram::holds(Ref f, std::span<const int> value) const {
  while (f >= kTerminals) f = children_of(f)[static_cast<std::size_t>(value[variable_[f]])];
  return f == kTrue;
}

std::vector<std::size_t> Diagram::support(Ref f) const {
  std::vector<Ref> open{f};
  std::vector<bool> seen(size(), false);
  std::vector<std::size_t> variables;
  while (!open.empty()) {
    const Ref g = open.back();
    open.pop_back();
    if (g < kTerminals || seen[g]) continue;
    seen[g] = true;
    variables.push_back(variable_[g]);
    for (const Ref child : children_of(g)) open.push_back(child);
  }
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
  return variables;
}

void Diagram::probability(std::span<const double> p, double unknown,
                          std::vector<double>& value) const {
  HAPLAN_EXPECTS(p.size() == probability_count_);
  may_abandon();
  value.resize(size());
  value[kFalse] = 0.0;
  value[kTrue] = 1.0;
  value[kUnknown] = unknown;
  for (std::size_t f = kTerminals; f < size(); ++f) {
    const std::uint32_t variable = variable_[f];
    const Ref* child = children_.data() + child_[f];
    const double* weight = p.data() + first_[variable];
    double sum = weight[0] * value[child[0]] + weight[1] * value[child[1]];
    for (int x = 2; x < arity_[variable]; ++x) sum += weight[x] * value[child[x]];
    value[f] = sum;
  }
}

void Diagram::derivatives(std::span<const double> p, std::span<const double> value,
                          std::vector<double>& adjoint, std::vector<double>& dp) const {
  HAPLAN_EXPECTS(adjoint.size() == size() && value.size() == size());
  may_abandon();
  dp.assign(probability_count_, 0.0);
  for (std::size_t f = size(); f-- > kTerminals;) {
    const double seed = adjoint[f];
    if (seed == 0.0) continue;
    const std::uint32_t variable = variable_[f];
    const Ref* child = children_.data() + child_[f];
    const std::size_t first = first_[variable];
    for (int x = 0; x < arity_[variable]; ++x) {
      adjoint[child[x]] += seed * p[first + static_cast<std::size_t>(x)];
      dp[first + static_cast<std::size_t>(x)] += seed * value[child[x]];
    }
  }
}

}  // namespace haplan::model
