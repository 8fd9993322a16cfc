#include "planner/yaml/mistake.hpp"

#include <doctest/doctest.h>

#include "planner/yaml/tree.hpp"

namespace haplan::planner::yaml {

namespace {

/// Byte of the first bracket that is never closed, or -1.
int unclosed(const std::string& text) {
  const auto found = unclosed_bracket(text);
  return found ? static_cast<int>(found->byte) : -1;
}

std::string found_in(const std::string& text) {
  const Parsed result = parse("t", text);
  REQUIRE(result.diagnostics.size() == 1);
  const Diagnostic& one = result.diagnostics[0];
  return one.code + "@" + std::to_string(one.where.line) + ":" + std::to_string(one.where.column) +
         " " + one.message;
}

}  // namespace

TEST_CASE("mistake: the first bracket that is never closed") {
  CHECK(unclosed("a: [1, 2]") == -1);
  CHECK(unclosed("a: [1, 2") == 3);
  CHECK(unclosed("a: {b: [1, 2]\nc: {d: 1}") == 3);
  CHECK(unclosed("a: [{b: [1, 2}") == 8);  // closed by one of the other kind
  CHECK(unclosed("[[[") == 0);
  CHECK(unclosed("") == -1);
}

TEST_CASE("mistake: brackets in quotes, comments and plain texts are none") {
  CHECK(unclosed("a: \"[\"") == -1);
  CHECK(unclosed("a: '[' # [") == -1);
  CHECK(unclosed("a: \"\\\"[\"") == -1);  // an escaped quote does not end the text
  CHECK(unclosed("a: x[1\nb: it's {") == -1);
  CHECK(unclosed("a: [it's, 'b]']") == -1);
  CHECK(unclosed("a: [\"b]") == 3);
  CHECK(unclosed("a: 'b") == -1);
}

TEST_CASE("mistake: a tab is found on the line, the next or the one before, never between words") {
  CHECK(tab_at("a:\n\tb: 1\n", 3)->byte == 3);
  CHECK(tab_at("a:\n\tb: 1\n", 1)->byte == 3);
  CHECK(tab_at("a:\n  \t\tb: 1\nc: 2\n", 13)->byte == 5);
  CHECK(tab_at("a:\n  \t\tb: 1\n", 3)->length == 2);
  CHECK_FALSE(tab_at("a:\tb\n  c\td: 1\n", 8));
  CHECK_FALSE(tab_at("a: 1\n\t\nb: 2\n", 5));  // a line of white space only
  CHECK_FALSE(tab_at("", 0));
}

TEST_CASE("mistake: what the parser gives up on is told where it begins") {
  CHECK(found_in("a: 1\nb: [1,\nc: {d: 2}\n") ==
        "HA006@2:4 not YAML: this bracket is never closed");
  CHECK(found_in("a:\n  b: 1\n\tc: 2\n") == "HA006@3:1 not YAML: a tab indents this line");
  CHECK(found_in("\xEF\xBB\xBF"
                 "a: [1,\n") == "HA006@1:4 not YAML: this bracket is never closed");
}

}  // namespace haplan::planner::yaml
