#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/base/stop.hpp"
#include "solver/certificate.hpp"

/// Checks a certificate, entry by entry, with nothing of the search: only `evaluate`, the guaranteed figure and the formulas
/// of the model.
namespace haplan::solver {

class Checker;

class Verifier {
 public:
  /// Refers to both.
  ///   stop  asked now and then; after a yes nothing that is said of entries counts
  Verifier(const Problem& problem, const CertificateHead& head, model::Stop stop = {});
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  /// The plan meets every objective and is as good as is claimed; the witness names nodes.
  /// Asked before the first entry.
  ///   returns  why not, one sentence without a period
  std::optional<std::string> check_head();

  /// The next entry.
  std::optional<std::string> check(const CertificateEntry& entry);

  /// Every box had its turn.
  [[nodiscard]] std::optional<std::string> check_end() const;

  [[nodiscard]] Proved proved() const;

  /// The check was ended before its time: whether the certificate is right is not known.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  model::Stop stop_;
  bool stopped_ = false;
  std::unique_ptr<Checker> checker_;  ///< none: the head is of a form that the problem cannot have
};

/// The whole list at once.
struct Verdict {
  std::optional<std::string> rejected;  ///< why; absent: it proves what `proved` says
  Proved proved;
};
Verdict verify(const Problem& problem, const CertificateHead& head,
               const std::vector<CertificateEntry>& entries);

}  // namespace haplan::solver
