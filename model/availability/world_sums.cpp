#include <algorithm>
#include <map>

#include "model/availability/world_figures.hpp"

// The service functions of WorldFigures evaluated over worlds: only sums of products of non-negative numbers.
namespace haplan::model {

namespace {

using Inputs = std::vector<const std::vector<double>*>;

/// Evaluates one world; `value` is scratch with one entry per node.
double evaluate_at(const ServiceFunction& function,
                   const std::vector<std::vector<double>>& constants, const Inputs& down,
                   std::size_t level_class, std::size_t index, std::vector<double>& value) {
  value[0] = 0.0;
  value[1] = 1.0;
  for (std::size_t i = 2; i < function.nodes.size(); ++i) {
    const ServiceFunction::Node& node = function.nodes[i];
    double q = 0.0;
    if (node.input < 0)
      q = constants[static_cast<std::size_t>(~node.input)][level_class];
    else if (const auto* given = down[static_cast<std::size_t>(node.input)])
      q = (*given)[index];
    value[i] = (1.0 - q) * value[node.up] + q * value[node.down];
  }
  return value[function.root];
}

/// Minimal cuts of a function of failures as sorted lists of inputs; empty result when there are too many.
class Cuts {
 public:
  explicit Cuts(const ServiceFunction& function) : function_(function) {}

  using Cut = std::vector<int>;
  std::vector<Cut> all() {
    std::vector<Cut> cuts = of(function_.root);
    if (too_many_) cuts.clear();
    return cuts;
  }
  [[nodiscard]] bool too_many() const { return too_many_; }

 private:
  static constexpr std::size_t kMost = 4096;

  const std::vector<Cut>& of(std::uint32_t index) {
    if (const auto found = memo_.find(index); found != memo_.end()) return found->second;
    std::vector<Cut> cuts;
    if (index == 1) cuts.push_back({});
    if (index >= 2 && !too_many_) {
      const ServiceFunction::Node& node = function_.nodes[index];
      cuts = of(node.up);
      for (const Cut& cut : of(node.down)) {
        const bool covered = std::ranges::any_of(cuts, [&cut](const Cut& smaller) {
          return std::ranges::includes(cut, smaller);
        });
        if (covered) continue;
        Cut larger = cut;
        larger.insert(std::ranges::upper_bound(larger, node.input), node.input);
        cuts.push_back(std::move(larger));
      }
      if (cuts.size() > kMost) too_many_ = true;
    }
    return memo_[index] = std::move(cuts);
  }

  const ServiceFunction& function_;
  std::map<std::uint32_t, std::vector<Cut>> memo_;
  bool too_many_ = false;
};

}  // namespace

std::vector<double> WorldFigures::base(const ServiceFunction& function,
                                       const Inputs& down) const {
  Inputs inputs(placed_.size(), nullptr);
  for (const std::size_t c : function.gated) inputs[c] = down[c];
  const std::size_t worlds = worlds_.worlds.size();
  std::vector<double> value(function.nodes.size());
  std::vector<double> result(size());
  for (std::size_t c = 0; c < classes_.size(); ++c)
    for (std::size_t w = 0; w < worlds; ++w) {
      const std::size_t index = c * worlds + w;
      result[index] = w > 0 && function.gated.empty()
                          ? result[c * worlds]
                          : evaluate_at(function, constants_, inputs, c, index, value);
    }
  return result;
}

std::vector<double> WorldFigures::joint(const ServiceFunction& function,
                                        const Inputs& down) const {
  std::vector<double> result = base(function, down);
  for (const std::size_t c : function.series) {
    const std::vector<double>& q = *down[c];
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += q[i] * (1.0 - result[i]);
  }
  return result;
}

double WorldFigures::unavailability(const ServiceFunction& function, const Inputs& down) const {
  const std::vector<double> at = joint(function, down);
  double sum = 0.0;
  for (std::size_t i = 0; i < at.size(); ++i) sum += mass_[i] * at[i];
  return sum;
}

double WorldFigures::union_bound(const ServiceFunction& function,
                                 const std::vector<double>& worst) const {
  Cuts search(function);
  const std::vector<Cuts::Cut> cuts = search.all();
  if (search.too_many()) return 1.0;
  double sum = 0.0;
  for (const Cuts::Cut& cut : cuts) {
    double smallest = 1.0;
    for (const int input : cut)
      if (input >= 0) smallest = std::min(smallest, worst[static_cast<std::size_t>(input)]);
    double product = 0.0;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      double members = classes_[c].share;
      for (const int input : cut)
        if (input < 0) members *= constants_[static_cast<std::size_t>(~input)][c];
      product += members;
    }
    // The placed members' bound is over all levels; the independent ones are the same at each, or their mean
    // would not do, so the larger of the two ways to combine them is taken.
    double largest = 1.0;
    bool independent = false;
    for (const int input : cut) {
      if (input >= 0) continue;
      const auto& values = constants_[static_cast<std::size_t>(~input)];
      largest *= *std::ranges::max_element(values);
      independent = true;
    }
    const bool placed = std::ranges::any_of(cut, [](int input) { return input >= 0; });
    sum += !placed ? product : independent ? smallest * largest : smallest;
  }
  return std::min(1.0, sum);
}

}  // namespace haplan::model
