#include "planner/render/in_place.hpp"

#include <doctest/doctest.h>

#include "planner/yaml/json.hpp"
#include "planner/yaml/tree.hpp"

using namespace haplan::planner;

namespace {

YamlNode with_comment(YamlNode node, std::string comment) {
  node.comment = std::move(comment);
  return node;
}

/// Edits, and checks that a second edit changes nothing and that the result reads back.
std::string edited(const std::string& text, const YamlNode& values) {
  const auto once = edit_in_place("values.yaml", text, values);
  REQUIRE(once.text);
  CHECK(yaml::parse("values.yaml", *once.text).root);
  const auto twice = edit_in_place("values.yaml", *once.text, values);
  REQUIRE(twice.text);
  CHECK(*twice.text == *once.text);
  return *once.text;
}

YamlNode one(const std::string& path, YamlNode value) {
  YamlNode values;
  values.at(path) = std::move(value);
  return values;
}

}  // namespace

TEST_CASE("edit_in_place: a number changes and every other byte stays") {
  const std::string text =
      "# mine\n\napi:   \n    replicas: 1   # one for now\n    image: 'nginx'\n\n# end\n";
  CHECK(edited(text, one("api.replicas", YamlNode::integer(3))) ==
        "# mine\n\napi:   \n    replicas: 3   # one for now\n    image: 'nginx'\n\n# end\n");
}

TEST_CASE("edit_in_place: what is there already is left alone, quotes and all") {
  const std::string text = "api: {replicas: 3, cpu: '500m', strategy: {}}\n";
  YamlNode values;
  values.at("api.replicas") = YamlNode::integer(3);
  values.at("api.cpu") = with_comment(YamlNode::text("500m"), "why");
  CHECK(edited(text, values) == text);
}

TEST_CASE("edit_in_place: a reason is put above what changes, and follows it") {
  const auto first = edited("api:\n  replicas: 1\n",
                            one("api.replicas", with_comment(YamlNode::integer(3), "decided 3")));
  CHECK(first == "api:\n  # haplan: decided 3\n  replicas: 3\n");
  CHECK(edited(first, one("api.replicas", with_comment(YamlNode::integer(4), "decided 4"))) ==
        "api:\n  # haplan: decided 4\n  replicas: 4\n");
}

TEST_CASE("edit_in_place: an empty map or list opens into lines, its comments stay behind it") {
  YamlNode values;
  values.at("resources.requests.cpu") = YamlNode::text("500m");
  values.at("tolerations") = YamlNode::list({one("key", YamlNode::text("a"))});
  CHECK(edited("resources: {}  # none\n  # limits:\n  #   cpu: 1\ntolerations: []\nlast: 1\n",
               values) ==
        "resources:  # none\n  requests:\n    cpu: \"500m\"\n  # limits:\n  #   cpu: 1\n"
        "tolerations:\n  - key: a\nlast: 1\n");
}

TEST_CASE("edit_in_place: missing keys go to the end of their map, with its indentation") {
  YamlNode values;
  values.at("api.hpa.min") = YamlNode::integer(2);
  values.at("web.replicas") = YamlNode::integer(2);
  CHECK(edited("api:\n    image: x  # y\n\n# about db\ndb:\n    size: 1\n", values) ==
        "api:\n    image: x  # y\n    hpa:\n      min: 2\n\n# about db\ndb:\n    size: 1\n"
        "web:\n  replicas: 2\n");
}

