#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "solver/solve.hpp"

/// Why nothing better than a plan exists, or nothing at all, as a list that anybody can check: specs/CERTIFICATE.md.
namespace haplan::solver {

/// Criteria 1 and 2 of the preference.
struct CountRank {
  int peak = 0;             ///< most replicas at a level
  double mean = 0.0;        ///< time-weighted
  std::int64_t cpu = 0;     ///< thousandths, at the first level with most replicas
  std::int64_t memory = 0;  ///< thousandths of bytes there

  friend bool operator==(const CountRank&, const CountRank&) = default;
};

/// What an objective limits; the words are those of the spec.
enum class LimitKind {
  availability,
  error_rate,
  recovery_time,
  response_time,
  loss_node,
  loss_zone,
  loss_replica,
  loss_primary,
  data_loss,
};

/// The system that a figure is taken of, which is at least as good as every deployment of a box.
enum class Basis {
  calm,       ///< nothing ever happens to nodes and domains
  component,  ///< everything but one component works for ever; it stands where it stands best
  placement,  ///< the witness's placement, which the scheduler may choose
  worst,      ///< whatever the scheduler may choose
};

/// Cuts a box in two: values of a decision up to `at` first, larger ones after.
struct Split {
  std::size_t decision = 0;  ///< index into Problem::decisions
  double at = 0.0;

  friend bool operator==(const Split&, const Split&) = default;
};

/// No deployment of the box ranks before the plan.
struct RankReason {
  CountRank least;  ///< none of the box ranks before this

  friend bool operator==(const RankReason&, const RankReason&) = default;
};

/// The fewest replicas of the box cannot be placed.
struct RoomReason {
  friend bool operator==(const RoomReason&, const RoomReason&) = default;
};

/// Every deployment of the box misses a limit.
struct MissReason {
  LimitKind limit = LimitKind::availability;
  model::ServiceId service = 0;
  Basis basis = Basis::calm;
  std::optional<model::ComponentId> component;  ///< of Basis::component
  /// No figure of the box is smaller; of Basis::worst the limit that it was compared with.
  double figure = 0.0;

  friend bool operator==(const MissReason&, const MissReason&) = default;
};

/// The box leaves one choice of every decision, and each of its placements misses an objective.
struct PlacementsReason {
  std::size_t placements = 0;  ///< that were evaluated

  friend bool operator==(const PlacementsReason&, const PlacementsReason&) = default;
};

/// Nothing is proved of the box.
struct OpenReason {
  CountRank least;  ///< none of the box ranks before this

  friend bool operator==(const OpenReason&, const OpenReason&) = default;
};

using CertificateEntry =
    std::variant<Split, RankReason, RoomReason, MissReason, PlacementsReason, OpenReason>;

/// What a certificate speaks of. The entries are the nodes of a binary tree in preorder.
struct CertificateHead {
  bool has_plan = false;   ///< false: it claims that no deployment meets every objective
  model::Deployment plan;  ///< with `has_plan`
  CountRank rank;          ///< of the plan
  /// Per component: a node for each of the most replicas that it can have; fewer replicas use the first of them.
  std::vector<std::vector<model::NodeId>> witness;
};

/// Takes entries as they are found.
using CertificateSink = std::function<void(const CertificateEntry&)>;

/// What a list of entries proves.
struct Proved {
  std::size_t splits = 0;
  std::size_t boxes = 0;
  std::size_t open = 0;  ///< boxes of which nothing is proved
  std::optional<CountRank>
      least_open;  ///< no deployment that ranks before this meets every objective

  [[nodiscard]] bool complete() const { return open == 0; }
  friend bool operator==(const Proved&, const Proved&) = default;
};

}  // namespace haplan::solver
