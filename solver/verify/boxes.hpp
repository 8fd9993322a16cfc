#pragma once

#include <memory>
#include <vector>

#include "solver/verify/checker.hpp"
#include "solver/verify/relaxation.hpp"
#include "solver/verify/series.hpp"

namespace haplan::solver {

/// Boxes of decisions, of a problem without variants.
class BoxChecker : public Checker {
 public:
  /// Refers to all but the nodes.
  ///   head     its plan is one of the problem
  ///   witness, scattered  as in the head
  ///   stop     asked now and then; after a yes nothing that is said counts
  BoxChecker(const Problem& problem, const CertificateHead& head,
             const std::vector<std::vector<model::NodeId>>& witness,
             const std::vector<std::vector<model::NodeId>>& scattered, const model::Stop& stop);

  std::optional<std::string> check_head() override;
  /// The witness names nodes.
  std::optional<std::string> check_witness();
  /// The plan meets every objective and has the rank that is claimed.
  std::optional<std::string> check_plan();
  std::optional<std::string> check(const CertificateEntry& entry) override;
  [[nodiscard]] std::optional<std::string> check_end() const override;

  /// The box that the next entry speaks of.
  [[nodiscard]] const Box* next() const { return waiting_.empty() ? nullptr : &waiting_.back(); }

 private:
  std::optional<std::string> check_one(const Split& split);
  std::optional<std::string> check_one(const RankReason& reason);
  std::optional<std::string> check_one(const RoomReason& reason);
  std::optional<std::string> check_one(const BudgetReason& reason);
  std::optional<std::string> check_one(const MissReason& reason);
  std::optional<std::string> check_one(const SeriesReason& reason);
  /// Those with the nodes of a reason; nothing: it names some that do not exist.
  Series* series_with(const SeriesReason& reason);
  std::optional<std::string> check_one(const PlacementsReason& reason);
  std::optional<std::string> check_one(const OpenReason& reason);
  /// The box at hand is done.
  void close();

  const Problem& problem_;
  Problem asked_;  ///< more than the plan's availability where that is maximised
  const CertificateHead& head_;
  std::vector<std::vector<model::NodeId>> witness_;
  std::vector<std::vector<model::NodeId>> scattered_;
  bool ranked_;  ///< the claim is one of ranks
  const model::Stop& stop_;
  Relaxation relaxation_;
  std::vector<std::vector<model::NodeId>> scattered_now_;  ///< of series_
  std::unique_ptr<Series> series_;
  std::vector<Box> waiting_;  ///< the next one last
};

/// A rank is the same but for rounding.
bool same_rank(const CountRank& a, const CountRank& b);

}  // namespace haplan::solver
