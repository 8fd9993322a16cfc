#include "planner/calibrate/incidents.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "planner/calibrate/instant.hpp"
#include "planner/spec/suggest.hpp"

namespace haplan::planner {

namespace {

Diagnostic problem(const char* code, std::string message, const SourceRef& where,
                   std::string suggestion) {
  return {Severity::error, code, std::move(message), where, std::move(suggestion), {}};
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Where the columns stand.
struct Columns {
  std::map<std::string, std::size_t> index;

  [[nodiscard]] const Cell* of(const Row& row, const std::string& name) const {
    const auto found = index.find(name);
    return found == index.end() ? nullptr : &row.cells[found->second];
  }
  [[nodiscard]] bool uses(std::size_t i) const {
    return std::ranges::any_of(index, [i](const auto& column) { return column.second == i; });
  }
};

const std::vector<std::string> kColumns{"start", "end", "component", "cause"};

Columns columns_of(const Table& table, Incidents& result) {
  Columns columns;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string name = lower_case(table.header[i].text);
    names.push_back(name);
    if (std::ranges::find(kColumns, name) == kColumns.end()) {
      result.unused_columns.push_back(table.header[i].text);
    } else if (!columns.index.emplace(name, i).second) {
      result.diagnostics.push_back(problem("HA110", "two columns are called \"" + name + "\"",
                                           table.header[i].where, "rename one of them"));
    }
  }
  for (const char* name : {"start", "end", "component"}) {
    if (columns.index.contains(name)) continue;
    const std::string near = nearest_word(name, names);
    SourceRef where = table.header.front().where;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!near.empty() && names[i] == near) where = table.header[i].where;
    result.diagnostics.push_back(
        problem("HA110", std::string("no column is called \"") + name + "\"", where,
                near.empty() ? "the first line names the columns: start,end,component,cause"
                             : "is it the one called \"" + near + "\"?"));
  }
  return columns;
}

/// Reads rows one by one; what is wrong with one is gathered in `problems`.
class RowReader {
 public:
  RowReader(const Columns& columns, Subjects& subjects) : columns_(columns), subjects_(subjects) {}

  std::optional<Incident> read(const Row& row, Diagnostics& problems) {
    problems = row.problem;
    if (!problems.empty()) return std::nullopt;
    Incident incident;
    incident.where = row.where;
    read_times(row, incident, problems);
    read_names(row, incident, problems);
    if (problems.empty()) refuse_duplicate(row, incident, problems);
    if (!problems.empty()) return std::nullopt;
    return incident;
  }

  [[nodiscard]] const std::optional<SourceRef>& first_unzoned() const { return first_unzoned_; }
  [[nodiscard]] bool any_zoned() const { return any_zoned_; }

 private:
  std::optional<Instant> time(const Cell& cell, Diagnostics& problems) {
    const auto read = instant(cell.text);
    if (!read) {
      problems.push_back(
          problem("HA112", read.error().message, cell.where, read.error().suggestion));
      return std::nullopt;
    }
    any_zoned_ = any_zoned_ || read->zoned;
    if (!read->zoned && !first_unzoned_) first_unzoned_ = cell.where;
    return *read;
  }

  void read_times(const Row& row, Incident& incident, Diagnostics& problems) {
    const Cell& start_cell = *columns_.of(row, "start");
    const Cell& end_cell = *columns_.of(row, "end");
    std::optional<Instant> start;
    if (start_cell.text.empty())
      problems.push_back(problem("HA119", "no start is given", start_cell.where,
                                 "every incident began at some time"));
    else
      start = time(start_cell, problems);
    std::optional<Instant> end;
    if (!end_cell.text.empty()) end = time(end_cell, problems);
    if (!start) return;
    incident.start = start->seconds;
    incident.resolution = start->resolution;
    if (!end) return;
    incident.end = end->seconds;
    incident.resolution = std::max(start->resolution, end->resolution);
    if (end->seconds < start->seconds)
      problems.push_back(problem("HA113", "the incident ends before it starts", end_cell.where,
                                 "are the two the wrong way round, or in different time zones?"));
  }

  void read_names(const Row& row, Incident& incident, Diagnostics& problems) {
    const Cell& name = *columns_.of(row, "component");
    const Cell* cause = columns_.of(row, "cause");
    if (name.text.empty()) {
      problems.push_back(problem("HA119", "no component is given", name.where,
                                 "name what failed, as the spec does"));
      return;
    }
    Unknown why;
    const auto subject = subjects_.find(name.text, why);
    if (!subject) {
      problems.push_back(problem("HA116", why.message, name.where, why.suggestion));
      return;
    }
    incident.subject = *subject;
    const std::size_t slash = name.text.find('/');
    incident.member = slash == std::string::npos ? name.text : name.text.substr(slash + 1);
    const std::string given = cause != nullptr ? cause->text : std::string();
    const auto mode = subjects_.find_mode(*subject, given, why);
    if (!mode)
      problems.push_back(problem(given.empty() ? "HA119" : "HA116", why.message,
                                 cause != nullptr ? cause->where : name.where, why.suggestion));
    else
      incident.mode = *mode;
  }

  /// Two replicas may fail at the same second; that two rows agree in every other column as well is no accident.
  void refuse_duplicate(const Row& row, const Incident& incident, Diagnostics& problems) {
    std::string others;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      if (!columns_.uses(i)) others += row.cells[i].text + '\n';
    const auto [first, is_new] =
        seen_.emplace(std::tuple(incident.subject, incident.mode, incident.member, incident.start,
                                 incident.end.value_or(-1.0), others),
                      incident.where.line);
    if (!is_new)
      problems.push_back(
          problem("HA114", "the same incident stands at line " + std::to_string(first->second),
                  incident.where, "remove one of them"));
  }

  const Columns& columns_;
  Subjects& subjects_;
  std::map<std::tuple<std::size_t, std::size_t, std::string, double, double, std::string>, int>
      seen_;
  std::optional<SourceRef> first_unzoned_;
  bool any_zoned_ = false;
};

}  // namespace

Incidents read_incidents(const Table& table, Subjects& subjects, bool skip_bad_rows) {
  Incidents result;
  result.diagnostics = table.diagnostics;
  if (has_errors(result.diagnostics)) return result;
  const Columns columns = columns_of(table, result);
  if (has_errors(result.diagnostics)) return result;
  RowReader reader(columns, subjects);
  for (const Row& row : table.rows) {
    ++result.rows;
    Diagnostics problems;
    if (auto incident = reader.read(row, problems)) {
      result.all.push_back(std::move(*incident));
      continue;
    }
    if (skip_bad_rows) {
      result.skipped.push_back({row.where.line, problems.front().message});
      for (Diagnostic& one : problems) {
        one.severity = Severity::warning;
        one.notes.emplace_back("the row is left out");
      }
    }
    result.diagnostics.insert(result.diagnostics.end(), problems.begin(), problems.end());
  }
  if (const auto& where = reader.first_unzoned()) {
    Diagnostic taken =
        problem("HA112",
                reader.any_zoned() ? "some times have a zone and some, such as this, have none"
                                   : "the times have no zone",
                *where, "they are taken as UTC; write Z or +01:00 behind them");
    taken.severity = Severity::warning;
    result.diagnostics.push_back(std::move(taken));
  }
  return result;
}

}  // namespace haplan::planner
