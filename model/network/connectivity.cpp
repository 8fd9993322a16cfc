#include "model/network/connectivity.hpp"

#include <algorithm>

#include "model/base/contract.hpp"
#include "model/network/order.hpp"

namespace haplan::model {

namespace {

/// Vertices step in at their first link.
FrontierProblem problem_of(const NetworkGraph& network, const Core& core, const Parts& parts) {
  FrontierProblem problem;
  std::vector<NetworkLink> links;
  for (const Core::Vertex& vertex : core.vertices)
    problem.vertices.push_back({vertex.terminal, vertex.part.has_value()});
  for (const Core::Link& link : core.links) {
    const Parts::Part& part = parts.part(link.part);
    const bool fails = part.kind != Parts::Kind::element || network.fails(part.first);
    problem.links.push_back({link.from, link.to, fails, part.may_lose});
    links.push_back({link.from, link.to});
  }
  std::vector<bool> entered(core.vertices.size(), false);
  for (const std::size_t link : link_order(core.vertices.size(), links).links) {
    for (const std::size_t v : {core.links[link].from, core.links[link].to}) {
      if (entered[v]) continue;
      entered[v] = true;
      if (problem.vertices[v].fails) problem.steps.push_back({false, v});
    }
    problem.steps.push_back({true, link});
  }
  return problem;
}

using Values = std::vector<std::vector<ConnectivityFigures>>;  ///< [level][node]

ConnectivityFigures value_at(const std::vector<ConnectivityFigures>& level,
                             FrontierDiagram::Ref ref) {
  if (ref == FrontierDiagram::kApart) return {0.0, 1.0};
  if (ref == FrontierDiagram::kConnected) return {1.0, 0.0};
  return level[ref - FrontierDiagram::kFirst];
}

/// From the last level to the first; one empty level stands behind the last.
Values values_of(const FrontierDiagram& diagram, const std::vector<Parts::Id>& part,
                 const std::vector<PartOutcome>& outcome) {
  Values values(diagram.levels.size() + 1);
  for (std::size_t l = diagram.levels.size(); l-- > 0;) {
    const PartOutcome& o = outcome[part[l]];
    values[l].reserve(diagram.levels[l].nodes.size());
    for (const auto& [up, down] : diagram.levels[l].nodes) {
      const ConnectivityFigures joined = value_at(values[l + 1], up);
      const ConnectivityFigures parted = value_at(values[l + 1], down);
      values[l].push_back({o.joins * joined.connected + o.parts * parted.connected,
                           o.joins * joined.disconnected + o.parts * parted.disconnected + o.lost});
    }
  }
  return values;
}

/// How much likelier `parted` is apart than `joined`, from whichever side has less to cancel.
double difference(const ConnectivityFigures& joined, const ConnectivityFigures& parted) {
  return parted.disconnected < joined.connected ? parted.disconnected - joined.disconnected
                                                : joined.connected - parted.connected;
}

/// Adds the slopes of a core's parts, weighted.
void add_slopes(const FrontierDiagram& diagram, const std::vector<Parts::Id>& part,
                const std::vector<PartOutcome>& outcome, const Values& values, double weight,
                std::vector<PartSlope>& slope) {
  if (diagram.levels.empty()) return;
  std::vector<double> reach{weight};
  for (std::size_t l = 0; l < diagram.levels.size(); ++l) {
    const std::vector<FrontierDiagram::Node>& nodes = diagram.levels[l].nodes;
    const PartOutcome& o = outcome[part[l]];
    std::vector<double> next(values[l + 1].size(), 0.0);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto [up, down] = nodes[i];
      if (up >= FrontierDiagram::kFirst) next[up - FrontierDiagram::kFirst] += reach[i] * o.joins;
      if (down >= FrontierDiagram::kFirst)
        next[down - FrontierDiagram::kFirst] += reach[i] * o.parts;
      const ConnectivityFigures parted = value_at(values[l + 1], down);
      if (up != down)
        slope[part[l]].parting += reach[i] * difference(value_at(values[l + 1], up), parted);
      slope[part[l]].losing += reach[i] * parted.connected;
    }
    reach = std::move(next);
  }
}

}  // namespace

