#include "model/uncertainty/law.hpp"

#include <cmath>
#include <string>

#include "model/base/contract.hpp"
#include "model/numerics/normal.hpp"

namespace haplan::model {

namespace {

Error wrong(const std::string& message) { return {Fault::invalid_input, message, ""}; }

/// On the scale on which the lognormal is normal.
double to_log(double x, bool probability) {
  return probability ? std::log(x) - std::log1p(-x) : std::log(x);
}

double from_log(double y, bool probability) {
  if (!probability) return std::exp(y);
  return y < 0.0 ? std::exp(y) / (1.0 + std::exp(y)) : 1.0 / (1.0 + std::exp(-y));
}

/// Distance w xi from the mode to the far end of a triangle of width w, of which the share `tail` lies beyond `near`
/// from the mode: (x - near)^2 = tail w x, the larger root.
double reach(double near, double tail, double width) {
  const double root = (std::sqrt(tail * width) + std::sqrt(tail * width + 4.0 * near)) / 2.0;
  return root * root;
}

/// Width of the triangle whose tails beyond `below` and `above` from its mode are `tail` each. Both sides' shares of
/// the width shrink as it grows, so there is one answer.
double triangle_width(double below, double above, double tail) {
  double least = below + above;
  double most = 2.0 * least;
  const auto too_narrow = [&](double width) {
    return reach(below, tail, width) + reach(above, tail, width) > width;
  };
  while (too_narrow(most)) most *= 2.0;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (least + most);
    if (middle <= least || middle >= most) break;
    (too_narrow(middle) ? least : most) = middle;
  }
  return most;
}

std::optional<Error> mistake(const Uncertainty& known, LawKind kind) {
  if (!std::isfinite(known.low) || !std::isfinite(known.high) || !std::isfinite(known.value))
    return wrong("value, low and high must be finite");
  if (!(known.low <= known.value && known.value <= known.high))
    return wrong("the value must lie between low and high");
  const bool open = kind == LawKind::lognormal;
  if (!(known.level > 0.0) || known.level > 1.0 || (open && known.level == 1.0))
    return wrong(open ? "the level of a lognormal must lie between 0 % and 100 %"
                      : "the level must be above 0 % and at most 100 %");
  if (!open) return std::nullopt;
  if (!(known.low > 0.0)) return wrong("the low end of a lognormal must be above 0");
  if (known.probability && known.high >= 1.0)
    return wrong("the high end of a probability's lognormal must be below 100 %");
  return std::nullopt;
}

}  // namespace

Result<Law> Law::make(const Uncertainty& known) {
  const LawKind kind = known.kind.value_or(LawKind::lognormal);
  if (auto error = mistake(known, kind)) return tl::unexpected(*error);
  Law law(known, kind);
  const double tail = (1.0 - known.level) / 2.0;
  switch (kind) {
    case LawKind::lognormal: {
      const double low = to_log(known.low, known.probability);
      const double high = to_log(known.high, known.probability);
      law.a_ = 0.5 * (low + high);
      law.b_ = 0.5 * (high - low) / -normal_quantile(tail);
      return law;
    }
    case LawKind::uniform: {
      const double beyond = tail / known.level * (known.high - known.low);
      law.a_ = known.low - beyond;
      law.b_ = known.high + beyond;
      break;
    }
    case LawKind::triangular: {
      const double below = known.value - known.low;
      const double above = known.high - known.value;
      const double width = below + above > 0.0 ? triangle_width(below, above, tail) : 0.0;
      law.a_ = width > 0.0 ? known.value - reach(below, tail, width) : known.value;
      law.b_ = width > 0.0 ? known.value + reach(above, tail, width) : known.value;
      break;
    }
  }
  if (law.a_ < 0.0)
    return tl::unexpected(wrong("at this level the law reaches below 0; give it as lognormal"));
  if (known.probability && law.b_ > 1.0)
    return tl::unexpected(
        wrong("at this level the law reaches beyond 100 %; give it as lognormal"));
  return law;
}

double Law::quantile(double p) const {
  HAPLAN_EXPECTS(p > 0.0 && p < 1.0);
  if (known_.low == known_.high) return known_.value;
  switch (kind_) {
    case LawKind::lognormal: return from_log(a_ + b_ * normal_quantile(p), known_.probability);
    case LawKind::uniform: return a_ + p * (b_ - a_);
    case LawKind::triangular: {
      const double mode = known_.value;
      const double rising = (mode - a_) / (b_ - a_);
      if (p < rising) return a_ + std::sqrt(p * (b_ - a_) * (mode - a_));
      return b_ - std::sqrt((1.0 - p) * (b_ - a_) * (b_ - mode));
    }
  }
  return known_.value;
}

double Law::cdf(double x) const {
  if (known_.low == known_.high) return x < known_.value ? 0.0 : 1.0;
  if (kind_ == LawKind::lognormal) {
    if (x <= 0.0) return 0.0;
    if (known_.probability && x >= 1.0) return 1.0;
    return normal_cdf((to_log(x, known_.probability) - a_) / b_);
  }
  if (x <= a_) return 0.0;
  if (x >= b_) return 1.0;
  if (kind_ == LawKind::uniform) return (x - a_) / (b_ - a_);
  const double mode = known_.value;
  if (x < mode) return (x - a_) * (x - a_) / ((b_ - a_) * (mode - a_));
  return 1.0 - (b_ - x) * (b_ - x) / ((b_ - a_) * (b_ - mode));
}

}  // namespace haplan::model
