#pragma once

#include <string>
#include <vector>

namespace haplan::planner {

/// Where an element of a text stands. Lines and columns count from 1 (columns in characters shown); 0: nowhere.
struct SourceRef {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;
};

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< "HA003"
  std::string message;  ///< one line, no period
  SourceRef where;
  std::string suggestion;  ///< "did you mean \"redis\"?", or empty
  std::vector<std::string> notes;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

}  // namespace haplan::planner
