#include "model/availability/apart_bound.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <set>

#include "model/numerics/either.hpp"
#include "model/recovery/domain.hpp"

namespace haplan::model {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

class ApartBound {
 public:
  ApartBound(const std::vector<Node>& nodes, const std::vector<ApartPart>& parts)
      : nodes_(nodes), parts_(parts) {
    for (const Node& node : nodes) {
      lost_.push_back(down_probability(node.modes, node.down));
      still_ *= 1.0 - lost_.back();
    }
    for (const ApartPart& part : parts) {
      plain_ = either(plain_, part.plain);
      up_ *= 1.0 - part.calm;
      first_ = std::min(first_, part.reschedule);
    }
  }

  [[nodiscard]] double value() const {
    if (plain_ >= 1.0 || up_ <= 0.0) return 1.0;
    for (std::size_t n = 0; n < nodes_.size(); ++n)
      if (late(n, first_) > lost_[n] * still_ * (1.0 - plain_)) return 1.0;
    // The same number of nodes takes each down wherever it is.
    const bool fixed = std::ranges::all_of(parts_, [](const ApartPart& part) {
      return part.loss != nullptr && part.loss->vital == part.loss->vital_most;
    });
    if (!fixed || nodes_.empty()) return std::min(1.0, apart());
    const std::vector<double> delays = vital();
    const std::size_t used = std::min(delays.size(), nodes_.size());
    const std::size_t sharing = delays.size() - used;
    const double less = sharing > 0 ? shared(delays, sharing) : paired(nodes_.size() - used);
    const double most = std::min(on_nodes(delays, used), apart() - less);
    if (used == 0) return std::min(1.0, most);
    return std::min(1.0, std::max(most, apart() - shared(delays, sharing + 1)));
  }

 private:
  /// P(node lost for longer than the delay).
  [[nodiscard]] double late(std::size_t node, double delay) const {
    return delay < kNever ? down_between(nodes_[node].modes, nodes_[node].down, delay, kNever)
                          : 0.0;
  }

  /// Delays of components as often as a lost node takes them down, the shortest first.
  [[nodiscard]] std::vector<double> vital() const {
    std::vector<double> delays;
    for (const ApartPart& part : parts_)
      delays.insert(delays.end(), static_cast<std::size_t>(part.loss->vital), part.reschedule);
    std::ranges::sort(delays);
    return delays;
  }

  /// Each on nodes of its own: 1 - prod(1 - plain) is concave in the sum of -log(1 - plain), and below its tangent where each is in its
  /// worst placement.
  [[nodiscard]] double apart() const {
    double sum = plain_;
    for (const ApartPart& part : parts_) {
      double worst = -kNever;
      for (const ApartPart::Placed& placed : part.placed)
        worst =
            std::max(worst, (1.0 - plain_) * (std::log1p(-part.plain) - std::log1p(-placed.plain)) -
                                up_ / (1.0 - part.calm) * placed.credit);
      sum += worst;
    }
    return sum;
  }

  /// What is less down where so many share nodes with others that are rescheduled no sooner.
  [[nodiscard]] double shared(const std::vector<double>& delays, std::size_t sharing) const {
    const double rarest = *std::ranges::min_element(lost_);
    double sum = 0.0;
    double before = 1.0;  // P(all up), by those that share already
    for (std::size_t i = 0; i < sharing; ++i) {
      double least = 1.0;
      for (std::size_t n = 0; n < nodes_.size(); ++n)
        least = std::min(least,
                         (lost_[n] * (1.0 - plain_) * before - late(n, delays[i]) * up_ * still_) /
                             (1.0 - lost_[n]));
      sum += least;
      before /= 1.0 - rarest;
    }
    return sum;
  }

  /// What is less down because pairs of nodes are not all disjoint, where so many nodes have nothing vital and nothing vital shares one.
  [[nodiscard]] double paired(std::size_t free) const {
    constexpr std::size_t kLeast = 2;  // nodes of a group
    std::size_t pairs = 0;
    double others = 1.0;  // P(all up) while one node is lost that is vital to none
    for (const ApartPart& part : parts_) {
      if (part.loss->vital == 0 && part.loss->paired) ++pairs;
      others *= 1.0 - std::max(part.calm, part.loss->one_lost);
    }
    if (free < kLeast || pairs < 2) return 0.0;
    std::size_t groups = std::min(pairs, free / kLeast);
    const auto room = [&] {
      const std::size_t rest = free - kLeast * (groups - 1);
      return groups - 1 + rest * (rest - 1) / 2;
    };
    while (groups > 1 && room() < pairs) --groups;
    const double rarest = *std::ranges::min_element(lost_);
    const double twice = rarest * rarest * still_ * still_ * others * others * (1.0 - plain_);
    return twice * std::min(1.0, static_cast<double>(pairs - groups) * rarest);
  }

