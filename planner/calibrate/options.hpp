#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/uncertainty/calibration.hpp"
#include "planner/spec/scalar.hpp"

namespace haplan::planner {

/// What is assumed of a rate before anything was observed.
struct PriorChoice {
  enum class Kind { jeffreys, flat, spec, given };
  Kind kind = Kind::jeffreys;
  model::RatePrior given{};  ///< of kind given
};

/// A count without a table: "api.crash=12/3.1y".
struct Observation {
  std::string text;     ///< as written
  std::string subject;  ///< "api"; empty when nothing is named
  std::string mode;     ///< "crash"; empty for an external service
  std::size_t events = 0;
  std::optional<double> time;  ///< [s] by the calendar
};

enum class RepairUse { automatic, always, never };

struct CalibrationOptions {
  double level = 0.9;
  PriorChoice prior;
  std::optional<double> from;  ///< [s] since 1970
  std::optional<double> to;
  std::map<std::string, double> replicas;  ///< as observed, on average; wins over the spec
  std::vector<Observation> observations;
  std::optional<double> time;  ///< [s] by the calendar, of observations without their own
  bool complete = false;       ///< what the table does not name did not fail
  bool skip_bad_rows = false;
  RepairUse repairs = RepairUse::automatic;
};

/// "12", "12/3.1y", "api.crash=12", "worker.reboot=0/2y", "gpt-4o=3/90d".
Reading<Observation> observation(const std::string& text);

/// "jeffreys", "flat", "spec", or events and time as "0.5/90d".
Reading<PriorChoice> prior_choice(const std::string& text);

/// "api=3", "web=3.6": a mean number is one, too.
Reading<std::pair<std::string, double>> replica_count(const std::string& text);

/// A prior in words, with the work that it comes from.
struct PriorText {
  std::string name;
  std::string meaning;
  std::string source;
};
PriorText text_of(const PriorChoice& prior);

/// The catalogue's prior of repair times: any mean; a spread worth four repairs, with the median 1.09, and between
/// 0.65 and 2.4 with probability 90 %.
model::RepairPrior repair_prior();
PriorText repair_prior_text();

}  // namespace haplan::planner
