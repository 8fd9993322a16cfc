#pragma once

#include "solver/certificate.hpp"

namespace haplan::solver {

/// What a certificate of an outcome speaks of: the plan, or that there is none.
CertificateHead certificate_head(const Problem& problem, const Outcome& outcome);

/// What a problem asks for that certificates do not speak of, one sentence without a period; nothing: they do.
std::optional<std::string> beyond_certificates(const Problem& problem);

/// What the head of a certificate of the problem claims.
Claim claim_of(const Problem& problem, const CertificateHead& head);

struct ProveOptions {
  /// Figures of boxes that are asked for, about half a millisecond each; then boxes stay open. 0: no limit.
  std::size_t figures = 200'000;
  /// The same, in units of SolveOptions, as far as the model counts them.
  std::size_t work_limit = kStandardWork;
  model::Stop stop;  ///< the same
};

/// What a prover's entries prove, and whether it could have gone on.
struct Proof {
  Proved proved;
  bool limited = false;  ///< a limit left boxes open
};

/// Covers the decision space by boxes that hold no better deployment, or none that meets every objective. Independent of
/// the search: it needs nothing but the result.
///   sink     gets every entry, in order
///   returns  what the entries prove
Proof prove(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
            const ProveOptions& options = {});

}  // namespace haplan::solver
