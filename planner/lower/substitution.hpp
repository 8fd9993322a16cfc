#pragma once

#include <memory>
#include <span>

#include "model/base/result.hpp"
#include "planner/lower/inputs.hpp"
#include "planner/spec/scalar.hpp"
#include "solver/problem.hpp"

namespace haplan::planner {

/// A spec lowered again and again with other values of its uncertain numbers. What a number decides
/// in the system is written there directly; each such shortcut is compared with the whole lowering
/// when it is set up, field by field, and not taken where it differs. Not for several threads.
class Substitution {
 public:
  /// What the system takes from a spec does not depend on its plan.
  ///   document  of `read`, valid
  ///   cost      two whole lowerings per input
  explicit Substitution(const Value& document);
  ~Substitution();
  Substitution(Substitution&&) noexcept;
  Substitution& operator=(Substitution&&) noexcept;

  /// System and objectives that `lower` gives for a spec with these values; at nominal values with their written
  /// digits. `before` is not placed for a plan: see settle.
  ///   values   one per input of uncertain_inputs, as drawn (the complement where it says so)
  ///   returns  valid until the next call
  ///   fails    invalid_input: with these values the spec has a mistake, which the message tells
  ///   cost     a microsecond or less per value that changes; a whole lowering where an input has no shortcut
  [[nodiscard]] model::Result<const solver::Problem*> at(std::span<const double> values);

  /// The same for values as a spec would have written them: also what lowering rounds or counts with is exact.
  ///   values  one per input, in its base unit; of a probability with its complement
  [[nodiscard]] model::Result<const solver::Problem*> at(std::span<const Measure> values);

  /// The values that the spec writes.
  [[nodiscard]] std::vector<Measure> written() const;

  /// Writes what of the last values belongs to a deployment: the detection and promotion times of failovers
  /// without controller, and nodes for replicas beyond those that it places, each the allowed node with the
  /// fewest replicas of the component, the first of equal ones.
  void settle(model::Deployment& deployment) const;

  [[nodiscard]] bool is_direct(std::size_t input) const;  ///< has a shortcut
  /// Inputs that have a shortcut.
  [[nodiscard]] std::size_t direct() const;
  /// Whole lowerings done by `at`.
  [[nodiscard]] std::size_t whole() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a number at this path under spec decides by rounding how many replicas are needed.
bool is_counted_with(const std::string& path);

}  // namespace haplan::planner
