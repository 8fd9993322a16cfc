#include "solver/verify/series.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "model/recovery/domain.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kSafe = 1e-11;                ///< of each term, against rounding
constexpr double kSurely = 0.99;               ///< down without a domain: the least of them counts
constexpr double kMostly = 0.5;                ///< the same, for what is so at some levels only
constexpr double kAlmostSurely = 1.0 - 1e-12;  ///< a probability with a logarithm
constexpr int kRounds = 8;                     ///< of cutting a range of sums in two
constexpr double kGain = 2.0;  ///< by narrower intervals, in what their chords are off by

}  // namespace

/// Of the components that the service needs, and of those that only take replicas.
struct Series::Sum {
  struct Part {
    ComponentId component = 0;
    std::vector<std::size_t> counts;           ///< those that can be, indices into Choices::counts
    std::vector<Knapsack::Size> sizes;         ///< of each
    std::vector<unsigned> hits;                ///< of each: domains that it cannot do without
    std::vector<bool> single;                  ///< of each: it can be in any domain instead
    std::vector<std::vector<double>> logs;     ///< [level][count] -log P(up)
    std::vector<std::vector<double>> credits;  ///< [level][count]
    std::vector<std::vector<double>> drains;   ///< [level][count]
    std::vector<std::vector<double>> shared;   ///< [level][count] what drains leave out
  };
  std::vector<Part> parts;
  std::vector<double> rest;      ///< per level: P(down) of everything else
  std::vector<double> together;  ///< per level: what nodes that are shared add to P(up), at most
  double surely = 1.0;           ///< P(down without a domain), the least of those with hits
  double mostly = 1.0;           ///< the same of those that are so at some levels only
  LevelId main = 0;              ///< the level whose sum is cut into parts
  std::vector<double> least;     ///< per level: of the logs
  std::vector<double> most;      ///< the same
  double end = 0.0;              ///< of the main level: sums beyond it exceed the figure

  [[nodiscard]] double most_more(LevelId a, LevelId b) const;
};

/// By how much more the logs of one level can add up to than those of another.
double Series::Sum::most_more(LevelId a, LevelId b) const {
  double more = 0.0;
  for (const Part& part : parts) {
    double most_of_part = -std::numeric_limits<double>::infinity();
    for (std::size_t o = 0; o < part.counts.size(); ++o)
      most_of_part = std::max(most_of_part, part.logs[a][o] - part.logs[b][o]);
    more += most_of_part;
  }
  return more;
}

Series::Series(Relaxation& relaxation, const std::vector<std::vector<NodeId>>& witness,
               std::optional<CountRank> plan)
    : relaxation_(relaxation),
      choices_(relaxation.choices),
      system_(choices_.problem.system),
      witness_(witness),
      plan_(plan),
      scheduled_(choices_, witness),
      parts_(choices_, witness) {
  lasting_ = std::ranges::any_of(system_.nodes, &Node::down) ||
             std::ranges::any_of(system_.domains, &Domain::down);
  undrained_ = without_drains(system_);
  for (const Domain& domain : system_.domains)
    all_up_ *= 1.0 - down_probability(domain.modes, false);
  for (const DomainId d : parts_.domains())
    domain_down_.push_back(down_probability(system_.domains[d].modes, false));
}

bool Series::may_own(ServiceId service, ComponentId c) const {
  const Component& component = system_.components[c];
  return component.replicated() && relaxation_.needs(service, c) &&
         !(component.pinned && choices_.problem.rules[c].pinned);
}

bool Series::applies(const Box& box) {
  if (lasting_ || undrained_ <= 0.0 || choices_.empty(box)) return false;
  if (!system_.nodes.empty() && !scheduled_.may_choose(box)) return false;
  return std::ranges::all_of(choices_.replicated,
                             [&](ComponentId c) { return choices_.best(box, c).any; });
}

std::set<NodeId> Series::nodes_of(ComponentId c, std::size_t count) const {
  return {witness_[c].begin(), witness_[c].begin() + static_cast<std::ptrdiff_t>(count)};
}

