#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

/// Multi-valued decision diagrams with a unique table: Boolean functions of independent discrete variables, their
/// probability and all its derivatives in one pass each. Knows no cluster. [Bry86], multi-valued as in [SKMB90].
namespace haplan::model {

class Diagram {
 public:
  /// A function. Children always have smaller references than their parents.
  using Ref = std::uint32_t;
  static constexpr Ref kFalse = 0;
  static constexpr Ref kTrue = 1;
  static constexpr Ref kUnknown =
      2;  ///< a part that was not built; its value is chosen at evaluation

  Diagram();

  /// A new variable with values 0 .. arity-1 (arity >= 2). Its distribution stands at
  /// first_probability(v) .. + arity of every probability array.
  std::size_t add_variable(int arity);
  [[nodiscard]] std::size_t variable_count() const { return arity_.size(); }
  [[nodiscard]] int arity(std::size_t variable) const { return arity_[variable]; }
  [[nodiscard]] std::size_t first_probability(std::size_t variable) const {
    return first_[variable];
  }
  [[nodiscard]] std::size_t probability_count() const { return probability_count_; }

  /// The function that is `children[x]` where the variable has value x.
  Ref node(std::size_t variable, std::span<const Ref> children);

  /// True where the variable has one of the values whose bit is set in `mask`.
  Ref literal(std::size_t variable, std::uint32_t mask);

  // Operations on diagrams whose variables occur in ascending order on every path. kUnknown is a third truth value:
  // what does not depend on it is decided, all else stays unknown.
  Ref conjunction(Ref a, Ref b);
  Ref disjunction(Ref a, Ref b);
  Ref negation(Ref a);
  /// At least n of the functions are true.
  Ref at_least(int n, std::span<const Ref> of);

  /// The function with the variable fixed to a value; variables in ascending order.
  Ref restricted(Ref f, std::size_t variable, int value);

  /// True where f is true for some values at most as bad: the least non-decreasing function above f.
  ///   badness  per variable: per value its rank; value 0 has the least
  Ref upward_closure(Ref f, std::span<const std::vector<int>> badness);

  /// Operations give up once the diagram has this many nodes: their results are then meaningless.
  void limit_size(std::size_t nodes) { limit_ = nodes; }
  [[nodiscard]] bool exhausted() const { return size() >= limit_; }

  /// Whether f is true, and not unknown, when every variable has the given value.
  [[nodiscard]] bool holds(Ref f, std::span<const int> value) const;

  /// The first variable of a function that is not a constant.
  [[nodiscard]] std::size_t top(Ref f) const { return variable_[f]; }

  /// Every variable that occurs in f, ascending.
  [[nodiscard]] std::vector<std::size_t> support(Ref f) const;

  [[nodiscard]] std::size_t size() const { return variable_.size(); }

  /// P(f) of every function at once.
  ///   p        probability_count() entries, each variable's distribution (not necessarily normalised)
  ///   unknown  value of kUnknown
  ///   value    out: size() entries; only sums of products of non-negative numbers, so relative errors stay at
  ///            O(depth * epsilon)
  ///   cost     O(edges)
  void probability(std::span<const double> p, double unknown, std::vector<double>& value) const;

  /// Derivatives of sum_f seed[f] P(f) with respect to every entry of p, by one adjoint pass.
  ///   value    from probability()
  ///   adjoint  in: size() seeds; out: consumed
  ///   dp       out: probability_count() entries
  ///   cost     O(edges)
  void derivatives(std::span<const double> p, std::span<const double> value,
                   std::vector<double>& adjoint, std::vector<double>& dp) const;

 private:
  enum class Operation : std::uint8_t { conjunction, disjunction };
  Ref apply(Operation operation, Ref a, Ref b);
  void grow();
  [[nodiscard]] std::size_t hash(std::size_t variable, std::span<const Ref> children) const;
  [[nodiscard]] std::span<const Ref> children_of(Ref f) const {
    return {children_.data() + child_[f], static_cast<std::size_t>(arity_[variable_[f]])};
  }

  std::size_t limit_ = static_cast<std::size_t>(-1);
  std::vector<int> arity_;
  std::vector<std::size_t> first_;
  std::size_t probability_count_ = 0;
  std::vector<std::uint32_t> variable_;  ///< per node; of terminals: max
  std::vector<std::uint32_t> child_;     ///< per node: offset into children_
  std::vector<Ref> children_;
  std::vector<Ref> table_;  ///< open addressing; 0: empty
  std::unordered_map<std::uint64_t, Ref> conjunctions_;
  std::unordered_map<std::uint64_t, Ref> disjunctions_;
  std::unordered_map<Ref, Ref> negations_;
};

}  // namespace haplan::model