  /// Where so many nodes have something vital: until the slowest on a lost one is rescheduled, and then what it takes away from the rest.
  [[nodiscard]] double on_nodes(const std::vector<double>& delays, std::size_t used) const {
    const auto alone = [&](double delay, auto choose) {  // one node lost, for longer
      double chosen = late(0, delay) / (1.0 - lost_[0]);
      for (std::size_t n = 1; n < nodes_.size(); ++n)
        chosen = choose(chosen, late(n, delay) / (1.0 - lost_[n]));
      return chosen * still_ * up_;
    };
    const auto least = [](double a, double b) { return std::min(a, b); };
    const auto most = [](double a, double b) { return std::max(a, b); };
    double credit = 0.0;
    for (std::size_t i = delays.size() - used; i < delays.size(); ++i)
      credit += alone(delays[i], least);
    // As a sum: small figures do not show in P(up).
    double down =
        -std::expm1(static_cast<double>(used) * std::log1p(-*std::ranges::max_element(lost_)));
    double rest = 0.0;
    for (const ApartPart& part : parts_) {
      down = either(down, std::min(part.plain, part.loss->given_up(nodes_.size() - used)));
      rest += part.loss->rest;
    }
    return down - credit + rest * alone(first_, most);
  }

  const std::vector<Node>& nodes_;
  const std::vector<ApartPart>& parts_;
  std::vector<double> lost_;  ///< P, per node
  double still_ = 1.0;        ///< P(no node is lost)
  double plain_ = 0.0;        ///< P(some part down), each in its worst placement
  double up_ = 1.0;           ///< P(all up) while all nodes are
  double first_ = kNever;     ///< shortest delay
};

}  // namespace

void ApartPart::Loss::include(const std::vector<double>& down, const std::vector<NodeId>& nodes,
                              double lost) {
  int now_vital = 0;
  double now_rest = 0.0;
  std::vector<std::size_t> others;  // replicas on each
  for (const NodeId n : std::set<NodeId>(nodes.begin(), nodes.end())) {
    const auto here = static_cast<std::size_t>(std::ranges::count(nodes, n));
    const double without = down[nodes.size() - here];
    if (without >= 1.0) {
      ++now_vital;
    } else {
      now_rest += (without - down.back()) / (1.0 - down.back());
      others.push_back(here);
    }
  }
  bool pair = false;
  one_lost = std::max(one_lost, down.back());
  for (std::size_t i = 0; i < others.size(); ++i) {
    one_lost = std::max(one_lost, down[nodes.size() - others[i]]);
    for (std::size_t k = 0; k < i; ++k)
      pair = pair || down[nodes.size() - others[i] - others[k]] >= 1.0;
  }
  paired = paired && pair;
  vital = std::min(vital, now_vital);
  vital_most = std::max(vital_most, now_vital);
  rest = std::max(rest, now_rest);
  constexpr std::size_t kFew = 4;
  const std::size_t subsets = others.size() > kFew ? 0 : std::size_t{1} << others.size();
  few_lost.resize(kFew + 1, 0.0);
  if (subsets == 0) few_lost.assign(few_lost.size(), 1.0);
  for (std::size_t may = 0; may < subsets; ++may) {  // be lost
    double sum = 0.0;
    for (std::size_t are = 0; are < subsets; ++are) {
      if ((are & ~may) != 0) continue;
      std::size_t left = nodes.size();
      double mass = 1.0;
      for (std::size_t i = 0; i < others.size(); ++i) {
        if (((are >> i) & 1) != 0) left -= others[i];
        if (((may >> i) & 1) != 0) mass *= ((are >> i) & 1) != 0 ? lost : 1.0 - lost;
      }
      sum += mass * down[left];
    }
    for (auto count = static_cast<std::size_t>(std::popcount(may)); count <= kFew; ++count)
      few_lost[count] = std::max(few_lost[count], sum);
  }
}

double ApartPart::Loss::given_up(std::size_t others) const {
  return few_lost.empty() ? 1.0 : few_lost[std::min(others, few_lost.size() - 1)];
}

double apart_bound(const std::vector<Node>& nodes, const std::vector<ApartPart>& parts) {
  return ApartBound(nodes, parts).value();
}

}  // namespace haplan::model
