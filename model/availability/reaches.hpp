#pragma once

#include <compare>
#include <map>
#include <vector>

#include "model/availability/reach.hpp"

/// How many replicas of many placements are reachable, in the system and while one of its domains is down.
namespace haplan::model {

/// A system given which of its domains are down.
struct Condition {
  double mass = 0.0;  ///< probability
  System system;
  Cluster cluster;
};

/// No domain down, then each one as the only one that is (but for those that always are). The mass that is missing to 1
/// is that of several at once. Only the first of them when there are too many domains.
std::vector<Condition> conditions(const System& system);

/// Reaches of placements, each computed once for all components to which the same nodes are allowed, and for all placements that
/// equal nodes and equal domains could be exchanged in.
class Reaches {
 public:
  explicit Reaches(const System& system);

  [[nodiscard]] const std::vector<Condition>& given() const { return conditions_; }

  /// In the system itself.
  const Reach& whole(const Cluster& cluster, ComponentId component,
                     const std::vector<NodeId>& nodes);
  /// Under one of the conditions.
  const Reach& under(std::size_t condition, ComponentId component,
                     const std::vector<NodeId>& nodes);

 private:
  struct Key {
    std::size_t condition;
    std::size_t group;
    std::vector<std::size_t> shape;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  /// What a placement keeps when equal nodes, and equal domains with what is in them, are exchanged.
  [[nodiscard]] std::vector<std::size_t> shape(std::size_t condition,
                                               const std::vector<NodeId>& nodes) const;
  [[nodiscard]] std::vector<std::size_t> sorts_of_domains(const System& system) const;

  const System& system_;
  std::vector<Condition> conditions_;
  std::vector<std::size_t> group_;  ///< per component: the first that moves alike
  std::vector<std::size_t> sort_;   ///< per node: the first that fails alike and may be used alike
  std::vector<DomainId> deepest_first_;  ///< domains
  /// Per condition, the system itself last, and domain: the first of the same kind, with the same in it.
  std::vector<std::vector<std::size_t>> domain_sort_;
  std::map<Key, Reach> known_;
};

}  // namespace haplan::model
