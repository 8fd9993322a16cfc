#include "planner/yaml/tree.hpp"

#include <doctest/doctest.h>

namespace haplan::planner::yaml {

namespace {

Parsed parsed(const std::string& text, const Limits& limits = {}) {
  return parse("t.yaml", text, limits);
}

std::string code(const Parsed& result) {
  return result.diagnostics.empty() ? "" : result.diagnostics.front().code;
}

std::string place(const SourceRef& where) {
  return std::to_string(where.line) + ":" + std::to_string(where.column) + "+" +
         std::to_string(where.length);
}

}  // namespace

TEST_CASE("yaml: every key, scalar, list and map knows its place") {
  const auto result = parsed("a: 12\nbc:\n  - x\n  - {d: 'q r'}\n");
  REQUIRE(result.root);
  const auto& entries = result.root->entries;
  REQUIRE(entries.size() == 2);
  CHECK(place(entries[0].where) == "1:1+1");
  CHECK(place(entries[0].value.where) == "1:4+2");
  CHECK(place(entries[1].where) == "2:1+2");
  CHECK(place(entries[1].value.items[0].where) == "3:5+1");
  CHECK(place(entries[1].value.items[1].where) == "4:5+1");
  CHECK(place(entries[1].value.items[1].entries[0].value.where) == "4:9+5");
}

TEST_CASE("yaml: columns count characters, and neither byte order mark nor CRLF shifts them") {
  const auto result = parsed("\xEF\xBB\xBFk: [\xC3\xA9, zz]\r\nm: 1\r\n");
  REQUIRE(result.root);
  CHECK(place(result.root->entries[0].where) == "1:1+1");
  CHECK(place(result.root->entries[0].value.items[0].where) == "1:5+1");
  CHECK(place(result.root->entries[0].value.items[1].where) == "1:8+2");
  CHECK(place(result.root->entries[1].value.where) == "2:4+1");
}

TEST_CASE("yaml: quoted scalars are text, plain ones are not judged") {
  const auto result = parsed("{a: \"1\", b: '1', c: 1, d: yes, e: 010, f: !!str 3, g: ~, h: }");
  REQUIRE(result.root);
  CHECK(result.root->find("a")->quoted);
  CHECK(result.root->find("b")->quoted);
  CHECK_FALSE(result.root->find("c")->quoted);
  CHECK(result.root->find("d")->text == "yes");
  CHECK(result.root->find("e")->text == "010");
  CHECK(result.root->find("f")->quoted);
  CHECK(result.root->find("g")->kind == Node::Kind::null);
  CHECK(result.root->find("h")->kind == Node::Kind::null);
}

TEST_CASE("yaml: JSON is read") {
  const auto result = parsed("{\"a\": [1, true, null], \"b\": {\"c\": \"d\"}}");
  REQUIRE(result.root);
  CHECK(result.root->find("a")->items.size() == 3);
  CHECK(result.root->find("b")->find("c")->text == "d");
}

TEST_CASE("yaml: all duplicate keys are errors, each naming the first") {
  const auto result = parsed("a: 1\nb: {c: 1, c: 2}\na: 3\n");
  REQUIRE(result.diagnostics.size() == 2);
  CHECK(result.diagnostics[0].code == "HA005");
  CHECK(place(result.diagnostics[0].where) == "2:11+1");
  CHECK(place(result.diagnostics[1].where) == "3:1+1");
  CHECK(result.diagnostics[1].notes.front() == "first given at line 1, column 1");
  REQUIRE(result.root);  // so that the reader can go on and find the rest
  CHECK(result.root->find("a")->text == "1");
}

TEST_CASE("yaml: an alias is what its anchor holds, with the place where it is written") {
  const auto result = parsed("a: &x {k: 1}\nb: *x\n");
  REQUIRE(result.root);
  CHECK(result.root->find("b")->find("k")->text == "1");
  CHECK(place(result.root->find("b")->find("k")->where) == "1:11+1");
}

TEST_CASE("yaml: a merge brings keys that the map does not give, the first of several wins") {
  const auto result =
      parsed("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nm: {<<: [*x, *y], a: 0}\nn: {<<: *x, b: ~}");
  REQUIRE(result.root);
  const Node& m = *result.root->find("m");
  CHECK(m.entries.size() == 3);
  CHECK(m.find("a")->text == "0");
  CHECK(m.find("b")->text == "1");
  CHECK(m.find("c")->text == "2");
  CHECK(result.root->find("n")->find("b")->deletes);
}

TEST_CASE("yaml: bad aliases and merges are errors with a place") {
  CHECK(code(parsed("a: *nowhere")) == "HA014");
  CHECK(code(parsed("a: &a [*a]")) == "HA014");
  CHECK(code(parsed("a: {<<: 3}")) == "HA014");
  CHECK(code(parsed("a: {<<: [{b: 1}, 3]}")) == "HA014");
}

TEST_CASE("yaml: broken, empty and several documents are errors") {
  CHECK(code(parsed("a: [1, 2")) == "HA006");
  CHECK(code(parsed("a: b: c")) == "HA006");
  CHECK(code(parsed("")) == "HA007");
  CHECK(code(parsed("# only a comment\n")) == "HA007");
  CHECK(code(parsed("---\n...\n")) == "HA007");
  CHECK(code(parsed("a: 1\n---\nb: 2\n")) == "HA012");
  CHECK(code(parsed("a: 1\n---\n")) == "");
  CHECK(code(parsed("? [a]\n: 1\n")) == "HA036");
  CHECK(code(parsed("~: 1\n")) == "HA036");
  CHECK(code(parsed("a: !mine 1")) == "HA013");
}

TEST_CASE("yaml: what is no text is refused at its place") {
  CHECK(code(parsed(std::string("a: b\0c", 6))) == "HA008");
  CHECK(code(parsed("a: \xFF\xFE")) == "HA008");
  CHECK(code(parsed("a: \x04\n")) == "HA008");
  CHECK(code(parsed("a: \xC0\x80\n")) == "HA008");      // overlong
  CHECK(code(parsed("a: \xED\xA0\x80\n")) == "HA008");  // a surrogate
  CHECK(place(parsed("a: 1\nb: \x01\n").diagnostics[0].where) == "2:4+1");
  // A stray continuation byte may begin a line and still has a column.
  CHECK(place(parsed("\x80").diagnostics[0].where) == "1:1+1");
}

TEST_CASE("yaml: depth is bounded, aliases followed, and 64 levels pass") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  CHECK(code(parsed(nested(64))) == "");
  CHECK(code(parsed(nested(65))) == "HA010");
  CHECK(place(parsed(nested(65)).diagnostics[0].where) == "1:65+1");
  CHECK(code(parsed("a: &a " + nested(40) + "\nb: " + std::string(30, '[') + "*a" +
                    std::string(30, ']'))) == "HA010");
  // Far beyond what a recursive parser's stack would hold, in every style of nesting.
  for (const char* piece : {"[", "{a: ", "- ", "? "}) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += piece;
    const std::string found = code(parsed(deep));
    CAPTURE(piece);
    CHECK((found == "HA010" || found == "HA006"));
  }
}

