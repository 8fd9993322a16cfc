#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace haplan::planner {

/// Where an element of a text stands. Lines and columns count from 1 (columns in characters shown);
/// 0: nowhere.
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

/// A text and the name that diagnostics show for it ("dify.yaml", "<stdin>").
struct Source {
  std::string name;
  std::string text;
};

bool has_errors(const Diagnostics& diagnostics);

/// Puts them in the order of the texts, then of line and column; equal places keep their order.
void sort_diagnostics(Diagnostics& diagnostics, const std::vector<Source>& texts);

/// All of them for a person: place, code, message, the quoted line with a caret and the suggestion.
///
///   texts    what the places refer to; a place in none of them is shown without its line
///   at_most  beyond so many, only their number is given
///   returns  lines ending in "\n"; control bytes of quoted text are escaped as \xNN, tabs become
///   spaces
std::string print(const Diagnostics& diagnostics, const std::vector<Source>& texts,
                  std::size_t at_most = 20);

}  // namespace haplan::planner
