#include "planner/lower/substitution.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <doctest/doctest.h>
#include <map>
#include <set>

#include "planner/spec/typing.hpp"
#include "tests/planner/lower/support.hpp"
#include "tests/support/random_system.hpp"

namespace haplan::planner {

namespace {

using test::Random;

/// Writes specs whose numbers are uncertain, or are what was drawn for them. Every number is a multiple of 2^-10 in
/// its base unit, so that its text, its double and its fraction are the same number.
class Writer {
 public:
  Writer(std::uint64_t seed, const std::map<std::string, double>* drawn)
      : random_(seed), drawn_(drawn) {}

  std::string duration(const std::string& path, int least, int most) {
    return number(path, least, most, 8, "s");
  }
  std::string rate(const std::string& path, int least, int most) {
    return number(path, least, most, 8, "/s");
  }
  std::string plain(const std::string& path, int least, int most) {
    return number(path, least, most, 8, "");
  }
  /// Thousandths and so on would not be exact: 1024ths are.
  std::string probability(const std::string& path, int least, int most) {
    return number(path, least, most, 1024, "");
  }
  /// 1024ths a second.
  std::string rare(const std::string& path) { return number(path, 1, 9, 1024, "/s"); }
  bool maybe() { return random_.chance(70); }

 private:
  static std::string text(double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.10f", value);
    return digits;
  }

  std::string number(const std::string& path, int least, int most, int parts, const char* unit) {
    const int value = random_.between(least + 1, most - 1);
    // Drawn also when it is not used, so that both ways of writing make the same choices.
    const bool uncertain = random_.chance(60);
    const auto written = [&](double x) { return text(x) + unit; };
    if (drawn_ && drawn_->count(path)) return written(drawn_->at(path));
    const double nominal = static_cast<double>(value) / parts;
    if (!uncertain || drawn_) return written(nominal);
    return "{value: " + written(nominal) + ", low: " + written(static_cast<double>(least) / parts) +
           ", high: " + written(static_cast<double>(most) / parts) + ", dist: uniform}";
  }

