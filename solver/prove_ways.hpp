#pragma once

#include "solver/prove.hpp"

namespace haplan::solver {

/// `prove` for the form `ways`.
///   stop  asked once per box
Proof prove_ways(const Problem& problem, const CertificateHead& head, const CertificateSink& sink,
                 const ProveOptions& options);

}  // namespace haplan::solver
