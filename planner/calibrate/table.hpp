#pragma once

#include <string>
#include <vector>

#include "planner/diagnostic.hpp"

namespace haplan::planner {

struct Cell {
  std::string text;  ///< without quotes; white space around it is gone
  SourceRef where;
};

struct Row {
  std::vector<Cell> cells;
  SourceRef where;      ///< of its first cell
  Diagnostics problem;  ///< HA111 when its cells cannot be told apart
};

/// Comma-separated values: one header, then rows.
struct Table {
  char separator = ',';
  std::vector<Cell> header;
  std::vector<Row> rows;
  Diagnostics diagnostics;  ///< of the text as a whole; then there are no rows
};

/// Reads a table as RFC 4180 describes it, and as spreadsheets write it.
///
///   source   UTF-8, with or without byte order mark; lines end in LF or CRLF; cells are separated by whichever of
///            comma, semicolon and tab the header has most of; a cell in double quotes may hold separators, line ends
///            and "" for a quote. Empty lines are skipped.
///   returns  every row, the broken ones with their problem (HA111: a quote that is not closed or stands inside a
///            cell, another number of cells than the header); HA008, HA009 and HA110 of the whole
///   cost     O(bytes)
Table read_table(const Source& source);

}  // namespace haplan::planner
