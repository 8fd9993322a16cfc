#pragma once

#include <cstdint>
#include <vector>

#include "model/availability/probabilities.hpp"

/// Whether a service is down in one given state of all elementary failures.
namespace haplan::model {

/// Something that fails on its own, with what its failure takes.
struct FailureElement {
  CauseKind kind = CauseKind::replica;
  std::size_t subject = 0;  ///< domain, node, claim, switchover, vertex, link or component
  int index = 0;            ///< of a replica
  std::string mode;         ///< of a factor
  /// P(this bad or worse) for ranks 1, 2, ...: one, or for a node one per stage, the last stage (the mildest) first.
  std::vector<double> at_least;
};

class FailureStates {
 public:
  /// References must outlive this object.
  FailureStates(const System& system, const Deployment& deployment, const Compiled& compiled,
                const Numbers& numbers, ServiceId service);

  /// Elements that can fail and that the service can depend on.
  [[nodiscard]] const std::vector<FailureElement>& elements() const { return elements_; }

  /// Makes `world` the situation that down() is asked about.
  void enter(const Situation& world);

  /// False where the structure is too large to be known.
  ///   rank    per element, 0: it works
  ///   failed  at least the elements of rank above 0
  ///   cost    O(replicas + nodes below the failed domains)
  [[nodiscard]] bool down(const std::vector<int>& rank, const std::vector<std::size_t>& failed);

 private:
  struct Running {
    ComponentId component = 0;
    std::int64_t need = 0;
    std::vector<std::int64_t> weight;  ///< per replica of variants that mix; else empty: 1 each
    std::vector<NodeId> nodes;         ///< per replica; empty without a cluster
    std::vector<std::size_t> replica;  ///< element per replica; kNone: it cannot fail
    std::vector<std::size_t> factors;  ///< elements
  };

  void add(FailureElement element);
  void add_domains(const Numbers& numbers);
  void add_component(ComponentId component, const Numbers& numbers);
  void decide_nodes(const std::vector<int>& rank, const std::vector<std::size_t>& failed);
  void lose(NodeId node);

  const System& system_;
  const Deployment& deployment_;
  const Compiled& compiled_;
  ServiceId service_;
  std::vector<FailureElement> elements_;
  std::vector<bool> reached_;
  std::vector<std::vector<std::size_t>> factors_;  ///< per table: elements
  std::vector<std::vector<MixedReplicas>> mixed_;  ///< per table
  std::vector<std::int64_t> mixed_need_;           ///< per table
  const Situation* world_ = nullptr;
  std::vector<Running> running_;
  std::vector<std::size_t> node_element_;
  std::vector<std::vector<NodeId>> below_;  ///< per domain
  std::vector<bool> unreachable_;
  std::vector<bool> cut_off_;  ///< by an ancestor
  std::vector<NodeId> lost_;   ///< all that are unreachable
  std::vector<int> value_;     ///< of the structure's variables
};

}  // namespace haplan::model
