#include "solver/verify/sizes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kLargest = 1e10;  ///< of scaled amounts: different ones are not equal to kEqual
constexpr double kEqual = 1e-11;   ///< relative, of costs; see not_before
constexpr double kOff = 1e-3;      ///< of a whole number that was computed

/// Whole numbers that are to each other as the shares of the levels are; empty: no small ones are.
std::vector<std::int64_t> whole_shares(const std::vector<Level>& levels) {
  std::vector<double> units;
  for (double unit = 1.0; unit <= 1e6; unit *= 10.0) units.push_back(unit);
  for (int unit = 2; unit <= 1000; ++unit) units.push_back(unit);
  for (const double unit : units) {
    std::vector<std::int64_t> whole;
    for (const Level& level : levels) {
      const double scaled = level.share * unit;
      const double nearest = std::round(scaled);
      constexpr double kFar = 1e-12;
      if (nearest < 1.0 || std::abs(scaled - nearest) > kFar * unit) break;
      whole.push_back(static_cast<std::int64_t>(nearest));
    }
    if (whole.size() == levels.size()) return whole;
  }
  return {};
}

}  // namespace

Sizes::Sizes(Choices& choices, const std::optional<CountRank>& plan,
             std::optional<std::size_t> budget)
    : choices_(choices), plan_(plan), budget_(budget) {
  const Problem& problem = choices.problem;
  const std::vector<Component>& components = problem.system.components;
  const auto each = [&](const auto& amount) {
    std::vector<Amount> all;
    for (const Component& component : components)
      all.push_back(component.type == ComponentType::gate ? Amount{} : amount(component));
    return measured(all);
  };
  if (budget_) {
    budgeted_ = each([&](const Component& component) {
      return spent_by_one(problem, problem.budgets[*budget_], component);
    });
    return;
  }
  if (!plan_) return;
  replicas_.one.assign(components.size(), 1);
  cpu_ = requested("cpu");
  memory_ = requested("memory");
  if (std::ranges::find(problem.minimize, Preference::cost) != problem.minimize.end())
    cost_ = each([&](const Component& component) { return cost_of_one(problem, component); });
  constexpr double kLeastShare = 1e-6;
  const auto& levels = problem.system.levels;
  if (std::ranges::none_of(levels, [](const Level& l) { return l.share < kLeastShare; }))
    shares_ =
        levels.size() > 2 ? whole_shares(levels) : std::vector<std::int64_t>(levels.size(), 1);
}

Sizes::Measure Sizes::requested(const char* resource) const {
  Measure measure;
  for (const Component& component : choices_.problem.system.components) {
    const auto found = component.requests.find(resource);
    measure.one.push_back(found == component.requests.end() ? 0 : found->second);
  }
  return measure;
}

Sizes::Measure Sizes::measured(const std::vector<Amount>& each) const {
  constexpr int kMostReplicas = 10'000;
  Measure measure;
  double largest = 0.0;
  Amount::Wide scale = 1;
  constexpr auto kMostScale = Amount::Wide{1} << 40;
  for (ComponentId c = 0; c < each.size(); ++c) {
    if (!choices_.problem.system.components[c].replicated()) {
      measure.standing += each[c].value();
      continue;
    }
    largest = std::max(largest, each[c].value());
    if (scale <= kMostScale && each[c].den <= kMostScale)
      scale = scale /
              std::gcd(static_cast<std::int64_t>(scale), static_cast<std::int64_t>(each[c].den)) *
              each[c].den;
    else
      scale = kMostScale + 1;
  }
  measure.whole = scale <= kMostScale && largest * static_cast<double>(scale) < kLargest;
  measure.scale = measure.whole ? static_cast<double>(scale)
                                : kLargest / (std::max(largest, 1e-300) * kMostReplicas);
  for (ComponentId c = 0; c < each.size(); ++c) {
    const bool counts = choices_.problem.system.components[c].replicated();
    if (!counts)
      measure.one.push_back(0);
    else if (measure.whole)
      measure.one.push_back(static_cast<std::int64_t>(each[c].num * (scale / each[c].den)));
    else
      measure.one.push_back(
          static_cast<std::int64_t>(std::floor(each[c].value() * measure.scale * (1.0 - kEqual))));
  }
  return measure;
}

/// The level with the most replicas of every component, else one with as many as any.
void Sizes::find_busiest(const Box& box) {
  const std::size_t levels = choices_.problem.system.levels.size();
  std::vector<int> least(levels, 0);
  std::vector<bool> most(levels, true);
  for (const ComponentId c : choices_.replicated) {
    const std::vector<Counts>& all = choices_.counts(box, c);
    for (LevelId l = 0; l < levels; ++l) {
      int fewest = all.front().replicas[l];
      for (const Counts& counts : all) {
        fewest = std::min(fewest, counts.replicas[l]);
        most[l] = most[l] && counts.replicas[l] == std::ranges::max(counts.replicas);
      }
      least[l] += fewest;
    }
  }
  const auto found = std::ranges::find(most, true);
  everywhere_ = found != most.end();
  busiest_ = everywhere_ ? static_cast<LevelId>(found - most.begin())
                         : static_cast<LevelId>(std::ranges::max_element(least) - least.begin());
}

