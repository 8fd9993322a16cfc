#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "planner/codes.hpp"
#include "planner/diagnostic.hpp"
#include "planner/lower/apply.hpp"
#include "tests/planner/lower/support.hpp"

namespace haplan::planner {

namespace {

std::vector<std::filesystem::path> files_in(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The code that a file is called after: "HA051" of "HA051_dependency_cycle.yaml".
std::string code_of(const std::filesystem::path& path) {
  return path.filename().string().substr(0, 5);
}

/// Below are the codes of the reader, above those of chart profiles.
bool of_a_cross_check(const std::string& code) { return code >= "HA050" && code < "HA100"; }

}  // namespace

TEST_CASE("invalid specs: a file of a cross check yields exactly its code, with place and advice") {
  int checked = 0;
  for (const auto& path : files_in(HAPLAN_SOURCE_DIR "/tests/planner/invalid")) {
    const std::string code = code_of(path);
    if (!of_a_cross_check(code) && code != "HA003") continue;
    if (code >= "HA100") continue;  // found with the chart profiles
    CAPTURE(path.filename().string());
    const LowerResult result = test::lowered_text(content(path));
    CHECK_FALSE(result.lowered.has_value());
    REQUIRE_FALSE(result.diagnostics.empty());
    for (const Diagnostic& one : result.diagnostics) {
      CAPTURE(one.message);
      CHECK(one.code == code);
      CHECK(one.where.line > 0);
      CHECK(one.where.column > 0);
      CHECK_FALSE(one.message.empty());
    }
    ++checked;
  }
  CHECK(checked >= 30);
}

TEST_CASE("invalid specs: every code of a cross check has an example and every example a code") {
  std::set<std::string> with_file;
  for (const auto& path : files_in(HAPLAN_SOURCE_DIR "/tests/planner/invalid"))
    if (code_of(path) >= "HA050" && code_of(path) < "HA100") with_file.insert(code_of(path));
  std::set<std::string> with_row;
  for (const Code& one : codes())
    if (one.code >= "HA050" && one.code < "HA100") with_row.insert(one.code);
  CHECK(with_file == with_row);
}

TEST_CASE("invalid specs: all mistakes are reported at once, in the order of the text") {
  const LowerResult result = test::lowered_text(test::spec_text(R"(
  objectives:
    sight: {availability: 99.9%}
  components:
    web: {type: stateless, dependsOn: [apj, api], storage: local, movable: true}
    api: {type: stateless, dependsOn: [web]}
    data: {type: primary-replica, replicas: 2}
  services:
    site: {requires: [web]}
)"));
  std::vector<std::string> found;
  for (const Diagnostic& one : result.diagnostics) found.push_back(one.code);
  // The objective; in one line the unknown component, the reference that closes a cycle and the
  // local storage; then the missing failover.
  std::string all;
  for (const std::string& one : found) all += one + " ";
  CAPTURE(all);
  CHECK(found == std::vector<std::string>{"HA071", "HA003", "HA051", "HA056", "HA057"});
  CHECK(result.diagnostics[1].suggestion == "did you mean \"api\"?");
}

TEST_CASE("dependency cycles: the message has the path and the notes have every line") {
  const LowerResult result = test::lowered_text(test::spec_text(R"(
  components:
    a: {type: stateless, dependsOn: [b]}
    b: {type: stateless, dependsOn: [{any: [c, d]}]}
    c: {type: stateless, dependsOn: [a]}
    d: {type: stateless}
  services:
    site: {requires: [a]}
)"));
  REQUIRE(result.diagnostics.size() == 1);
  const Diagnostic& one = result.diagnostics[0];
  CHECK(one.message.find("a -> b -> c -> a") != std::string::npos);
  REQUIRE(one.notes.size() == 3);
  CHECK(one.notes[0] == "a requires b at test.yaml:7:38");
  CHECK(one.notes[1] == "b requires c at test.yaml:8:45");
  CHECK(one.notes[2] == "c requires a at test.yaml:9:38");
}

TEST_CASE("controller floors: a range whose low end breaks one names the values that keep it") {
  const LowerResult result = test::lowered_text(
      content(HAPLAN_SOURCE_DIR "/tests/planner/invalid/HA058_controller_floor.yaml"));
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].suggestion.find("20") != std::string::npos);
}

}  // namespace haplan::planner
