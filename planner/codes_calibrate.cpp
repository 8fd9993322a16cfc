#include "planner/codes.hpp"

namespace haplan::planner {

std::vector<Code> calibration_codes() {
  return {
      {"HA110", "not a table of incidents",
       "The first line of a table names its columns; start, end and component must be among them, "
       "once each, in any order.\n"
       "Cells are separated by commas, semicolons or tabs, and lines end in LF or CRLF.\n"
       "Example: `start,end,component,cause`."},
      {"HA111", "broken row",
       "A row has another number of cells than the header, or quotes that do not pair, so that it "
       "cannot be said which cell is which.\n"
       "Put a cell that holds a separator, a quote or a line end in quotes, and write \"\" for a "
       "quote inside.\n"
       "Example: `2024-03-01,2024-03-02,api,\"crash, again\"`."},
      {"HA112", "not a time",
       "A time is ISO 8601 with year, month, day and, if known, hour, minute, second and zone, or "
       "seconds since 1970.\n"
       "Without a zone it is taken as UTC, which is said; 03/04/2024 is refused, because it means "
       "two days.\n"
       "Example: `2024-03-01T12:34:56+01:00`, `2024-03-01 12:34`, `1709296496`."},
      {"HA113", "end before start",
       "An incident ends before it starts: its length would be negative.\n"
       "Look for swapped columns, for two time zones in one row, or a clock that was set back.\n"
       "Example: `start` 2024-03-02, `end` 2024-03-01."},
      {"HA114", "the same incident twice",
       "Two rows agree in every column: most likely one was exported twice, and a failure would "
       "count twice.\n"
       "Remove one of them. Where two replicas did fail in the same second, a column that is not "
       "used "
       "otherwise tells them apart: a ticket, a pod.\n"
       "Example: two exports of the same month, one behind the other."},
      {"HA115", "overlapping incidents",
       "More incidents of one component and cause are under way at a time than it has replicas.\n"
       "They count as one outage, from the first start to the last end, and this is said.\n"
       "Example: an alarm for an outage that is already known; or two replicas, where --replicas "
       "is missing."},
      {"HA116", "unknown component or cause",
       "The name of what failed is no component, node, domain, vertex or link of the spec, or "
       "the cause is none of its failure modes.\n"
       "Names are those of the spec: worker-3 is a node of the pool worker; where a name is used "
       "twice its kind goes in front.\n"
       "Example: `node/api` and `component/api`; `commonCause.bad-config` for a cause."},
      {"HA117", "period of observation",
       "Rates are counts per time: how long was it observed? --from and --to say it, and nothing "
       "else in a table does.\n"
       "From the first incident to the last is too short, so that rates come out too high. "
       "Incidents outside the period are not counted.\n"
       "Example: `--from 2024-01-01 --to 2025-01-01`."},
      {"HA118", "unknown number of replicas",
       "Four replicas fail four times as often as one, so it must be known how many there were.\n"
       "The spec leaves it open: a range, or an autoscaler. Give the mean over the period.\n"
       "Example: `--replicas api=3.6`."},
      {"HA119", "empty cell",
       "A row does not say when the incident started, what failed, or, where that can fail in "
       "several "
       "ways, for what cause.\n"
       "Only `end` may be empty: the incident is still going on.\n"
       "Example: `2024-03-01T12:00:00Z,,api,crash`."},
  };
}

}  // namespace haplan::planner
