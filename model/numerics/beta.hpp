#pragma once

namespace haplan::model {

/// I_x(a, b): P(X <= x) of a beta distributed X, the regularised incomplete beta function.
///   a, b    > 0; up to 1e6 and beyond
///   x       in [0, 1]
///   error   about 1e-13 relative for moderate a, b; the smaller tail keeps its relative accuracy
///   source  [AS64] 26.5.8, continued fraction by Lentz's method
double beta_cdf(double a, double b, double x);

/// x with I_x(a, b) = p, by bisection until neighbouring numbers.
///   p  in [0, 1]
double beta_quantile(double a, double b, double p);

/// t with P(T <= t) = p of Student's distribution.
///   degrees  of freedom, > 0; not necessarily whole
///   p        in (0, 1)
///   source   [AS64] 26.7.1 and 26.5.27
double student_quantile(double degrees, double p);

}  // namespace haplan::model
