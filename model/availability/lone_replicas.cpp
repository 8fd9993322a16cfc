#include "model/availability/lone_replicas.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "model/numerics/assignment.hpp"

namespace haplan::model {

namespace {

/// P(down and what is placed already up) of one replica on each kind of node that it may use.
struct Gain {
  const LoneReplica* replica = nullptr;
  std::vector<double> on;  ///< per kind; only where it may run
  double least = std::numeric_limits<double>::infinity();
  double most = 0.0;
};

Gain gain_of(const DownVector& weight, const LoneReplica& replica) {
  Gain gain{&replica, std::vector<double>(replica.down.size(), 0.0)};
  for (std::size_t kind = 0; kind < replica.down.size(); ++kind) {
    if (replica.down[kind].empty()) continue;
    gain.on[kind] = dot(weight, replica.down[kind]);
    gain.least = std::min(gain.least, gain.on[kind]);
    gain.most = std::max(gain.most, gain.on[kind]);
  }
  return gain;
}

/// The most that the last of these adds on a node that it shares with an earlier one.
double most_shared(const DownVector& weight, const std::vector<Gain>& gains, std::size_t last,
                   double& operations) {
  const Gain& gain = gains[last];
  double most = 0.0;
  DownVector weighed(weight.size());
  for (std::size_t kind = 0; kind < gain.on.size(); ++kind) {
    const DownVector& own = gain.replica->down[kind];
    if (own.empty() || gain.on[kind] <= most) continue;
    for (std::size_t w = 0; w < weighed.size(); ++w) weighed[w] = weight[w] * own[w];
    double together = gain.on[kind];
    for (std::size_t other = 0; other < last; ++other)
      if (const DownVector& down = gains[other].replica->down[kind]; !down.empty())
        together = std::min(together, dot(weighed, down));
    operations += static_cast<double>((last + 1) * weight.size());
    most = std::max(most, gain.on[kind] - together);
  }
  return most;
}

/// What all add at most, and in which worlds that needs several of them down.
struct Added {
  double most = 0.0;
  double operations = 0.0;
  /// Per world: the sum of P(down) of those that have a node to themselves, the only one of its kind.
  DownVector alone;
};

Added added(const DownVector& weight, const std::vector<LoneReplica>& replicas,
            const std::vector<std::size_t>& nodes) {
  Added result{.alone = DownVector(weight.size(), 0.0)};
  std::vector<Gain> gains;
  double sum = 0.0;
  for (const LoneReplica& replica : replicas) {
    gains.push_back(gain_of(weight, replica));
    sum += gains.back().most;
    result.operations += static_cast<double>(replica.down.size() * weight.size());
  }
  // Whoever depends most on its node is the first one there: its outage covers that of the others.
  std::ranges::stable_sort(gains, std::ranges::greater{},
                           [](const Gain& gain) { return gain.most - gain.least; });
  std::vector<std::size_t> kind_of;  // per node
  for (std::size_t kind = 0; kind < nodes.size(); ++kind)
    kind_of.insert(kind_of.end(), nodes[kind], kind);
  double bound = 0.0;
  std::vector<std::vector<double>>
      more;  // than on a node that is shared: as the first one on a node
  for (std::size_t i = 0; i < gains.size(); ++i) {
    const double shared = i == 0 ? 0.0 : most_shared(weight, gains, i, result.operations);
    bound += shared;
    auto& row = more.emplace_back();
    for (const std::size_t kind : kind_of) row.push_back(std::max(0.0, gains[i].on[kind] - shared));
  }
  const Assignment best = largest_assignment(more);
  result.most = std::min(sum, bound + best.sum);
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (best.column[i] == kind_of.size()) continue;
    const std::size_t kind = kind_of[best.column[i]];
    if (nodes[kind] > 1) continue;  // what differs between nodes of a kind would tell them apart
    const DownVector& down = gains[i].replica->down[kind];
    for (std::size_t w = 0; w < down.size(); ++w) result.alone[w] += down[w];
  }
  return result;
}

/// Per world: nodes, each the only one of its kind, on which some replica may be down; what differs between nodes of a kind would tell
/// them apart.
std::vector<std::size_t> reaching_nodes(std::size_t worlds,
                                        const std::vector<LoneReplica>& replicas,
                                        const std::vector<std::size_t>& nodes) {
  constexpr double kTiny = 1e-6;
  std::vector<std::size_t> reaching(worlds, 0);
  std::vector<char> reaches(worlds);
  for (std::size_t kind = 0; kind < nodes.size(); ++kind) {
    if (nodes[kind] > 1) continue;
    std::ranges::fill(reaches, 0);
    for (const LoneReplica& replica : replicas)
      for (std::size_t w = 0; w < replica.down[kind].size(); ++w)
        reaches[w] |= static_cast<char>(replica.down[kind][w] > kTiny);
    for (std::size_t w = 0; w < worlds; ++w) reaching[w] += static_cast<std::size_t>(reaches[w]);
  }
  return reaching;
}

}  // namespace

MostAdded most_added(const DownVector& weight, const std::vector<LoneReplica>& replicas,
                     const std::vector<std::size_t>& nodes, double enough) {
  const Added first = added(weight, replicas, nodes);
  const MostAdded plain{first.most, first.operations};
  if (first.most <= enough) return plain;
  const std::vector<std::size_t> reaching = reaching_nodes(weight.size(), replicas, nodes);
  DownVector rest = weight;
  double certain = 0.0;
  constexpr double kCertain = 1.0 - 1e-6;
  for (std::size_t w = 0; w < rest.size(); ++w)
    if (reaching[w] > 1 && first.alone[w] > kCertain) certain += std::exchange(rest[w], 0.0);
  if (certain == 0.0) return plain;
  const Added closer = added(rest, replicas, nodes);
  return {std::min(first.most, certain + closer.most), first.operations + closer.operations};
}

}  // namespace haplan::model
