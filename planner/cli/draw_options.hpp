#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haplan::planner::cli {

/// The options of `evaluate` that draw uncertain inputs, as they were written.
struct RawDraws {
  std::optional<std::string> draws;
  std::optional<std::string> seed;
  std::optional<std::string> quantiles;
};

/// The same, understood.
struct DrawArguments {
  std::optional<std::size_t> draws;  ///< absent: only where a confidence asks for them
  std::uint64_t seed = 1;
  std::vector<double> quantiles;  ///< ascending, in (0, 1); empty: the standard
};

/// A sentence when it cannot be understood.
std::optional<std::string> understand_draws(const RawDraws& raw, DrawArguments& arguments);

}  // namespace haplan::planner::cli
