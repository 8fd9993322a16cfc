#include "model/numerics/k_of_n.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "model/base/abandon.hpp"
#include "model/base/contract.hpp"

namespace haplan::model {

namespace {

/// Probabilities of exactly 0 .. top serving replicas after n of them; `u_of(i)` is out with its
/// probability. More than `top` serving are forgotten, because nothing flows back from them.
template <class Unavailability, class Counts>
void count_serving(int n, int top, const Unavailability& u_of, Counts& p) {
  p[0] = 1.0;
  for (int j = 1; j <= top; ++j) p[static_cast<std::size_t>(j)] = 0.0;
  constexpr int kLong = 1'000;
  for (int i = 0; i < n; ++i) {
    if (top > kLong) may_abandon();
    const double u = u_of(i);
    const double a = 1.0 - u;
    for (int j = std::min(i + 1, top); j > 0; --j) {
      const auto at = static_cast<std::size_t>(j);
      p[at] = p[at] * u + p[at - 1] * a;
    }
    p[0] *= u;
  }
}

/// Calls use(p) with p[0..top] filled; small counts, which are all but the rule, need no heap.
template <class Unavailability, class Use>
double with_counts(int n, int top, const Unavailability& u_of, const Use& use) {
  constexpr int kOnStack = 32;
  if (top < kOnStack) {
    std::array<double, kOnStack> p;
    count_serving(n, top, u_of, p);
    return use(p.data());
  }
  std::vector<double> p(static_cast<std::size_t>(top) + 1);
  count_serving(n, top, u_of, p);
  return use(p.data());
}

template <class Unavailability>
double tail(int k, int n, const Unavailability& u_of) {
  if (k <= 0) return 0.0;
  if (k > n) return 1.0;
  return with_counts(n, k - 1, u_of, [k](const double* p) {
    double sum = 0.0;
    for (int j = 0; j < k; ++j) sum += p[j];
    // A sum of probabilities; rounding alone can lift it past one.
    return std::min(sum, 1.0);
  });
}

}  // namespace

double fewer_than(int k, int n, double u) {
  HAPLAN_EXPECTS(n >= 0 && u >= 0.0 && u <= 1.0);
  return tail(k, n, [u](int) { return u; });
}

double fewer_than(int k, const std::vector<double>& u) {
  return tail(k, static_cast<int>(u.size()),
              [&u](int i) { return u[static_cast<std::size_t>(i)]; });
}

double fewer_than_derivative(int k, int n, double u) {
  HAPLAN_EXPECTS(n >= 0 && u >= 0.0 && u <= 1.0);
  if (k <= 0 || k > n) return 0.0;
  const auto same = [u](int) { return u; };
  return n * with_counts(n - 1, k - 1, same, [k](const double* p) { return p[k - 1]; });
}

}  // namespace haplan::model
