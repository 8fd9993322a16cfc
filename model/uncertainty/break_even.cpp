#include "model/uncertainty/break_even.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

/// Ends of a bracket that are this close, relative, are one value.
constexpr double kClose = 1e-9;

struct Looked {
  double x = 0.0;
  std::vector<bool> holds;
};

class Search {
 public:
  Search(const Study& study, const BreakEvenOptions& options)
      : study_(study), options_(options), evaluate_(study.evaluator()) {
    for (const Law& law : study.inputs) nominal_.push_back(law.nominal());
  }

  std::optional<Error> start() {
    const Result<Outcome> outcome = evaluate_(nominal_);
    if (!outcome) return outcome.error();
    holds_ = outcome->holds;
    return std::nullopt;
  }

  bool stopped() { return options_.stop && options_.stop(); }

  /// The verdicts over the range of one input, ascending.
  std::vector<Looked> scan(std::size_t input) {
    const Law& law = study_.inputs[input];
    const double furthest = -normal_quantile(options_.tail);
    std::vector<double> values{law.nominal()};
    for (int i = 0; i < options_.points; ++i)
      values.push_back(
          law.quantile(normal_cdf(furthest * (2.0 * i / (options_.points - 1.0) - 1.0))));
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
    std::vector<Looked> looked;
    for (const double x : values) looked.push_back({x, verdicts(input, x)});
    return looked;
  }

  BreakEven answer(std::size_t objective, std::size_t input, const std::vector<Looked>& looked) {
    BreakEven result;
    result.lowest = looked.front().x;
    result.highest = looked.back().x;
    result.holds = holds_[objective];
    for (std::size_t i = 1; i < looked.size(); ++i)
      if (looked[i - 1].holds[objective] != looked[i].holds[objective])
        result.flips.push_back(refine(objective, input, looked[i - 1], looked[i]));
    const double centre = nominal_[input];
    const auto away = [&](const Flip& flip) {
      return std::max({flip.below - centre, centre - flip.above, 0.0});
    };
    for (std::size_t i = 0; i < result.flips.size(); ++i)
      if (!result.next || away(result.flips[i]) < away(result.flips[*result.next])) result.next = i;
    return result;
  }

 private:
  std::vector<bool> verdicts(std::size_t input, double x) {
    std::vector<double> values = nominal_;
    values[input] = x;
    const Result<Outcome> outcome = evaluate_(values);
    if (!outcome) return std::vector<bool>(study_.objectives, false);
    HAPLAN_EXPECTS(outcome->holds.size() == study_.objectives);
    return outcome->holds;
  }

  Flip refine(std::size_t objective, std::size_t input, const Looked& from, const Looked& to) {
    Flip flip{from.x, to.x, from.holds[objective]};
    while (flip.above - flip.below > kClose * std::abs(flip.above)) {
      // Between positive ends the geometric mean: they may be orders of magnitude apart.
      const double middle = flip.below > 0.0 ? std::sqrt(flip.below) * std::sqrt(flip.above)
                                             : 0.5 * (flip.below + flip.above);
      if (middle <= flip.below || middle >= flip.above) break;
      (verdicts(input, middle)[objective] == flip.holds_below ? flip.below : flip.above) = middle;
    }
    return flip;
  }

  const Study& study_;
  const BreakEvenOptions& options_;
  Evaluator evaluate_;
  std::vector<double> nominal_;
  std::vector<bool> holds_;
};

}  // namespace

Result<std::vector<std::vector<BreakEven>>> break_even(const Study& study,
                                                       const BreakEvenOptions& options) {
  HAPLAN_EXPECTS(study.evaluator && options.points >= 2);
  HAPLAN_EXPECTS(options.tail > 0.0 && options.tail < 0.5);
  Search search(study, options);
  if (auto error = search.start()) return tl::unexpected(*error);
  std::vector<std::vector<BreakEven>> result(study.objectives);
  for (std::size_t input = 0; input < study.inputs.size(); ++input) {
    if (search.stopped())
      return tl::unexpected(Error{Fault::budget_exhausted, "the search was stopped", ""});
    const std::vector<Looked> looked = search.scan(input);
    for (std::size_t o = 0; o < study.objectives; ++o)
      result[o].push_back(search.answer(o, input, looked));
  }
  return result;
}

}  // namespace haplan::model
