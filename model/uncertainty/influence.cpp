#include "model/uncertainty/influence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/base/contract.hpp"
#include "model/numerics/sum.hpp"
#include "model/uncertainty/draws.hpp"
#include "model/uncertainty/replications.hpp"

namespace haplan::model {

namespace {

/// Evaluations of one set of the base: at point A, at point B, and at A with one input of B each.
class Design {
 public:
  Design(const Draws& draws, const Replications& points, std::size_t figures, std::size_t inputs)
      : draws_(draws), figures_(figures), rows_(inputs + 2) {
    for (std::size_t set = 0; set < points.count(); ++set) {
      bool usable = true;
      for (std::size_t row = 0; row < rows_; ++row) {
        usable = usable && draws.valid[set * rows_ + row];
        for (std::size_t f = 0; f < figures; ++f)
          usable = usable && std::isfinite(value(set, row, f));
      }
      if (usable) sets_[points.replication_of(set)].push_back(set);
    }
  }

  static constexpr std::size_t kA = 0;
  static constexpr std::size_t kB = 1;
  static constexpr std::size_t kMixed = 2;  ///< plus the input

  [[nodiscard]] double value(std::size_t set, std::size_t row, std::size_t figure) const {
    return draws_.figures[(set * rows_ + row) * figures_ + figure];
  }

  [[nodiscard]] const std::vector<std::size_t>& sets(std::size_t replication) const {
    return sets_[replication];
  }

  [[nodiscard]] std::vector<std::size_t> all() const {
    std::vector<std::size_t> all;
    for (const auto& of : sets_) all.insert(all.end(), of.begin(), of.end());
    return all;
  }

 private:
  const Draws& draws_;
  std::size_t figures_;
  std::size_t rows_;
  std::array<std::vector<std::size_t>, kReplications> sets_;
};

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
};

/// Of a figure over the points A and B, which are all alike.
Moments moments(const Design& design, const std::vector<std::size_t>& sets, std::size_t figure) {
  CompensatedSum sum;
  for (const std::size_t set : sets)
    sum.add(design.value(set, Design::kA, figure) + design.value(set, Design::kB, figure));
  const double count = 2.0 * static_cast<double>(sets.size());
  Moments result;
  result.mean = sum.value() / count;
  CompensatedSum squares;
  for (const std::size_t set : sets)
    for (const std::size_t row : {Design::kA, Design::kB}) {
      const double off = design.value(set, row, figure) - result.mean;
      squares.add(off * off);
    }
  result.variance = squares.value() / count;
  return result;
}

struct Pair {
  double first = 0.0;
  double total = 0.0;
};

Pair indices(const Design& design, const std::vector<std::size_t>& sets, const Moments& of,
             std::size_t figure, std::size_t input) {
  if (of.variance == 0.0) return {};
  CompensatedSum first;
  CompensatedSum total;
  for (const std::size_t set : sets) {
    const double a = design.value(set, Design::kA, figure);
    const double b = design.value(set, Design::kB, figure);
    const double mixed = design.value(set, Design::kMixed + input, figure);
    first.add((b - of.mean) * (mixed - a));
    total.add((a - mixed) * (a - mixed));
  }
  const double scale = static_cast<double>(sets.size()) * of.variance;
  return {first.value() / scale, total.value() / (2.0 * scale)};
}

std::vector<Influence> of_figure(const Design& design, std::size_t figure, std::size_t inputs,
                                 double& variance) {
  const std::vector<std::size_t> all = design.all();
  const Moments overall = moments(design, all, figure);
  variance = overall.variance;
  std::array<Moments, kReplications> each{};
  bool every = true;
  for (std::size_t r = 0; r < kReplications; ++r) {
    every = every && !design.sets(r).empty();
    if (every) each[r] = moments(design, design.sets(r), figure);
  }
  std::vector<Influence> result;
  for (std::size_t input = 0; input < inputs; ++input) {
    const Pair pooled = indices(design, all, overall, figure, input);
    Influence influence{{pooled.first, std::numeric_limits<double>::infinity()},
                        {pooled.total, std::numeric_limits<double>::infinity()}};
    if (every) {
      Replicated first{};
      Replicated total{};
      for (std::size_t r = 0; r < kReplications; ++r) {
        const Pair one = indices(design, design.sets(r), each[r], figure, input);
        first[r] = one.first;
        total[r] = one.total;
      }
      influence.first.error = half_width(first);
      influence.total.error = half_width(total);
    }
    result.push_back(influence);
  }
  return result;
}

}  // namespace

Result<Influences> influences(const Study& study, const InfluenceOptions& options) {
  const std::size_t inputs = study.inputs.size();
  const std::size_t rows = inputs + 2;
  const Replications points(2 * inputs, options.draw.seed, options.base);
  const Result<Draws> draws = evaluate_draws(
      study, options.draw, points.count() * rows, [&](std::size_t index, std::span<double> x) {
        thread_local std::vector<double> both;
        both.resize(2 * inputs);
        points.at(index / rows, both);
        const std::size_t row = index % rows;
        for (std::size_t i = 0; i < inputs; ++i) {
          const bool other = row == Design::kB || row == Design::kMixed + i;
          x[i] = study.inputs[i].quantile(both[other ? inputs + i : i]);
        }
      });
  if (!draws) return tl::unexpected(draws.error());
  const Design design(*draws, points, study.figures, inputs);
  Influences result;
  result.evaluations = draws->count;
  result.low_discrepancy = points.low_discrepancy();
  result.skipped = points.count() - design.all().size();
  if (result.skipped == points.count())
    return tl::unexpected(draws->why.value_or(
        Error{Fault::invalid_input, "some figure is infinite in every draw", ""}));
  result.variance.assign(study.figures, 0.0);
  for (std::size_t f = 0; f < study.figures; ++f)
    result.of.push_back(of_figure(design, f, inputs, result.variance[f]));
  return result;
}

}  // namespace haplan::model
