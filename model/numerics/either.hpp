#pragma once

namespace haplan::model {

/// P(one or the other) of two independent events; nothing cancels, however small they are.
inline double either(double a, double b) { return a + b * (1.0 - a); }

}  // namespace haplan::model
