#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "planner/spec/fields.hpp"
#include "tests/planner/spec/field_rows.hpp"

// The tables of fields in specs/README.md against the reader's own: what users read is what is
// read.
namespace haplan::planner {

namespace {

/// The path as the reader's table has it: single capitals are names of the user's.
std::string table_path(const std::string& path) {
  std::string result;
  for (const std::string& piece : split(path, '.')) {
    const bool placeholder = piece.size() == 1 && piece[0] >= 'A' && piece[0] <= 'Z';
    result += (result.empty() ? "" : ".") + (placeholder ? "*" : piece);
  }
  return result;
}

std::string in_ticks(const std::string& text) {
  const std::size_t open = text.find('`');
  if (open == std::string::npos) return {};
  return text.substr(open + 1, text.find('`', open + 1) - open - 1);
}

/// path -> "type | default | mark" of every row under a heading with a path.
std::map<std::string, std::string> documented(std::vector<std::string>& twice) {
  std::map<std::string, std::string> rows;
  std::ifstream file(HAPLAN_SOURCE_DIR "/specs/README.md");
  std::string above;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("## ", 0) == 0) above.clear();
    if (line.rfind("### ", 0) == 0) above = in_ticks(line);
    if (above.empty() || line.rfind("| `", 0) != 0) continue;
    const std::vector<std::string> cells = split(line, '|');
    if (cells.size() != 6) continue;  // nothing before the first bar, then five cells
    const std::string whole =
        above == "spec" ? in_ticks(line) : above.substr(5) + "." + in_ticks(line);
    for (const std::string& path : written_out(whole)) {
      const std::string row =
          trimmed(cells[2]) + " | " + trimmed(cells[3]) + " | " + trimmed(cells[4]);
      if (!rows.emplace(table_path(path), row).second) twice.push_back(path);
    }
  }
  return rows;
}

/// The words that this version takes.
std::string words_of(const Field& field) {
  std::string words;
  for (const std::string& word : split(field.words, ' ')) {
    const std::size_t at = word.find('@');
    if (at != std::string::npos && std::stoi(word.substr(at + 1)) > kStage) continue;
    words += " " + word.substr(0, at);
  }
  return words;
}

std::string expected_row(const Field& field) {
  std::string type = name_of(field.type);
  if (!field.words.empty()) type += ":" + words_of(field);
  const std::string fallback = field.fallback.empty() ? "-" : "`" + field.fallback + "`";
  const bool later = !is_evaluated(field);
  const char* mark = later ? "refused" : (field.decision ? "D" : "");
  return type + " | " + fallback + " | " + mark;
}

}  // namespace

TEST_CASE("language reference: lists every field with its type, words, default and standing") {
  std::vector<std::string> twice;
  std::map<std::string, std::string> rows = documented(twice);
  CHECK(twice.empty());
  for (const Field& field : fields()) {
    const bool has_below = std::any_of(fields().begin(), fields().end(), [&](const Field& other) {
      return other.path.rfind(field.path + ".", 0) == 0 ||
             other.path.rfind(field.path + "[]", 0) == 0;
    });
    if (has_below || field.path.rfind("plan", 0) == 0) continue;
    CAPTURE(field.path);
    const auto found = rows.find(field.path);
    REQUIRE(found != rows.end());
    CHECK(found->second == expected_row(field));
    rows.erase(found);
  }
  for (const auto& [path, row] : rows) {
    CAPTURE(path);
    FAIL_CHECK("the reader has no such field");
  }
}

}  // namespace haplan::planner