/// Everybody's own nodes are different ones.
bool Series::fits(ServiceId service, const HostCounts& hosts) const {
  const std::size_t count = system_.components.size();
  if (hosts.own.size() != count || hosts.shared.size() != count) return false;
  std::set<NodeId> taken;
  for (ComponentId c = 0; c < count; ++c) {
    const std::size_t room = may_own(service, c) ? witness_[c].size() : 0;
    if (hosts.own[c] > room || hosts.shared[c] > room - hosts.own[c]) return false;
    for (const NodeId node : nodes_of(c, hosts.own[c]))
      if (!taken.insert(node).second) return false;
  }
  return true;
}

std::vector<double> Series::swing(const Box& box, ComponentId c, std::size_t counted, NodeId node) {
  std::vector<double> most(system_.levels.size(), 0.0);
  for (const std::vector<double>& levels : parts_.swings(box, c, counted, node))
    for (LevelId l = 0; l < most.size(); ++l) most[l] = std::max(most[l], levels[l]);
  return most;
}

/// The sum of the covariances. E[X Y] <= E[X] E[Y] + cov(X, Y), and that of a product of some with the next one is no more than the
/// sum of theirs: the sum less the product rises with each of them.
///   returns  per level; nothing: two share more than one node, or one does not fall with the nodes that are lost
std::optional<std::vector<double>> Series::shared(const Box& box, const HostCounts& hosts) {
  std::vector<double> together(system_.levels.size(), 0.0);
  std::map<NodeId, std::vector<ComponentId>> on;
  for (ComponentId c = 0; c < hosts.own.size(); ++c)
    for (const NodeId node : nodes_of(c, hosts.all(c))) on[node].push_back(c);
  std::set<std::pair<ComponentId, ComponentId>> met;
  for (const auto& [node, components] : on) {
    if (components.size() < 2) continue;
    std::vector<double> sum(together.size(), 0.0);
    const double down = parts_.node_down(node);
    for (std::size_t i = 0; i < components.size(); ++i) {
      const ComponentId c = components[i];
      for (std::size_t k = 0; k < i; ++k)
        if (!met.emplace(components[k], c).second) return std::nullopt;
      if (!std::ranges::all_of(parts_.figures(box, c, hosts.own[c], hosts.shared[c]),
                               &PartFigures::falling))
        return std::nullopt;
      const std::vector<double> swings = swing(box, c, hosts.all(c), node);
      for (LevelId l = 0; l < sum.size(); ++l) {
        together[l] += down * (1.0 - down) * sum[l] * swings[l];
        sum[l] += swings[l];
      }
    }
  }
  return together;
}

std::vector<double> Series::worth(const Box& box, ComponentId c, std::size_t own,
                                  std::size_t shared) {
  std::vector<double> all;
  for (const PartFigures& figures : parts_.figures(box, c, own, shared)) {
    double sum = 0.0;
    for (LevelId l = 0; l < system_.levels.size(); ++l) {
      const PartFigures::AtLevel& level = figures.levels[l];
      sum += system_.levels[l].share * (level.down - level.credit + level.drained);
    }
    all.push_back(sum);
  }
  return all;
}

/// In each domain that is looked at the first node that is nobody's; none where some domain has none.
void Series::find_spares(const HostCounts& hosts) {
  std::set<NodeId> taken;
  for (ComponentId c = 0; c < hosts.own.size(); ++c) taken.merge(nodes_of(c, hosts.all(c)));
  spares_.clear();
  for (const DomainId domain : parts_.domains()) {
    NodeId node = 0;
    while (node < system_.nodes.size() && (taken.contains(node) || !parts_.below(node, domain)))
      ++node;
    if (node == system_.nodes.size()) {
      spares_.clear();
      return;
    }
    taken.insert(node);
    spares_.push_back(node);
  }
}

