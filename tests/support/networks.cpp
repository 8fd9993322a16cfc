#include "tests/support/networks.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace haplan::test {

using model::NetworkGraph;

NetworkCase read_network(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  NetworkCase read;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string what;
    if (!(words >> what) || what[0] == '#') continue;
    if (what == "vertices") {
      words >> read.network.vertices;
    } else if (what == "terminals") {
      for (std::size_t v = 0; words >> v;) read.terminals.push_back(v);
    } else if (what == "expect") {
      auto& [p, reliability] = read.expected.emplace_back();
      words >> p >> reliability;
    } else if (what == "link") {
      auto& [from, to] = read.network.links.emplace_back();
      words >> from >> to;
    } else {
      throw std::runtime_error(path + ": " + what);
    }
  }
  read.network.perfect.assign(read.network.element_count(), false);
  std::fill_n(read.network.perfect.begin(), read.network.vertices, true);
  return read;
}

double Draws::uniform() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1p-53;
}

std::size_t Draws::below(std::size_t n) {
  return static_cast<std::size_t>(uniform() * static_cast<double>(n));
}

NetworkGraph random_network(std::uint64_t seed, std::size_t vertices, std::size_t links) {
  Draws draws(seed);
  NetworkGraph network{vertices, {}};
  while (network.links.size() < links)
    network.links.push_back({draws.below(vertices), draws.below(vertices)});
  return network;
}

namespace {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

/// Squared.
double distance(const Point& a, const Point& b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

double side(const Point& a, const Point& b, const Point& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool cross(const std::vector<Point>& at, const model::NetworkLink& p, const model::NetworkLink& q) {
  if (p.from == q.from || p.from == q.to || p.to == q.from || p.to == q.to) return false;
  const auto parted = [&](const model::NetworkLink& line, const model::NetworkLink& ends) {
    return side(at[line.from], at[line.to], at[ends.from]) *
               side(at[line.from], at[line.to], at[ends.to]) <
           0.0;
  };
  return parted(p, q) && parted(q, p);
}

}  // namespace

NetworkGraph backbone(std::uint64_t seed, std::size_t vertices, std::size_t links) {
  constexpr int kMostLinks = 6;
  Draws draws(seed);
  std::vector<Point> at(vertices);
  for (std::size_t v = 0; v < vertices; ++v) {
    double widest = -1.0;
    for (int attempt = 0; attempt < 12; ++attempt) {
      const Point point{draws.uniform(), draws.uniform()};
      double nearest = 2.0;
      for (std::size_t w = 0; w < v; ++w) nearest = std::min(nearest, distance(point, at[w]));
      if (nearest <= widest) continue;
      widest = nearest;
      at[v] = point;
    }
  }
  std::vector<std::pair<double, model::NetworkLink>> pairs;
  for (std::size_t a = 0; a < vertices; ++a)
    for (std::size_t b = a + 1; b < vertices; ++b)
      pairs.push_back({distance(at[a], at[b]), {a, b}});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  NetworkGraph network{vertices, {}};
  std::vector<std::size_t> group(vertices);
  for (std::size_t v = 0; v < vertices; ++v) group[v] = v;
  std::vector<int> degree(vertices, 0);
  for (const bool tree : {true, false})
    for (const auto& [length, link] : pairs) {
      const std::size_t a = group[link.from];
      const std::size_t b = group[link.to];
      if (network.links.size() == links || (tree && a == b)) continue;
      const bool taken = std::ranges::any_of(network.links, [&](const model::NetworkLink& old) {
        return (old.from == link.from && old.to == link.to) || cross(at, old, link);
      });
      if (taken || (!tree && (degree[link.from] >= kMostLinks || degree[link.to] >= kMostLinks)))
        continue;
      network.links.push_back(link);
      ++degree[link.from];
      ++degree[link.to];
      for (std::size_t& g : group)
        if (g == b) g = a;
    }
  return network;
}

namespace {

/// Whether the terminals meet over what `usable` says.
template <class Usable>
bool meet(const NetworkGraph& network, const std::vector<std::size_t>& terminals, Usable usable) {
  std::vector<std::size_t> group(network.vertices);
  for (std::size_t v = 0; v < network.vertices; ++v) group[v] = v;
  const auto find = [&](std::size_t v) {
    while (group[v] != v) v = group[v];
    return v;
  };
  for (std::size_t l = 0; l < network.links.size(); ++l) {
    const auto [a, b] = network.links[l];
    if (usable(network.vertices + l) && usable(a) && usable(b)) group[find(a)] = find(b);
  }
  return std::ranges::all_of(
      terminals, [&](std::size_t t) { return usable(t) && find(t) == find(terminals.front()); });
}

enum class Known : char { open, up, down };

long double factored(const NetworkGraph& network, const std::vector<std::size_t>& terminals,
                     const std::vector<double>& u, std::vector<Known>& known) {
  if (!meet(network, terminals, [&](std::size_t e) { return known[e] != Known::down; }))
    return 1.0L;
  if (meet(network, terminals, [&](std::size_t e) { return known[e] == Known::up; })) return 0.0L;
  // The open element without which the terminals, by what may still work, would part, or just the first.
  std::size_t pivot = known.size();
  for (std::size_t e = 0; e < known.size(); ++e) {
    if (known[e] != Known::open) continue;
    if (pivot == known.size()) pivot = e;
    const bool vital = !meet(network, terminals, [&](std::size_t other) {
      return other != e && known[other] != Known::down;
    });
    if (!vital) continue;
    pivot = e;
    break;
  }
  known[pivot] = Known::up;
  const long double up = factored(network, terminals, u, known);
  known[pivot] = Known::down;
  const long double down = factored(network, terminals, u, known);
  known[pivot] = Known::open;
  return (1.0L - u[pivot]) * up + u[pivot] * down;
}

}  // namespace

long double apart_by_enumeration(const NetworkGraph& network,
                                 const std::vector<std::size_t>& terminals,
                                 const std::vector<double>& unavailability) {
  long double apart = 0.0L;
  for (std::uint64_t down = 0; down >> network.element_count() == 0; ++down) {
    if (meet(network, terminals, [&](std::size_t e) { return ((down >> e) & 1U) == 0; })) continue;
    long double probability = 1.0L;
    for (std::size_t e = 0; e < network.element_count(); ++e)
      probability *= ((down >> e) & 1U) != 0 ? static_cast<long double>(unavailability[e])
                                             : 1.0L - unavailability[e];
    apart += probability;
  }
  return apart;
}

long double apart_by_factoring(const NetworkGraph& network,
                               const std::vector<std::size_t>& terminals,
                               const std::vector<double>& unavailability) {
  std::vector<Known> known(network.element_count(), Known::open);
  return factored(network, terminals, unavailability, known);
}

}  // namespace haplan::test