  Random random_;
  const std::map<std::string, double>* drawn_;
};

std::string domain_modes(Writer& w, const std::string& path) {
  std::string modes = "{a: {mtbf: " + w.duration(path + ".a.mtbf", 80000, 160000) +
                      ", repair: " + w.duration(path + ".a.repair", 800, 1600) + "}";
  if (w.maybe())
    modes += ", b: {rate: " + w.rare(path + ".b.rate") +
             ", repair: " + w.duration(path + ".b.repair", 80, 160) +
             ", distribution: lognormal, sigma: " + w.plain(path + ".b.sigma", 4, 16) + "}";
  return modes + "}";
}

std::string random_spec(std::uint64_t seed, const std::map<std::string, double>* drawn) {
  Writer w(seed, drawn);
  std::string s = "  cluster:\n";
  s +=
      "    domains: {zone: {failures: " + domain_modes(w, "cluster.domains.zone.failures") + "}}\n";
  s += "    nodes: {n: {count: 3, in: zone, failures: " +
       domain_modes(w, "cluster.nodes.n.failures") + "}}\n";
  if (w.maybe())
    s += "    nodeDetection: {mean: " + w.duration("cluster.nodeDetection.mean", 80, 160) +
         ", worst: " + w.duration("cluster.nodeDetection.worst", 160, 320) + "}\n";
  if (w.maybe()) s += "    propagation: " + w.duration("cluster.propagation", 4, 16) + "\n";
  if (w.maybe())
    s += "    maintenance: {drain: {every: " +
         w.duration("cluster.maintenance.drain.every", 8000000, 9000000) +
         ", perNode: " + w.duration("cluster.maintenance.drain.perNode", 800, 1600) + "}}\n";
  s += "  workload:\n    levels:\n      peak: {share: 25%, users: " +
       w.plain("workload.levels.peak.users", 8000, 16000) +
       ", thinkTime: " + w.duration("workload.levels.peak.thinkTime", 8, 80) +
       ", ramp: " + w.duration("workload.levels.peak.ramp", 8000, 16000) +
       ", every: " + w.duration("workload.levels.peak.every", 600000, 700000) + "}\n";
  s += "      low: {share: 75%, rate: " + w.rate("workload.levels.low.rate", 80, 800) + "}\n";
  s += "  components:\n    api:\n      type: stateless\n      autoscale: {min: 2, max: 900, lag: " +
       w.duration("components.api.autoscale.lag", 80, 320) + "}\n";
  s += "      throughput: " + w.rate("components.api.throughput", 400, 800) + "\n";
  if (w.maybe())
    s +=
        "      maxUtilization: " + w.probability("components.api.maxUtilization", 600, 1000) + "\n";
  s += "      serviceTime: " + w.duration("components.api.serviceTime", 1, 8) + "\n";
  s += "      start: " + w.duration("components.api.start", 8, 80) + "\n";
  s += "      shutdown: " + w.duration("components.api.shutdown", 8, 80) + "\n";
  s += "      retry: " + w.probability("components.api.retry", 100, 900) + "\n";
  s += "      failures: {crash: {mtbf: " +
       w.duration("components.api.failures.crash.mtbf", 8000000, 16000000) + "}";
  if (w.maybe())
    s += ", wreck: {rate: " + w.rare("components.api.failures.wreck.rate") +
         ", detection: manual, repair: " +
         w.duration("components.api.failures.wreck.repair", 80, 160) + "}";
  s += "}\n      probes: {liveness: {tcpSocket: {port: 80}, falseFailure: " +
       w.probability("components.api.probes.liveness.falseFailure", 1, 9) + "}}\n";
  if (w.maybe())
    s += "      probeLatency: {p50: " + w.duration("components.api.probeLatency.p50", 1, 8) +
         ", p99: " + w.duration("components.api.probeLatency.p99", 8, 16) + "}\n";
  s += "      releases: {every: " + w.duration("components.api.releases.every", 800000, 900000) +
       ", failureRate: " + w.probability("components.api.releases.failureRate", 10, 100) +
       ", restore: " + w.duration("components.api.releases.restore", 800, 1600);
  if (w.maybe()) s += ", exposure: " + w.probability("components.api.releases.exposure", 100, 900);
  s += "}\n      commonCause: {x: {mtbf: " +
       w.duration("components.api.commonCause.x.mtbf", 8000000, 9000000) +
       ", repair: " + w.duration("components.api.commonCause.x.repair", 80, 160) +
       "}, y: {rate: " + w.rare("components.api.commonCause.y.rate") + ", repair: 1m}}\n";
  s += "      dependsOn: [db, cache, llm, mail, chain, disk]\n";
  s += "    db:\n      type: primary-replica\n      replicas: 2\n      availability: " +
       w.probability("components.db.availability", 900, 1020) + "\n";
  s +=
      "      failover: {detect: {mean: " + w.duration("components.db.failover.detect.mean", 8, 80) +
      ", worst: " + w.duration("components.db.failover.detect.worst", 80, 160) +
      "}, promote: " + w.duration("components.db.failover.promote", 8, 80) +
      ", success: " + w.probability("components.db.failover.success", 800, 1000) +
      ", manual: " + w.duration("components.db.failover.manual", 8000, 9000) +
      ", switchover: " + w.duration("components.db.failover.switchover", 8, 80) + "}\n";
  s += "      replication: {lag: " + w.duration("components.db.replication.lag", 8, 16) + "}\n";
  s += "    cache:\n      type: quorum\n      replicas: 3\n      failures: {crash: {mtbf: 9d}}\n"
       "      failover: {controller: patroni, success: " +
       w.probability("components.cache.failover.success", 800, 1000) + "}\n";
  s +=
      "    disk:\n      type: stateless\n      storage: {kind: network, claim: shared, accessMode: "
      "ReadWriteMany, failures: " +
      domain_modes(w, "components.disk.storage.failures") +
      ", reattach: " + w.duration("components.disk.storage.reattach", 80, 160) + "}\n";
  s += "    mail: {type: external, mtbf: " + w.duration("components.mail.mtbf", 800000, 900000) +
       ", repair: " + w.duration("components.mail.repair", 800, 900) + "}\n";
  s += "    a: {type: external, availability: " +
       w.probability("components.a.availability", 900, 1020) +
       (w.maybe() ? ", repair: " + w.duration("components.a.repair", 800, 900) : "") + "}\n";
  s += "    b: {type: external, availability: 99.9999999%}\n";
  s += "    llm: {type: gate, any: [a, b], switchover: " +
       w.duration("components.llm.switchover", 8, 80) + "}\n";
  s += "    chain:\n      type: markov\n      states: {up: {serves: true}, down: {serves: false}}\n"
       "      transitions:\n        - {from: up, to: down, mtbf: " +
       w.duration("components.chain.transitions[0].mtbf", 80000, 90000) +
       "}\n        - {from: down, to: up, mean: " +
       w.duration("components.chain.transitions[1].mean", 80, 90) + "}\n";
  if (w.maybe())
    s += "        - {from: up, to: down, rate: " + w.rare("components.chain.transitions[2].rate") +
         "}\n";
  s +=
      "  network:\n    vertices: {p: {failures: " + domain_modes(w, "network.vertices.p.failures") +
      "}, q: {}}\n    links: {pq: {between: [p, q], failures: " +
      domain_modes(w, "network.links.pq.failures") + "}}\n";
  s += "  services:\n    main: {requires: [api, {connected: [p, q]}], load: " +
       w.probability("services.main.load", 500, 1000) + "}\n";
  return s;
}

std::string table_path(const std::string& path) {
  static const std::set<std::string> kNames = {
      "zone", "n",  "a",    "b",     "peak", "low",  "api",   "db",   "x",     "y",
      "p",    "pq", "disk", "cache", "llm",  "mail", "chain", "main", "crash", "wreck"};
  std::string result;
  std::string piece;
  for (const char c : path + ".") {
    if (c == '.') {
      const std::size_t open = piece.find('[');
      if (open != std::string::npos) piece = piece.substr(0, open) + "[]";
      result += (result.empty() ? "" : ".") + (kNames.count(piece) ? "*" : piece);
      piece.clear();
    } else {
      piece += c;
    }
  }
  return result;
}

Value document_of(const std::string& body) {
  const ReadResult result = read({{"spec.yaml", test::spec_text(body)}});
  REQUIRE_MESSAGE(result.document.has_value(),
                  (result.diagnostics.empty() ? "" : result.diagnostics.front().message));
  return *result.document;
}

/// A multiple of 2^-10 within the interval.
double draw(Random& random, const UncertainInput& input) {
  const int steps = random.between(0, 1000);
  const double x = input.low + (input.high - input.low) * steps / 1000.0;
  return std::clamp(std::round(x * 1024.0) / 1024.0, input.low, input.high);
}

}  // namespace

TEST_CASE("substitution: equals the lowering of a spec that is written with the drawn values") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Value document = document_of(random_spec(seed, nullptr));
    const std::vector<UncertainInput> inputs = uncertain_inputs(document);
    Substitution substitution(document);
    CHECK(substitution.direct() == inputs.size());
    Random random(seed * 7919);
    for (int k = 0; k < 3; ++k) {
      std::vector<double> values;
      std::map<std::string, double> drawn;
      for (const UncertainInput& input : inputs) {
        values.push_back(random.chance(15) ? input.nominal : draw(random, input));
        seen.insert(table_path(input.uses.front()));
        std::string path = input.uses.front();
        // One time for both, as `promote: 5s` is written.
        if (input.uses.size() == 2) path = path.substr(0, path.rfind('.'));
        drawn[path] = input.complemented ? 1.0 - values.back() : values.back();
      }
      const auto written = lower(document_of(random_spec(seed, &drawn)));
      REQUIRE(written.lowered.has_value());
      const auto problem = substitution.at(values);
      REQUIRE(problem.has_value());
      CHECK((*problem)->system == written.lowered->problem.system);
      model::Deployment deployment = lower(document).lowered->problem.before;
      substitution.settle(deployment);
      for (model::ComponentId id = 0; id < deployment.components.size(); ++id)
        CHECK(deployment.components[id].failover ==
              written.lowered->problem.before.components[id].failover);
    }
    CHECK(substitution.whole() == 0);
  }
  // Every field of the language that may be uncertain has been so, but for switchovers inside lists.
  for (const Field& field : fields()) {
    if (!may_be_uncertain(field)) continue;
    CAPTURE(field.path);
    CHECK(seen.count(field.path) == 1);
  }
}

}  // namespace haplan::planner
