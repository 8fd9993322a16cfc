#include "planner/diagnostic.hpp"

#include <doctest/doctest.h>

namespace haplan::planner {

namespace {

Diagnostic at(const char* file, int line, int column, int length, const char* suggestion = "") {
  return {Severity::error,
          "HA003",
          "unknown component \"redsi\" in dependsOn",
          {file, line, column, length},
          suggestion,
          {}};
}

}  // namespace

TEST_CASE("print: place, code, quoted line with caret, suggestion and help") {
  const std::vector<Source> texts = {{"dify.yaml", "a: 1\n    dependsOn: [redsi, postgres]\n"}};
  CHECK(print({at("dify.yaml", 2, 17, 5, "did you mean \"redis\"?")}, texts) ==
        "dify.yaml:2:17: error[HA003]: unknown component \"redsi\" in dependsOn\n"
        "  |\n"
        "2 |     dependsOn: [redsi, postgres]\n"
        "  |                 ^~~~~ did you mean \"redis\"?\n"
        "  = help: haplan explain HA003\n");
}

TEST_CASE("print: the margin is as wide as the line's number, and notes follow") {
  std::string text;
  for (int i = 0; i < 120; ++i) text += "k: v\r\n";
  Diagnostic one = at("a.yaml", 100, 4, 1);
  one.notes.push_back("first given at line 3");
  one.severity = Severity::warning;
  CHECK(print({one}, {{"a.yaml", text}}) ==
        "a.yaml:100:4: warning[HA003]: unknown component \"redsi\" in dependsOn\n"
        "    |\n"
        "100 | k: v\n"
        "    |    ^\n"
        "    = note: first given at line 3\n"
        "    = help: haplan explain HA003\n");
}

TEST_CASE(
    "print: control bytes, broken UTF-8 and marks of direction are escaped, carets stay below") {
  const std::vector<Source> texts = {{"a", "\tk\x1b[31m: \xC3\xA9\xFF\xE2\x80\xAE!\n"}};
  Diagnostic one = at("a", 1, 13, 1);  // the exclamation mark: 12 characters stand before it
  one.message = "bell \a";
  const std::string printed = print({one}, texts);
  // The tab is one column, the escape four, the letter one, the broken byte four, the mark twelve.
  CHECK(printed.find("1 |  k\\x1b[31m: \xC3\xA9\\xff\\xe2\\x80\\xae!\n") != std::string::npos);
  CHECK(printed.find("error[HA003]: bell \\x07\n") != std::string::npos);
  CHECK(printed.find('\x1b') == std::string::npos);
}

TEST_CASE("print: the caret stands below its character") {
  // An accented letter is one column of two bytes.
  const std::string printed = print({at("a", 1, 7, 2)}, {{"a", "\xC3\xA9: [b, cd]\n"}});
  CHECK(printed.find("1 | \xC3\xA9: [b, cd]\n  |       ^~\n") != std::string::npos);
}

TEST_CASE("print: a long line is cut around the caret") {
  const std::string printed =
      print({at("a", 1, 501, 3)}, {{"a", std::string(500, 'x') + "abc" + std::string(500, 'y')}});
  CHECK(printed.find("..." + std::string(60, 'x') + "abc") != std::string::npos);
  CHECK(printed.find("| " + std::string(63, ' ') + "^~~\n") != std::string::npos);
  CHECK(printed.size() < 500);
}

TEST_CASE("print: a place in no text and behind its end still print") {
  CHECK(print({at("gone.yaml", 3, 1, 1, "look")}, {}) ==
        "gone.yaml:3:1: error[HA003]: unknown component \"redsi\" in dependsOn\n"
        "  = look\n  = help: haplan explain HA003\n");
  CHECK(print({at("a", 9, 9, 9)}, {{"a", "b\n"}}).find("9 | \n") != std::string::npos);
}

TEST_CASE("print: beyond the most shown only their number is given") {
  const Diagnostics many(23, at("a", 1, 1, 1));
  const std::string printed = print(many, {{"a", "x\n"}});
  std::size_t shown = 0;
  for (std::size_t i = printed.find("error["); i != std::string::npos;
       i = printed.find("error[", i + 1))
    ++shown;
  CHECK(shown == 20);
  CHECK(printed.substr(printed.size() - 12) == "\nand 3 more\n");
}

TEST_CASE("sort: by text as given, line and column, equal places keep their order") {
  Diagnostics all = {at("b", 1, 1, 1), at("a", 2, 1, 1), at("a", 1, 9, 1, "first"),
                     at("a", 1, 9, 1, "second"), at("a", 1, 2, 1)};
  sort_diagnostics(all, {{"a", ""}, {"b", ""}});
  CHECK(all[0].where.column == 2);
  CHECK(all[1].suggestion == "first");
  CHECK(all[2].suggestion == "second");
  CHECK(all[3].where.line == 2);
  CHECK(all[4].where.file == "b");
}

}  // namespace haplan::planner
