#include "solver/verify/verify.hpp"

#include "model/system/variants.hpp"
#include "solver/verify/boxes.hpp"
#include "solver/verify/picked.hpp"
#include "solver/verify/sifted.hpp"

namespace haplan::solver {

using namespace model;

Verifier::Verifier(const Problem& problem, const CertificateHead& head, model::Stop stop) {
  // A yes is remembered: what was computed with it in between is worth nothing.
  if (stop)
    stop_ = [this, ask = std::move(stop)] {
      stopped_ = stopped_ || ask();
      return stopped_;
    };
  switch (head.form) {
    case CertificateForm::boxes:
      if (!has_variants(problem.system))
        checker_ = std::make_unique<BoxChecker>(problem, head, head.witness, head.scattered, stop_);
      break;
    case CertificateForm::picks:
      if (can_pick(problem)) checker_ = std::make_unique<PickChecker>(problem, head, stop_);
      break;
    case CertificateForm::ways: checker_ = SiftChecker::of(problem, head, stop_); break;
  }
}

Verifier::~Verifier() = default;

std::optional<std::string> Verifier::check_head() {
  if (!checker_) return "a form of certificate that says nothing of this spec";
  return checker_->check_head();
}

std::optional<std::string> Verifier::check(const CertificateEntry& entry) {
  if (!checker_) return "a form of certificate that says nothing of this spec";
  if (stop_ && stop_()) return "the check was ended";
  return checker_->check(entry);
}

std::optional<std::string> Verifier::check_end() const {
  if (!checker_) return "a form of certificate that says nothing of this spec";
  return checker_->check_end();
}

Proved Verifier::proved() const { return checker_ ? checker_->proved() : Proved{.open = 1}; }

Verdict verify(const Problem& problem, const CertificateHead& head,
               const std::vector<CertificateEntry>& entries) {
  Verifier verifier(problem, head);
  std::optional<std::string> rejected = verifier.check_head();
  for (auto entry = entries.begin(); entry != entries.end() && !rejected; ++entry)
    rejected = verifier.check(*entry);
  if (!rejected) rejected = verifier.check_end();
  return {rejected, verifier.proved()};
}

}  // namespace haplan::solver
