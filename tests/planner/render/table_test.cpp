#include "planner/render/table.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace haplan::planner;

TEST_CASE("table_lines: numbers stand at the right, texts at the left") {
  const TextTable table{{"name", "n"}, {false, true}, {{"a", "1"}, {"bb", "22"}}};
  CHECK(table_lines(table, 2, 80) ==
        std::vector<std::string>{"  name   n", "  a      1", "  bb    22"});
}

TEST_CASE("table_lines: cuts the widest column with an ellipsis and stays within the width") {
  const TextTable table{{"name", "n"}, {false, true}, {{std::string(200, 'x'), "1"}}};
  for (const auto& line : table_lines(table, 2, 60)) CHECK(text_width(line) <= 60);
  CHECK(table_lines(table, 2, 60)[1].find("\u2026") != std::string::npos);
}

TEST_CASE("text_width: counts code points, not bytes") { CHECK(text_width("\u00e4\u2026x") == 3); }

TEST_CASE("wrapped: breaks between words and indents what follows") {
  CHECK(wrapped("aa bb cc", "- ", 7) == std::vector<std::string>{"- aa bb", "  cc"});
}

TEST_CASE("wrapped: keeps a percent sign with its number") {
  CHECK(wrapped("at 99.9 %, no", "", 9) == std::vector<std::string>{"at", "99.9 %,", "no"});
}