TEST_CASE("edit_in_place: lines that end in CRLF, a missing last line end and a BOM stay") {
  CHECK(edited("\xEF\xBB\xBF"
               "a: 1\r\nb: 2",
               one("c", YamlNode::integer(3))) ==
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\nc: 3");
  CHECK(edited("a:\r\n  b: 1\r\n", one("a.b", with_comment(YamlNode::integer(2), "why"))) ==
        "a:\r\n  # haplan: why\r\n  b: 2\r\n");
}

TEST_CASE("edit_in_place: block scalars, long plain texts and quoted ones end where they end") {
  const std::string text =
      "script: |\n  if x; then\n    # not a comment\n  fi\n\nfolded: a\n  b\n  c\nquoted: \"a\\\"\n"
      "  b # c\"\nlast: 'it''s'\n";
  YamlNode values;
  for (const char* key : {"script", "folded", "quoted", "last"})
    values.at(key) = YamlNode::integer(1);
  CHECK(edited(text, values) == "script: 1\n\nfolded: 1\nquoted: 1\nlast: 1\n");
}

TEST_CASE(
    "edit_in_place: of a list only the items that are named change, and the others are the "
    "user's") {
  YamlNode ours = YamlNode::list(
      {YamlNode::map({{"key", YamlNode::text("a")}, {"seconds", YamlNode::integer(60)}}),
       YamlNode::map({{"key", YamlNode::text("b")}, {"seconds", YamlNode::integer(60)}})});
  CHECK(edited("t:\n- key: gpu   # mine\n  operator: Exists\n- key: a\n  seconds: 300\nz: 1\n",
               one("t", ours)) ==
        "t:\n- key: gpu   # mine\n  operator: Exists\n- key: a\n  seconds: 60\n- key: b\n"
        "  seconds: 60\nz: 1\n");
  CHECK(edited("t: [{key: gpu}]\n", one("t", ours)) ==
        "t: [{key: gpu}, {key: a, seconds: 60}, {key: b, seconds: 60}]\n");
}

TEST_CASE("edit_in_place: a block scalar that ends the file takes no line end from what is added") {
  YamlNode values;
  values.at("k") = YamlNode::integer(1);
  CHECK(edited("a: 1\n# about s\ns: |\n  x", values) == "a: 1\nk: 1\n# about s\ns: |\n  x");
  CHECK(edited("# all\ns: >+\n  x", values) == "# all\nk: 1\ns: >+\n  x");
  CHECK(edited("a:\n  s: |2\n    x", values) == "k: 1\na:\n  s: |2\n    x");
  values.at("a.m") = YamlNode::integer(2);
  CHECK(edited("a:\r\n  s: |\r\n    x", values) == "k: 1\r\na:\r\n  m: 2\r\n  s: |\r\n    x");
  values.at("s") = with_comment(YamlNode::integer(3), "why");
  values.fields.erase(values.fields.begin() + 1);
  CHECK(edited("a: 1\ns: |\n  x", values) == "a: 1\nk: 1\n# haplan: why\ns: 3");
  // What strips its line ends anyway goes first as ever.
  CHECK(edited("s: |-\n  x", one("k", YamlNode::integer(1))) == "s: |-\n  x\nk: 1");
  YamlNode items = YamlNode::list({YamlNode::map({{"key", YamlNode::text("b")}})});
  CHECK(edited("t:\n- key: a\n- note: |\n    x", one("t", items)) ==
        "t:\n- key: a\n- key: b\n- note: |\n    x");
}

TEST_CASE("edit_in_place: a document that ends before it has begun, and keys that stand twice") {
  const auto values = one("a", YamlNode::integer(1));
  CHECK(edited("---\n...\n", values) == "---\na: 1\n...\n");
  CHECK(edited("...", values) == "a: 1\n...");
  CHECK(edited("# ...\n...  # end\n", values) == "# ...\na: 1\n...  # end\n");
  // Helm takes the last one; a change of the first would have no effect.
  for (const char* text : {"a: 1\na: 2\n", "b: {c: 1, c: 2}\n"}) {
    const auto refused = edit_in_place("values.yaml", text, values);
    CHECK(!refused.text);
    REQUIRE(refused.diagnostics.size() == 1);
    CHECK(refused.diagnostics[0].code == "HA005");
  }
}

TEST_CASE("edit_in_place: maps in brackets stay in brackets") {
  YamlNode values;
  values.at("api.hpa.min") = YamlNode::integer(2);
  values.at("api.n") = YamlNode::integer(3);
  CHECK(edited("api: {n: 1, hpa: {max: 9}}  # x\n", values) ==
        "api: {n: 3, hpa: {max: 9, min: 2}}  # x\n");
}

TEST_CASE("edit_in_place: null erases what the chart would set") {
  CHECK(edited("api:\n  replicas: 3\n", one("api.replicas", YamlNode::null())) ==
        "api:\n  replicas: null\n");
  CHECK(edited("api:\n  probe:\n    http:\n      path: /\n  n: 1\n",
               one("api.probe.http", YamlNode::null())) ==
        "api:\n  probe:\n    http: null\n  n: 1\n");
}

TEST_CASE("edit_in_place: a key without a value takes one") {
  CHECK(edited("api:\n  n:\n  m: 1\nz:   # nothing\n", [] {
          YamlNode values;
          values.at("api.n") = YamlNode::integer(3);
          values.at("z.k") = YamlNode::integer(1);
          return values;
        }()) == "api:\n  n: 3\n  m: 1\nz:   # nothing\n  k: 1\n");
}

TEST_CASE("edit_in_place: behind a key without a value comes something else") {
  YamlNode values;
  values.at("res.requests.cpu") = YamlNode::integer(1);
  CHECK(edited("res:\n  requests:\n\nnote: |\n  x\n", values) ==
        "res:\n  requests:\n    cpu: 1\n\nnote: |\n  x\n");
  CHECK(edited("res:\n    limits:\nnote:  \"a\n  b\"\n", values) ==
        "res:\n    limits:\n    requests:\n      cpu: 1\nnote:  \"a\n  b\"\n");
  values.at("n") = YamlNode::integer(2);
  CHECK(edited("n:", values) == "n: 2\nres:\n  requests:\n    cpu: 1");
  values.fields.pop_back();
  CHECK(edited("res: ~ # none\n", values) == "res: # none\n  requests:\n    cpu: 1\n");
}

TEST_CASE("edit_in_place: an empty file, one of comments and an empty map take the whole overlay") {
  const auto values = one("a.b", YamlNode::integer(1));
  CHECK(edited("", values) == "a:\n  b: 1\n");
  CHECK(edited("# nothing yet", values) == "# nothing yet\na:\n  b: 1\n");
  CHECK(edited("{}\n", values) == "a:\n  b: 1\n");
}

TEST_CASE("edit_in_place: what would change elsewhere too is refused at its place") {
  for (const std::string text : {"x: &x {n: 1}\napi: *x\n", "api: &x {n: 1}\n",
                                 "api: !!map {n: 1}\n", "x: &x {n: 1}\napi:\n  <<: *x\n  m: 2\n"}) {
    CAPTURE(text);
    const auto result = edit_in_place("values.yaml", text, one("api.n", YamlNode::integer(2)));
    CHECK_FALSE(result.text);
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == "HA106");
    CHECK(result.diagnostics[0].where.line >= 1);
  }
  CHECK_FALSE(edit_in_place("v", "- a\n", one("a", YamlNode::integer(1))).text);
  CHECK_FALSE(edit_in_place("v", "a: [\n", one("a", YamlNode::integer(1))).text);
}

