#include "model/markov/bicgstab.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "model/base/abandon.hpp"

namespace haplan::model {

namespace {

using Vector = std::vector<double>;

/// Four sums side by side, so that additions do not wait for one another.
double dot(std::span<const double> a, std::span<const double> b) {
  std::array<double, 4> sum{};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4)
    for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
  for (; i < a.size(); ++i) sum[0] += a[i] * b[i];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/// (t, r) and (t, t) in one pass.
std::array<double, 2> dots(std::span<const double> t, std::span<const double> r) {
  std::array<double, 4> tr{};
  std::array<double, 4> tt{};
  for (std::size_t i = 0; i < t.size(); ++i) {
    tr[i % 4] += t[i] * r[i];
    tt[i % 4] += t[i] * t[i];
  }
  return {(tr[0] + tr[1]) + (tr[2] + tr[3]), (tt[0] + tt[1]) + (tt[2] + tt[3])};
}

double largest(std::span<const double> a) {
  double result = 0.0;
  for (const double x : a) result = std::max(result, std::abs(x));
  return result;
}

/// Ends an iteration that no longer gains: once well below the start, 40 iterations without halving.
class Progress {
 public:
  explicit Progress(double start) : start_(start), best_(start) {}

  bool stalls(double residual) {
    if (residual < 0.5 * best_) {
      best_ = residual;
      since_ = 0;
      return false;
    }
    return ++since_ > (best_ < 1e-3 * start_ ? 40 : 400);
  }

 private:
  double start_;
  double best_;
  int since_ = 0;
};

struct Step {
  double residual;  ///< largest entry
  double rho;       ///< (shadow, residual)
};

struct Directions {
  std::span<const double> p;
  std::span<double> r;
  std::span<const double> t;
  std::span<const double> shadow;
};

/// y += alpha p + omega r, then r -= omega t.
Step advance(double alpha, double omega, const Directions& d, std::span<double> y) {
  std::array<double, 4> rho{};
  Step step{0.0, 0.0};
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] += alpha * d.p[i] + omega * d.r[i];
    const double r = d.r[i] - omega * d.t[i];
    d.r[i] = r;
    rho[i % 4] += d.shadow[i] * r;
    step.residual = std::max(step.residual, std::abs(r));
  }
  step.rho = (rho[0] + rho[1]) + (rho[2] + rho[3]);
  return step;
}

}  // namespace

std::size_t improve(const OrderedSplit& system, std::span<double> b, std::span<double> y,
                    const KrylovLimits& limits) {
  const std::size_t n = system.size();
  const std::span<double> r = b;
  const Vector shadow(r.begin(), r.end());
  Vector p(n, 0.0);
  Vector v(n, 0.0);
  Vector t(n);
  std::fill(y.begin(), y.end(), 0.0);
  Progress progress(largest(r));
  double rho = dot(shadow, r);
  double beta = 0.0;
  double omega = 0.0;
  for (std::size_t iteration = 1; iteration <= limits.iterations; ++iteration) {
    may_abandon();
    for (std::size_t i = 0; i < n; ++i) p[i] = r[i] + beta * (p[i] - omega * v[i]);
    system.apply(p, v);
    const double alpha = rho / dot(shadow, v);
    if (!std::isfinite(alpha)) return iteration - 1;
    for (std::size_t i = 0; i < n; ++i) r[i] -= alpha * v[i];
    system.apply(r, t);
    const auto [tr, tt] = dots(t, r);
    omega = tt > 0.0 ? tr / tt : 0.0;
    const Step step = advance(alpha, omega, {p, r, t, shadow}, y);
    const bool near = step.residual * system.residual_scale() <= 100 * limits.tolerance;
    if (omega == 0.0 || !std::isfinite(step.residual) || progress.stalls(step.residual) ||
        (near && system.residual(r) <= limits.tolerance)) {
      return iteration;
    }
    beta = step.rho / rho * (alpha / omega);
    rho = step.rho;
    if (!std::isfinite(beta) || rho == 0.0) return iteration;
  }
  return limits.iterations;
}

}  // namespace haplan::model
