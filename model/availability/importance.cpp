#include "model/availability/importance.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "model/availability/causes.hpp"
#include "model/availability/elementary.hpp"
#include "model/availability/elements.hpp"

namespace haplan::model {

namespace {

using Kind = VariableInfo::Kind;
using Key = std::tuple<CauseKind, std::string, std::string>;

/// An element with its derivative and how to set it.
struct Element {
  double unavailability = 0.0;
  double birnbaum = 0.0;
  std::function<void(Numbers&, double)> set;
  NodeId drained = kOut;  ///< an element of kind drain: set by its weight instead
  bool linear = true;     ///< U is a linear function of it
  int count = 1;          ///< replicas that share it, at the level with most
};

double sum(const std::vector<double>& values) {
  double total = 0.0;
  for (const double value : values) total += value;
  return total;
}

class Survey {
 public:
  Survey(const System& system, const Compiled& compiled, const Numbers& numbers, ServiceId service)
      : system_(system), compiled_(compiled), numbers_(numbers), service_(service) {
    fill_probabilities(compiled_, numbers_, 1.0, p_);
    compiled_.diagram.probability(p_, 1.0, value_);
    total_ = unavailability_of(system_, compiled_, numbers_, value_, service_, 1.0);
  }

  [[nodiscard]] std::vector<Importance> run() {
    std::vector<Importance> result;
    if (total_ <= 0.0) return result;
    collect();
    for (const auto& [key, element] : elements_) {
      if (element.unavailability <= 0.0 || element.birnbaum == 0.0) continue;
      const auto& [kind, subject, mode] = key;
      const auto [without, with] = ends_of(element);
      result.push_back({kind, subject, mode, element.unavailability, element.birnbaum,
                        element.unavailability * element.birnbaum / total_, with / total_,
                        without > 0.0 ? total_ / without : std::numeric_limits<double>::infinity(),
                        contained(element, without, with)});
    }
    std::stable_sort(result.begin(), result.end(), [](const Importance& a, const Importance& b) {
      return a.criticality > b.criticality;
    });
    return result;
  }

 private:
  void collect() {
    const Sensitivity at = sensitivity(system_, compiled_, numbers_, p_, value_, service_, 1.0);
    for (std::size_t v = 0; v < compiled_.variables.size(); ++v)
      add_variable(compiled_.variables[v], at.dp.data() + compiled_.diagram.first_probability(v));
    for (NodeId n = 0; n < compiled_.drain_stages.size(); ++n) {
      Element& drain = elements_[{CauseKind::drain, system_.nodes[n].name, ""}];
      drain = {numbers_.drained, at.drained_node[n], nullptr, n, false};
    }
  }

  void add_variable(const VariableInfo& info, const double* dp) {
    const std::size_t id = info.subject;
    switch (info.kind) {
      case Kind::domain:
        elements_[{CauseKind::domain, system_.domains[id].name, ""}] = {
            numbers_.domain_down[id], dp[1] - dp[0],
            [id](Numbers& numbers, double u) { numbers.domain_down[id] = u; }};
        return;
      case Kind::claim:
        elements_[{CauseKind::claim, system_.claims[id].name, ""}] = {
            numbers_.claim_down[id], dp[1] - dp[0],
            [id](Numbers& numbers, double u) { numbers.claim_down[id] = u; }};
        return;
      case Kind::vertex:
        elements_[{CauseKind::vertex, system_.network.vertices[id].name, ""}] = {
            numbers_.vertex_down[id], dp[1] - dp[0],
            [id](Numbers& numbers, double u) { numbers.vertex_down[id] = u; }};
        return;
      case Kind::link:
        elements_[{CauseKind::link, system_.network.links[id].name, ""}] = {
            numbers_.link_down[id], dp[1] - dp[0],
            [id](Numbers& numbers, double u) { numbers.link_down[id] = u; }};
        return;
      case Kind::switchover:
        elements_[{CauseKind::switchover, compiled_.structure.switchovers[id].gate, ""}] = {
            numbers_.switchover[id], dp[1] - dp[0],
            [id](Numbers& numbers, double u) { numbers.switchover[id] = u; }};
        return;
      case Kind::node: add_node(id, dp); return;
      case Kind::component:
      case Kind::replicas: add_component(info, dp[1] - dp[0]); return;
      case Kind::pair:
      case Kind::entry: return;
    }
  }

  void add_node(NodeId node, const double* dp) {
    const std::vector<double>& stages = numbers_.node_stages[node];
    const double down = sum(stages);
    double derivative = 0.0;
    for (std::size_t s = 0; s < stages.size() && down > 0.0; ++s)
      derivative += stages[s] / down * (dp[s + 1] - dp[0]);
    elements_[{CauseKind::node, system_.nodes[node].name, ""}] = {
        down, derivative, [node, down](Numbers& numbers, double u) {
          for (double& stage : numbers.node_stages[node]) stage *= u / down;
        }};
  }