/// A single replica may be on any of the spare nodes instead, where it is as available as before.
bool Series::moves(const Box& box, ComponentId c, std::size_t counted) {
  return !spares_.empty() && std::ranges::all_of(spares_, [&](NodeId spare) {
    return (counted == 0 ||
            fail_alike(system_.nodes[spare].modes, system_.nodes[witness_[c].front()].modes)) &&
           scheduled_.may_stand(box, c, spare);
  });
}

/// P(down by the loss of a domain) when some components cannot do without the domains of a set, at most levels without those of
/// another, and single replicas are in those of a third.
double Series::lost(const Sum& sum, std::size_t set, std::size_t singles) const {
  const std::size_t domains = domain_down_.size();
  double lost = 0.0;
  double up = 1.0;
  for (const bool surely : {true, false})
    for (std::size_t d = 0; d < domains; ++d) {
      const bool first = (((set | singles) >> d) & 1U) != 0;
      if (surely ? !first : first || ((set >> (d + domains)) & 1U) == 0) continue;
      lost += up * domain_down_[d] * (surely ? sum.surely : sum.mostly);
      up *= 1.0 - domain_down_[d];
    }
  return lost * undrained_;
}

/// Single replicas are where they do most, one in each domain.
void Series::find_losses(const Sum& sum) {
  losses_.clear();
  const std::size_t domains = domain_down_.size();
  for (std::size_t singles = 0; singles <= (spares_.empty() ? 0 : domains); ++singles)
    for (std::size_t set = 0; set < std::size_t{1} << (2 * domains); ++set) {
      double most = 0.0;
      for (std::size_t where = 0; where < std::size_t{1} << domains; ++where)
        if (static_cast<std::size_t>(std::popcount(where)) <= singles)
          most = std::max(most, lost(sum, set, where));
      losses_.push_back(most);
    }
}

///   returns  false: some component has no count that can be
bool Series::gather(const Box& box, ServiceId service, const HostCounts& hosts, double figure,
                    Sum& sum) {
  const std::size_t levels = system_.levels.size();
  std::vector<bool> series(system_.components.size(), false);
  for (const ComponentId c : choices_.replicated) series[c] = relaxation_.needs(service, c);
  sum.rest = relaxation_.rest(box, service, series);

  // The most that each can be up while nothing happens to nodes.
  std::vector<std::vector<double>> up(system_.components.size(), std::vector(levels, 1.0));
  for (const ComponentId c : choices_.replicated) {
    if (!series[c]) continue;
    std::vector<double> calm(levels, 1.0);
    for (const PartFigures& figures : parts_.figures(box, c, hosts.own[c], hosts.shared[c]))
      for (LevelId l = 0; l < levels; ++l) calm[l] = std::min(calm[l], figures.levels[l].calm);
    for (LevelId l = 0; l < levels; ++l) up[c][l] = 1.0 - calm[l];
  }
  for (const ComponentId c : choices_.replicated) {
    Sum::Part part{.component = c};
    const std::vector<Knapsack::Size> all = sizes_->of(box, c);
    if (!series[c]) {
      const auto least = std::ranges::min_element(all);
      part.counts = {static_cast<std::size_t>(least - all.begin())};
      part.sizes = {*least};
      part.hits = {0};
      part.single = {false};
      part.logs = part.credits = part.drains = part.shared =
          std::vector(levels, std::vector(1, 0.0));
      sum.parts.push_back(std::move(part));
      continue;
    }
    for (auto* terms : {&part.logs, &part.credits, &part.drains, &part.shared})
      terms->resize(levels);
    const std::vector<PartFigures>& figures = parts_.figures(box, c, hosts.own[c], hosts.shared[c]);
    const bool can_move = moves(box, c, hosts.all(c));
    for (std::size_t o = 0; o < figures.size(); ++o) {
      double alone = 0.0;
      for (LevelId l = 0; l < levels; ++l)
        alone += system_.levels[l].share * all_up_ * undrained_ *
                 (figures[o].levels[l].down * (1.0 - kSafe) -
                  figures[o].levels[l].credit * (1.0 + kSafe));
      if (alone > figure) continue;
      unsigned hits = 0;
      for (std::size_t d = 0; d < figures[o].without.size(); ++d)
        if (const double without = figures[o].without[d]; without >= kSurely) {
          hits |= 1U << d;
          sum.surely = std::min(sum.surely, without);
        } else if (without >= kMostly) {
          hits |= 1U << (d + figures[o].without.size());
          sum.mostly = std::min(sum.mostly, without);
        }
      part.counts.push_back(o);
      part.sizes.push_back(all[o]);
      const bool single = can_move && std::ranges::max(choices_.counts(box, c)[o].replicas) == 1;
      part.hits.push_back(single ? 0U : hits);
      part.single.push_back(single);
      for (LevelId l = 0; l < levels; ++l) {
        const PartFigures::AtLevel& level = figures[o].levels[l];
        double others = 1.0;
        for (const ComponentId other : choices_.replicated)
          if (other != c) others *= up[other][l];
        part.logs[l].push_back(-std::log1p(-std::min(level.down, kAlmostSurely)) * (1.0 - kSafe));
        part.credits[l].push_back(level.credit * others * undrained_ * (1.0 + kSafe));
        part.drains[l].push_back(level.drained);
        part.shared[l].push_back(level.shared * (1.0 - undrained_) * (1.0 + kSafe));
      }
    }
    if (part.counts.empty()) return false;
    sum.parts.push_back(std::move(part));
  }
  return true;
}

