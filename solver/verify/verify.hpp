#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/certificate.hpp"
#include "solver/verify/relaxation.hpp"

/// Checks a certificate, entry by entry, with nothing of the search: only `evaluate`, the guaranteed figure and the formulas
/// of the model.
namespace haplan::solver {

class Verifier {
 public:
  /// Refers to both.
  ///   stop  asked now and then; after a yes nothing that is said of entries counts
  Verifier(const Problem& problem, const CertificateHead& head, model::Stop stop = {});

  /// The plan meets every objective and has the rank that is claimed; the witness names nodes.
  /// Asked before the first entry.
  ///   returns  why not, one sentence without a period
  std::optional<std::string> check_head();

  /// The next node of the tree in preorder.
  std::optional<std::string> check(const CertificateEntry& entry);

  /// Every box had its turn.
  [[nodiscard]] std::optional<std::string> check_end() const;

  [[nodiscard]] const Proved& proved() const { return proved_; }

  /// The check was ended before its time: whether the certificate is right is not known.
  [[nodiscard]] bool stopped() const { return stopped_; }

  /// The box that the next entry speaks of.
  [[nodiscard]] const Box* next() const { return waiting_.empty() ? nullptr : &waiting_.back(); }

 private:
  std::optional<std::string> check_plan();
  std::optional<std::string> check(const Split& split);
  std::optional<std::string> check(const RankReason& reason);
  std::optional<std::string> check(const RoomReason& reason);
  std::optional<std::string> check(const MissReason& reason);
  std::optional<std::string> check(const PlacementsReason& reason);
  std::optional<std::string> check(const OpenReason& reason);
  /// The box at hand is done.
  void close();

  const Problem& problem_;
  const CertificateHead& head_;
  model::Stop stop_;
  bool stopped_ = false;
  Relaxation relaxation_;
  std::vector<Box> waiting_;  ///< the next one last
  Proved proved_;
};

/// A rank is the same but for rounding.
bool same_rank(const CountRank& a, const CountRank& b);

/// The whole list at once.
struct Verdict {
  std::optional<std::string> rejected;  ///< why; absent: it proves what `proved` says
  Proved proved;
};
Verdict verify(const Problem& problem, const CertificateHead& head,
               const std::vector<CertificateEntry>& entries);

}  // namespace haplan::solver
