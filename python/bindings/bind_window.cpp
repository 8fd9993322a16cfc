#include <algorithm>
#include <pybind11/stl.h>
#include <thread>
#include <utility>

#include "model/availability/window.hpp"
#include "model/base/parallel.hpp"
#include "planner/session/settled.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using Distributions = std::vector<std::pair<std::string, std::vector<model::Estimate>>>;

Distributions distributions_of(const SpecHandle& spec, double window,
                               const std::vector<double>& downtimes, const Control& control) {
  const planner::Lowered lowered = planner::settled(spec.lowered, spec.lowered.problem.before);
  const model::System& system = lowered.problem.system;
  const auto evaluation = value_of(model::evaluate(system, lowered.problem.before));
  Distributions found;
  for (const model::Service& service : system.services)
    found.emplace_back(service.name, std::vector<model::Estimate>(downtimes.size()));
  const std::size_t points = downtimes.size();
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  model::in_parallel(found.size() * points, threads, [&](std::size_t task) {
    if (control.stopped()) return;  // nobody waits for it any more
    const std::size_t s = task / points;
    const std::size_t i = task % points;
    found[s].second[i] =
        model::downtime_distribution(evaluation.services[s], window, {&downtimes[i], 1})[0];
  });
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