TEST_CASE("yaml: elements are bounded, aliases written out") {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i <= 8; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int k = 1; k < 10; ++k) bomb += ", " + below;
    bomb += "]\n";
  }
  CHECK(code(parsed(bomb)) == "HA011");
  CHECK(code(parsed("[1, 2, 3]", {.bytes = 100, .depth = 64, .nodes = 4})) == "");
  CHECK(code(parsed("[1, 2, 3, 4]", {.bytes = 100, .depth = 64, .nodes = 4})) == "HA011");
  CHECK(code(parsed("[" + std::string(5'000'000, ',') + "]")) == "HA011");  // before it is scanned
}

TEST_CASE("yaml: a text above 16 MB is refused unread") {
  CHECK(code(parsed("a: " + std::string(20u << 20, 'x'))) == "HA009");
}

TEST_CASE("yaml: a text of one long line costs no more than its length") {
  // Work in proportion to the square of the line would not end within the limit of a test.
  std::string line = "{";
  for (int i = 0; i < 150'000; ++i) line += "\"k" + std::to_string(i) + "\": [1, 2], ";
  const auto result = parsed(line + "z: 'last'}");
  REQUIRE(result.root);
  CHECK(result.root->entries.size() == 150'001);
  CHECK(result.root->entries.back().value.where.column == static_cast<int>(line.size()) + 4);
}

TEST_CASE("yaml: tokens that begin nothing end the reading") {
  // The parser would find an empty document before them for ever.
  const auto result = parsed("a:\n  b: 1\n !  c: 2\nd: 3\n");
  CHECK_FALSE(result.diagnostics.empty());
}

}  // namespace haplan::planner::yaml
