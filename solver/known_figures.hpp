#pragma once

#include <array>
#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "solver/figures.hpp"

/// Figures of options that were computed before: an explanation asks tens of changed problems, each of which leaves most
/// components as they are.
namespace haplan::solver {

/// What belongs to one run of solve() and the searches in it. Contents change no result, only how soon it comes.
/// Invariant: what is known of a subject was computed from inputs equal to those that gave the subject its number.
class KnownFigures {
 public:
  KnownFigures() = default;
  KnownFigures(const KnownFigures&) = delete;
  KnownFigures& operator=(const KnownFigures&) = delete;

  /// The number of everything that a component's figures depend on but for its counts and settings: the cluster, its
  /// own part of system, load, rules and running plan, and the components with which it shares a claim.
  std::size_t subject(const Problem& problem, const model::LoadTable& load,
                      model::ComponentId component);

  /// Of a subject, with these replicas per level.
  ///   plan        its counts as chosen
  ///   toleration  [s]
  ///   headroom    every placement has headroom
  ///   returns     valid until the next call of subject()
  KnownOptions& of(std::size_t subject, const std::vector<int>& replicas,
                   const model::ComponentPlan& plan, int toleration, bool headroom);

  /// Reaches in the cluster of the first system that asks, which most others have, too. Null: this one's differs.
  ///   returns  valid as long as this object
  model::Reaches* reaches(const model::System& system);

 private:
  /// What all components see.
  struct World {
    model::System system;                             ///< without components and services
    std::vector<std::vector<model::NodeId>> allowed;  ///< to any component, ascending, distinct

    friend bool operator==(const World&, const World&) = default;
  };
  /// What one sees beside.
  struct Subject {
    std::size_t world = 0;
    model::Component component;   ///< without dependencies
    std::array<bool, 3> rules{};  ///< that it carries
    bool placement_open = false;
    std::vector<model::NodeId> nodes;  ///< of the running plan
    std::vector<double> rate;          ///< [1/s] per level
    std::vector<std::optional<model::Rational>> exact_rate;
    std::vector<int> need;
    std::vector<std::size_t> beside;  ///< subjects that share its claim

    friend bool operator==(const Subject&, const Subject&) = default;
  };
  struct Key {
    std::size_t subject;
    std::vector<int> replicas;
    std::vector<int> counts;  ///< of the plan
    int toleration;
    bool headroom;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  void forget_when_full();
  std::size_t world(const model::System& system);
  /// Without those beside it.
  static Subject alone(const Problem& problem, const model::LoadTable& load,
                       model::ComponentId component, std::size_t world);

  /// What reaches depend on: the cluster, and where components may be and with which others.
  static model::System movers_of(const model::System& system);

  std::unique_ptr<const model::System> first_;  ///< movers_of the first
  std::unique_ptr<model::Reaches> reaches_;     ///< of first_
  std::vector<World> worlds_;
  std::vector<Subject> subjects_;
  std::map<Key, KnownOptions> known_;
};

}  // namespace haplan::solver