TEST_CASE("edit_in_place: hostile texts read back as they are") {
  for (const std::string hostile : {"yes", "a: b # c", "\"\n\x1b", "'", "{{ x }}", "- x"}) {
    CAPTURE(hostile);
    for (const std::string text : {"a: 1\n", "a: 'x'\n", "a: \"x\"\n", "b: 1\n"}) {
      const auto result = edited(text, one("a", YamlNode::text(hostile)));
      CHECK(yaml::parse("v", result).root->find("a")->text == hostile);
    }
  }
}

TEST_CASE("to_json: a tree reads back as the same tree, digit by digit") {
  const std::string text =
      "a: 99.99999999999999999999\nb: '1'\nc: [1, x, null, true, \"no\"]\nd: {}\ne: 010\n"
      "f: \"q\\\"\\n\\x01\"\ng: -1.5e-3\n";
  const auto root = *yaml::parse("a", text).root;
  const auto json = yaml::to_json(root);
  const auto again = *yaml::parse("b", json).root;
  CHECK(yaml::to_json(again) == json);
  CHECK(json.find("\"a\": 99.99999999999999999999,") != std::string::npos);
  CHECK(json.find("\"b\": \"1\"") != std::string::npos);
  CHECK(json.find("\"e\": \"010\"") != std::string::npos);  // JSON has no such number
  CHECK(again.find("f")->text == root.find("f")->text);
}

