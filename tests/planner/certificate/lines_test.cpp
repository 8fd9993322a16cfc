#include "planner/certificate/lines.hpp"

#include <doctest/doctest.h>
#include <limits>

#include "planner/session/session.hpp"
#include "solver/prove.hpp"

namespace haplan::test {

using namespace planner;

namespace {

const char* const kSpec = R"(
apiVersion: haplan.dev/v1alpha1
kind: System
metadata: {name: shop}
spec:
  objectives:
    checkout: {availability: 99.99%, recoveryTime: 60s, loss: {node: 60s}}
  budgets: {replicas: 20}
  cluster:
    nodes:
      worker: {count: 3, capacity: {cpu: 4, memory: 16Gi}, failures: {reboot: {mtbf: 90d, repair: 5m}}}
  components:
    web:
      type: stateless
      replicas: 1..4
      start: 3s
      movable: false
      resources: {cpu: 500m, memory: 512Mi}
      failures: {crash: {mtbf: 30d, detection: exit}, hang: {mtbf: 90d, detection: liveness}}
      probes:
        liveness: {httpGet: {path: /health, port: 8080}, periodSeconds: 1..10, failureThreshold: 1..3}
      dependsOn: [database]
    database:
      type: primary-replica
      replicas: 1..3
      start: 5s
      failures: {crash: {mtbf: 90d, detection: exit}}
      failover: {controller: patroni, ttl: 20..30s, retryTimeout: 5s, success: 98%}
  services:
    checkout: {requires: [web]}
)";

Lowered lowered_spec() {
  Loaded loaded = load({.sources = {{"shop.yaml", kSpec}}, .sets = {}, .scenario = {}, .plan = {}});
  REQUIRE(loaded.lowered.has_value());
  return std::move(*loaded.lowered);
}

/// Every line of the certificate of its plan.
std::vector<std::string> certificate_lines() {
  auto plan = solved_plan(lowered_spec());
  REQUIRE(plan.has_value());
  REQUIRE(plan->outcome.status == solver::Status::optimal);
  std::vector<std::string> lines;
  const auto done =
      certify(*plan, [&](const std::string& line) { lines.push_back(line); }, {.check = true});
  REQUIRE(done.has_value());
  REQUIRE(plan->certificate.has_value());
  CHECK(plan->certificate->checked);
  CHECK(plan->certificate->proved.complete());
  std::size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  CHECK(plan->certificate->bytes == bytes);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

/// Every number of a line made another one, one at a time; and every text.
std::vector<std::string> corrupted(const std::string& line) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string other = line;
    if (line[i] >= '0' && line[i] <= '9')
      other[i] = line[i] == '9' ? '1' : static_cast<char>(line[i] + 1);
    else if (line[i] >= 'a' && line[i] <= 'z')
      other[i] = line[i] == 'z' ? 'a' : static_cast<char>(line[i] + 1);
    else if (line[i] == '{' || line[i] == ':' || line[i] == '"')
      other.erase(i, 1);
    else
      continue;
    result.push_back(other);
  }
  return result;
}

/// Where a change of the last digits of a number is a change of its meaning: beyond 1e-9 of it.
bool says_the_same(const std::string& line, std::size_t changed) {
  std::size_t digits = 0;
  for (std::size_t i = changed; i > 0; --i) {
    const char before = line[i - 1];
    if (before != '.' && (before < '0' || before > '9')) break;
    digits += before != '.' && (digits > 0 || before != '0');
  }
  constexpr std::size_t kKnown = 9;
  return digits >= kKnown;
}

}  // namespace

TEST_CASE("certificate: what solve writes is accepted, and proves the plan's replicas") {
  const std::vector<std::string> lines = certificate_lines();
  const CertificateVerdict verdict = verify_certificate(lowered_spec(), joined(lines));
  CHECK(verdict.rejected.value_or("") == "");
  CHECK(verdict.claim.has_plan);
  CHECK(verdict.proved.complete());
  CHECK(verdict.proved.boxes >= 3);
  CHECK(verdict.line == lines.size());
}

