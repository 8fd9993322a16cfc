#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "model/base/abandon.hpp"
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

/// Without the interpreter's lock, on what the caller owns.
template <class T>
T call_here(const std::function<T()>& function) {
  return call<T>(std::function<T(Control&)>([&function](Control&) { return function(); }),
                 py::none(), Interrupted::waits);
}

/// A diagram that one thread at a time works on.
struct SharedDiagram {
  Diagram diagram;
  std::timed_mutex mutex;
};

std::unique_ptr<SharedDiagram> make_diagram() {
  auto made = std::make_unique<SharedDiagram>();
  made->diagram.limit_size(kMostNodes);
  return made;
}

/// What little work suffices for, when nobody else works on the diagram.
template <class T>
std::optional<T> at_once(SharedDiagram& shared, const std::function<T(Diagram&)>& work) {
  constexpr std::uint64_t kFewSteps = 5'000;
  constexpr std::size_t kFewNodes = 50'000;
  const std::unique_lock lock(shared.mutex, std::try_to_lock);
  if (!lock || shared.diagram.size() >= kFewNodes) return std::nullopt;
  const model::Abandonable few(nullptr, kFewSteps);
  try {
    return work(shared.diagram);
  } catch (const model::Abandoned&) {
    return std::nullopt;
  }
}

/// At once, or without the interpreter's lock, going on with what has been built by then.
template <class T>
T with(SharedDiagram& shared, const std::function<T(Diagram&)>& work) {
  if (auto found = at_once<T>(shared, work)) return std::move(*found);
  return call_here<T>([&shared, &work] {
    std::unique_lock lock(shared.mutex, std::defer_lock);
    while (!lock.try_lock_for(std::chrono::milliseconds(10))) model::may_abandon();
    return work(shared.diagram);
  });
}

Diagram::Ref known(const Diagram& diagram, Diagram::Ref f) {
  if (f >= diagram.size()) throw py::index_error("a function of another diagram");
  return f;
}

/// A function that is built of known ones, unless the diagram has no room for it.
template <class Build>
Diagram::Ref built(SharedDiagram& shared, const std::vector<Diagram::Ref>& of, const Build& build) {
  return with<Diagram::Ref>(shared, [of, build](Diagram& diagram) {
    for (const Diagram::Ref f : of) known(diagram, f);
    const Diagram::Ref f = build(diagram);
    if (diagram.exhausted())
      throw EngineError{
          {model::Fault::budget_exhausted, "the diagram has more than 50 million nodes", ""}};
    return f;
  });
}

/// A variable of two values; the function that is true where it has the second.
Diagram::Ref variable(SharedDiagram& shared) {
  const auto number =
      with<std::size_t>(shared, [](Diagram& diagram) { return diagram.add_variable(2); });
  return built(shared, {},
               [number](Diagram& diagram) { return diagram.literal(number, kSecondValue); });
}

Diagram::Ref conjunction(SharedDiagram& shared, Diagram::Ref a, Diagram::Ref b) {
  return built(shared, {a, b}, [a, b](Diagram& diagram) { return diagram.conjunction(a, b); });
}

Diagram::Ref disjunction(SharedDiagram& shared, Diagram::Ref a, Diagram::Ref b) {
  return built(shared, {a, b}, [a, b](Diagram& diagram) { return diagram.disjunction(a, b); });
}

Diagram::Ref negation(SharedDiagram& shared, Diagram::Ref a) {
  return built(shared, {a}, [a](Diagram& diagram) { return diagram.negation(a); });
}

Diagram::Ref at_least(SharedDiagram& shared, int n, const std::vector<Diagram::Ref>& of) {
  return built(shared, of, [n, of](Diagram& diagram) { return diagram.at_least(n, of); });
}

Diagram::Ref restricted(SharedDiagram& shared, Diagram::Ref f, std::size_t variable, bool value) {
  return built(shared, {f}, [=](Diagram& diagram) {
    if (variable >= diagram.variable_count()) throw py::index_error("a variable that is none");
    return diagram.restricted(f, variable, value ? 1 : 0);
  });
}

std::vector<std::size_t> support(SharedDiagram& shared, Diagram::Ref f) {
  return with<std::vector<std::size_t>>(
      shared, [f](Diagram& diagram) { return diagram.support(known(diagram, f)); });
}

/// Each variable's distribution from the probability of its second value.
std::vector<double> distributions(const Diagram& diagram, const std::vector<double>& p) {
  if (p.size() != diagram.variable_count()) throw py::value_error("one probability per variable");
  std::vector<double> all;
  for (const double one : p) {
    if (!(one >= 0.0 && one <= 1.0)) throw py::value_error("probabilities lie between 0 and 1");
    all.push_back(1.0 - one);
    all.push_back(one);
  }
  return all;
}

