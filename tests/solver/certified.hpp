#pragma once

#include <string>
#include <vector>

#include "solver/prove.hpp"
#include "solver/verify/box.hpp"
#include "solver/verify/verify.hpp"

namespace haplan::test {

/// A solved problem with its certificate, to be corrupted.
struct Certified {
  solver::Problem problem;
  solver::CertificateHead head;
  std::vector<solver::CertificateEntry> entries;
  solver::Proved proved;
};

inline Certified certified(const solver::Problem& problem, const solver::Outcome& outcome) {
  Certified one{problem, certificate_head(problem, outcome), {}, {}};
  one.proved = prove(one.problem, one.head, [&](const solver::CertificateEntry& entry) {
                 one.entries.push_back(entry);
               }).proved;
  return one;
}

/// Why the checker does not take it; empty when it does.
inline std::string rejected(const Certified& one) {
  return verify(one.problem, one.head, one.entries).rejected.value_or("");
}

/// Whether a deployment is one of a box.
inline bool holds(const solver::Problem& problem, const solver::Box& box,
                  const model::Deployment& deployment) {
  for (std::size_t d = 0; d < problem.decisions.size(); ++d) {
    const auto& values = problem.decisions[d].values;
    const double value = assigned(deployment, problem.decisions[d]);
    if (value < values[box.of(d).first] || value > values[box.of(d).last]) return false;
  }
  return true;
}

}  // namespace haplan::test
