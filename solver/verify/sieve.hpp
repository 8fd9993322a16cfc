#pragma once

#include <optional>
#include <vector>

#include "solver/certificate.hpp"
#include "solver/verify/paths.hpp"
#include "solver/verify/ways.hpp"

/// Boxes of ways, and what takes ways out of them.
namespace haplan::solver {

/// What a better choice has to keep.
struct Bars {
  std::vector<std::int64_t> amounts;  ///< per measure, or kUnlimited
  std::vector<double> goals;          ///< per objective the largest unavailability, or infinite
};

/// Per element the columns of the sieve that are left, ascending.
struct WayBox {
  std::vector<std::vector<std::uint32_t>> left;

  [[nodiscard]] bool empty() const;   ///< some element has none
  [[nodiscard]] bool single() const;  ///< every element has one
  [[nodiscard]] std::size_t size() const;
};

/// A lower bound that is a sum over elements.
struct Weighed {
  long double excess = 0.0L;                   ///< at least; positive: no choice keeps all bars
  long double margin = 0.0L;                   ///< above all roundings
  std::vector<std::vector<long double>> cost;  ///< per element and column of the box
  std::vector<std::size_t> chosen;             ///< per element: where the least stands in the box
  std::vector<long double> effect;             ///< per element: of its log u
};

class Sieve {
 public:
  /// Refers to all. Of the ways those that no other is as good as in every level and limited measure, the most available
  /// first: structures are coherent, so that a choice of these is as good as any.
  Sieve(const Problem& problem, const Ways& ways, const Structures& structures, Bars bars);

  [[nodiscard]] WayBox whole() const;
  [[nodiscard]] const Bars& bars() const { return bars_; }
  [[nodiscard]] const Way& way(std::size_t element, std::uint32_t column) const {
    return *columns_[element][column];
  }

  /// Takes out what does not fit beside the least of the others, until nothing more goes.
  void fit(WayBox& box) const;

  /// P(service down) of an objective with everything at its best, level by level.
  [[nodiscard]] double best(const WayBox& box, std::size_t objective) const;
  /// Whether a figure is beyond the objective's bar for certain.
  [[nodiscard]] bool beyond(std::size_t objective, double figure) const;

  /// Numbers of a place that tangents may touch at: [element with several columns][level] two logarithms.
  [[nodiscard]] std::size_t place_size() const { return 2 * open_.size() * levels_; }
  [[nodiscard]] const std::vector<std::size_t>& open() const { return open_; }

  /// The sum of what all bars are exceeded by, each times its weight, at its least in the box.
  ///   weights  of measures and goals non-negative; places finite
  ///   none         a goal with a weight cannot fail there
  [[nodiscard]] std::optional<Weighed> weigh(const WayBox& box, const Weights& weights) const;

  /// Takes out the ways with which the sum is positive whatever the others are.
  ///   returns  how many
  std::size_t sift(WayBox& box, const Weights& weights) const;
  std::size_t sift(WayBox& box, const Weighed& weighed) const;

  /// The logarithms of a column: u and 1 - u at a level.
  [[nodiscard]] long double log_down(std::size_t element, std::uint32_t column,
                                     std::size_t level) const {
    return log_down_[element][column * levels_ + level];
  }
  [[nodiscard]] long double log_up(std::size_t element, std::uint32_t column,
                                   std::size_t level) const {
    return log_up_[element][column * levels_ + level];
  }

 private:
  struct Tangent;
  void add_columns(const std::vector<Way>& ways);
  bool add_goal(std::size_t objective, long double weight, Tangent& sum) const;
  long double tangent(const Paths& paths, std::size_t level, long double weight,
                      Tangent& sum) const;

  const Problem& problem_;
  const Structures& structures_;
  Bars bars_;
  std::size_t levels_;
  std::vector<std::vector<Way>> fixed_;                      ///< of elements that are no components
  std::vector<std::vector<const Way*>> columns_;             ///< per element
  std::vector<std::size_t> open_;                            ///< elements with several columns
  std::vector<std::vector<long double>> log_down_, log_up_;  ///< [element][column levels + level]
};

}  // namespace haplan::solver