  /// The same replicas and factors stand in one table per level: they are set and summed together.
  void add_component(const VariableInfo& info, double critical) {
    const TableNumbers& table = numbers_.tables[info.table];
    const ComponentId c = compiled_.tables[info.table].component;
    const Component& component = system_.components[c];
    const ElementDerivatives chain = element_derivatives(table, info.reachable[0], 1.0);
    const CauseKind kind = component.replicated() ? CauseKind::replica
                           : component.chain      ? CauseKind::chain
                                                  : CauseKind::external;
    const auto add = [&](const Key& key, double u, double derivative,
                         std::function<void(TableNumbers&, double)> set, int count = 1) {
      Element& element = elements_[key];
      element.linear = std::get<0>(key) != CauseKind::replica;
      element.unavailability = std::max(element.unavailability, u);
      element.count = std::max(element.count, count);
      element.birnbaum += critical * derivative;
      element.set = [this, c, set = std::move(set)](Numbers& numbers, double value) {
        for (std::size_t t = 0; t < numbers.tables.size(); ++t)
          if (compiled_.tables[t].component == c) set(numbers.tables[t], value);
      };
    };
    if (table.mixed.empty())
      add(
          {kind, component.name, ""}, table.core, chain.core,
          [](TableNumbers& numbers, double u) { numbers.core = u; },
          component.replicated() ? compiled_.tables[info.table].replicas : 1);
    for (std::size_t g = 0; g < table.mixed.size(); ++g)
      add(
          {kind, component.name, component.variants[table.mixed[g].variant].name},
          table.mixed[g].core, chain.mixed[g],
          [g](TableNumbers& numbers, double u) { numbers.mixed[g].core = u; },
          table.mixed[g].count);
    for (std::size_t i = 0; i < table.factors.size(); ++i) {
      const Factor& factor = table.factors[i];
      add({factor.kind, component.name, factor.mode}, factor.unavailability, chain.factors[i],
          [which = factor.kind, mode = factor.mode](TableNumbers& numbers, double u) {
            for (Factor& other : numbers.factors)
              if (other.kind == which && other.mode == mode) other.unavailability = u;
          });
    }
  }

  /// U at u = 0 and u = 1. All but replicas, which share one u, and drains, which exclude each other, are linear; the
  /// difference is only taken where it keeps its digits.
  [[nodiscard]] std::pair<double, double> ends_of(const Element& element) {
    const double part = element.unavailability * element.birnbaum;
    if (!element.linear || part > 0.5 * total_ || part < 0.0)
      return {unavailability_at(element, 0.0), unavailability_at(element, 1.0)};
    return {total_ - part, total_ + (1.0 - element.unavailability) * element.birnbaum};
  }

  /// Around Fussell-Vesely: a minimal cut set with i holds whenever i has failed and decides, and only if i has failed
  /// and the service is down. Of n replicas with one u, the derivative counts each; P(all up, service down) is
  /// (1-u)^n U(u=0).
  [[nodiscard]] Estimate contained(const Element& element, double without, double with) const {
    if (compiled_.truncated) return {1.0, 0.0, 1.0, Method::bounded};
    const double u = element.unavailability;
    const double decides = u * element.birnbaum / element.count;
    double failed = u * with;
    if (!element.linear && element.drained == kOut) {
      const double some = -std::expm1(element.count * std::log1p(-u));
      failed = (total_ - without) + some * without;
    }
    const double upper = std::clamp(failed / total_, 0.0, 1.0);
    constexpr double kRounding = 1e-12;  // a derivative is a difference
    const double lower = std::clamp((decides - kRounding * failed) / total_, 0.0, upper);
    return {upper, lower, upper, Method::bounded};
  }

  [[nodiscard]] double unavailability_at(const Element& element, double u) {
    if (element.drained != kOut) return with_drain(element.drained, u);
    Numbers numbers = numbers_;
    element.set(numbers, u);
    std::vector<double> p;
    std::vector<double> value;
    fill_probabilities(compiled_, numbers, 1.0, p);
    compiled_.diagram.probability(p, 1.0, value);
    return unavailability_of(system_, compiled_, numbers, value, service_, 1.0);
  }

  /// Drains exclude each other: at 1 the node is always drained and no other is, at 0 the others are as often.
  [[nodiscard]] double with_drain(NodeId node, double u) const {
    const auto others = static_cast<double>(compiled_.drain_stages.size() - 1);
    const double none = u == 1.0 ? 0.0 : 1.0 - others * numbers_.drained;
    double total = 0.0;
    for (const Situation& world : compiled_.worlds) {
      if (world.before) continue;
      double weight = none;
      if (world.drained != kOut) {
        const double drained = world.drained == node ? u : u == 1.0 ? 0.0 : numbers_.drained;
        weight = drained * numbers_.drain_stages[world.drained][world.stage];
      }
      total += system_.levels[world.level].share * weight * value_[world.service_down[service_]];
    }
    return total;
  }

  const System& system_;
  const Compiled& compiled_;
  const Numbers& numbers_;
  ServiceId service_;
  std::vector<double> p_;
  std::vector<double> value_;
  double total_ = 0.0;
  std::map<Key, Element> elements_;
};

}  // namespace

Result<std::vector<std::vector<Importance>>> importance(const System& system,
                                                        const Deployment& deployment,
                                                        const ImportanceOptions& options) {
  const Result<Quantified> all = quantify(system, deployment);
  if (!all) return tl::unexpected(all.error());
  std::vector<std::vector<Importance>> result;
  for (ServiceId s = 0; s < system.services.size(); ++s)
    result.push_back(Survey(system, all->compiled, all->numbers, s).run());
  add_fussell_vesely(system, deployment, all->compiled, all->numbers, options, result);
  return result;
}

}  // namespace haplan::model
