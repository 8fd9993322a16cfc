#include <pybind11/stl.h>

#include "planner/codes.hpp"
#include "planner/render/json.hpp"
#include "planner/render/why.hpp"
#include "planner/spec/schema.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

/// An answer, or what may have been meant.
struct Explained {
  std::optional<Told> told;
  std::string suggestion;
};

Explained explained(const SpecHandle& spec, const std::string& path) {
  const planner::Plan plan = value_of(planner::evaluated_plan(spec.lowered));
  const planner::Evidence evidence = value_of(planner::evidence_of(plan, spec.inputs));
  const auto answer = planner::answer(evidence, planner::render_json(plan), path);
  if (!answer) return {std::nullopt, planner::suggest_path(evidence, path)};
  return {Told{planner::render_why_json(evidence, *answer),
               planner::render_why_text(*answer, page_of(spec.inputs)), ""},
          ""};
}

py::dict why(const SpecHandle& spec, const std::string& path) {
  const Explained answer =
      call<Explained>([spec = SpecHandle(spec), path](Control&) { return explained(spec, path); });
  if (!answer.told)
    throw py::key_error("nothing is known as \"" + path + "\": " + answer.suggestion);
  return translate(*answer.told);
}

py::list all_codes() {
  py::list all;
  for (const planner::Code& one : planner::codes())
    all.append(py::make_tuple(text(one.code), text(one.title), text(one.explanation)));
  return all;
}

}  // namespace

void bind_explain(py::module_& module) {
  module.def("why", &why, py::arg("spec"), py::arg("path"),
             "Where a figure or a setting comes from.");
  module.def("codes", &all_codes, "Every diagnostic: (code, title, explanation).");
  module.def(
      "schema", [] { return text(planner::json_schema()); },
      "JSON Schema of the specification language.");
}

}  // namespace haplan::python
