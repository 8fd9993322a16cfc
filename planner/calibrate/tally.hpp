#pragma once

#include <cstddef>
#include <vector>

#include "model/uncertainty/calibration.hpp"
#include "planner/calibrate/incidents.hpp"

namespace haplan::planner {

/// The period in which incidents were noted. [s] since 1970
struct Period {
  double from = 0.0;
  double to = 0.0;

  [[nodiscard]] double length() const { return to - from; }
};

/// What was seen of one way to fail.
struct Tally {
  std::size_t events = 0;      ///< that began within the period
  std::size_t carried_in = 0;  ///< that began before it and lasted into it
  std::size_t merged = 0;      ///< rows that counted with one before them
  std::vector<double> times;   ///< of the events, from the begin of the period [s]
  model::RepairTimes repairs;
};

/// Incidents of one subject, counted.
struct SubjectTally {
  std::vector<Tally> modes;        ///< as the subject's
  double unit_down_time = 0.0;     ///< replica or node seconds lost to modes of single ones
  double subject_down_time = 0.0;  ///< seconds lost to modes of all at once
};

/// Counts the incidents of one subject.
///
/// Rows of the same mode that overlap more often than there are replicas count as one outage that lasts as long as
/// all of them (warning HA115). An incident from before the period is no event of it and no repair time, since long
/// ones are likelier to reach into it; one that begins in the period counts with its whole length, though it ends
/// later. One that is still going on lasted at least to the end, one without length at most a tick of its clock.
/// While it is down, nothing fails: down time is counted within the period, and at most once per replica.
///
///   incidents    of the subject, any order
///   diagnostics  out: warnings HA115
SubjectTally tally(const Subject& subject, std::vector<Incident> incidents, const Period& period,
                   Diagnostics& diagnostics);

}  // namespace haplan::planner
