#include "model/uncertainty/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/numerics/sum.hpp"
#include "model/uncertainty/draws.hpp"
#include "model/uncertainty/replications.hpp"

namespace haplan::model {

namespace {

/// The values of one figure, per replication, those of failed draws left out.
std::vector<std::vector<double>> by_replication(const Draws& draws, const Replications& points,
                                                std::size_t figures, std::size_t figure) {
  std::vector<std::vector<double>> values(kReplications);
  for (std::size_t i = 0; i < draws.count; ++i)
    if (draws.valid[i])
      values[points.replication_of(i)].push_back(draws.figures[i * figures + figure]);
  return values;
}

double mean_of(const std::vector<double>& values) {
  CompensatedSum sum;
  for (const double value : values) {
    if (std::isinf(value)) return value;
    sum.add(value);
  }
  return sum.value() / static_cast<double>(values.size());
}

FigureSpread spread_of(std::vector<std::vector<double>> values, const std::vector<double>& levels) {
  FigureSpread spread;
  std::vector<double> all;
  for (std::vector<double>& of : values) {
    std::ranges::sort(of);
    all.insert(all.end(), of.begin(), of.end());
  }
  std::ranges::sort(all);
  const bool every = std::ranges::none_of(values, [](const auto& of) { return of.empty(); });
  const auto sampled = [&](auto&& statistic) {
    Sampled result{statistic(all), std::numeric_limits<double>::infinity()};
    if (!every) return result;
    Replicated estimates{};
    std::ranges::transform(values, estimates.begin(), statistic);
    result.error = half_width(estimates);
    return result;
  };
  spread.mean = sampled(mean_of);
  for (const double level : levels)
    spread.quantiles.push_back(
        sampled([&](const std::vector<double>& of) { return quantile_of(of, level); }));
  return spread;
}

/// Share of draws in which `kept(index)`.
template <class Kept>
Share share_where(const Draws& draws, const Replications& points, Kept&& kept) {
  Replicated shares{};
  for (std::size_t i = 0; i < draws.count; ++i)
    if (kept(i)) shares[points.replication_of(i)] += 1.0;
  for (double& share : shares) share /= static_cast<double>(points.each());
  return share_of(shares, draws.count);
}

}  // namespace

Result<Ensemble> ensemble(const Study& study, const EnsembleOptions& options) {
  HAPLAN_EXPECTS(study.evaluator);
  std::vector<double> nominal;
  for (const Law& law : study.inputs) nominal.push_back(law.nominal());
  const Result<Outcome> centre = study.evaluator()(nominal);
  if (!centre) return tl::unexpected(centre.error());
  const Replications points(study.inputs.size(), options.draw.seed, options.draws);
  const Result<Draws> draws = evaluate_draws(study, options.draw, points.count(),
                                             [&](std::size_t index, std::span<double> x) {
                                               points.at(index, x);
                                               for (std::size_t i = 0; i < x.size(); ++i)
                                                 x[i] = study.inputs[i].quantile(x[i]);
                                             });
  if (!draws) return tl::unexpected(draws.error());
  Ensemble result;
  result.seed = options.draw.seed;
  result.draws = draws->count;
  result.low_discrepancy = points.low_discrepancy();
  result.failed = static_cast<std::size_t>(std::ranges::count(draws->valid, false));
  result.why = draws->why;
  if (result.failed == result.draws) return tl::unexpected(*draws->why);
  result.levels = options.quantiles;
  for (std::size_t f = 0; f < study.figures; ++f) {
    result.figures.push_back(
        spread_of(by_replication(*draws, points, study.figures, f), options.quantiles));
    result.figures.back().nominal = centre->figures[f];
  }
  result.holds_nominally = centre->holds;
  const std::size_t objectives = study.objectives;
  for (std::size_t o = 0; o < objectives; ++o)
    result.kept.push_back(share_where(
        *draws, points, [&](std::size_t i) { return draws->holds[i * objectives + o]; }));
  result.all_kept = share_where(*draws, points, [&](std::size_t i) {
    if (!draws->valid[i]) return false;
    for (std::size_t o = 0; o < objectives; ++o)
      if (!draws->holds[i * objectives + o]) return false;
    return true;
  });
  return result;
}

}  // namespace haplan::model
