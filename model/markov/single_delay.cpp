#include "model/markov/single_delay.hpp"

#include <algorithm>
#include <cmath>

#include "model/numerics/normal.hpp"

namespace haplan::model {
namespace {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

/// z with X <= t exactly where Z <= z.
double z_of(const LognormalDelay& delay, double t) {
  return (std::log(t / delay.mean) + delay.sigma * delay.sigma / 2) / delay.sigma;
}

}  // namespace

Result<void> check_delay(const SingleDelay& delay) {
  const bool good = std::visit(
      Match{[](const FixedDelay& d) { return d.value > 0.0 && std::isfinite(d.value); },
            [](const UniformDelay& d) {
              return d.from >= 0.0 && d.to > d.from && std::isfinite(d.to);
            },
            [](const LognormalDelay& d) {
              return d.mean > 0.0 && std::isfinite(d.mean) && d.sigma > 0.0 && d.sigma <= 5.0;
            }},
      delay);
  if (good) return {};
  return tl::unexpected(
      Error{Fault::invalid_input, "the numbers of the delay are out of range", ""});
}

double mean_of(const SingleDelay& delay) {
  return std::visit(Match{[](const FixedDelay& d) { return d.value; },
                          [](const UniformDelay& d) { return (d.from + d.to) / 2; },
                          [](const LognormalDelay& d) { return d.mean; }},
                    delay);
}

double variance_of(const SingleDelay& delay) {
  return std::visit(
      Match{
          [](const FixedDelay&) { return 0.0; },
          [](const UniformDelay& d) { return (d.to - d.from) * (d.to - d.from) / 12; },
          [](const LognormalDelay& d) { return d.mean * d.mean * std::expm1(d.sigma * d.sigma); }},
      delay);
}

double third_moment_of(const LognormalDelay& delay) {
  return std::pow(delay.mean, 3) * std::exp(3 * delay.sigma * delay.sigma);
}

double cdf(const SingleDelay& delay, double t) {
  return std::visit(
      Match{[t](const FixedDelay& d) { return t >= d.value ? 1.0 : 0.0; },
            [t](const UniformDelay& d) {
              return std::clamp((t - d.from) / (d.to - d.from), 0.0, 1.0);
            },
            [t](const LognormalDelay& d) { return t > 0.0 ? normal_cdf(z_of(d, t)) : 0.0; }},
      delay);
}

double cdf_before(const SingleDelay& delay, double t) {
  if (const auto* fixed = std::get_if<FixedDelay>(&delay)) return t > fixed->value ? 1.0 : 0.0;
  return cdf(delay, t);
}

double expected_excess(const SingleDelay& delay, double t) {
  return std::visit(Match{[t](const FixedDelay& d) { return std::max(d.value - t, 0.0); },
                          [t](const UniformDelay& d) {
                            if (t <= d.from) return (d.from + d.to) / 2 - t;
                            const double left = std::max(d.to - t, 0.0);
                            return left * left / (2 * (d.to - d.from));
                          },
                          [t](const LognormalDelay& d) {
                            if (t <= 0.0) return d.mean - t;
                            const double z = z_of(d, t);
                            return std::max(0.0,
                                            d.mean * normal_tail(z - d.sigma) - t * normal_tail(z));
                          }},
                    delay);
}

double horizon_of(const SingleDelay& delay) {
  return std::visit(
      Match{[](const FixedDelay& d) { return d.value; }, [](const UniformDelay& d) { return d.to; },
            [](const LognormalDelay& d) {  // P(Z > 6.4) < 1e-10, z = 6.4 + sigma
              return d.mean * std::exp(d.sigma * 6.4 + d.sigma * d.sigma / 2);
            }},
      delay);
}

}  // namespace haplan::model
