#include "model/system/graph.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

/// Collects vertices as they finish, and the first cycle met: a back edge closes the path from its
/// target.
class OrderVisitor : public boost::default_dfs_visitor {
 public:
  OrderVisitor(DependencyOrder& result, std::vector<std::size_t>& path)
      : result_(&result), path_(&path) {}

  void discover_vertex(std::size_t vertex, const Graph&) { path_->push_back(vertex); }

  void finish_vertex(std::size_t vertex, const Graph&) {
    path_->pop_back();
    result_->order.push_back(vertex);
  }

  void back_edge(const Graph::edge_descriptor& edge, const Graph& graph) {
    if (!result_->cycle.empty()) return;
    const auto start = std::find(path_->begin(), path_->end(), boost::target(edge, graph));
    result_->cycle.assign(start, path_->end());
  }

 private:
  DependencyOrder* result_;  // visitors are copied; these point to the one result
  std::vector<std::size_t>* path_;
};

void collect_leaves(const Requirement& requirement, std::vector<ComponentId>& leaves) {
  if (requirement.kind == Requirement::Kind::component) leaves.push_back(requirement.component);
  for (const Requirement& member : requirement.of) collect_leaves(member, leaves);
}

}  // namespace

DependencyOrder dependency_order(const std::vector<std::vector<std::size_t>>& depends_on) {
  Graph graph(depends_on.size());
  for (std::size_t from = 0; from < depends_on.size(); ++from) {
    for (const std::size_t to : depends_on[from]) {
      HAPLAN_EXPECTS(to < depends_on.size());
      boost::add_edge(from, to, graph);
    }
  }
  DependencyOrder result;
  std::vector<std::size_t> path;
  boost::depth_first_search(graph, boost::visitor(OrderVisitor(result, path)));
  return result;
}

DependencyOrder dependency_order(const System& system) {
  std::vector<std::vector<std::size_t>> depends_on;
  for (const Component& component : system.components) {
    std::vector<ComponentId> leaves = leaves_of(component.depends_on);
    collect_leaves(component.gate, leaves);
    depends_on.push_back(std::move(leaves));
  }
  return dependency_order(depends_on);
}

std::vector<ComponentId> leaves_of(const Requirement& requirement) {
  std::vector<ComponentId> leaves;
  collect_leaves(requirement, leaves);
  return leaves;
}

}  // namespace haplan::model
