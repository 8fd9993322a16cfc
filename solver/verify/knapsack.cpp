#include "solver/verify/knapsack.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace haplan::solver {

namespace {

using Size = Knapsack::Size;

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostSums = 1'000'000;
constexpr std::int64_t kWidest =
    2'000;  ///< of the tables of first numbers, which are grouped to fit

Size sum_of(const Size& a, const Size& b) {
  Size sum{};
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] + b[i];
  return sum;
}

/// Of options of the first parts.
struct Sum {
  Size size{};
  std::int64_t groups = 0;  ///< of its options
  double value = 0.0;
  std::size_t hits = 0;    ///< index of what they lose
  std::size_t before = 0;  ///< index of the sum without the last part's option
  std::size_t option = 0;
};

class Filling {
 public:
  Filling(const Knapsack& knapsack, const model::Stop& stop)
      : all_(knapsack),
        stop_(stop),
        group_(std::max<std::int64_t>(0, all_.before[0]) / kWidest + 1) {}

  KnapsackAnswer run() {
    if (all_.before[0] < 0) return {};
    find_rests();
    sums_.push_back({Sum{}});
    if (!may_do(Sum{}, 0)) return {};
    std::size_t kept = 0;
    for (std::size_t part = 0; part < all_.parts.size(); ++part) {
      if (ended(part)) return {.known = false};
      std::vector<Sum> next = extended(part);
      if (next.empty()) return {};
      kept += next.size();
      if (kept > kMostSums) return {.known = false};
      sums_.push_back(std::move(next));
    }
    return chosen();
  }

 private:
  /// First numbers in groups: those of a sum add up to its own group or a smaller one.
  [[nodiscard]] std::int64_t group_of(const Size& size) const { return size[0] / group_; }

  /// Of the parts from some part on, for a group of first numbers.
  struct Rest {
    double exactly = kNone;  ///< least value with it
    double up_to = kNone;    ///< least value with at most it
    std::optional<Size> least;
  };

  /// Asks once per million sums of options.
  bool ended(std::size_t part) {
    constexpr std::size_t kBetweenAsks = 1'000'000;
    spent_ += sums_.back().size() * all_.parts[part].size();
    if (!stop_ || spent_ < kBetweenAsks) return false;
    spent_ %= kBetweenAsks;
    return stop_();
  }

  void find_rests() {
    const auto width = static_cast<std::size_t>(group_of(all_.before)) + 1;
    rests_.assign(all_.parts.size() + 1, std::vector<Rest>(width));
    rests_.back()[0] = {0.0, 0.0, Size{}};
    for (std::size_t part = all_.parts.size(); part-- > 0;) {
      for (std::size_t at = 0; at < width; ++at) {
        Rest& rest = rests_[part][at];
        for (const Knapsack::Option& option : all_.parts[part]) {
          const auto own = static_cast<std::size_t>(group_of(option.size));
          if (own > at) continue;
          const Rest& after = rests_[part + 1][at - own];
          if (!after.least) continue;
          rest.exactly = std::min(rest.exactly, option.value + after.exactly);
          const Size size = sum_of(option.size, *after.least);
          if (!rest.least || size < *rest.least) rest.least = size;
        }
      }
    }
    least_.assign(rests_.size(), Size{});
    for (std::size_t part = all_.parts.size(); part-- > 0;)
      least_[part] = sum_of(least_[part + 1],
                            std::ranges::min(all_.parts[part], {}, &Knapsack::Option::size).size);
    for (auto& rests : rests_) {
      double least = kNone;
      for (Rest& rest : rests) rest.up_to = least = std::min(least, rest.exactly);
    }
  }

  /// The parts from this one on may keep the sum small enough, in each of both senses.
  [[nodiscard]] bool may_do(const Sum& sum, std::size_t part) const {
    if (!(sum_of(sum.size, least_[part]) < all_.before)) return false;
    const std::int64_t left = group_of(all_.before) - sum.groups;
    if (left < 0) return false;
    const double value = sum.value + all_.losses[sum.hits];
    if (part == all_.parts.size()) return value <= all_.most;
    const auto& rests = rests_[part];
    const auto at = static_cast<std::size_t>(left);
    if (at > 0 && value + rests[at - 1].up_to <= all_.most) return true;
    return rests[at].least && value + rests[at].exactly <= all_.most &&
           sum_of(sum.size, *rests[at].least) < all_.before;
  }

  [[nodiscard]] std::size_t together(std::size_t hits, const Knapsack::Option& option) const {
    const std::size_t singles =
        std::min(hits / all_.sets + (option.single ? 1 : 0), all_.losses.size() / all_.sets - 1);
    return singles * all_.sets + ((hits % all_.sets) | option.hits);
  }

  [[nodiscard]] std::vector<Sum> extended(std::size_t part) const {
    std::vector<Sum> next;
    const std::vector<Sum>& before = sums_.back();
    for (std::size_t i = 0; i < before.size(); ++i)
      for (std::size_t o = 0; o < all_.parts[part].size(); ++o) {
        const Knapsack::Option& option = all_.parts[part][o];
        const Sum sum{sum_of(before[i].size, option.size),
                      before[i].groups + group_of(option.size),
                      before[i].value + option.value,
                      together(before[i].hits, option),
                      i,
                      o};
        if (may_do(sum, part + 1)) next.push_back(sum);
      }
    std::ranges::sort(next, {}, [](const Sum& sum) {
      return std::make_tuple(sum.hits, sum.size, sum.value, sum.before, sum.option);
    });
    // Of the same hits those that are larger have to be worth less.
    std::vector<Sum> kept;
    for (const Sum& sum : next)
      if (kept.empty() || kept.back().hits != sum.hits || sum.value < kept.back().value)
        kept.push_back(sum);
    return kept;
  }

  [[nodiscard]] KnapsackAnswer chosen() const {
    KnapsackAnswer answer{.value = kNone};
    const Sum* best = nullptr;
    for (const Sum& sum : sums_.back()) {
      const double value = sum.value + all_.losses[sum.hits];
      if (value >= answer.value) continue;
      answer.value = value;
      best = &sum;
    }
    answer.choice.emplace(all_.parts.size());
    for (std::size_t part = all_.parts.size(); part-- > 0;) {
      (*answer.choice)[part] = best->option;
      best = &sums_[part][best->before];
    }
    return answer;
  }

  const Knapsack& all_;
  const model::Stop& stop_;
  std::int64_t group_;  ///< how many first numbers are one group
  std::size_t spent_ = 0;
  std::vector<Size> least_;               ///< [first part] of all sums of options
  std::vector<std::vector<Rest>> rests_;  ///< [first part][first number]
  std::vector<std::vector<Sum>> sums_;    ///< [parts]
};

}  // namespace

KnapsackAnswer fill(const Knapsack& knapsack, const model::Stop& stop) {
  return Filling(knapsack, stop).run();
}

}  // namespace haplan::solver
