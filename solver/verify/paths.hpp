#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "solver/problem.hpp"

/// A structure function as the paths that lead to failure: an unavailability is the sum over them of products, one factor
/// u or 1 - u per question on the path.
namespace haplan::solver {

class Paths {
 public:
  struct Question {
    std::size_t element = 0;
    std::uint32_t up = 0;  ///< where to go on: an earlier question, or one of the ends
    std::uint32_t down = 0;
  };
  static constexpr std::uint32_t kWorks = 0;
  static constexpr std::uint32_t kFails = 1;

  std::vector<Question> questions;  ///< the first two are the ends, without meaning
  std::uint32_t first = kWorks;

  /// P(fails) for independent elements.
  ///   error  relative, a few roundings per question
  [[nodiscard]] double unavailability(std::span<const double> down) const;

  /// The sum over failing paths of products of any positive numbers instead of u and 1 - u, and the share of the sum that
  /// passes each answer. By the inequality of the arithmetic and geometric mean the logarithm of the sum at other numbers
  /// is at least log(sum) + shares times differences of logarithms: a tangent that is below everywhere.
  ///   down, up              per element
  ///   share_down, share_up  out: per element
  ///   returns               0 when nothing fails: shares mean nothing
  [[nodiscard]] long double weigh(std::span<const long double> down,
                                  std::span<const long double> up,
                                  std::vector<long double>& share_down,
                                  std::vector<long double>& share_up) const;
};

/// What is down when a service is.
struct Failing {
  Paths whole;
  /// It fails when one of these does; no two share an element. None: it never fails, or always.
  std::vector<Paths> parts;
};

struct Structures {
  std::vector<Failing> of;  ///< per objective
  /// Elements after the components (claims, links, switchovers): P(down), which no decision changes.
  std::vector<double> fixed;
};

/// Per objective of the problem.
///   problem  is_redundancy
///   none     a network that is too large to follow
std::optional<Structures> structures_of(const Problem& problem);

}  // namespace haplan::solver
