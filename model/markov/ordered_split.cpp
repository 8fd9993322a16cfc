#include "model/markov/ordered_split.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Share of the dropped fill that is taken off the pivot. Measured on the workstation cluster,
/// iterations for N = 64 / 256: 0.5 needs 15 / 81, 0.6 16 / 70, 0.7 17 / 68, 0.8 19 / 63, 0.9 25 / 63.
/// Taking off all of it, as exact elimination would, does not converge.
constexpr double kFillShare = 0.7;

/// What leads to each state, without rates.
struct Sources {
  std::vector<std::uint64_t> begin;
  std::vector<std::uint32_t> from;
};

Sources sources_of(const Chain& chain) {
  const std::size_t n = chain.state_count();
  Sources result;
  result.begin.assign(n + 2, 0);
  result.from.resize(chain.transition_count());
  for (std::size_t i = 0; i < n; ++i)
    for (const std::uint32_t to : chain.targets(i)) ++result.begin[to + 2];
  for (std::size_t i = 0; i < n; ++i) result.begin[i + 2] += result.begin[i + 1];
  for (std::size_t i = 0; i < n; ++i)
    for (const std::uint32_t to : chain.targets(i))
      result.from[result.begin[to + 1]++] = static_cast<std::uint32_t>(i);
  return result;
}

/// Codes of distinct doubles, at most 65,536 of them; open addressing by their bits.
class RateCodes {
 public:
  /// kNone when there are too many.
  std::uint32_t code(double rate) {
    const auto bits = std::bit_cast<std::uint64_t>(rate);
    for (std::size_t at = (bits * 0x9e3779b97f4a7c15U) >> 46;; at = (at + 1) % slots_.size()) {
      if (slots_[at] == kNone) {
        if (distinct.size() > std::numeric_limits<std::uint16_t>::max()) return kNone;
        slots_[at] = static_cast<std::uint32_t>(distinct.size());
        distinct.push_back(rate);
      }
      if (distinct[slots_[at]] == rate) return slots_[at];
    }
  }

  std::vector<double> distinct;

 private:
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(std::size_t{1} << 18, kNone);
};

}  // namespace

std::vector<std::uint32_t> ordered_by_distance(const Chain& chain, const std::vector<bool>& member,
                                               std::span<const std::uint32_t> seeds) {
  const Sources sources = sources_of(chain);
  std::vector<std::uint32_t> distance(chain.state_count(), kNone);
  std::vector<std::uint32_t> found;
  for (const std::uint32_t seed : seeds) {
    HAPLAN_EXPECTS(seed < distance.size() && member[seed]);
    if (distance[seed] != kNone) continue;
    distance[seed] = 0;
    found.push_back(seed);
  }
  for (std::size_t at = 0; at < found.size(); ++at) {
    const std::uint32_t state = found[at];
    for (std::uint64_t k = sources.begin[state]; k < sources.begin[state + 1]; ++k) {
      const std::uint32_t from = sources.from[k];
      if (!member[from] || distance[from] != kNone) continue;
      distance[from] = distance[state] + 1;
      found.push_back(from);
    }
  }
  // A breadth-first search finds them by distance already; each distance is put in order of number.
  std::vector<std::size_t> place(found.empty() ? 0 : distance[found.back()] + 2, 0);
  for (const std::uint32_t state : found) ++place[distance[state] + 1];
  for (std::size_t d = 1; d < place.size(); ++d) place[d] += place[d - 1];
  for (std::uint32_t state = 0; state < distance.size(); ++state)
    if (distance[state] != kNone) found[place[distance[state]]++] = state;
  return found;
}

OrderedSplit::OrderedSplit(const Chain& chain, std::span<const std::uint32_t> order, bool closed)
    : closed_(closed) {
  HAPLAN_EXPECTS(!order.empty());
  code_rates(chain, order);
  split(chain, order);
  set_pivots(chain, order);
  scratch_.resize(size());
}

void OrderedSplit::code_rates(const Chain& chain, std::span<const std::uint32_t> order) {
  RateCodes codes;
  coded_ = true;
  for (const std::uint32_t state : order) {
    for (const double rate : chain.rates(state))
      if (coded_ && codes.code(rate) == kNone) coded_ = false;
    if (!coded_) return;
  }
  distinct_ = std::move(codes.distinct);
}

void OrderedSplit::split(const Chain& chain, std::span<const std::uint32_t> order) {
  std::vector<std::uint32_t> place(chain.state_count(), kNone);
  for (std::uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::size_t earlier = 0;
  std::size_t later = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i)
    for (const std::uint32_t to : chain.targets(order[i]))
      if (place[to] != kNone) ++(place[to] < i ? earlier : later);
  RateCodes codes;
  for (const double rate : distinct_) codes.code(rate);
  const auto reserve = [&](Side& side, std::size_t entries) {
    side.count.assign(order.size(), 0);
    side.to.reserve(entries);
    if (coded_) side.code.reserve(entries);
    if (!coded_) side.rate.reserve(entries);
  };
  reserve(earlier_, earlier);
  reserve(later_, later);
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const auto to = chain.targets(order[i]);
    const auto rate = chain.rates(order[i]);
    for (std::size_t k = 0; k < to.size(); ++k) {
      const std::uint32_t j = place[to[k]];
      if (j == kNone) continue;
      Side& side = j < i ? earlier_ : later_;
      ++side.count[i];
      side.to.push_back(j);
      if (coded_) side.code.push_back(static_cast<std::uint16_t>(codes.code(rate[k])));
      if (!coded_) side.rate.push_back(rate[k]);
    }
  }
}

