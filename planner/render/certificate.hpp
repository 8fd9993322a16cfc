#pragma once

#include <optional>
#include <string>

#include "planner/plan.hpp"

namespace haplan::planner {

/// What the check of a certificate found.
struct CertificateReport {
  std::string system;
  std::optional<std::string> rejected;  ///< why, one sentence without a period
  bool stopped = false;                 ///< a limit ended the check at `line`
  std::size_t line = 0;                 ///< that was rejected, from 1
  solver::Claim claim;
  solver::Proved proved;
};

std::string render_report_text(const CertificateReport& report);
std::string render_report_json(const CertificateReport& report);

/// "no plan with fewer than 20 replicas meets every objective": what a certificate proves, one sentence without a period.
std::string proved_sentence(const solver::Claim& claim, const solver::Proved& proved);

/// "1 box", "37 boxes", and "5.2 kB".
std::string boxes_text(const solver::Proved& proved);
std::string bytes_text(std::size_t bytes);

}  // namespace haplan::planner
