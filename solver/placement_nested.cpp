#include "solver/placement_nested.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "model/availability/evaluate.hpp"
#include "model/availability/headroom.hpp"
#include "model/availability/occupancy.hpp"
#include "model/availability/service_functions.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::solver {

using namespace model;

namespace {

/// Replicas per node, or per zone.
using Counts = std::vector<int>;

bool falling(const Counts& counts, std::size_t without) {
  int last = counts.empty() ? 0 : std::ranges::max(counts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i == without) continue;
    if (counts[i] > last) return false;
    last = counts[i];
  }
  return true;
}

class Nested {
 public:
  Nested(const PlacementRequest& request, const ComponentNumbers& numbers)
      : request_(request),
        system_(request.problem.system),
        space_(own_space(request.problem, request.load, request.deployment)),
        functions_(service_functions(system_, numbers)) {}

  std::optional<Deployment> find() {
    if (system_.nodes.empty() || functions_.network_bounded) return std::nullopt;
    if (!find_zones() || !find_members()) return std::nullopt;
    Deployment first = request_.deployment;
    if (!place_first(first)) return std::nullopt;
    const bool sorted = zones_ > 0 ? zones_sorted(first) : nodes_sorted(first);
    if (!sorted || !check_placement(system_, request_.load, first).ok ||
        !has_headroom(system_, request_.load, first, request_.stop))
      return std::nullopt;
    if (request_.acceptable && !request_.acceptable(first)) return std::nullopt;
    return first;
  }

 private:
  /// All nodes fail alike, within one domain or none, or without drains in zones that fail alike.
  bool find_zones() {
    const Node& first = system_.nodes.front();
    std::map<std::optional<DomainId>, std::size_t> zones;
    for (const Node& node : system_.nodes) {
      zone_.push_back(zones.try_emplace(node.parent, zones.size()).first->second);
      if (node.down || !fail_alike(node.modes, first.modes)) return false;
    }
    if (zones.size() == 1) return true;
    zones_ = zones.size();
    if (system_.drain || !first.parent) return false;
    const auto& modes = system_.domains[*first.parent].modes;
    return std::ranges::all_of(zones, [&](const auto& zone) {
      if (!zone.first) return false;
      const Domain& domain = system_.domains[*zone.first];
      return !domain.parent && !domain.down && fail_alike(domain.modes, modes);
    });
  }

  /// The components that change figures; all in series, with numbers of replicas per node (or zone) that rules fix.
  bool find_members() {
    std::vector<bool> member(functions_.inputs.size(), false);
    for (const ServiceFunction& function : functions_.functions) {
      const bool counts = std::ranges::any_of(request_.problem.objectives, [&](const auto& o) {
        return std::ranges::count(function.services, o.service) > 0;
      });
      if (!counts) continue;
      if (!function.gated.empty()) return false;
      for (const std::size_t i : function.series) member[i] = true;
    }
    for (std::size_t i = 0; i < member.size(); ++i)
      if (member[i]) members_.push_back(functions_.inputs[i]);
    return std::ranges::all_of(members_, [this](ComponentId c) { return fixed_counts(c); });
  }

