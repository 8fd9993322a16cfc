#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/availability/importance.hpp"
#include "model/availability/probabilities.hpp"

/// The structure function over elementary events (single replicas, domains, factors), which cut sets are about.
/// The compiled diagram sums replicas up; here each has a variable of its own.
namespace haplan::model {

class Elementary {
 public:
  /// What an element's variables are named by: kind, subject, mode.
  using Key = std::tuple<CauseKind, std::string, std::string>;

  /// All references must outlive this object.
  ///   node_limit  of the diagram; see exhausted()
  Elementary(const System& system, const Deployment& deployment, const Compiled& compiled,
             const Numbers& numbers, std::size_t node_limit);

  /// "The service is down", given the level and what is drained; monotone in the badness of every variable.
  Diagram::Ref down(const Situation& world, ServiceId service);

  /// States in which some minimal cut set that contains a failure of these variables holds.
  Diagram::Ref cut_with(Diagram::Ref down, const std::vector<std::size_t>& variables);

  /// The least set of states that contains `f` and all worse ones.
  Diagram::Ref closure(Diagram::Ref f) { return diagram_.upward_closure(f, badness_); }

  /// Variables of an element: several for the replicas of a component; empty where it has none.
  [[nodiscard]] std::vector<std::size_t> variables_of(const Key& key) const;

  /// P(f) for every function; `unknown` for what was too large to build.
  [[nodiscard]] std::vector<double> probabilities(double unknown) const;

  Diagram& diagram() { return diagram_; }
  [[nodiscard]] bool exhausted() const { return too_large_ || diagram_.exhausted(); }

 private:
  /// Of a table whose replicas mix: what each weighs, and what those that serve must weigh.
  struct Mix {
    std::vector<std::int64_t> weight;
    std::int64_t need = 0;
  };

  std::size_t add(const Key& key, const std::vector<double>& distribution);
  void add_structure(const Numbers& numbers);
  void add_domains(const Numbers& numbers);
  void add_component(ComponentId component, const Numbers& numbers);
  [[nodiscard]] int replicas(LevelId level, ComponentId component) const;
  Diagram::Ref weigh_less(const Mix& mix, const std::vector<Diagram::Ref>& out);
  Diagram::Ref component_down(const Situation& world, ComponentId component);
  Diagram::Ref replica_out(const Situation& world, ComponentId component, NodeId node);
  Diagram::Ref down_at_all(std::size_t variable);
  Diagram::Ref ancestors_down(NodeId node);
  Diagram::Ref another_unreachable(NodeId node);

  const System& system_;
  const Deployment& deployment_;
  const Compiled& compiled_;
  Diagram diagram_;
  Structure structure_;
  bool too_large_ = false;  ///< the network
  std::vector<std::size_t> domain_;
  std::vector<std::size_t> node_;
  std::vector<std::vector<std::size_t>> replica_;  ///< [component][index], or one for the others
  std::map<Key, std::vector<std::size_t>> variables_;
  std::vector<std::vector<std::size_t>>
      factors_;             ///< per table: a level may lack one that others have
  std::vector<Mix> mixes_;  ///< per table
  std::vector<std::vector<int>> badness_;
  std::vector<std::pair<std::size_t, std::vector<double>>> distribution_;
};

/// What the listed minimal cut sets that contain an element cover.
struct CutsWith {
  std::vector<double> probability;  ///< per element: that one of them holds
  bool complete = false;            ///< no set was left out
};

/// At most P(a minimal cut set with the element holds), and that itself when complete. Drains have none.
///   fails  never; cost as minimal_cut_sets
CutsWith listed_cuts_with(const System& system, const Deployment& deployment,
                          const Compiled& compiled, const Numbers& numbers,
                          const CutSetOptions& options, ServiceId service,
                          const std::vector<Elementary::Key>& elements);

/// Makes Importance::fussell_vesely of every service, given as an interval, exact as far as the diagram stays within
/// the limit; else raises its lower end. A cut set that needs a drained node belongs to it and to the failures
/// beside it.
void add_fussell_vesely(const System& system, const Deployment& deployment,
                        const Compiled& compiled, const Numbers& numbers,
                        const ImportanceOptions& options,
                        std::vector<std::vector<Importance>>& services);

}  // namespace haplan::model
