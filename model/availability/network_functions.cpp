#include "model/availability/network_functions.hpp"

#include <algorithm>
#include <array>

#include "model/network/graph.hpp"
#include "model/network/order.hpp"
#include "model/network/relevance.hpp"

namespace haplan::model {

namespace {

class Builder {
 public:
  Builder(const Network& network, Diagram& diagram, const FrontierLimits& limits)
      : network_(network), diagram_(diagram), limits_(limits) {
    graph_.vertices = network.vertices.size();
    for (const Link& link : network.links) graph_.links.push_back({link.a, link.b});
    result_.vertex.assign(network.vertices.size(), kNoVariable);
    result_.link.assign(network.links.size(), kNoVariable);
    result_.first_variable = diagram.variable_count();
  }

  Result<NetworkFunctions> run(const std::vector<std::vector<VertexId>>& gates) {
    std::map<std::vector<VertexId>, Relevance> relevant;
    for (const std::vector<VertexId>& gate : gates)
      if (!relevant.contains(gate)) relevant[gate] = relevance(graph_, gate);
    lay_out(relevant);
    for (const auto& [gate, what] : relevant) {
      if (!what.possible) {
        result_.apart[gate] = Diagram::kTrue;
        continue;
      }
      const auto walked = frontier_diagram(problem_of(what), limits_);
      if (!walked) return tl::unexpected(walked.error());
      result_.apart[gate] = into_diagram(*walked);
    }
    return std::move(result_);
  }

 private:
  /// All links that matter to some gate in one order, and each vertex before its first link.
  void lay_out(const std::map<std::vector<VertexId>, Relevance>& relevant) {
    std::vector<std::size_t> links;
    for (const auto& [gate, what] : relevant)
      for (const auto& block : what.blocks) links.insert(links.end(), block.begin(), block.end());
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
    std::vector<NetworkLink> ends;
    for (const std::size_t link : links) ends.push_back(graph_.links[link]);
    std::vector<bool> entered(graph_.vertices, false);
    for (const std::size_t at : link_order(graph_.vertices, ends).links) {
      const std::size_t link = links[at];
      for (const VertexId v : {graph_.links[link].from, graph_.links[link].to}) {
        if (entered[v]) continue;
        entered[v] = true;
        if (network_.vertices[v].modes.empty()) continue;
        result_.vertex[v] = diagram_.add_variable(2);
        steps_.push_back({false, v});
      }
      if (!network_.links[link].modes.empty()) result_.link[link] = diagram_.add_variable(2);
      steps_.push_back({true, link});
    }
  }

  [[nodiscard]] FrontierProblem problem_of(const Relevance& what) const {
    FrontierProblem problem;
    std::vector<bool> touched(graph_.vertices, false);
    std::vector<bool> used(graph_.links.size(), false);
    for (const auto& block : what.blocks)
      for (const std::size_t link : block) {
        used[link] = true;
        touched[graph_.links[link].from] = touched[graph_.links[link].to] = true;
      }
    for (VertexId v = 0; v < graph_.vertices; ++v)
      problem.vertices.push_back({what.required[v], result_.vertex[v] != kNoVariable});
    for (std::size_t l = 0; l < graph_.links.size(); ++l)
      problem.links.push_back(
          {graph_.links[l].from, graph_.links[l].to, result_.link[l] != kNoVariable, false});
    for (const FrontierProblem::Step& step : steps_)
      if (step.is_link ? used[step.index] : touched[step.index]) problem.steps.push_back(step);
    return problem;
  }

  /// Level by level from the last, with the terminals turned round: the diagram's functions are of failures.
  Diagram::Ref into_diagram(const FrontierDiagram& walked) {
    std::vector<Diagram::Ref> below;
    const auto translated = [&](FrontierDiagram::Ref ref) {
      switch (ref) {
        case FrontierDiagram::kApart: return Diagram::kTrue;
        case FrontierDiagram::kConnected: return Diagram::kFalse;
        case FrontierDiagram::kUnknown: return Diagram::kUnknown;
        default: return below[ref - FrontierDiagram::kFirst];
      }
    };
    for (std::size_t l = walked.levels.size(); l-- > 0;) {
      const FrontierDiagram::Level& level = walked.levels[l];
      const std::size_t variable =
          level.step.is_link ? result_.link[level.step.index] : result_.vertex[level.step.index];
      std::vector<Diagram::Ref> here;
      here.reserve(level.nodes.size());
      for (const FrontierDiagram::Node& node : level.nodes)
        here.push_back(diagram_.node(
            variable, std::array<Diagram::Ref, 2>{translated(node.up), translated(node.down)}));
      below = std::move(here);
    }
    return translated(walked.root);
  }

  const Network& network_;
  Diagram& diagram_;
  FrontierLimits limits_;
  NetworkGraph graph_;
  NetworkFunctions result_;
  std::vector<FrontierProblem::Step> steps_;
};

}  // namespace

Result<NetworkFunctions> network_functions(const Network& network,
                                           const std::vector<std::vector<VertexId>>& gates,
                                           Diagram& diagram, const FrontierLimits& limits) {
  return Builder(network, diagram, limits).run(gates);
}

}  // namespace haplan::model