  [[nodiscard]] bool fixed_counts(ComponentId c) const {
    const Component& component = system_.components[c];
    const PlacementRule& rule = space_.rules[c];
    if (!request_.problem.placement_open[c] || rule.together || rule.fixed || rule.counts.empty() ||
        rule.nodes.size() != system_.nodes.size())
      return false;
    const int most = rule.counts.back();
    if (most == 1) return true;
    if (!spreads_hard(system_, component) || rule.max_skew != 1) return false;
    if (zones_ == 0) return rule.domain_count == system_.nodes.size();
    if (rule.domain_count != zones_ || most > static_cast<int>(zones_)) return false;
    // The spread domains are the zones.
    for (std::size_t a = 0; a < rule.nodes.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        if ((rule.domain[a] == rule.domain[b]) != (zone_[rule.nodes[a]] == zone_[rule.nodes[b]]))
          return false;
    return true;
  }

  /// Every component where it comes first by itself.
  bool place_first(Deployment& first) const {
    std::vector<std::size_t> different(system_.nodes.size());
    std::iota(different.begin(), different.end(), std::size_t{0});
    for (const PlacementUnit& unit : space_.units) {
      const UnitPlacements list = unit_placements(space_, unit, different, 1);
      if (list.options.empty()) return false;
      for (std::size_t i = 0; i < unit.size(); ++i)
        first.components[unit[i]].nodes = list.options.front()[i];
    }
    return true;
  }

  [[nodiscard]] Counts counts_on(const std::vector<NodeId>& nodes, int replicas) const {
    Counts counts(system_.nodes.size(), 0);
    for (int i = 0; i < replicas; ++i) ++counts[nodes[static_cast<std::size_t>(i)]];
    return counts;
  }

  /// MODEL 2: one after another to the emptiest node, the first of equal ones.
  static Counts drained(Counts counts, std::size_t node) {
    for (int moving = std::exchange(counts[node], 0); moving > 0; --moving) {
      std::size_t to = node;
      for (std::size_t n = 0; n < counts.size(); ++n)
        if (n != node && (to == node || counts[n] < counts[to])) to = n;
      if (to == node) break;
      ++counts[to];
    }
    return counts;
  }

  /// In order of names, and so while any node is drained.
  [[nodiscard]] bool nodes_sorted(const Deployment& first) const {
    return std::ranges::all_of(members_, [&](ComponentId c) {
      return std::ranges::all_of(space_.rules[c].counts, [&](int replicas) {
        const Counts counts = counts_on(first.components[c].nodes, replicas);
        if (!falling(counts, counts.size())) return false;
        if (!system_.drain) return true;
        for (std::size_t node = 0; node < counts.size(); ++node)
          if (!falling(drained(counts, node), node)) return false;
        return true;
      });
    });
  }

  /// One node of each zone, and the zones in one order for all components.
  [[nodiscard]] bool zones_sorted(const Deployment& first) const {
    std::vector<std::optional<NodeId>> used(zones_);
    std::vector<Counts> all;
    for (const ComponentId c : members_)
      for (const int replicas : space_.rules[c].counts) {
        const auto& nodes = first.components[c].nodes;
        Counts counts(zones_, 0);
        for (int i = 0; i < replicas; ++i) {
          const NodeId node = nodes[static_cast<std::size_t>(i)];
          if (++counts[zone_[node]] > 1 || used[zone_[node]].value_or(node) != node) return false;
          used[zone_[node]] = node;
        }
        all.push_back(std::move(counts));
      }
    for (std::size_t a = 0; a < zones_; ++a)
      for (std::size_t b = 0; b < a; ++b) {
        const auto more = [&](const Counts& counts) { return counts[a] > counts[b]; };
        const auto fewer = [&](const Counts& counts) { return counts[a] < counts[b]; };
        if (std::ranges::any_of(all, more) && std::ranges::any_of(all, fewer)) return false;
      }
    return true;
  }

  const PlacementRequest& request_;
  const System& system_;
  const PlacementSpace space_;
  const ServiceFunctions functions_;
  std::size_t zones_ = 0;          ///< 0: no more than one domain
  std::vector<std::size_t> zone_;  ///< per node
  std::vector<ComponentId> members_;
};

}  // namespace

std::optional<Deployment> nested_placement(const PlacementRequest& request,
                                           const ComponentNumbers& numbers) {
  return Nested(request, numbers).find();
}

std::optional<double> least_unavailability(const Problem& problem, const Deployment& deployment) {
  Problem roomy = problem;
  for (Node& node : roomy.system.nodes) node.capacity.clear();
  const LoadTable load = load_table(roomy.system);
  const auto numbers = component_numbers(roomy.system, deployment);
  if (!numbers) return std::nullopt;
  const auto nested = nested_placement({roomy, load, deployment, {}, {}}, *numbers);
  if (!nested) return std::nullopt;
  const auto evaluation = evaluate(roomy.system, *nested, {.figures = false});
  if (!evaluation) return std::nullopt;
  double sum = 0.0;
  for (const Objective& objective : roomy.objectives)
    sum += evaluation->services[objective.service].unavailability.lower;
  return sum;
}

}  // namespace haplan::solver