TEST_CASE("certificate: lines read back as what was written") {
  const Lowered lowered = lowered_spec();
  const solver::Problem& problem = lowered.problem;
  const solver::CountRank rank{3, 2.5, 1500, 1024};
  const solver::MissReason infinite{solver::LimitKind::loss_zone, 0, solver::Basis::component, 1,
                                    std::numeric_limits<double>::infinity()};
  const std::vector<std::size_t> nobody(problem.system.components.size(), 0);
  solver::HostCounts hosts{nobody, nobody};
  hosts.own.back() = 2;
  hosts.shared.front() = 1;
  std::vector<std::vector<model::NodeId>> scattered(nobody.size());
  scattered.front() = {2, 0};
  for (const solver::CertificateEntry& entry : std::vector<solver::CertificateEntry>{
           solver::SeriesReason{0, hosts, scattered, 0.3},
           solver::Split{1, problem.decisions[1].values[0]}, solver::RankReason{rank},
           solver::RoomReason{},
           solver::MissReason{solver::LimitKind::error_rate, 0, solver::Basis::calm, {}, 0.1 + 0.2},
           infinite, solver::SeriesReason{0, hosts, {}, 0.1 + 0.7}, solver::PlacementsReason{12},
           solver::SeriesReason{0, hosts, {}, 0.1 + 0.7, 0}, solver::BudgetReason{0, 21.0},
           solver::OpenReason{rank}}) {
    const std::string line = entry_line(problem, entry);
    CAPTURE(line);
    CHECK_FALSE(is_end(line));
    const auto again = read_entry(problem, line);
    REQUIRE(again.has_value());
    CHECK(*again == entry);
  }
  solver::Proved proved{3, 4, 1, rank};
  CHECK(is_end(end_line(problem, proved)));
  CHECK(read_end(problem, end_line(problem, proved)).value_or(solver::Proved{}) == proved);
}

TEST_CASE("certificate: one changed character is told, unless it changes no number by 1e-9") {
  const Lowered lowered = lowered_spec();
  const std::vector<std::string> lines = certificate_lines();
  int told = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t at = 0;
    for (const std::string& other : corrupted(lines[i])) {
      while (at < lines[i].size() && at < other.size() && lines[i][at] == other[at]) ++at;
      const auto place = static_cast<std::size_t>(
          std::mismatch(lines[i].begin(), lines[i].end(), other.begin(), other.end()).first -
          lines[i].begin());
      if (says_the_same(lines[i], place)) continue;
      // Names for people only: the system, and what is and is not claimed.
      if (i == 0 &&
          (other.find("\"criteria\":[\"replicas\",\"resources\"]") == std::string::npos ||
           other.find("\"notClaimed\":[\"settings\",\"placement\"]") == std::string::npos ||
           other.find("\"system\":\"shop\"") == std::string::npos))
        continue;
      std::vector<std::string> changed = lines;
      changed[i] = other;
      CAPTURE(other);
      CAPTURE(lines[i]);
      const CertificateVerdict verdict = verify_certificate(lowered, joined(changed));
      // Another plan of the same counts may be a plan as well, another node in the witness another witness.
      if (i == 0 && !verdict.rejected) continue;
      CHECK(verdict.rejected.has_value());
      ++told;
    }
  }
  CHECK(told > 300);
}

TEST_CASE("certificate: of other limits, cut short or with more behind it is rejected") {
  const std::vector<std::string> lines = certificate_lines();
  Lowered other = lowered_spec();
  *other.problem.objectives[0].max_unavailability *= 0.9;
  CHECK(verify_certificate(other, joined(lines)).rejected ==
        "a certificate of other decisions or objectives than those of the spec");
  const Lowered lowered = lowered_spec();
  std::vector<std::string> changed = lines;
  changed.pop_back();
  CHECK(verify_certificate(lowered, joined(changed)).rejected ==
        "the text ends before its last line");
  changed = lines;
  changed.push_back(lines.back());
  CHECK(verify_certificate(lowered, joined(changed)).rejected == "text after the last line");
  CHECK(verify_certificate(lowered, "").rejected == "the text ends before a first line does");
  CHECK(verify_certificate(lowered, "{}\n").rejected == "not a certificate");
  // A claim that nothing meets the objectives does not follow from a proof that nothing smaller does.
  changed = lines;
  changed[0].replace(changed[0].find("nothing better"), 14, "nothing at all");
  CHECK(verify_certificate(lowered, joined(changed)).rejected ==
        "a claim that does not fit the plan");
}

}  // namespace haplan::test