std::vector<double> numbers(const Numbers& array) {
  return {array.data(), array.data() + array.size()};
}

double probability(SharedDiagram& shared, Diagram::Ref f, const Numbers& p) {
  return with<double>(shared, [f, p = numbers(p)](Diagram& diagram) {
    std::vector<double> value;
    diagram.probability(distributions(diagram, p), 0.0, value);
    return value[known(diagram, f)];
  });
}

py::array_t<double> array_of(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// Of each variable: P(f, given its second value) less P(f, given its first).
py::array_t<double> birnbaum(SharedDiagram& shared, Diagram::Ref f, const Numbers& p) {
  return array_of(with<std::vector<double>>(shared, [f, p = numbers(p)](Diagram& diagram) {
    const std::vector<double> all = distributions(diagram, p);
    std::vector<double> value;
    diagram.probability(all, 0.0, value);
    std::vector<double> adjoint(diagram.size(), 0.0);
    adjoint[known(diagram, f)] = 1.0;
    std::vector<double> slopes;
    diagram.derivatives(all, value, adjoint, slopes);
    std::vector<double> found;
    for (std::size_t v = 0; v < diagram.variable_count(); ++v) {
      const std::size_t at = diagram.first_probability(v);
      found.push_back(slopes[at + 1] - slopes[at]);
    }
    return found;
  }));
}

/// Beside the interpreter when it may take long.
double tail(double work, const std::function<double()>& function) {
  constexpr double kQuick = 1e6;  // additions
  return work < kQuick ? function() : call<double>([function](Control&) { return function(); });
}

double fewer_than_equal(int k, int n, double u) {
  return tail(static_cast<double>(k) * n, [=] { return model::fewer_than(k, n, u); });
}

double fewer_than_different(int k, const std::vector<double>& u) {
  return tail(static_cast<double>(k) * static_cast<double>(u.size()),
              [=] { return model::fewer_than(k, u); });
}

std::vector<double> checked(std::size_t elements, const Numbers& u) {
  if (static_cast<std::size_t>(u.size()) != elements)
    throw py::value_error("one unavailability per vertex, then one per link");
  std::vector<double> all = numbers(u);
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

/// A walk over its diagrams, beside the interpreter when they are large.
template <class T>
T walked(const CompiledNetwork& network, const std::function<T(const model::Connectivity&)>& walk) {
  constexpr std::size_t kFewNodes = 10'000;
  if (network.connectivity.work().diagram_nodes < kFewNodes) return walk(network.connectivity);
  return call_here<T>([&] { return walk(network.connectivity); });
}

auto figures(const CompiledNetwork& network, const Numbers& u) {
  const auto found = walked<model::ConnectivityFigures>(
      network, [all = checked(network.elements, u)](const model::Connectivity& c) {
        return c.evaluate(all);
      });
  return py::make_tuple(found.connected, found.disconnected);
}

py::array_t<double> slopes(const CompiledNetwork& network, const Numbers& u) {
  return array_of(walked<std::vector<double>>(
      network, [all = checked(network.elements, u)](const model::Connectivity& c) {
        return c.slopes(all).birnbaum;
      }));
}

}  // namespace

void bind_structure(py::module_& module) {
  using py::arg;
  py::class_<SharedDiagram>(module, "Diagram", "Decision diagrams over variables of two values.")
      .def(py::init(&make_diagram))
      .def("variable", &variable, "A new variable; where it has its second value.")
      .def_property_readonly("variable_count",
                             [](SharedDiagram& shared) {
                               return with<std::size_t>(
                                   shared, [](Diagram& d) { return d.variable_count(); });
                             })
      .def_property_readonly("size",
                             [](SharedDiagram& shared) {
                               return with<std::size_t>(shared,
                                                        [](Diagram& d) { return d.size(); });
                             })
      .def("conjunction", &conjunction, arg("a"), arg("b"))
      .def("disjunction", &disjunction, arg("a"), arg("b"))
      .def("negation", &negation, arg("a"))
      .def("at_least", &at_least, arg("n"), arg("of"))
      .def("restricted", &restricted, arg("f"), arg("variable"), arg("value"))
      .def("support", &support, arg("f"))
      .def("probability", &probability, arg("f"), arg("p"))
      .def("birnbaum", &birnbaum, arg("f"), arg("p"));
  module.def("fewer_than", &fewer_than_equal, arg("k"), arg("n"), arg("u"));
  module.def("fewer_than", &fewer_than_different, arg("k"), arg("u"));
  py::class_<CompiledNetwork>(module, "Connectivity", "A network compiled for its terminals.")
      .def(py::init(&compile), arg("vertices"), arg("links"), arg("terminals"))
      .def("figures", &figures, arg("unavailability"), "(P(connected), P(not))")
      .def("birnbaum", &slopes, arg("unavailability"));
}

}  // namespace haplan::python
