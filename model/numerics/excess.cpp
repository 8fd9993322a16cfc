#include "model/numerics/excess.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/numerics/quadrature.hpp"

namespace haplan::model {

namespace {

/// P(T > t) is a polynomial of degree `uniform` at most between two knots of the law.
const std::vector<QuadratureNode>& rule_for(std::size_t uniform) {
  constexpr std::size_t kMost = 7;  // points, exact up to degree 13
  static const std::array<std::vector<QuadratureNode>, kMost + 1> kRules = [] {
    std::array<std::vector<QuadratureNode>, kMost + 1> rules;
    for (std::size_t n = 1; n <= kMost; ++n) rules[n] = gauss_legendre(static_cast<int>(n));
    return rules;
  }();
  return kRules[std::min(kMost, uniform / 2 + 1)];
}

double excess_of(const Delay& delay, double t) {
  if (t <= delay.least()) return delay.mean() - t;
  if (t >= delay.worst()) return 0.0;
  const auto uniform = static_cast<std::size_t>(std::ranges::count_if(
      delay.stages(), [](const Stage& stage) { return stage.kind == Stage::Kind::uniform; }));
  const std::vector<QuadratureNode>& rule = rule_for(uniform);
  double sum = 0.0;
  double from = t;
  for (const double knot : delay.knots()) {
    if (knot <= from) continue;
    for (const QuadratureNode& node : rule)
      sum += (knot - from) * node.weight * delay.above(from + (knot - from) * node.x).value;
    from = knot;
  }
  return sum;
}

}  // namespace

double expected_excess(const DelayMixture& law, double t) {
  double sum = 0.0;
  for (const DelayMixture::Part& part : law.parts())
    sum += part.probability * excess_of(part.delay, t);
  return sum;
}

}  // namespace haplan::model
