#pragma once

#include <memory>
#include <vector>

#include "solver/verify/checker.hpp"
#include "solver/verify/questions.hpp"

namespace haplan::solver {

/// Ways and structures of a problem, and what its plan has: what questions are made of.
struct Equipping {
  Ways ways;
  Structures structures;
  std::optional<PlanFigures> plan;  ///< absent: none, or one that is not of the problem
};

///   none  the problem is not one of redundancy allocation, or too large
std::optional<Equipping> equipping_of(const Problem& problem, const CertificateHead& head);

/// Boxes of ways to run each component, for each question.
class SiftChecker : public Checker {
 public:
  /// Refers to all.
  ///   returns  null as equipping_of
  static std::unique_ptr<SiftChecker> of(const Problem& problem, const CertificateHead& head,
                                         const model::Stop& stop);
  SiftChecker(const Problem& problem, const CertificateHead& head, const model::Stop& stop,
              Equipping equipping);

  std::optional<std::string> check_head() override;
  std::optional<std::string> check(const CertificateEntry& entry) override;
  [[nodiscard]] std::optional<std::string> check_end() const override;

 private:
  std::optional<std::string> check_one(const QuestionEntry& entry);
  std::optional<std::string> check_one(const WaySplit& split);
  std::optional<std::string> check_one(const SiftEntry& entry);
  std::optional<std::string> check_one(const RoomReason& reason);
  std::optional<std::string> check_one(const WorseReason& reason);
  std::optional<std::string> check_one(const OpenReason& reason);
  void close();

  const Problem& problem_;
  const CertificateHead& head_;
  const model::Stop& stop_;
  Equipping equipping_;
  std::vector<Question> questions_;
  std::size_t next_ = 0;  ///< question
  std::unique_ptr<Sieve> sieve_;
  std::vector<WayBox> waiting_;  ///< the next one last
};

}  // namespace haplan::solver
