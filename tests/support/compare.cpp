#include "tests/support/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "tests/support/near.hpp"

namespace haplan::test {

namespace {

using model::ServiceFigures;

class Comparison {
 public:
  Comparison(std::vector<Disagreement>& found, std::string service, double tolerance)
      : found_(found), service_(std::move(service)), tolerance_(tolerance) {}

  /// Differences below `floor` are rounding.
  void figure(const std::string& name, double a, double b, double floor = 0.0) {
    if (std::abs(a - b) <= floor || near_relative(a, b, tolerance_)) return;
    if (std::isinf(a) && std::isinf(b)) return;
    found_.push_back({service_ + ": " + name, a, b});
  }

  void optional(const std::string& name, std::optional<double> a, std::optional<double> b) {
    constexpr double kNone = -1.0;
    figure(name, a.value_or(kNone), b.value_or(kNone));
  }

 private:
  std::vector<Disagreement>& found_;
  std::string service_;
  double tolerance_;
};

void compare_causes(Comparison& c, const std::map<CauseKey, double>& a,
                    const std::map<CauseKey, double>& b, double floor) {
  std::map<CauseKey, double> all = a;
  all.insert(b.begin(), b.end());
  const auto value = [](const auto& shares, const CauseKey& key) {
    const auto found = shares.find(key);
    return found == shares.end() ? 0.0 : found->second;
  };
  for (const auto& [key, share] : all) {
    const auto& [kind, subject, mode] = key;
    c.figure("cause " + kind + " " + subject + " " + mode, value(a, key), value(b, key), floor);
  }
}

std::map<CauseKey, double> causes_of(const ServiceFigures& figures) {
  std::map<CauseKey, double> out;
  for (const auto& cause : figures.causes) {
    // A shortage of capacity belongs to its level (the mode), whichever components it is spread
    // over.
    const bool capacity = cause.kind == model::CauseKind::capacity;
    out[{cause_name(cause.kind), capacity ? cause.mode : cause.subject,
         capacity ? "" : cause.mode}] += cause.share;
  }
  return out;
}

}  // namespace

std::string cause_name(model::CauseKind kind) {
  static const char* const kNames[] = {
      "replica",      "node",       "domain", "claim", "external", "chain",  "failover",
      "common_cause", "switchover", "ramp",   "drain", "capacity", "vertex", "link"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Disagreement> disagreements(const model::System& system,
                                        const model::Evaluation& engine,
                                        const std::vector<OracleService>& oracle,
                                        double tolerance) {
  std::vector<Disagreement> found;
  for (std::size_t s = 0; s < oracle.size(); ++s) {
    const ServiceFigures& e = engine.services.at(s);
    const OracleService& o = oracle[s];
    Comparison c(found, system.services[s].name, tolerance);
    const auto real = [](long double x) { return static_cast<double>(x); };
    const double total = real(o.unavailability);
    c.figure("unavailability", e.unavailability.value, total);
    c.figure("independent", e.independent, real(o.independent));
    const double frequency = real(o.frequency + o.entry_frequency);
    // A service that is always down has no outages but rounding: the floor is 1e-18 of a rate of
    // one per second.
    c.figure("outage frequency", e.outage_frequency, frequency, 1e-18);
    if (frequency > 1e-15) c.figure("mean outage", e.mean_outage, total / frequency);
    for (std::size_t l = 0; l < o.level_unavailability.size(); ++l) {
      c.figure("level " + std::to_string(l), e.level_unavailability.at(l),
               real(o.level_unavailability[l]));
      const auto& response = o.response_time[l];
      c.optional("response time " + std::to_string(l), e.response_time.at(l),
                 response ? std::optional<double>(real(*response)) : std::nullopt);
    }
    std::map<CauseKey, double> causes;
    for (const auto& [key, share] : o.causes) causes[key] = real(share);
    compare_causes(c, causes_of(e), causes, tolerance * 1e-3 * total);
    c.optional("recovery", e.recovery ? std::optional<double>(e.recovery->worst) : std::nullopt,
               o.recovery);
    for (std::size_t d = 0; d < o.node_losses.size(); ++d) {
      const std::string at = "loss of node " + std::to_string(d) + " ";
      const auto& mine = o.node_losses[d];
      const auto& theirs = e.node_losses.at(d);
      c.figure(at + "until up", theirs.until_up, mine.until_up);
      c.figure(at + "is mean", theirs.is_mean, mine.is_mean);
      c.figure(at + "until avoided", theirs.until_avoided, mine.until_avoided);
      c.figure(at + "failed share", theirs.failed_share, mine.failed_share);
      c.figure(at + "already down", theirs.already_down, mine.already_down);
    }
    c.figure("number of losses", static_cast<double>(e.losses.size()),
             static_cast<double>(o.losses.size()));
    for (const model::LossFigures& theirs : e.losses) {
      const auto mine = o.losses.find({static_cast<int>(theirs.kind), theirs.subject});
      if (mine == o.losses.end()) continue;  // counted above
      const std::string at = "loss of kind " + std::to_string(static_cast<int>(theirs.kind)) +
                             ", subject " + std::to_string(theirs.subject) + " ";
      c.figure(at + "until up", theirs.until_up, mine->second.until_up);
      c.figure(at + "is mean", theirs.is_mean, mine->second.is_mean);
      c.figure(at + "until avoided", theirs.until_avoided, mine->second.until_avoided);
      c.figure(at + "failed share", theirs.failed_share, mine->second.failed_share);
      c.figure(at + "already down", theirs.already_down, mine->second.already_down);
    }
    c.figure("error ratio", e.error_ratio, real(o.error_ratio));
    c.figure("data loss", e.data_loss, real(o.data_loss));
  }
  return found;
}

std::vector<Disagreement> changes(const model::Evaluation& before, const model::Evaluation& after,
                                  double tolerance) {
  std::vector<Disagreement> found;
  for (std::size_t s = 0; s < std::min(before.services.size(), after.services.size()); ++s) {
    const ServiceFigures& a = before.services[s];
    const ServiceFigures& b = after.services[s];
    Comparison c(found, std::to_string(s), tolerance);
    const double total = a.unavailability.value;
    c.figure("unavailability", total, b.unavailability.value);
    c.figure("independent", a.independent, b.independent);
    c.figure("outage frequency", a.outage_frequency, b.outage_frequency, 1e-18);
    compare_causes(c, causes_of(a), causes_of(b), tolerance * 1e-3 * total);
    c.optional("recovery", a.recovery ? std::optional<double>(a.recovery->worst) : std::nullopt,
               b.recovery ? std::optional<double>(b.recovery->worst) : std::nullopt);
    for (std::size_t d = 0; d < std::min(a.node_losses.size(), b.node_losses.size()); ++d) {
      c.figure("until up", a.node_losses[d].until_up, b.node_losses[d].until_up);
      c.figure("until avoided", a.node_losses[d].until_avoided, b.node_losses[d].until_avoided);
      c.figure("failed share", a.node_losses[d].failed_share, b.node_losses[d].failed_share);
    }
    c.figure("error ratio", a.error_ratio, b.error_ratio);
    for (std::size_t l = 0; l < a.response_time.size(); ++l) {
      c.optional("response time", a.response_time[l], b.response_time.at(l));
    }
    c.figure("data loss", a.data_loss, b.data_loss);
  }
  return found;
}

std::string describe(const std::vector<Disagreement>& found) {
  std::ostringstream out;
  out.precision(15);
  for (const auto& d : found)
    out << d.figure << ": " << d.engine << " against " << d.oracle << "\n";
  return out.str();
}

}  // namespace haplan::test
