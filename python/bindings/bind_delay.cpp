#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "model/numerics/mixture.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using model::Delay;
using model::DelayMixture;
using model::Stage;
using Numbers = py::array_t<double, py::array::c_style | py::array::forcecast>;
using StageRow = std::tuple<std::string, double, double>;

Stage stage_of(const StageRow& row) {
  const auto& [law, a, b] = row;
  if (law == "fixed") return Stage::fixed(a);
  if (law == "uniform") return Stage::uniform(a, b);
  if (law == "exponential") return Stage::exponential(a);
  if (law == "lognormal") return Stage::lognormal(a, b);
  throw py::value_error("no law of a stage: " + law);
}

py::tuple row_of(const Stage& stage) {
  switch (stage.kind) {
    case Stage::Kind::fixed: return py::make_tuple("fixed", stage.low, 0.0);
    case Stage::Kind::uniform: return py::make_tuple("uniform", stage.low, stage.low + stage.width);
    case Stage::Kind::exponential: return py::make_tuple("exponential", stage.mean, 0.0);
    case Stage::Kind::lognormal: break;
  }
  return py::make_tuple("lognormal", stage.mean, stage.sigma);
}

DelayMixture mixture(const std::vector<std::pair<double, std::vector<StageRow>>>& parts) {
  DelayMixture all;
  for (const auto& [probability, rows] : parts) {
    std::vector<Stage> stages;
    for (const StageRow& row : rows) stages.push_back(stage_of(row));
    all.add(probability, Delay(stages));
  }
  return all;
}

py::list parts_of(const DelayMixture& law) {
  py::list all;
  for (const DelayMixture::Part& part : law.parts()) {
    py::list stages;
    for (const Stage& stage : part.delay.stages()) stages.append(row_of(stage));
    all.append(py::make_tuple(part.probability, stages));
  }
  return all;
}

/// (values, lower, upper) of a function at each number
template <class Function>
py::tuple at_each(const Numbers& given, const Function& function) {
  const std::vector<double> numbers(given.data(), given.data() + given.size());
  const auto found = call<std::vector<model::Estimate>>([numbers, function](Control&) {
    std::vector<model::Estimate> all;
    for (const double number : numbers) all.push_back(function(number));
    return all;
  });
  py::array_t<double> value(given.size());
  py::array_t<double> lower(given.size());
  py::array_t<double> upper(given.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    value.mutable_data()[i] = found[i].value;
    lower.mutable_data()[i] = found[i].lower;
    upper.mutable_data()[i] = found[i].upper;
  }
  return py::make_tuple(value, lower, upper);
}

}  // namespace

void bind_delay(py::module_& module) {
  using py::arg;
  py::class_<DelayMixture>(module, "Delay", "How long sums of stages take.")
      .def(py::init(&mixture), arg("parts"), "[(probability, [(law, a, b), ...]), ...]")
      .def("parts", &parts_of)
      .def_property_readonly("mean", &DelayMixture::mean)
      .def_property_readonly("least", &DelayMixture::least)
      .def_property_readonly("worst", &DelayMixture::worst)
      .def_property_readonly("exact", &DelayMixture::exact)
      .def(
          "at_most",
          [](const DelayMixture& law, const Numbers& times) {
            return at_each(times, [law](double t) { return law.at_most(t); });
          },
          arg("times"))
      .def(
          "above",
          [](const DelayMixture& law, const Numbers& times) {
            return at_each(times, [law](double t) { return law.above(t); });
          },
          arg("times"))
      .def(
          "quantile",
          [](const DelayMixture& law, const Numbers& shares) {
            return at_each(shares, [law](double p) { return law.quantile(p); });
          },
          arg("shares"));
}

}  // namespace haplan::python
