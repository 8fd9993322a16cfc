#pragma once

#include <memory>
#include <vector>

#include "solver/picks.hpp"
#include "solver/verify/boxes.hpp"

namespace haplan::solver {

/// Whether certificates can go through the choices of variants one by one: none mixes, and there are not too many.
bool can_pick(const Problem& problem);

/// The first choice of variants, and the next one after some; nothing after the last.
Picks first_picks(const Problem& problem);
std::optional<Picks> next_picks(const Problem& problem, const Picks& picks);

/// For each choice of variants boxes of the decisions that it leaves.
class PickChecker : public Checker {
 public:
  /// Refers to all.
  ///   problem  can_pick
  PickChecker(const Problem& problem, const CertificateHead& head, const model::Stop& stop);

  std::optional<std::string> check_head() override;
  std::optional<std::string> check(const CertificateEntry& entry) override;
  [[nodiscard]] std::optional<std::string> check_end() const override;
  [[nodiscard]] Proved proved() const override;

 private:
  std::optional<std::string> begin(const PickEntry& entry);

  const Problem& problem_;
  const CertificateHead& head_;
  const model::Stop& stop_;
  std::optional<Picks> next_;  ///< whose boxes come next
  Problem picked_;             ///< whose boxes come now
  std::unique_ptr<BoxChecker> boxes_;
};

}  // namespace haplan::solver
