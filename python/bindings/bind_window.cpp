#include <algorithm>
#include <pybind11/stl.h>
#include <utility>

#include "model/availability/window.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using Distributions = std::vector<std::pair<std::string, std::vector<model::Estimate>>>;

Distributions distributions_of(const SpecHandle& spec, double window,
                               const std::vector<double>& downtimes, const Control& control) {
  const planner::Plan plan = value_of(planner::evaluated_plan(spec.lowered));
  const model::System& system = plan.lowered.problem.system;
  Distributions found;
  for (model::ServiceId s = 0; s < system.services.size(); ++s) {
    auto& row = found.emplace_back(system.services[s].name, std::vector<model::Estimate>{}).second;
    for (const double& one : downtimes) {
      if (control.stopped()) return found;  // nobody waits for it any more
      const auto& figures = plan.after->evaluation.services[s];
      row.push_back(model::downtime_distribution(figures, window, {&one, 1})[0]);
    }
  }
  return found;
}

/// Service to one estimate per downtime.
py::dict window(const SpecHandle& spec, double length, const std::vector<double>& downtimes) {
  if (!(length > 0.0)) throw py::value_error("a window is longer than 0 s");
  if (!std::ranges::all_of(downtimes, [](double one) { return one >= 0.0; }))
    throw py::value_error("downtimes are at least 0 s");
  py::dict all;
  for (const auto& [service, estimates] :
       call<Distributions>([=, spec = SpecHandle(spec)](Control& control) {
         return distributions_of(spec, length, downtimes, control);
       })) {
    py::list row;
    for (const model::Estimate& one : estimates) row.append(translate(one));
    all[text(service)] = row;
  }
  return all;
}

}  // namespace

void bind_window(py::module_& module) {
  module.def("window", &window, py::arg("spec"), py::arg("length"), py::arg("downtimes"),
             "P(downtime within a window is at most so much), by service.");
}

}  // namespace haplan::python