/// Between which sums of the logs the objective can be kept at the level with the largest share.
void Series::find_ends(double figure, Sum& sum) const {
  const std::size_t levels = system_.levels.size();
  sum.least.assign(levels, 0.0);
  sum.most.assign(levels, 0.0);
  for (LevelId l = 0; l < levels; ++l) {
    if (system_.levels[l].share > system_.levels[sum.main].share) sum.main = l;
    for (const Sum::Part& part : sum.parts) {
      sum.least[l] += std::ranges::min(part.logs[l]);
      sum.most[l] += std::ranges::max(part.logs[l]);
    }
  }
  // P(up) <= (1 - rest) (exp(-x) + saved): beyond the end that is too little even at its most.
  double saved = sum.together[sum.main];
  for (const Sum::Part& part : sum.parts)
    saved += std::ranges::max(part.credits[sum.main]) + std::ranges::max(part.shared[sum.main]) -
             std::min(0.0, std::ranges::min(part.drains[sum.main]));
  const double rest = sum.rest[sum.main] * (1.0 - kSafe);
  sum.end = sum.most[sum.main];
  if (rest >= 1.0) return;
  const double down = figure / (system_.levels[sum.main].share * all_up_) -
                      rest;  // of (1 - rest) (...) below 1 - rest
  const double gap = down / (1.0 - rest) + saved;
  if (gap >= 1.0) return;
  sum.end = std::min(sum.end, std::max(0.0, -std::log1p(-std::max(0.0, gap))) * (1.0 + kSafe));
}

/// While the sum of the main level is within an interval, that of another one is.
Series::Piece Series::at_level(const Sum& sum, const Piece& piece, LevelId level) {
  if (level == sum.main) return piece;
  const double from = std::max(sum.least[level], piece.from - sum.most_more(sum.main, level));
  return {from,
          std::max(from, std::min(sum.most[level], piece.to + sum.most_more(level, sum.main)))};
}

/// What the chords of an interval may be off by.
double Series::off(const Sum& sum, const Piece& piece) const {
  double off = 0.0;
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    const auto [a, b] = at_level(sum, piece, l);
    off += system_.levels[l].share * all_up_ * (1.0 - sum.rest[l]) * (b - a) * (b - a) / 8.0;
  }
  return off;
}

