#include "planner/spec/read.hpp"

#include <doctest/doctest.h>

#include "planner/spec/scalar.hpp"
#include "tests/planner/spec/support.hpp"

namespace haplan::planner {

using test::at;
using test::places;
using test::read_text;
using test::spec_of_component;

namespace {

std::string suggestion_of(const std::string& lines) {
  const auto result = read_text(spec_of_component(lines));
  return result.diagnostics.empty() ? "(no diagnostic)" : result.diagnostics.front().suggestion;
}

std::string places_of(const std::string& lines) {
  return places(read_text(spec_of_component(lines)).diagnostics);
}

const std::string kPath = "spec.components.api.";

}  // namespace

TEST_CASE("read: fields get the type of the table, their text and their place") {
  const auto result = read_text(
      spec_of_component("      start: 1m30s\n      throughput: 500/s\n      maxUtilization: 90%\n"
                        "      resources: {cpu: 500m, nvidia.com/gpu: 1}\n      replicas: 010\n    "
                        "  movable: true\n"));
  REQUIRE(result.document);
  const Value& start = *at(result, kPath + "start");
  CHECK(start.kind == Value::Kind::duration);
  CHECK(start.exact == model::Rational{90, 1});
  CHECK(start.text == "1m30s");
  CHECK(start.path == "spec.components.api.start");
  CHECK(start.where.line == 8);
  CHECK(start.where.column == 14);
  CHECK(start.where.length == 5);
  CHECK(start.key.column == 7);
  CHECK(at(result, kPath + "throughput")->kind == Value::Kind::rate);
  CHECK(at(result, kPath + "maxUtilization")->complement == 0.1);
  CHECK(at(result, kPath + "resources")->find("nvidia.com/gpu")->value == 1.0);
  CHECK(at(result, kPath + "replicas")->value == 10.0);  // decimal, not octal
  CHECK(at(result, kPath + "movable")->boolean);
}

TEST_CASE("read: ranges list every choice, ascending, in the type of their field") {
  const auto result = read_text(
      spec_of_component("      replicas: 1..4\n      failover: {controller: patroni, ttl: 20..22s, "
                        "loopWait: {min: 1s, max: 2s, "
                        "step: 500ms}, retryTimeout: {oneOf: [5s, 3s, 5s]}}\n"
                        "      terminationGracePeriodSeconds: 30\n      autoscale: {min: 3..3}\n"));
  REQUIRE(result.document);
  const Value& replicas = *at(result, kPath + "replicas");
  CHECK(replicas.kind == Value::Kind::range);
  CHECK(replicas.text == "1..4");
  REQUIRE(replicas.choices.size() == 4);
  CHECK(replicas.choices[3].kind == Value::Kind::integer);
  CHECK(replicas.choices[3].text == "4");
  const Value& ttl = *at(result, kPath + "failover.ttl");
  REQUIRE(ttl.choices.size() == 3);
  CHECK(ttl.choices[1].text == "21s");
  CHECK(ttl.choices[1].kind == Value::Kind::duration);
  const Value& wait = *at(result, kPath + "failover.loopWait");
  REQUIRE(wait.choices.size() == 3);  // 1 s, 1.5 s, 2 s
  CHECK(wait.choices[1].exact == model::Rational{3, 2});
  const Value& retry = *at(result, kPath + "failover.retryTimeout");
  REQUIRE(retry.choices.size() == 2);
  CHECK(retry.choices[0].value == 3.0);
  CHECK(at(result, kPath + "autoscale.min")->kind ==
        Value::Kind::integer);  // one value is no range
}

TEST_CASE("read: the step of a..b is one of the written unit, and the unit may stand twice") {
  const auto choices = [](const std::string& range) {
    const auto result =
        read_text(spec_of_component("      failover: {controller: patroni, ttl: " + range + "}\n"));
    const Value* ttl = at(result, kPath + "failover.ttl");
    return ttl ? ttl->choices.size() : 0;
  };
  CHECK(choices("20..30s") == 11);
  CHECK(choices("20s..30s") == 11);
  CHECK(choices("1..2m") == 2);
  CHECK(choices("1500..1502ms") == 3);
  CHECK(choices("1.5..3s") == 2);  // 1.5 s and 2.5 s
  CHECK(choices("\"20..30s\"") == 11);
}

TEST_CASE("read: bad ranges are errors") {
  CHECK(places_of("      replicas: 4..1\n") == "HA024@8:17");
  CHECK(places_of("      replicas: 1..20000\n") == "HA024@8:17");
  CHECK(places_of("      replicas: {min: 1}\n") == "HA024@8:17");
  CHECK(suggestion_of("      replicas: 1...4\n") == "as 1..4 or 20..30s");
  CHECK(places_of("      replicas: {min: 1, max: 4, step: 0}\n") == "HA024@8:17");
  CHECK(places_of("      replicas: {oneOf: []}\n") == "HA024@8:25");
  CHECK(places_of("      replicas: {oneOf: [1], min: 3}\n") == "HA024@8:17");
  CHECK(places_of("      replicas: 1..x\n") == "HA024@8:17");
  CHECK(places_of("      failover: {ttl: 20s..1m}\n") == "HA024@8:23");
  CHECK(places_of("      failover: {ttl: 20..30}\n") == "HA024@8:23");
  CHECK(places_of("      start: 1..3s\n") == "HA025@8:14");
  CHECK(places_of("      start: {min: 1s, max: 3s}\n") == "HA025@8:14");
  CHECK(suggestion_of("      failover: {ttl: 20..30}\n") == "did you mean \"20..30s\"?");
}

TEST_CASE("read: number objects and parameters are the value itself") {
  const auto result = read_text(
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n"
      "  parameters: {boot: 5s, fast: {value: 2s, source: {kind: measured, ref: log}}}\n"
      "  components:\n    api:\n      type: stateless\n      start: {param: boot}\n"
      "      shutdown: {param: fast}\n      serviceTime: {value: 20ms, source: {kind: "
      "assumption}}\n");
  REQUIRE(result.document);
  CHECK(at(result, kPath + "start")->value == 5.0);
  CHECK(at(result, kPath + "start")->where.line == 9);  // where it is used
  CHECK(at(result, kPath + "shutdown")->value == 2.0);
  CHECK(at(result, kPath + "shutdown")->provenance == "measured");
  CHECK(at(result, kPath + "serviceTime")->provenance == "assumption");
  CHECK(places_of("      start: {value: 3s, low: 1s, dist: lognormal}\n") == "HA038@8:26");
  CHECK(places_of("      start: {param: nowhere}\n") == "HA032@8:22");
  CHECK(places_of("      start: {low: 3s}\n") == "HA035@8:14 HA038@8:15");
  CHECK(places_of("      start: {value: 3s, sauce: a, source: {kind: guess}}\n") ==
        "HA001@8:26 HA022@8:51");
}

TEST_CASE("read: an uncertain number keeps its interval, law and level") {
  const auto result = read_text(
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n"
      "  parameters: {up: {value: 99.9%, low: 99%, high: 99.9999999%}}\n"
      "  components:\n    api:\n      type: stateless\n"
      "      start: {value: 3s, low: 1s, high: 1m, level: 80%}\n"
      "      shutdown: {value: 3s, low: 0s, high: 4s, dist: uniform}\n"
      "      availability: {param: up}\n"
      "    pay: {type: external, availability: {param: up}}\n");
  REQUIRE(result.document);
  const auto& start = at(result, kPath + "start")->uncertainty;
  REQUIRE(start.has_value());
  CHECK(start->law == Uncertainty::Law::lognormal);
  CHECK(start->low == 1.0);
  CHECK(start->high == 60.0);
  CHECK(start->level == 0.8);
  CHECK(start->name == kPath + "start");
  CHECK(at(result, kPath + "shutdown")->uncertainty->law == Uncertainty::Law::uniform);
  const auto& one = at(result, kPath + "availability")->uncertainty;
  const auto& other = at(result, "spec.components.pay.availability")->uncertainty;
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  CHECK(one->name == "spec.parameters.up");
  CHECK(other->name == one->name);
  CHECK(one->high_complement == 1e-9);  // parsed, not subtracted
}

TEST_CASE("read: a parameter of another type is an error where it is used") {
  const auto result = read_text(
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n"
      "  parameters: {share: 5%}\n  components:\n    api: {type: stateless, start: {param: "
      "share}}\n");
  CHECK(places(result.diagnostics) == "HA015@7:35");
}

TEST_CASE("read: short forms are written out") {
  const auto result = read_text(
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n"
      "  cluster: {nodeDetection: 50s, nodes: {w: {in: zone-a}}}\n"
      "  components:\n    db: {type: primary-replica, storage: local, pin: w, need: {peak: 2},"
      " failover: {detect: 5s, promote: {mean: 1s, worst: 2s}}}\n");
  REQUIRE(result.document);
  CHECK(at(result, "spec.cluster.nodeDetection.mean")->value == 50.0);
  CHECK(at(result, "spec.cluster.nodeDetection.worst")->value == 50.0);
  CHECK(at(result, "spec.cluster.nodes.w.in")->items.front().text == "zone-a");
  CHECK(at(result, "spec.components.db.storage.kind")->text == "local");
  CHECK(at(result, "spec.components.db.storage")->path == "spec.components.db.storage");
  CHECK(at(result, "spec.components.db.pin")->items.size() == 1);
  CHECK(at(result, "spec.components.db.need.peak")->value == 2.0);
  CHECK(at(result, "spec.components.db.failover.detect.worst")->value == 5.0);
  CHECK(at(result, "spec.components.db.failover.promote.worst")->value == 2.0);
}

TEST_CASE("read: requirements nest") {
  const auto result =
      read_text(spec_of_component("      dependsOn: [a, {any: [b, {all: [c, d]}], switchover: 5s}, "
                                  "{atLeast: {n: 2, of: [e, f, g]}}]\n"));
  REQUIRE(result.document);
  const Value& list = *at(result, kPath + "dependsOn");
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[0].text == "a");
  CHECK(list.items[1].find("any")->items[1].find("all")->items[1].text == "d");
  CHECK(list.items[1].find("switchover")->value == 5.0);
  CHECK(list.items[2].find("atLeast")->find("of")->items.size() == 3);
  CHECK(places_of("      dependsOn: api\n") == "HA002@8:18");
  CHECK(suggestion_of("      dependsOn: db\n") == "did you mean [db]?");
  CHECK(places_of("      dependsOn: [{any: [a], all: [b]}]\n") == "HA027@8:19");
  CHECK(places_of("      dependsOn: [{}]\n") == "HA027@8:19");
  CHECK(places_of("      dependsOn: [{all: [a], switchover: 1s}]\n") == "HA027@8:19");
  CHECK(places_of("      dependsOn: [{connected: [a, b]}]\n").empty());
  CHECK(places_of("      dependsOn: [{connected: [a, {any: [b]}]}]\n") == "HA002@8:35");
  CHECK(places_of("      dependsOn: [{anny: [a]}]\n") == "HA027@8:19 HA001@8:20");
}

