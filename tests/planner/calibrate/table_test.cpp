#include "planner/calibrate/table.hpp"

#include <doctest/doctest.h>

namespace haplan::planner {

namespace {

std::vector<std::string> texts(const std::vector<Cell>& cells) {
  std::vector<std::string> result;
  for (const Cell& cell : cells) result.push_back(cell.text);
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("read_table: commas, semicolons and tabs, whichever the header has most of") {
  for (const char separator : {',', ';', '\t'}) {
    std::string text = "a|b|c\n1||3\n";
    for (char& c : text)
      if (c == '|') c = separator;
    const Table table = read_table({"t.csv", text});
    CHECK(table.separator == separator);
    CHECK(texts(table.header) == Texts{"a", "b", "c"});
    REQUIRE(table.rows.size() == 1);
    CHECK(texts(table.rows[0].cells) == Texts{"1", "", "3"});
  }
  CHECK(read_table({"t.csv", "\"a,b,c\";d\n"}).separator == ';');
}

TEST_CASE("read_table: byte order mark, CRLF, empty lines and a last line without its end") {
  const Table table = read_table({"t.csv",
                                  "\xEF\xBB\xBF"
                                  "a,b\r\n\r\n1,2\r\n\n3,4"});
  CHECK(table.diagnostics.empty());
  CHECK(texts(table.header) == Texts{"a", "b"});
  REQUIRE(table.rows.size() == 2);
  CHECK(texts(table.rows[1].cells) == Texts{"3", "4"});
  CHECK(table.rows[0].where.line == 3);
  CHECK(table.rows[1].where.line == 5);
}

TEST_CASE("read_table: quoted cells hold separators, quotes and line ends") {
  const Table table =
      read_table({"t.csv", "a,b\n\"x, \"\"y\"\"\n z\" , \" spaces stay \"\nplain,  trimmed \n"});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].problem.empty());
  CHECK(texts(table.rows[0].cells) == Texts{"x, \"y\"\n z", " spaces stay "});
  CHECK(texts(table.rows[1].cells) == Texts{"plain", "trimmed"});
  CHECK(table.rows[1].where.line == 4);
}

TEST_CASE("read_table: columns count characters, not bytes") {
  const Table table = read_table({"t.csv", "a,b\n\xC3\xA9\xE2\x82\xAC,x\n"});
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0].cells[0].where.length == 2);
  CHECK(table.rows[0].cells[1].where.column == 4);
}

TEST_CASE("read_table: broken rows keep their place and do not spoil the others") {
  const Table table = read_table({"t.csv", "a,b\n1\n1,2,3\nx\"y,2\n\"x\"y,2\n1,2\n"});
  REQUIRE(table.rows.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(table.rows[i].problem.size() == 1);
    CHECK(table.rows[i].problem[0].code == "HA111");
    CHECK(table.rows[i].problem[0].where.line == static_cast<int>(i) + 2);
  }
  CHECK(table.rows[1].problem[0].where.column == 5);
  CHECK(table.rows[2].problem[0].where.column == 2);
  CHECK(table.rows[4].problem.empty());
}

TEST_CASE("read_table: bytes that are no text and other line ends are refused") {
  const auto code = [](const std::string& text) {
    const Table table = read_table({"t.csv", text});
    REQUIRE(table.diagnostics.size() == 1);
    return table.diagnostics[0].code;
  };
  CHECK(code("a,b\n1,\xE9\n") == "HA008");
  CHECK(code(std::string("a\0b\n", 4)) == "HA008");
  CHECK(code("a,b\r1,2\r") == "HA110");
  CHECK(code("") == "HA110");
  CHECK(code("\n\r\n") == "HA110");
  CHECK(code(std::string((16u << 20) + 1, 'a')) == "HA009");
}

}  // namespace haplan::planner