Result<Connectivity> Connectivity::compile(const NetworkGraph& network,
                                           std::span<const std::size_t> terminals,
                                           const FrontierLimits& limits) {
  HAPLAN_EXPECTS(!terminals.empty());
  HAPLAN_EXPECTS(network.perfect.empty() || network.perfect.size() == network.element_count());
  Reduction reduction = reduce(network, terminals);
  Connectivity made;
  made.elements_ = network.element_count();
  made.possible_ = reduction.possible;
  made.work_.cores = reduction.cores.size();
  for (const Core& core : reduction.cores) {
    const FrontierProblem problem = problem_of(network, core, reduction.parts);
    auto diagram = frontier_diagram(problem, limits);
    if (!diagram) return tl::unexpected(diagram.error());
    CompiledCore compiled;
    for (const FrontierDiagram::Level& level : diagram->levels)
      compiled.part.push_back(level.step.is_link ? core.links[level.step.index].part
                                                 : *core.vertices[level.step.index].part);
    made.work_.core_links += core.links.size();
    made.work_.max_frontier = std::max(made.work_.max_frontier, diagram->max_frontier);
    made.work_.diagram_nodes += diagram->nodes;
    compiled.diagram = std::move(*diagram);
    made.cores_.push_back(std::move(compiled));
  }
  made.parts_ = std::move(reduction.parts);
  made.series_ = std::move(reduction.series);
  return made;
}

ConnectivityFigures Connectivity::evaluate(std::span<const double> unavailability) const {
  HAPLAN_EXPECTS(unavailability.size() == elements_);
  if (!possible_) return {0.0, 1.0};
  std::vector<PartOutcome> outcome;
  parts_.evaluate(unavailability, outcome);
  ConnectivityFigures whole{1.0, 0.0};
  const auto add = [&](double connected, double disconnected) {
    whole.disconnected += whole.connected * disconnected;
    whole.connected *= connected;
  };
  for (const Parts::Id id : series_) add(outcome[id].joins, outcome[id].parts + outcome[id].lost);
  for (const CompiledCore& core : cores_) {
    const ConnectivityFigures figures =
        value_at(values_of(core.diagram, core.part, outcome).front(), core.diagram.root);
    add(figures.connected, figures.disconnected);
  }
  return whole;
}

ConnectivitySlopes Connectivity::slopes(std::span<const double> unavailability) const {
  HAPLAN_EXPECTS(unavailability.size() == elements_);
  ConnectivitySlopes result;
  result.birnbaum.assign(elements_, 0.0);
  result.figures = {0.0, 1.0};
  if (!possible_) return result;
  std::vector<PartOutcome> outcome;
  parts_.evaluate(unavailability, outcome);

  // Everything in series, once: each item's slope is the product of the others, from both sides.
  std::vector<ConnectivityFigures> items;
  std::vector<Values> values;
  for (const Parts::Id id : series_)
    items.push_back({outcome[id].joins, outcome[id].parts + outcome[id].lost});
  for (const CompiledCore& core : cores_) {
    values.push_back(values_of(core.diagram, core.part, outcome));
    items.push_back(value_at(values.back().front(), core.diagram.root));
  }
  std::vector<double> later(items.size() + 1, 1.0);
  for (std::size_t i = items.size(); i-- > 0;) later[i] = later[i + 1] * items[i].connected;
  std::vector<PartSlope> slope(parts_.size());
  result.figures = {1.0, 0.0};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double others = result.figures.connected * later[i + 1];
    if (i < series_.size()) {
      slope[series_[i]].parting += others;
    } else {
      const CompiledCore& core = cores_[i - series_.size()];
      add_slopes(core.diagram, core.part, outcome, values[i - series_.size()], others, slope);
    }
    result.figures.disconnected += result.figures.connected * items[i].disconnected;
    result.figures.connected *= items[i].connected;
  }
  parts_.derivatives(outcome, slope, result.birnbaum);
  return result;
}

}  // namespace haplan::model