TEST_CASE("edit_in_place: a comma that ends a list in brackets stays its last") {
  YamlNode values;
  values.at("api.m") = YamlNode::integer(3);
  CHECK(edited("api: {\n  x: 1,  # c\n}\n", values) == "api: {\n  x: 1, m: 3  # c\n}\n");
  CHECK(edited("api: {x: a\n  , }\n", values) == "api: {x: a\n  , m: 3 }\n");
  CHECK(edited("api: { x: ',' }\n", values) == "api: { x: ',', m: 3 }\n");
  YamlNode items = YamlNode::list({YamlNode::map({{"key", YamlNode::text("b")}})});
  CHECK(edited("t: [{key: a}, ]\n", one("t", items)) == "t: [{key: a}, {key: b} ]\n");
}

TEST_CASE("edit_in_place: a block scalar that keeps its empty lines keeps them") {
  CHECK(edited("a: 1\ns: |+\n  x\n\n\n", one("k", YamlNode::integer(1))) ==
        "a: 1\ns: |+\n  x\n\n\nk: 1\n");
  CHECK(edited("s: |+\n  x\n\na: 1\n", one("s", YamlNode::integer(2))) == "s: 2\na: 1\n");
  CHECK(edited("a:\n  s: |+\n    x\n\nb: 1\n", one("a.k", YamlNode::integer(2))) ==
        "a:\n  s: |+\n    x\n\n  k: 2\nb: 1\n");
}

TEST_CASE("edit_in_place: values that end where nothing is written are taken out whole") {
  YamlNode values;
  values.at("a.k") = YamlNode::integer(1);
  const std::string map = "a:\n  k: 1\nb: 2\n";
  for (const char* list : {"- x\n-\n", "-\n-\n", "  - null\n", "- x: 1\n- ~\n", "-\n\n  # c\n-\n"})
    CHECK(edited("a:\n" + std::string(list) + "b: 2\n", values) == map);
  CHECK(edited("a: |+\n\nb: 2\n", values) == map);
  CHECK(edited("a: >\n  more", values) == "a:\n  k: 1");
}

TEST_CASE("edit_in_place: nothing is written that would change what it was not asked to") {
  const auto refused = [](const std::string& text, const YamlNode& values) {
    const auto edited = edit_in_place("values.yaml", text, values);
    CHECK(!edited.text);
    REQUIRE(!edited.diagnostics.empty());
    CHECK(edited.diagnostics[0].code == "HA106");
    return edited.diagnostics[0].message;
  };
  const YamlNode items = YamlNode::list(
      {YamlNode::map({{"key", YamlNode::text("a")}, {"seconds", YamlNode::integer(60)}})});
  // Items that stand elsewhere, too.
  CHECK(refused("t:\n- &a\n  key: a\nu: [*a]\n", one("t", items)).find("an anchor") !=
        std::string::npos);
  CHECK(refused("u: [&a {key: a}]\nt: [*a]\n", one("t", items)).find("an alias") !=
        std::string::npos);
  CHECK(refused("t: [&a {key: b}, *a]\nu: 1\n",
                one("t", YamlNode::list({YamlNode::map(
                             {{"key", YamlNode::text("b")}, {"seconds", YamlNode::integer(60)}})})))
            .find("an anchor") != std::string::npos);
  CHECK(refused("t: [!!map {key: a}]\n", one("t", items)).find("a tag") != std::string::npos);
  // An anchor within what is replaced, whose alias stands elsewhere.
  CHECK(refused("n: {old: &x 1}\nm: *x\n", one("n", YamlNode::integer(3))).find("something else") !=
        std::string::npos);
  CHECK(refused("t:\n- {key: a, old: &x 1}\nm: *x\n", one("t", items)).find("something else") !=
        std::string::npos);
  // Some readers end a line at a carriage return alone, others do not.
  CHECK(refused("a: 1\rn: 2\r", one("n", YamlNode::integer(3))).find("carriage return") !=
        std::string::npos);
}
