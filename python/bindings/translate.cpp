#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

const char* name_of(model::Fault fault) {
  switch (fault) {
    case model::Fault::invalid_input: return "invalid_input";
    case model::Fault::budget_exhausted: return "budget_exhausted";
    case model::Fault::not_converged: return "not_converged";
    case model::Fault::not_unique: return "not_unique";
  }
  return "";
}

py::str text(const std::string& bytes) {
  PyObject* const decoded =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace");
  if (!decoded) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

py::tuple translate(const model::Estimate& estimate) {
  const char* method = "exact";
  if (estimate.method == model::Method::bounded) method = "bounded";
  if (estimate.method == model::Method::simulated) method = "simulated";
  return py::make_tuple(estimate.value, estimate.lower, estimate.upper, method);
}

py::list translate(const planner::Diagnostics& diagnostics) {
  py::list all;
  for (const planner::Diagnostic& one : diagnostics) {
    py::list notes;
    for (const std::string& note : one.notes) notes.append(text(note));
    const char* const severity = one.severity == planner::Severity::error ? "error" : "warning";
    all.append(py::make_tuple(severity, text(one.code), text(one.message), text(one.where.file),
                              one.where.line, one.where.column, one.where.length,
                              text(one.suggestion), py::tuple(notes)));
  }
  return all;
}

py::dict translate(const Told& told) {
  py::dict all;
  all["json"] = text(told.json);
  all["text"] = text(told.text);
  all["yaml"] = text(told.yaml);
  return all;
}

planner::TextOptions page_of(const planner::Inputs& inputs) {
  planner::TextOptions options;
  if (!inputs.sources.empty()) options.spec = inputs.sources.front().name;
  if (inputs.plan) options.plan = inputs.plan->name;
  return options;
}

}  // namespace haplan::python
