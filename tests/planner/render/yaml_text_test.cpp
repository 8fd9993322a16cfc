#include "planner/render/yaml_text.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "planner/yaml/tree.hpp"

using namespace haplan::planner;

namespace {

/// Texts that some YAML version retypes, breaks on, or hides.
const std::vector<std::string>& hostile() {
  static const std::vector<std::string> kTexts = {"",
                                                  "yes",
                                                  "No",
                                                  "on",
                                                  "null",
                                                  "~",
                                                  "true",
                                                  "010",
                                                  "1e3",
                                                  "0x1f",
                                                  "1_000",
                                                  "12:30:45",
                                                  "2026-01-01",
                                                  ".5",
                                                  "-",
                                                  "- a",
                                                  "a: b",
                                                  "a #b",
                                                  "#a",
                                                  "&a",
                                                  "*a",
                                                  "!a",
                                                  "%a",
                                                  "@a",
                                                  "`a",
                                                  "{a}",
                                                  "[a]",
                                                  "a, b",
                                                  "'a'",
                                                  "\"a\"",
                                                  "a\\nb",
                                                  "a\nb",
                                                  "\ta",
                                                  " a",
                                                  "a ",
                                                  "{{ .Values.x }}",
                                                  "\x01\x1b[31m",
                                                  "\x7f",
                                                  "\u0085",
                                                  "\u2028",
                                                  "\uFEFFa",
                                                  "\u00e4\u4e2d",
                                                  "=",
                                                  "<<",
                                                  "|",
                                                  ">",
                                                  "?",
                                                  "a\r\nb",
                                                  "---",
                                                  "..."};
  return kTexts;
}

}  // namespace

TEST_CASE("yaml_scalar: every hostile text reads back as itself, as a text") {
  for (const auto& text : hostile()) {
    CAPTURE(text);
    const auto parsed = yaml::parse("test", "key: " + yaml_scalar(text) + "\n");
    REQUIRE(parsed.root);
    const auto* value = parsed.root->find("key");
    REQUIRE(value != nullptr);
    CHECK(value->kind == yaml::Node::Kind::scalar);
    CHECK(value->text == text);
    CHECK(value->quoted);
  }
}

TEST_CASE("yaml_scalar: leaves names, paths and label keys plain") {
  for (const char* text : {"Deployment", "kubernetes.io/hostname", "/health", "worker-1"})
    CHECK(yaml_scalar(text) == text);
}

TEST_CASE("yaml_scalar: quotes what YAML 1.1 alone would retype") {
  // y and n are booleans, 1_000 an integer and 12:30:45 a base-60 number only there.
  CHECK(yaml_scalar("y") == "\"y\"");
  CHECK(yaml_scalar("1_000") == "\"1_000\"");
  CHECK(yaml_scalar("12:30:45") == "\"12:30:45\"");
}

TEST_CASE("to_yaml: hostile texts survive as keys, in lists and in nested maps") {
  YamlNode root;
  int i = 0;
  for (const auto& text : hostile()) {
    auto& entry = root["k" + std::to_string(i++)];
    entry["list"] =
        YamlNode::list({YamlNode::text(text), YamlNode::map({{"x", YamlNode::text(text)}})});
    entry.comment = text;
  }
  const auto parsed = yaml::parse("test", to_yaml(root));
  REQUIRE(parsed.root);
  REQUIRE(parsed.root->entries.size() == hostile().size());
  for (std::size_t k = 0; k < hostile().size(); ++k) {
    const auto& list = *parsed.root->entries[k].value.find("list");
    CHECK(list.items.at(0).text == hostile()[k]);
    CHECK(list.items.at(1).find("x")->text == hostile()[k]);
  }
}

TEST_CASE("to_yaml: integers, booleans, null and empty containers keep their types") {
  YamlNode root;
  root["i"] = YamlNode::integer(-3);
  root["b"] = YamlNode::boolean(true);
  root["z"] = YamlNode::null();
  root["m"] = YamlNode::map();
  root["l"] = YamlNode::list();
  CHECK(to_yaml(root) == "i: -3\nb: true\nz: null\nm: {}\nl: []\n");
}

TEST_CASE("YamlNode::at: makes the maps of a dotted path once") {
  YamlNode root;
  root.at("a.b.c") = YamlNode::integer(1);
  root.at("a.b.d") = YamlNode::integer(2);
  CHECK(to_yaml(root) == "a:\n  b:\n    c: 1\n    d: 2\n");
}