TEST_CASE("read: unknown keys suggest the nearest, whatever its case") {
  CHECK(suggestion_of("      replica: 2\n") == "did you mean \"replicas\"?");
  CHECK(suggestion_of("      depends_on: []\n") == "did you mean \"dependsOn\"?");
  CHECK(suggestion_of("      MaxUtilization: 90%\n") == "did you mean \"maxUtilization\"?");
  CHECK(suggestion_of("      probes: {livness: {}}\n") == "did you mean \"liveness\"?");
  CHECK(suggestion_of("      workload: deploy\n") == "did you mean \"deployment\"?");
  CHECK(places_of("      x-note: {any: thing, [1]: 2}\n").find("HA036") == 0);
  CHECK(places_of("      x-note: {any: thing}\n").empty());
}

TEST_CASE("read: every problem is reported at once, in the order of the text") {
  CHECK(places_of("      start: 3\n      start: 4\n      replica: 1\n      storage: {kind: disk}\n"
                  "      movable: yes\n      workload:\n      probes: [a]\n") ==
        "HA015@8:14 HA005@9:7 HA001@10:7 HA022@11:23 HA021@12:16 HA029@13:7 HA002@14:15");
}

TEST_CASE("read: one mistake behind several aliases is reported once") {
  const auto result = read_text(
      "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec:\n  "
      "components:\n"
      "    a: {type: stateless, probes: &p {liveness: {periodSeconds: 5s}}}\n"
      "    b: {type: stateless, probes: *p}\n    c: {type: stateless, probes: *p}\n");
  CHECK(places(result.diagnostics) == "HA019@6:64");
}

