#pragma once

namespace haplan::model {

enum class Method { exact, bounded, simulated };

/// A number with what is known of its error: lower <= true value <= upper.
/// For `exact` the interval is a single point (rounding only, <= 1e-9 relative).
struct Estimate {
  double value = 0.0;
  double lower = 0.0;
  double upper = 0.0;
  Method method = Method::exact;

  static Estimate exactly(double v) { return {v, v, v, Method::exact}; }
};

}  // namespace haplan::model
