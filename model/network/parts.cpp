#include "model/network/parts.hpp"

#include "model/base/contract.hpp"

namespace haplan::model {

Parts::Id Parts::element(std::size_t element) {
  parts_.push_back({Kind::element, element, 0, false});
  return parts_.size() - 1;
}

Parts::Id Parts::series(Id first, Id second) {
  HAPLAN_EXPECTS(!parts_[first].may_lose && !parts_[second].may_lose);
  parts_.push_back({Kind::series, first, second, false});
  return parts_.size() - 1;
}

Parts::Id Parts::parallel(Id first, Id second) {
  const bool may_lose = parts_[first].may_lose || parts_[second].may_lose;
  parts_.push_back({Kind::parallel, first, second, may_lose});
  return parts_.size() - 1;
}

Parts::Id Parts::hung(Id first, Id second) {
  parts_.push_back({Kind::hung, first, second, true});
  return parts_.size() - 1;
}

void Parts::evaluate(std::span<const double> unavailability,
                     std::vector<PartOutcome>& outcome) const {
  outcome.resize(parts_.size());
  for (Id id = 0; id < parts_.size(); ++id) {
    const Part& part = parts_[id];
    if (part.kind == Kind::element) {
      const double u = unavailability[part.first];
      outcome[id] = {1.0 - u, u, 0.0};
      continue;
    }
    const PartOutcome& a = outcome[part.first];
    const PartOutcome& b = outcome[part.second];
    switch (part.kind) {
      case Kind::element: break;
      case Kind::series: outcome[id] = {a.joins * b.joins, a.parts + a.joins * b.parts, 0.0}; break;
      case Kind::parallel:
        outcome[id] = {a.joins * (b.joins + b.parts) + a.parts * b.joins, a.parts * b.parts,
                       a.lost + (a.joins + a.parts) * b.lost};
        break;
      case Kind::hung:
        outcome[id] = {a.joins * b.joins, a.joins * b.parts + a.parts * b.joins,
                       a.lost + (a.joins + a.parts) * b.lost + a.parts * b.parts};
        break;
    }
  }
}

namespace {

/// Slope of part a within `kind` of a and b. With V(joins) = 0, V(parts) = parting and V(lost) = parting + losing
/// these are the differences of the mean of V over b's outcomes, written without subtractions.
PartSlope inner_slope(Parts::Kind kind, const PartSlope& whole, const PartOutcome& b) {
  switch (kind) {
    case Parts::Kind::element: break;
    case Parts::Kind::series: return {b.joins * whole.parting, 0.0};
    case Parts::Kind::parallel:
      return {b.parts * whole.parting,
              b.joins * (whole.parting + whole.losing) + b.parts * whole.losing};
    case Parts::Kind::hung:
      return {b.joins * whole.parting + b.parts * whole.losing, b.joins * whole.losing};
  }
  return {};
}

}  // namespace

void Parts::derivatives(std::span<const PartOutcome> outcome, std::vector<PartSlope>& slope,
                        std::span<double> du) const {
  HAPLAN_EXPECTS(slope.size() == parts_.size() && outcome.size() == parts_.size());
  for (Id id = parts_.size(); id-- > 0;) {
    const Part& part = parts_[id];
    if (part.kind == Kind::element) {
      du[part.first] += slope[id].parting;
      continue;
    }
    slope[part.first] = inner_slope(part.kind, slope[id], outcome[part.second]);
    slope[part.second] = inner_slope(part.kind, slope[id], outcome[part.first]);
  }
}

}  // namespace haplan::model