TEST_CASE("read: the head of the document is checked") {
  CHECK(places(read_text("a: 1\n").diagnostics) ==
        "HA001@1:1 HA004@1:1 HA004@1:1 HA004@1:1 HA004@1:1");
  CHECK(places(read_text("- a\n").diagnostics) == "HA002@1:1");
  CHECK(places(read_text("apiVersion: v1\nkind: Pod\nmetadata: {name: A}\nspec: {components: {}}\n")
                   .diagnostics) == "HA031@1:13 HA031@2:7 HA023@3:18");
  CHECK(places(read_text(
                   "apiVersion: haplan.dev/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {}\n")
                   .diagnostics) == "HA004@4:1");
}

TEST_CASE("read: what a later version evaluates is refused") {
  const std::string mixed = spec_of_component("      mix: true\n");
  CHECK(places(read_text(mixed).diagnostics).empty());
  CHECK(places(read_text(mixed + "  cluster: {nodes: {worker: {count: 2}}}\n").diagnostics) ==
        "HA030@8:7");
}

TEST_CASE("read: a variant says what its component may, and takes away with null") {
  CHECK(places_of("      variants: {small: {}, large: {start: 3s, failures: null}}\n").empty());
  CHECK(places_of("      variants: {small: {type: quorum, dependsOn: [b], variants: {}}}\n") ==
        "HA001@8:26 HA001@8:40 HA001@8:56");
  CHECK(places_of("      variants: {small: {start: often}, Large: {}}\n") ==
        "HA015@8:33 HA023@8:41");
  CHECK(places_of("      variants: {small: null}\n") == "HA029@8:25");
}