/// While the sum of the main level is within an interval, the exponential is above its chord, and everything is a sum.
Knapsack Series::between(const Sum& sum, double figure, const Piece& piece) const {
  Knapsack knapsack;
  knapsack.before = sizes_->before();
  knapsack.most = figure;
  knapsack.sets = std::size_t{1} << (2 * domain_down_.size());
  knapsack.losses = losses_;
  for (const Sum::Part& part : sum.parts) {
    auto& options = knapsack.parts.emplace_back();
    for (std::size_t o = 0; o < part.counts.size(); ++o)
      options.push_back({part.sizes[o], 0.0, part.hits[o], part.single[o]});
  }
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    const auto [a, b] = at_level(sum, piece, l);
    const double low = -std::expm1(-a);
    const double high = -std::expm1(-b);
    constexpr double kWide = 1e-12;
    const double slope = b - a > kWide ? (high - low) / (b - a) : std::exp(-b);
    const double weight = system_.levels[l].share * all_up_;
    const double rest = sum.rest[l];
    // weight (1 - (1 - rest) (exp(-x) - drains + shared + credits + together)).
    knapsack.most -= weight * (rest * (1.0 - kSafe) + (1.0 - rest) * (low - slope * a));
    knapsack.most += weight * (1.0 - rest) * sum.together[l] * (1.0 + kSafe);
    for (std::size_t p = 0; p < sum.parts.size(); ++p) {
      const Sum::Part& part = sum.parts[p];
      for (std::size_t o = 0; o < part.counts.size(); ++o) {
        const double drained = part.drains[l][o];
        const double less =
            drained > 0.0 ? drained * (1.0 - high) * (1.0 - kSafe * (1.0 + b)) : drained;
        knapsack.parts[p][o].value +=
            weight * (1.0 - rest) *
            (slope * part.logs[l][o] + less - part.shared[l][o] - part.credits[l][o]);
      }
    }
  }
  return knapsack;
}

std::optional<Series::Answer> Series::judge(const Box& box, ServiceId service,
                                            const HostCounts& hosts, double figure,
                                            std::optional<std::size_t> budget) {
  if (budget && *budget >= choices_.problem.budgets.size()) return std::nullopt;
  if (!(figure > 0.0) || figure >= 1.0 || !applies(box) || !fits(service, hosts))
    return std::nullopt;
  auto together = shared(box, hosts);
  if (!together) return std::nullopt;
  Sum sum;
  sum.together = std::move(*together);
  Answer answer{.excluded = true};
  sizes_ = &known_sizes_.try_emplace(budget, choices_, plan_, budget).first->second;
  sizes_->look_at(box);
  find_spares(hosts);
  if (!gather(box, service, hosts, figure, sum)) return answer;
  find_losses(sum);
  find_ends(figure, sum);
  const double from = sum.least[sum.main];
  if (from > sum.end) return answer;
  std::vector<Piece> left{{from, sum.end}};
  for (int round = 0; round < kRounds && !left.empty(); ++round) {
    double least = std::numeric_limits<double>::infinity();
    bool hopeless = false;  // narrower intervals would hardly exclude all
    std::vector<Piece> next;
    for (const Piece& piece : left) {
      const Knapsack knapsack = between(sum, figure, piece);
      const KnapsackAnswer found = fill(knapsack, stop);
      if (!found.known) return std::nullopt;
      if (!found.choice) continue;
      const double middle = piece.from + (piece.to - piece.from) / 2.0;
      next.push_back({piece.from, middle});
      next.push_back({middle, piece.to});
      const double excess = found.value - knapsack.most;
      hopeless = hopeless || excess < -kGain * off(sum, piece);
      if (excess >= least) continue;
      least = excess;
      answer.counts.assign(system_.components.size(), 0);
      for (std::size_t p = 0; p < sum.parts.size(); ++p)
        answer.counts[sum.parts[p].component] = sum.parts[p].counts[(*found.choice)[p]];
    }
    left = std::move(next);
    if (hopeless) break;
  }
  answer.excluded = left.empty();
  return answer;
}

}  // namespace haplan::solver
