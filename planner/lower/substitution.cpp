#include "planner/lower/substitution.hpp"

#include <algorithm>
#include <cmath>

#include "model/availability/numbers.hpp"
#include "model/base/contract.hpp"
#include "planner/lower.hpp"
#include "planner/lower/context.hpp"
#include "planner/lower/shortcuts.hpp"
#include "planner/spec/decimal.hpp"

namespace haplan::planner {

namespace {

using lowering::Shortcut;
using lowering::Use;

/// A number whose value decides by rounding (how many replicas a load needs) is lowered as a fraction, so what is
/// drawn is one: the nearest with 32 significant bits, whose sums stay cheap.
double as_fraction(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::round(std::ldexp(mantissa, 32)), exponent - 32);
}

/// One place of an input in the tree, with what was written there.
struct Place {
  Value* value = nullptr;
  Value written;
  bool fraction = false;
  std::optional<Shortcut> shortcut;
};

struct Input {
  UncertainInput known;
  std::vector<Place> places;
  double value = 0.0;  ///< that the tree holds
  bool direct = false;
};

void write(Place& place, const UncertainInput& input, double value) {
  Value& at = *place.value;
  if (value == input.nominal) {
    at.value = place.written.value;
    at.complement = place.written.complement;
    at.exact = place.written.exact;
    return;
  }
  double written = value;
  if (place.fraction && !input.complemented) written = as_fraction(value);
  at.value = input.complemented ? 1.0 - written : written;
  at.complement = input.complemented ? written : 1.0 - written;
  // Nothing else reads the fraction of what may be uncertain.
  if (place.fraction) at.exact = nearest_rational(at.value);
}

/// The document without what needs no lowering again.
Value relevant(const Value& document) {
  Value copy = document;
  for (auto& [name, spec] : copy.fields)
    if (name == "spec")
      std::erase_if(spec.fields, [](const auto& entry) {
        return entry.first == "plan" || entry.first == "scenarios" || entry.first == "output";
      });
  return copy;
}

bool same_times(const model::Deployment& a, const model::Deployment& b) {
  return std::equal(a.components.begin(), a.components.end(), b.components.begin(),
                    [](const model::ComponentPlan& x, const model::ComponentPlan& y) {
                      return x.failover == y.failover;
                    });
}

void write(Place& place, const Measure& value) {
  place.value->value = value.value;
  place.value->complement = value.complement;
  place.value->exact = value.exact;
}

}  // namespace

bool is_counted_with(const std::string& path) {
  const std::string name = path.substr(path.rfind('.') + 1);
  for (const char* one :
       {"users", "thinkTime", "rate", "load", "throughput", "maxUtilization", "serviceTime"})
    if (name == one) return path.find(".failures.") == std::string::npos;
  return false;
}

struct Substitution::State {
  Value document;
  std::vector<Input> inputs;
  solver::Problem problem;  ///< with the last values
  bool stale = false;       ///< the problem does not hold the tree's values
  std::size_t whole = 0;

  void put(std::size_t index, double value) {
    Input& input = inputs[index];
    input.value = value;
    for (Place& place : input.places) write(place, input.known, value);
  }

  [[nodiscard]] model::Result<void> lower_whole() {
    LowerResult result = lower(document);
    ++whole;
    if (result.lowered) {
      problem = std::move(result.lowered->problem);
      stale = false;
      return {};
    }
    stale = true;
    for (const Diagnostic& one : result.diagnostics)
      if (one.severity == Severity::error)
        return tl::make_unexpected(model::Error{model::Fault::invalid_input,
                                                one.code + ": " + one.message, one.where.file});
    HAPLAN_EXPECTS(false);  // a lowering without a system has an error
    return {};
  }

  /// The problem with the tree's values, after those of these inputs have changed.
  [[nodiscard]] model::Result<const solver::Problem*> lower_changed(
      const std::vector<std::size_t>& changed) {
    bool direct = !stale;
    for (const std::size_t i : changed) direct = direct && inputs[i].direct;
    for (const std::size_t i : changed)
      for (Place& place : inputs[i].places) direct = direct && (*place.shortcut)(problem);
    if (!direct)
      if (const auto lowered = lower_whole(); !lowered) return tl::make_unexpected(lowered.error());
    return &problem;
  }

