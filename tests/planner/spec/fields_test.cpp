#include "planner/spec/fields.hpp"

#include <doctest/doctest.h>
#include <map>
#include <set>
#include <sstream>

#include "tests/planner/spec/field_rows.hpp"

namespace haplan::planner {

namespace {

/// The table of fields of the language, one row a line: paths (alternatives in braces), type,
/// default (- none), D when it may be a decision, stage. Written down here a second time on
/// purpose: it is the agreed language, and the reader's own table must equal it.
constexpr const char* kAgreed = R"(
objectives.*.availability | probability | - | | 1
objectives.*.maxDowntime | downtime | - | | 1
objectives.*.errorRate | probability | - | | 1
objectives.*.{recoveryTime,responseTime,dataLoss} | duration | - | | 1
objectives.*.loss.node | duration | - | | 1
objectives.*.loss.{zone,replica,primary} | duration | - | | 2
objectives.*.window | duration | 30d | | 2
objectives.*.compliance | probability | - | | 2
objectives.*.confidence | probability | - | | 3
minimize | words | [replicas] | | 1
maximize | word | - | | 4
budgets.* | quantity | - | | 4
prices.* | number | - | | 4
cluster.domains.*.level | name | - | | 1
cluster.domains.*.in | text | - | | 1
{cluster.domains,cluster.nodes}.*.state | word | up | | 1
{cluster.domains.*,cluster.nodes.*,components.*.storage}.failures.*.{mtbf,repair} | duration | - | | 1
{cluster.domains.*,cluster.nodes.*,components.*.storage}.failures.*.rate | rate | - | | 1
{cluster.domains.*,cluster.nodes.*,components.*.storage}.failures.*.distribution | word | exponential | | 1
{cluster.domains.*,cluster.nodes.*,components.*.storage}.failures.*.sigma | number | - | | 1
cluster.nodes.*.count | integer | - | | 1
cluster.nodes.*.in | names | - | | 1
cluster.nodes.*.capacity.* | quantity | - | | 1
cluster.nodes.*.labels.* | text | - | | 1
cluster.nodeDetection | times | {mean: 47.4s, worst: 55s} | | 1
cluster.tolerationSeconds | integer | 300 | D | 1
cluster.maintenance.drain.{every,perNode} | duration | - | | 1
cluster.propagation | duration | 1s | | 1
workload.levels.*.share | probability | 100% | | 1
workload.levels.*.users | number | - | | 1
workload.levels.*.thinkTime | duration | - | | 1
workload.levels.*.rate | rate | - | | 1
workload.levels.*.ramp | duration | 30m | | 1
workload.levels.*.every | duration | 1d | | 1
parameters.* | parameter | - | | 1
components.*.type | word | - | | 1
components.*.replicas | integer | 1 | D | 1
components.*.autoscale.{min,max} | integer | - | D | 1
components.*.autoscale.targetCPUUtilizationPercentage | integer | 80 | D | 1
components.*.autoscale.lag | duration | 30s | | 1
components.*.need | need | - | | 1
components.*.throughput | rate | - | | 1
components.*.maxUtilization | probability | 90% | | 1
components.*.serviceTime | duration | 0s | | 1
components.*.{resources,limits}.* | quantity | - | | 1
components.*.{start,shutdown} | duration | 0s | | 1
components.*.failures.*.{mtbf,repair} | duration | - | | 1
components.*.failures.*.rate | rate | - | | 1
components.*.failures.*.detection | word | exit | | 1
components.*.failures.*.ignoresSigterm | boolean | true | | 1
components.*.availability | probability | - | | 1
components.*.probes.{liveness,readiness,startup}.httpGet.{path,host} | text | - | | 1
components.*.probes.{liveness,readiness,startup}.httpGet.port | port | - | | 1
components.*.probes.{liveness,readiness,startup}.httpGet.scheme | word | - | | 1
components.*.probes.{liveness,readiness,startup}.httpGet.httpHeaders[].{name,value} | text | - | | 1
components.*.probes.{liveness,readiness,startup}.tcpSocket.port | port | - | | 1
components.*.probes.{liveness,readiness,startup}.tcpSocket.host | text | - | | 1
components.*.probes.{liveness,readiness,startup}.exec.command[] | text | - | | 1
components.*.probes.{liveness,readiness,startup}.grpc.port | integer | - | | 1
components.*.probes.{liveness,readiness,startup}.grpc.service | text | - | | 1
components.*.probes.{liveness,readiness,startup}.initialDelaySeconds | integer | 0 | D | 1
components.*.probes.{liveness,readiness,startup}.periodSeconds | integer | 10 | D | 1
components.*.probes.{liveness,readiness,startup}.timeoutSeconds | integer | 1 | D | 1
components.*.probes.{liveness,readiness,startup}.failureThreshold | integer | 3 | D | 1
components.*.probes.{liveness,readiness,startup}.successThreshold | integer | 1 | D | 1
components.*.probes.liveness.terminationGracePeriodSeconds | integer | - | D | 1
components.*.probes.liveness.falseFailure | probability | - | | 1
components.*.probeLatency.{p50,p99} | duration | - | | 1
components.*.terminationGracePeriodSeconds | integer | 30 | | 1
components.*.retry | probability | 0% | | 1
components.*.workload | word | - | | 1
components.*.storage.kind | word | none | | 1
components.*.storage.claim | name | - | | 1
components.*.storage.accessMode | word | ReadWriteOnce | | 1
components.*.storage.reattach | duration | 360s | | 1
components.*.movable | boolean | - | | 1
components.*.spread.over | text | node | | 1
components.*.spread.maxSkew | integer | 1 | | 1
components.*.spread.whenUnsatisfiable | word | DoNotSchedule | | 1
components.*.placement | word | spread | | 1
components.*.{pin,forbid} | names | - | | 1
components.*.failover.controller | word | none | | 1
components.*.failover.{ttl,downAfter} | duration | 30s | D | 1
components.*.failover.{loopWait,retryTimeout} | duration | 10s | D | 1
components.*.failover.failoverDelay | duration | 0s | D | 1
components.*.failover.{lease,nodeTimeout} | duration | 15s | D | 1
components.*.failover.retryPeriod | duration | 2s | D | 1
components.*.failover.reconnectAttempts | integer | 2 | D | 1
components.*.failover.reconnectInterval | duration | 3s | D | 1
components.*.failover.connectTimeout | duration | 5s | D | 1
components.*.failover.sentinels | integer | - | | 1
components.*.failover.{detect,promote} | times | - | | 1
components.*.failover.success | probability | 100% | | 1
components.*.failover.manual | duration | 30m | | 1
components.*.failover.switchover | duration | 5s | | 1
components.*.replication.mode | word | async | | 1
components.*.replication.lag | duration | 0s | | 1
components.*.replication.standbys | integer | 1 | | 1
components.*.replication.strict | boolean | false | | 1
components.*.releases.{every,restore} | duration | - | | 1
components.*.releases.failureRate | probability | - | | 1
components.*.releases.exposure | probability | 100% | | 1
components.*.commonCause.*.{mtbf,repair} | duration | - | | 1
components.*.commonCause.*.rate | rate | - | | 1
components.*.variants | named | - | D | 4
components.*.mix | boolean | false | | 4
components.*.uses.* | quantity | - | | 4
components.*.{dependsOn,all,any} | requirement | - | | 1
components.*.atLeast.n | integer | - | | 1
components.*.atLeast.of | requirement | - | | 1
components.*.connected | names | - | | 2
components.*.{switchover,mtbf} | duration | - | | 1
components.*.repair | duration | 1h | | 1
components.*.states.*.serves | boolean | - | | 1
components.*.transitions[].{from,to} | text | - | | 1
components.*.transitions[].{mtbf,mean} | duration | - | | 1
components.*.transitions[].rate | rate | - | | 1
services.*.requires | requirement | - | | 1
services.*.load | probability | - | | 1
services.*.host | text | - | | 1
network.{vertices,links}.*.failures.*.{mtbf,repair} | duration | - | | 2
network.{vertices,links}.*.failures.*.rate | rate | - | | 2
network.{vertices,links}.*.failures.*.distribution | word | exponential | | 2
network.{vertices,links}.*.failures.*.sigma | number | - | | 2
network.links.*.between[] | text | - | | 2
scenarios | named | - | | 1
output.releases.*.{profile,chartVersion,chart,fullname} | text | - | | 1
output.releases.*.map.* | name_or_null | - | | 1
)";

std::map<std::string, std::string> agreed_rows() {
  std::map<std::string, std::string> rows;
  std::istringstream lines(kAgreed);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells = split(line, '|');
    for (std::string& cell : cells) cell = trimmed(cell);
    if (cells.size() != 5) continue;
    for (const std::string& path : written_out(cells[0]))
      rows[path] = cells[1] + " " + cells[2] + " " + cells[3] + " " + cells[4];
  }
  return rows;
}

