#include <pybind11/stl.h>

#include "planner/calibrate/calibrate.hpp"
#include "planner/calibrate/instant.hpp"
#include "planner/render/calibration.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using NamedText = std::pair<std::string, py::bytes>;

/// What was written for an option; a mistake is the caller's.
template <class T>
T understood(const char* option, const planner::Reading<T>& reading) {
  if (reading) return *reading;
  const planner::Misread& misread = reading.error();
  throw py::value_error(std::string(option) + ": " + misread.message +
                        (misread.suggestion.empty() ? "" : "; " + misread.suggestion));
}

/// Options as the command line writes them.
struct Written {
  std::vector<std::string> events;
  std::vector<std::string> replicas;
  std::optional<std::string> time;
  std::optional<std::string> start;
  std::optional<std::string> end;
  std::optional<std::string> prior;
};

planner::CalibrationOptions options_of(const Written& written) {
  planner::CalibrationOptions options;
  if (written.time) options.time = understood("time", planner::duration(*written.time)).value;
  for (const std::string& one : written.events)
    options.observations.push_back(understood("events", planner::observation(one)));
  for (const std::string& one : written.replicas)
    options.replicas.insert(understood("replicas", planner::replica_count(one)));
  if (written.start) options.from = understood("start", planner::instant(*written.start)).seconds;
  if (written.end) options.to = understood("end", planner::instant(*written.end)).seconds;
  if (written.prior) options.prior = understood("prior", planner::prior_choice(*written.prior));
  return options;
}

planner::RepairUse repairs_of(const std::string& word) {
  if (word == "auto") return planner::RepairUse::automatic;
  if (word == "always") return planner::RepairUse::always;
  if (word == "never") return planner::RepairUse::never;
  throw py::value_error("repairs is \"auto\", \"always\" or \"never\", not \"" + word + "\"");
}

Told told_of(const planner::CalibrationReport& report, const std::vector<NamedText>& sources) {
  planner::TextOptions page;
  page.spec = sources.empty() ? "" : sources.front().first;
  return {planner::render_calibration_json(report), planner::render_calibration_text(report, page),
          planner::render_calibration_yaml(report)};
}

py::tuple calibrate(const std::vector<NamedText>& sources, const std::optional<NamedText>& plan,
                    const std::optional<NamedText>& table, const Written& written, double level,
                    const std::string& repairs, bool complete, bool skip_bad_rows) {
  planner::CalibrationInputs inputs;
  for (const auto& [name, content] : sources) inputs.spec.push_back({name, content});
  if (plan) inputs.plan = planner::Source{plan->first, plan->second};
  if (table) inputs.table = planner::Source{table->first, table->second};
  inputs.options = options_of(written);
  inputs.options.level = level;
  inputs.options.repairs = repairs_of(repairs);
  inputs.options.complete = complete;
  inputs.options.skip_bad_rows = skip_bad_rows;
  const auto result =
      call<planner::Calibration>([inputs](Control&) { return planner::calibrate(inputs); });
  py::object told = py::none();
  if (result.report) told = translate(told_of(*result.report, sources));
  return py::make_tuple(told, translate(result.diagnostics),
                        text(planner::print(result.diagnostics, result.texts)));
}

}  // namespace

void bind_calibrate(py::module_& module) {
  module.def(
      "calibrate",
      [](const std::vector<NamedText>& sources, const std::optional<NamedText>& plan,
         const std::optional<NamedText>& table, const std::vector<std::string>& events,
         const std::vector<std::string>& replicas, const std::optional<std::string>& time,
         const std::optional<std::string>& start, const std::optional<std::string>& end,
         const std::optional<std::string>& prior, double level, const std::string& repairs,
         bool complete, bool skip_bad_rows) {
        return calibrate(sources, plan, table, {events, replicas, time, start, end, prior}, level,
                         repairs, complete, skip_bad_rows);
      },
      py::arg("sources"), py::arg("plan"), py::arg("table"), py::arg("events"), py::arg("replicas"),
      py::arg("time"), py::arg("start"), py::arg("end"), py::arg("prior"), py::arg("level"),
      py::arg("repairs"), py::arg("complete"), py::arg("skip_bad_rows"),
      "Failure rates and repair times: (told or None, diagnostics, the same printed).");
}

}  // namespace haplan::python
