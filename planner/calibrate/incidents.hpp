#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "planner/calibrate/subjects.hpp"
#include "planner/calibrate/table.hpp"
#include "planner/diagnostic.hpp"

namespace haplan::planner {

/// One outage as a table has it.
struct Incident {
  std::size_t subject = 0;
  std::size_t mode = 0;
  std::string member;         ///< the node of a pool, or the subject's own name
  double start = 0.0;         ///< [s] since 1970
  std::optional<double> end;  ///< absent: still going on
  double resolution = 1.0;    ///< [s] of the coarser of both times
  SourceRef where;            ///< its row
};

struct SkippedRow {
  int line = 0;
  std::string reason;
};

struct Incidents {
  std::vector<Incident> all;  ///< in the order of the table
  Diagnostics diagnostics;    ///< errors of rows, warnings of those that are skipped
  std::vector<SkippedRow> skipped;
  std::vector<std::string> unused_columns;
  std::size_t rows = 0;
};

/// What the rows of a table mean. Columns are found by name, in any order and case: start, end, component and, where a
/// subject fails in several ways, cause; others are not used.
///
///   skip_bad_rows  a row with a mistake becomes a warning and is listed, instead of an error
///   returns        HA110 columns missing, HA111 broken row, HA112 not a time, HA113 end before start, HA114 the same
///                  row twice, HA116 unknown component or cause, HA119 empty cell; all at once
Incidents read_incidents(const Table& table, Subjects& subjects, bool skip_bad_rows);

}  // namespace haplan::planner