  /// Whether the shortcuts of the input give what the whole lowering gives with the tree's values.
  [[nodiscard]] bool agrees(Input& input) const {
    solver::Problem changed = problem;
    for (Place& place : input.places)
      if (!place.shortcut || !(*place.shortcut)(changed)) return false;
    const LowerResult result = lower(document);
    return result.lowered && changed.system == result.lowered->problem.system &&
           same_times(changed.before, result.lowered->problem.before);
  }

  /// Compares at both ends of the interval, where every field that depends on the number has another value.
  void check(std::size_t index) {
    Input& input = inputs[index];
    input.direct = true;
    for (const double end : {input.known.low, input.known.high}) {
      put(index, end);
      input.direct = input.direct && agrees(input);
    }
    put(index, input.known.nominal);
  }
};

Substitution::Substitution(const Value& document) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.document = relevant(document);
  for (UncertainInput& input : uncertain_inputs(state.document)) {
    const double nominal = input.nominal;
    state.inputs.push_back(
        {.known = std::move(input), .places = {}, .value = nominal, .direct = false});
  }
  const auto lowered = state.lower_whole();
  HAPLAN_EXPECTS(lowered.has_value());
  for (const Use& use : lowering::uncertain_uses(state.document)) {
    const std::string path = lowering::path_under_spec(*use.value);
    state.inputs[use.input].places.push_back({.value = use.value,
                                              .written = *use.value,
                                              .fraction = is_counted_with(path),
                                              .shortcut = lowering::shortcut(use, state.problem)});
  }
  for (std::size_t i = 0; i < state.inputs.size(); ++i) state.check(i);
  state.whole = 0;
}

Substitution::~Substitution() = default;
Substitution::Substitution(Substitution&&) noexcept = default;
Substitution& Substitution::operator=(Substitution&&) noexcept = default;

model::Result<const solver::Problem*> Substitution::at(std::span<const double> values) {
  State& state = *state_;
  HAPLAN_EXPECTS(values.size() == state.inputs.size());
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == state.inputs[i].value) continue;
    state.put(i, values[i]);
    changed.push_back(i);
  }
  return state.lower_changed(changed);
}

model::Result<const solver::Problem*> Substitution::at(std::span<const Measure> values) {
  State& state = *state_;
  HAPLAN_EXPECTS(values.size() == state.inputs.size());
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Input& input = state.inputs[i];
    const double value = input.known.complemented ? values[i].complement : values[i].value;
    if (value == input.value) continue;
    input.value = value;
    for (Place& place : input.places) write(place, values[i]);
    changed.push_back(i);
  }
  return state.lower_changed(changed);
}

std::vector<Measure> Substitution::written() const {
  std::vector<Measure> values;
  for (const Input& input : state_->inputs) {
    const Value& value = input.places.front().written;
    values.push_back({value.exact, value.value, value.complement});
  }
  return values;
}

void Substitution::settle(model::Deployment& deployment) const {
  const solver::Problem& problem = state_->problem;
  const model::System& system = problem.system;
  for (model::ComponentId id = 0; id < system.components.size(); ++id) {
    const model::Component& component = system.components[id];
    model::ComponentPlan& plan = deployment.components[id];
    if (component.failover && component.failover->controller == model::Controller::none) {
      const model::FailoverSettings& times = problem.before.components[id].failover;
      plan.failover.detect_mean = times.detect_mean;
      plan.failover.detect_worst = times.detect_worst;
      plan.failover.promote_mean = times.promote_mean;
      plan.failover.promote_worst = times.promote_worst;
    }
    if (plan.nodes.empty() || !plan.autoscale) continue;
    const auto most = static_cast<std::size_t>(model::largest_replicas(system, plan, id));
    const auto& claim = component.storage.claim;
    const bool together = claim && system.claims[*claim].read_write_once;
    while (plan.nodes.size() < most) {
      if (together) {
        plan.nodes.push_back(plan.nodes.front());
        continue;
      }
      const auto count = [&](model::NodeId node) {
        return std::count(plan.nodes.begin(), plan.nodes.end(), node);
      };
      plan.nodes.push_back(
          *std::min_element(component.allowed.begin(), component.allowed.end(),
                            [&](model::NodeId a, model::NodeId b) { return count(a) < count(b); }));
    }
  }
}

bool Substitution::is_direct(std::size_t input) const { return state_->inputs.at(input).direct; }

std::size_t Substitution::direct() const {
  return static_cast<std::size_t>(std::count_if(state_->inputs.begin(), state_->inputs.end(),
                                                [](const Input& input) { return input.direct; }));
}

std::size_t Substitution::whole() const { return state_->whole; }

}  // namespace haplan::planner