/// Whether values stand at the row, and not only further keys.
bool is_leaf(const Field& field) {
  const bool holds_keys = field.type == Type::map || field.type == Type::named ||
                          field.type == Type::open || field.type == Type::list;
  return !holds_keys || field.path == "scenarios" || field.path == "components.*.variants";
}

}  // namespace

TEST_CASE("fields: the table of the reader equals the table of the language") {
  const auto agreed = agreed_rows();
  std::map<std::string, std::string> own;
  for (const Field& field : fields())
    if (is_leaf(field) && field.path.rfind("plan", 0) != 0)
      own[field.path] = std::string(name_of(field.type)) + " " +
                        (field.fallback.empty() ? "-" : field.fallback) + " " +
                        (field.decision ? "D" : "") + " " + std::to_string(field.stage);
  for (const auto& [path, row] : agreed) {
    CAPTURE(path);
    CHECK(own.count(path) == 1);
    if (own.count(path)) CHECK(own.at(path) == row);
  }
  for (const auto& [path, row] : own) {
    CAPTURE(path);
    CHECK(agreed.count(path) == 1);
  }
}

TEST_CASE("fields: every row is documented, stands once and has a row above it") {
  std::set<std::string> seen;
  for (const Field& field : fields()) {
    CAPTURE(field.path);
    CHECK_FALSE(field.doc.empty());
    CHECK(field.doc.back() != '.');
    CHECK(seen.insert(field.path).second);
    const bool is_item = field.path.size() > 2 && field.path.substr(field.path.size() - 2) == "[]";
    const std::size_t cut = is_item ? field.path.size() - 2 : field.path.rfind('.');
    const std::string above = cut == std::string::npos ? "" : field.path.substr(0, cut);
    // The three tops that need no row of their own.
    const bool top = above.empty() || above == "plan";
    CHECK((top || seen.count(above) == 1));
    if (field.type == Type::word || field.type == Type::words) CHECK_FALSE(field.words.empty());
  }
}

TEST_CASE("fields: a plan holds exactly the decisions, as fixed values") {
  std::set<std::string> decisions;
  std::set<std::string> plan;
  for (const Field& field : fields()) {
    // Of what is named the names decide, which have a row of their own.
    if (field.decision && field.type != Type::named) decisions.insert("plan." + field.path);
    if (field.path.rfind("plan.", 0) == 0 && is_leaf(field)) {
      CHECK_FALSE(field.decision);
      plan.insert(field.path);
    }
  }
  decisions.insert("plan.components.*.nodes[]");
  CHECK(plan == decisions);
}

TEST_CASE("fields: shapes follow the table") {
  const Shape* spec = document_shape().find("spec");
  REQUIRE(spec);
  const Shape* period =
      spec->find("components")->any->find("probes")->find("liveness")->find("periodSeconds");
  REQUIRE(period);
  CHECK(period->field->path == "components.*.probes.liveness.periodSeconds");
  CHECK(spec->find("scenarios")->any->find("components") == spec->find("components"));
  CHECK(spec->find("scenarios")->any->find("scenarios") == nullptr);
  CHECK(gate_shape().keys.size() == 5);
}

}  // namespace haplan::planner
