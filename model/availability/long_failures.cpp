#include "model/availability/long_failures.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

constexpr int kLengths = 16;  ///< of a lognormal repair

/// Of repairs that are met at a random moment: their logarithm is normal around one that is larger by sigma^2.
void add_lognormal(double weight, double mean, double sigma, std::vector<TimeLeft>& left) {
  for (int i = 0; i < kLengths; ++i) {
    const double z = normal_quantile((i + 0.5) / kLengths);
    left.push_back({weight / kLengths, 0.5 * mean * std::exp(sigma * (z + 0.5 * sigma))});
  }
}

std::vector<TimeLeft> left_of(const std::vector<DomainMode>& modes) {
  double load = 0.0;
  for (const DomainMode& mode : modes) load += mode.rate * mode.repair;
  std::vector<TimeLeft> left;
  for (const DomainMode& mode : modes) {
    const double weight = load > 0.0 ? mode.rate * mode.repair / load : 0.0;
    if (weight <= 0.0) continue;
    if (mode.law == RepairLaw::exponential)
      left.push_back({weight, mode.repair});
    else if (mode.law == RepairLaw::fixed || mode.sigma == 0.0)
      left.push_back({weight, 0.5 * mode.repair});
    else
      add_lognormal(weight, mode.repair, mode.sigma, left);
  }
  return left;
}

/// One of its kind, unless it never or always is failed.
void add(CauseKind kind, std::size_t subject, double down, std::vector<TimeLeft> left,
         std::vector<LongFailure>& all) {
  if (down > 0.0 && down < 1.0 && !left.empty()) all.push_back({kind, subject, std::move(left)});
}

}  // namespace

std::vector<LongFailure> long_failures(const System& system, const Compiled& compiled,
                                       const Numbers& numbers) {
  std::vector<LongFailure> all;
  for (DomainId d = 0; d < system.domains.size(); ++d)
    add(CauseKind::domain, d, numbers.domain_down[d], left_of(system.domains[d].modes), all);
  for (NodeId n = 0; n < system.nodes.size(); ++n) {
    const std::vector<double>& stages = numbers.node_stages[n];
    add(CauseKind::node, n, std::accumulate(stages.begin(), stages.end(), 0.0),
        left_of(system.nodes[n].modes), all);
  }
  for (ClaimId c = 0; c < system.claims.size(); ++c)
    add(CauseKind::claim, c, numbers.claim_down[c], left_of(system.claims[c].modes), all);
  for (VertexId v = 0; v < system.network.vertices.size(); ++v)
    add(CauseKind::vertex, v, numbers.vertex_down[v], left_of(system.network.vertices[v].modes),
        all);
  for (std::size_t l = 0; l < system.network.links.size(); ++l)
    add(CauseKind::link, l, numbers.link_down[l], left_of(system.network.links[l].modes), all);
  std::vector<bool> seen(system.components.size(), false);
  for (std::size_t t = 0; t < compiled.tables.size(); ++t) {
    const ComponentId c = compiled.tables[t].component;
    const TableNumbers& table = numbers.tables[t];
    if (table.replicated || seen[c] || table.core_flow <= 0.0) continue;
    seen[c] = true;
    add(system.components[c].chain ? CauseKind::chain : CauseKind::external, c, table.core,
        {{1.0, table.core / table.core_flow}}, all);
  }
  return all;
}

const std::string& name_of(const System& system, const LongFailure& failure) {
  switch (failure.kind) {
    case CauseKind::domain: return system.domains[failure.subject].name;
    case CauseKind::node: return system.nodes[failure.subject].name;
    case CauseKind::claim: return system.claims[failure.subject].name;
    case CauseKind::vertex: return system.network.vertices[failure.subject].name;
    case CauseKind::link: return system.network.links[failure.subject].name;
    default: return system.components[failure.subject].name;
  }
}

void suppose(const Compiled& compiled, const LongFailure& failure, bool failed, Numbers& numbers) {
  const double down = failed ? 1.0 : 0.0;
  switch (failure.kind) {
    case CauseKind::domain: numbers.domain_down[failure.subject] = down; return;
    case CauseKind::node: {
      std::vector<double>& stages = numbers.node_stages[failure.subject];
      const double sum = std::accumulate(stages.begin(), stages.end(), 0.0);
      HAPLAN_EXPECTS(sum > 0.0 || !failed);
      for (double& stage : stages) stage = failed ? stage / sum : 0.0;
      return;
    }
    case CauseKind::claim: numbers.claim_down[failure.subject] = down; return;
    case CauseKind::vertex: numbers.vertex_down[failure.subject] = down; return;
    case CauseKind::link: numbers.link_down[failure.subject] = down; return;
    default: break;
  }
  for (std::size_t t = 0; t < compiled.tables.size(); ++t)
    if (compiled.tables[t].component == failure.subject) {
      numbers.tables[t].core = down;
      numbers.tables[t].core_flow = 0.0;
    }
}

}  // namespace haplan::model
