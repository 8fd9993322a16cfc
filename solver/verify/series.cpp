#include "solver/verify/series.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "model/recovery/domain.hpp"
#include "solver/verify/stand_in.hpp"

namespace haplan::solver {

using namespace model;

namespace {

constexpr double kSafe = 1e-11;                ///< of each term, against rounding
constexpr double kSurely = 0.99;               ///< down without a domain: the least of them counts
constexpr double kMostly = 0.5;                ///< the same, for what is so at some levels only
constexpr double kAlmostSurely = 1.0 - 1e-12;  ///< a probability with a logarithm
constexpr double kChord = 1e-5;  ///< of the figure, what a chord may lie below the curve
constexpr int kMostChords = 32;

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
  };
  std::vector<Part> parts;
  std::vector<double> rest;   ///< per level: P(down) of everything else
  double surely = 1.0;        ///< P(down without a domain), the least of those with hits
  double mostly = 1.0;        ///< the same of those that are so at some levels only
  LevelId main = 0;           ///< the level whose sum is cut into parts
  std::vector<double> least;  ///< per level: of the logs
  std::vector<double> most;   ///< the same
  double end = 0.0;           ///< of the main level: sums beyond it exceed the figure
};

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

/// Everybody's own nodes are different ones.
bool Series::disjoint(ServiceId service, const std::vector<std::size_t>& own) const {
  if (own.size() != system_.components.size()) return false;
  std::set<NodeId> taken;
  for (ComponentId c = 0; c < own.size(); ++c) {
    if (own[c] == 0) continue;
    if (!may_own(service, c) || own[c] > witness_[c].size()) return false;
    const std::set<NodeId> nodes(witness_[c].begin(),
                                 witness_[c].begin() + static_cast<std::ptrdiff_t>(own[c]));
    for (const NodeId node : nodes)
      if (!taken.insert(node).second) return false;
  }
  return true;
}

std::vector<double> Series::worth(const Box& box, ComponentId c, std::size_t own) {
  std::vector<double> all;
  for (const PartFigures& figures : parts_.figures(box, c, own)) {
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
void Series::find_spares(const std::vector<std::size_t>& own) {
  std::set<NodeId> taken;
  for (ComponentId c = 0; c < own.size(); ++c)
    taken.insert(witness_[c].begin(), witness_[c].begin() + static_cast<std::ptrdiff_t>(own[c]));
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
bool Series::moves(const Box& box, ComponentId c, std::size_t own) {
  return !spares_.empty() && std::ranges::all_of(spares_, [&](NodeId spare) {
    return (own == 0 ||
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
bool Series::gather(const Box& box, ServiceId service, const std::vector<std::size_t>& own,
                    double figure, Sum& sum) {
  const std::size_t levels = system_.levels.size();
  std::vector<bool> series(system_.components.size(), false);
  for (const ComponentId c : choices_.replicated) series[c] = relaxation_.needs(service, c);
  sum.rest = relaxation_.rest(box, service, series);

  // The most that each can be up while nothing happens to nodes.
  std::vector<std::vector<double>> up(system_.components.size(), std::vector(levels, 1.0));
  for (const ComponentId c : choices_.replicated) {
    if (!series[c]) continue;
    std::vector<double> calm(levels, 1.0);
    for (const PartFigures& figures : parts_.figures(box, c, own[c]))
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
      part.logs = part.credits = part.drains = std::vector(levels, std::vector(1, 0.0));
      sum.parts.push_back(std::move(part));
      continue;
    }
    part.logs.resize(levels);
    part.credits.resize(levels);
    part.drains.resize(levels);
    const std::vector<PartFigures>& figures = parts_.figures(box, c, own[c]);
    const bool can_move = moves(box, c, own[c]);
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
  double saved = 0.0;
  for (const Sum::Part& part : sum.parts)
    saved += std::ranges::max(part.credits[sum.main]) -
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

/// While the sum of the main level is within an interval, the exponential is above its chord, and everything is a sum.
Knapsack Series::between(const Sum& sum, double figure, double from, double to) const {
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
  // Of two levels, by how much more the one can add up to.
  const auto most_more = [&](LevelId a, LevelId b) {
    double more = 0.0;
    for (const Sum::Part& part : sum.parts) {
      double most = -std::numeric_limits<double>::infinity();
      for (std::size_t o = 0; o < part.counts.size(); ++o)
        most = std::max(most, part.logs[a][o] - part.logs[b][o]);
      more += most;
    }
    return more;
  };
  for (LevelId l = 0; l < system_.levels.size(); ++l) {
    const double a = l == sum.main ? from : std::max(sum.least[l], from - most_more(sum.main, l));
    const double b =
        std::max(a, l == sum.main ? to : std::min(sum.most[l], to + most_more(l, sum.main)));
    const double low = -std::expm1(-a);
    const double high = -std::expm1(-b);
    constexpr double kWide = 1e-12;
    const double slope = b - a > kWide ? (high - low) / (b - a) : std::exp(-b);
    const double weight = system_.levels[l].share * all_up_;
    const double rest = sum.rest[l];
    // weight (1 - (1 - rest) (exp(-x) - drains + credits)), a sum of non-negative terms but for the credits.
    knapsack.most -= weight * (rest * (1.0 - kSafe) + (1.0 - rest) * (low - slope * a));
    for (std::size_t p = 0; p < sum.parts.size(); ++p) {
      const Sum::Part& part = sum.parts[p];
      for (std::size_t o = 0; o < part.counts.size(); ++o) {
        const double drained = part.drains[l][o];
        const double less =
            drained > 0.0 ? drained * (1.0 - high) * (1.0 - kSafe * (1.0 + b)) : drained;
        knapsack.parts[p][o].value +=
            weight * (1.0 - rest) * (slope * part.logs[l][o] + less - part.credits[l][o]);
      }
    }
  }
  return knapsack;
}

std::optional<Series::Answer> Series::judge(const Box& box, ServiceId service,
                                            const std::vector<std::size_t>& own, double figure,
                                            std::optional<std::size_t> budget) {
  if (budget && *budget >= choices_.problem.budgets.size()) return std::nullopt;
  if (!(figure > 0.0) || figure >= 1.0 || !applies(box) || !disjoint(service, own))
    return std::nullopt;
  Sum sum;
  Answer answer{.excluded = true};
  sizes_ = &known_sizes_.try_emplace(budget, choices_, plan_, budget).first->second;
  sizes_->look_at(box);
  find_spares(own);
  if (!gather(box, service, own, figure, sum)) return answer;
  find_losses(sum);
  find_ends(figure, sum);
  const double from = sum.least[sum.main];
  if (from > sum.end) return answer;
  const double width = sum.end - from;
  const int chords = std::clamp(
      static_cast<int>(std::ceil(width / std::sqrt(8.0 * kChord * figure))), 1, kMostChords);
  double value = std::numeric_limits<double>::infinity();
  for (int k = 0; k < chords; ++k) {
    const Knapsack knapsack =
        between(sum, figure, from + width * k / chords, from + width * (k + 1) / chords);
    const KnapsackAnswer found = fill(knapsack, stop);
    if (!found.known) return std::nullopt;
    if (!found.choice || found.value - knapsack.most >= value) continue;
    value = found.value - knapsack.most;
    answer.excluded = false;
    answer.counts.assign(system_.components.size(), 0);
    for (std::size_t p = 0; p < sum.parts.size(); ++p)
      answer.counts[sum.parts[p].component] = sum.parts[p].counts[(*found.choice)[p]];
  }
  return answer;
}

}  // namespace haplan::solver
