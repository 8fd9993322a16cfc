// How long K-terminal connectivity takes, from a network to both probabilities: reduction, order, frontier, numbers.
// Every answer is checked before its time counts.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <string>

#include "model/network/connectivity.hpp"
#include "tests/support/near.hpp"
#include "tests/support/networks.hpp"

namespace {

using namespace haplan;
using namespace haplan::model;

void report(benchmark::State& state, const ConnectivityWork& work) {
  state.counters["diagram_nodes"] = static_cast<double>(work.diagram_nodes);
  state.counters["frontier"] = static_cast<double>(work.max_frontier);
}

void known(benchmark::State& state, const std::string& name) {
  const test::NetworkCase read = test::read_network(HAPLAN_DATA "/network/" + name + ".txt");
  const auto at =
      std::ranges::find(read.expected, 0.9, [](const auto& pair) { return pair.first; });
  if (at == read.expected.end()) return state.SkipWithError("no value to check against");
  std::vector<double> u(read.network.element_count(), 1.0 - 0.9);
  std::fill_n(u.begin(), read.network.vertices, 0.0);
  for (auto _ : state) {
    const auto made = Connectivity::compile(read.network, read.terminals);
    if (!made) return state.SkipWithError(made.error().message.c_str());
    const double connected = made->evaluate(u).connected;
    if (!test::near_relative(connected, static_cast<double>(at->second), 1e-13))
      return state.SkipWithError("wrong answer");
    report(state, made->work());
  }
}

/// Checked against the same network with its vertices in another order, whose order of links is another too.
void backbone(benchmark::State& state, bool vertices_fail, bool slopes) {
  const NetworkGraph network = test::backbone(static_cast<std::uint64_t>(state.range(0)), 50, 90);
  const std::vector<std::size_t> terminals{0, 17, 31, 49};
  std::vector<double> u(network.element_count(), 1e-3);
  if (!vertices_fail) std::fill_n(u.begin(), network.vertices, 0.0);
  NetworkGraph marked = network;
  for (const double x : u) marked.perfect.push_back(x == 0.0);
  NetworkGraph turned = network;
  std::vector<double> turned_u = u;
  std::reverse(turned_u.begin(), turned_u.begin() + 50);
  for (NetworkLink& link : turned.links) link = {49 - link.from, 49 - link.to};
  const std::vector<std::size_t> turned_terminals{49, 32, 18, 0};
  const auto other = Connectivity::compile(turned, turned_terminals);
  if (!other) return state.SkipWithError(other.error().message.c_str());
  const double expected = other->evaluate(turned_u).disconnected;
  for (auto _ : state) {
    const auto made = Connectivity::compile(marked, terminals);
    if (!made) return state.SkipWithError(made.error().message.c_str());
    const double apart =
        slopes ? made->slopes(u).figures.disconnected : made->evaluate(u).disconnected;
    if (!test::near_relative(apart, expected, 1e-12)) return state.SkipWithError("wrong answer");
    report(state, made->work());
  }
}

BENCHMARK_CAPTURE(known, arpanet, "arpanet1973_2t")
    ->Name("network/arpanet1973/2")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(known, arpanet_all, "arpanet1973_all")
    ->Name("network/arpanet1973/all")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(known, dodecahedron, "dodecahedron_2t")
    ->Name("network/dodecahedron/2")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(known, grid5, "grid5x5_12t")
    ->Name("network/grid:5x5/12")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(known, grid10, "grid10x10_2t")
    ->Name("network/grid:10x10/2")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(backbone, links, false, false)
    ->Name("network/backbone:50,90/links")
    ->DenseRange(1, 5)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(backbone, vertices, true, false)
    ->Name("network/backbone:50,90/vertices")
    ->DenseRange(1, 5)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(backbone, slopes, true, true)
    ->Name("network/backbone:50,90/vertices/derivatives")
    ->DenseRange(1, 5)
    ->Unit(benchmark::kMillisecond);

}  // namespace