/// Calls visit with a function from the place of an entry to its rate.
template <class Visit>
void OrderedSplit::with_rates(const Side& side, const Visit& visit) const {
  if (coded_) {
    visit([code = side.code.data(), distinct = distinct_.data()](std::size_t k) {
      return distinct[code[k]];
    });
  } else {
    visit([rate = side.rate.data()](std::size_t k) { return rate[k]; });
  }
}

void OrderedSplit::set_pivots(const Chain& chain, std::span<const std::uint32_t> order) {
  const std::size_t n = order.size();
  pivot_.assign(n, 0.0);
  excess_.assign(n, 0.0);
  // Share of a state, once removed, that goes on to earlier states and not out of the set.
  std::vector<double> onward(n, 0.0);
  std::size_t entry = earlier_.to.size();
  with_rates(earlier_, [&](const auto& rate_of) {
    for (std::size_t i = n; i-- > 0;)
      for (std::uint32_t c = 0; c < earlier_.count[i]; ++c) onward[i] += rate_of(--entry);
  });
  entry = later_.to.size();
  with_rates(later_, [&](const auto& rate_of) {
    for (std::size_t i = n; i-- > 0;) {
      double back = 0.0;
      double up = 0.0;
      for (std::uint32_t c = 0; c < later_.count[i]; ++c) {
        const double rate = rate_of(--entry);
        up += rate;
        back += rate * onward[later_.to[entry]];
      }
      const double exit = chain.exit_rate(order[i]);
      pivot_[i] = exit - kFillShare * back;
      HAPLAN_EXPECTS(pivot_[i] > 0.0);
      onward[i] = std::min(1.0, onward[i] / pivot_[i]);
      excess_[i] = 2 * pivot_[i] - exit;
      residual_scale_ = std::max(residual_scale_, pivot_[i] + up);
    }
  });
}

template <class RateOf>
void OrderedSplit::forward(const RateOf& rate_of, std::span<const double> y,
                           std::span<double> out) const {
  const std::uint32_t* to = earlier_.to.data();
  std::size_t entry = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    double sum = 0.0;
    for (std::uint32_t c = earlier_.count[i]; c > 0; --c, ++entry)
      sum += rate_of(entry) * out[to[entry]];
    out[i] = y[i] + sum / pivot_[i];
  }
}

void OrderedSplit::right(std::span<const double> y, std::span<double> out) const {
  HAPLAN_EXPECTS(y.size() == size() && out.size() == size());
  with_rates(earlier_, [&](const auto& rate_of) { forward(rate_of, y, out); });
}

void OrderedSplit::left(std::span<const double> b, std::span<double> out) const {
  HAPLAN_EXPECTS(b.size() == size() && out.size() == size());
  const std::uint32_t* to = later_.to.data();
  with_rates(later_, [&](const auto& rate_of) {
    std::size_t entry = later_.to.size();
    for (std::size_t i = size(); i-- > 0;) {
      double sum = -b[i];
      for (std::uint32_t c = later_.count[i]; c > 0; --c) {
        --entry;
        sum += rate_of(entry) * out[to[entry]];
      }
      out[i] = sum / pivot_[i];
    }
  });
}

double OrderedSplit::residual(std::span<const double> r) const {
  HAPLAN_EXPECTS(r.size() == size());
  double result = 0.0;
  with_rates(later_, [&](const auto& rate_of) {
    std::size_t entry = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      double sum = -pivot_[i] * r[i];
      for (std::uint32_t c = later_.count[i]; c > 0; --c, ++entry)
        sum += rate_of(entry) * r[later_.to[entry]];
      result = std::max(result, std::abs(sum));
    }
  });
  return result;
}

void OrderedSplit::apply(std::span<const double> y, std::span<double> out) const {
  HAPLAN_EXPECTS(y.size() == size() && out.size() == size());
  // With w = (I - L/D)^-1 y: A w = (U - D) w + (2 D - E) w - D y, less w_0 when closed.
  std::vector<double>& w = scratch_;
  right(y, w);
  const double anchor = closed_ ? w[0] : 0.0;
  const std::uint32_t* to = later_.to.data();
  with_rates(later_, [&](const auto& rate_of) {
    std::size_t entry = later_.to.size();
    for (std::size_t i = size(); i-- > 0;) {
      double sum = pivot_[i] * y[i] - excess_[i] * w[i] + anchor;
      for (std::uint32_t c = later_.count[i]; c > 0; --c) {
        --entry;
        sum += rate_of(entry) * out[to[entry]];
      }
      out[i] = sum / pivot_[i];
    }
  });
  for (std::size_t i = 0; i < size(); ++i) out[i] += w[i];
}

}  // namespace haplan::model
