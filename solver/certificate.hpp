#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "solver/solve.hpp"

/// Why nothing better than a plan exists, or nothing at all, as a list that anybody can check: specs/CERTIFICATE.md.
namespace haplan::solver {

/// Criteria 1 and 2 of the preference, and what they say of cost where it is minimised.
struct CountRank {
  int peak = 0;             ///< most replicas at a level
  double mean = 0.0;        ///< time-weighted
  std::int64_t cpu = 0;     ///< thousandths, at the first level with most replicas
  std::int64_t memory = 0;  ///< thousandths of bytes there
  double peak_cost = 0.0;   ///< most at a level; 0 where cost is not minimised
  double mean_cost = 0.0;   ///< time-weighted; the same

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
  std::size_t decision =
      0;  ///< index into Problem::decisions, of the problem with its variants where these are chosen
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

/// What the fewest replicas of the box take exceeds a budget at some level.
struct BudgetReason {
  std::size_t budget = 0;  ///< index into Problem::budgets
  double least = 0.0;      ///< that any deployment of the box takes, in the budget's unit

  friend bool operator==(const BudgetReason&, const BudgetReason&) = default;
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

/// Which replicas of components meet failures of nodes; those of all others never fail.
struct HostCounts {
  std::vector<std::size_t> own;     ///< per component: its first replicas, whose nodes are its own
  std::vector<std::size_t> shared;  ///< the next ones, whose nodes others may have, too

  [[nodiscard]] std::size_t all(model::ComponentId c) const { return own[c] + shared[c]; }

  friend bool operator==(const HostCounts&, const HostCounts&) = default;
};

/// Every deployment of the box that ranks before the plan, or keeps a budget, misses an availability, because of what the components that the service
/// needs do to it together: Series.
struct SeriesReason {
  model::ServiceId service = 0;
  HostCounts hosts;
  /// Per component: nodes instead of those in CertificateHead::scattered; none: those. Empty: all as there.
  std::vector<std::vector<model::NodeId>> scattered{};
  double figure = 0.0;  ///< no judged unavailability of those deployments is smaller
  std::optional<std::size_t> budget{};  ///< index into Problem::budgets; none: ranks count

  friend bool operator==(const SeriesReason&, const SeriesReason&) = default;
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

/// Begins the boxes of the problem in which these variants run, one per VariantChoice. They come in the order of their indices, the
/// last varying fastest.
struct PickEntry {
  std::vector<std::size_t> picks;
  // As in CertificateHead, for these variants.
  std::vector<std::vector<model::NodeId>> witness;
  std::vector<std::vector<model::NodeId>> scattered;

  friend bool operator==(const PickEntry&, const PickEntry&) = default;
};

// Of redundancy allocation, where a box holds ways to run each component.

/// Begins the boxes of the next question, see questions_of.
struct QuestionEntry {
  std::size_t question = 0;

  friend bool operator==(const QuestionEntry&, const QuestionEntry&) = default;
};

/// Cuts a box in two: the columns of a component up to `at` first, later ones after.
struct WaySplit {
  model::ComponentId component = 0;
  std::size_t at = 0;

  friend bool operator==(const WaySplit&, const WaySplit&) = default;
};

/// Of a sum over what all bars are exceeded by, and the place at which tangents of unavailability touch.
struct Weights {
  std::vector<double> measures;  ///< per measure, >= 0
  std::vector<double> goals;     ///< per objective, >= 0
  std::vector<double> place;     ///< logarithms of u and 1 - u per open element and level

  friend bool operator==(const Weights&, const Weights&) = default;
};

/// Takes out of a box what exceeds the sum whatever the rest is; the box is done when nothing is left.
struct SiftEntry {
  Weights weights;

  friend bool operator==(const SiftEntry&, const SiftEntry&) = default;
};

/// A service is less available than it has to be even with everything at its best.
struct WorseReason {
  std::size_t objective = 0;  ///< index into Problem::objectives
  double figure = 0.0;        ///< no unavailability of the box is smaller

  friend bool operator==(const WorseReason&, const WorseReason&) = default;
};

using CertificateEntry = std::variant<Split, RankReason, RoomReason, BudgetReason, MissReason,
                                      SeriesReason, PlacementsReason, OpenReason, PickEntry,
                                      QuestionEntry, WaySplit, SiftEntry, WorseReason>;

/// How a certificate covers the decision space.
enum class CertificateForm {
  boxes,  ///< of decisions
  picks,  ///< the same, once for each choice of variants
  ways,   ///< of ways to run each component
};

/// What a certificate speaks of. The entries are the nodes of a binary tree in preorder.
struct CertificateHead {
  CertificateForm form = CertificateForm::boxes;
  bool has_plan = false;  ///< false: it claims that no deployment meets every objective
  /// With `has_plan`; of `picks` where variants are chosen, and then of the problem without choices.
  model::Deployment plan;
  std::vector<std::size_t> picks;
  std::vector<std::vector<int>> counts;  ///< instead of the plan where the form is `ways`
  CountRank rank;                        ///< of the plan
  /// The largest judged unavailability of the plan, where availability is maximised: that is what nothing is better in.
  std::optional<double> worst;
  /// Per component: a node for each of the most replicas that it can have; fewer replicas use the first of them.
  std::vector<std::vector<model::NodeId>> witness;
  std::vector<std::vector<model::NodeId>> scattered;  ///< the same, for SeriesReason
};

/// What a certificate says, in short.
struct Claim {
  bool has_plan = false;
  bool most_available =
      false;  ///< nothing is more available than the plan, else nothing ranks before it
  Preference first = Preference::replicas;  ///< of what is minimised
  std::optional<CountRank> rank;            ///< of the plan, where it is claimed
};

/// Takes entries as they are found.
using CertificateSink = std::function<void(const CertificateEntry&)>;

/// What a list of entries proves.
struct Proved {
  std::size_t splits = 0;
  std::size_t boxes = 0;
  std::size_t open = 0;  ///< boxes of which nothing is proved
  /// No deployment that ranks before this meets every objective; of open boxes that have a rank.
  std::optional<CountRank> least_open;

  [[nodiscard]] bool complete() const { return open == 0; }
  friend bool operator==(const Proved&, const Proved&) = default;
};

}  // namespace haplan::solver
