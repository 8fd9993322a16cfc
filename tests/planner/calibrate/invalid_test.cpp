#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "planner/codes.hpp"
#include "tests/support/calibration_inputs.hpp"

namespace haplan::planner {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> tables() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(HAPLAN_SOURCE_DIR "/tests/planner/invalid"))
    if (entry.path().extension() == ".csv") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string code_of(const fs::path& path) { return path.filename().string().substr(0, 5); }

}  // namespace

TEST_CASE("invalid tables: a file yields exactly its code, with place, advice and its line") {
  std::size_t checked = 0;
  for (const fs::path& path : tables()) {
    CAPTURE(path.filename().string());
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    CalibrationInputs given = test::inputs("");
    given.table = Source{path.filename().string(), text.str()};
    if (code_of(path) == "HA117") given.options.from.reset();
    const Calibration result = calibrate(given);
    REQUIRE_FALSE(result.diagnostics.empty());
    // An overlap is put right and said.
    CHECK(has_errors(result.diagnostics) == (code_of(path) != "HA115"));
    CHECK(result.report.has_value() == (code_of(path) == "HA115"));
    for (const Diagnostic& one : result.diagnostics) {
      if (one.severity == Severity::warning && one.code == "HA112") continue;  // dates without zone
      CAPTURE(one.message);
      CHECK(one.code == code_of(path));
      CHECK(one.where.file == path.filename().string());
      CHECK(one.where.line > 0);
      CHECK(one.where.column > 0);
      CHECK_FALSE(one.suggestion.empty());
      CHECK(one.message.back() != '.');
    }
    ++checked;
  }
  CHECK(checked >= 20);
}

TEST_CASE("invalid tables: every code of incidents has an example and every example a code") {
  std::set<std::string> with_file;
  for (const fs::path& path : tables()) with_file.insert(code_of(path));
  std::set<std::string> with_row;
  for (const Code& one : calibration_codes()) with_row.insert(one.code);
  CHECK(with_file == with_row);
}

TEST_CASE("invalid tables: a mistake is shown with its line, a caret and a suggestion") {
  CalibrationInputs given = test::inputs("2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,apj,crash\n");
  const Calibration result = calibrate(given);
  CHECK(print(result.diagnostics, result.texts) ==
        "incidents.csv:2:43: error[HA116]: the spec has no component, node, domain, vertex or link "
        "\"apj\"\n"
        "  |\n"
        "2 | 2024-02-01T00:00:00Z,2024-02-01T00:10:00Z,apj,crash\n"
        "  |                                           ^~~ did you mean \"api\"?\n"
        "  = help: haplan explain HA116\n");
}

}  // namespace haplan::planner
