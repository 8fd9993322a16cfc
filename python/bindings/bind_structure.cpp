#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "model/diagram/diagram.hpp"
#include "model/network/connectivity.hpp"
#include "model/numerics/k_of_n.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using model::Diagram;
using Numbers = py::array_t<double, py::array::c_style | py::array::forcecast>;

constexpr std::uint32_t kSecondValue = 2;       // the bit of value 1
constexpr std::size_t kMostNodes = 50'000'000;  // a few gigabytes

Diagram::Ref known(const Diagram& diagram, Diagram::Ref f) {
  if (f >= diagram.size()) throw py::index_error("a function of another diagram");
  return f;
}

Diagram make_diagram() {
  Diagram diagram;
  diagram.limit_size(kMostNodes);
  return diagram;
}

/// The function, unless the diagram has no room for it.
Diagram::Ref built(const Diagram& diagram, Diagram::Ref f) {
  if (diagram.exhausted())
    throw EngineError{
        {model::Fault::budget_exhausted, "the diagram has more than 50 million nodes", ""}};
  return f;
}

/// A variable of two values; the function that is true where it has the second.
Diagram::Ref variable(Diagram& diagram) {
  return built(diagram, diagram.literal(diagram.add_variable(2), kSecondValue));
}

/// Each variable's distribution from the probability of its second value.
std::vector<double> distributions(const Diagram& diagram, const Numbers& p) {
  if (static_cast<std::size_t>(p.size()) != diagram.variable_count())
    throw py::value_error("one probability per variable");
  std::vector<double> all;
  for (py::ssize_t i = 0; i < p.size(); ++i) {
    const double one = p.data()[i];
    if (!(one >= 0.0 && one <= 1.0)) throw py::value_error("probabilities lie between 0 and 1");
    all.push_back(1.0 - one);
    all.push_back(one);
  }
  return all;
}

double probability(const Diagram& diagram, Diagram::Ref f, const Numbers& p) {
  std::vector<double> value;
  diagram.probability(distributions(diagram, p), 0.0, value);
  return value[known(diagram, f)];
}

/// Of each variable: P(f, given its second value) less P(f, given its first).
py::array_t<double> birnbaum(const Diagram& diagram, Diagram::Ref f, const Numbers& p) {
  const std::vector<double> all = distributions(diagram, p);
  std::vector<double> value;
  diagram.probability(all, 0.0, value);
  std::vector<double> adjoint(diagram.size(), 0.0);
  adjoint[known(diagram, f)] = 1.0;
  std::vector<double> slopes;
  diagram.derivatives(all, value, adjoint, slopes);
  py::array_t<double> found(static_cast<py::ssize_t>(diagram.variable_count()));
  for (std::size_t v = 0; v < diagram.variable_count(); ++v) {
    const std::size_t at = diagram.first_probability(v);
    found.mutable_data()[v] = slopes[at + 1] - slopes[at];
  }
  return found;
}

Diagram::Ref at_least(Diagram& diagram, int n, const std::vector<Diagram::Ref>& of) {
  for (const Diagram::Ref f : of) known(diagram, f);
  return built(diagram, diagram.at_least(n, of));
}

double fewer_than_equal(int k, int n, double u) { return model::fewer_than(k, n, u); }
double fewer_than_different(int k, const std::vector<double>& u) { return model::fewer_than(k, u); }

std::vector<double> checked(std::size_t elements, const Numbers& u) {
  if (static_cast<std::size_t>(u.size()) != elements)
    throw py::value_error("one unavailability per vertex, then one per link");
  std::vector<double> all(u.data(), u.data() + u.size());
  for (const double one : all)
    if (!(one >= 0.0 && one <= 1.0)) throw py::value_error("unavailabilities lie between 0 and 1");
  return all;
}

/// A network compiled for its terminals, with what its numbers are checked against.
struct CompiledNetwork {
  model::Connectivity connectivity;
  std::size_t elements = 0;
};

CompiledNetwork compile(std::size_t vertices,
                        const std::vector<std::pair<std::size_t, std::size_t>>& links,
                        const std::vector<std::size_t>& terminals) {
  model::NetworkGraph graph{.vertices = vertices, .links = {}, .perfect = {}};
  for (const auto& [from, to] : links) {
    if (from >= vertices || to >= vertices) throw py::index_error("a vertex that is none");
    graph.links.push_back({from, to});
  }
  if (terminals.empty()) throw py::value_error("at least one terminal");
  for (const std::size_t one : terminals)
    if (one >= vertices) throw py::index_error("a vertex that is none");
  auto compiled = call<std::optional<model::Connectivity>>([graph, terminals](Control&) {
    return std::optional(value_of(model::Connectivity::compile(graph, terminals)));
  });
  return {std::move(*compiled), graph.element_count()};
}

}  // namespace

void bind_structure(py::module_& module) {
  using py::arg;
  py::class_<Diagram>(module, "Diagram", "Decision diagrams over variables of two values.")
      .def(py::init(&make_diagram))
      .def("variable", &variable, "A new variable; where it has its second value.")
      .def_property_readonly("variable_count", &Diagram::variable_count)
      .def_property_readonly("size", &Diagram::size)
      .def(
          "conjunction",
          [](Diagram& d, Diagram::Ref a, Diagram::Ref b) {
            return built(d, d.conjunction(known(d, a), known(d, b)));
          },
          arg("a"), arg("b"))
      .def(
          "disjunction",
          [](Diagram& d, Diagram::Ref a, Diagram::Ref b) {
            return built(d, d.disjunction(known(d, a), known(d, b)));
          },
          arg("a"), arg("b"))
      .def(
          "negation", [](Diagram& d, Diagram::Ref a) { return built(d, d.negation(known(d, a))); },
          arg("a"))
      .def("at_least", &at_least, arg("n"), arg("of"))
      .def(
          "restricted",
          [](Diagram& d, Diagram::Ref f, std::size_t variable, bool value) {
            if (variable >= d.variable_count()) throw py::index_error("a variable that is none");
            return built(d, d.restricted(known(d, f), variable, value ? 1 : 0));
          },
          arg("f"), arg("variable"), arg("value"))
      .def(
          "support", [](const Diagram& d, Diagram::Ref f) { return d.support(known(d, f)); },
          arg("f"))
      .def("probability", &probability, arg("f"), arg("p"))
      .def("birnbaum", &birnbaum, arg("f"), arg("p"));
  module.def("fewer_than", &fewer_than_equal, arg("k"), arg("n"), arg("u"));
  module.def("fewer_than", &fewer_than_different, arg("k"), arg("u"));
  py::class_<CompiledNetwork>(module, "Connectivity", "A network compiled for its terminals.")
      .def(py::init(&compile), arg("vertices"), arg("links"), arg("terminals"))
      .def(
          "figures",
          [](const CompiledNetwork& network, const Numbers& u) {
            const auto figures = network.connectivity.evaluate(checked(network.elements, u));
            return py::make_tuple(figures.connected, figures.disconnected);
          },
          arg("unavailability"), "(P(connected), P(not))")
      .def(
          "birnbaum",
          [](const CompiledNetwork& network, const Numbers& u) {
            const auto slopes = network.connectivity.slopes(checked(network.elements, u));
            return py::array_t<double>(static_cast<py::ssize_t>(slopes.birnbaum.size()),
                                       slopes.birnbaum.data());
          },
          arg("unavailability"));
}

}  // namespace haplan::python
