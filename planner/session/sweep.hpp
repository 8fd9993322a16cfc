#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/base/stop.hpp"
#include "planner/session/session.hpp"

/// One deployment with many values of numbers of its spec: surfaces and samples.
namespace haplan::planner {

/// A number that is varied.
struct SweptNumber {
  std::string path;               ///< under spec
  std::vector<double> values;     ///< in base units: [s], [1/s], shares, counts
  std::vector<std::uint32_t> at;  ///< per point: which of the values
};

struct SweepRequest {
  std::vector<SweptNumber> numbers;  ///< all with as many points
  std::vector<std::string> figures;  ///< of followed_figures
  unsigned threads = 1;
  model::Stop stop;  ///< asked by several threads
  std::function<void(double)>
      progress;  ///< share of the points, now and then, by one thread at a time
};

struct Sweep {
  std::vector<std::string> services;
  std::vector<double> figures;  ///< [service][figure][point]; not a number where evaluation failed
  std::size_t failed = 0;       ///< points
  std::string why;              ///< of the first of them
};

struct Swept {
  std::optional<Sweep>
      sweep;  ///< absent after a mistake in the spec, with the diagnostics; and when stopped
  Diagnostics diagnostics;
  std::vector<Source> texts;
};

/// The spec's "before" deployment, evaluated with each set of values. Numbers that describe the system (rates, durations,
/// probabilities) are put into what was compiled once; any other setting is loaded anew for each of its values.
///   returns  to the last bit what evaluated_plan gives for load(inputs with "path=value" for every number), at any
///            number of threads; values are written with their shortest digits
///   cost     microseconds a point; a compilation for every combination of other settings
Swept sweep(const Inputs& inputs, const SweepRequest& request);

}  // namespace haplan::planner
