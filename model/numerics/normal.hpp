#pragma once

namespace haplan::model {

/// P(Z <= z) of a standard normal Z, by erfc: the lower tail keeps its relative accuracy.
double normal_cdf(double z);

/// P(Z > z): the upper tail keeps its relative accuracy.
double normal_tail(double z);

/// z with P(Z <= z) = p.
///   p       in (0, 1)
///   error   a few units in the last place for p away from 1; near 1 limited by p itself
///   source  starting value [AS64] 26.2.23, then Halley steps on erfc
double normal_quantile(double p);

}  // namespace haplan::model