TEST_CASE("read: a scenario that is no patch is told at its place, and deletes nothing") {
  const std::string text = spec_of_component("") + "  scenarios: {none: null, one: word}\n";
  for (const char* name : {"none", "one"})
    CHECK(places(read({{"spec.yaml", text}}, {}, name).diagnostics) == "HA029@8:21 HA002@8:32");
  const auto unknown = read({{"spec.yaml", spec_of_component("")}}, {}, "worst");
  REQUIRE(unknown.diagnostics.size() == 1);
  CHECK(unknown.diagnostics[0].where.file == "--scenario");
  CHECK(unknown.diagnostics[0].where.length == 5);
  CHECK(unknown.diagnostics[0].suggestion == "the spec has no scenarios");
  CHECK(unknown.texts.back().text == "worst");
}

TEST_CASE("read: the made decisions are plain scalars") {
  const auto result =
      read_text(spec_of_component("") +
                "  plan: {cluster: {tolerationSeconds: 60}, components: {api: {replicas: 2, nodes: "
                "[w-1, w-2],"
                " failover: {ttl: 25s}, probes: {liveness: {periodSeconds: 2}}}}}\n");
  REQUIRE(result.document);
  CHECK(at(result, "spec.plan.components.api.failover.ttl")->value == 25.0);
  CHECK(at(result, "spec.plan.components.api.nodes")->items[1].text == "w-2");
  CHECK(places(read_text(spec_of_component("") + "  plan: {components: {api: {replicas: 1..2}}}\n")
                   .diagnostics) == "HA025@8:39");
  CHECK(places(read_text(spec_of_component("") + "  plan: {components: {api: {start: 1s}}}\n")
                   .diagnostics) == "HA001@8:29");
}

TEST_CASE("read: layers merge maps, replace lists and scalars, and null deletes") {
  const std::string base =
      spec_of_component(
          "      start: 3s\n      shutdown: 2s\n      dependsOn: [a, b]\n      storage: local\n") +
      "  output: {releases: {r: {profile: p, map: {api: web}}}}\n";
  const auto result = read({{"base.yaml", base},
                            {"site.yaml",
                             "spec:\n  components:\n    api: {start: 5s, shutdown: ~, dependsOn: "
                             "[c], storage: {kind: network}}\n"
                             "  output: {releases: {r: {map: {api: null}}}}\n"}});
  REQUIRE(result.document);
  CHECK(at(result, kPath + "start")->value == 5.0);
  CHECK(at(result, kPath + "start")->where.file == "site.yaml");
  CHECK(at(result, kPath + "shutdown") == nullptr);
  CHECK(at(result, kPath + "dependsOn")->items.size() == 1);
  CHECK(at(result, kPath + "storage.kind")->text == "network");
  CHECK(at(result, kPath + "type")->text == "stateless");
  // In the map of a release null means that the chart does not have it.
  CHECK(at(result, "spec.output.releases.r.map.api")->kind == Value::Kind::null);
}

