#pragma once

#include "model/numerics/mixture.hpp"

namespace haplan::model {

/// E[max(T - t, 0)]: how much longer than t a delay takes, on average.
///   law    only fixed and uniform stages, at most twelve uniform ones in a part
///   t      >= 0, same unit as the law
///   error  exact but for rounding: Gauss-Legendre over the polynomial pieces of the law
///   cost   O(knots beyond t) values of the law for each part
double expected_excess(const DelayMixture& law, double t);

}  // namespace haplan::model
