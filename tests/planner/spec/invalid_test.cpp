#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "planner/codes.hpp"
#include "planner/spec/read.hpp"
#include "tests/planner/spec/support.hpp"

namespace haplan::planner {

namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<fs::path> example_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(HAPLAN_SOURCE_DIR "/tests/planner/invalid"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string code_of(const fs::path& path) { return path.filename().string().substr(0, 5); }

/// Codes of the reader whose examples are no single small text file; each is made in a test below.
const std::set<std::string> kGenerated = {"HA008", "HA009", "HA033", "HA034", "HA040"};

/// Found by reading; the cross checks of later steps have their own test.
bool is_of_reader(const std::string& code) { return code < "HA050" && code != "HA003"; }

void check_all(const ReadResult& result, const std::string& code) {
  CHECK_FALSE(result.document.has_value());
  REQUIRE_FALSE(result.diagnostics.empty());
  for (const Diagnostic& one : result.diagnostics) {
    CAPTURE(one.message);
    CHECK(one.code == code);
    CHECK(one.where.line > 0);
    CHECK(one.where.column > 0);
    CHECK_FALSE(one.suggestion.empty());
    CHECK(one.message.back() != '.');
  }
}

}  // namespace

TEST_CASE("invalid texts: a file of the reader yields exactly its code, with place and advice") {
  std::size_t checked = 0;
  for (const fs::path& path : example_files()) {
    if (!is_of_reader(code_of(path))) continue;
    CAPTURE(path.filename().string());
    check_all(read({{path.filename().string(), content(path)}}), code_of(path));
    ++checked;
  }
  CHECK(checked >= 29);
}

TEST_CASE("invalid texts: every code of the reader has an example and every example a code") {
  std::set<std::string> examples = kGenerated;
  for (const fs::path& path : example_files())
    if (is_of_reader(code_of(path))) examples.insert(code_of(path));
  std::set<std::string> rows;
  for (const Code& one : codes())
    if (is_of_reader(one.code)) rows.insert(one.code);
  CHECK(examples == rows);
}

TEST_CASE("invalid texts: a binary and a 20 MB file are refused") {
  std::string binary = "\x7F";
  binary += "ELF";
  binary.append(64, '\0');
  check_all(read({{"binary", binary}}), "HA008");
  check_all(read({{"large.yaml", test::spec_of_component("") + std::string(20u << 20, '#')}}),
            "HA009");
}

TEST_CASE("invalid texts: an unknown scenario and a bad setting are refused") {
  check_all(read({{"a.yaml", test::spec_of_component("")}}, {}, "nowhere"), "HA033");
  check_all(read({{"a.yaml", test::spec_of_component("")}}, {"components.api"}), "HA034");
}

TEST_CASE("invalid texts: an unused parameter is a warning, wherever it could have been used") {
  const std::string head =
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\n";
  const auto unused = read({{"a.yaml", head + "spec:\n  parameters: {boot: 5s, fast: 1s}\n"
                                              "  components: {api: {type: stateless, start: "
                                              "{param: boot}}}\n"}});
  CHECK(unused.document.has_value());
  REQUIRE(unused.diagnostics.size() == 1);
  CHECK(unused.diagnostics[0].code == "HA040");
  CHECK(unused.diagnostics[0].severity == Severity::warning);
  CHECK(unused.diagnostics[0].where.column == 26);
  const auto in_scenario = read(
      {{"a.yaml", head + "spec:\n  parameters: {boot: 5s}\n"
                         "  components: {api: {type: stateless}}\n"
                         "  scenarios: {slow: {components: {api: {start: {param: boot}}}}}\n"}});
  CHECK(in_scenario.diagnostics.empty());
}

TEST_CASE("codes: the language reference lists exactly the codes of the table, with their titles") {
  const char* path = HAPLAN_SOURCE_DIR "/specs/README.md";
  std::string rows;
  for (const Code& one : codes()) rows += "| " + one.code + " | " + one.title + " |\n";
  const std::string text = content(path);
  const std::size_t first = text.find("| HA");
  REQUIRE(first != std::string::npos);
  const std::size_t last = text.find('\n', text.rfind("\n| HA") + 1) + 1;
  if (std::getenv("HAPLAN_APPROVE"))
    std::ofstream(path, std::ios::binary) << text.substr(0, first) << rows << text.substr(last);
  CHECK(content(path).substr(first, rows.size()) == rows);
  CHECK(content(path).find("| HA", first + rows.size()) == std::string::npos);
}

TEST_CASE("codes: explanations have two to five lines and an example where one helps") {
  for (const Code& one : codes()) {
    CAPTURE(one.code);
    const auto lines = 1 + std::count(one.explanation.begin(), one.explanation.end(), '\n');
    CHECK(lines >= 2);
    CHECK(lines <= 5);
    CHECK_FALSE(one.title.empty());
    CHECK(one.title.back() != '.');
  }
  CHECK(find_code("ha001") == &codes().front());
  CHECK(find_code("HA999") == nullptr);
}

}  // namespace haplan::planner