TEST_CASE("read: one broken layer does not make the others look broken") {
  const auto result = read({{"base.yaml", "spec: [\n"}, {"site.yaml", "spec: {}\n"}});
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].where.file == "base.yaml");
}

TEST_CASE("read: settings win over all layers") {
  const std::string base = spec_of_component("      start: 3s\n      replicas: 2\n");
  const auto set = [&](const std::vector<std::string>& sets) {
    return read({{"base.yaml", base}}, sets);
  };
  CHECK(at(set({"components.api.start=7s"}), kPath + "start")->value == 7.0);
  CHECK(at(set({"spec.components.api.start=7s"}), kPath + "start")->value == 7.0);
  CHECK(at(set({"metadata.name=other"}), "metadata.name")->text == "other");
  CHECK(at(set({"components.api.start=null"}), kPath + "start") == nullptr);
  CHECK(at(set({"components.api.replicas=1..4"}), kPath + "replicas")->choices.size() == 4);
  CHECK(at(set({"components.api.dependsOn=[a, b]"}), kPath + "dependsOn")->items.size() == 2);
  CHECK(at(set({"components.api.resources.example\\.com/disk=3"}), kPath + "resources")
            ->find("example.com/disk")
            ->value == 3.0);
  CHECK(at(set({"components.api.start=4s", "components.api.start=5s"}), kPath + "start")->value ==
        5.0);
  const auto wrong = set({"components.api.start=7"});
  REQUIRE(wrong.diagnostics.size() == 1);
  CHECK(wrong.diagnostics[0].where.file == "--set 1");
  CHECK(wrong.diagnostics[0].where.column == 22);
  for (const char* bad :
       {"components.api.start", "=3", "components..api=3", "components.api.start="}) {
    CAPTURE(bad);
    CHECK(places(set({bad}).diagnostics) == "HA034@1:1");
  }
}

TEST_CASE("read: a scenario patches the spec, and every patch is checked") {
  const std::string base =
      spec_of_component("      start: 3s\n      shutdown: 2s\n      replicas: 2\n") +
      "  scenarios:\n    slow: {components: {api: {start: 60s, shutdown: null}}}\n"
      "    none: {components: {api: {replicas: 1}}}\n";
  const auto result = read({{"base.yaml", base}}, {}, "slow");
  REQUIRE(result.document);
  CHECK(at(result, kPath + "start")->value == 60.0);
  CHECK(at(result, kPath + "shutdown") == nullptr);
  CHECK(at(result, kPath + "replicas")->value == 2.0);
  CHECK(at(read({{"base.yaml", base}}), kPath + "start")->value == 3.0);
  const auto set = read({{"base.yaml", base}}, {"components.api.start=7s"}, "slow");
  REQUIRE(set.document);
  CHECK(at(set, kPath + "start")->value == 7.0);  // a setting wins over the scenario
  CHECK(at(set, kPath + "shutdown") == nullptr);
  const auto unknown = read({{"base.yaml", base}}, {}, "slwo");
  REQUIRE(unknown.diagnostics.size() == 1);
  CHECK(unknown.diagnostics[0].code == "HA033");
  CHECK(unknown.diagnostics[0].suggestion == "did you mean \"slow\"?");
  CHECK(unknown.diagnostics[0].notes.front() == "known scenarios: slow, none");
  const std::string broken =
      spec_of_component("") +
      "  scenarios: {odd: {components: {api: {start: 5, repl: 1}}, scenarios: {}}}\n";
  CHECK(places(read_text(broken).diagnostics) == "HA015@8:47 HA001@8:50 HA001@8:61");
}

TEST_CASE("read: JSON is read, with ranges and durations as strings") {
  const auto result = read_text(
      R"({"apiVersion": "haplan.dev/v1alpha1", "kind": "System", "metadata": {"name": "shop"},
          "spec": {"components": {"api": {"type": "stateless", "replicas": "1..4", "start": "3s", "movable": true}}}})");
  REQUIRE(result.document);
  CHECK(at(result, kPath + "replicas")->choices.size() == 4);
  CHECK(at(result, kPath + "start")->value == 3.0);
}

}  // namespace haplan::planner