void Sizes::look_at(const Box& box) {
  words_.clear();
  before_ = {1, 0, 0, 0};
  if (!plan_ && !budget_) return;
  find_busiest(box);
  if (budget_)
    add_budget(box);
  else
    add_plan();
}

std::vector<std::int64_t> Sizes::at_busiest() const {
  std::vector<std::int64_t> weights(choices_.problem.system.levels.size(), 0);
  weights[busiest_] = 1;
  return weights;
}

/// What is kept at every level is kept at one.
void Sizes::add_budget(const Box& box) {
  words_.push_back({&budgeted_, at_busiest()});
  std::int64_t all = 0;
  for (const ComponentId c : choices_.replicated)
    all += std::ranges::max(choices_.counts(box, c), {},
                            [&](const Counts& counts) { return counts.replicas[busiest_]; })
               .replicas[busiest_] *
           budgeted_.one[c];
  const double limit = choices_.problem.budgets[*budget_].limit.value();
  const double scaled = (limit * (1.0 + kEqual) - budgeted_.standing) * budgeted_.scale;
  before_[0] = static_cast<std::int64_t>(
                   std::floor(std::clamp(scaled + kOff, -1.0, static_cast<double>(all)))) +
               1;
}

void Sizes::add_plan() {
  const std::vector<Preference>& minimize = choices_.problem.minimize;
  bool cost = false;
  for (const Preference what : minimize) {
    const bool money = what == Preference::cost;
    cost = cost || money;
    const Measure& measure = money ? cost_ : replicas_;
    const double peak = money ? plan_->peak_cost - cost_.standing : plan_->peak;
    const double mean = money ? plan_->mean_cost - cost_.standing : plan_->mean;
    if (!add_peak(measure, peak) || !add_mean(measure, peak, mean)) return;
  }
  if (cost) return;
  // At the level with most replicas, in whole numbers anyway.
  words_.push_back({&cpu_, at_busiest()});
  words_.push_back({&memory_, at_busiest()});
  before_[2] = plan_->cpu;
  before_[3] = plan_->memory;
}

/// One number more, by which sums that are equal to the plan's are told from each other only if that is certain.
///   value    the plan's, scaled
///   step     by which different sums differ at least, relative to the plan's amount
///   returns  whether a next number can be told apart by
bool Sizes::add(const Measure& measure, std::vector<std::int64_t> weights, double value,
                double step) {
  const std::size_t at = words_.size();
  words_.push_back({&measure, std::move(weights)});
  const double nearest = std::round(value);
  if (everywhere_ && measure.whole && std::abs(value - nearest) <= kOff && step > 4.0 * kEqual) {
    before_[at] = static_cast<std::int64_t>(nearest);
    return true;
  }
  before_[at] = static_cast<std::int64_t>(std::floor(value + std::abs(value) * kEqual + kOff)) + 1;
  return false;
}

bool Sizes::add_peak(const Measure& measure, double peak) {
  const double scaled = peak * measure.scale;
  return add(measure, at_busiest(), scaled,
             1.0 / std::max(1.0, scaled + measure.standing * measure.scale));
}

bool Sizes::add_mean(const Measure& measure, double peak, double mean) {
  const std::vector<Level>& levels = choices_.problem.system.levels;
  const double whole = std::max(1.0, (mean + measure.standing) * measure.scale);
  if (levels.size() == 1) {
    words_.push_back({&measure, std::vector<std::int64_t>(1, 0)});
    return true;
  }
  if (shares_.empty()) {
    ++before_[words_.size() - 1];
    return false;
  }
  if (levels.size() == 2) {  // what the quieter one has less
    const LevelId quiet = 1 - busiest_;
    std::vector<std::int64_t> weights(2, 1);
    weights[busiest_] = -1;
    return add(measure, std::move(weights), (mean - peak) / levels[quiet].share * measure.scale,
               levels[quiet].share / whole);
  }
  double unit = 0.0;
  for (const std::int64_t share : shares_) unit += static_cast<double>(share);
  return add(measure, shares_, mean * unit * measure.scale, 1.0 / (whole * unit));
}

std::vector<Knapsack::Size> Sizes::of(const Box& box, ComponentId c) {
  std::vector<Knapsack::Size> all;
  for (const Counts& counts : choices_.counts(box, c)) {
    Knapsack::Size size{};
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (LevelId l = 0; l < words_[w].weights.size(); ++l)
        size[w] += words_[w].weights[l] * counts.replicas[l] * words_[w].measure->one[c];
    all.push_back(size);
  }
  return all;
}

}  // namespace haplan::solver
