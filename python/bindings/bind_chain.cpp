#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "model/base/abandon.hpp"
#include "model/markov/first_passage.hpp"
#include "model/markov/interval_availability.hpp"
#include "model/markov/long_run.hpp"
#include "model/markov/phase_type.hpp"
#include "model/markov/reward.hpp"
#include "model/markov/steady_state.hpp"
#include "model/markov/transient.hpp"
#include "python/bindings/bindings.hpp"
#include "python/bindings/call.hpp"
#include "python/bindings/translate.hpp"

namespace haplan::python {

namespace py = pybind11;

namespace {

using model::Chain;
using Numbers = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Indices = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;
using Flags = py::array_t<bool, py::array::c_style | py::array::forcecast>;

std::vector<double> numbers(const Numbers& array) {
  return {array.data(), array.data() + array.size()};
}

std::vector<bool> flags(const Flags& array) {
  return std::vector<bool>(array.data(), array.data() + array.size());  // in braces: two flags
}

/// One entry per state, or the caller's mistake.
template <class Items>
Items fitting(Items items, const Chain& chain, const char* what) {
  if (items.size() != chain.state_count())
    throw py::value_error(std::string(what) + ": one entry per state");
  return items;
}

py::array_t<double> array_of(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

Chain make_chain(std::size_t states, const Indices& from, const Indices& to, const Numbers& rates) {
  if (from.size() != rates.size() || to.size() != rates.size())
    throw py::value_error("as many sources, targets and rates");
  const auto inside = [states](std::int64_t state) {
    return state >= 0 && static_cast<std::uint64_t>(state) < states;
  };
  std::vector<model::RatedEdge> edges;
  edges.reserve(static_cast<std::size_t>(rates.size()));
  for (py::ssize_t i = 0; i < rates.size(); ++i) {
    const std::int64_t a = from.data()[i];
    const std::int64_t b = to.data()[i];
    if (!inside(a) || !inside(b)) throw py::index_error("a state that is none");
    edges.push_back({static_cast<std::size_t>(a), static_cast<std::size_t>(b), rates.data()[i]});
  }
  return call<Chain>([states, edges = std::move(edges)](Control&) {
    return value_of(model::chain_of(states, edges));
  });
}

std::vector<model::RatedEdge> edges_of(const Chain& chain) {
  std::vector<model::RatedEdge> edges;
  edges.reserve(chain.transition_count());
  for (std::size_t state = 0; state < chain.state_count(); ++state) {
    model::may_abandon();
    for (std::size_t i = 0; i < chain.targets(state).size(); ++i)
      edges.push_back({state, chain.targets(state)[i], chain.rates(state)[i]});
  }
  return edges;
}

/// (sources, targets, rates)
py::tuple arrays_of(const Chain& chain) {
  const auto edges = edges_of(chain);
  const auto size = static_cast<py::ssize_t>(edges.size());
  py::array_t<std::int64_t> from(size);
  py::array_t<std::int64_t> to(size);
  py::array_t<double> rates(size);
  for (py::ssize_t i = 0; i < size; ++i) {
    const model::RatedEdge& edge = edges[static_cast<std::size_t>(i)];
    from.mutable_data()[i] = static_cast<std::int64_t>(edge.from);
    to.mutable_data()[i] = static_cast<std::int64_t>(edge.to);
    rates.mutable_data()[i] = edge.rate;
  }
  return py::make_tuple(from, to, rates);
}

py::array_t<double> steady_state(const Chain& chain) {
  return array_of(call<std::vector<double>>([chain](Control&) {
    return value_of(model::steady_state(chain.state_count(), edges_of(chain)));
  }));
}

py::tuple long_run_mean(const Chain& chain, const Numbers& reward,
                        const std::optional<Numbers>& initial, double absolute, double relative) {
  const auto f = fitting(numbers(reward), chain, "reward");
  std::optional<std::vector<double>> start;
  if (initial) start = fitting(numbers(*initial), chain, "initial");
  const model::LongRunOptions options{.absolute = absolute, .relative = relative};
  return translate(call<model::LongRunMean>([=](Control&) {
                     return value_of(start ? model::long_run_mean_from(chain, f, *start, options)
                                           : model::long_run_mean(chain, f, options));
                   }).value);
}

model::UniformisationOptions accuracy(double relative, double absolute) {
  return {.relative_tolerance = relative, .absolute_tolerance = absolute};
}

/// (probabilities, error)
py::tuple distribution_at(const Chain& chain, const Numbers& initial, double t, double absolute) {
  const auto start = fitting(numbers(initial), chain, "initial");
  const auto found = call<model::Distribution>([=](Control&) {
    return value_of(model::distribution_at(chain, start, t, {.absolute_tolerance = absolute}));
  });
  return py::make_tuple(array_of(found.probability), found.error);
}

using RewardFigure = model::Result<model::ChainFigure> (*)(const Chain&, std::span<const double>,
                                                           std::span<const double>, double,
                                                           const model::UniformisationOptions&);

template <RewardFigure Figure>
py::tuple reward_figure(const Chain& chain, const Numbers& initial, const Numbers& reward, double t,
                        double relative, double absolute) {
  const auto start = fitting(numbers(initial), chain, "initial");
  const auto f = fitting(numbers(reward), chain, "reward");
  return translate(call<model::ChainFigure>([=](Control&) {
                     return value_of(Figure(chain, start, f, t, accuracy(relative, absolute)));
                   }).value);
}

using PassageFigure = model::Result<model::ChainFigure> (*)(const Chain&, std::span<const double>,
                                                            const std::vector<bool>&, double,
                                                            const model::UniformisationOptions&);

template <PassageFigure Figure>
py::tuple passage_figure(const Chain& chain, const Numbers& initial, const Flags& target, double t,
                         double relative, double absolute) {
  const auto start = fitting(numbers(initial), chain, "initial");
  const auto there = fitting(flags(target), chain, "target");
  return translate(call<model::ChainFigure>([=](Control&) {
                     return value_of(Figure(chain, start, there, t, accuracy(relative, absolute)));
                   }).value);
}

py::tuple mean_first_passage(const Chain& chain, const Numbers& initial, const Flags& target) {
  const auto start = fitting(numbers(initial), chain, "initial");
  const auto there = fitting(flags(target), chain, "target");
  return translate(call<model::Estimate>(
      [=](Control&) { return value_of(model::mean_first_passage(chain, start, there)); }));
}

using ShareFigure = model::Result<model::IntervalDistribution> (*)(
    const Chain&, std::span<const double>, const std::vector<bool>&, std::span<const double>,
    double, const model::UniformisationOptions&);

template <ShareFigure Figure>
py::list share_figure(const Chain& chain, const Numbers& initial, const Flags& down,
                      const Numbers& shares, double t, double relative, double absolute) {
  const auto start = fitting(numbers(initial), chain, "initial");
  const auto bad = fitting(flags(down), chain, "down");
  const auto found = call<model::IntervalDistribution>([=, wanted = numbers(shares)](Control&) {
    return value_of(Figure(chain, start, bad, wanted, t, accuracy(relative, absolute)));
  });
  py::list all;
  for (const model::Estimate& one : found.probability) all.append(translate(one));
  return all;
}

model::SingleDelay delay_of(const std::string& law, double a, double b) {
  if (law == "fixed") return model::FixedDelay{a};
  if (law == "uniform") return model::UniformDelay{a, b};
  if (law == "lognormal") return model::LognormalDelay{a, b};
  throw py::value_error("no law of a delay: " + law);
}

/// (phases as (enter, rate, next), variance matched, distance of the distribution functions, distance of means)
py::tuple fit_phases(const std::string& law, double a, double b, std::uint32_t most_phases) {
  const auto delay = delay_of(law, a, b);
  const auto fit = call<model::PhaseFit>(
      [=](Control&) { return value_of(model::fit_phases(delay, most_phases)); });
  py::list phases;
  for (const model::Phase& phase : model::phases_of(fit.type))
    phases.append(py::make_tuple(phase.enter, phase.rate, phase.next));
  return py::make_tuple(phases, fit.variance_matched, translate(fit.cdf_distance),
                        translate(fit.mean_distance));
}

}  // namespace

void bind_chain(py::module_& module) {
  using py::arg;
  py::class_<Chain>(module, "Chain", "A continuous-time Markov chain.")
      .def(py::init(&make_chain), arg("states"), arg("sources"), arg("targets"), arg("rates"))
      .def_property_readonly("state_count", &Chain::state_count)
      .def_property_readonly("transition_count", &Chain::transition_count)
      .def("arrays", &arrays_of, "(sources, targets, rates)")
      .def("steady_state", &steady_state)
      .def("long_run_mean", &long_run_mean, arg("reward"), arg("initial"), arg("absolute"),
           arg("relative"))
      .def("distribution_at", &distribution_at, arg("initial"), arg("t"), arg("absolute"))
      .def("reward_at", &reward_figure<&model::reward_at>, arg("initial"), arg("reward"), arg("t"),
           arg("relative"), arg("absolute"))
      .def("accumulated_reward", &reward_figure<&model::accumulated_reward>, arg("initial"),
           arg("reward"), arg("t"), arg("relative"), arg("absolute"))
      .def("reached_within", &passage_figure<&model::reached_within>, arg("initial"), arg("target"),
           arg("t"), arg("relative"), arg("absolute"))
      .def("not_reached_within", &passage_figure<&model::not_reached_within>, arg("initial"),
           arg("target"), arg("t"), arg("relative"), arg("absolute"))
      .def("mean_first_passage", &mean_first_passage, arg("initial"), arg("target"))
      .def("down_share_at_least", &share_figure<&model::down_share_at_least>, arg("initial"),
           arg("down"), arg("shares"), arg("t"), arg("relative"), arg("absolute"))
      .def("down_share_less", &share_figure<&model::down_share_less>, arg("initial"), arg("down"),
           arg("shares"), arg("t"), arg("relative"), arg("absolute"));
  module.def("fit_phases", &fit_phases, arg("law"), arg("a"), arg("b"), arg("most_phases"),
             "A delay as exponential phases.");
}

}  // namespace haplan::python
