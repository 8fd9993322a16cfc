#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/calibrate/options.hpp"
#include "planner/calibrate/tally.hpp"

/// From observed incidents to numbers of a spec. No input or output of its own.
namespace haplan::planner {

/// What was learnt of one way to fail.
struct ModeEstimate {
  SubjectKind kind = SubjectKind::component;
  std::string subject;       ///< empty: a count without a name
  std::string subject_path;  ///< under spec; "parameters.observed" without a name
  FailureMode mode;
  double units = 1.0;          ///< replicas or nodes that could fail
  bool units_assumed = false;  ///< nobody said how many
  bool has_availability = false;

  std::size_t events = 0;
  std::size_t counted_apart = 0;  ///< of these, from the command line
  std::size_t carried_in = 0;
  double exposure =
      0.0;  ///< [s] in which a failure would have been seen: units times period, less the down time
  model::RatePrior prior;
  model::RatePosterior rate;
  model::RepairTimes repairs;
  std::optional<model::RepairPosterior> repair;
  std::string no_repair;  ///< why it is absent
  bool writes = true;     ///< false: the spec could not take it, as the warnings say
  bool writes_repair = false;
  bool writes_law = false;  ///< distribution and sigma
  std::optional<model::TestOutcome> trend;
  std::optional<model::TestOutcome> dispersion;
};

struct CalibrationReport {
  std::string reference;  ///< what was observed: the name of the table, or of the command line
  double level = 0.9;
  std::optional<Period> period;
  std::size_t rows = 0;
  std::size_t outside = 0;  ///< incidents that do not touch the period
  std::vector<SkippedRow> skipped;
  std::vector<std::string> unused_columns;
  PriorText rate_prior;
  PriorText repair_prior;
  std::vector<ModeEstimate> modes;    ///< in the order of the spec, else of their first appearance
  std::vector<std::string> warnings;  ///< sentences: what the numbers do not show
  bool has_spec = false;
};

struct CalibrationInputs {
  std::vector<Source> spec;    ///< layers, later wins; may be empty
  std::optional<Source> plan;  ///< what was running: settles replicas that the spec leaves open
  std::optional<Source> table;
  CalibrationOptions options;
};

struct Calibration {
  std::optional<CalibrationReport> report;  ///< absent when there are errors
  Diagnostics diagnostics;
  std::vector<Source> texts;  ///< what diagnostics may quote
};

/// Estimates of every failure mode that the table or the command line names; with `complete`, of every one of the spec.
///
///   errors   those of read_incidents and of the spec; HA116 also for names on the command line, HA117 a period
///            without length or without up time, HA118 replicas that the spec leaves open
///   cost     O(rows log rows), and some milliseconds for every mode with repairs that are cut off
Calibration calibrate(const CalibrationInputs& inputs);

/// The arithmetic mean of the repairs that ended, those too short to time at a tick; nothing without any. [s]
std::optional<double> observed_mean_repair(const ModeEstimate& estimate);

/// "12 events in 3.1y".
std::string observed_text(const ModeEstimate& estimate);

/// "api crash", "worker reboot", "gpt-4o", "observed".
std::string title_of(const ModeEstimate& estimate);

}  // namespace haplan::planner
