#include "planner/render/table.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>

using namespace haplan::planner;

TEST_CASE("remove_columns: header, alignment and cells go together") {
  TextTable table{{"a", "b", "c", "d"}, {false, true, true, false}, {{"1", "2", "3", "4"}}};
  remove_columns(table, 1, 2);
  CHECK(table.header == std::vector<std::string>{"a", "d"});
  CHECK(table.right == std::vector<bool>{false, false});
  CHECK(table.rows == std::vector<std::vector<std::string>>{{"1", "4"}});
  remove_columns(table, 1, 0);
  CHECK(table.header.size() == 2);
}

TEST_CASE("table_lines: numbers stand at the right, texts at the left") {
  const TextTable table{{"name", "n"}, {false, true}, {{"a", "1"}, {"bb", "22"}}};
  CHECK(table_lines(table, 2, 80) ==
        std::vector<std::string>{"  name   n", "  a      1", "  bb    22"});
}

TEST_CASE("table_lines: breaks the widest column into lines and stays within the width") {
  const TextTable table{{"name", "n"}, {false, true}, {{std::string(200, 'x'), "1"}}};
  const auto lines = table_lines(table, 2, 60);
  std::size_t letters = 0;
  for (const auto& line : lines) {
    CHECK(text_width(line) <= 60);
    letters += static_cast<std::size_t>(std::count(line.begin(), line.end(), 'x'));
  }
  CHECK(letters == 200);  // nothing is lost
}

TEST_CASE("table_lines: breaks cells between words and after commas and hyphens") {
  const TextTable table{
      {}, {false, true}, {{"sentinel downAfter 30 s", "1"}, {"a-long,list-of,names", "2"}}};
  CHECK(table_lines(table, 0, 21) == std::vector<std::string>{"sentinel downAfter  1", "30 s",
                                                              "a-long,list-of,     2", "names"});
}

TEST_CASE("text_width: counts code points, not bytes") { CHECK(text_width("\u00e4\u2026x") == 3); }

TEST_CASE("wrapped: breaks between words and indents what follows") {
  CHECK(wrapped("aa bb cc", "- ", 7) == std::vector<std::string>{"- aa bb", "  cc"});
}

TEST_CASE("wrapped: keeps a percent sign with its number") {
  CHECK(wrapped("at 99.9 %, no", "", 9) == std::vector<std::string>{"at", "99.9 %,", "no"});
}

TEST_CASE("wrapped: keeps a unit with its number, and nothing else") {
  CHECK(wrapped("asked for 60 s.", "", 13) == std::vector<std::string>{"asked for", "60 s."});
  CHECK(wrapped("2 may hide", "", 5) == std::vector<std::string>{"2 may", "hide"});
}

TEST_CASE("table_lines: no word is broken that fits a line of its own") {
  const TextTable table{{}, {false, true}, {{"chat, knowledge", "1"}}};
  CHECK(table_lines(table, 0, 20) == std::vector<std::string>{"chat, knowledge  1"});
  const TextTable narrow{{}, {}, {{"chat, knowledge", "knowledge, c"}}};
  CHECK(table_lines(narrow, 0, 25) ==
        std::vector<std::string>{"chat,        knowledge, c", "knowledge"});
}
