#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "planner/session/study.hpp"
#include "planner/session/sweep.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

/// (path, distinct values, which of them at each point)
using Number =
    std::tuple<std::string, py::array_t<double, py::array::c_style | py::array::forcecast>,
               py::array_t<std::uint32_t, py::array::c_style | py::array::forcecast>>;

template <class T, class Array>
std::vector<T> elements(const Array& array) {
  return {array.data(), array.data() + array.size()};
}

planner::SweepRequest request_of(const std::vector<Number>& numbers,
                                 const std::vector<std::string>& figures, unsigned threads) {
  planner::SweepRequest request{
      .numbers = {}, .figures = figures, .threads = threads, .stop = {}, .progress = {}};
  for (const auto& [path, values, at] : numbers) {
    request.numbers.push_back({path, elements<double>(values), elements<std::uint32_t>(at)});
    for (const std::uint32_t one : request.numbers.back().at)
      if (one >= request.numbers.back().values.size()) throw py::index_error(path);
  }
  return request;
}

py::array_t<double> array_of(const planner::Sweep& sweep, std::size_t figures) {
  const std::size_t services = sweep.services.size();
  const std::size_t points = sweep.figures.size() / std::max<std::size_t>(1, services * figures);
  py::array_t<double> array({services, figures, points});
  std::copy(sweep.figures.begin(), sweep.figures.end(), array.mutable_data());
  return array;
}

/// ((services, figures, failed, why) or None, diagnostics, the same printed)
py::tuple sweep(const SpecHandle& spec, const std::vector<Number>& numbers,
                const std::vector<std::string>& figures, unsigned threads,
                const py::object& progress) {
  const auto work = [inputs = spec.inputs,
                     request = request_of(numbers, figures, threads)](Control& control) mutable {
    request.stop = [&control] { return control.stopped(); };
    request.progress = [&control](double done) { control.report({"sweep", done, {}}); };
    return planner::sweep(inputs, request);
  };
  const planner::Swept swept = call<planner::Swept>(work, progress);
  py::object told = py::none();
  if (swept.sweep)
    told = py::make_tuple(py::cast(swept.sweep->services), array_of(*swept.sweep, figures.size()),
                          swept.sweep->failed, text(swept.sweep->why));
  return py::make_tuple(told, translate(swept.diagnostics),
                        text(planner::print(swept.diagnostics, swept.texts)));
}

}  // namespace

void bind_sweep(py::module_& module) {
  module.def("sweep", &sweep, py::arg("spec"), py::arg("numbers"), py::arg("figures"),
             py::arg("threads"), py::arg("progress"), "Figures at many values of numbers.");
  py::list names;
  for (const char* name : planner::followed_figures()) names.append(name);
  module.attr("followed_figures") = py::tuple(names);
}

}  // namespace haplan::python
