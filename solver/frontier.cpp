#include "solver/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "model/base/contract.hpp"

namespace haplan::solver {

int compare(const RankCost& a, const RankCost& b) {
  constexpr double kTie = 1e-9;
  if (std::abs(a.mean - b.mean) > kTie * std::max(1.0, std::abs(a.mean)))
    return a.mean < b.mean ? -1 : 1;
  return a.cpu == b.cpu ? 0 : a.cpu < b.cpu ? -1 : 1;
}

namespace {

constexpr double kRounding = 1e-9;  ///< sums in another order

bool no_worse(const Choice& a, const Choice& b) {
  return a.extra == b.extra && a.cost.mean <= b.cost.mean && a.cost.cpu <= b.cost.cpu &&
         a.adds <= b.adds && (!a.crippled || b.crippled);
}

/// Without choices that another one makes superfluous: of settings most cost the same.
std::vector<Choice> best_of(const std::vector<Choice>& choices) {
  std::vector<Choice> best;
  for (const Choice& choice : choices) {
    if (std::ranges::any_of(best, [&](const Choice& known) { return no_worse(known, choice); }))
      continue;
    std::erase_if(best, [&](const Choice& known) { return no_worse(choice, known); });
    best.push_back(choice);
  }
  return best;
}

}  // namespace

Frontier::Frontier(const std::vector<std::vector<Choice>>& choices, int spare,
                   std::vector<double> losses, double budget)
    : spare_(spare), width_(losses.size()) {
  HAPLAN_EXPECTS(spare >= 0 && !losses.empty());
  lists_.resize((choices.size() + 1) * static_cast<std::size_t>(spare + 1) * width_);
  const auto slot = [&](std::size_t depth, int extra, std::size_t crippled) -> List& {
    const auto row = depth * static_cast<std::size_t>(spare + 1) + static_cast<std::size_t>(extra);
    return lists_[row * width_ + crippled];
  };
  std::vector<double> left{budget};  // by the components before
  for (const auto& list : choices) {
    double least = std::numeric_limits<double>::infinity();
    for (const Choice& choice : list) least = std::min(least, choice.adds);
    left.push_back(left.back() - least);
  }
  for (std::size_t crippled = 0; crippled < width_; ++crippled)
    slot(choices.size(), 0, crippled) = {{{}, losses[crippled]}};
  for (std::size_t depth = choices.size(); depth-- > 0;) {
    const std::vector<Choice> best = best_of(choices[depth]);
    for (int extra = 0; extra <= spare; ++extra)
      for (std::size_t crippled = 0; crippled < width_; ++crippled) {
        List points;
        for (const Choice& choice : best) {
          if (choice.extra > extra) continue;
          for (const Point& rest :
               slot(depth + 1, extra - choice.extra,
                    static_cast<std::size_t>(after(static_cast<int>(crippled), choice)))) {
            if (rest.adds + choice.adds > left[depth] + kRounding * std::abs(budget)) continue;
            points.push_back({{rest.cost.mean + choice.cost.mean, rest.cost.cpu + choice.cost.cpu},
                              rest.adds + choice.adds});
          }
        }
        slot(depth, extra, crippled) = thinned(std::move(points));
      }
  }
}

/// Without what is no better in either; of a long list neighbours become one that is as good as both.
Frontier::List Frontier::thinned(List points) {
  std::ranges::sort(points, [](const Point& a, const Point& b) {
    const int order = compare(a.cost, b.cost);
    return order != 0 ? order < 0 : a.adds < b.adds;
  });
  List best;
  for (const Point& point : points)
    if (best.empty() || point.adds < best.back().adds) best.push_back(point);
  constexpr std::size_t kMost = 128;
  if (best.size() <= kMost) return best;
  List fewer;
  const std::size_t together = (best.size() + kMost - 1) / kMost;
  for (std::size_t first = 0; first < best.size(); first += together)
    fewer.push_back({best[first].cost, best[std::min(best.size(), first + together) - 1].adds});
  return fewer;
}

bool Frontier::least(std::size_t depth, int extra, int crippled, double budget,
                     RankCost& cost) const {
  if (extra < 0 || extra > spare_) return false;
  const int known = std::min(crippled, static_cast<int>(width_) - 1);
  const List& list = at(depth, extra, known);
  const auto found = std::ranges::partition_point(
      list, [budget](const Point& point) { return point.adds > budget; });
  if (found == list.end()) return false;
  cost = found->cost;
  return true;
}

double Frontier::least_adds() const {
  const List& list = at(0, spare_, 0);
  return list.empty() ? std::numeric_limits<double>::infinity() : list.back().adds;
}

/// Thinning keeps the least sum, so that it can be followed down.
std::vector<std::size_t> Frontier::least_adds(
    const std::vector<std::vector<Choice>>& choices) const {
  std::vector<std::size_t> chosen;
  int extra = spare_;
  int crippled = 0;
  for (std::size_t depth = 0; depth < choices.size(); ++depth) {
    std::optional<std::size_t> best;
    double least = 0.0;
    for (std::size_t c = 0; c < choices[depth].size(); ++c) {
      const Choice& choice = choices[depth][c];
      if (choice.extra > extra) continue;
      const List& rest = at(depth + 1, extra - choice.extra, after(crippled, choice));
      if (rest.empty()) continue;
      const double adds = choice.adds + rest.back().adds;
      if (best && adds >= least) continue;
      best = c;
      least = adds;
    }
    if (!best) return {};
    chosen.push_back(*best);
    extra -= choices[depth][*best].extra;
    crippled = after(crippled, choices[depth][*best]);
  }
  return chosen;
}

}  // namespace haplan::solver
