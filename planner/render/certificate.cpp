#include "planner/render/certificate.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "planner/render/figures.hpp"

namespace haplan::planner {

namespace {

using nlohmann::json;

json rank_json(const solver::CountRank& rank) {
  return {{"peakReplicas", rank.peak},
          {"meanReplicas", rank.mean},
          {"cpuMillicores", rank.cpu},
          {"memoryMillibytes", rank.memory}};
}

}  // namespace

std::string boxes_text(const solver::Proved& proved) {
  return std::to_string(proved.boxes) + (proved.boxes == 1 ? " box" : " boxes");
}

std::string bytes_text(std::size_t bytes) {
  constexpr double kThousand = 1000.0;
  double amount = static_cast<double>(bytes);
  const char* unit = " B";
  for (const char* larger : {" kB", " MB", " GB"}) {
    if (amount < kThousand) break;
    amount /= kThousand;
    unit = larger;
  }
  const double tenths = std::round(amount * 10.0);
  std::string text = std::to_string(static_cast<long long>(tenths) / 10);
  const long long rest = static_cast<long long>(tenths) % 10;
  if (rest != 0 && amount < 100.0) text += "." + std::to_string(rest);
  return text + unit;
}

std::string proved_sentence(const solver::Claim& claim, const solver::Proved& proved) {
  const bool costs = claim.first == solver::Preference::cost;
  if (!proved.complete()) {
    const std::string open = std::to_string(proved.open) + " of " + boxes_text(proved) +
                             (proved.open == 1 ? " is open" : " are open");
    if (!proved.least_open || claim.most_available || costs)
      return open + ": whether a better plan is in what they hold is not proved";
    return open + ": what is proved is that no plan with fewer than " +
           std::to_string(proved.least_open->peak) + " replicas meets every objective";
  }
  if (!claim.has_plan) return "no deployment within the ranges and budgets meets every objective";
  if (claim.most_available) return "no plan that keeps every limit is more available";
  if (costs) return "no plan that costs less keeps every limit";
  if (!claim.rank) return "no plan with fewer replicas keeps every limit";
  return "no plan with fewer than " + std::to_string(claim.rank->peak) +
         " replicas, or with as many and smaller requests, meets every objective";
}

std::string render_report_text(const CertificateReport& report) {
  if (report.rejected)
    return printable(report.system) + ": rejected at line " + std::to_string(report.line) + ": " +
           printable(*report.rejected) + "\n";
  if (report.stopped)
    return printable(report.system) + ": not decided: a limit ended the check at line " +
           std::to_string(report.line) + "\n";
  return printable(report.system) + ": accepted, " + boxes_text(report.proved) + ": " +
         proved_sentence(report.claim, report.proved) + "\n";
}

std::string render_report_json(const CertificateReport& report) {
  json out = {{"apiVersion", "haplan.dev/v1alpha1"},
              {"kind", "CertificateReport"},
              {"formatVersion", "1.0"},
              {"system", report.system},
              {"accepted", !report.rejected.has_value() && !report.stopped}};
  if (report.rejected) {
    out["reason"] = *report.rejected;
    out["line"] = report.line;
  } else if (report.stopped) {
    out["stopped"] = true;
    out["line"] = report.line;
  } else {
    out["claim"] = report.claim.has_plan ? "nothing better" : "nothing at all";
    out["boxes"] = report.proved.boxes;
    out["openBoxes"] = report.proved.open;
    out["complete"] = report.proved.complete();
    out["proves"] = proved_sentence(report.claim, report.proved);
    if (report.claim.rank) out["rank"] = rank_json(*report.claim.rank);
    if (report.proved.least_open) out["nothingBefore"] = rank_json(*report.proved.least_open);
  }
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace haplan::planner
