#include <pybind11/stl.h>

#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using NamedText = std::pair<std::string, py::bytes>;

planner::Source source(const NamedText& text) { return {text.first, text.second}; }

py::tuple load(const std::vector<NamedText>& sources, const std::vector<std::string>& sets,
               const std::optional<std::string>& scenario, const std::optional<NamedText>& plan,
               const std::vector<NamedText>& profiles) {
  planner::Inputs inputs;
  for (const NamedText& one : sources) inputs.sources.push_back(source(one));
  inputs.sets = sets;
  inputs.scenario = scenario;
  if (plan) inputs.plan = source(*plan);
  for (const NamedText& one : profiles) inputs.profiles.push_back(source(one));
  planner::Loaded loaded =
      call<planner::Loaded>([inputs](Control&) { return planner::load(inputs); });
  py::object spec = py::none();
  const py::list diagnostics = translate(loaded.diagnostics);
  const py::str printed = text(planner::print(loaded.diagnostics, loaded.texts));
  if (loaded.lowered) spec = py::cast(SpecHandle{std::move(inputs), std::move(*loaded.lowered)});
  return py::make_tuple(spec, diagnostics, printed);
}

template <class Items>
py::tuple names_of(const Items& items) {
  py::list names;
  for (const auto& item : items) names.append(text(item.name));
  return py::tuple(names);
}

const char* word_of(model::ComponentType type) {
  switch (type) {
    case model::ComponentType::stateless: return "stateless";
    case model::ComponentType::primary_replica: return "primary-replica";
    case model::ComponentType::quorum: return "quorum";
    case model::ComponentType::external: return "external";
    case model::ComponentType::markov: return "markov";
    case model::ComponentType::gate: return "gate";
  }
  return "";
}

/// [(name, whether something else would do, too), ...]
void collect(const model::System& system, const model::Requirement& requirement, bool alternative,
             py::list& all) {
  using Kind = model::Requirement::Kind;
  if (requirement.kind == Kind::component)
    all.append(py::make_tuple(text(system.components[requirement.component].name), alternative));
  const bool choice = requirement.kind == Kind::any || requirement.kind == Kind::at_least;
  for (const model::Requirement& member : requirement.of)
    collect(system, member, alternative || choice, all);
}

py::list dependencies_of(const model::System& system, const model::Requirement& requirement) {
  py::list all;
  collect(system, requirement, false, all);
  return all;
}

/// ([(component, type, dependencies), ...], [(service, dependencies), ...])
py::tuple graph_of(const SpecHandle& spec) {
  const model::System& system = spec.lowered.problem.system;
  py::list components;
  for (const model::Component& one : system.components) {
    const bool gate = one.type == model::ComponentType::gate;
    components.append(py::make_tuple(text(one.name), word_of(one.type),
                                     dependencies_of(system, gate ? one.gate : one.depends_on)));
  }
  py::list services;
  for (const model::Service& one : system.services)
    services.append(py::make_tuple(text(one.name), dependencies_of(system, one.requires_)));
  return py::make_tuple(components, services);
}

/// [(path, values, standard), ...]
py::list decisions_of(const SpecHandle& spec) {
  py::list all;
  for (const solver::Decision& one : spec.lowered.problem.decisions)
    all.append(py::make_tuple(text(one.path), py::tuple(py::cast(one.values)), one.standard));
  return all;
}

}  // namespace

void bind_spec(py::module_& module) {
  py::class_<SpecHandle>(module, "Spec", "A spec that was read and lowered.")
      .def_property_readonly("name", [](const SpecHandle& spec) { return text(spec.lowered.name); })
      .def_property_readonly(
          "components",
          [](const SpecHandle& spec) { return names_of(spec.lowered.problem.system.components); })
      .def_property_readonly(
          "nodes",
          [](const SpecHandle& spec) { return names_of(spec.lowered.problem.system.nodes); })
      .def_property_readonly(
          "services",
          [](const SpecHandle& spec) { return names_of(spec.lowered.problem.system.services); })
      .def_property_readonly("graph", &graph_of)
      .def_property_readonly("decisions", &decisions_of);
  module.def("load", &load, py::arg("sources"), py::arg("sets"), py::arg("scenario"),
             py::arg("plan"), py::arg("profiles"),
             "Read and lower: (spec or None, diagnostics, the same printed).");
}

}  // namespace haplan::python
