#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/simulate/assumptions.hpp"

namespace haplan::planner::cli {

/// The options of simulate as they were written.
struct RawSimulate {
  std::string semantics = "cluster";
  std::vector<std::string> assumed;
  std::vector<std::string> dropped;
  std::optional<std::string> precision;
  std::optional<std::string> confidence;
  std::optional<std::string> seed;
  std::optional<std::string> window;
  std::optional<std::string> trace;
  std::optional<std::string> trace_for;
  std::optional<std::string> method;
};

/// The same, understood.
struct SimulateArguments {
  model::Assumptions assumptions;
  double precision = 0.02;
  double confidence = 0.95;
  std::uint64_t seed = 1;
  std::optional<double> window;      ///< [s]
  std::optional<std::string> trace;  ///< a file, or - for stdout
  double trace_for = 30 * 86400.0;   ///< [s]
  std::optional<bool> biased;        ///< told by --method
};

/// A sentence when it cannot be understood.
std::optional<std::string> understand_simulate(const RawSimulate& raw,
                                               SimulateArguments& arguments);

}  // namespace haplan::planner::cli
