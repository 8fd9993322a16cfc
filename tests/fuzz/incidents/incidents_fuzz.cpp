// Any bytes as a table of incidents, with and without a spec: no crash, every row is accounted for, every diagnostic
// has a known code and a place in the text, and what is estimated is finite and lies in its interval.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "planner/codes.hpp"
#include "tests/support/calibration_inputs.hpp"

namespace {

using namespace haplan;  // NOLINT(google-build-using-namespace): this file is the program

void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "broken property: %s\n", property);
  std::abort();
}

void check_places(const planner::Calibration& result, const std::string& text) {
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  for (const planner::Diagnostic& one : result.diagnostics) {
    require(planner::find_code(one.code) != nullptr, "a known code");
    require(!one.message.empty(), "a message");
    if (one.where.file != "incidents.csv") continue;
    require(one.where.line >= 1 && one.where.line <= lines, "a line of the text");
    require(one.where.column >= 1 && one.where.length >= 1, "a column");
  }
  require(!planner::print(result.diagnostics, result.texts).empty() || result.diagnostics.empty(),
          "diagnostics that can be printed");
}

void check_estimates(const planner::CalibrationReport& report) {
  std::size_t counted = report.skipped.size() + report.outside;
  for (const planner::ModeEstimate& one : report.modes) {
    counted += one.events + one.carried_in;
    require(one.exposure > 0.0 && std::isfinite(one.exposure), "exposure");
    require(one.rate.low <= one.rate.median && one.rate.median <= one.rate.high,
            "interval of rates");
    require(std::isfinite(one.rate.mean) && one.rate.low > 0.0, "a finite rate");
    require(one.repairs.exact.size() + one.repairs.at_least.size() + one.repairs.at_most.size() <=
                one.events,
            "no more repairs than events");
    if (one.repair)
      require(one.repair->mean.low <= one.repair->mean.median &&
                  one.repair->mean.median <= one.repair->mean.high,
              "interval of repairs");
  }
  require(counted <= report.rows, "no row counts twice");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool with_spec : {true, false})
    for (const bool skip : {true, false}) {
      planner::CalibrationInputs given = test::inputs("", with_spec);
      given.table = planner::Source{"incidents.csv", text};
      given.options.skip_bad_rows = skip;
      given.options.replicas = {};
      const planner::Calibration result = planner::calibrate(given);
      require(result.report.has_value() == !planner::has_errors(result.diagnostics),
              "a report unless there are errors");
      check_places(result, text);
      if (result.report) check_estimates(*result.report);
    }
  return 0;
}
